"""Read captions from any program, and write captions in the service's format.

Texts of one origin (a folder, a zip, a drop) are decoded together: one program wrote them in one encoding, and a
single short text is often not enough to determine it. One that was read before is read the same way again, with
whatever it is decoded now.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.code_pages import ODD, TEXT_PAGES, guess
from segmind_studio.record import record
from segmind_studio.texts import _

MAX_CAPTION_BYTES = 64 * 1024  # a caption is a few sentences; more is another kind of file
_MOST_READINGS = 6
_MOST_VOTES = 50  # texts that say how the others of their set were read
_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")  # as `str.splitlines` has them
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ufeff]+")  # not the joiners of Persian, Hindi and emoji
_DAMAGE = re.compile("[\x80-\x9f\ue000-\uf8ff]+")  # what a code page makes of bytes that it does not define
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPES = (  # how texts of seven bits are recognised, and what may read them
    (re.compile(rb"\x1b\$\)C"), ("iso2022_kr",)),
    (re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([IJ])"), ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004")),
    (re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}"), ("hz",)),
    (re.compile(rb"\+(?:[A-Za-z0-9+/]{3,5}-|[A-Za-z0-9+/]{6,}-?)"), ("utf-7",)),
)
_ESCAPE_BEGINS = (b"\x1b", b"~{", b"+")  # without any of them none is recognised
_LIKE_A_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+|[0-9]+")  # between a plus and a hyphen
_UTF7_RUN = re.compile(r"\+([A-Za-z0-9+/]{3,})-?")
_LATIN = "\u024f"  # the last of its letters that Europe writes
_BARE = re.compile(f"[\x80-{_LATIN}]{{1,4}}")  # no words: probably two-byte characters that are valid UTF-8
_EASTERN = ("gb18030", "cp932", "cp949", "cp950")
_SHORT = 8  # bytes: too few to distinguish some characters from UTF-16
_UTF32 = ("utf-32-le", "utf-32-be")
_ODD_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOST = "\N{REPLACEMENT CHARACTER}"
_TELLING = b"\x00\x03\x04\x05\x06\x0e\x30"  # high bytes: Latin to Arabic, Thai, kana
_UTF16_SHARE = 0.3  # of pairs with one of these high bytes
_UTF16_PAIRS = 2000  # are looked at
_FEW_PAIRS = 4
_MAX_READ_OFTEN = 4 * MAX_CAPTION_BYTES  # a longer text, a table, is read in the most probable encoding only
_UTF16 = ("utf-16-le", "utf-16-be")
_MOSTLY, _HALF, _SOME = 0.8, 0.5, 0.3
_WORDS = re.compile(rb"[A-Za-z]{3}| ")
Known = Collection[str]


def too_long() -> str:
    """Return the error for a text that is too long for a caption."""
    return _("This text is longer than {count} kB, so it is not used "
             "as a caption.").format(count=MAX_CAPTION_BYTES // 1024)


@record
class Caption:
    """A text, and the other ways to read its bytes when the encoding is uncertain, best first."""

    text: str
    readings: tuple[str, ...] = ()


def decode_caption(data: bytes) -> str:
    """Return one caption, decoded by itself; DatasetError when it is too long."""
    if len(data) > MAX_CAPTION_BYTES:
        raise DatasetError(too_long())
    return decode_captions([data])[0].text


def decode_captions(
    texts: Sequence[bytes], cancelled: Callable[[], bool] = lambda: False, known: Sequence[Known] = (),
) -> tuple[Caption, ...]:
    """Return clean captions of one origin; CancelledError on a cancel.

    `known` are for each text the captions that it may have been when it was read before; empty for none at all.
    """
    result: list[Caption] = []
    for readings in decode_texts(texts, cancelled, known):
        if cancelled():
            raise CancelledError
        text, *more = dict.fromkeys(map(clean_caption, readings))
        result.append(Caption(text, tuple(other for other in more if other)[:_MOST_READINGS]))
    return tuple(result)


def decode_texts(
    texts: Sequence[bytes], cancelled: Callable[[], bool] = lambda: False, known: Sequence[Known] = (),
) -> Iterator[tuple[str, ...]]:
    """Yield the readings of each text of one origin, the most probable first; CancelledError as above.

    A byte order mark is trusted, then recognisable UTF-16, then UTF-8, also with a damaged byte. The others were
    written in one code page, which is determined from all of them together.
    """
    found: list[tuple[str, ...] | None] = []
    utf16 = ""
    for data in texts:
        if cancelled():
            raise CancelledError
        page = "" if _utf32_page(data) else _utf16_page(data)
        utf16 = utf16 or page
        found.append(_utf16_readings(data, page) if page else _unicode(data))
    rest = [place for place, readings in enumerate(found) if readings is None]
    before = [known[place] for place in rest] if known else [()] * len(rest)
    others = _others([texts[place] for place in rest], before, utf16, cancelled) if rest else iter(())
    return (next(others) if readings is None else readings for readings in found)


def clean_caption(text: str) -> str:
    """Return the text with plain line ends, separators as spaces, no control characters, no spaces around it."""
    if text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", _SEPARATORS.sub(" ", lines)).strip()


def caption_bytes(text: str) -> bytes:
    """Return the bytes for the archive: UTF-8 without a mark; b"" for a caption without words."""
    return clean_caption(text).encode("utf-8", "replace")


def _unicode(data: bytes) -> tuple[str, ...] | None:
    """Return the readings of a text whose Unicode encoding can be recognised; None when it cannot."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _with_losses(data.removeprefix(mark), encoding)
    if page := _utf32_page(data):
        return (data.decode(page),)
    if data.isascii():
        return _seven_bits(data)
    text = _decoded(data, "utf-8")
    if text is None:
        return _with_losses(data, "utf-8") if _mostly_good(data.decode("utf-8", "replace")) else None
    if _BARE.fullmatch(text.strip()):
        return (text, *(other for page in _EASTERN if (other := _decoded(data, page)) is not None))
    return (text,)


def _seven_bits(data: bytes) -> tuple[str, ...]:
    """Return the readings of an ASCII text, which may encode other characters, as for e-mail."""
    plain = data.decode("ascii")
    if not any(begin in data for begin in _ESCAPE_BEGINS):
        return (plain,)
    for shown, pages in _ESCAPES:
        if not shown.search(data):
            continue
        texts = [text for page in pages if (text := _decoded(data, page)) is not None and not text.isascii()]
        if "utf-7" in pages:
            texts = [text for text in texts if _is_utf7(plain, text)]
        elif not texts:
            return (*_with_losses(data, pages[0]), plain)
        if texts:
            return (texts[0], plain)
    return (plain,)


def _is_utf7(plain: str, text: str) -> bool:
    """Return whether this is UTF-7, not a plus and a hyphen beside usual words."""
    coded = any(not _LIKE_A_WORD.fullmatch(run) for run in _UTF7_RUN.findall(plain))
    return all(map(_is_usual, text)) and (coded or all(char <= _LATIN for char in text))


def _mostly_good(text: str) -> bool:
    """Return whether UTF-8 with damage is UTF-8 after all; parts of other encodings are valid UTF-8 too."""
    text = text[:MAX_CAPTION_BYTES]
    lost = text.count(_LOST)
    good = [char for char in text if not char.isascii() and char != _LOST]
    size = len("".join(good).encode())
    western = all("\xc0" <= char <= "\xff" for char in good)
    return size >= 6 * lost or (size >= 2 * lost and (lost == 1 or western))


def _with_losses(data: bytes, encoding: str) -> tuple[str, ...]:
    """Return readings of damaged bytes: replaced by a mark, guessed, and left out."""
    try:
        return (data.decode(encoding),)
    except UnicodeError:
        pass
    marked = data.decode(encoding, "replace")
    if encoding != "utf-8":
        return marked, data.decode(encoding, "ignore")
    escaped = data.decode("utf-8", "surrogateescape")
    guessed = re.sub("[\udc80-\udcff]", lambda found: _western(ord(found[0]) - 0xDC00), escaped)
    return marked, guessed, data.decode("utf-8", "ignore")


def _western(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _others(
    texts: Sequence[bytes], known: Sequence[Known], utf16: str, cancelled: Callable[[], bool],
) -> Iterator[tuple[str, ...]]:
    """Yield the readings of each text: as it was read before, else as others of the set were read then."""
    if not any(known):
        yield from _guessed(texts, utf16, cancelled)
        return
    guessed = list(_guessed(texts, utf16, cancelled))
    again = [
        _again(data, before) if before and clean_caption(readings[0]) not in before and not cancelled() else None
        for data, before, readings in zip(texts, known, guessed, strict=True)
    ]
    page = _page_of([(data, found) for data, found in zip(texts, again, strict=True) if found is not None])
    for data, before, found, readings in zip(texts, known, again, guessed, strict=True):
        if found is not None:
            yield found, *readings
        elif page and clean_caption(readings[0]) not in before and (text := _decoded(data, page)) is not None:
            yield *_undamaged(text), *readings
        else:
            yield readings


def _again(data: bytes, before: Known) -> str | None:
    """Return how bytes are one of the texts that were read before; None when they are others."""
    ways = (text for page in (*TEXT_PAGES, *_UTF16) for text in _ways(data, page))
    return next((text for text in ways if clean_caption(text) in before), None)


def _ways(data: bytes, page: str) -> tuple[str, ...]:
    """Return all texts that reading bytes in a page may have given, in whatever set they were."""
    if page in _UTF16:
        return (_pairs(data).decode(page, "replace"),)
    text = _decoded(data, page)
    return (data.decode(page, "replace"),) if text is None else _undamaged(text)


def _page_of(texts: Sequence[tuple[bytes, str]]) -> str:
    """Return the page in which most of some bytes are the texts beside them, "" without any."""
    votes = Counter(
        page for data, text in texts[:_MOST_VOTES] for page in (*TEXT_PAGES, *_UTF16) if text in _ways(data, page)
    )
    return votes.most_common(1)[0][0] if votes else ""


def _guessed(texts: Sequence[bytes], utf16: str, cancelled: Callable[[], bool]) -> Iterator[tuple[str, ...]]:
    """Yield the readings of each text; damaged bytes in one do not change how the others are read.

    `utf16` is the encoding of some texts of the set, and so of these too, where that gives usual characters.
    """
    found = guess(texts, TEXT_PAGES, cancelled)
    if not utf16 and found.oddness > ODD:
        utf16 = next((page for page in _UTF16 if sum(map(len, texts)) >= 2 * 3 and all(
            _usual_share(data, page) == 1 for data in texts
        )), "")
    for data in texts:
        pages = found.pages if len(data) <= _MAX_READ_OFTEN else found.pages[:1]
        strict = [text for page in pages if (text := _decoded(data, page)) is not None]
        if utf16 and _usual_share(data, utf16) == 1:
            yield (_pairs(data).decode(utf16, "replace"), *strict)
        elif strict and found.sure and _decoded(data, found.pages[0]) is not None:
            yield _undamaged(strict[0])
        elif strict:
            pages = _UTF16 if len(data) <= _SHORT else ()
            short = [data.decode(page) for page in pages if _usual_share(data, page) == 1]
            yield (*_undamaged(strict[0]), *short, *strict[1:])
        else:
            yield tuple(data.decode(page, "replace") for page in (*pages, "cp1252"))


def _undamaged(text: str) -> tuple[str, ...]:
    """Return a text unchanged; with undefined bytes, return it with these marked, then left out."""
    return (_DAMAGE.sub(_LOST, text), _DAMAGE.sub("", text)) if _DAMAGE.search(text) else (text,)


def _decoded(data: bytes, page: str) -> str | None:
    try:
        return data.decode(page)
    except UnicodeError:
        return None


def _utf32_page(data: bytes) -> str:
    """Return the encoding of UTF-32 without a mark, else ""; other texts are invalid in it, or contain zeros."""
    if b"\0" not in data:  # each character has a zero as its highest byte
        return ""
    return next((page for page in _UTF32 if (text := _decoded(data, page)) and "\0" not in text), "")


def _utf16_page(data: bytes) -> str:
    """Return the encoding of recognisable UTF-16 without a mark, else "".

    Most letters of Europe, the Near East and Japan have one of a few high bytes, which other texts do not have at
    every second place.
    """
    head = data[: 2 * _UTF16_PAIRS]
    pairs = len(head) // 2
    if len(head) - len(head.translate(None, _TELLING)) < _UTF16_SHARE * pairs:
        return ""  # too few, whichever byte of a pair is the high one
    bare = data.rstrip(b"\0")
    if pairs < 2 or (bare != data and bare.isascii() and b"\0" not in bare):  # noqa: PLR2004
        return ""  # a single character proves nothing, nor does a zero byte after a text
    best, result = 0.0, ""
    for page, high in zip(_UTF16, (head[1::2], head[: 2 * pairs : 2]), strict=True):
        telling = 1 - len(high.translate(None, _TELLING)) / pairs
        if telling < _UTF16_SHARE:
            continue
        share = _usual_share(_pairs(data), page)
        if share >= _MOSTLY and telling + share > best and not _is_plain(head, page):
            best, result = telling + share + high.count(0), page
    return result


def _is_plain(head: bytes, page: str) -> bool:
    """Return whether it is UTF-8 text, not UTF-16: "0", the high byte of kana, occurs in it too."""
    if _ODD_CONTROLS.search(head) or _decoded(head, "utf-8") is None:
        return False
    kana = _kana_share(head, page)
    return len(head) < 2 * _FEW_PAIRS or kana <= (_HALF if _WORDS.search(head) else _SOME)


def _utf16_readings(data: bytes, page: str) -> tuple[str, ...]:
    """Return readings of UTF-16 without a mark; where it is also plain text without words, that is another one."""
    readings = _with_losses(_pairs(data), page)
    plain = "" if _ODD_CONTROLS.search(data) else _decoded(data, "utf-8")
    return (*readings, plain) if plain and _kana_share(data, page) <= _HALF else readings


def _pairs(data: bytes) -> bytes:
    return data[: len(data) // 2 * 2]


def _usual_share(data: bytes, page: str) -> float:
    """Return the share of usual characters when the bytes are read as UTF-16; 0 when they are invalid."""
    text = _decoded(data[: 2 * _UTF16_PAIRS], page)
    return sum(map(_is_usual, text)) / len(text) if text else 0


def _kana_share(head: bytes, page: str) -> float:
    text = _pairs(head).decode(page, "replace")
    return sum("\u3041" <= char <= "\u30ff" for char in text) / len(text)


@lru_cache(10_000)
def _is_usual(char: str) -> bool:
    """Return whether texts that people write contain the character."""
    if char in "\t\n\r" or " " <= char <= "~":
        return True
    if char < "\u2000":  # Latin to Arabic, and India to Thailand
        return (char < "\u0700" or "\u0900" <= char < "\u0e80") and (char.isprintable() or char in "\xa0\xad")
    if "\u2010" <= char <= "\u2122" or "\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uffe6":
        return True
    return any(_encodes(char, page) for page in ("gb2312", "big5hkscs", "euc_jp", "euc_kr"))


def _encodes(char: str, page: str) -> bool:
    try:
        char.encode(page)
    except UnicodeError:
        return False
    return True
