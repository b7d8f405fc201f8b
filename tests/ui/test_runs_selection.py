"""Which run is selected in the Runs place, and that changes leave it so."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget

from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
)
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.ui.runs.inspector.facts import FactsGrid
from segmind_studio.ui.runs.table.columns import Column
from segmind_studio.ui.runs.table.row_filter import Filter
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import child, known

OFFLINE = ApiError(ApiProblem.OFFLINE, "Segmind cannot be reached.", "Check the network.", "ConnectError")


def many(count: int = 60):
    now = time.time()
    return tuple(make_run(f"r{n:02}", created_at=now - n * 60, changed_at=now - n * 60) for n in range(count))


def words(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


def test_the_first_run_is_selected_and_shown(qtbot):
    bench = make_bench(qtbot)
    bench.runs.load(*many(3))
    assert bench.selected == ("r00",)
    assert not bench.screen.inspector.is_whole  # its pages are made for it, piece by piece
    qtbot.waitUntil(lambda: bench.screen.inspector.run is not None)
    assert known(bench.screen.inspector.run).run_id == "r00"
    assert ("load_timeline", "r00") in bench.runs.asked


def test_very_many_other_runs_are_there_when_the_hidden_place_is_shown(qtbot):
    bench = make_bench(qtbot, *many(3))
    bench.screen.hide()
    bench.runs.load(*many(1_000))
    assert len(bench.shown) == 3, "in a turn of their own"
    bench.screen.show()
    assert len(bench.shown) == 1_000
    bench.screen.hide()
    bench.runs.load(*many(1_001))
    bench.screen.select("r1000")
    assert bench.selected == ("r1000",)


def test_while_another_place_is_shown_the_inspector_follows_in_a_turn_of_its_own(qtbot):
    bench, window = make_bench(qtbot), QStackedWidget()
    qtbot.addWidget(window)
    window.addWidget(QLabel())
    window.addWidget(bench.screen)
    window.show()
    bench.runs.load(*many(3))
    assert (bench.selected, bench.screen.inspector.run) == (("r00",), None)
    qtbot.waitUntil(lambda: bench.screen.inspector.run is not None)
    assert known(bench.screen.inspector.run).run_id == "r00"
    bench.screen.setParent(None)  # it ends by itself


def test_a_poll_keeps_selection_sort_and_scroll(qtbot):
    runs = many()
    bench = make_bench(qtbot, *runs)
    table = bench.screen.list.table
    table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    bench.screen.select("r30")
    scroll = table.verticalScrollBar().value()
    assert scroll > 0
    bench.runs.put(*(replace(run, status="AVAILABLE") for run in runs[10:50]))
    bench.runs.put(make_run("r45x", name="r45x", created_at=time.time()))
    assert bench.selected == ("r30",)
    assert table.verticalScrollBar().value() == scroll
    assert bench.shown == sorted(bench.shown, reverse=True)
    assert known(bench.screen.inspector.run).ready


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
def test_a_run_is_selected_whatever_key_is_held(qtbot, held):
    bench = make_bench(qtbot, *many(3))
    QTest.keyPress(bench.screen, Qt.Key.Key_F12, held)
    assert QGuiApplication.keyboardModifiers() == held
    for run_id in ("r02", "r02", "r01"):
        bench.screen.select(run_id)
        assert bench.selected == (run_id,)
    bench.runs.load(make_run("other"))
    assert bench.selected == ("other",)
    QTest.keyRelease(bench.screen, Qt.Key.Key_F12)


def test_select_shows_a_run_that_the_filter_hides(qtbot):
    kept = Settings(run_filter="active")
    bench = make_bench(qtbot, make_run("a"), make_run("b", status="AVAILABLE"), settings=kept)
    assert bench.shown == ["a"]
    bench.screen.select("b")
    assert bench.selected == ("b",)
    assert bench.screen.list.filter_bar.chosen is Filter.ALL


def test_select_waits_for_a_run_that_is_not_there_yet(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    bench.screen.select("new")
    assert bench.selected == ("a",)
    bench.runs.put(make_run("new", Phase.PREPARED))
    assert bench.selected == ("new",)


def test_a_run_that_is_known_and_not_told_yet_is_selected_once_it_is(qtbot):
    """The service tells news in turn, so it may know a run before the table does."""
    bench = make_bench(qtbot, make_run("a"))
    run = make_run("new", Phase.PREPARED)
    with QSignalBlocker(bench.runs):
        bench.runs.put(run)
    bench.screen.select("new")
    bench.runs.changed.emit((run,))
    assert bench.selected == ("new",)


def test_the_very_first_run_gets_the_keyboard_wherever_that_went_meanwhile(qtbot):
    bench = make_bench(qtbot)
    bench.screen.activateWindow()
    qtbot.waitUntil(bench.screen.isActiveWindow)
    check = bench.child(QPushButton, "runs.check")
    check.setFocus()
    bench.screen.select("new")
    check.setEnabled(False)  # while the list is asked for, and Qt hands the keyboard on
    bench.runs.put(make_run("new", Phase.PREPARED))
    assert bench.screen.focusWidget() is bench.screen.list.table


def test_a_filter_keeps_the_selected_run_when_it_is_still_there(qtbot):
    bench = make_bench(qtbot, make_run("c"), make_run("b"), make_run("a", status="AVAILABLE"))
    bench.screen.select("b")
    qtbot.mouseClick(bench.child(QPushButton, "runs.filter.active"), Qt.MouseButton.LeftButton)
    assert bench.shown == ["c", "b"]
    assert bench.selected == ("b",)
    assert bench.settings.value.run_filter == "active"


def test_the_run_one_looks_at_stays_until_another_is_chosen(qtbot):
    bench = make_bench(qtbot, make_run("a"), make_run("b"), settings=Settings(run_filter="active"))
    bench.screen.select("a")
    qtbot.waitUntil(lambda: bench.screen.list.model._choice.kept == {"a"})
    bench.runs.put(make_run("a", status="AVAILABLE"))
    assert set(bench.shown) == {"a", "b"}
    assert known(bench.screen.inspector.run).ready
    bench.screen.list.table.select_run("b")
    qtbot.waitUntil(lambda: bench.shown == ["b"])


def test_two_to_five_runs_can_be_compared(qtbot):
    bench = make_bench(qtbot, *many(8))
    table = bench.screen.list.table
    flags = QItemSelectionModel.SelectionFlag
    stack = bench.screen.inspector._stack
    for row in range(1, 8):
        table.selectionModel().select(bench.screen.list.model.index(row, 0), flags.Select | flags.Rows)
        comparing = stack.currentWidget() is bench.screen.inspector.several
        assert comparing is (row + 1 <= 5)
    assert bench.screen.inspector.run is None


def test_what_runs_cost_in_practice_is_said_in_short(qtbot):
    bench = make_bench(qtbot, *(
        make_run(name, account_id="practice", credits_before=20.0, credits_after=after)
        for name, after in (("a", 18.0), ("b", 14.0))
    ))
    bench.screen.list.table.select_runs(("a", "b"))
    grid = child(bench.screen.inspector.several, FactsGrid)
    cost = next(fact for fact in grid.facts if fact.label == "Cost")
    assert (sorted(cost.value.split(" · ")), "simulated" in cost.note) == (["$2.00", "$6.00"], True)


def test_the_run_of_the_last_session_is_selected_again_and_the_newest_where_it_is_gone(qtbot):
    bench = make_bench(qtbot, make_run("c"), make_run("b"), make_run("a"), settings=Settings(run_id="b"))
    assert bench.selected == ("b",)
    bench.screen.select("a")
    assert bench.settings.value.run_id == "a"
    gone = make_bench(qtbot, make_run("c"), make_run("b"), settings=Settings(run_id="a"))
    assert gone.selected == ("c",)
