"""What bulk edits do to one caption, beyond adding and replacing text: pure functions from texts to texts."""

from __future__ import annotations

import re
from functools import lru_cache

from segmind_studio.core.caption_terms import (
    COMMAS,
    Vocabulary,
    drop_term,
    folded,
    joined_parts,
    parts_of,
    split_parts,
    words_of,
)
from segmind_studio.core.datasets import trigger_spans

ALPHABETICAL, FREQUENT = "alphabetical", "frequent"
LOWER, UPPER, SENTENCE = "lower", "upper", "sentence"
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}")


@lru_cache(maxsize=16)
def compiled(pattern: str, *, match_case: bool = False) -> re.Pattern[str]:
    """Return a regular expression ready for use; `re.error` (with its place) when it is not valid.

    A repeat of a group that itself repeats or has alternatives is refused: on some captions it takes forever.
    """
    made = re.compile(pattern, re.NOFLAG if match_case else re.IGNORECASE)
    starts: list[int] = []
    place, in_set = 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif in_set:
            in_set = sign != "]" or pattern[place - 1] == "["
        elif sign == "[":
            in_set = True
        elif sign == "(":
            starts.append(place)
        elif sign == ")" and starts:
            start = starts.pop()
            inside = re.sub(r"\\.|\[[^\]]*\]", "x", pattern[start + 1 : place])
            if _REPEAT.match(pattern, place + 1) and ("|" in inside or _REPEAT.search(inside)):
                raise re.error("repeat inside a repeat", pattern, place + 1)
        place += 1
    return made


@lru_cache(maxsize=16)
def pattern_error(pattern: str, replacement: str) -> tuple[int, str] | None:
    """Return the character (from 1) where a pattern or its replacement is wrong, and the text from there on.

    The character is 0 for a wrong replacement; None when all is right.
    """
    try:
        made = compiled(pattern)
    except re.error as error:
        place = error.pos or 0
        return place + 1, pattern[place:]
    except (OverflowError, RecursionError):
        return 1, pattern
    try:
        made.sub(replacement, "")
    except (re.error, IndexError):
        return 0, replacement
    return None


def in_case(caption: str, case: str, trigger_word: str = "") -> str:
    """Return a caption in lower case, in upper case, or with one capital at the beginning.

    The trigger word stays as it is written: to a text model, another case is another word.
    """
    result, start = "", 0
    for first, end in trigger_spans(caption, trigger_word):
        result += _changed(caption[start:first], case, begins=not start) + caption[first:end]
        start = end
    return result + _changed(caption[start:], case, begins=not start)


def _changed(text: str, case: str, *, begins: bool) -> str:
    if case == UPPER:
        return text.upper()
    low = text.lower()
    if case == SENTENCE and begins:
        at = next((place for place, char in enumerate(low) if char.isalnum()), 0)
        return low[:at] + low[at : at + 1].upper() + low[at + 1 :]
    return low


def distinct_parts(caption: str) -> list[str]:
    """Return the parts between commas, of those that differ in case alone only the first."""
    kept: dict[str, str] = {}
    for part in parts_of(caption):
        kept.setdefault(folded(part), part)
    return list(kept.values())


def sorted_parts(caption: str, vocabulary: Vocabulary | None = None) -> str:
    """Return the parts between commas, each once, in order after the first one, which often is the trigger word.

    The order is that of the alphabet; with a vocabulary, what most of its captions hold comes first.
    """
    first, *others = distinct_parts(caption) or ("",)
    if not others and first == caption:
        return caption
    if vocabulary is None:
        others.sort(key=folded)
    else:
        counts = _counts(vocabulary)
        others.sort(key=lambda part: (-counts.get(_term_of(part), 1), folded(part)))
    return joined_parts([first, *others], caption)


@lru_cache(maxsize=4_000)  # the parts of a dataset's captions repeat
def _term_of(part: str) -> str:
    return " ".join(words_of(part))


@lru_cache(maxsize=1)
def _counts(vocabulary: Vocabulary) -> dict[str, int]:
    return {term.text: term.count for term in vocabulary.terms}


def without_parts(caption: str, dropped: str) -> str:
    """Return a caption without the parts between commas that `dropped` lists, whatever their case.

    Lines stay lines: where there are several, all else stays as it is written.
    """
    unwanted = {folded(part) for part in parts_of(dropped)}
    parts = parts_of(caption)
    kept = [part for part in parts if folded(part) not in unwanted]
    if len(kept) == len(parts):
        return caption
    if "\n" not in caption.strip():
        return joined_parts(kept, caption)
    written = [
        comma + part for comma, part in split_parts(caption) if folded(" ".join(part.split())) not in unwanted
    ]
    return "".join(written).lstrip(f"{COMMAS} \n").rstrip()


def with_part(caption: str, part: str, after: str = "") -> str:
    """Return a caption with one more part between commas, at its end; one that has it stays as it is.

    With `after`, a trigger word, the part stands behind the one with this word, else at the front.
    """
    text = caption.strip().strip(COMMAS).strip()
    if not text:
        return part
    if folded(part) in map(folded, parts_of(text)):
        return caption
    spans = trigger_spans(text, after)
    place = spans[0][1] if spans else 0 if after.strip() else len(text)
    while spans and place < len(text) and text[place] not in f"{COMMAS}\n":
        place += 1
    before, rest = text[:place], text[place:].lstrip(f"{COMMAS} ")
    return joined_parts([piece for piece in (before.rstrip(), part, rest) if piece], caption)


def led_by(caption: str, trigger_word: str) -> str:
    """Return a caption with the trigger word moved to its front; one that does not hold it stays as it is."""
    word = trigger_word.strip()
    spans = trigger_spans(caption, word)
    if not spans or not caption[: spans[0][0]].strip():
        return caption
    rest = drop_term(caption, word)
    return f"{word}, {rest}" if rest else word


def with_shared(caption: str, shared: str, new: str) -> str:
    """Return a caption with the parts that many share changed to others.

    `shared` and `new` list parts between commas. A part in both stays where it is; others of `shared` are removed;
    others of `new` come after the last shared part before them, as in `new`.
    """
    old, wanted = [folded(part) for part in parts_of(shared)], parts_of(new)
    staying = {folded(part) for part in wanted}
    result: list[str] = []
    place_of: dict[str, int] = {}
    removed_at: int | None = None
    for part in parts_of(caption):
        key = folded(part)
        if key in old and key not in staying:
            removed_at = len(result) if removed_at is None else removed_at
            continue
        result.append(part)
        if key in old:
            place_of.setdefault(key, len(result) - 1)
    at = 0 if removed_at is None else removed_at
    for part in wanted:
        key = folded(part)
        if key in place_of:
            at = place_of[key] + 1
            continue
        if key in {folded(there) for there in result}:
            continue
        result.insert(at, part)
        place_of = {other: place + (place >= at) for other, place in place_of.items()}
        at += 1
    return joined_parts(result, caption or new)
