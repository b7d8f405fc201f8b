"""Decode an image completely and report which part of it is damaged or missing. Without Qt.

A header does not show this: most decoders fill in missing data silently. So each format has a test of its own. A
PNG has checksums and the number of bytes that its rows take. A progressive JPEG says which of its scans refine
which. A WebP decoder stops at the last byte, so if it also succeeds without the last bytes, it went wrong earlier.
The decoders of the formats that are converted for the archive report what is missing themselves.
Last, Pillow opens what would be sent, as a usual trainer does.

JPEG and WebP have no checksums: damage after which a decoder synchronises again may stay undetected, such as most
noise in a lossless WebP, and some in a baseline JPEG without restart markers.
"""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from segmind_studio.core.conversions import WRITTEN_AS
from segmind_studio.dataset.conversion import decodes
from segmind_studio.dataset.inspection import MAX_PIXELS
from segmind_studio.dataset.layout import BrokenImageError, Part, read_at, size_of
from segmind_studio.dataset.strip import layout_of
from segmind_studio.record import record
from segmind_studio.texts import N_, _

MAX_BYTES = 500_000_000  # far beyond what can be sent
_FEW = 64  # bytes of coded data that are too few for a test
_SPARE_LOSSY, _SPARE_LOSSLESS = 16, 2  # bytes that a WebP does not need: decoders read ahead
_ALIGNED = 8  # a writer may pad a lossless stream to a multiple of these bytes
DAMAGED = N_("A part of this picture is damaged. Save it again or remove it.")
NOT_OPENED = N_("This picture is damaged and cannot be opened. Save it again or remove it.")
NOT_SAFE = N_("This picture could not be opened safely. Save it again or remove it.")
_PIECE = 4096  # bytes decompressed at a time: those of the faulty piece are not counted
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by PNG colour type
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
FRAMES, PROGRESSIVE, SOS = {0xC0, 0xC1, 0xC2}, 0xC2, 0xDA
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xda-\xfe]", re.DOTALL)  # those with a length that occur between scans
_COEFFICIENTS, _ALL_BITS = 64, 15


class LookKey(NamedTuple):
    """A known file: path, size in bytes, and the time of its last change."""

    path: str
    size: int
    mtime_ns: int


@record
class Look:
    """The result of a full look at a file; `problem` is "" for a good image, else a sentence.

    `changes` are those for the archive, see `Photo.changes`; None where they are not known. `geometry` is width,
    height (pixels as displayed) and orientation, None likewise. `final` is False when the known file could not be
    examined: it is missing, has changed, or cannot be read now.
    """

    problem: str = ""
    changes: tuple[str, ...] | None = None
    final: bool = True
    geometry: tuple[int, int, int] | None = None


@record
class Kept:
    """What the archive would hold of an image: the file without its metadata. Sizes are pixels as stored."""

    image_format: str
    width: int
    height: int
    data: bytes


def plain_look(key: LookKey) -> Look:
    """Examine a file without Qt; never raises. Blocks for up to some seconds, holds the whole file in memory."""
    return checked_look(key, damage_of)


def checked_look(key: LookKey, damage: Callable[[Kept], str]) -> Look:
    """Examine a file with `damage`, which returns what is wrong with the image's data; never raises."""
    try:
        kept = kept_of(key)
    except BrokenImageError as error:
        return Look(error.title)
    except MemoryError:
        return Look(NOT_SAFE.message)
    except FileNotFoundError:
        return Look(final=False)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else ""
        return Look(_("This file cannot be read: {words}.").format(words=words or error), final=False)
    return _judged(kept, damage) if kept else Look(final=False)


def _judged(kept: Kept, damage: Callable[[Kept], str]) -> Look:
    try:
        return Look(damage(kept))
    except MemoryError:
        return Look(NOT_SAFE.message)
    except (struct.error, IndexError, ValueError):  # its declarations contradict each other
        return Look(str(DAMAGED))


def kept_of(key: LookKey) -> Kept | None:
    """Return the parts of a file that stay; None when it has changed, OSError when it cannot be read."""
    path = Path(key.path)
    if _state(path) != (key.size, key.mtime_ns):
        return None
    with path.open("rb") as file:
        layout = layout_of(file, key.size, whole=True)
        if layout.width * layout.height > MAX_PIXELS or sum(map(size_of, layout.parts)) > MAX_BYTES:
            raise BrokenImageError(_("This picture is too large to open safely. Save it again or remove it."))
        data = b"".join(_bytes_of(file, part) for part in layout.parts)
    if _state(path) != (key.size, key.mtime_ns):
        return None
    return Kept(layout.image_format, layout.width, layout.height, data)


def damage_of(kept: Kept) -> str:
    """Return what is wrong with an image's data, "" when nothing is."""
    if kept.image_format in WRITTEN_AS:
        return decoded_damage(kept.data)
    find = {"JPEG": _jpeg_damage, "PNG": png_damage, "WEBP": _webp_damage}[kept.image_format]
    return find(kept.data) or opened_damage(kept)


def decoded_damage(data: bytes) -> str:
    """Return what is wrong with an image that is always converted, "" when its decoder reads it to the end."""
    file = BytesIO(data)
    return "" if decodes(file, layout_of(file, len(data), whole=True)) else str(NOT_OPENED)


def opened_damage(kept: Kept) -> str:
    """Return what is wrong when Pillow opens it as a trainer would, "" when nothing is.

    A PNG that opens only without its profile and the like is good: the archive gets it without them.
    """
    error = _pillow_error(kept.data)
    if error and kept.image_format == "PNG":
        error = _pillow_error(without_extras(kept.data))
    return str(NOT_OPENED) if error else ""


def lower_part(share: float, *, damaged: bool = False) -> str:
    """Return how much of the lower end is missing or damaged, as a sentence; `share` is 0 to 1."""
    percent = round(share * 100)
    if not 0 < percent < 100:  # noqa: PLR2004
        return str(DAMAGED)
    words = _("The lower {percent} % of this picture is damaged. Save it again or remove it.") if damaged \
        else _("The lower {percent} % of this picture is missing. Save it again or remove it.")
    return words.format(percent=percent)


def without_extras(png: bytes) -> bytes:
    """Return a PNG without anything that its pixels do not need."""
    kept = [png[at : at + 12 + length] for kind, at, length in _png_chunks(png) if kind in _NEEDED]
    return png[:8] + b"".join(kept)


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _bytes_of(file: BinaryIO, part: Part) -> bytes:
    return part if isinstance(part, bytes) else read_at(file, part.offset, part.length)


# -- PNG


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at, length
        at += 12 + length


def png_damage(data: bytes) -> str:
    """Check each checksum that matters, and count the bytes of the rows; the file may end anywhere."""
    width, height, depth, colour, _compression, _filter, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    row = _row_bytes(width, depth * _CHANNELS.get(colour, 4))
    wanted = _adam7_bytes(width, height, depth * _CHANNELS.get(colour, 4)) if interlaced else row * height
    inflater, came, faulty = zlib.decompressobj(), 0, False
    sound = wanted  # how many of the bytes came before the first fault
    for kind, at, length in _png_chunks(data):
        if kind not in _NEEDED:
            continue
        body = data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        if len(checksum) == 4 and int.from_bytes(checksum, "big") != zlib.crc32(body, zlib.crc32(kind)):  # noqa: PLR2004
            sound = min(sound, came)
        if kind == b"IDAT" and not faulty and came < wanted:
            more, faulty = _inflated(inflater, body, wanted - came)
            came += more
    if min(sound, came) == wanted:
        return ""
    if interlaced:
        return str(DAMAGED)
    if faulty or sound < wanted:
        return lower_part(1 - min(sound, came) // row / height, damaged=True)
    return lower_part(1 - came // row / height)


def _inflated(inflater: Any, body: bytes, most: int) -> tuple[int, bool]:
    """Return how many bytes the data decompress to, at most `most`, and whether they are faulty."""
    came = 0
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE]
        while piece and came < most:
            try:
                came += len(inflater.decompress(piece, min(most - came, 1 << 20)))
            except zlib.error:
                return came, True
            piece = inflater.unconsumed_tail
    return came, False


def _row_bytes(width: int, bits: int) -> int:
    return (width * bits + 7) // 8 + 1 if width else 0  # the filter's byte comes first


def _adam7_bytes(width: int, height: int, bits: int) -> int:
    return sum(
        _row_bytes((width - left + across - 1) // across, bits) * ((height - top + down - 1) // down)
        for left, top, across, down in _ADAM7
        if width > left and height > top
    )


# -- JPEG


def _jpeg_damage(data: bytes) -> str:
    """Return whether the last scans of a JPEG are missing; damage within a scan is found by its decoder."""
    progressive, left = False, dict[int, list[int]]()  # for each component the low bits that are still missing
    for marker, _at, body in jpeg_segments(data):
        if marker in FRAMES:
            progressive = marker == PROGRESSIVE
            left = {body[6 + 3 * number]: [_ALL_BITS] * _COEFFICIENTS for number in range(body[5])}
        elif marker == SOS:
            names, (first, last, bits) = body[1 : 1 + 2 * body[0] : 2], body[1 + 2 * body[0] :][:3]
            if not progressive:
                first, last, bits = 0, _COEFFICIENTS - 1, 0
            for name in names:
                if name in left:
                    left[name][first : last + 1] = [bits & 15] * len(left[name][first : last + 1])
        if marker == SOS and not any(map(any, left.values())):
            return ""
    return _("The finer parts of this picture are missing. Save it again or remove it.")


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield marker, offset and payload of every segment; the coded data between them is skipped."""
    at = 2
    while (found := _MARKER.search(data, at)) is not None and len(data) >= found.start() + 4:
        at = found.start()
        length = struct.unpack_from(">H", data, at + 2)[0]
        yield data[at + 1], at, data[at + 4 : at + 2 + length]
        at += 2 + length


# -- WebP


def _webp_damage(data: bytes) -> str:
    """Decode copies without their last bytes: if one succeeds, the decoder never reached these bytes."""
    if _pillow_error(data):
        return str(DAMAGED)
    return str(DAMAGED) if any(not _pillow_error(copy) for copy in _shortened(data)) else ""


def _shortened(data: bytes) -> Iterator[bytes]:
    """Yield a copy for each stream of coded data, without the last bytes of that stream."""
    chunks = list(_webp_chunks(data))
    for place, (kind, body) in enumerate(chunks):
        if kind == b"VP8 ":
            bodies = _shortened_lossy(body)
        elif kind == b"VP8L" or (kind == b"ALPH" and body[:1] and body[0] & 3 == 1):
            needed = body[:-_ALIGNED] + body[-_ALIGNED:].rstrip(b"\0")
            even = (len(needed) - _SPARE_LOSSLESS) & ~1  # the decoder would read on in the padding
            bodies = iter([needed[:even]] if len(body) > _FEW else [])
        else:
            continue
        for shorter in bodies:
            yield _webp([*chunks[:place], (kind, shorter), *chunks[place + 1 :]])


def _shortened_lossy(body: bytes) -> Iterator[bytes]:
    """Yield the same for each partition of coefficients (RFC 6386, 9.5)."""
    modes = 10 + (int.from_bytes(body[:3], "little") >> 5)  # where the partition of the modes ends
    count = 1 << _partition_bits(body[10:modes])
    table = [int.from_bytes(body[at : at + 3], "little") for at in range(modes, modes + 3 * (count - 1), 3)]
    end = modes + 3 * len(table)
    for number, size in enumerate([*table, len(body) - end - sum(table)]):
        end += size
        if size > _FEW:
            sizes = [length - _SPARE_LOSSY * (place == number) for place, length in enumerate(table)]
            head = body[:modes] + b"".join(length.to_bytes(3, "little") for length in sizes)
            yield head + body[modes + 3 * len(table) : end - _SPARE_LOSSY] + body[end:]


def _partition_bits(modes: bytes) -> int:
    """Return the number of partitions as a power of two, from the frame header (RFC 6386, 9.2 to 9.5)."""
    coder = _BoolDecoder(modes)
    coder.bits(2)  # colour space, clamping
    if coder.bits(1):  # segments
        new_map, new_data = coder.bits(1), coder.bits(1)
        if new_data:
            coder.bits(1)
            coder.optional(4, 8)
            coder.optional(4, 7)
        if new_map:
            coder.optional(3, 8)
    coder.bits(10)  # the loop filter's kind, level and sharpness
    if coder.bits(1) and coder.bits(1):
        coder.optional(8, 7)
    return coder.bits(2)


class _BoolDecoder:
    """Read equally probable bits of an arithmetic coder (RFC 6386, 7.3)."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data[2:])
        self._value = int.from_bytes(data[:2].ljust(2, b"\0"), "big")
        self._range = 255
        self._shifted = 0

    def bits(self, count: int) -> int:
        """Return a number, its highest bit first."""
        number = 0
        for _turn in range(count):
            number = number << 1 | self._bit()
        return number

    def optional(self, count: int, bits: int) -> None:
        """Skip numbers, each preceded by a bit that says whether it is present."""
        for _turn in range(count):
            if self.bits(1):
                self.bits(bits)

    def _bit(self) -> int:
        split = 1 + ((self._range - 1) >> 1)
        bit = self._value >= split << 8
        if bit:
            self._range -= split
            self._value -= split << 8
        else:
            self._range = split
        while self._range < 128:  # noqa: PLR2004  # half of its eight bits
            self._value <<= 1
            self._range <<= 1
            self._shifted += 1
            if self._shifted == 8:  # noqa: PLR2004  # a byte is used up
                self._shifted = 0
                self._value |= next(self._data, 0)
        return int(bit)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + (length & 1)


def _webp(chunks: list[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _pillow_error(data: bytes) -> str:
    from PIL import Image  # noqa: PLC0415  # not needed at the start of the app

    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            image.convert("RGB")
    except Exception as error:  # noqa: BLE001  # whatever it is, the trainer would get it too
        return type(error).__name__
    return ""
