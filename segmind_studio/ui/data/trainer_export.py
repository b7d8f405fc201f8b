"""Export for another trainer: which one, as a zip or a folder, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.datasets import ZIP_SUFFIX
from segmind_studio.core.trainers import TRAINERS, Trainer
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.file_dialogs import file_name_of
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.folders import existing_folder
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH = 440


class TrainerExportDialog(QDialog):
    """Choose a trainer and the shape of the export; it deletes itself.

    Signals: chosen(Trainer, bool), the trainer, and whether a folder is wanted instead of a zip; GUI thread.
    """

    chosen = Signal(object, bool)

    def __init__(self, key: str, parent: QWidget) -> None:
        """`key` is of the trainer that was chosen last."""
        super().__init__(parent)
        self.setObjectName("data.export_for")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Export for another trainer"))
        self.setMinimumWidth(text_scaled(_WIDTH))
        self._trainer = QComboBox()
        self._trainer.setObjectName("data.export_for.trainer")
        self._trainer.setAccessibleName(_("Trainer"))
        for trainer in TRAINERS:
            self._trainer.addItem(trainer.name, trainer.key)
        self._trainer.setCurrentIndex(max(0, self._trainer.findData(key)))
        self._about = text_label("", "muted")
        self._folder = QRadioButton(_("A folder"))
        self._folder.setObjectName("data.export_for.folder")
        self._zip = QRadioButton(_("A zip"))
        self._zip.setObjectName("data.export_for.zip")
        shapes = QButtonGroup(self)
        shapes.addButton(self._folder)
        shapes.addButton(self._zip)
        label = QLabel(_("Trainer"))
        label.setBuddy(self._trainer)
        buttons = ButtonBox()
        go_on = buttons.addButton(_("Choose folder…"), QDialogButtonBox.ButtonRole.AcceptRole)
        go_on.setObjectName("data.export_for.go_on")
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        same = _("The export contains the photos as trained here: upright, in sRGB, without excluded ones.")
        shown = (label, self._trainer, self._about, self._folder, self._zip, text_label(same, "small"), buttons)
        for widget in shown:
            column.addWidget(widget)
        self._trainer.currentIndexChanged.connect(self._follow)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        self._follow()

    @property
    def trainer(self) -> Trainer:
        """Return the chosen trainer."""
        return TRAINERS[self._trainer.currentIndex()]

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self._fit()  # only now the words have their fonts
        super().showEvent(event)

    def _fit(self) -> None:
        """Be as high as the wrapped texts need."""
        layout = self.layout()
        if layout is not None:
            self.setMinimumHeight(layout.totalHeightForWidth(max(self.width(), self.minimumWidth())))

    @Slot()
    def _follow(self) -> None:
        self._about.setText(str(self.trainer.about))
        (self._zip if self.trainer.zipped else self._folder).setChecked(True)
        self._fit()

    @Slot()
    def _choose(self) -> None:
        self.accept()
        self.chosen.emit(self.trainer, self._folder.isChecked())


class TrainerExport(QObject):
    """Ask for trainer and place, and start the export."""

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._last = TRAINERS[0]
        self._as_folder = True
        self._place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        parts.actions.export_for.triggered.connect(self._ask)

    @Slot()
    def _ask(self) -> None:
        dialog = TrainerExportDialog(self._last.key, self._parts.screen)
        dialog.chosen.connect(self._ask_place)
        dialog.open()

    @Slot(object, bool)
    def _ask_place(self, trainer: Trainer, as_folder: bool) -> None:  # noqa: FBT001  # as the signal has it
        """Ask for a file, or for the folder that gets the new one."""
        self._last, self._as_folder = trainer, as_folder
        title = _("Export here") if as_folder else _("Export zip")
        dialog = QFileDialog(self._parts.screen, title, str(existing_folder(self._place)))
        guard_scroll_areas(dialog)
        dialog.setObjectName("data.export_place")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if as_folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        else:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(ZIP_SUFFIX.lstrip("."))
            dialog.selectFile(self._name + ZIP_SUFFIX)
        dialog.fileSelected.connect(self._export)
        dialog.open()

    @property
    def _name(self) -> str:
        return f"{file_name_of(self._parts.datasets.dataset.name)}-{self._last.key}"

    @Slot(str)
    def _export(self, place: str) -> None:
        chosen = Path(place)
        self._place = str(chosen if self._as_folder else chosen.parent)
        target = chosen / self._name if self._as_folder else chosen
        self._parts.datasets.export(target, trainer=self._last.key, as_folder=self._as_folder)
