"""The words of captions: single words, phrases, and parts between commas. Pure functions.

Words are runs of letters and digits in any script, with hyphens, apostrophes and underscores inside. Case, width
and how an accent is stored make no difference, neither where terms are counted nor where they are looked for.
Phrases of two or three words never cross a comma or the end of a sentence. A script without spaces between its
words (Chinese, Japanese, Thai) is one word as far as the next sign.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from segmind_studio.record import record

LONGEST_PHRASE = 3  # words; a part between commas may be longer
MOST_TERMS = 4_000  # of a vocabulary, the most frequent ones: a longer list is slow to show
_WORD = re.compile(r"[^\W_][\w'-]*")
_SPELT = re.compile(r"(?<![\w'\u2019])[^\W\d_]{2,100}(?:['\u2019][^\W\d_]{1,100})?(?![\w'\u2019])")
_LONGEST_SPELT = 10_000  # characters
COMMAS = ",\uff0c\u060c\u3001\uff64"  # as in Latin, Chinese, Arabic and Japanese texts
_WIDE_COMMAS = "\uff0c\u3001\uff64"  # no space follows them
_COMMA = re.compile(f"([{COMMAS}])")
PHRASE_ENDS = f"{COMMAS};\n\r\uff1b\u061b\u3002"  # signs that end a phrase wherever they stand
_BREAK = re.compile(rf"[{PHRASE_ENDS}]+|[.!?\u061f](?=\s|$)")
_JOINING = "[-_']*"  # within a word; at its edges, they are no part of it
_WITHIN = rf"(?={_JOINING}[^\w'-])(?:[^\w.!?\u061f{PHRASE_ENDS}]|_|[.!?\u061f](?=\S))+"  # in a phrase


@record
class CaptionWords:
    """One caption taken apart: its words in order, and where its parts end.

    A dataset may have thousands of captions, and each holds three times as many terms as words: they are made when
    they are asked for.
    """

    words: tuple[str, ...]
    ends: tuple[int, ...]  # of each part, the place in `words` that follows it

    @property
    def terms(self) -> frozenset[str]:
        """Return the words, phrases and parts, each once."""
        return frozenset(self.terms_and_parts()[0])

    @property
    def parts(self) -> frozenset[str]:
        """Return the terms that stand alone between commas."""
        return frozenset(self.terms_and_parts()[1])

    def terms_and_parts(self) -> tuple[set[str], set[str]]:
        """Return both; a part is the same object in both."""
        parts = set(map(" ".join, self._parts()))
        terms = {*self.words, *parts}
        for part in self._parts():
            for size in range(2, LONGEST_PHRASE + 1):
                terms.update(" ".join(part[at : at + size]) for at in range(len(part) - size + 1))
        return terms, parts

    @property
    def line(self) -> str:
        """Return the words in one text; it contains `mark_of(term)` of each term, and of no other."""
        return "".join(["\n", *(f" {' '.join(part)} \n" for part in self._parts())])

    def _parts(self) -> Iterator[tuple[str, ...]]:
        begin = 0
        for end in self.ends:
            yield self.words[begin:end]
            begin = end


def mark_of(term: str) -> str:
    """Return what the lines of the captions that hold a term contain, to look for it in very many."""
    return f"\n {term} \n" if term.count(" ") >= LONGEST_PHRASE else f" {term} "


@record
class Term:
    """A word, a phrase or a part between commas, in lower case, its words joined by single spaces.

    `count` is the number of captions that hold it, `with_trigger` of those that hold the trigger word too.
    """

    text: str
    count: int
    with_trigger: int = 0
    is_part: bool = False  # it stands alone between commas in at least one caption

    @property
    def size(self) -> int:
        """Return its number of words."""
        return self.text.count(" ") + 1


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """What the written captions of a dataset hold, most frequent first. Equal only to itself, so quick to compare.

    `captions` is their number, `with_trigger` of those with the trigger word. A phrase is listed if two hold it.
    """

    captions: int = 0
    with_trigger: int = 0
    terms: tuple[Term, ...] = ()

    def share(self, term: Term) -> float:
        """Return the share of captions that hold a term, 0.0 to 1.0."""
        return term.count / self.captions if self.captions else 0.0


NO_VOCABULARY = Vocabulary()


def folded(text: str) -> str:
    """Return a text as it is compared: one form for each letter, sign and case."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text)
    for sign, plain in _SIGNS:
        text = text.replace(sign, plain)
    return text.lower()


# The capital with a dot is the one letter that would become two in lower case.
_SIGNS = (("\u2019", "'"), ("\u2018", "'"), ("\u2013", "-"), ("\u2014", "-"), ("\u0130", "i"))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in order."""
    return tuple(word for found in _WORD.findall(folded(text)) if (word := found.strip("-_'")))


def spelt_words(text: str) -> list[tuple[int, str]]:
    """Return the words that a spelling check looks at, each with its start: two letters or more, no digits.

    Of a very long text, only the beginning is looked at: the window asks at each key.
    """
    return [(found.start(), found[0]) for found in _SPELT.finditer(text, 0, _LONGEST_SPELT)]


def take_apart(caption: str) -> CaptionWords:
    """Return the words of one caption and where its parts end. Equal words of all captions are one object."""
    words: list[str] = []
    ends: list[int] = []
    for segment in _BREAK.split(folded(caption)):
        before = len(words)
        words += (sys.intern(word) for found in _WORD.findall(segment) if (word := found.strip("-_'")))
        if len(words) > before:
            ends.append(len(words))
    return CaptionWords(tuple(words), tuple(ends))


@lru_cache(maxsize=64)
def _pattern(term: str) -> tuple[str, re.Pattern[str]] | None:
    """Return a term's first word, and what finds the places of the term in folded text as `take_apart` does."""
    words = words_of(term)
    if not words:
        return None
    whole = _WITHIN.join(map(re.escape, words))
    return words[0], re.compile(rf"(?<![\w'-]){_JOINING}({whole})(?!{_JOINING}[^\W_])")


def holds_term(caption: str, term: str) -> bool:
    """Return whether a caption holds a term as whole words, whatever the case."""
    found = _pattern(term)
    if found is None:
        return False
    text = folded(caption)
    place = text.find(found[0])  # a quick look: filters ask this for every photo
    while place > 0 and text[place - 1] in "-_'":
        place -= 1
    return place >= 0 and found[1].search(text, place) is not None


def counts_for(caption: str, term: str) -> bool:
    """Return whether a caption is one of those that the `count` of a term is about: a long one is a part of it."""
    return holds_term(caption, term) and (
        term.count(" ") < LONGEST_PHRASE or mark_of(term) in take_apart(caption).line
    )


def holds_part(caption: str, part: str) -> bool:
    """Return whether a text stands alone between commas of a caption, whatever its case; quotes do not count."""
    wanted = _without_quotes(part)
    return any(_without_quotes(there) == wanted for there in parts_of(caption))


def _without_quotes(part: str) -> str:
    return " ".join(folded(part).replace('"', " ").split())


def replace_term(caption: str, term: str, new: str) -> str:
    """Return a caption with another text at each place of a term; everything else stays as it is."""
    found = _pattern(term)
    text = folded(caption)
    spans = [place.span(1) for place in found[1].finditer(text)] if found and found[0] in text else []
    if not spans:
        return caption
    if not unicodedata.is_normalized("NFKC", caption):  # else each character is folded by itself
        caption, places = _cut_at(caption, {edge for span in spans for edge in span})
        spans = [(places[start], places[end]) for start, end in spans]
    kept, at = "", 0
    for start, end in spans:
        kept += caption[at:start] + new
        at = end
    return kept + caption[at:]


def _cut_at(caption: str, edges: Collection[int]) -> tuple[str, dict[int, int]]:
    """Return a caption, and where in it some places of the folded text are.

    A sign that stands for several letters, as for a fraction, is written out where one of the places is inside it.
    """
    result, at = "", 0
    places: dict[int, int] = {}
    for letter in _letters(caption):
        size = len(folded(letter))
        cut = any(edge in edges for edge in range(at + 1, at + size))
        pieces = unicodedata.normalize("NFKC", letter) if cut else (letter,)
        for piece in pieces:
            places[at] = len(result)
            result += piece
            at += len(folded(piece))
    places[at] = len(result)
    return result, places


def _letters(caption: str) -> Iterator[str]:
    """Yield a caption in the shortest pieces that are folded each by itself: letters with their accents."""
    letter = ""
    for char in caption:
        accent = unicodedata.combining(unicodedata.normalize("NFKD", char)[0])
        if letter and not accent and _one_form(letter + char) == _one_form(letter) + _one_form(char):
            yield letter
            letter = char
        else:
            letter += char
    yield letter


def _one_form(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def drop_term(caption: str, term: str) -> str:
    """Return a caption without a term, and without the comma, space or empty part that it would leave.

    A caption that does not hold the term is returned as it is.
    """
    while holds_term(caption, term):  # what stood around it may be the term again
        left = _without(caption, term)
        if left == caption:
            break
        caption = left
    return caption


def _without(caption: str, term: str) -> str:
    kept: list[str] = []
    for before, part in split_parts(caption):
        left = replace_term(part, term, "")
        if left == part:
            kept.append(before + part)
        elif words_of(left):
            lead = part[: len(part) - len(part.lstrip())]
            line = re.sub(r"[ \t]{2,}", " ", left).strip(" \t")
            kept.append(before + lead + re.sub(r" +([.;:!?\u061f])", r"\1", line))
    return "".join(kept).strip().lstrip(f"{COMMAS}; ")


def split_parts(caption: str) -> list[tuple[str, str]]:
    """Return the parts of a caption as written, each with a comma in front of it, also the first."""
    pieces = _COMMA.split(f",{caption}")
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def parts_of(caption: str) -> tuple[str, ...]:
    """Return the parts between the commas of a caption, without the spaces around them and without empty ones."""
    parts = caption.split(",") if caption.isascii() else _COMMA.split(caption)[::2]
    return tuple(kept for part in parts if (kept := " ".join(part.split())))


def joined_parts(parts: Iterable[str], like: str) -> str:
    """Return a caption of these parts, with the comma that comes first in the text `like`."""
    found = None if like.isascii() else _COMMA.search(like)
    comma = found[0] if found else ","
    return (comma if comma in _WIDE_COMMAS else f"{comma} ").join(parts)


def shared_parts(captions: Iterable[str]) -> tuple[str, ...]:
    """Return the parts between commas that all captions hold, in the order and case of the first one."""
    texts = iter(captions)
    shared = {part.lower(): part for part in reversed(parts_of(next(texts, "")))}
    keys = [f", {key}," for key in shared]
    for caption in texts:
        line = f", {caption.lower()},"
        for key in keys:  # as captions are mostly written; there may be very many
            if key not in line:
                break
        else:
            continue
        there = frozenset(parts_of(caption.lower()))
        shared = {key: part for key, part in shared.items() if key in there}
        keys = [f", {key}," for key in shared]
        if not shared:
            break
    return tuple(reversed(shared.values()))
