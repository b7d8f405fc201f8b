"""The set at a glance, over a real dataset: point, choose, keys, what a screen reader gets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageFilter
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QTabWidget

from segmind_studio.core.glance import PlotKind, PlotSpot, plot_of
from segmind_studio.ui.data.glance.chart import GlanceChart
from segmind_studio.ui.data.glance.window import GlanceWindow
from segmind_studio.ui.theme.tokens import tones_of
from tests.fakes.data_place import DataPlace
from tests.fakes.image_files import photo
from tests.fakes.pointer import drag, move_pointer
from tests.fakes.typed import child, known


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    yield place
    place.stop()


@pytest.fixture
def glance(qtbot, place):
    """The window, open over photos of several sizes."""
    place.write(4, chelsea="a cat")
    place.take_in(qtbot)
    place.parts.actions.glance.trigger()
    window = child(place.screen, GlanceWindow)
    qtbot.waitExposed(window)
    return window


def chart_of(qtbot, window, kind, photos=4):
    """Show a plot, and wait until all its photos are drawn."""
    chart = child(window, GlanceChart, f"data.glance.{kind}")
    child(window, QTabWidget).setCurrentIndex(list(PlotKind).index(kind))
    qtbot.waitUntil(lambda: sum(len(spot.photos) for spot in spots_of(chart)) == photos and chart.complete)
    known(window.layout()).activate()  # the summary may have another height now
    return chart


def spots_of(chart: GlanceChart) -> list[PlotSpot]:
    return list(chart.plot.spots) if chart.plot is not None else []


def spot_of(chart, stem):
    return next(spot for spot in spots_of(chart) if any(photo.path.stem == stem for photo in spot.photos))


@pytest.mark.parametrize("kind", list(PlotKind))
def test_a_point_is_a_photo_to_hover_and_to_click(qtbot, place, glance, kind):
    chart = chart_of(qtbot, glance, kind)
    at = chart.place_of(spot_of(chart, "chelsea"))
    assert chart.hasMouseTracking()
    move_pointer(chart, at)
    words = child(glance, QLabel, "data.glance.spot").text()
    assert words.startswith("chelsea.jpg · ")
    assert words.endswith("caption of 5 characters")
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["chelsea"]


def test_the_keyboard_visits_each_photo_and_a_screen_reader_gets_its_values(qtbot, place, glance):
    chart = chart_of(qtbot, glance, "captions")
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    seen = []
    for _photo in place.datasets.dataset.photos:
        seen.append(known(chart.current).photos[0].path.stem)
        assert chart.accessibleDescription().startswith(f"{seen[-1]}.jpg")
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert sorted(seen) == sorted(photo.path.stem for photo in place.datasets.dataset.photos)
    assert seen[-1] == "chelsea"  # the only one with a caption
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["chelsea"]


def test_a_click_selects_also_a_photo_that_the_filter_hides(qtbot, place, glance):
    chart = chart_of(qtbot, glance, "sizes")
    place.parts.filters.search.setText("coffee")
    qtbot.waitUntil(lambda: place.shown == ["coffee"])
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.place_of(spot_of(chart, "rocket")).toPoint())
    assert "rocket" in [photo.path.stem for photo in place.parts.grid.selected]


def test_the_plot_follows_the_dataset_and_the_mark_stays_at_its_photo(qtbot, place, glance):
    chart = chart_of(qtbot, glance, "captions")
    qtbot.keyClick(chart, Qt.Key.Key_End)
    before = known(chart.current)
    place.parts.editor.type_caption(place.named("chelsea").photo_id, "a cat that looks at the camera " * 9)
    qtbot.waitUntil(lambda: known(chart.current).photos[0].caption != before.photos[0].caption)
    assert known(chart.current).photos[0].path.stem == "chelsea"
    place.undo.undo()
    qtbot.waitUntil(lambda: known(chart.current) == before)


def test_excluded_photos_are_rings_and_do_not_count(qtbot, place, glance):
    chart_of(qtbot, glance, "sizes")
    summary = child(glance, QLabel, "data.glance.summary")
    assert "4 of 4 are smaller" in summary.text()
    place.parts.editor.set_excluded([place.named("rocket")], excluded=True)
    qtbot.waitUntil(lambda: "3 of 3 are smaller" in summary.text())
    assert not spot_of(chart_of(qtbot, glance, "captions"), "rocket").used
    assert not spot_of(chart_of(qtbot, glance, "likeness"), "rocket").used


def test_alike_photos_lie_beside_each_other_as_thumbnails_and_arrow_keys_go_to_the_next_one(
    qtbot, place, glance,
):
    image = photo("chelsea.png")
    image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(place.photos_folder / "mirrored.jpg", quality=70)
    place.take_in(qtbot)
    chart = chart_of(qtbot, glance, "likeness", photos=5)
    one, other = spot_of(chart, "chelsea"), spot_of(chart, "mirrored")
    columns, rows = known(known(chart.plot).cells)
    assert max(abs(one.x - other.x) * columns, abs(one.y - other.y) * rows) < 1.5  # neighbouring cells
    middle = chart.grab().toImage().pixelColor(chart.place_of(one).toPoint() * chart.devicePixelRatio())
    assert middle.red() > middle.blue() + 20  # the cat's fur, not a dot of the accent colour
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    seen = [known(chart.current)]
    for _spot in spots_of(chart)[1:]:
        qtbot.keyClick(chart, Qt.Key.Key_PageDown)
        seen.append(known(chart.current))
    assert seen == spots_of(chart)
    for key, axis, way in ((Qt.Key.Key_Left, "x", -1), (Qt.Key.Key_Up, "y", 1), (Qt.Key.Key_Down, "y", -1)):
        before = known(chart.current)
        qtbot.keyClick(chart, key)
        after = known(chart.current)
        assert after is before or (getattr(after, axis) - getattr(before, axis)) * way > 0


def test_zooming_keeps_the_marked_photo_in_view_and_a_drag_moves_the_part(qtbot, place, glance):
    chart = chart_of(qtbot, glance, "captions")
    qtbot.keyClick(chart, Qt.Key.Key_End)
    marked = known(chart.current)
    for _press in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.zoom.scale > 3
    assert chart.rect().contains(chart.place_of(marked).toPoint())
    before, start = chart.place_of(marked), chart.rect().center()
    drag(chart, start, start + QPoint(40, 0))
    assert chart.place_of(marked).x() == pytest.approx(before.x() + 40)
    qtbot.keyClick(chart, Qt.Key.Key_0)
    assert chart.zoom.scale == 1


def test_many_photos_are_drawn_in_pieces(qtbot, place, glance):
    chart = chart_of(qtbot, glance, "captions")
    many = tuple(replace(place.named("chelsea"), photo_id=f"{n}", caption="x" * (n % 700)) for n in range(4_000))
    chart.set_plot(plot_of(PlotKind.CAPTIONS, many))
    chart.repaint()
    assert not chart.complete
    qtbot.waitUntil(lambda: chart.complete)
    last = chart.place_of(spots_of(chart)[-1]).toPoint() * chart.devicePixelRatio()
    assert chart.grab().toImage().pixelColor(last).name() != tones_of().surface


def test_blurred_photos_are_counted(qtbot, place, glance):
    photo("coffee.png").filter(ImageFilter.GaussianBlur(9)).save(place.photos_folder / "soft.jpg")
    place.take_in(qtbot)
    chart = chart_of(qtbot, glance, "sharpness", photos=5)
    assert spots_of(chart)[0] is spot_of(chart, "soft")
    line = known(known(chart.plot).line)
    assert spot_of(chart, "soft").x < line[0] < spot_of(chart, "chelsea").x
    assert "blurred: 1 of 5" in child(glance, QLabel, "data.glance.summary").text()


def test_without_photos_it_is_disabled(place):
    assert not place.parts.actions.glance.isEnabled()
