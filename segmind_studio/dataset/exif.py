"""Read the one EXIF value that matters here: how the picture has to be turned."""

from __future__ import annotations

import struct

UPRIGHT = 1
SIDEWAYS = frozenset({5, 6, 7, 8})  # width and height change places
MAX_EXIF_BYTES = 1 << 20  # more than any camera writes
_ORIENTATION = 0x0112
_SHORT, _LONG = 3, 4
_HEADERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation_of(tiff: bytes) -> int:
    """Give the orientation, 1 to 8, from the TIFF block inside EXIF; 1 when it says nothing sensible."""
    order = _HEADERS.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for place in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, place)
            if tag == _ORIENTATION and kind in {_SHORT, _LONG}:
                (value,) = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), tiff, place + 8)
                return value if value in range(1, 9) else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT


def displayed(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Give width and height as a person sees them."""
    return (height, width) if orientation in SIDEWAYS else (width, height)
