"""The fields of the query language, with what each means for a photo, and what completes one being typed.

Sizes are those with the crop, as the window shows them everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from fnmatch import translate
from math import prod

from segmind_studio.core.caption_terms import holds_part, holds_term
from segmind_studio.core.caption_tokens import estimated_tokens
from segmind_studio.core.conversions import WRITTEN_AS
from segmind_studio.core.datasets import SMALL_SIDE_PIXELS, Check, Photo, has_trigger
from segmind_studio.core.photo_edits import NO_EDIT
from segmind_studio.core.query_language import Completion, choice, comparison, completion_of, need_value
from segmind_studio.record import record

_MEGA = 1_000_000
_UNKNOWN = float("nan")  # neither above nor below any number
_SAME = 0.01  # ratios that differ by less are the same: 3:2 is 1.5, and 1000 by 667 pixels have it


@record
class QueryContext:
    """What a query needs besides the photo itself.

    `troubled` are the ids of the photos with a problem, `sharpness` the measured values by photo id, `judged` the
    ids of the photos that measures judge, by the name of the check.
    """

    troubled: frozenset[str] = frozenset()
    trigger: str = ""
    sharpness: Mapping[str, float] = field(default_factory=dict[str, float])
    judged: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])


Test = Callable[[Photo, QueryContext], bool]


def _caption(photo: Photo) -> str:
    return photo.caption


def _folder(photo: Photo) -> str:
    return str(photo.path.parent)


def _format(photo: Photo) -> str:
    return photo.image_format


_TEXTS: dict[str, Callable[[Photo], str]] = {"caption": _caption, "folder": _folder, "format": _format}


def _size(photo: Photo) -> tuple[int, int]:
    """Return what `Photo.edited_size` does; of a photo without an edit, quicker: a query asks it of each."""
    return (photo.width, photo.height) if photo.edit is NO_EDIT else photo.edited_size


def _ratio(photo: Photo) -> float:
    width, height = _size(photo)
    return width / height if height else 0.0


def _is_small(photo: Photo, _context: QueryContext) -> bool:
    return 0 < min(_size(photo)) < SMALL_SIDE_PIXELS


def _is_portrait(photo: Photo, _context: QueryContext) -> bool:
    width, height = _size(photo)
    return height > width


def _is_landscape(photo: Photo, _context: QueryContext) -> bool:
    width, height = _size(photo)
    return width > height


def _is_square(photo: Photo, _context: QueryContext) -> bool:
    width, height = _size(photo)
    return 0 < width == height


_NUMBERS: dict[str, Callable[[Photo], float]] = {
    "w": lambda photo: _size(photo)[0],
    "h": lambda photo: _size(photo)[1],
    "short": lambda photo: min(_size(photo)),
    "long": lambda photo: max(_size(photo)),
    "mp": lambda photo: prod(_size(photo)) / _MEGA,
    "mb": lambda photo: photo.size / _MEGA,
    "ratio": _ratio,
    "chars": lambda photo: len(photo.caption),
    "words": lambda photo: len(photo.caption.split()),
    "tokens": lambda photo: estimated_tokens(photo.caption),
}
_JUDGED: dict[str, str] = {  # the words for `is:`, and the checks that they ask for
    "blurred": Check.BLURRED, "noisy": Check.NOISY, "dark": Check.DARK, "bright": Check.BRIGHT,
    "flat": Check.WASHED_OUT,
}


def _judged(check: str) -> Test:
    return lambda photo, context: photo.photo_id in context.judged.get(check, ())


_STATES: dict[str, Test] = {
    "excluded": lambda photo, _context: photo.excluded,
    "included": lambda photo, _context: not photo.excluded,
    "used": lambda photo, _context: photo.used,
    "problem": lambda photo, context: photo.photo_id in context.troubled,
    "uncaptioned": lambda photo, _context: photo.used and not photo.caption.strip(),
    "edited": lambda photo, _context: photo.caption != photo.original_caption,
    "converted": lambda photo, _context: bool(photo.changes),
    "cropped": lambda photo, _context: photo.edit.cropped,
    "small": _is_small,
    "portrait": _is_portrait,
    "landscape": _is_landscape,
    "square": _is_square,
    **{name: _judged(check) for name, check in _JUDGED.items()},
}
_HAVING: dict[str, Test] = {
    "caption": lambda photo, _context: bool(photo.caption.strip()),
    "trigger": lambda photo, context: has_trigger(photo.caption, context.trigger),
    "problem": lambda photo, context: bool(photo.problem) or photo.photo_id in context.troubled,
    "place": _judged(Check.PLACE_DATA),
}
_CHOICES = {"is": _STATES, "has": _HAVING}
_SHARPNESS = "sharp"
_TERM = "term"  # a word or phrase of the caption, and not a part of a longer word
_FORMATS = ("jpeg", "png", "webp", *map(str.lower, WRITTEN_AS))
FIELDS = (*_TEXTS, _TERM, "name", *_NUMBERS, _SHARPNESS, *_CHOICES)

_MEASURED = (f"{_SHARPNESS}:", "has:place", *(f"is:{name}" for name in _JUDGED))


def query_for(check: str) -> str:
    """Return the query for the photos that a check of measures finds; "" for another check."""
    known = {wanted: f"is:{name}" for name, wanted in _JUDGED.items()} | {Check.PLACE_DATA: "has:place"}
    return known.get(check, "")


def needs_measures(query: str) -> bool:
    """Return whether a query may ask for what is known only of measured pictures."""
    return any(term in query.casefold() for term in _MEASURED)


def term_query(term: str) -> str:
    """Return the query for photos whose captions hold a word, a phrase or a part between commas, as lists show."""
    return f'{_TERM}:"{term.replace(chr(34), " ")}"'


def phrase_test(words: str) -> Test:
    """Look for words as written, in any case, in the file's name and in the caption."""
    wanted = words.casefold()
    return lambda photo, _context: wanted in photo.path.name.casefold() or wanted in photo.caption.casefold()


def term_test(name: str, value: str, *, quoted: bool = False) -> Test:
    """Return the test of a field, which is one of FIELDS; TermError when the field does not take the value.

    In a text that is not quoted, * stands for any characters and ? for one.
    """
    if name in _CHOICES:
        return choice(name, value, _CHOICES[name])
    if name in _TEXTS or name in {_TERM, "name"}:
        need_value(name, value)
        if name == _TERM:
            return _term_test(value)
        wild = not quoted and ("*" in value or "?" in value)
        return _name_test(value, wild=wild) if name == "name" else _text_test(_TEXTS[name], value, wild=wild)
    ratio = name == "ratio"
    compare = comparison(name, value, example=("1.5", "2"), margin=_SAME) if ratio else comparison(name, value)
    if name == _SHARPNESS:
        return lambda photo, context: compare(context.sharpness.get(photo.photo_id, _UNKNOWN))
    read = _NUMBERS[name]
    return lambda photo, _context: compare(read(photo))


def _term_test(value: str) -> Test:
    """Look for a word or phrase, or for a part between commas that is none: with sentences, or signs alone."""
    odd = not holds_term(value, value)
    return lambda photo, _context: holds_term(photo.caption, value) or (
        (odd or "\n" in photo.caption) and holds_part(photo.caption, value)
    )


def _text_test(read: Callable[[Photo], str], value: str, *, wild: bool) -> Test:
    wanted = value.casefold()
    if not wild:
        return lambda photo, _context: wanted in read(photo).casefold()
    pattern = re.compile(translate(f"*{wanted}*"))
    return lambda photo, _context: pattern.match(read(photo).casefold()) is not None


def _name_test(value: str, *, wild: bool) -> Test:
    wanted = value.casefold()
    if not wild:
        return lambda photo, _context: wanted in photo.path.name.casefold()
    pattern = re.compile(translate(wanted))
    return lambda photo, _context: any(
        pattern.match(name.casefold()) is not None for name in (photo.path.name, photo.path.stem)
    )


def completion_at(text: str, place: int, vocabulary: Callable[[], Sequence[str]] = tuple) -> Completion:
    """Return what completes the word before `place`: fields, values of `is:`, `has:` and `format:`, and words.

    `vocabulary` returns the words for `caption:` and `term:`, the most frequent first; it is called only for them.
    """
    def values(name: str, typed: str) -> Sequence[str]:
        if name in {"caption", _TERM} and typed:
            return vocabulary()
        return _FORMATS if name == "format" else tuple(_CHOICES.get(name, ()))

    return completion_of(text, place, FIELDS, values)
