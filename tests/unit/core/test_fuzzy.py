"""Fuzzy matching: what fits, what comes first, and which letters are shown as found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.fuzzy import fuzzy_match
from tests.fakes.typed import known

NAMES = ("Export zip…", "Export run sheet…", "Exclude", "Next photo", "Add photos…", "Check now", "Download as…")


def best(query):
    found = [(match.score, name) for name in NAMES if (match := fuzzy_match(query, name))]
    return max(found)[1] if found else None


@pytest.mark.parametrize(("query", "name"), [
    ("zip", "Export zip…"), ("ez", "Export zip…"), ("exp zip", "Export zip…"), ("ers", "Export run sheet…"),
    ("NEXT", "Next photo"), ("photo", "Next photo"), ("ap", "Add photos…"), ("chn", "Check now"),
    ("dówn", "Download as…"),
])
def test_the_best_is_the_one_that_was_meant(query, name):
    assert best(query) == name


@pytest.mark.parametrize("query", ["qqq", "zipx", "exclude photo", "otohp", "dz"])
def test_letters_that_are_not_there_fit_nothing(query):
    assert best(query) is None


def test_what_belongs_to_a_name_is_found_by_its_beginnings_alone():
    assert known(fuzzy_match("edit", "Exclude", "Edit · Data")).score > 0
    assert fuzzy_match("dit", "Exclude", "Edit · Data") is None
    assert known(fuzzy_match("excl data", "Exclude", "Edit · Data")).letters == (0, 1, 2, 3)


def test_scattered_letters_are_chance():
    assert fuzzy_match("xeoe", "Export everything of the others elsewhere") is None


@given(st.text(max_size=30), st.text(max_size=8))
def test_found_letters_are_those_that_were_typed(name, query):
    match = fuzzy_match(query, name)
    if match is not None:
        assert all(0 <= place < len(name) for place in match.letters)
        assert list(match.letters) == sorted(set(match.letters))
        assert len(match.letters) <= len(name)
