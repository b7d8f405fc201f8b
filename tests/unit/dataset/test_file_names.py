"""Names that every system takes, that stay apart, and that sort as people count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.dataset.names import StemPool, ascii_stem, disk_stem, natural_key, shown, storable

ALLOWED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize(("stem", "plain"), [
    ("IMG_0001", "IMG_0001"), ("Zoë & Café", "Zoe-Cafe"), ("東京", "photo"), ("", "photo"), ("con", "photo-con"),
    ("NUL.x", "photo-NUL.x"), ("../../etc", "etc"), (".hidden", "hidden"), ("a b  c", "a-b-c"), ("...", "photo"),
])
def test_stems_become_plain(stem, plain):
    assert ascii_stem(stem) == plain


@given(st.text(max_size=300))
def test_any_stem_becomes_one_that_every_system_takes(stem):
    plain = ascii_stem(stem)
    assert plain
    assert set(plain) <= ALLOWED
    assert len(plain) <= 90
    assert plain[0] not in "-."
    assert plain[-1] != "."


@given(st.text(max_size=300))
def test_any_stem_becomes_one_for_the_own_disk(stem):
    safe = disk_stem(stem)
    assert safe
    assert len(safe.encode()) <= 90
    assert not set('<>:"/\\|?*\0\n') & set(safe)
    assert not safe.startswith(".")


def test_scripts_stay_readable_on_the_own_disk():
    assert disk_stem("東京 2024") == "東京 2024"


@given(st.lists(st.sampled_from(["a", "A", "a-2", "b", "a-2-2"]), max_size=30))
def test_stems_stay_apart_even_where_case_does_not_count(stems):
    pool = StemPool()
    taken = [pool.take(stem).casefold() for stem in stems]
    assert len(set(taken)) == len(taken)


def test_the_second_of_a_name_gets_a_two():
    pool = StemPool()
    assert [pool.take("cat"), pool.take("Cat"), pool.take("cat")] == ["cat", "Cat-2", "cat-3"]


def test_numbers_sort_as_people_count():
    names = ["photo 10", "Photo 2", "photo 1", "a", "10", "9"]
    assert sorted(names, key=natural_key) == ["9", "10", "a", "photo 1", "Photo 2", "photo 10"]


@given(st.lists(st.text()))
def test_any_names_can_be_sorted(names):
    once = sorted(names, key=natural_key)
    assert sorted(once, key=natural_key) == once


def test_reports_show_nothing_invisible_and_nothing_endless():
    assert shown("a\nb\u202ec\udcff") == "a\ufffdb\ufffdc\ufffd"
    assert len(shown("x" * 5000)) < 130
    assert not storable("a\udcff")
    assert storable("東京")
