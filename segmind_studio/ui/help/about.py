"""The dialog About: what this is, its versions, and where it stores things, all of which can be copied."""

from __future__ import annotations

import platform
from collections.abc import Mapping

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QSize, QSysInfo, Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication, QIcon, QTextOption
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from segmind_studio import __version__
from segmind_studio.resources import resource
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.shell.licences import LicencesDialog
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XL

_ICON_SIDE = 64
_TEXT_WIDTH = 480
_PAD = 14  # round the lines of the facts


def facts_text(paths: Mapping[str, str]) -> str:
    """Return versions and folders, one a line: what one puts into a report."""
    facts = {
        "Segmind Studio": __version__,
        "Python": platform.python_version(),
        "Qt": f"{qVersion()}, PySide {pyside_version}",
        _("System"): f"{QSysInfo.prettyProductName()}, {QSysInfo.currentCpuArchitecture()}",
        _("Window system"): QGuiApplication.platformName(),
        **paths,
    }
    # Translators: such as “Qt: 6.11”.
    return "\n".join(_("{name}: {fact}").format(name=name, fact=fact) for name, fact in facts.items())


class AboutDialog(QDialog):
    """A page that closes with Escape. `paths` are the app's folders and files, by what is in them."""

    def __init__(self, tasks: TaskRunner, paths: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._facts = facts_text(paths)
        self.setWindowTitle(_("About Segmind Studio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        app_icon = QIcon(str(resource("icons", "app.svg")))
        picture.setPixmap(app_icon.pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        lines = (
            text_label("Segmind Studio", "title"),
            text_label(_("Version {version}").format(version=__version__), "muted"),
            text_label(_("Teach Flux Pro a face, a product or a style with your own photos.")),
            text_label(_("This is not a Segmind product. You pay Segmind for runs through your own account.")),
            text_label(
                _("MIT licence. Icons: Lucide, ISC licence. Typeface: Inter, OFL. Qt, PySide: LGPL 3."), "small",
            ),
        )
        for label in lines:
            label.setFixedWidth(_TEXT_WIDTH)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        words.addSpacing(SPACE_S)
        words.addWidget(text_label(_("Versions and folders"), "strong"))
        words.addWidget(self._facts_view())
        row = QHBoxLayout()
        row.setSpacing(SPACE_XL)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_L)
        column.addLayout(row)
        column.addWidget(self._buttons())
        self._close.setFocus()

    def _facts_view(self) -> QPlainTextEdit:
        view = mark(QPlainTextEdit(self._facts), role="mono")
        view.setObjectName("about.facts")
        view.setAccessibleName(_("Versions and folders"))
        view.setReadOnly(True)
        view.setTabChangesFocus(True)
        view.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)  # a long path takes two lines
        view.setFixedWidth(_TEXT_WIDTH)
        view.ensurePolished()
        lines = self._facts.count("\n") + 3  # two more for long paths
        view.setFixedHeight(lines * view.fontMetrics().lineSpacing() + _PAD)
        return view

    def _buttons(self) -> QDialogButtonBox:
        box = ButtonBox()
        box.rejected.connect(self.reject)
        licences = box.addButton(_("Licences…"), QDialogButtonBox.ButtonRole.ActionRole)
        licences.setObjectName("about.licences")
        licences.clicked.connect(self._show_licences)
        copy = box.addButton(_("Copy versions and folders"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("about.copy")
        copy.clicked.connect(self._copy)
        close = self._close = box.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        return box

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._facts)

    @Slot()
    def _show_licences(self) -> None:
        dialog = LicencesDialog(self._tasks, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
