"""Fuzzy matching of typed words with the names of commands: letters in order, best at the beginnings of words."""

from __future__ import annotations

import unicodedata

from segmind_studio.record import record

_WORD_START = 10  # points for a letter at the beginning of a word
_FOLLOWS = 8  # for a letter right behind the one before it
_GAP = 1  # taken off for each letter that is passed over, at most `_WIDEST`
_WIDEST = 6
_LEAST = 4  # points a letter that a match must have: less is chance
_ELSEWHERE = 3  # points a letter for a word that is found only in what belongs to the name
_WHOLE = 6  # for a name that begins with the word


@record
class FuzzyMatch:
    """How well a query fits. A higher `score` is better; `letters` are the places in the name that matched."""

    score: int
    letters: tuple[int, ...]


def fuzzy_match(query: str, name: str, more: str = "") -> FuzzyMatch | None:
    """Match each word of `query` with `name`, or else with the beginning of a word of `more`.

    None if one fits neither. Case and accents do not count. An empty query fits everything with a score of 0.
    """
    folded, others = _folded(name), "".join(_folded(more)).split()
    score, letters = 0, set[int]()
    for word in "".join(_folded(query)).split():
        found = _in_order(word, folded)
        if found is not None and found[0] >= _LEAST * len(word):
            score += found[0]
            letters.update(found[1])
        elif any(other.startswith(word) for other in others):
            score += _ELSEWHERE * len(word)
        else:
            return None
    return FuzzyMatch(score, tuple(sorted(letters)))


def _folded(text: str) -> list[str]:
    """Return one comparable character for each of the text, so that places stay the same."""
    return [(unicodedata.normalize("NFKD", char)[:1] or char).casefold()[:1] or char for char in text]


def _in_order(word: str, name: list[str]) -> tuple[int, tuple[int, ...]] | None:
    """Find the letters of a word in their order where they score most; None when they are not all there.

    `best[place]` is the best way to have matched the letters so far with the last one at that place.
    """
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    for number, letter in enumerate(word):
        reached: dict[int, tuple[int, tuple[int, ...]]] = {}
        for place, char in enumerate(name):
            if char != letter:
                continue
            own = _WORD_START if place == 0 or not name[place - 1].isalnum() else 0
            if number == 0:
                reached[place] = (own + (_WHOLE if place == 0 else 0), (place,))
                continue
            ways = [
                (score + own + _step(place - before), (*path, place))
                for before, (score, path) in best.items() if before < place
            ]
            if ways:
                reached[place] = max(ways, key=lambda way: way[0])
        if not reached:
            return None
        best = reached
    return max(best.values(), key=lambda way: way[0])


def _step(distance: int) -> int:
    return _FOLLOWS if distance == 1 else -_GAP * min(distance - 1, _WIDEST)
