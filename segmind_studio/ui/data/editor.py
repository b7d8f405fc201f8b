"""Edits of photos and captions: each one an undo step, most with a short message."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from segmind_studio.core.caption_terms import drop_term, holds_term, replace_term
from segmind_studio.core.datasets import SPELT, PastCaption, Photo, ScanReport, has_trigger
from segmind_studio.core.duplicate_groups import different_key
from segmind_studio.core.fixes import with_trigger
from segmind_studio.services.datasets.dataset_changes import CaptionState
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.folder_watch import Located
from segmind_studio.texts import _, listed, ngettext, sentences
from segmind_studio.ui.data.inspector.bulk_edits import BulkEdit, EditKind
from segmind_studio.ui.data.inspector.caption_edits import with_part, without_parts
from segmind_studio.ui.data.undo_steps import (
    AcceptCommand,
    AddCopiesCommand,
    BackgroundCommand,
    CaptionsCommand,
    ExcludeCommand,
    IntakeCommand,
    RelocateCommand,
    RemoveCommand,
    RenameCommand,
    TextsCommand,
    TypeCaptionCommand,
)

_REPEATS = re.compile(r"([0-9]{1,3})_\S")
_NAMED = 3


class PhotoEditor(QObject):
    """Push edits on the undo stack.

    Signals: toast(str), after edits whose effect may not be visible; GUI thread.
    """

    toast = Signal(str)

    def __init__(self, datasets: DatasetService, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._undo = undo
        self._sitting = 0
        self._typing: tuple[str, int, tuple[PastCaption, ...]] = ("", 0, ())  # a photo, and its history by then

    def set_excluded(self, photos: Iterable[Photo], *, excluded: bool, step: str = "") -> None:
        """Leave photos out of the package or include them again; photos already in that state are skipped.

        `step` is the name of the undo step, "" for the usual one.
        """
        ids = frozenset(photo.photo_id for photo in photos if photo.excluded != excluded)
        if not ids:
            return
        self._undo.push(ExcludeCommand(self._datasets, ids, excluded=excluded, words=step))
        if excluded:
            words = ngettext("{count} photo excluded.", "{count} photos excluded.", len(ids))
        else:
            words = ngettext("{count} photo included.", "{count} photos included.", len(ids))
        self.toast.emit(words.format(count=len(ids)))

    def remove(self, photos: Iterable[Photo]) -> None:
        """Take photos out of the dataset; the files stay."""
        ids = frozenset(photo.photo_id for photo in photos)
        if ids:
            self._undo.push(RemoveCommand(self._datasets, ids))
            self.toast.emit(ngettext(
                "{count} photo removed. The file stays where it is.",
                "{count} photos removed. The files stay where they are.", len(ids),
            ).format(count=len(ids)))

    def split(self, photos: Iterable[Photo], name: str) -> None:
        """Move photos into a new dataset with this name; undo brings them back here, and they stay there too."""
        ids = frozenset(photo.photo_id for photo in photos)
        if not ids or not name.strip():
            return
        self._datasets.copy_photos(ids, name.strip())
        words = ngettext("Move {count} photo to “{name}”", "Move {count} photos to “{name}”", len(ids))
        self._undo.push(RemoveCommand(self._datasets, ids, words.format(count=len(ids), name=name.strip())))
        moved = ngettext("{count} photo moved to “{name}”.", "{count} photos moved to “{name}”.", len(ids))
        self.toast.emit(moved.format(count=len(ids), name=name.strip()))

    def add_copies(self, photos: Sequence[Photo], name: str, *, left_out: int) -> None:
        """Add photos of the dataset with this name; `left_out` were there already."""
        if photos:
            self._undo.push(AddCopiesCommand(self._datasets, photos, name))
        count = len(photos)
        self.toast.emit(sentences(
            ngettext("{count} photo added.", "{count} photos added.", count).format(count=count) if count else "",
            ngettext("{count} is already here.", "{count} are already here.", left_out).format(count=left_out)
            if left_out else "",
        ))

    def type_caption(self, photo_id: str, text: str) -> None:
        """Store the typed text; typing without a break in one photo is one step and one text of its history."""
        photo = self._datasets.dataset.photo(photo_id)
        if photo is None or text == photo.caption:
            return
        if self._typing != (photo_id, self._sitting, photo.caption_past):
            self._typing = (photo_id, self._sitting, photo.past_with_caption(time.time()))
        self._undo.push(TypeCaptionCommand(self._datasets, photo, text, self._sitting, self._typing[2]))

    def end_sitting(self) -> None:
        """Make the next typing a new step."""
        self._sitting += 1

    def change_captions(self, new: Mapping[str, str], readings: Mapping[str, tuple[str, ...]]) -> None:
        """Change many captions in one step; `readings` are the other decodings of texts that stay uncertain."""
        find = new.get
        texts = {
            photo.photo_id: text for photo in self._datasets.dataset.photos
            if (text := find(photo.photo_id)) is not None and text != photo.caption
        }
        if texts:
            self._undo.push(TextsCommand(self._datasets, texts, readings))
            done = ngettext("{count} caption changed.", "{count} captions changed.", len(texts))
            self.toast.emit(done.format(count=len(texts)))

    @Slot(object)
    def use_proposals(self, new: Mapping[str, str]) -> None:
        """Use captions that a model proposed, by photo id. One step."""
        states = {
            photo.photo_id: CaptionState(text, photo.original_caption, model=text)
            for photo in self._datasets.dataset.photos
            if (text := new.get(photo.photo_id, photo.caption)) != photo.caption
        }
        step = _("Captions from a model")
        self._settle(states, step, ngettext("{count} caption changed.", "{count} captions changed.", len(states)))

    def prepend_trigger(self, trigger_word: str) -> None:
        """Put the trigger word into the used captions that do not hold it; empty ones stay empty."""
        photos = [
            photo for photo in self._datasets.dataset.used
            if photo.caption.strip() and not has_trigger(photo.caption, trigger_word)
        ]
        new, readings = dict[str, str](), dict[str, tuple[str, ...]]()
        for photo in photos:
            text, *others = (with_trigger(one, trigger_word) for one in (photo.caption, *photo.caption_readings))
            new[photo.photo_id] = text
            readings[photo.photo_id] = tuple(dict.fromkeys(other for other in others if other != text))
        self.change_captions(new, readings)

    def drop_term(self, photos: Iterable[Photo], term: str) -> None:
        """Remove a word or phrase from the captions of these photos."""
        self._edit(photos, lambda caption: drop_term(caption, term), _("Remove “{term}”").format(term=term))

    def replace_term(self, photos: Iterable[Photo], term: str, new: str) -> None:
        """Write `new` for a word or phrase in the captions of these photos."""
        words = _("Replace “{term}” with “{new}”").format(new=new, term=term)
        self._edit(photos, lambda caption: replace_term(caption, term, new), words)

    def add_term(self, photos: Sequence[Photo], term: str, after: str = "") -> None:
        """Add a term to the captions of these photos that do not hold it, at the end, or after a trigger word."""
        lacking = [photo for photo in photos if not holds_term(photo.caption, term)]
        self.add_part(lacking, term, after)
        have = len(photos) - len(lacking)
        if not lacking:
            self.toast.emit(
                ngettext("{count} already has it.", "{count} already have it.", have).format(count=have)
            )

    def add_part(self, photos: Iterable[Photo], part: str, after: str = "") -> None:
        """Add a part between commas to the captions of these photos, as `with_part` does."""
        self._edit(photos, lambda caption: with_part(caption, part, after), _("Add “{word}”").format(word=part))

    def remove_part(self, photos: Iterable[Photo], part: str) -> None:
        """Remove a part between commas from the captions of these photos; its words elsewhere stay."""
        words = _("Remove “{term}”").format(term=part)
        self._edit(photos, lambda caption: without_parts(caption, part), words)

    def lead_with(self, photos: Iterable[Photo], trigger_word: str) -> None:
        """Move the trigger word to the front of these captions."""
        edit = BulkEdit(EditKind.LEAD, trigger_word)
        self._edit(photos, edit.apply, _("Move “{term}” to the start").format(term=trigger_word))

    def restore_caption(self, photo_id: str, text: str) -> None:
        """Set a caption to an earlier text of its."""
        photo = self._datasets.dataset.photo(photo_id)
        if photo is not None:
            self.end_sitting()
            self._edit((photo,), lambda _caption: text, _("Restore caption"))

    def set_texts(self, texts: Mapping[str, str], step: str) -> None:
        """Set captions, by photo id, in one named step."""
        photos = [photo for photo in self._datasets.dataset.photos if photo.photo_id in texts]
        states = {
            photo.photo_id: CaptionState(texts[photo.photo_id], photo.original_caption)
            for photo in photos if texts[photo.photo_id] != photo.caption
        }
        self._settle(states, step, ngettext("{count} caption changed.", "{count} captions changed.", len(states)))

    def accept(self, photos: Iterable[Photo], key: str, step: str = "") -> None:
        """Ignore findings with this key about these photos, and remember it with them, in a step of this name."""
        new = {p.photo_id: (*p.accepted, key) for p in photos if key not in p.accepted}
        if new:
            self._undo.push(AcceptCommand(self._datasets, new, step or _("Ignore finding")))

    def call_different(self, group: Sequence[Photo]) -> None:
        """Remember that photos which look nearly alike are no copies of each other."""
        key = different_key(group)
        new = {p.photo_id: (*p.accepted, key) for p in group if key not in p.accepted}
        if new:
            self._undo.push(AcceptCommand(self._datasets, new, _("Mark as not duplicates")))

    def show_ignored(self) -> None:
        """Show all findings about captions again."""
        photos = self._datasets.dataset.photos
        words = {p.photo_id: tuple(key for key in p.accepted if key.startswith(SPELT)) for p in photos}
        new = {p.photo_id: words[p.photo_id] for p in photos if p.accepted != words[p.photo_id]}
        if new:
            self._undo.push(AcceptCommand(self._datasets, new, _("Show ignored findings")))

    def _edit(self, photos: Iterable[Photo], edit: Callable[[str], str], step: str) -> None:
        self.set_texts({photo.photo_id: edit(photo.caption) for photo in photos}, step)

    def read_captions(self, texts: Mapping[str, str]) -> None:
        """Set uncertain captions to these texts, by photo id; the same text confirms a caption. One step."""
        states = {
            photo.photo_id: CaptionState(texts[photo.photo_id], photo.original_caption)
            for photo in self._datasets.dataset.photos
            if photo.photo_id in texts and photo.caption_readings
        }
        self._settle(
            states, _("Choose caption encoding"),
            ngettext("{count} caption corrected.", "{count} captions corrected.", len(states)),
        )

    def settle_offered(self, offered: Mapping[str, CaptionState], *, take: bool) -> None:
        """Use the captions that were found on the disk, by photo id, or keep those of the dataset. One step.

        In both cases they count as the texts read last, so they are not offered again.
        """
        states = {
            photo.photo_id: state if take else CaptionState(photo.caption, state.original, photo.caption_readings)
            for photo in self._datasets.dataset.photos
            if (state := offered.get(photo.photo_id)) is not None
        }
        if take:
            self._settle(
                states,
                _("Use captions from disk"),
                ngettext(
                    "{count} caption updated from disk.", "{count} captions updated from disk.", len(states)
                ),
            )
        else:
            self._settle(
                states, _("Keep my captions"),
                ngettext("Your caption is kept.", "Your {count} captions are kept.", len(states)),
            )

    def _settle(self, states: Mapping[str, CaptionState], step: str, done: str) -> None:
        if states:
            self._undo.push(CaptionsCommand(self._datasets, states, step))
            self.toast.emit(done.format(count=len(states)))

    def set_background(self, colour: str) -> None:
        """Change the colour behind the transparent parts of all photos."""
        if colour != self._datasets.dataset.background:
            self._undo.push(BackgroundCommand(self._datasets, colour))

    def rename(self, name: str) -> None:
        """Rename the dataset; an empty name changes nothing."""
        if name.strip() and name.strip() != self._datasets.dataset.name:
            self._undo.push(RenameCommand(self._datasets, name.strip()))

    def take_located(self, located: Located) -> None:
        """Use the new places of photos in one step, and say how many were not found."""
        if located.found:
            self._undo.push(RelocateCommand(self._datasets, located.found))
        count, missing = len(located.found), located.missing
        self.toast.emit(sentences(
            ngettext("{count} photo found.", "{count} photos found.", count).format(count=count) if count
            else _("No photos found there."),
            ngettext("{count} is still missing.", "{count} are still missing.", missing).format(count=missing)
            if count and missing else "",
        ))

    def take_intake(self, report: ScanReport) -> None:
        """Make a finished intake a step that can be undone."""
        if report.added or report.replaced:
            self._undo.push(IntakeCommand(self._datasets, report))
            self.toast.emit(self._news(report))

    def _news(self, report: ScanReport) -> str:
        parts: list[str] = []
        if report.added:
            count = len(report.added)
            parts.append(ngettext("{count} photo added.", "{count} photos added.", count).format(count=count))
            if bad := sum(bool(photo.problem) for photo in report.added):
                parts.append(ngettext("{count} cannot be used.", "{count} cannot be used.", bad).format(count=bad))
        if report.captions_read:
            count = report.captions_read
            parts.append(ngettext("{count} caption read.", "{count} captions read.", count).format(count=count))
        if repeated := sorted({photo.path.parent.name for photo in report.added if _repeats(photo)}):
            parts.append(_("Repeat counts in folder names are ignored, so each photo counts once: "
                           "{names}.").format(
                names=listed(repeated[:_NAMED]),
            ))
        return sentences(*parts) if parts else _("Captions added.")


def _repeats(photo: Photo) -> bool:
    """Return whether its folder is named as for kohya's trainer: a number of repeats above one, and a name."""
    found = _REPEATS.match(photo.path.parent.name)
    return found is not None and found[1].lstrip("0") not in {"", "1"}
