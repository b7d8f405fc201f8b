"""The map of pictures: alike ones near each other, one in each cell, the same map each time."""

from __future__ import annotations

import random
from itertools import combinations
from math import dist
from statistics import fmean

import pytest

from segmind_studio.core.likeness_map import likeness_map

LOOK = 48  # bytes


def clusters(count, each, *, noise=12):
    rand = random.Random(count)  # noqa: S311  # pictures, not secrets
    looks = {}
    for cluster in range(count):
        middle = [rand.randrange(noise, 256 - noise) for _place in range(LOOK)]
        for number in range(each):
            look = bytes(value + rand.randrange(-noise, noise + 1) for value in middle)
            looks[cluster, number] = look
    return dict(sorted(looks.items(), key=lambda item: item[0][::-1]))  # clusters take turns


def test_alike_pictures_lie_near_each_other():
    found = likeness_map(clusters(3, 20))
    pairs = list(combinations(found.cells.items(), 2))
    within = [dist(one, other) for (name, one), (second, other) in pairs if name[0] == second[0]]
    between = [dist(one, other) for (name, one), (second, other) in pairs if name[0] != second[0]]
    assert 2 * fmean(within) < fmean(between)


@pytest.mark.parametrize("looks", [
    {}, {"one": bytes(LOOK)}, {n: bytes(LOOK) for n in range(500)}, clusters(2, 1), clusters(7, 300),
    {n: bytes([n]) for n in range(40)},
], ids=["none", "one", "all the same", "two", "many", "one value"])
def test_each_has_a_cell_of_its_own_and_the_map_is_the_same_again(looks):
    found = likeness_map(looks)
    assert list(found.cells) == list(looks)
    assert len(set(found.cells.values())) == len(looks)
    assert all(0 <= x < found.columns and 0 <= y < found.rows for x, y in found.cells.values())
    assert likeness_map(dict(looks)) == found
