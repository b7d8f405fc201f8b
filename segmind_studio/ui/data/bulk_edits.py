"""Edits of many captions at once: pure functions from texts to texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class EditKind(StrEnum):
    """What is done to each caption."""

    PREPEND = "prepend"
    APPEND = "append"
    REPLACE = "replace"
    TRIM = "trim"
    SET = "set"


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """One edit. `find` is used by REPLACE only; `match_case` too."""

    kind: EditKind
    text: str = ""
    find: str = ""
    match_case: bool = False

    @property
    def complete(self) -> bool:
        """Tell whether it says enough to be done."""
        if self.kind is EditKind.REPLACE:
            return bool(self.find)
        return self.kind in {EditKind.TRIM, EditKind.SET} or bool(self.text)

    def apply(self, caption: str) -> str:
        """Give the caption as it would be."""
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


def trimmed(caption: str) -> str:
    """Give one line without doubled spaces, empty parts between commas, or a comma at either end."""
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


def _common_start(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    if all(len(text) == length or not _joined(text, length) for text in texts):
        return first[:length]
    while length and _joined(first, length):
        length -= 1
    return first[:length]


def _joined(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
