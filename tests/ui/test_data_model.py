"""The model of the grid: differences only, filters, photos that are held in view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Check, Dataset, Finding, Photo, Severity
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.data.filter import PhotoFilter, Show
from segmind_studio.ui.data.grid.model import PhotoModel, Role
from segmind_studio.ui.data.grid.view import PhotoGrid

pytestmark = pytest.mark.usefixtures("qapp")


def photos(count: int) -> tuple[Photo, ...]:
    return tuple(
        Photo(f"p{n}", Path(f"/pictures/photo-{n}.jpg"), 800, 600, caption="a word" if n % 2 else "")
        for n in range(count)
    )


def checked() -> PhotoModel:
    model = PhotoModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def filled(count: int) -> tuple[PhotoModel, Dataset]:
    model, dataset = checked(), Dataset("d", "Cats", photos(count))
    model.set_dataset(dataset)
    return model, dataset


def ids(model: PhotoModel) -> list[str]:
    return [model.index(row).data(Role.PHOTO).photo_id for row in range(model.rowCount())]


def test_each_row_tells_name_states_and_photo():
    model, _ = filled(2)
    assert model.index(1).data() == "photo-1.jpg"
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "photo-0.jpg, no caption"
    assert "a word" in model.index(1).data(Qt.ItemDataRole.ToolTipRole)


def test_the_same_dataset_again_says_nothing():
    model, dataset = filled(50)
    spies = [QSignalSpy(s) for s in (model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset)]
    model.set_dataset(replace(dataset, updated_at=7.0))
    assert [spy.count() for spy in spies] == [0, 0, 0, 0]


def test_ten_thousand_rows_change_without_a_reset():
    model, dataset = filled(10_000)
    resets, changes = QSignalSpy(model.modelReset), QSignalSpy(model.dataChanged)
    marked = QPersistentModelIndex(model.index(9_000))
    some = tuple(replace(photo, excluded=True) for photo in dataset.photos[100:110])
    dataset = dataset.with_photos(some)
    model.set_dataset(dataset)
    assert changes.count() == 1  # one run of adjacent rows
    assert (changes.at(0)[0].row(), changes.at(0)[1].row()) == (100, 109)
    dataset = dataset.with_photos(tuple(replace(photo, excluded=True) for photo in dataset.photos[::7]))
    model.set_dataset(dataset)
    assert changes.count() == 2  # many scattered rows as one range: a view paints what it shows of that
    assert (changes.at(1)[0].row(), changes.at(1)[1].row()) == (0, 9_996)
    dataset = dataset.without(frozenset({"p3", "p4", "p5000"}))
    model.set_dataset(dataset)
    model.set_dataset(dataset.with_photos((Photo("new", Path("/pictures/new.jpg")),)))
    assert resets.count() == 0
    assert model.rowCount() == 9_998
    assert marked.row() == 8_997
    assert marked.data() == "photo-9000.jpg"


def test_a_photo_that_comes_back_stands_in_its_place():
    model, dataset = filled(5)
    model.set_dataset(dataset.without(frozenset({"p2"})))
    model.set_dataset(dataset)
    assert ids(model) == ["p0", "p1", "p2", "p3", "p4"]


def test_counts_follow_edits():
    model, dataset = filled(4)
    assert model.counts == {Show.ALL: 4, Show.NO_CAPTION: 2, Show.PROBLEMS: 0, Show.EXCLUDED: 0}
    spy = QSignalSpy(model.counted)
    model.set_dataset(dataset.with_photos((replace(dataset.photos[0], excluded=True),)))
    assert spy.at(0)[0] == {Show.ALL: 4, Show.NO_CAPTION: 1, Show.PROBLEMS: 0, Show.EXCLUDED: 1}


def test_findings_mark_photos_but_not_those_about_captions():
    model, _ = filled(4)
    changes = QSignalSpy(model.dataChanged)
    model.set_findings((
        Finding(Check.SMALL, Severity.SHOULD, "small", photo_ids=("p1", "p2")),
        Finding(Check.NO_TRIGGER, Severity.SHOULD, "no trigger", photo_ids=("p3",)),
        Finding(Check.NO_CAPTION, Severity.INFO, "no caption", photo_ids=("p0",)),
    ))
    assert model.troubled == {"p1", "p2"}
    assert model.counts[Show.PROBLEMS] == 2
    assert changes.count() == 1
    assert model.index(1).data(Role.TROUBLED)
    assert not model.index(3).data(Role.TROUBLED)
    assert model.badges == {"p1": Check.SMALL, "p2": Check.SMALL}


def test_a_badge_names_the_worst_check_and_what_is_no_problem_only_where_nothing_else_is():
    model, _ = filled(4)
    small = Finding(Check.SMALL, Severity.SHOULD, "small", photo_ids=("p1",))
    noisy = Finding(Check.NOISY, Severity.INFO, "noisy", photo_ids=("p1", "p2"))
    model.set_findings((small, noisy, Finding(Check.CONVERTED, Severity.INFO, "", photo_ids=("p3",))))
    assert model.badges == {"p1": Check.SMALL, "p2": Check.NOISY}
    assert model.troubled == {"p1"}
    changes = QSignalSpy(model.dataChanged)
    model.set_findings((small, replace(noisy, photo_ids=("p3",))))
    assert [(changes.at(row)[0].row(), changes.at(row)[1].row()) for row in range(changes.count())] == [(2, 3)]
    assert "Noisy" in model.index(3).data(Qt.ItemDataRole.AccessibleTextRole)


def test_an_excluded_photo_troubles_nobody():
    model, dataset = filled(2)
    model.set_findings((Finding(Check.SMALL, Severity.SHOULD, "small", photo_ids=("p1",)),))
    model.set_dataset(dataset.with_photos((replace(dataset.photos[1], excluded=True),)))
    assert model.counts[Show.PROBLEMS] == 0
    assert not model.index(1).data(Role.TROUBLED)


@pytest.mark.parametrize(("wanted", "expected"), [
    (PhotoFilter(Show.NO_CAPTION), ["p0", "p2"]),
    (PhotoFilter(Show.EXCLUDED), ["p3"]),
    (PhotoFilter(Show.PROBLEMS), ["p4"]),
    (PhotoFilter(search="PHOTO-1"), ["p1"]),
    (PhotoFilter(search="A Word"), ["p1", "p3"]),
    (PhotoFilter(Show.EXCLUDED, "photo-1"), []),
])
def test_filters(wanted, expected):
    model, dataset = checked(), Dataset("d", "Cats", photos(4))
    dataset = dataset.with_photos((
        replace(dataset.photos[3], excluded=True),
        Photo("p4", Path("/pictures/four.jpg"), problem="It cannot be read."),
    ))
    model.set_dataset(dataset)
    model.set_filter(wanted)
    assert ids(model) == expected
    model.set_filter(PhotoFilter())
    assert ids(model) == ["p0", "p1", "p2", "p3", "p4"]


def test_a_held_photo_stays_while_its_caption_is_typed():
    model, dataset = filled(4)
    model.set_filter(PhotoFilter(Show.NO_CAPTION))
    model.hold(frozenset({"p0"}))
    dataset = dataset.with_photos((replace(dataset.photos[0], caption="a"),))
    model.set_dataset(dataset)
    assert ids(model) == ["p0", "p2"]
    model.set_dataset(dataset.without(frozenset({"p3"})))
    assert ids(model) == ["p0", "p2"]
    model.hold(frozenset({"p2"}))
    assert ids(model) == ["p2"]


def test_another_dataset_begins_anew():
    model, _ = filled(3)
    resets = QSignalSpy(model.modelReset)
    model.set_dataset(Dataset("other", "Dogs", photos(2)))
    assert resets.count() == 1
    assert model.rowCount() == 2


class PaintCounter(QObject):
    """Count the paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_the_grid_keeps_selection_and_current_photo_through_a_reset():
    model, dataset = filled(1_000)
    thumbnails = Thumbnails()
    grid = PhotoGrid(model, thumbnails)
    grid.select(frozenset({"p10", "p11", "p700"}), "p11")
    resets = QSignalSpy(model.modelReset)
    model.set_filter(PhotoFilter(Show.NO_CAPTION))  # every second row goes: too many pieces for differences
    assert resets.count() == 1
    assert [photo.photo_id for photo in grid.selected] == ["p10", "p700"]
    model.set_filter(PhotoFilter())
    grid.select(frozenset({"p5"}))
    model.set_dataset(dataset.without(frozenset({"p3"})))
    assert grid.current is not None
    assert grid.current.photo_id == "p5"
    grid.deleteLater()
    assert thumbnails.stop()


def test_many_selected_photos_come_in_the_order_shown():
    model, _ = filled(10)
    thumbnails = Thumbnails()
    grid = PhotoGrid(model, thumbnails)
    for row in (7, 2, 3):
        grid.selectionModel().select(model.index(row), QItemSelectionModel.SelectionFlag.Select)
    assert [photo.photo_id for photo in grid.selected] == ["p2", "p3", "p7"]
    grid.deleteLater()
    assert thumbnails.stop()


def test_a_selection_of_very_many_photos_is_painted(qtbot):
    model, _ = filled(1_000)
    thumbnails = Thumbnails()
    grid = PhotoGrid(model, thumbnails)
    qtbot.addWidget(grid)
    grid.resize(600, 400)
    with qtbot.waitExposed(grid):
        grid.show()
    grid.viewport().grab()
    before = grid.viewport().grab().toImage()
    paints = PaintCounter(grid.viewport())
    grid.selectAll()
    assert grid.updatesEnabled()
    qtbot.waitUntil(lambda: paints.count > 0)
    assert len(grid.selected) == 1_000
    assert grid.viewport().grab().toImage() != before
    assert thumbnails.stop()


def test_scrolling_drops_what_went_by_at_once(qtbot, monkeypatch):
    model, _ = filled(1_000)
    thumbnails = Thumbnails()
    grid = PhotoGrid(model, thumbnails)
    qtbot.addWidget(grid)
    kept = []
    monkeypatch.setattr(thumbnails, "keep_only", lambda names: kept.append(set(names)))
    grid.resize(600, 400)
    with qtbot.waitExposed(grid):
        grid.show()
    bar = grid.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 10_000)
    kept.clear()
    bar.setValue(10_000)
    qtbot.waitUntil(lambda: bool(kept))
    assert len(kept[-1]) < 50
    assert "p1" not in kept[-1]  # the first is the current one
    assert thumbnails.stop()


@given(st.lists(st.lists(st.sampled_from([f"p{n}" for n in range(12)]), unique=True), min_size=1, max_size=6))
@settings(max_examples=60)
def test_any_state_follows_any_other(states):
    model = checked()
    by_id = {photo.photo_id: photo for photo in photos(12)}
    for names in states:
        model.set_dataset(Dataset("d", "Cats", tuple(by_id[name] for name in names)))
        assert ids(model) == names
        assert [model.row_of(name) for name in names] == list(range(len(names)))
