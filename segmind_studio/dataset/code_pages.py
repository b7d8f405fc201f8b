"""Detect the code page of bytes that are not UTF-8, from many short texts at once.

One caption or file name alone is often too short; a set of them was written by one program. The detector is
charset-normalizer's, whose two numbers (disorder, and similarity to a language) are combined here with what it
cannot see in short texts: letters of two scripts in one word, capitals inside words, rare characters.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from segmind_studio.record import record

TEXT_PAGES = (
    "cp1252", "cp1251", "cp932", "gb18030", "cp950", "cp949", "cp1250", "cp1254", "koi8_r", "cp1253", "euc_jp",
    "cp1255", "cp1256", "cp866", "cp850", "cp852", "cp874", "iso8859_2", "cp1257", "iso8859_5", "koi8_u",
    "mac_roman", "big5hkscs", "iso8859_15",
)  # most probable first, which decides between equals; most were written by editors of Windows
NAME_PAGES = (
    "cp437", "cp850", "cp932", "gb18030", "cp866", "cp950", "cp949", "cp852", "cp1252", "cp857", "cp1251",
    "cp1250", "koi8_r", "euc_jp", "cp737", "cp862", "cp874", "mac_roman", "big5hkscs",
)  # zips store names in the code pages of DOS
_SAMPLE_BYTES = 8 * 1024
_ONE_SAMPLE_BYTES = 1024  # of each text, so that no long one dominates
_MOST_FAILURES = 0.1  # of the texts of a set; a few may be damaged
_PLAUSIBLE = 30.0  # how much worse than the best a page may be and still be offered
_SURE = 12.0  # how much worse than the best every other page must be, in a sample of _SURE_BYTES
_SURE_BYTES = 60
ODD = 15.0  # no text that a person wrote has this oddness in its own code page
_LESS_LIKELY = 0.5  # for each place in the order of probability
_MOST_PAGES, _FEW_PAGES = 8, 3
_MATHS = frozenset("ΓπΣστΦΘΩδφεα∞")  # signs in the first code page of DOS
_PRINTED = frozenset("€£§°«»“”‘’„…–—©®™¿¡·×½²³")  # noqa: RUF001  # these very characters
_RARE = frozenset("‚ƒˆ‰†‡‹›˜¸¨´¬¦¤¶¢")  # noqa: RUF001  # in code pages of Windows where those of DOS have letters
_HAN = "Han"  # and kana and Hangul, whose code points are between them
_THAI_FIRST, _THAI_CONSONANT, _THAI_LAST = "\u0e01", "\u0e2e", "\u0e5b"
_THAI_BEFORE = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44")  # vowels that are written before their consonant
_THAI_BEHIND = frozenset("\u0e30\u0e32\u0e33")
_HAN_SETS = {
    "cp932": "euc_jp", "euc_jp": "euc_jp", "gb18030": "gb2312", "cp950": "big5", "big5hkscs": "big5",
    "cp949": "euc_kr",
}


@record
class Guess:
    """Code pages that match, best first; `sure` is True when the others need not be offered.

    `oddness` of the best is about 0 for a text that a person wrote, 100 for noise.
    """

    pages: tuple[str, ...]
    sure: bool
    oddness: float = 100.0


def guess(
    texts: Iterable[bytes], pages: Sequence[str], cancelled: Callable[[], bool] = lambda: False
) -> Guess:
    """Return ranked code pages for texts of one origin, ASCII ignored; the first page if none matches."""
    samples = _samples(texts)
    scores: list[tuple[float, int, str]] = []
    known: set[tuple[str, ...]] = set()
    for place, page in enumerate(pages):
        if cancelled():
            break
        readable = tuple(text for sample in samples if (text := _read(sample, page)) is not None)
        if readable in known:  # another, more probable page gives the same text
            continue
        known.add(readable)
        if readable and len(readable) >= len(samples) * (1 - _MOST_FAILURES):
            scores.append((_score(readable, page) + place * _LESS_LIKELY, place, page))
    scores.sort()
    if not scores:
        return Guess(tuple(pages[:1]), sure=False)
    best, place, _page = scores[0]
    odd = best - place * _LESS_LIKELY
    few = _FEW_PAGES if odd > ODD else 1  # if the best is doubtful, the next are offered however much worse
    near = tuple(
        page for rank, (score, _place, page) in enumerate(scores) if rank < few or score <= best + _PLAUSIBLE
    )[:_MOST_PAGES]
    enough = sum(byte > 0x7F for sample in samples for byte in sample) >= _SURE_BYTES  # noqa: PLR2004
    alone = all(score > best + _SURE for score, _place, _page in scores[1:])
    return Guess(near, enough and odd <= ODD and alone, odd)


def _samples(texts: Iterable[bytes]) -> list[bytes]:
    """Return the non-ASCII parts of the texts, up to a limit."""
    samples: list[bytes] = []
    room = _SAMPLE_BYTES
    for text in texts:
        if text.isascii():
            continue
        sample = text if len(text) <= _ONE_SAMPLE_BYTES else _whole_words(text)
        samples.append(sample)
        room -= len(sample)
        if room <= 0:
            break
    return samples


def _whole_words(text: bytes) -> bytes:
    """Return the first non-ASCII words of a long text, cut where there are no words."""
    sample = b""
    for part in re.finditer(rb"[^\r\n ]+", text):
        word = part[0][:_ONE_SAMPLE_BYTES]
        if word.isascii():
            continue
        if sample and len(sample) + len(word) > _ONE_SAMPLE_BYTES:
            break
        sample += word + b" "
    return sample[:_ONE_SAMPLE_BYTES]


def _read(sample: bytes, page: str) -> str | None:
    """Return the decoded sample; a character that is cut off at the end is ignored."""
    try:
        return getincrementaldecoder(page)().decode(sample, final=False)
    except UnicodeError:
        return None


def _score(texts: Sequence[str], page: str) -> float:
    """Return the oddness of texts decoded in a code page; 0 is best."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  # seldom needed, and slow to import

    joined = "\n".join(texts)
    match = from_bytes(
        joined.encode(page, "replace"), cp_isolation=[page], threshold=1.0, preemptive_behaviour=False,
    ).best()
    disorder, likeness = (match.percent_chaos, match.percent_coherence) if match else (100.0, 0.0)
    return disorder + oddness(joined, page) - likeness * 0.3


def oddness(text: str, page: str) -> float:
    """Return the percentage of its non-ASCII characters that no person would write."""
    odd, count, before = 0.0, 0, " "
    for char in text:
        if char.isascii():
            odd += _odd_ascii(before, char)
        else:
            count += 1
            odd += _odd_char(char, page) + _odd_pair(before, char, page)
        before = char
    return 100 * odd / max(1, count)


def _odd_ascii(before: str, char: str) -> float:
    if char == "\\" and not before.isascii():
        return 0.5
    if _THAI_FIRST <= before <= _THAI_LAST:
        return 1.0 if char.isalpha() or before in _THAI_BEFORE else 0.0
    return 0.3 if char.isalpha() and ((char.isupper() and before.islower()) or _is_han(before)) else 0.0


@lru_cache(10_000)
def _odd_pair(before: str, char: str, page: str) -> float:
    """Return the oddness of a non-ASCII character by the one before it."""
    if _THAI_FIRST <= char <= _THAI_LAST or before in _THAI_BEFORE:
        return _odd_thai(before, char)
    if char.isalpha() != before.isalpha():
        if (char == "«" and before.isalpha()) or (before == "»" and char.isalpha()):
            return 1.0
        return 0.5 if _symbol(before if char.isalpha() else char) else 0.0
    if not char.isalpha():
        return 0.0
    odd = 1.0 if char.isupper() and before.islower() else 0.0
    if _script(char) != _script(before):
        return odd + (0.3 if _is_han(char) or _is_han(before) else 0.7)
    return odd + (0.15 if char.isupper() and before.isupper() and page not in _HAN_SETS else 0.0)


def _odd_thai(before: str, char: str) -> float:
    """Return the oddness of a Thai character by the one before it: few of them may follow each other."""
    consonant = _THAI_FIRST <= char <= _THAI_CONSONANT
    if before in _THAI_BEFORE:
        return 0.0 if consonant else 1.0
    if unicodedata.category(char) in {"Mn", "Nd"} or char in _THAI_BEHIND:  # on or behind a consonant
        fits = _THAI_FIRST <= before <= _THAI_CONSONANT or unicodedata.category(before) in {"Mn", "Nd"}
        return 0.0 if fits else 1.0
    return 0.7 if before.isalpha() and _script(before) != _script(char) else 0.0


@lru_cache(10_000)
def _odd_char(char: str, page: str) -> float:  # noqa: PLR0911  # one exit for each kind
    if page in _HAN_SETS and char.isalpha() and unicodedata.east_asian_width(char) in {"W", "F"}:
        return 0.0 if _common(char, page) else 0.8
    if "\uff61" <= char <= "\uff9f":  # half-width katakana: what other code pages turn into
        return 0.6
    if page in _HAN_SETS and char.isalpha():
        return 0.6  # Cyrillic and Greek are in every Asian code page
    if char in _RARE or (page == "cp437" and char in _MATHS):
        return 0.6
    category = unicodedata.category(char)
    if category in {"Cc", "Cn", "Co", "Cs"}:
        return 2.0
    if "\u2500" <= char <= "\u25ff":  # boxes
        return 1.0
    return 0.4 if _symbol(char) else 0.0


@lru_cache(10_000)
def _common(char: str, page: str) -> bool:
    try:
        coded = char.encode(_HAN_SETS[page])
    except UnicodeError:
        return False
    first = coded[0]
    if page in {"cp932", "euc_jp"}:
        return first <= 0xCF  # noqa: PLR2004  # JIS level 1 ends there
    if page == "gb18030":
        return first <= 0xD7  # noqa: PLR2004  # GB 2312 level 1
    if page in {"cp950", "big5hkscs"}:
        return first <= 0xC6  # noqa: PLR2004  # Big5 level 1
    return first <= 0xC8  # noqa: PLR2004  # KS X 1001: Hangul


@lru_cache(10_000)
def _script(char: str) -> str:
    if unicodedata.east_asian_width(char) in {"W", "F", "H"}:
        return _HAN
    name = unicodedata.name(char, "")
    return name.partition(" ")[0]


def _is_han(char: str) -> bool:
    return not char.isascii() and _script(char) == _HAN


@lru_cache(10_000)
def _symbol(char: str) -> bool:
    """Return whether it is a sign that is rare in texts; those used in printed texts are not."""
    if char in _PRINTED or char.isascii() or unicodedata.east_asian_width(char) in {"W", "F"}:
        return False
    return unicodedata.category(char) in {"Sm", "Sc", "So", "Sk", "No", "Po"} or char in "ªº"
