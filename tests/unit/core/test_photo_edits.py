"""Edits of a photo and the geometry of a crop: what is seen turns as told, and nothing leaves the picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.crop_frames import (
    HANDLES,
    INSIDE,
    LEAST,
    RATIOS,
    Handle,
    centred,
    holding,
    in_whole_pixels,
    reshaped,
    resized,
    shape_of,
)
from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import (
    NO_EDIT,
    Crop,
    PhotoEdit,
    below_used_size,
    crop_box,
    edit_values,
    edit_with_values,
    edited_size,
    rounded_crop,
    straightened_size,
    turned_size,
    used_size,
)
from segmind_studio.core.runs import ManifestItem, manifest_items, manifest_text

PROMISED = settings(max_examples=100)  # what is seen is trained
EDGES = st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.05, 1), st.floats(0.05, 1))
CROPS = EDGES.map(lambda e: rounded_crop(e[0], e[1], min(1, e[0] + e[2]), min(1, e[1] + e[3])))
EDITS = st.builds(PhotoEdit, st.integers(0, 3), st.booleans(), st.floats(-45, 45), CROPS)
SIDES = st.integers(1, 9000)
SHAPES = st.none() | st.floats(0.2, 5)


@PROMISED
@given(EDITS, SIDES, SIDES)
def test_the_size_is_that_of_the_box_and_the_box_lies_inside(edit, width, height):
    left, top, right, bottom = crop_box(width, height, edit)
    wide, high = straightened_size(width, height, edit)
    assert 0 <= left < right <= wide
    assert 0 <= top < bottom <= high
    assert edited_size(width, height, edit) == (right - left, bottom - top)
    assert all(new <= old for new, old in zip((wide, high), turned_size(width, height, edit), strict=True))


@PROMISED
@given(EDITS, SIDES, SIDES)
def test_four_turns_and_two_mirrors_change_nothing_and_turns_undo_turns(edit, width, height):
    edit = edit_with_values(edit_values(edit))
    assert edit.turned(1).turned(1).turned(1).turned(1).turns == edit.turns
    assert edit.flipped().flipped().mirrored is edit.mirrored
    assert edit.turned(1).flipped().turned(1).flipped().turns == edit.turns  # a mirror turns the other way round
    wide, high = edited_size(width, height, edit)
    assert edited_size(width, height, edit.turned(1)) == pytest.approx((high, wide), abs=1)
    assert edited_size(width, height, edit.flipped()) == pytest.approx((wide, high), abs=1)


@pytest.mark.parametrize(("size", "used", "enlarged"), [
    ((3024, 4032), (866, 1155), False), ((1000, 1000), (1000, 1000), False), ((999, 1000), (999, 1000), True),
    ((20000, 10), (20000, 10), True), ((0, 0), (0, 0), False), ((9000, 6000), (1225, 816), False),
])
def test_training_uses_about_a_megapixel(size, used, enlarged):
    assert used_size(*size) == used
    assert below_used_size(*size) is enlarged


@PROMISED
@given(EDITS)
def test_a_manifest_keeps_the_edit(edit):
    item = ManifestItem("a.jpg", 1, 2, "words", edit=edit)
    assert manifest_items(manifest_text((item,))) == (item,)


def test_a_manifest_without_edits_is_as_before_and_a_damaged_one_is_refused():
    plain = manifest_text((ManifestItem("a.jpg", 1, 2, "words"),))
    assert plain == '[["a.jpg", 1, 2, "words", 1, "", "#ffffff"]]'
    for bad in ("[9,0,0,0,0,1,1]", "[0,0,0,0.5,0,0.5,1]", "[0]", "7", '["0",0,0,0,0,1,1]', "[0,0,null,0,0,1,1]"):
        with pytest.raises(ValueError):  # noqa: PT011  # any: it is never sent as something else
            manifest_items(plain.replace("]]", f",{bad}]]"))


@pytest.mark.parametrize("values", [
    {"turns": 4}, {"turns": -1}, {"angle": 45.1}, {"angle": float("nan")},
])
def test_an_edit_out_of_range_is_refused(values):
    with pytest.raises(ValueError):  # noqa: PT011  # its text is the edit
        PhotoEdit(**values)


@PROMISED
@given(CROPS, st.sampled_from((*HANDLES, INSIDE)), st.floats(-2, 2), st.floats(-2, 2), SHAPES)
def test_a_dragged_crop_stays_inside_keeps_its_shape_and_what_is_not_grasped(crop, handle, x, y, shape):
    crop = reshaped(crop, shape)
    new = resized(crop, handle, x, y, shape)
    least = min(LEAST, crop.width, crop.height) - 1e-5
    assert new.width >= least
    assert new.height >= least
    if shape is not None:
        assert new.width / new.height == pytest.approx(shape, rel=0.01)
    if handle == INSIDE:
        assert (new.width, new.height) == pytest.approx((crop.width, crop.height), abs=1e-5)
    if handle.across > 0:
        assert new.left == pytest.approx(crop.left, abs=1e-5)
    if handle.down < 0:
        assert new.bottom == pytest.approx(crop.bottom, abs=1e-5)


def test_a_corner_follows_the_pointer_and_an_edge_leaves_the_other_side():
    crop = Crop(0.2, 0.2, 0.6, 0.6)
    assert resized(crop, Handle(1, 1), 0.1, 0.2) == Crop(0.2, 0.2, 0.7, 0.8)
    assert resized(crop, Handle(-1, 0), -0.1, 0.5) == Crop(0.1, 0.2, 0.6, 0.6)
    assert resized(crop, Handle(1, 1), 0.1, 0, 1.0) == Crop(0.2, 0.2, 0.7, 0.7)
    assert resized(crop, Handle(1, 0), 0.2, 0, 1.0) == Crop(0.2, 0.1, 0.8, 0.7)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("size", [(3000, 2000), (1000, 1000), (600, 1700)])
def test_every_ratio_fits_every_picture(ratio, size):
    crop = centred(shape_of(ratio, size), (0.9, 0.1))
    wide, high = edited_size(size[0], size[1], PhotoEdit(crop=crop))
    assert wide / high == pytest.approx(ratio[0] / ratio[1], rel=0.01)
    assert max(crop.width, crop.height) == pytest.approx(1)
    small = Crop(0.4, 0.45, 0.5, 0.5)
    around = holding(small, shape_of(ratio, size))
    assert around.left <= small.left + 1e-5
    assert around.bottom >= small.bottom - 1e-5


def test_a_photo_tells_its_size_with_the_edit():
    photo = Photo("id", Path("a.jpg"), 3000, 2000)
    assert photo.edit == NO_EDIT
    assert not photo.edit
    turned = Photo("id", Path("a.jpg"), 3000, 2000, edit=PhotoEdit(1, crop=Crop(0, 0, 0.5, 1)))
    assert turned.edited_size == (1000, 3000)
    assert turned != photo


@pytest.mark.parametrize(("ratio", "size"), [
    ((1, 1), (1500, 1700)), ((1, 1), (333, 1001)), ((4, 5), (3024, 4032)), ((9, 16), (640, 480)),
    ((3, 2), (7, 5)),
])
def test_a_crop_in_whole_pixels_has_the_ratio_that_was_chosen(ratio, size):
    for step in range(12):
        rough = holding(Crop(step / 31, step / 29, step / 31 + 0.41, step / 29 + 0.33), shape_of(ratio, size))
        crop = in_whole_pixels(rough, ratio, size)
        left, top, right, bottom = crop_box(size[0], size[1], PhotoEdit(crop=crop))
        assert bottom - top == min(size[1], round((right - left) * ratio[1] / ratio[0]))
        assert max(abs(crop.left - rough.left) * size[0], abs(crop.top - rough.top) * size[1]) <= 1
