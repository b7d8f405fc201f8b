"""Which captions are equal, or nearly so: by the share of different words that two captions have in common.

Kept apart: an algorithm with a test of its own against the comparison of all pairs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

NEARLY = 0.9  # words in common of all words of both; as `caption-audit` has it
_MOST_PAIRS = 2000  # nearly equal pairs that are looked for
_MOST_COMPARED = 200_000  # pairs that are compared: all of them in sets of some thousand captions


def equal_captions(captions: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Return the places of captions with the same words in the same order, in groups of two or more."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, words in enumerate(captions):
        if words:
            groups.setdefault(words, []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def nearly_equal_captions(captions: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return pairs of places of captions that differ, and whose words are the same to `NEARLY`.

    Compares only captions that share one of their rarest words, which finds every pair: two sets of words that
    have at least that share in common cannot differ in all of the rarest `size - ceil(NEARLY * size) + 1` words.
    """
    kinds: dict[frozenset[str], list[int]] = {}
    for place, words in enumerate(captions):
        if words:
            kinds.setdefault(frozenset(words), []).append(place)
    pairs = [
        (places[0], other)
        for places in kinds.values()
        for other in places[1:]
        if captions[other] != captions[places[0]]
    ]
    frequency = Counter(word for words in kinds for word in words)
    sizes = sorted(kinds, key=len)
    index: dict[str, list[frozenset[str]]] = {}
    compared = 0
    for words in sizes:
        if len(pairs) >= _MOST_PAIRS or compared > _MOST_COMPARED:
            break
        rare = sorted(words, key=lambda word: (frequency[word], word))
        lead = rare[: len(words) - math.ceil(NEARLY * len(words)) + 1]
        least = math.ceil(NEARLY * len(words))
        others = {other for word in lead for other in index.get(word, ()) if len(other) >= least}
        compared += len(others)
        for other in others:
            common = len(words & other)
            if common >= NEARLY * (len(words) + len(other) - common):
                pairs.append((kinds[other][0], kinds[words][0]))
        for word in lead:
            index.setdefault(word, []).append(words)
    return pairs[:_MOST_PAIRS]
