"""Facts about photos as texts. Pure functions, except for the translation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from segmind_studio.core.datasets import Dataset, Photo, has_trigger
from segmind_studio.formats import bytes_text, number, size_in_pixels
from segmind_studio.texts import _, listed, ngettext, pgettext
from segmind_studio.ui.theme.direction import in_a_row

_SQUARE = 1.05  # the longer side is at most this many times the shorter one



def one_line(photo: Photo) -> str:
    """Write its size in pixels and megapixels, its format, and its size in bytes."""
    parts: list[str] = []
    if photo.width and photo.height:
        wide, high = photo.edited_size
        parts.append(size_in_pixels(wide, high))
        parts.append(_("{number} MP").format(number=number(wide * high / 1e6, 1)))
    if photo.image_format:
        parts.append(photo.image_format)
    parts.append(bytes_text(photo.size))
    return in_a_row(parts)


def summary_lines(dataset: Dataset, trigger_word: str) -> list[tuple[str, str]]:
    """Return the facts about a whole dataset, as label and value."""
    used = dataset.used
    captions = [photo.caption for photo in used if photo.caption.strip()]
    lines = [
        (_("Photos"), str(len(dataset.photos))),
        (_("In the package"), str(len(used))),
        (pgettext("several photos", "Excluded"), str(sum(photo.excluded for photo in dataset.photos))),
        # Translators: photos: such as “3 of 12”.
        (_("With a caption"), _("{count} of {all}").format(count=len(captions), all=len(used))),
    ]
    broken = sum(bool(photo.problem) and not photo.excluded for photo in dataset.photos)
    if broken:
        lines.insert(3, (pgettext("several photos", "Unreadable"), str(broken)))
    if trigger_word.strip() and captions:
        holding = sum(has_trigger(text, trigger_word) for text in captions)
        lines.append((_("With “{trigger}”").format(trigger=trigger_word.strip()), f"{holding}"))
    lines.append((_("Shapes"), shapes(used)))
    if used:
        lines.append((_("Size of the photos"), bytes_text(sum(photo.size for photo in used))))
    return lines


def shapes(photos: Sequence[Photo]) -> str:
    """Count tall, wide and square photos: "3 wide, 1 tall"."""
    seen = {"wide": 0, "tall": 0, "square": 0}
    for (wide, high), count in Counter(photo.edited_size for photo in photos).items():
        if wide and high:
            seen[_shape(wide, high)] += count
    wide, tall, square = seen["wide"], seen["tall"], seen["square"]
    words = {
        "wide": ngettext("{count} wide", "{count} wide", wide),
        "tall": ngettext("{count} tall", "{count} tall", tall),
        "square": ngettext("{count} square", "{count} square", square),
    }
    # Translators: photos of a shape: there are none.
    return listed(words[shape].format(count=count) for shape, count in seen.items() if count) or _("none")


def _shape(wide: int, high: int) -> str:
    if max(wide, high) <= _SQUARE * min(wide, high):
        return "square"
    return "wide" if wide > high else "tall"


def photos_text(count: int) -> str:
    """Return a count of photos: "1 photo", "12 photos"."""
    return ngettext("{count} photo", "{count} photos", count).format(count=count)
