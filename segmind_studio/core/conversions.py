"""What is changed on a photo's way into the archive, as words for the program; `ui.data` has those for persons.

Each change stands as one text in `Photo.changes`: a kind, and for some kinds a detail behind a colon.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Conversion(StrEnum):
    """A kind of change."""

    TURNED = "turned"  # it lies, and says so: the pixels are turned upright
    COLOURS = "colours"  # other colours than sRGB become sRGB; the detail is the name of theirs
    PRINT_COLOURS = "print-colours"  # CMYK with a profile becomes sRGB; the detail is the profile's name
    BRIGHTNESS = "brightness"  # HDR becomes sRGB, what is brighter than white becomes white; detail: its name
    DEPTH = "depth"  # 16 bits a colour become 8
    TRANSPARENT = "transparent"  # transparent parts are laid over the dataset's background
    PROFILE = "profile"  # the profile is left out and the colours are taken as sRGB; the detail says why
    TAIL = "tail"  # what stands where a JPEG should end is left out


_BY_NAME = {str(kind): kind for kind in Conversion}
DAMAGED, HUGE = "damaged", "huge"  # why a profile is left out: it cannot be used, others cannot open the file


def change(kind: Conversion, detail: str = "") -> str:
    """Write a change as it stands in `Photo.changes`."""
    return f"{kind}:{detail}" if detail else str(kind)


def kind_of(text: str) -> Conversion | None:
    """Read the kind of a change; None for one that a later version wrote."""
    return _BY_NAME.get(text.partition(":")[0])


def detail_of(text: str) -> str:
    """Read the detail of a change, "" when it has none."""
    return text.partition(":")[2]


def holds(changes: Iterable[str], kind: Conversion) -> bool:
    """Return whether a change of this kind is among them."""
    return any(kind_of(text) is kind for text in changes)
