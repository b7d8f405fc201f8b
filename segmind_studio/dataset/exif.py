"""Read the one value of EXIF and XMP that matters here: how the image must be turned.

It is read from the same places as Pillow's `exif_transpose`, in its order: EXIF, ImageMagick's text chunk, XMP.
"""

from __future__ import annotations

import re
import struct
from binascii import unhexlify

UPRIGHT = 1
SAYS_NOTHING = 0
TRANSPOSED = frozenset({5, 6, 7, 8})  # width and height change places
MAX_EXIF_BYTES = 1 << 20  # more than any camera writes
EXIF_HEAD = b"Exif\0\0"
XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
_ORIENTATION = 0x0112
_SHORT, _LONG = 3, 4
_HEADERS = {b"II*\0": "<", b"MM\0*": ">"}
# An attribute or an element; the limits keep a hostile packet from being searched repeatedly.
_IN_XMP = re.compile(rb"""tiff:Orientation(?:\s{0,9}=\s{0,9}["']|[^<>]{0,99}>)\s{0,9}([0-9]{1,3})""")


def orientation_of(tiff: bytes) -> int:
    """Return the orientation, 1 to 8, from the TIFF block inside EXIF; 0 without one.

    An invalid value means upright, as in Pillow: then no other source is read.
    """
    order = _HEADERS.get(tiff[:4])
    if order is None:
        return SAYS_NOTHING
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
    return SAYS_NOTHING


def orientation_in_xmp(packet: bytes) -> int:
    """Return the orientation from an XMP packet (`tiff:Orientation`), 0 without a valid one."""
    if packet.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in packet[:64]:
        packet = packet.replace(b"\0", b"")  # UTF-16 and 32: the searched text is ASCII
    found = _IN_XMP.search(packet)
    value = int(found[1]) if found else SAYS_NOTHING
    return value if value in range(1, 9) else SAYS_NOTHING


def raw_profile(text: bytes) -> bytes:
    """Return bytes that ImageMagick writes as hex into a text chunk named "Raw profile type …"; b"" without."""
    lines = text.lstrip().split(b"\n", 2)  # a name, a length, then the bytes
    try:
        return unhexlify(b"".join(lines[2].split())) if len(lines) > 2 else b""  # noqa: PLR2004
    except ValueError:  # no hex, or an odd number of digits
        return b""


def tiff_in(block: bytes) -> bytes:
    """Return the TIFF block of EXIF with or without its head, b"" when there is none."""
    tiff = block.removeprefix(EXIF_HEAD)
    return tiff if tiff[:4] in _HEADERS else b""


def displayed(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Return width and height as displayed."""
    return (height, width) if orientation in TRANSPOSED else (width, height)
