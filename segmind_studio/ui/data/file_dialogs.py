"""The dialogs of the Data place. Each is opened with `open()`, never `exec()`: answers are signals."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from segmind_studio.core.datasets import IMAGE_SUFFIXES, ZIP_SUFFIX
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.parts.question import NameDialog

_OTHER_SUFFIXES = [".jpe", ".jfif", ".pjpeg", ".zip", ".txt", ".caption", ".json", ".jsonl", ".csv"]


class FileDialogs(QObject):
    """Ask for photos, a folder, a target for the zip, or a name.

    Signals (GUI thread): photos_chosen(tuple[Path, ...]), a folder comes as one path; target_chosen(Path);
    located(Path); named(str).
    """

    photos_chosen = Signal(object)
    target_chosen = Signal(object)
    located = Signal(object)
    named = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)

    def ask_photos(self) -> None:
        """Let the user choose pictures, caption files and zips."""
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES) + _OTHER_SUFFIXES)
        dialog = self._dialog(_("Add photos"), QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([
            # Translators: a kind of files in a file dialog.
            file_filter(_("Photos, zips and captions"), suffixes),
            # Translators: a kind of files in a file dialog.
            file_filter(_("All files"), "*"),
        ])
        dialog.filesSelected.connect(self._on_photos)
        dialog.open()

    def ask_folder(self) -> None:
        """Let the user choose a folder; its subfolders are included."""
        dialog = self._dialog(_("Add a folder"), QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.filesSelected.connect(self._on_photos)
        dialog.open()

    def ask_moved(self) -> None:
        """Let the user choose the folder that missing photos were moved to; its subfolders are included."""
        dialog = self._dialog(_("Locate missing photos"), QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.fileSelected.connect(self._on_located)
        dialog.open()

    def ask_target(self, dataset_name: str) -> None:
        """Let the user choose the file for the zip; the dialog asks before it replaces a file."""
        dialog = self._dialog(_("Export zip"), QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Translators: a kind of files in a file dialog.
        dialog.setNameFilter(file_filter(_("Zip archives"), "*.zip"))
        dialog.setDefaultSuffix(ZIP_SUFFIX.lstrip("."))
        dialog.selectFile(f"{file_name_of(dataset_name)}{ZIP_SUFFIX}")
        dialog.fileSelected.connect(self._on_target)
        dialog.open()

    def ask_name(self, name: str) -> None:
        """Let the user rename the dataset."""
        dialog = NameDialog(self._window, title=_("Rename dataset"), label=_("Name of the dataset"), name=name)
        dialog.setObjectName("data.rename")
        dialog.textValueSelected.connect(self.named)
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(existing_folder(self._folder)))
        guard_scroll_areas(dialog)
        dialog.setObjectName("data.files")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.finished.connect(self._remember)
        return dialog

    @Slot(int)
    def _remember(self, result: int) -> None:
        dialog = self.sender()
        if isinstance(dialog, QFileDialog) and result == QDialog.DialogCode.Accepted:
            self._folder = dialog.directory().absolutePath()

    @Slot(list)
    def _on_photos(self, names: list[str]) -> None:
        self.photos_chosen.emit(tuple(Path(name) for name in names))

    @Slot(str)
    def _on_located(self, name: str) -> None:
        self.located.emit(Path(name))

    @Slot(str)
    def _on_target(self, name: str) -> None:
        self.target_chosen.emit(Path(name))


def file_name_of(dataset_name: str) -> str:
    """Make a plain file name of a dataset's name."""
    return re.sub(r"[^\w-]+", "-", dataset_name).strip("-_")[:60] or "dataset"
