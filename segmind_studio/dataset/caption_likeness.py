"""Which captions are equal, or nearly so: by the share of different words that two captions have in common.

Kept apart: an algorithm with a test of its own against the comparison of all pairs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypeAlias

NEARLY = 0.9  # words in common of all words of both; as `caption-audit` has it
_MOST_PAIRS = 2000  # nearly equal pairs that are looked for
_MOST_COMPARED = 200_000  # pairs that are compared: all of them in sets of some thousand captions
_FEW = 16  # changed captions that are compared with all others

_Words: TypeAlias = tuple[str, ...]  # the different words of a caption, sorted: a set takes five times the memory


def equal_captions(captions: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Return the places of captions with the same words in the same order, in groups of two or more."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, words in enumerate(captions):
        if words:
            groups.setdefault(words, []).append(place)
    return [group for group in groups.values() if len(group) > 1]


class NearlyEqualCaptions:
    """Find captions that are nearly equal; after a few changes only these are compared. For one thread."""

    def __init__(self) -> None:
        self._sets: dict[tuple[str, ...], _Words] = {}
        self._kinds: set[_Words] = set()
        self._near: list[tuple[_Words, _Words]] = []
        self._complete = False  # else only a part was compared

    def pairs(self, captions: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
        """Return pairs of places of captions that differ, and whose words are the same to `NEARLY`."""
        kinds: dict[_Words, list[int]] = {}
        sets, self._sets = self._sets, {}
        for place, words in enumerate(captions):
            if words:
                kind = self._sets[words] = sets.get(words) or tuple(sorted(frozenset(words)))
                kinds.setdefault(kind, []).append(place)
        new = kinds.keys() - self._kinds
        if self._complete and len(new) <= _FEW:
            self._near = [pair for pair in self._near if pair[0] in kinds and pair[1] in kinds]
            known = kinds.keys() - new
            for words in new:
                own = frozenset(words)
                self._near += [(other, words) for other in known if _nearly(own, other)]
                known.add(words)
        else:
            self._near, self._complete = _near_kinds(kinds)
        self._kinds = set(kinds)
        same = [
            (places[0], other)
            for places in kinds.values()
            for other in places[1:]
            if captions[other] != captions[places[0]]
        ]
        return (same + [(kinds[one][0], kinds[other][0]) for one, other in self._near])[:_MOST_PAIRS]


def _nearly(words: frozenset[str], other: _Words) -> bool:
    if min(len(words), len(other)) < NEARLY * max(len(words), len(other)):
        return False
    common = len(words.intersection(other))
    return common >= NEARLY * (len(words) + len(other) - common)


def _near_kinds(kinds: Collection[_Words]) -> tuple[list[tuple[_Words, _Words]], bool]:
    """Return the pairs that are nearly the same, and whether all were compared.

    Compares only those that share one of their rarest words, which finds every pair: two sets of words that
    have at least that share in common cannot differ in all of the rarest `size - ceil(NEARLY * size) + 1` words.
    """
    pairs: list[tuple[_Words, _Words]] = []
    frequency = Counter(word for words in kinds for word in words)
    index: dict[str, list[int]] = {}  # the places of those that have a word among their rarest
    compared = 0
    ordered = sorted(kinds, key=len)
    for place, words in enumerate(ordered):
        if len(pairs) >= _MOST_PAIRS or compared > _MOST_COMPARED:
            return pairs, False
        rare = sorted(words, key=lambda word: (frequency[word], word))
        least = math.ceil(NEARLY * len(words))
        lead = rare[: len(words) - least + 1]
        others = {other for word in lead for other in index.get(word, ()) if len(ordered[other]) >= least}
        compared += len(others)
        own = frozenset(words)
        pairs += [(ordered[other], words) for other in others if _nearly(own, ordered[other])]
        for word in lead:
            index.setdefault(word, []).append(place)
    return pairs, True
