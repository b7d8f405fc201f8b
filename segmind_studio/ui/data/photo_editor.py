"""Edits of photos and captions: each one an undo step, most with a word of news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from segmind_studio.core.datasets import Photo, ScanReport
from segmind_studio.services.datasets import DatasetService
from segmind_studio.ui.data.commands import (
    BackgroundCommand,
    EditCaptionsCommand,
    ExcludeCommand,
    IntakeCommand,
    RemoveCommand,
    TypeCaptionCommand,
    counted,
)


class PhotoEditor(QObject):
    """Push edits on the undo stack.

    Signals: toast(str), after edits whose effect may be out of sight; GUI thread.
    """

    toast = Signal(str)

    def __init__(self, datasets: DatasetService, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._undo = undo
        self._sitting = 0

    def set_excluded(self, photos: Iterable[Photo], *, excluded: bool) -> None:
        """Leave photos out of the package or take them back, as far as they are not there already."""
        ids = frozenset(photo.photo_id for photo in photos if photo.excluded != excluded)
        if not ids:
            return
        self._undo.push(ExcludeCommand(self._datasets, ids, excluded=excluded))
        if excluded:
            words = counted(len(ids), self.tr("1 photo excluded."), self.tr("{0} photos excluded."))
        else:
            words = counted(len(ids), self.tr("1 photo included again."), self.tr("{0} photos included again."))
        self.toast.emit(words)

    def remove(self, photos: Iterable[Photo]) -> None:
        """Take photos out of the dataset; the files stay."""
        ids = frozenset(photo.photo_id for photo in photos)
        if ids:
            self._undo.push(RemoveCommand(self._datasets, ids))
            self.toast.emit(counted(
                len(ids),
                self.tr("1 photo removed. The file stays where it is."),
                self.tr("{0} photos removed. The files stay where they are."),
            ))

    def type_caption(self, photo_id: str, text: str) -> None:
        """Store what was just typed; one sitting of typing is one step."""
        photo = self._datasets.dataset.photo(photo_id)
        if photo is not None and text != photo.caption:
            self._undo.push(TypeCaptionCommand(self._datasets, photo_id, photo.caption, text, self._sitting))

    def end_sitting(self) -> None:
        """Let the next typing be a step of its own."""
        self._sitting += 1

    def change_captions(self, new: Mapping[str, str]) -> None:
        """Change many captions in one step."""
        old = {
            photo.photo_id: photo.caption
            for photo in self._datasets.dataset.photos
            if new.get(photo.photo_id, photo.caption) != photo.caption
        }
        if old:
            self._undo.push(EditCaptionsCommand(self._datasets, old, {name: new[name] for name in old}))
            self.toast.emit(counted(len(old), self.tr("1 caption changed."), self.tr("{0} captions changed.")))

    def set_background(self, colour: str) -> None:
        """Lay the transparent parts of all photos over another colour."""
        if colour != self._datasets.dataset.background:
            self._undo.push(BackgroundCommand(self._datasets, colour))

    def take_intake(self, report: ScanReport) -> None:
        """Make a finished intake a step that can be undone."""
        if report.added or report.replaced:
            self._undo.push(IntakeCommand(self._datasets, report))
            self.toast.emit(self._news(report))

    def _news(self, report: ScanReport) -> str:
        parts: list[str] = []
        if report.added:
            parts.append(counted(len(report.added), self.tr("1 photo added"), self.tr("{0} photos added")))
        if report.captions_read:
            read = counted(report.captions_read, self.tr("1 caption read"), self.tr("{0} captions read"))
            parts.append(read)
        return ", ".join(parts) + "." if parts else self.tr("Captions read.")
