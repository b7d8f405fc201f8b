"""The changes made to a photo for the archive, as values for the program; `ui.data` has texts for people.

Each change is one text in `Photo.changes`: a kind, and for some kinds a detail after a colon.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Conversion(StrEnum):
    """A kind of change."""

    FORMAT = "format"  # the file is of a format that a trainer does not read; the detail is its name
    FIRST = "first"  # only the first of its pictures: of an animation, or of pages
    TURNED = "turned"  # an orientation other than upright is set: the pixels are turned
    COLOURS = "colours"  # other colours than sRGB become sRGB; the detail is the name of theirs
    PRINT_COLOURS = "print-colours"  # CMYK with a profile becomes sRGB; the detail is the profile's name
    BRIGHTNESS = "brightness"  # HDR becomes sRGB, what is brighter than white becomes white; detail: its name
    DEPTH = "depth"  # 16 bits a colour become 8
    TRANSPARENT = "transparent"  # transparent parts are filled with the dataset's background
    PROFILE = "profile"  # the profile is left out and the colours are taken as sRGB; the detail says why
    TAIL = "tail"  # extra bytes at the end of a JPEG are left out


_BY_NAME = {str(kind): kind for kind in Conversion}
# How formats that a trainer does not read are written in the archive: photos as JPEGs, others without loss
WRITTEN_AS = {"HEIF": "JPEG", "AVIF": "JPEG", "TIFF": "PNG", "BMP": "PNG", "GIF": "PNG"}
DAMAGED, HUGE = "damaged", "huge"  # why a profile is left out: it cannot be used, others cannot open the file


def change(kind: Conversion, detail: str = "") -> str:
    """Return a change as `Photo.changes` stores it."""
    return f"{kind}:{detail}" if detail else str(kind)


def kind_of(text: str) -> Conversion | None:
    """Return the kind of a change; None for one that a later version wrote."""
    return _BY_NAME.get(text.partition(":")[0])


def detail_of(text: str) -> str:
    """Return the detail of a change, "" when it has none."""
    return text.partition(":")[2]


def holds(changes: Iterable[str], kind: Conversion) -> bool:
    """Return whether a change of this kind is among them."""
    return any(kind_of(text) is kind for text in changes)
