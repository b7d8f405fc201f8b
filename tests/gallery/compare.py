"""Compare two sets of pictures: which are new, gone or changed, and where.

Kept apart: the published pictures are compared by it too, in a test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance

NOISE = 8  # of 255: a difference that nobody sees
MARK = (226, 0, 116)
MARGIN = 4  # pixels round what has changed


class Change(StrEnum):
    """What has become of a picture since the kept one."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Compared:
    """A picture by its name, and how many of its pixels differ; -1 when its size does."""

    name: str
    change: Change
    pixels: int = 0


def compare_folders(now: Path, kept: Path, marked: Path, *, partial: bool = False) -> list[Compared]:
    """Compare all pictures, the changed ones first; `marked` gets a picture of each difference.

    `partial`: what is missing now was not asked for, so it is not called gone.
    """
    names = {path.name for path in now.glob("*.png")}
    known = {path.name for path in kept.glob("*.png")}
    marked.mkdir(parents=True, exist_ok=True)
    for old in marked.glob("*.png"):
        old.unlink()
    found = [_compared(name, now, kept, marked) if name in known else Compared(name, Change.NEW) for name in names]
    if not partial:
        found += [Compared(name, Change.GONE) for name in known - names]
    order = list(Change)
    return sorted(found, key=lambda one: (order.index(one.change), -abs(one.pixels), one.name))


def _compared(name: str, now: Path, kept: Path, marked: Path) -> Compared:
    if (now / name).read_bytes() == (kept / name).read_bytes():
        return Compared(name, Change.SAME)
    with Image.open(kept / name) as first, Image.open(now / name) as second:
        before, after = first.convert("RGB"), second.convert("RGB")
    if before.size != after.size:
        _marked(after, after.size).save(marked / name)
        return Compared(name, Change.CHANGED, -1)
    mask = difference(before, after, NOISE)
    count = mask.histogram()[255]
    if not count:
        return Compared(name, Change.SAME)
    _marked(after, after.size, mask).save(marked / name)
    return Compared(name, Change.CHANGED, count)


def difference(before: Image.Image, after: Image.Image, noise: int) -> Image.Image:
    """Return a mask of two pictures of one size: 255 where a channel differs by more than `noise`, else 0."""
    red, green, blue = ImageChops.difference(before, after).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([255 * (value > noise) for value in range(256)])


def _marked(picture: Image.Image, size: tuple[int, int], mask: Image.Image | None = None) -> Image.Image:
    """Return the picture in pale grey, with what differs in one strong colour and a frame round it."""
    pale = ImageEnhance.Brightness(ImageEnhance.Color(picture).enhance(0.0)).enhance(0.55)
    frame = (0, 0, size[0] - 1, size[1] - 1)
    if mask is not None:
        pale.paste(MARK, mask=mask)
        box = mask.getbbox() or frame
        frame = (
            max(box[0] - MARGIN, 0), max(box[1] - MARGIN, 0),
            min(box[2] + MARGIN, size[0] - 1), min(box[3] + MARGIN, size[1] - 1),
        )
    ImageDraw.Draw(pale).rectangle(frame, outline=MARK, width=2)
    return pale


def counts(found: Iterable[Compared]) -> dict[Change, int]:
    """Return how many pictures there are of each change."""
    numbers = dict.fromkeys(Change, 0)
    for one in found:
        numbers[one.change] += 1
    return numbers
