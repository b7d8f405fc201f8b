"""Facts about photos in words. Pure functions, but for the translation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.datasets import Dataset, Photo, has_trigger
from segmind_studio.ui.data.undo_steps import counted
from segmind_studio.ui.parts import bytes_text

_SQUARE = 1.05  # the longer side is at most this many times the shorter one


def _tr(text: str) -> str:
    return QCoreApplication.translate("facts", text)


def one_line(photo: Photo) -> str:
    """Write its size in pixels and megapixels, its format, and its size in bytes."""
    parts: list[str] = []
    if photo.width and photo.height:
        parts.append(f"{photo.width} × {photo.height}")  # noqa: RUF001  # the sign for it
        parts.append(_tr("{0} MP").format(f"{photo.width * photo.height / 1e6:.1f}"))
    if photo.image_format:
        parts.append(photo.image_format)
    parts.append(bytes_text(photo.size))
    return " · ".join(parts)


def summary_lines(dataset: Dataset, trigger_word: str) -> list[tuple[str, str]]:
    """Return the facts about a whole dataset, as label and value."""
    used = dataset.used
    captions = [photo.caption for photo in used if photo.caption.strip()]
    lines = [
        (_tr("Photos"), str(len(dataset.photos))),
        (_tr("In the package"), str(len(used))),
        (_tr("Excluded"), str(sum(photo.excluded for photo in dataset.photos))),
        (_tr("With a caption"), _tr("{0} of {1}").format(len(captions), len(used))),
    ]
    if trigger_word.strip() and captions:
        holding = sum(has_trigger(text, trigger_word) for text in captions)
        lines.append((_tr("Holding “{0}”").format(trigger_word.strip()), f"{holding}"))
    lines.append((_tr("Shapes"), shapes(used)))
    if used:
        lines.append((_tr("Size of the files"), bytes_text(sum(photo.size for photo in used))))
    return lines


def shapes(photos: Sequence[Photo]) -> str:
    """Count tall, wide and square photos: "3 wide, 1 tall"."""
    seen = {"wide": 0, "tall": 0, "square": 0}
    for photo in photos:
        if photo.width and photo.height:
            seen[_shape(photo)] += 1
    words = {"wide": _tr("{0} wide"), "tall": _tr("{0} tall"), "square": _tr("{0} square")}
    return ", ".join(words[shape].format(count) for shape, count in seen.items() if count) or _tr("none")


def _shape(photo: Photo) -> str:
    if max(photo.width, photo.height) <= _SQUARE * min(photo.width, photo.height):
        return "square"
    return "wide" if photo.width > photo.height else "tall"


def photos_text(count: int) -> str:
    """Count photos in words: "1 photo", "12 photos"."""
    return counted(count, _tr("1 photo"), _tr("{0} photos"))
