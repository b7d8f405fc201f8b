"""Decode the names in a zip: one code page for the whole zip, determined from all its names together.

UTF-8 is used where the zip declares it or all names are valid in it; then the Unicode path that Info-ZIP stores
beside a name. The other names were written in one code page.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from zipfile import ZipInfo

from segmind_studio.dataset.code_pages import NAME_PAGES, Guess, guess
from segmind_studio.record import record

_UTF8 = 0x800  # the flag of a name in UTF-8
_UNICODE_PATH = 0x7075
_ZIPFILES_PAGE = "cp437"  # the code page of zipfile; each byte is one character in it
_COMPARED = 200  # names that must be equal in two code pages to count as certain
_MOST_OTHERS = 5
_LOST_STEM = re.compile(r"(?<=[^\x00-\x7f])\\(?=\.[^.\\/]*$)")


@record
class Names:
    """The names in order, "/" between their parts; the code page with a sample name, when one was needed.

    `others` are code pages in which the names read differently, with the same sample.
    """

    texts: tuple[str, ...]
    code_page: str = ""
    sample: str = ""
    others: tuple[tuple[str, str], ...] = ()


def read_names(infos: Sequence[ZipInfo], code_page: str, cancelled: Callable[[], bool]) -> Names:
    """Return all names of a zip; `code_page` is the user's choice, "" to detect it."""
    texts: list[str] = []
    raw: dict[int, bytes] = {}
    for place, info in enumerate(infos):
        name, undecided = _marked(info)
        texts.append(name)
        if undecided:
            raw[place] = undecided
    if not raw:
        return Names(tuple(texts))
    if not code_page and all(_reads(name, "utf-8") for name in raw.values()):
        found = Guess(("utf-8",), sure=True)
    else:
        found = guess(raw.values(), NAME_PAGES, cancelled)
    page = code_page or found.pages[0]
    for place, name in raw.items():
        texts[place] = _read(name, (page, *found.pages))
    compared = [*raw.values()][:_COMPARED]
    others: dict[tuple[str, ...], str] = {tuple(_read(name, (page,)) for name in compared): page}
    for other in found.pages if code_page or not found.sure else ():
        others.setdefault(tuple(_read(name, (other,)) for name in compared), other)
    samples = [(other, names[0]) for names, other in others.items()][: _MOST_OTHERS + 1]
    return Names(tuple(texts), *samples[0], tuple(samples[1:]))


def _marked(info: ZipInfo) -> tuple[str, bytes]:
    """Return a name, and its bytes when the zip does not declare their encoding."""
    name = info.orig_filename
    if info.flag_bits & _UTF8 or name.isascii():
        return _parted(name), b""
    raw = name.encode(_ZIPFILES_PAGE, "replace")
    path = _unicode_path(info.extra, raw)
    return (_parted(path), b"") if path else (name, raw)


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Return the name in Info-ZIP's extra field, "" when it is missing or belongs to another name."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        block = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH and len(block) > 5 and block[0] == 1:  # noqa: PLR2004  # version, CRC, then the name
            (checksum,) = struct.unpack_from("<I", block, 1)
            if checksum == zlib.crc32(raw) and _reads(block[5:], "utf-8"):
                return block[5:].decode()
        at += 4 + length
    return ""


def _read(raw: bytes, pages: Sequence[str]) -> str:
    page = next((page for page in pages if _reads(raw, page)), "")
    return _parted(raw.decode(page) if page else raw.decode(pages[0], "replace"))


def _parted(name: str) -> str:
    r"""Return a name with "/" between its parts.

    A backslash that remains after decoding is not half of a character, so it separates folders, as in old
    programs. Between a letter and a bare suffix it does not: there the code page is wrong, and the name is not
    split.
    """
    return _LOST_STEM.sub("_", name).replace("\\", "/")


def _reads(raw: bytes, page: str) -> bool:
    try:
        raw.decode(page)
    except (UnicodeError, LookupError):
        return False
    return True
