"""Votes on pairs of images, and the ranking that follows from them, with how sure it is.

The ranking is that of Bradley and Terry (1952): each image has a strength, and the chance that one is preferred to
another depends on the difference of their strengths. Two that are equally good count as half a vote for each. The
strengths are assumed to be spread around zero (a normal prior), so that an image that has won its only vote is not
infinitely good. The intervals follow from the curvature at the best fit.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Generic, TypeVar

from segmind_studio.record import record

MOST_CANDIDATES = 200  # in one ranking: a vote on each pair of more is nothing that a person does
PRIOR = 1.0  # the precision of the prior: 1 / variance, in the unit of the strengths
SURE_FROM = 0.9  # the chance from which one is called better than another
_LEAST_VOTES = 6  # for an item; below it, its place is called uncertain whatever the numbers say
_SWEEPS = 2000
_CLOSE = 1e-9
_INTERVAL = 1.959963984540054  # standard deviations: 95 %


class VoteAnswer(StrEnum):
    """What a person says about a pair."""

    LEFT = "left"
    RIGHT = "right"
    EQUAL = "equal"
    SKIP = "skip"


@record
class Vote:
    """One vote. `left` and `right` are image ids; `at` is seconds since the epoch, UTC."""

    vote_id: str
    at: float
    left: str
    right: str
    verdict: VoteAnswer

    @property
    def points(self) -> float | None:
        """Return the left one's part of the point: 1, 0.5 or 0; None when it was skipped."""
        return {VoteAnswer.LEFT: 1.0, VoteAnswer.RIGHT: 0.0, VoteAnswer.EQUAL: 0.5}.get(self.verdict)


@record
class Candidate:
    """An image to vote on. Pairs are of one `pool`, and of two `group`s."""

    image_id: str
    pool: str = ""
    group: str = ""


def can_be_paired(one: Candidate, other: Candidate) -> bool:
    """Return whether a vote on two candidates is wanted."""
    return one.pool == other.pool and (one.group or one.image_id) != (other.group or other.image_id)


def pairable(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that have a partner, at most MOST_CANDIDATES, the first ones."""
    groups: dict[str, set[str]] = {}
    for one in candidates:
        groups.setdefault(one.pool, set()).add(one.group or one.image_id)
    return [one for one in candidates if len(groups[one.pool]) > 1][:MOST_CANDIDATES]


class _Tally:
    """What the votes say of each candidate and of each pair so far."""

    def __init__(self, candidates: Iterable[Candidate], votes: Iterable[Vote]) -> None:
        names = {one.image_id for one in candidates}
        self.seen: Counter[frozenset[str]] = Counter()
        self.judged: Counter[str] = Counter()
        points: Counter[str] = Counter()
        for vote in votes:
            if vote.left not in names or vote.right not in names:
                continue
            self.seen[frozenset((vote.left, vote.right))] += 1
            if vote.points is not None:
                self.judged.update((vote.left, vote.right))
                points[vote.left] += round(2 * vote.points)
                points[vote.right] += round(2 - 2 * vote.points)
        self._share = {name: (points[name] + 2) / (2 * self.judged[name] + 4) for name in names}

    def rank(self, one: Candidate, other: Candidate) -> tuple[float, ...]:
        """Return what the best pair has least of."""
        first, second = one.image_id, other.image_id
        return (
            self.seen[frozenset((first, second))], self.judged[first],
            abs(self._share[first] - self._share[second]), self.judged[second],
        )


def next_pair(
    candidates: Sequence[Candidate], votes: Iterable[Vote], chance: random.Random,
) -> tuple[Candidate, Candidate] | None:
    """Choose the pair whose vote says most, with random sides; None when no two can be paired.

    First comes the candidate with the fewest votes; its partner is the one that it was compared with least often,
    and of those the one that is about as good: a vote whose result is known says little.
    """
    tally = _Tally(candidates, votes)
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    best: tuple[tuple[float, ...], tuple[Candidate, Candidate]] | None = None
    for one in sorted(shuffled, key=lambda each: tally.judged[each.image_id]):
        ranked = [(tally.rank(one, other), (one, other)) for other in shuffled if can_be_paired(one, other)]
        found = min(ranked, key=itemgetter(0), default=None)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
        if best is not None and best[0][0] == 0:  # its partner is a new one: nobody with more votes is better
            break
    if best is None:
        return None
    one, other = best[1]
    return (one, other) if chance.random() < 0.5 else (other, one)  # noqa: PLR2004  # either side is as likely


K = TypeVar("K", bound=Hashable)


@record
class Standing(Generic[K]):
    """The place of an item. `share`, `low` and `high` are chances to be preferred to an average one, 0 to 1."""

    item: K
    votes: int
    strength: float
    share: float
    low: float
    high: float

    @property
    def uncertain(self) -> bool:
        """Return whether there are too few votes to say whether it is better or worse than an average one."""
        return self.votes < _LEAST_VOTES or self.low < 0.5 < self.high  # noqa: PLR2004  # an average one


@record
class Ranking(Generic[K]):
    """Items, the best first. `sure` is the chance that the first is better than the second; None without two."""

    standings: tuple[Standing[K], ...] = ()
    votes: int = 0
    sure: float | None = None

    @property
    def decided(self) -> bool:
        """Return whether the first can be called the best."""
        return self.sure is not None and self.sure >= SURE_FROM and self.standings[0].votes >= _LEAST_VOTES


def ranking(
    items: Iterable[K], votes: Iterable[Vote], item_of: Callable[[str], K | None], prior: float = PRIOR,
) -> Ranking[K]:
    """Rank items by the votes on their images; `item_of` names an image's item, None for one that is not here.

    Votes on two images of one item say nothing of it and are left out. 200 items with a thousand votes take about
    a second: not for the GUI thread.
    """
    names = list(dict.fromkeys(items))
    place = {name: number for number, name in enumerate(names)}
    games: dict[tuple[int, int], list[float]] = {}  # by two places, the smaller first: its points, and all
    count = 0
    for vote in votes:
        won, left, right = vote.points, item_of(vote.left), item_of(vote.right)
        if won is None or left is None or right is None or left == right or not {left, right} <= place.keys():
            continue
        one, other = place[left], place[right]
        if one > other:
            one, other, won = other, one, 1 - won
        game = games.setdefault((one, other), [0.0, 0.0])
        game[0] += won
        game[1] += 1
        count += 1
    strengths = _fitted(len(names), games, prior)
    covariance = _inverse(_curvature(len(names), games, strengths, prior))
    judged = Counter[int]()
    for pair, game in games.items():
        for one in pair:
            judged[one] += round(game[1])
    order = sorted(range(len(names)), key=lambda each: (-strengths[each], -judged[each], each))
    common = 1 / (prior * len(names)) if names else 0.0  # how good all of them are, which no vote says
    standings = tuple(
        _standing(names[each], judged[each], strengths[each], max(0.0, covariance[each][each] - common))
        for each in order
    )
    return Ranking(standings, count, _sure(order, strengths, covariance))


def _standing(item: K, votes: int, strength: float, variance: float) -> Standing[K]:
    away = _INTERVAL * math.sqrt(variance)
    return Standing(
        item, votes, strength, _chance(strength), _chance(strength - away), _chance(strength + away),
    )


def _sure(
    order: Sequence[int], strengths: Sequence[float], covariance: Sequence[Sequence[float]],
) -> float | None:
    if len(order) < 2:  # noqa: PLR2004  # two to compare
        return None
    one, other = order[:2]
    variance = covariance[one][one] + covariance[other][other] - 2 * covariance[one][other]
    if variance <= 0:
        return None
    return (1 + math.erf((strengths[one] - strengths[other]) / math.sqrt(2 * variance))) / 2


def _chance(difference: float) -> float:
    if difference < 0:
        grown = math.exp(difference)
        return grown / (1 + grown)
    return 1 / (1 + math.exp(-difference))


def _fitted(count: int, games: Mapping[tuple[int, int], Sequence[float]], prior: float) -> list[float]:
    """Return the most likely strengths: Newton's step for one after another, until none moves any more."""
    strengths = [0.0] * count
    partners: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]
    for (one, other), (won, played) in games.items():
        partners[one].append((other, won, played))
        partners[other].append((one, played - won, played))
    for _sweep in range(_SWEEPS):
        largest = 0.0
        for one, met in enumerate(partners):
            slope, bend = -prior * strengths[one], prior
            for other, won, played in met:
                chance = _chance(strengths[one] - strengths[other])
                slope += won - played * chance
                bend += played * chance * (1 - chance)
            step = min(max(slope / bend, -1.0), 1.0)
            strengths[one] += step
            largest = max(largest, abs(step))
        if largest < _CLOSE:
            break
    return strengths


def _curvature(
    count: int, games: Mapping[tuple[int, int], Sequence[float]], strengths: Sequence[float], prior: float,
) -> list[list[float]]:
    rows = [[0.0] * count for _ in range(count)]
    for place in range(count):
        rows[place][place] = prior
    for (one, other), (_won, played) in games.items():
        chance = _chance(strengths[one] - strengths[other])
        bend = played * chance * (1 - chance)
        rows[one][one] += bend
        rows[other][other] += bend
        rows[one][other] -= bend
        rows[other][one] -= bend
    return rows


def _inverse(rows: list[list[float]]) -> list[list[float]]:
    """Return the inverse of a matrix that is symmetric and positive definite, as every curvature here is."""
    count = len(rows)
    wide = [[*row, *(float(place == number) for place in range(count))] for number, row in enumerate(rows)]
    for pivot in range(count):
        factor = 1 / wide[pivot][pivot]
        wide[pivot] = line = [value * factor for value in wide[pivot]]
        for number in range(count):
            share = wide[number][pivot]
            if number != pivot and share:
                wide[number] = [value - share * above for value, above in zip(wide[number], line, strict=True)]
    return [row[count:] for row in wide]
