"""The drawn timeline of a run, and the record of when the app looked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from segmind_studio.core.run_timeline import WatchSpan
from segmind_studio.core.runs import TimelineEntry
from segmind_studio.formats import duration_text
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.watch_times import WatchTimes
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.runs.inspector.timeline import TimelinePage
from segmind_studio.ui.theme.tokens import tones_of
from tests.fakes.connections import connection_to
from tests.fakes.run_services import NOW, FakeRuns, make_run
from tests.fakes.typed import as_service

HOUR = 3600.0
ENTRIES = (
    TimelineEntry(NOW, "REQUESTED"), TimelineEntry(NOW + HOUR, "TRAINING_INITIATED"),
    TimelineEntry(NOW + 5 * HOUR, "FAILED", "Too dark."),
)


def times(qtbot: QtBot, path: Path, now: list[float]) -> tuple[WatchTimes, FakeRuns, TaskRunner]:
    runs, tasks = FakeRuns(), TaskRunner()
    watched = WatchTimes(path, as_service(RunService, runs), tasks, tasks, clock=lambda: now[0])
    with qtbot.waitSignal(watched.changed):
        watched.start()
    return watched, runs, tasks


def test_when_the_app_looked_is_there_again_after_a_restart(qtbot, tmp_path):
    path, now = tmp_path / "watch-times.json", [NOW]
    connection = connection_to("http://127.0.0.1:1")
    account_id = connection.account.account_id
    watched, runs, tasks = times(qtbot, path, now)
    runs.set_watch(WatchState(checked_at=1.0))  # no account yet
    watched.set_connection(connection)
    for checked_at, after in ((2.0, 0.0), (2.0, 50.0), (3.0, 60.0)):  # one of them was no new check
        now[0] = NOW + after
        runs.set_watch(WatchState(checked_at=checked_at))
    watched.write_unsaved()
    assert tasks.stop()
    assert "key" not in path.read_text()
    watched, runs, tasks = times(qtbot, path, now)
    assert watched.spans == (WatchSpan(account_id, NOW, NOW + 60),)
    assert tasks.stop()
    path.write_text(json.dumps([1, {"account_id": "a"}, {"account_id": "a", "begin": NOW, "end": NOW + 5}]))
    watched, runs, tasks = times(qtbot, path, now)
    assert watched.spans == (WatchSpan("a", NOW, NOW + 5),)
    assert tasks.stop()


def test_the_states_are_bars_that_can_be_read_without_seeing_them(qtbot, tmp_path):
    path = tmp_path / "watch-times.json"
    path.write_text(json.dumps([
        {"account_id": "real", "begin": NOW, "end": NOW + HOUR + 60},
        {"account_id": "real", "begin": NOW + 5 * HOUR, "end": NOW + 6 * HOUR},
    ]))
    watched, _runs, tasks = times(qtbot, path, [NOW])
    page = TimelinePage(watched)
    qtbot.addWidget(page)
    page.resize(420, 700)
    page.show_entries(make_run("a", status="FAILED", error="Too dark."), ENTRIES, NOW + 9 * HOUR)
    page.show()
    states = page.states
    spoken = [states.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert "1 min to 4 h" in spoken[1]
    assert spoken[1].endswith("Not observed for 3 h 59 min.")
    assert "so far" not in spoken[2]
    assert "Too dark." in {label.text() for label in page.findChildren(QLabel)}
    states.setFocus()
    qtbot.keyClick(states, Qt.Key.Key_Up)
    assert any("TRAINING_INITIATED" in label.text() for label in page.findChildren(QLabel))
    box = states.visualRect(states.model().index(1, 0))
    image = states.grab(box).toImage()
    row = box.height() // 2 - 2
    line = {image.pixelColor(x, row).name() for x in range(image.width())}
    accent = tones_of(page.palette()).accent
    filled = [x for x in range(image.width()) if image.pixelColor(x, row).name() == accent]
    assert accent in line
    assert len(filled) < image.width() * 0.4  # the state took four fifths of the time: most of it is hatched
    assert tasks.stop()


def test_a_lasting_state_grows_and_the_current_row_stays(qtbot):
    page = TimelinePage()
    qtbot.addWidget(page)
    run = make_run("a", status="TRAINING_INITIATED")
    page.show_entries(run, ENTRIES[:2], NOW + 2 * HOUR)
    page.states.setCurrentIndex(page.states.model().index(0, 0))
    page.show_entries(run, ENTRIES[:2], NOW + 3 * HOUR)
    assert page.states.currentIndex().row() == 0
    assert page.states.bars[1].end == NOW + 3 * HOUR
    page.show_entries(replace(run, run_id="b"), (), NOW)
    assert page.states.bars == ()


@pytest.mark.parametrize(("seconds", "words"), [
    (0.4, "0 s"), (59, "59 s"), (59.8, "1 min"), (61, "1 min"), (3590, "1 h"), (7200, "2 h"), (7500, "2 h 5 min"),
    (86_390, "1 d"), (100_000, "1 d 4 h"),
])
def test_a_duration_has_its_two_largest_units(seconds, words):
    assert duration_text(seconds) == words
