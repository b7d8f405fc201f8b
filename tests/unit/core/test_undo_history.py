"""Undo steps as values: what they hold, and that they lead back and forth."""

from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.undo_history import Difference, difference

PHOTOS = tuple(Photo(f"p{n}", Path(f"/photos/{n}.jpg"), 40, 30, 100, n, "JPEG", caption=f"c{n}") for n in range(4))
ADA = Dataset("ada", "Ada", PHOTOS)
NEW = Photo("new", Path("/photos/new.png"))


@pytest.mark.parametrize("after", [
    ADA,
    replace(ADA, name="Ada 2", background="#204060"),
    replace(ADA, photos=(PHOTOS[0], replace(PHOTOS[1], caption="a hat", excluded=True), *PHOTOS[2:])),
    replace(ADA, photos=(PHOTOS[1], PHOTOS[3])),
    replace(ADA, photos=(NEW, *PHOTOS)),
    replace(ADA, name="x", photos=(PHOTOS[0], NEW, replace(PHOTOS[3], path=Path("/moved/3.jpg")))),
    replace(ADA, photos=()),
])
def test_a_difference_leads_there_and_back(after: Dataset) -> None:
    step = difference(ADA, after)
    assert step.applied(ADA) == after
    assert step.reverse.applied(after) == ADA
    assert (step == Difference()) is (after == ADA)


def test_what_was_found_out_about_a_file_is_no_step_and_stays() -> None:
    looked = replace(ADA, photos=tuple(replace(p, looked=True, width=41, problem="Cut off.") for p in PHOTOS))
    assert difference(ADA, looked) == Difference()
    edited = replace(ADA, photos=(replace(PHOTOS[0], caption="a hat"), *PHOTOS[1:]))
    back = difference(ADA, edited).reverse.applied(difference(ADA, edited).applied(looked))
    assert back == looked


def test_photos_that_are_gone_or_back_already_are_left_out() -> None:
    step = difference(ADA, replace(ADA, photos=(replace(PHOTOS[0], caption="a hat"), *PHOTOS[1:3])))
    alone = replace(ADA, photos=(PHOTOS[3],))
    assert step.applied(alone) == replace(ADA, photos=())
    assert step.reverse.applied(alone) == alone
