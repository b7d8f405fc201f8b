"""The ranking by votes on pairs: against published numbers, and with what it does not know."""

import math
from collections import Counter
from itertools import combinations
from random import Random

import pytest

from segmind_studio.core.votes import (
    MOST_CANDIDATES,
    Candidate,
    Vote,
    VoteAnswer,
    next_pair,
    pairable,
    ranking,
)


def seeded(seed):
    return Random(seed)  # noqa: S311  # the same pairs each time


def votes_of(*rows):
    """Return votes from (left, right, verdict, times)."""
    return [Vote(f"{n}", 0.0, left, right, verdict) for n, (left, right, verdict, times) in enumerate(rows)
            for _each in range(times)]


# Agresti, Categorical Data Analysis: seven clubs of the American League in 1987, and the strengths it prints
CLUBS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WON = (
    (0, 7, 9, 7, 7, 9, 11), (6, 0, 7, 5, 11, 9, 9), (4, 6, 0, 7, 7, 8, 12), (6, 8, 6, 0, 6, 7, 10),
    (6, 2, 6, 7, 0, 7, 12), (4, 4, 5, 6, 6, 0, 6), (2, 4, 1, 3, 1, 7, 0),
)
PRINTED = (1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0.0)


def test_the_strengths_are_the_published_ones():
    votes = votes_of(*(
        (CLUBS[one], CLUBS[other], VoteAnswer.LEFT, WON[one][other]) for one in range(7) for other in range(7)
    ))
    found = ranking(CLUBS, votes, str, prior=1e-6)
    strengths = {standing.item: standing.strength for standing in found.standings}
    assert [standing.item for standing in found.standings] == list(CLUBS)
    assert [strengths[club] - strengths["Baltimore"] for club in CLUBS] == pytest.approx(PRINTED, abs=0.006)
    assert found.votes == sum(map(sum, WON))
    assert {standing.votes for standing in found.standings} == {78}  # each has played 13 times against each other


@pytest.mark.parametrize(("won", "lost", "equal", "difference"), [
    (3, 1, 0, math.log(3)), (1, 3, 0, -math.log(3)), (5, 5, 0, 0.0), (0, 0, 8, 0.0), (4, 0, 4, math.log(3)),
])
def test_two_items_differ_by_the_logarithm_of_their_points(won, lost, equal, difference):
    votes = votes_of(
        ("a", "b", VoteAnswer.LEFT, won), ("b", "a", VoteAnswer.LEFT, lost), ("b", "a", VoteAnswer.EQUAL, equal),
    )
    found = {one.item: one for one in ranking("ab", votes, str, prior=1e-7).standings}
    assert found["a"].strength - found["b"].strength == pytest.approx(difference, abs=1e-4)


def test_the_interval_is_that_of_the_curvature():
    """With a known solution: at equal strengths each vote adds 1/4, on top of the prior."""
    (first, second) = ranking("ab", votes_of(("a", "b", VoteAnswer.EQUAL, 12)), str, prior=1.0).standings
    own, shared = 1.0 + 3.0, -3.0  # and what all have in common is no doubt about their order
    away = 1.959963984540054 * math.sqrt(own / (own * own - shared * shared) - 1 / 2)
    assert first.low == pytest.approx(1 / (1 + math.exp(away)))
    assert second.high == pytest.approx(1 / (1 + math.exp(-away)))


@pytest.mark.parametrize(("rows", "decided", "uncertain"), [
    ((), False, {"a", "b"}),
    ((("a", "b", VoteAnswer.LEFT, 1),), False, {"a", "b"}),
    ((("a", "b", VoteAnswer.SKIP, 40),), False, {"a", "b"}),
    ((("a", "b", VoteAnswer.LEFT, 6), ("b", "a", VoteAnswer.LEFT, 5)), False, {"a", "b"}),
    ((("b", "a", VoteAnswer.RIGHT, 40), ("a", "b", VoteAnswer.RIGHT, 4)), True, set()),
])
def test_it_says_when_the_votes_are_too_few(rows, decided, uncertain):
    found = ranking("ab", votes_of(*rows), str)
    assert found.decided is decided
    assert {one.item for one in found.standings if one.uncertain} == uncertain


def test_votes_between_two_pictures_of_one_run_say_nothing_of_the_runs():
    run_of = {"a1": "a", "a2": "a", "b1": "b"}.get
    left = VoteAnswer.LEFT
    votes = votes_of(("a1", "a2", left, 9), ("a1", "b1", left, 2), ("a1", "gone", left, 9))
    assert ranking(("a", "b"), votes, run_of).votes == 2
    assert ranking((), votes, run_of).standings == ()


def test_every_pair_is_shown_before_one_comes_twice_and_no_side_is_favoured():
    chance = seeded(7)
    candidates = [Candidate(name) for name in "abcdef"]
    votes, left = [], Counter()
    for number in range(15):
        pair = next_pair(candidates, votes, chance)
        assert pair is not None
        left[pair[0].image_id < pair[1].image_id] += 1
        votes.append(Vote(str(number), 0.0, pair[0].image_id, pair[1].image_id, VoteAnswer.EQUAL))
    shown = {frozenset((vote.left, vote.right)) for vote in votes}
    assert shown == set(map(frozenset, combinations("abcdef", 2)))
    assert min(left.values()) >= 3
    judged = Counter(name for vote in votes[:6] for name in (vote.left, vote.right))
    assert max(judged.values()) - min(judged[name] for name in "abcdef") <= 1


def test_a_picture_meets_one_that_is_about_as_good():
    candidates = [Candidate(name) for name in "abcd"]
    left = VoteAnswer.LEFT
    votes = votes_of(("a", "x", left, 1), ("a", "b", left, 4), ("c", "d", left, 4))
    for seed in range(10):
        pair = next_pair(candidates, votes, seeded(seed))
        assert pair is not None
        assert {one.image_id for one in pair} in ({"a", "c"}, {"b", "d"})


def test_only_pictures_of_one_prompt_and_two_runs_are_compared():
    candidates = [
        Candidate("1", "moon", "anna"), Candidate("2", "moon", "anna"), Candidate("3", "moon", "bob"),
        Candidate("4", "sea", "anna"), Candidate("5", "sea", "anna"),
    ]
    assert [one.image_id for one in pairable(candidates)] == ["1", "2", "3"]
    for seed in range(20):
        pair = next_pair(candidates, (), seeded(seed))
        assert pair is not None
        assert "3" in {one.image_id for one in pair}
    assert next_pair(candidates[3:], (), seeded(1)) is None
    assert len(pairable([Candidate(str(number)) for number in range(999)])) == MOST_CANDIDATES
