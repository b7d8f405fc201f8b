"""The Runs place as a whole: its states, its selection, its filter, and what it says when something fails."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from segmind_studio.clock import monotonic_epoch
from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    HeldBackError,
    StoreError,
    StudioError,
)
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.services.runs.run_values import RunFailure, WatchState
from segmind_studio.services.runs.submission_service import SubmitOutcome, UploadProgress
from segmind_studio.ui.runs.empty_states import PageState
from segmind_studio.ui.runs.table.columns import COLUMNS, Column
from segmind_studio.ui.runs.table.layout import NAME_MINIMUM, TableLayout
from tests.fakes.run_services import make_run, runs_of_all_stages
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import known

OFFLINE = ApiError(ApiProblem.OFFLINE, "Segmind cannot be reached.", "Check the network.", "ConnectError")


def many(count: int = 60):
    now = time.time()
    return tuple(make_run(f"r{n:02}", created_at=now - n * 60, changed_at=now - n * 60) for n in range(count))


def words(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


# -- the middle of the page


def test_before_the_first_list_it_says_that_it_asks(qtbot):
    bench = make_bench(qtbot, watch=WatchState(checking=True))
    assert bench.screen.list.middle.state is PageState.LOADING
    bench.runs.load()
    bench.runs.set_watch(WatchState(checked_at=time.time()))
    assert bench.screen.list.middle.state is PageState.NO_RUNS
    assert not bench.screen.inspector.isVisible()


def test_runs_that_are_already_known_show_before_the_first_answer(qtbot):
    bench = make_bench(qtbot, make_run("a"), watch=WatchState(checking=True))
    assert bench.screen.list.middle.state is PageState.TABLE


def test_an_empty_place_leads_to_the_form_and_the_photos(qtbot):
    bench = make_bench(qtbot)
    bench.runs.load()
    places = []
    bench.screen.go.connect(places.append)
    page = bench.page
    qtbot.mouseClick(known(page.primary_button), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(known(page.other_button), Qt.MouseButton.LeftButton)
    assert places == ["train", "data"]


def test_without_an_account_it_leads_to_the_settings(qtbot):
    bench = make_bench(qtbot, connected=False)
    places = []
    bench.screen.go.connect(places.append)
    assert bench.screen.list.middle.state is PageState.NO_KEY
    qtbot.mouseClick(known(bench.page.primary_button), Qt.MouseButton.LeftButton)
    assert places == ["settings"]


def test_nothing_matches_is_not_no_runs_yet(qtbot):
    bench = make_bench(qtbot, make_run("a"), make_run("b"))
    search = bench.child(QLineEdit, "runs.search")
    qtbot.keyClicks(search, "zebra")
    assert bench.screen.list.middle.state is PageState.NO_MATCH
    assert "No run matches “zebra”." in words(bench.screen.list.middle.currentWidget())
    qtbot.mouseClick(known(bench.page.primary_button), Qt.MouseButton.LeftButton)
    assert search.text() == ""
    assert bench.screen.list.middle.state is PageState.TABLE


# -- the list fails


def test_a_list_that_fails_shows_the_advice_and_check_now(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    bench.runs.set_watch(WatchState(checked_at=time.time(), error=OFFLINE))
    banner = bench.screen.list.list_banner
    assert banner.isVisible()
    assert "Check the network." in words(banner)
    assert bench.screen.list.middle.state is PageState.TABLE
    again = next(button for button in banner.findChildren(QPushButton) if button.text() == "Check now")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert ("check_now",) in bench.runs.asked
    bench.runs.set_watch(WatchState(checked_at=time.time()))
    assert not banner.isVisible()


def test_a_closed_banner_stays_closed_until_it_works_or_fails_otherwise(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    banner = bench.screen.list.list_banner
    bench.runs.set_watch(WatchState(error=OFFLINE))
    banner._close.click()
    bench.runs.set_watch(WatchState(error=ApiError(ApiProblem.OFFLINE, OFFLINE.title)))
    assert not banner.isVisible()
    bench.runs.set_watch(WatchState(error=ApiError(ApiProblem.SERVER, "Segmind has a problem.")))
    assert banner.isVisible()
    bench.runs.set_watch(WatchState(checked_at=time.time()))
    bench.runs.set_watch(WatchState(error=OFFLINE))
    assert banner.isVisible()


def test_without_runs_a_list_that_fails_does_not_say_that_there_are_none(qtbot):
    bench = make_bench(qtbot, watch=WatchState(error=OFFLINE))
    assert bench.screen.list.middle.state is PageState.FAILED
    assert bench.screen.list.list_banner.isVisible()
    qtbot.mouseClick(known(bench.page.primary_button), Qt.MouseButton.LeftButton)
    assert bench.runs.asked == [("check_now",)]


LOCKED = StoreError("“studio.sqlite3” could not be used.", "Close the other program.")


def test_rows_that_cannot_be_read_are_not_called_none(qtbot):
    bench = make_bench(qtbot, watch=WatchState(error=LOCKED, unread=True))
    middle = bench.screen.list.middle
    assert middle.state is PageState.UNREAD
    said = " ".join(words(middle.currentWidget()))
    assert "could not be read" in said
    assert "none" not in said
    assert "Close the other program." in words(bench.screen.list.list_banner)
    qtbot.mouseClick(known(bench.page.primary_button), Qt.MouseButton.LeftButton)
    assert bench.runs.asked == [("check_now",)]


def test_only_the_service_is_said_to_have_said_something(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    banner = bench.screen.list.error_banner
    bench.runs.failed.emit(RunFailure("a", StoreError("No disk.", "Free some.", "ENOSPC")))
    assert (banner._unfold.isVisible(), banner._unfold.text()) == (True, "Details")
    bench.runs.failed.emit(RunFailure("a", ApiError(ApiProblem.SERVER, "It has a problem.", detail="oops")))
    assert banner._unfold.text() == "Message from the service"


# -- what was asked for fails


@pytest.mark.parametrize("source", ["runs", "downloads"])
def test_a_failure_names_its_run(qtbot, source):
    bench = make_bench(qtbot, make_run("a", name="anna"))
    getattr(bench, source).failed.emit(RunFailure("a", StudioError("No disk.", "Free some.", "ENOSPC")))
    banner = bench.screen.list.error_banner
    assert banner.isVisible()
    assert banner._title.text() == "“anna”: No disk."
    assert "ENOSPC" in banner.diagnosis()


def test_a_submission_that_fails_is_told_and_a_cancelled_one_is_not(qtbot):
    run = make_run("a", Phase.UPLOADING, live=False)
    bench = make_bench(qtbot, run)
    bench.submits.finished.emit(SubmitOutcome(run, CancelledError()))
    bench.submits.finished.emit(SubmitOutcome(run, None))
    assert not bench.screen.list.error_banner.isVisible()
    bench.submits.finished.emit(SubmitOutcome(run, StudioError("The upload stopped.")))
    assert bench.screen.list.error_banner.isVisible()
    bench.runs.load(make_run("of-another-account"))
    assert not bench.screen.list.error_banner.isVisible()


@pytest.mark.parametrize("later", [
    None, CancelledError(), ApiError(ApiProblem.SERVER, "It has a problem.", may_have_arrived=True),
])
def test_what_an_earlier_run_was_told_goes_with_the_next_outcome(qtbot, later):
    run = make_run("a", Phase.REFUSED, live=False)
    bench = make_bench(qtbot, run)
    banner = bench.screen.list.error_banner
    bench.submits.finished.emit(SubmitOutcome(run, ApiError(ApiProblem.BAD_REQUEST, "Not accepted.")))
    bench.submits.finished.emit(SubmitOutcome(run, HeldBackError("Not sent.")))
    assert banner.isVisible()
    bench.submits.finished.emit(SubmitOutcome(make_run("b", Phase.UNKNOWN, live=False), later))
    assert not banner.isVisible()


def test_the_outcome_of_a_submission_takes_no_other_news_away(qtbot):
    run = make_run("a", Phase.REFUSED, live=False)
    bench = make_bench(qtbot, run)
    bench.submits.finished.emit(SubmitOutcome(run, StudioError("The upload stopped.")))
    bench.downloads.failed.emit(RunFailure("a", StudioError("No disk.")))
    bench.submits.finished.emit(SubmitOutcome(run, None))
    assert bench.screen.list.error_banner.isVisible()


def test_an_order_that_is_not_taken_is_told(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    bench.submits.refused.emit(StudioError("There is no connection yet."))
    assert bench.screen.list.error_banner._title.text() == "There is no connection yet."


# -- filter, search, order


def test_the_chips_count_and_follow(qtbot):
    bench = make_bench(qtbot, *runs_of_all_stages(time.time()))
    chip = bench.child(QPushButton, "runs.filter.decision")
    assert chip.accessibleName() == "Needs a decision, 2"
    bench.runs.put(make_run("evening-portrait", Phase.ADOPTED, status="REQUESTED"))
    assert chip.accessibleName() == "Needs a decision, 1"


def test_find_goes_to_the_search_and_return_to_the_table(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    search = bench.child(QLineEdit, "runs.search")
    bench.screen.activateWindow()
    bench.screen.commands.find.trigger()
    qtbot.waitUntil(search.hasFocus)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(bench.screen.list.table.hasFocus)


def test_columns_order_and_filter_come_back(qtbot):
    layout = TableLayout(sort_column=Column.NAME, descending=False, hidden=frozenset({Column.COST}))
    settings = Settings(run_columns=layout.to_text(), run_filter="failed")
    bench = make_bench(qtbot, *runs_of_all_stages(time.time()), settings=settings)
    assert bench.shown == ["no-credits", "too-dark"]
    assert bench.screen.list.table.isColumnHidden(Column.COST)
    bench.screen.list.table.sortByColumn(Column.STATUS, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: bench.settings.value.run_columns != settings.run_columns)
    kept = TableLayout.from_text(bench.settings.value.run_columns)
    assert (kept.sort_column, kept.descending, kept.hidden) == (Column.STATUS, True, frozenset({Column.COST}))


def test_what_a_person_rearranges_is_told_a_moment_after_the_last_change(qtbot):
    table = make_bench(qtbot, make_run("a")).screen.list.table
    header = table.horizontalHeader()
    for change in (
        lambda: header.resizeSection(Column.STATUS, 123), lambda: header.moveSection(4, 5),
        lambda: table.sortByColumn(Column.STATUS, Qt.SortOrder.DescendingOrder),
    ):
        table._later.stop()
        change()
        assert table._later.isActive()
        assert table._later.interval() == 300


def test_a_narrow_table_leaves_out_what_matters_least(qtbot):
    bench = make_bench(qtbot, make_run("a", tags=("final",)))
    table = bench.screen.list.table
    bench.screen.resize(2200, 700)
    usual = [column for column in Column if COLUMNS[column].usual and column is not Column.ACCOUNT]  # there is one
    qtbot.waitUntil(lambda: not any(table.isColumnHidden(column) for column in usual))
    bench.screen.resize(950, 700)
    qtbot.waitUntil(lambda: table.isColumnHidden(Column.CHANGED))
    assert not table.isColumnHidden(Column.STATUS)
    assert not table.isColumnHidden(Column.NAME)
    assert table.columnWidth(Column.NAME) >= NAME_MINIMUM
    table.show_column(Column.CHANGED, visible=True)
    assert not table.isColumnHidden(Column.CHANGED)


# -- progress and time


def test_the_headline_turns_when_the_strip_does_and_waits_for_no_tick_of_the_page(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    bench.runs.set_watch(WatchState(checked_at=monotonic_epoch() - 4.8))  # the page itself ticks each five seconds
    with qtbot.waitSignal(bench.screen.list.headline.turned, timeout=2000):
        pass
    assert bench.screen.list.headline.shown_text == "Updated 5 s ago"


def test_an_upload_moves_the_row_and_the_inspector(qtbot):
    bench = make_bench(qtbot, make_run("up", Phase.UPLOADING))
    bench.submits.progress.emit(UploadProgress("up", 4_300, 10_000))
    assert bench.screen.list.model.percent("up") == 43
    assert bench.screen.inspector._chip.text == "Uploading, 43 %"


def test_the_headline_says_when_it_was_and_when_it_will_be(qtbot, stopped_clock):
    bench = make_bench(qtbot, make_run("a"))
    now = time.time()
    bench.runs.set_watch(WatchState(checked_at=now - 12.5, next_at=now + 30.9))
    assert bench.screen.list.headline.shown_text == "Updated 10 s ago · next check in 30 s"
    headline, checks = bench.screen.list.headline, bench.runs.asked.count(("check_now",))
    bench.runs.set_watch(WatchState(checking=True, checked_at=now - 12))
    assert headline.shown_text == "Updated 10 s ago · next check in 30 s"  # it may be over at once
    headline.button.click()
    assert bench.runs.asked.count(("check_now",)) == checks  # being asked, it is not asked again
    qtbot.waitUntil(lambda: headline.shown_text == "Checking…")
    assert not headline.button.isEnabled()
    bench.runs.set_watch(WatchState(checked_at=now - 200))
    assert bench.screen.list.headline.shown_text == "Updated 3 min ago"
    assert bench.screen.list.headline.button.isEnabled()


def test_a_short_check_of_a_known_list_paints_nothing(qtbot, stopped_clock):
    bench = make_bench(qtbot, make_run("a"))
    headline, now = bench.screen.list.headline, time.time()
    bench.runs.set_watch(WatchState(checked_at=now - 2))
    spies = [QSignalSpy(bench.screen.commands.check.changed), QSignalSpy(headline.turned)]
    bench.runs.set_watch(WatchState(checking=True, checked_at=now - 2))
    bench.runs.set_watch(WatchState(checked_at=now))
    assert headline.shown_text == "Updated just now"
    assert [spy.count() for spy in spies] == [0, 0]


def test_the_first_check_and_one_after_an_error_are_shown_at_once(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    bench.runs.set_watch(WatchState(checking=True))
    assert bench.screen.list.headline.shown_text == "Checking…"
    bench.runs.set_watch(WatchState(checked_at=monotonic_epoch(), error=StudioError("No network.")))
    bench.runs.set_watch(WatchState(checking=True, checked_at=monotonic_epoch(), error=StudioError("No network.")))
    assert bench.screen.list.headline.shown_text == "Checking…"


def test_the_clock_stands_still_while_nobody_looks(qtbot):
    bench = make_bench(qtbot, make_run("a"), show=False)
    assert not bench.screen._clock.running
    bench.screen.show()
    assert bench.screen._clock.running
    bench.screen.hide()
    assert not bench.screen._clock.running
    bench.runs.put(make_run("b"))
    assert not bench.screen._clock.running


# -- the place


def test_every_command_is_in_a_menu_and_has_words(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    actions = bench.screen.menu_actions()
    assert {menu for menu, _ in actions} == {"edit", "run", "view"}
    in_menus = {id(action) for _, action in actions}
    commands = bench.screen.commands
    elsewhere = {commands.back_to_form, commands.open_settings, commands.export_zip, commands.try_models}
    for action in vars(commands).values():
        if isinstance(action, QAction) and action not in elsewhere:  # in the menus as another command
            assert id(action) in in_menus, action.text()
            assert action.text()


def test_every_control_has_a_name(qtbot):
    bench = make_bench(qtbot, *runs_of_all_stages(time.time()))
    for run in bench.runs.runs:
        bench.screen.select(run.run_id)
        for button in bench.screen.findChildren(QPushButton):
            assert button.accessibleName() or button.text(), button
    for edit in bench.screen.findChildren(QLineEdit):
        assert edit.accessibleName()
    assert bench.screen.list.table.accessibleName()


def test_it_is_a_place(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    assert (bench.screen.place_id, bench.screen.title, bench.screen.icon_name) == ("runs", "Runs", "activity")
    bench.screen.activateWindow()
    bench.screen.activated()
    qtbot.waitUntil(bench.screen.list.table.hasFocus)
