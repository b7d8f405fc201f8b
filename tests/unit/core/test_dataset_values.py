"""Datasets and packages as values."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, Dataset, PackageInfo, Photo
from segmind_studio.core.photo_edits import PhotoEdit

NEW = {str: "other", int: 7, bool: True, tuple: ("a",)}
IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def photo(photo_id: str, **changes: object) -> Photo:
    return replace(Photo(photo_id, Path(f"{photo_id}.jpg")), **changes)


def dataset(ids: list[str]) -> Dataset:
    return Dataset("d", "Anna", tuple(photo(photo_id) for photo_id in ids))


@pytest.mark.parametrize("name", [field.name for field in fields(Photo)])
def test_a_photo_with_another_value_is_as_replace_makes_it(name):
    one = photo("a", caption="A cat", size=3, edit=PhotoEdit(turns=1))
    new = NEW.get(type(getattr(one, name)))
    assert one.having(**{name: new}) == replace(one, **{name: new}) != one
    assert one == photo("a", caption="A cat", size=3, edit=PhotoEdit(turns=1))
    with pytest.raises(TypeError):
        one.having(**{name: new}, colour="red")


def test_used_photos_are_good_and_wanted():
    photos = (photo("a"), photo("b", excluded=True), photo("c", problem="It is empty."), photo("d"))
    assert [p.photo_id for p in Dataset("d", "Anna", photos).used] == ["a", "d"]


@given(ids=IDS, changed=IDS)
def test_changed_photos_keep_their_places_and_new_ones_come_last(ids: list[str], changed: list[str]):
    after = dataset(ids).with_photos(tuple(photo(i, caption="new") for i in changed))
    new = [i for i in changed if i not in ids]
    assert [p.photo_id for p in after.photos] == ids + new
    assert {p.photo_id for p in after.photos if p.caption == "new"} == set(changed)


@given(ids=IDS, gone=IDS)
def test_removing_keeps_the_order_of_the_rest(ids: list[str], gone: list[str]):
    after = dataset(ids).without(frozenset(gone))
    assert [p.photo_id for p in after.photos] == [i for i in ids if i not in gone]


@given(ids=IDS, wanted=st.sampled_from("abcdefgh"))
def test_a_photo_is_found_by_its_id(ids: list[str], wanted: str):
    found = dataset(ids).photo(wanted)
    assert (found.photo_id if found else None) == (wanted if wanted in ids else None)


@pytest.mark.parametrize(("count", "size", "fits"), [
    (0, 10, False), (1, MAX_ARCHIVE_BYTES - 1, True), (1, MAX_ARCHIVE_BYTES, False), (1, 0, True),
])
def test_a_package_fits_below_the_limit(*, count: int, size: int, fits: bool):
    assert PackageInfo(image_count=count, size=size).fits == fits


def test_the_limit_is_100_million_bytes():
    assert MAX_ARCHIVE_BYTES == 100_000_000
