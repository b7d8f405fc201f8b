"""Edits of many captions at once: pure functions from texts to texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from segmind_studio.core.datasets import Photo, has_trigger

_AROUND = " ,.;:\uff0c\u3002\u3001\uff1b\uff1a"  # what joins a text to the caption, full-width too
_LED_IN = 12  # characters of unchanged text that are shown before a change


class EditKind(StrEnum):
    """What is done to each caption."""

    PREPEND = "prepend"
    APPEND = "append"
    REPLACE = "replace"
    TRIM = "trim"
    SET = "set"


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """One edit. `find` is used by REPLACE only; `match_case` too.

    With `skip_holding`, PREPEND and APPEND do not change captions that contain the text as whole words.
    """

    kind: EditKind
    text: str = ""
    find: str = ""
    match_case: bool = False
    skip_holding: bool = False

    @property
    def complete(self) -> bool:
        """Return whether it says enough to be done."""
        if self.kind is EditKind.REPLACE:
            return bool(self.find)
        return self.kind in {EditKind.TRIM, EditKind.SET} or bool(self.text)

    def skips(self, caption: str) -> bool:
        """Return whether the caption has the text already, whatever is around it, in upper or lower case."""
        if not self.skip_holding or self.kind not in {EditKind.PREPEND, EditKind.APPEND}:
            return False
        return has_trigger(" ".join(caption.split()), " ".join(self.text.split()).strip(_AROUND))

    def apply(self, caption: str) -> str:
        """Return the caption as it would be."""
        if self.skips(caption):
            return caption
        match self.kind:
            case EditKind.PREPEND:
                edited = self.text + caption
            case EditKind.APPEND:
                edited = caption + self.text
            case EditKind.REPLACE:
                edited = self._replaced(caption)
            case EditKind.TRIM:
                edited = trimmed(caption)
            case EditKind.SET:
                edited = self.text
        return edited

    def _replaced(self, caption: str) -> str:
        if not self.find:
            return caption
        flags = re.NOFLAG if self.match_case else re.IGNORECASE
        return re.sub(re.escape(self.find), lambda _found: self.text, caption, flags=flags)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the captions of several photos have in common; texts may be ""."""

    start: str
    end: str
    same: bool  # all captions are equal
    different: int  # how many different captions there are


def edited_readings(edit: BulkEdit, photo: Photo, new: str) -> tuple[str, ...]:
    """Return the other readings of a doubtful caption as the same edit leaves them, less those that are `new`."""
    edited = dict.fromkeys(edit.apply(reading) for reading in photo.caption_readings)
    return tuple(reading for reading in edited if reading != new)


def trimmed(caption: str) -> str:
    """Return one line without doubled spaces, empty parts between commas, or a comma at either end."""
    parts = (" ".join(part.split()) for part in caption.split(","))
    return ", ".join(part for part in parts if part)


def shared(captions: Sequence[str]) -> Shared:
    """Find what captions have in common, cut at whole words."""
    kinds = Counter(captions)
    if len(kinds) <= 1:
        text = next(iter(kinds), "")
        return Shared(text, text, same=True, different=len(kinds))
    start = _common_start(list(kinds))
    rest = [caption[len(start) :] for caption in kinds]
    end = _common_start([text[::-1] for text in rest])[::-1]
    return Shared(start, end, same=False, different=len(kinds))


def around_change(old: str, new: str) -> tuple[str, str]:
    """Return both texts as one line each, from a little before the place where they differ."""
    before, after = " ".join(old.split()), " ".join(new.split())
    same = _same_start(before, after)
    start = max(0, same - _LED_IN)
    if start:
        start = before.find(" ", start, same) + 1 or start  # at a whole word, where there is one
    lead = "…" if start else ""
    return lead + before[start:], lead + after[start:]


def _same_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _common_start(texts: Sequence[str]) -> str:
    first = min(texts)
    length = _same_start(first, max(texts))
    while length and any(_joined(text, length) for text in texts):
        length -= 1
    return first[:length]


def _joined(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
