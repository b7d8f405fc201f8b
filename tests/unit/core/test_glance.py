"""Where photos stand in the plots of a set."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmind_studio.core.datasets import Photo
from segmind_studio.core.glance import GlancePlot, PlotKind, below_used_size, plot_of
from segmind_studio.core.likeness import BLURRED, PictureMeasures
from segmind_studio.core.photo_edits import Crop, PhotoEdit


def picture(name, width=1000, height=1000, caption="", **more):
    return Photo(name, Path(f"{name}.jpg"), width=width, height=height, caption=caption, **more)


def names(plot: GlancePlot):
    return [[photo.photo_id for photo in spot.photos] for spot in plot.spots]


def measured(sharpness=200.0, look=b"\x80"):
    return PictureMeasures(0, 0, sharpness, look)


def test_photos_of_one_size_share_a_spot_and_larger_ones_stand_further():
    photos = (picture("a"), picture("b", 4000, 3000), picture("c"), picture("d", 500, 400))
    plot = plot_of(PlotKind.SIZES, photos)
    assert names(plot) == [["d"], ["a", "c"], ["b"]]
    small, middle, large = plot.spots
    assert small.x < middle.x < large.x
    assert small.y < middle.y < large.y


@pytest.mark.parametrize(("width", "height", "below"), [
    (999, 1000, True), (1000, 1000, False), (2000, 501, False), (2000, 499, True), (500, 2001, False),
    (100, 100, True), (9000, 120, False), (60, 9000, True),
])
def test_the_line_of_the_used_size_parts_what_is_enlarged(width, height, below):
    shown = picture("a", width, height)
    plot = plot_of(PlotKind.SIZES, (shown,))
    x1, y1, x2, y2 = plot.line or (0, 0, 0, 0)
    spot = plot.spots[0]
    at_the_line = y1 + (spot.x - x1) * (y2 - y1) / (x2 - x1)
    assert below_used_size(shown) is below
    assert (spot.y < at_the_line - 1e-9) is below
    assert all(0 <= end <= 1 for end in (x1, y1, x2, y2))


def test_a_cropped_photo_stands_where_its_crop_is():
    cropped = picture("a", 4000, 3000, edit=PhotoEdit(crop=Crop(right=0.2, bottom=0.5)))
    plain = picture("b", 800, 1500)
    assert names(plot_of(PlotKind.SIZES, (cropped, plain))) == [["a", "b"]]
    spots = plot_of(PlotKind.RATIOS, (cropped, plain)).spots
    assert spots[0].x == spots[1].x < 0.5
    assert not below_used_size(cropped)
    assert below_used_size(picture("c", 1200, 1200, edit=cropped.edit))


@pytest.mark.parametrize("kind", PlotKind)
@pytest.mark.parametrize("count", [0, 1, 30, 2000])
def test_every_readable_photo_stands_once_inside_the_plot(kind, count):
    photos = [
        picture(f"p{at}", 200 + at * 7 % 5000, 90 + at * 13 % 7000, "x" * (at % 900), excluded=at % 5 == 0)
        for at in range(count)
    ]
    broken = (picture("broken", problem="It is damaged."), picture("empty", 0, 0))
    measures = {photo.photo_id: measured(at * 3, bytes((at % 251, at % 7, 90))) for at, photo in enumerate(photos)}
    plot = plot_of(kind, (*photos, *broken), measures)
    assert sorted(name for spot in names(plot) for name in spot) == sorted(photo.photo_id for photo in photos)
    assert all(0 <= spot.x <= 1 and 0 <= spot.y <= 1 for spot in plot.spots)
    assert all(0 <= tick.at <= 1 for tick in (*plot.across, *plot.upwards))


def test_a_square_stands_in_the_middle_of_the_ratios_and_turned_pictures_mirror_each_other():
    plot = plot_of(PlotKind.RATIOS, (picture("wide", 1500, 1000), picture("even"), picture("tall", 1000, 1500)))
    assert names(plot) == [["tall"], ["even"], ["wide"]]
    tall, even, wide = plot.spots
    assert even.x == 0.5
    assert tall.x == pytest.approx(1 - wide.x)


def test_captions_of_one_length_are_stacked_and_none_hides_another():
    plot = plot_of(PlotKind.CAPTIONS, (picture("a", caption="ab"), picture("b", caption=" cd "), picture("c")))
    assert len({(spot.x, spot.y) for spot in plot.spots}) == 3


def test_sharpness_is_ranked_and_the_line_parts_what_looks_blurred():
    values = {"sharp": BLURRED * 9, "soft": BLURRED / 40, "edge": BLURRED * 1.3, "none": 0.0}
    measures = {name: measured(value) for name, value in values.items()}
    plot = plot_of(PlotKind.SHARPNESS, [*map(picture, values), picture("not measured")], measures)
    assert names(plot) == [["none"], ["soft"], ["edge"], ["sharp"]]
    x1, y1, x2, y2 = plot.line or (0, 0, 0, 0)
    assert (x1, y1, y2) == (x2, 0, 1)
    assert [spot.x < x1 for spot in plot.spots] == [True, True, False, False]


@pytest.mark.parametrize(("longest", "last"), [(0, "100"), (137, "150"), (480, "500"), (2900, "3000")])
def test_lengths_end_at_a_round_number(longest, last):
    assert plot_of(PlotKind.CAPTIONS, (picture("a", caption="x" * longest),)).across[-1].text == last
