"""Read caption files whatever wrote them, and write captions the way the service wants them."""

from __future__ import annotations

import codecs
from pathlib import Path

from segmind_studio.core.errors import DatasetError

MAX_CAPTION_BYTES = 64 * 1024  # a caption is some sentences; more is another kind of file
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(0x7F, 0xA0), 0xFEFF])  # not tab, not line end
_UTF16_SHARE = 0.3  # of zero bytes on one side: western text in UTF-16 without a mark


def read_caption(path: Path) -> str:
    """Read a caption file; DatasetError when it cannot be read or is too long."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CAPTION_BYTES + 1)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        words = error.strerror if isinstance(error, OSError) else ""
        raise DatasetError(f"This caption cannot be opened: {words or error}.") from error
    return decode_caption(data)


def decode_caption(data: bytes) -> str:
    """Read UTF-8 with or without a mark, UTF-16, else Windows-1252; DatasetError when it is too long."""
    if len(data) > MAX_CAPTION_BYTES:
        raise DatasetError(f"This text is longer than {MAX_CAPTION_BYTES // 1024} KB, so it is no caption.")
    return clean_caption(_decode(data))


def clean_caption(text: str) -> str:
    """Give the text with plain line ends, no control characters and no space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).strip()


def caption_bytes(text: str) -> bytes:
    """Give what goes into the archive: UTF-8 without a mark; b"" for a caption without words."""
    return clean_caption(text).encode("utf-8", "replace")


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    half = len(data) // 2
    if half and data[1::2].count(0) > half * _UTF16_SHARE:
        return data.decode("utf-16-le", "replace")
    if half and data[::2].count(0) > half * _UTF16_SHARE:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
