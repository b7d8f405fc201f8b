"""Edits of photos and captions: each one an undo step, most with a word of news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from segmind_studio.core.datasets import Photo, ScanReport, has_trigger
from segmind_studio.core.fixes import trigger_prefix
from segmind_studio.services.datasets.dataset_service import CaptionState, DatasetService
from segmind_studio.ui.data.inspector.bulk_edits import BulkEdit, EditKind, edited_readings
from segmind_studio.ui.data.undo_steps import (
    BackgroundCommand,
    CaptionsCommand,
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
            self._undo.push(TypeCaptionCommand(self._datasets, photo, text, self._sitting))

    def end_sitting(self) -> None:
        """Let the next typing be a step of its own."""
        self._sitting += 1

    def change_captions(self, new: Mapping[str, str], readings: Mapping[str, tuple[str, ...]]) -> None:
        """Change many captions in one step; `readings` are those of the new texts that stay in doubt."""
        states = {
            photo.photo_id: CaptionState(
                new[photo.photo_id], photo.original_caption, readings.get(photo.photo_id, ()),
            )
            for photo in self._datasets.dataset.photos
            if new.get(photo.photo_id, photo.caption) != photo.caption
        }
        self._settle(states, "", self.tr("1 caption changed."), self.tr("{0} captions changed."))

    def prepend_trigger(self, trigger_word: str) -> None:
        """Put the trigger word in front of the used captions that do not hold it; empty ones stay empty."""
        edit = BulkEdit(EditKind.PREPEND, trigger_prefix(trigger_word))
        photos = [
            photo for photo in self._datasets.dataset.used
            if photo.caption.strip() and not has_trigger(photo.caption, trigger_word)
        ]
        new = {photo.photo_id: edit.apply(photo.caption.lstrip()) for photo in photos}
        self.change_captions(new, {
            photo.photo_id: edited_readings(edit, photo, new[photo.photo_id]) for photo in photos
        })

    def read_captions(self, texts: Mapping[str, str]) -> None:
        """Read doubtful captions as these texts, by photo id; their own text when they were right. One step."""
        states = {
            photo.photo_id: CaptionState(texts[photo.photo_id], photo.original_caption)
            for photo in self._datasets.dataset.photos
            if photo.photo_id in texts and photo.caption_readings
        }
        self._settle(
            states, self.tr("Choose how captions read"),
            self.tr("1 caption is settled."), self.tr("{0} captions are settled."),
        )

    def settle_offered(self, offered: Mapping[str, CaptionState], *, take: bool) -> None:
        """Take the captions that were found on the disk, by photo id, or keep those of the dataset. One step.

        Either way they are what was read last, so they are not offered again.
        """
        states = {
            photo.photo_id: state if take else CaptionState(photo.caption, state.original, photo.caption_readings)
            for photo in self._datasets.dataset.photos
            if (state := offered.get(photo.photo_id)) is not None
        }
        if take:
            self._settle(
                states, self.tr("Take captions from the disk"),
                self.tr("1 caption taken from the disk."), self.tr("{0} captions taken from the disk."),
            )
        else:
            self._settle(
                states, self.tr("Keep my captions"),
                self.tr("Your caption is kept."), self.tr("Your {0} captions are kept."),
            )

    def _settle(self, states: Mapping[str, CaptionState], step: str, one: str, many: str) -> None:
        if states:
            self._undo.push(CaptionsCommand(self._datasets, states, step))
            self.toast.emit(counted(len(states), one, many))

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
            if bad := sum(bool(photo.problem) for photo in report.added):
                parts.append(counted(bad, self.tr("1 cannot be used"), self.tr("{0} cannot be used")))
        if report.captions_read:
            read = counted(report.captions_read, self.tr("1 caption read"), self.tr("{0} captions read"))
            parts.append(read)
        return ", ".join(parts) + "." if parts else self.tr("Captions read.")
