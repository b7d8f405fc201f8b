"""Photos that look nearly alike: groups by fingerprints, and which photo of a group stays."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Photo
from segmind_studio.core.likeness import (
    ALIKE_BITS,
    PictureMeasures,
    alike_groups,
    all_but_the_best,
    likeness_ranks,
)

MANY = 2_000


def flipped(fingerprint: int, count: int, rand: random.Random) -> int:
    for bit in rand.sample(range(64), count):
        fingerprint ^= 1 << bit
    return fingerprint


@pytest.mark.parametrize("count", range(ALIKE_BITS + 1))
def test_each_near_duplicate_among_many_is_found_mirrored_ones_too(count):
    rand = random.Random(count)  # noqa: S311  # pictures, not secrets
    found = {f"p{n}": PictureMeasures(rand.getrandbits(64), rand.getrandbits(64), 1.0) for n in range(MANY)}
    wanted = {}
    for number in range(0, 100, 2):
        one = found[f"p{number}"]
        copy, mirror = f"copy{number}", f"mirror{number}"
        found[copy] = PictureMeasures(flipped(one.fingerprint, count, rand), rand.getrandbits(64), 1.0)
        found[mirror] = PictureMeasures(rand.getrandbits(64), flipped(one.fingerprint, count, rand), 1.0)
        wanted[f"p{number}"] = {f"p{number}", copy, mirror}
    assert {group[0]: set(group) for group in alike_groups(found)} == wanted


def test_others_are_in_no_group_and_groups_come_first_in_order():
    far = (1 << ALIKE_BITS + 1) - 1  # one bit too many
    found = {
        "far": PictureMeasures(far, 0xFFFF << 40, 1.0), "one": PictureMeasures(0, 0xFFFF << 40, 1.0),
        "same": PictureMeasures(1 << 60, 0xFFFF << 40, 1.0),
    }
    assert alike_groups(found) == (("one", "same"),)
    assert likeness_ranks([("far", "far2"), ("a", "b", "c")]) == {"a": 0, "b": 0, "c": 0, "far": 1, "far2": 1}


def test_the_largest_stays_and_of_equal_ones_the_sharpest():
    group = [
        Photo("small", Path("a.jpg"), 500, 500), Photo("soft", Path("b.jpg"), 900, 900),
        Photo("best", Path("c.jpg"), 900, 900),
    ]
    sharpness = {"small": 900.0, "soft": 10.0, "best": 200.0}
    found = {name: PictureMeasures(0, 0, value) for name, value in sharpness.items()}
    assert all_but_the_best(group, found) == ("small", "soft")
    group[1] = replace(group[1], caption="TOK, a cat")  # words are not lost for a little sharpness
    assert all_but_the_best(group, found) == ("small", "best")
    del found["best"]  # as of very many photos
    assert all_but_the_best(group, found) == ("small", "best")
