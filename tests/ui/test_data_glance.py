"""The set at a glance, over a real dataset: point, choose, keys, what a screen reader gets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget

from segmind_studio.ui.data.glance.chart import GlanceChart
from segmind_studio.ui.data.glance.window import GlanceWindow
from tests.fakes.data_place import DataPlace
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


def chart_of(window, kind):
    child(window, QTabWidget).setCurrentIndex(("sizes", "ratios", "captions").index(kind))
    known(window.layout()).activate()  # the summary may have another height now
    return child(window, GlanceChart, f"data.glance.{kind}")


def spot_of(chart, stem):
    return next(spot for spot in chart._plot.spots if any(photo.path.stem == stem for photo in spot.photos))


@pytest.mark.parametrize("kind", ["sizes", "ratios", "captions"])
def test_a_point_is_a_photo_to_hover_and_to_click(qtbot, place, glance, kind):
    chart = chart_of(glance, kind)
    at = chart.place_of(spot_of(chart, "chelsea"))
    assert chart.hasMouseTracking()
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(chart.mapToGlobal(at)), none, none, Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(chart, move)
    words = child(glance, QLabel, "data.glance.spot").text()
    assert words.startswith("chelsea.jpg · ")
    assert words.endswith("caption of 5 characters")
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["chelsea"]


def test_the_keyboard_visits_each_photo_and_a_screen_reader_gets_its_values(qtbot, place, glance):
    chart = chart_of(glance, "captions")
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
    chart = chart_of(glance, "sizes")
    place.parts.filters.search.setText("coffee")
    qtbot.waitUntil(lambda: place.shown == ["coffee"])
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.place_of(spot_of(chart, "rocket")).toPoint())
    assert "rocket" in [photo.path.stem for photo in place.parts.grid.selected]


def test_the_plot_follows_the_dataset_and_the_mark_stays_at_its_photo(qtbot, place, glance):
    chart = chart_of(glance, "captions")
    qtbot.keyClick(chart, Qt.Key.Key_End)
    before = known(chart.current)
    place.parts.editor.type_caption(place.named("chelsea").photo_id, "a cat that looks at the camera " * 9)
    qtbot.waitUntil(lambda: known(chart.current).photos[0].caption != before.photos[0].caption)
    assert known(chart.current).photos[0].path.stem == "chelsea"
    place.undo.undo()
    qtbot.waitUntil(lambda: known(chart.current) == before)


def test_excluded_photos_are_rings_and_do_not_count(qtbot, place, glance):
    chart_of(glance, "sizes")
    summary = child(glance, QLabel, "data.glance.summary")
    assert "of 4 lie below it" in summary.text()
    place.parts.editor.set_excluded([place.named("rocket")], excluded=True)
    qtbot.waitUntil(lambda: "of 3 lie below it" in summary.text())
    assert not spot_of(chart_of(glance, "captions"), "rocket").used


def test_without_photos_it_is_disabled(place):
    assert not place.parts.actions.glance.isEnabled()
