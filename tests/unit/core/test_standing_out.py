"""Which pictures of a set stand out by blur, noise and exposure, and how many scenes it shows."""

from __future__ import annotations

import pytest

from segmind_studio.core.datasets import Check
from segmind_studio.core.picture_traits import (
    MOST_IN_SCENES,
    PictureTraits,
    scene_ranks,
    scenes_of,
    standing_out,
    too_few_scenes,
)

WIDE = (10, 20, 200, 230)


def traits(focus=20.0, noise=3.0, levels=WIDE, colour=100):
    return PictureTraits(focus, noise, levels, bytes([colour]) * 48)


@pytest.mark.parametrize(("usual", "found"), [
    (20.0, {Check.BLURRED: ("worse", "soft"), Check.NOISY: ("grainy",)}),  # focus 1 and 5 among sharp ones
    (6.0, {Check.BLURRED: ("worse",), Check.NOISY: ("grainy",)}),  # of a soft set, only what is never sharp
    (60.0, {Check.BLURRED: ("worse", "soft"), Check.NOISY: ("grainy",)}),  # 9 is sharp in every set
])
def test_blur_and_noise_are_judged_against_the_set_worst_first(usual, found):
    each = {f"p{n}": traits(usual) for n in range(8)}
    each |= {"soft": traits(5.0), "worse": traits(1.0), "fine": traits(9.0), "grainy": traits(noise=40.0)}
    assert standing_out(each) == found


@pytest.mark.parametrize(("levels", "check"), [
    ((0, 1, 25, 40), Check.DARK), ((0, 0, 50, 120), None),  # a light in the night
    ((150, 180, 240, 250), Check.BRIGHT), ((5, 120, 255, 255), None),  # a product on white
    ((100, 105, 150, 160), Check.WASHED_OUT), (WIDE, None),
])
def test_exposure_is_judged_by_itself(levels, check):
    assert standing_out({"one": traits(levels=levels)}) == ({check: ("one",)} if check else {})


def test_scenes_are_similar_colours_at_the_same_places():
    each = {"a": traits(colour=10), "b": traits(colour=90), "c": traits(colour=95), "d": traits(colour=30)}
    assert scenes_of(each) == (("b", "c"), ("a",), ("d",))
    ranks = scene_ranks(scenes_of(each), [("a", "d")])
    assert sorted(ranks, key=lambda name: ranks[name]) == ["b", "c", "a", "d"]
    assert scenes_of(dict.fromkeys(range(MOST_IN_SCENES + 1), traits())) == ()
    assert standing_out({}) == {}


@pytest.mark.parametrize(("photos", "scenes", "few"), [
    (20, 3, True), (20, 4, True), (20, 5, False), (5, 1, False), (6, 1, True), (6, 2, False), (20, 0, False),
])
def test_how_many_scenes_are_too_few(photos, scenes, few):
    assert too_few_scenes(photos, scenes) is few
