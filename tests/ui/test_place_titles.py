"""The titles of all places stand at one spot."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from segmind_studio.core.datasets import Dataset, Photo
from tests.fakes import train_place
from tests.fakes.data_place import open_place
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.shell_services import (
    ON_REAL,
    FakeAccounts,
    FakeDatasets,
    FakeSupport,
    FakeTheme,
    FakeWebhooks,
    make_settings_screen,
    make_start_screen,
)
from tests.fakes.themed import themed
from tests.fakes.try_service import make_budget_service

SIZES = ((960, 640), (1200, 700), (1800, 900))


@pytest.fixture
def styled(qapp):
    with themed(qapp) as theme:
        theme.apply("light")
        yield


def test_the_titles_of_all_places_stand_at_one_spot(qtbot, tmp_path, styled):
    places = {"start": start(), "settings": settings()}
    for place in places.values():
        hosted(qtbot, place)
    places["train"] = train_place.Bench(qtbot).screen
    places["runs"] = make_bench(qtbot, make_run("anna")).screen
    with open_place(qtbot, tmp_path, 1) as data:
        places["data"] = data.screen
        for size in SIZES:
            spots = {name: title_spot(qtbot, place, size) for name, place in places.items()}
            assert len(set(spots.values())) == 1, spots


def start() -> QWidget:
    accounts, datasets, runs = FakeAccounts(), FakeDatasets(), FakeRuns()
    screen = make_start_screen(accounts, datasets, runs, FakeSettings())
    accounts.become(ON_REAL)
    datasets.become(Dataset("d", "Holiday", (Photo("1", Path("/photos/1.jpg")),)))
    runs.load(make_run("anna"))
    return screen


def settings() -> QWidget:
    accounts, store = FakeAccounts(), FakeSettings()
    return make_settings_screen(
        accounts, store, FakeTheme(), {}, webhooks=FakeWebhooks(), budgets=make_budget_service(FakeRuns(), store),
        support=FakeSupport(),
    )


def title_spot(qtbot, place: QWidget, size: tuple[int, int]) -> tuple[int, int]:
    """Return the left end and the middle of the line of a place's title."""
    place.window().resize(*size)
    place.resize(*size)
    qtbot.waitUntil(lambda: place.size().toTuple() == size)
    (title,) = [
        label for label in place.findChildren(QLabel) if label.property("role") == "title" and label.isVisible()
    ]
    assert title.alignment() & Qt.AlignmentFlag.AlignVCenter
    corner = title.mapTo(place, QPoint(0, 0))
    return corner.x(), round(corner.y() + title.height() / 2)
