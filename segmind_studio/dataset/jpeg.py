"""Read the structure of a JPEG (ITU T.81, JFIF, Exif), without decoding it."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from segmind_studio.core.conversions import DAMAGED
from segmind_studio.dataset.exif import (
    EXIF_HEAD,
    UPRIGHT,
    XMP_HEAD,
    orientation_in_xmp,
    orientation_of,
)
from segmind_studio.dataset.layout import (
    MAX_BLOCKS,
    MAX_PROFILE_BYTES,
    BrokenImageError,
    Layout,
    Part,
    SlowImageError,
    Span,
    cut_off,
    damaged,
    joined,
    read_at,
)
from segmind_studio.texts import _

SIGNATURE = b"\xff\xd8\xff"
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_PROGRESSIVE = 0xC2
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive, all Huffman: what every decoder reads
_ODD_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_UNREAD = {0xC4, 0xDB, 0xDD, _APP0, *range(_APP2 + 1, _APP15 + 1), _COM}  # in a quick read: tables, notes
_ALONE = {0x01, *range(0xD0, 0xD8)}  # TEM and RSTn have no length
_EIGHT_BITS = 8
_FRAME_HEAD = 10  # bytes: marker, length, precision, height, width, channels
_PROFILE_HEAD = b"ICC_PROFILE\0"
_MOST_PIECES = 255  # they are numbered in one byte
_JFIF_HEAD = 16  # identifier, version, density and thumbnail size, the length included
MAX_SCANS = 100  # encoders write some 10; each takes a full decoding pass, however few bytes it has
_SCANNED_PIXELS = 1_500_000_000  # all scans together
_MAX_FILL = 4096  # FF bytes before one marker
_PIECE = 512 * 1024
_WINDOW = 4096  # bytes that are read at once: most photos have all their headers in so many
_MARKER_IN_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # in coded data FF is followed by 00 or RSTn


def read_jpeg(file: BinaryIO, size: int, *, whole: bool) -> Layout:
    """Return the layout, or raise BrokenImageError.

    A quick read covers the headers and the last bytes; where there may be many scans, it counts them. `whole`
    reads to the true end, which `parts` needs: phones append more images, films and records.
    """
    reader = _Reader(file, size, whole)
    reader.read_headers()
    if reader.width == 0 or reader.height == 0:
        raise damaged()
    if whole or reader.progressive or not _ends_well(file, size):
        reader.read_scans()
    profile, trouble = reader.profile() if reader.profile_parts else (b"", "")
    return Layout(
        "JPEG", reader.width, reader.height, orientation_of(reader.exif) or reader.xmp_orientation or UPRIGHT,
        joined(reader.parts) if whole else (),
        bare_parts=joined([part for part in reader.parts if part not in reader.profile_parts]) if whole else (),
        channels=reader.channels, profile=profile, profile_trouble=trouble, exif=reader.exif,
        progressive=reader.progressive,
    )


def _ends_well(file: BinaryIO, size: int) -> bool:
    tail = read_at(file, max(0, size - 4096), min(size, 4096)).rstrip(b"\0\r\n ")
    return tail.endswith(b"\xff\xd9")


@dataclass(slots=True)
class _Reader:
    file: BinaryIO
    size: int
    whole: bool  # only then `parts` are collected
    width: int = 0
    height: int = 0
    channels: int = 3
    exif: bytes = b""
    xmp_orientation: int = 0
    progressive: bool = False  # or several scans: decoders keep all of it, and continue until its end
    profile_parts: set[Part] = field(default_factory=set[Part])
    parts: list[Part] = field(default_factory=list[Part])
    at: int = 2  # where the next marker is searched
    blocks: int = 0
    scans: int = 0
    window: bytes = b""  # some bytes of the file, from `window_at` on
    window_at: int = 0

    def read_headers(self) -> None:
        """Read everything up to the first scan, including its header."""
        if self._bytes(0, 3) != SIGNATURE:
            raise damaged()
        self._keep(Span(0, 2))
        self._skip()
        while (marker := self._segment()) != _SOS:
            if marker == _EOI:
                raise damaged()
            self._skip()

    def read_scans(self) -> None:
        """Read the coded data and the segments between scans, to the end of the image."""
        while True:
            found = self._next_marker_in_data()
            self._keep(Span(self.at, found - self.at))
            self.at = found
            if self._segment() == _EOI:
                return

    def _skip(self) -> None:
        """Skip what a quick read does not need, as far as it was read: most segments before the first scan."""
        window, at = self.window, self.at - self.window_at
        last = 0 if self.whole else min(len(window), self.size - self.window_at) - 4
        while 0 <= at <= last and window[at] == 0xFF and window[at + 1] in _UNREAD:  # noqa: PLR2004
            length = window[at + 2] << 8 | window[at + 3]
            if length < 2 or at + length > last or self.blocks > MAX_BLOCKS:  # noqa: PLR2004
                return
            self.blocks += 1
            at += 2 + length
            self.at = self.window_at + at

    def _segment(self) -> int:
        """Read one marker with its payload; the coded data after a scan's header is not read."""
        start, head = self._marker()
        marker = head[1]
        if marker in _ALONE or marker == _EOI:
            self._keep(Span(start, 2))
            return marker
        if marker in {0, _SOI}:
            raise damaged()
        if len(head) < 4:  # noqa: PLR2004  # the marker and its length
            raise cut_off()
        length = head[2] << 8 | head[3]
        end = start + 2 + length
        if length < 2:  # noqa: PLR2004  # the length counts its own two bytes
            raise damaged()
        if end > self.size:
            raise cut_off()
        if _APP0 <= marker <= _APP15:
            self._application(marker, start, end)
        elif marker != _COM:
            self._keep(Span(start, end - start))
            if marker in _FRAMES or marker in _ODD_FRAMES:
                self._frame(head)
            elif marker == _SOS:
                self._scan(start)
        self.at = end
        return marker

    def _marker(self) -> tuple[int, bytes]:
        """Find the marker at `at`, after fill bytes; return where it is, and its bytes with some after them."""
        start = self.at
        head = self._bytes(start, min(_FRAME_HEAD, max(2, self.size - start)))
        while head[:2] == b"\xff\xff" and start - self.at < _MAX_FILL:
            start += 1
            head = self._bytes(start, min(_FRAME_HEAD, max(2, self.size - start)))
        self.blocks += 1
        if head[0] != 0xFF or head[1] == 0xFF or self.blocks > MAX_BLOCKS:  # noqa: PLR2004
            raise damaged()
        self.at = start + 2
        return start, head

    def _bytes(self, offset: int, length: int) -> bytes:
        """Return bytes of the file, mostly from what was read with those before; raises when it ends before."""
        start = offset - self.window_at
        end = start + length
        if start < 0 or end > len(self.window):
            room = max(length, min(_WINDOW, self.size - offset))
            self.window, self.window_at = read_at(self.file, offset, room), offset
            start, end = 0, length
        return self.window[start:end]

    def _keep(self, part: Part) -> None:
        if self.whole:
            self.parts.append(part)

    def _frame(self, head: bytes) -> None:
        if head[1] in _ODD_FRAMES:
            raise BrokenImageError(
                _("This is a rare kind of JPEG that cannot be read. Save it again as a JPEG.")
            )
        self.progressive = head[1] == _PROGRESSIVE
        if len(head) < _FRAME_HEAD:
            raise cut_off()
        precision, height, width, self.channels = struct.unpack_from(">BHHB", head, 4)
        if precision != _EIGHT_BITS:
            raise BrokenImageError(_("This JPEG has more than 8 bits a colour. Save it again as a usual JPEG."))
        self.width, self.height = width, height

    def _scan(self, start: int) -> None:
        self.scans += 1
        self.progressive = self.progressive or self._bytes(start + 4, 1)[0] < self.channels
        pixels = self.width * self.height
        if self.progressive and (self.scans > MAX_SCANS or self.scans * pixels > _SCANNED_PIXELS):
            raise SlowImageError(_("This JPEG has too many scans, and would take very long. Save it again."))

    def _application(self, marker: int, start: int, end: int) -> None:
        """Read application data. JFIF (without its thumbnail), the colour profile and Adobe's colour transform are
        kept, since the colours depend on them.
        """  # noqa: D205  # the first sentence is short
        head = self._bytes(start + 4, min(end - start - 4, 16))
        here = Span(start, end - start)
        if marker == _APP0 and head.startswith(b"JFIF\0") and end - start - 2 >= _JFIF_HEAD:
            self._keep(b"\xff\xe0" + struct.pack(">H", _JFIF_HEAD) + head[:12] + b"\0\0")
        elif marker == _APP1:
            self._store_metadata(self._bytes(start + 4, end - start - 4))
        elif marker == _APP2 and head.startswith(_PROFILE_HEAD):
            self.profile_parts.add(here)
            self._keep(here)
        elif marker == _APP14 and head.startswith(b"Adobe"):
            self._keep(here)

    def _store_metadata(self, payload: bytes) -> None:
        """Store the first EXIF and the first XMP that contain an orientation."""
        if payload.startswith(EXIF_HEAD[:5]) and not orientation_of(self.exif):
            self.exif = payload[6:]
        elif payload.startswith(XMP_HEAD) and not self.xmp_orientation:
            self.xmp_orientation = orientation_in_xmp(payload[len(XMP_HEAD) :])

    def profile(self) -> tuple[bytes, str]:
        """Join the profile's numbered pieces (ICC.1:2022, B.4); b"" and the reason when one is missing."""
        pieces: dict[int, bytes] = {}
        count = 0
        if len(self.profile_parts) > _MOST_PIECES:
            return b"", DAMAGED
        for part in self.profile_parts:
            if isinstance(part, Span):
                data = read_at(self.file, part.offset + 4, part.length - 4)
                number, count = data[12:13], max(count, *data[13:14], 0)
                pieces[number[0] if number else 0] = data[14:]
        if not pieces:
            return b"", ""
        whole = sorted(pieces) == list(range(1, count + 1)) and sum(map(len, pieces.values())) <= MAX_PROFILE_BYTES
        return (b"".join(pieces[number] for number in sorted(pieces)), "") if whole else (b"", DAMAGED)

    def _next_marker_in_data(self) -> int:
        """Return where the next real marker begins; raises when the file ends before it."""
        at, carried = self.at, b""
        self.file.seek(at)
        while data := self.file.read(_PIECE):
            data = carried + data
            match = _MARKER_IN_DATA.search(data)
            if match:
                return at + match.start()
            keep = int(data.endswith(b"\xff"))  # an FF at the end of the piece may begin a marker
            carried = data[len(data) - keep :]
            at += len(data) - keep
        raise cut_off()
