"""Edits of many captions at once: pure functions from texts to texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

from segmind_studio.core.caption_terms import NO_VOCABULARY, Vocabulary, joined_parts
from segmind_studio.core.datasets import Photo, has_trigger
from segmind_studio.record import record
from segmind_studio.ui.data.inspector.caption_edits import (
    FREQUENT,
    compiled,
    distinct_parts,
    in_case,
    led_by,
    pattern_error,
    sorted_parts,
    with_shared,
    without_parts,
)

_AROUND = " ,.;:\uff0c\u3002\u3001\uff1b\uff1a"  # what joins a text to the caption, full-width too
_LED_IN = 12  # characters of unchanged text that are shown before a change


class EditKind(StrEnum):
    """What is done to each caption."""

    PREPEND = "prepend"
    APPEND = "append"
    REPLACE = "replace"
    PATTERN = "pattern"
    TRIM = "trim"
    CASE = "case"
    SORT = "sort"
    DROP = "drop"
    LEAD = "lead"
    SHARED = "shared"
    SET = "set"


@record
class BulkEdit:
    """One edit. `find` and `match_case` are used by REPLACE and PATTERN (a regular expression).

    For SHARED, `find` lists the parts that the captions share and `text` what they become; for CASE, `text` is one
    of the cases of `caption_edits` and `find` the trigger word; for LEAD, `text` is the trigger word.

    For SORT, `text` is one of the orders of `caption_edits`, and `vocabulary` holds how frequent parts are.

    With `skip_holding`, PREPEND and APPEND do not change captions that contain the text as whole words.
    """

    kind: EditKind
    text: str = ""
    find: str = ""
    match_case: bool = False
    skip_holding: bool = False
    vocabulary: Vocabulary = NO_VOCABULARY

    @property
    def complete(self) -> bool:
        """Return whether it says enough to be done."""
        if self.kind is EditKind.REPLACE:
            return bool(self.find)
        if self.kind is EditKind.PATTERN:
            return bool(self.find) and self.error is None
        if self.kind is EditKind.SHARED:
            return bool(self.find) and self.text != self.find
        return self.kind in {EditKind.TRIM, EditKind.SORT, EditKind.SET} or bool(self.text)

    @property
    def error(self) -> tuple[int, str] | None:
        """Return what is wrong with a regular expression, as `caption_edits.pattern_error` has it."""
        if self.kind is not EditKind.PATTERN or not self.find:
            return None
        return pattern_error(self.find, self.text)

    def skips(self, caption: str) -> bool:
        """Return whether the caption has the text already, whatever is around it, in upper or lower case."""
        return self.skipping(caption)

    def apply(self, caption: str) -> str:
        """Return the caption as it would be."""
        return caption if self.skipping(caption) else self.change(caption)

    @property
    def skipping(self) -> Callable[[str], bool]:
        """Return what `skips` does, made once for many captions."""
        if not self.skip_holding or self.kind not in {EditKind.PREPEND, EditKind.APPEND}:
            return _never
        held = " ".join(self.text.split()).strip(_AROUND)
        return lambda caption: has_trigger(" ".join(caption.split()), held)

    @property
    def change(self) -> Callable[[str], str]:
        """Return what is done to each caption that is not skipped, made once for many captions."""
        text, find = self.text, self.find
        if self.kind is EditKind.REPLACE:
            return self._replacing
        if self.kind is EditKind.PATTERN:
            usable = find and self.error is None
            return partial(compiled(find, match_case=self.match_case).sub, text) if usable else _same
        changes: dict[EditKind, Callable[[str], str]] = {
            EditKind.PREPEND: lambda caption: text + caption,
            EditKind.APPEND: lambda caption: caption + text,
            EditKind.TRIM: trimmed,
            EditKind.CASE: lambda caption: in_case(caption, text, find),
            EditKind.SORT: lambda caption: sorted_parts(caption, self.vocabulary if text == FREQUENT else None),
            EditKind.DROP: lambda caption: without_parts(caption, text),
            EditKind.LEAD: lambda caption: led_by(caption, text),
            EditKind.SHARED: lambda caption: with_shared(caption, find, text),
            EditKind.SET: lambda _caption: text,
        }
        return changes[self.kind]

    @property
    def _replacing(self) -> Callable[[str], str]:
        if not self.find:
            return _same
        text, found = self.text, re.compile(re.escape(self.find), re.NOFLAG if self.match_case else re.IGNORECASE)
        return lambda caption: found.sub(lambda _found: text, caption)


def _never(_caption: str) -> bool:
    return False


def _same(caption: str) -> str:
    return caption


@record
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
    """Return one line without doubled spaces, empty or repeated parts, or a comma at either end."""
    return joined_parts(distinct_parts(caption), caption)


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
    """Return how many characters both texts begin with; by halves, as slices are quicker than letters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_start(texts: Sequence[str]) -> str:
    first = min(texts)
    length = _same_start(first, max(texts))
    while length and first[length - 1].isalnum() and any(_joined(text, length) for text in texts):
        length -= 1
    return first[:length]


def _joined(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
