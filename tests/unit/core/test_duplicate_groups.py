"""What a person decides about groups of near duplicates: which photo stays, and that some are no copies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from segmind_studio.core.datasets import Check, Finding, Photo, Severity
from segmind_studio.core.duplicate_groups import (
    IGNORED_KEY,
    different_key,
    staying,
    undecided,
    with_cutouts,
)
from segmind_studio.core.likeness import PictureMeasures

A, B, C, D = (Photo(name, Path(f"{name}.jpg"), 100 * place, 100) for place, name in enumerate("abcd", 1))


def test_different_photos_are_not_shown_again_until_another_is_like_them():
    key = different_key((A, B, C))
    assert key == different_key((C, A, B)) != different_key((A, B))
    a, b, c = (replace(photo, accepted=("fused:hat", key)) for photo in (A, B, C))
    assert undecided([(a, b, c)]) == []
    assert undecided([(a, c)]) == []  # the rest of them, after one was excluded
    assert undecided([(a, b, D)]) == [[a, b, D]]
    assert undecided([(a, B)]) == [[a, B]]


def test_decisions_about_two_groups_do_not_meet():
    """Photos a and b are different, a and c too; that says nothing of b and c."""
    one, two = different_key((A, B)), different_key((A, C))
    b, c = replace(B, accepted=(one,)), replace(C, accepted=(two,))
    assert undecided([(b, c)]) == [[b, c]]


def test_an_ignored_photo_takes_no_part():
    assert Finding(Check.NEAR_DUPLICATE, Severity.SHOULD, "").key == IGNORED_KEY
    out = replace(A, accepted=(IGNORED_KEY,))
    assert undecided([(out, B, C), (out, D)]) == [[B, C]]


def test_of_copies_the_best_stays_and_of_cut_outs_all():
    measures = {name: PictureMeasures(0, 0, 1.0) for name in "abcd"}
    assert staying((B, D, A), [(B, D, A)], (), measures) == {"d"}
    assert staying((A, B, C), [], {"b", "c"}, measures) == {"a", "b", "c"}
    assert staying((A, B, C, D), [(A, B)], {"c", "d"}, measures) == {"b", "c", "d"}
    assert staying((A, B, C), [(A, B)], {"b"}, measures) == {"a", "c"}  # the enlarged part of a smaller photo goes
    different = different_key((A, B))
    a, b = (replace(photo, accepted=(different,)) for photo in (A, B))
    assert staying((a, b, C), [(a, b)], {"c"}, measures) == {"a", "b", "c"}


def test_cut_outs_join_groups_and_make_their_own():
    e, f, g = (Photo(name, Path(f"{name}.jpg")) for name in "efg")
    assert with_cutouts([(A, B), (C, D)], [(e, A), (C, e), (f, g)]) == [[A, B, e, C, D], [g, f]]
    assert with_cutouts([], [(A, B), (B, A)]) == [[B, A]]
    assert with_cutouts([(A, B)], []) == [[A, B]]
