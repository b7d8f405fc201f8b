"""Folders, logs and the support bundle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.support_bundle import SUFFIX, SupportService
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.forms.fold import Fold
from segmind_studio.ui.parts.banners import ErrorBanner
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.settings.section import LabelledRows
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S, SPACE_XS


class SupportBlock(QWidget):
    """Show the contents of the bundle before it is saved; the file lists them again.

    Signals:
        toast(str, object): a short message and a QAction that goes with it. GUI thread.
    """

    toast = Signal(str, object)

    def __init__(self, support: SupportService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._support = support
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._error = ErrorBanner(details=_("Message from the system"))
        self._save = QPushButton(icon("package"), _("Save a support bundle…"))
        self._save.setObjectName("settings.support")
        self._inside = Fold(_("Contents"), "settings.support_inside")
        self._inside.contents.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        self._inside.contents.setSpacing(SPACE_M)
        for title, lines, name, tone in (
            (_("Included"), self._in(), "check", "good"), (_("Not included"), self._out(), "x", "muted"),
        ):
            self._inside.contents.addLayout(self._list(title, lines, name, tone))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(text_label(_("Support bundle"), "strong"))
        column.addWidget(text_label(_(
            "A zip for the person who helps you with a problem. It has the log and the setup of the app, but "
            "no key, photo, caption or prompt. It is only saved on this computer.",
        ), "muted"))
        column.addWidget(self._inside)
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addStretch()
        column.addSpacing(SPACE_XS)
        column.addLayout(row)
        self._show = QAction(icon("folder-open"), _("Show in folder"), self)
        self._show.triggered.connect(self._show_folder)
        self._save.clicked.connect(self._ask_target)
        support.saved.connect(self._saved)
        support.failed.connect(self._failed)

    def _in(self) -> tuple[str, ...]:
        return (
            _("Versions of the app, its libraries and the system; screens, free disk space, network, proxy"),
            _("Settings, the number of accounts, and where each key is stored"),
            _("The newest runs: states, times, errors, and the structure of the service's answers"),
            _("State and size of the database"),
            _("The log, and where the app stopped after a crash"),
        )

    def _out(self) -> tuple[str, ...]:
        return (
            _("Keys and passwords"),
            _("Photos, captions, prompts, trigger words and notes"),
            _("Names of files, folders, datasets, runs and accounts"),
        )

    @staticmethod
    def _list(title: str, lines: tuple[str, ...], name: str, tone: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_XS)
        column.addWidget(text_label(title, "strong"))
        for line in lines:
            row = QHBoxLayout()
            row.setSpacing(SPACE_S)
            row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(text_label(line), 1)
            column.addLayout(row)
        return column

    def begin(self) -> None:
        """Prepare to save a bundle: show its contents, and set the focus to the button."""
        self._inside.set_open(True)
        self._save.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _ask_target(self) -> None:
        dialog = QFileDialog(self, _("Save a support bundle"), str(existing_folder(self._folder)))
        guard_scroll_areas(dialog)
        dialog.setObjectName("settings.support_file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.setNameFilters([file_filter(_("Zip files"), "*.zip"), file_filter(_("All files"), "*")])
        dialog.selectFile(self._support.default_name())
        dialog.fileSelected.connect(self._begin)
        dialog.open()

    @Slot(str)
    def _begin(self, path: str) -> None:
        if path:
            self._error.clear()
            self._save.setEnabled(False)
            self._support.save(Path(path), screens())

    @Slot(object)
    def _saved(self, target: Path) -> None:
        self._save.setEnabled(True)
        self._folder = str(target.parent)
        self.toast.emit(_("Saved “{name}”. Nothing was sent.").format(name=target.name), self._show)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self._save.setEnabled(True)
        self._error.show_error(error)

    @Slot()
    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))


def screens() -> dict[str, object]:
    """Describe the screens of the window."""
    app = QApplication.instance()
    return {
        "qt_platform": QGuiApplication.platformName(),
        "style": app.style().objectName() if isinstance(app, QApplication) else "",
        "screens": [
            {
                "size": f"{screen.size().width()}x{screen.size().height()}", "scale": screen.devicePixelRatio(),
                "dots_per_inch": round(screen.logicalDotsPerInch()),
            }
            for screen in QGuiApplication.screens()
        ],
        "windows": [
            {"size": f"{window.width()}x{window.height()}", "at": f"{window.x()},{window.y()}"}
            for window in QGuiApplication.topLevelWindows() if window.isVisible()
        ],
    }


class FolderRows(QWidget):
    """One line for each place; "Open log" is offered where one of them is a log."""

    def __init__(self, paths_text: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_file = next((Path(path) for path in paths_text.values() if path.endswith(".log")), None)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        rows = LabelledRows()
        for title, path in paths_text.items():
            field = QLineEdit(path)
            field.setReadOnly(True)
            field.setCursorPosition(0)
            rows.add_row(title, field, buttons=(self._folder_button(title, path),))
        column.addLayout(rows)
        below = QHBoxLayout()
        below.addWidget(text_label(_("The log never contains a key, and stays on this computer."), "small"), 1)
        show = QPushButton(_("Open log"))
        show.setObjectName("settings.open_log")
        show.clicked.connect(self._open_log)
        below.addWidget(mark(show, kind="link"))
        column.addLayout(below)
        show.setVisible(self._log_file is not None)

    def _folder_button(self, title: str, path: str) -> QPushButton:
        show = QPushButton(icon("folder-open"), _("Open folder"))
        show.setAccessibleName(_("Open the folder of {title}").format(title=title))
        show.setProperty("path", path)
        show.clicked.connect(self._open_folder)
        return mark(show, kind="quiet")

    @Slot()
    def _open_folder(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            path = Path(str(button.property("path")))
            folder = path.parent if path.suffix else path
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def _open_log(self) -> None:
        """Open the log with the system's program for texts; if there is none, open its folder."""
        log = self._log_file
        if log is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(log))):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.parent)))
