"""The pure parts of the Runs place: words for every state, groups, columns, and what stands in the middle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import STATUS_ORDER, Phase, Stage
from segmind_studio.formats import clock_text
from segmind_studio.resources import resource
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.send_again import Patience
from segmind_studio.ui.runs.empty_states import PageState, page_state
from segmind_studio.ui.runs.refresh_timer import HOURS_TICK_MS, MINUTES_TICK_MS, SECONDS_TICK_MS, tick_for
from segmind_studio.ui.runs.run_list import updated_text
from segmind_studio.ui.runs.stages import happening, look_of, status_word, to_do
from segmind_studio.ui.runs.table.columns import COLUMNS, Column, sort_key
from segmind_studio.ui.runs.table.layout import NAME_MINIMUM, TableLayout
from segmind_studio.ui.runs.table.row_filter import Filter, groups_of
from segmind_studio.ui.runs.values import (
    cost_source,
    cost_text,
    dataset_text,
    in_text,
    next_check_text,
    patience_text,
    requested_wait_text,
    settings_text,
    short_cost_text,
    times_text,
    visibility_text,
)
from segmind_studio.ui.theme.tokens import LIGHT
from tests.fakes.run_services import NOW, make_run, runs_of_all_stages


@pytest.mark.parametrize("phase", [Phase.UPLOADING, Phase.SENDING])
def test_practice_does_not_speak_of_paying(phase):
    run = make_run(phase=phase, live=True)
    paid, free = (happening(replace(run, account_id=account)) for account in ("real", PRACTICE_ACCOUNT_ID))
    assert "paid" in paid
    assert "paid" not in free


def test_a_reported_state_is_named_beside_what_the_list_says():
    run = make_run(status="TRAINING_INITIATED")
    reported = replace(run, reported="AVAILABLE")
    assert status_word(reported) == "Ready, reported"
    assert "does not confirm" in happening(reported)
    assert "Training" in happening(reported)
    assert status_word(replace(run, reported="WARMING")) == "WARMING, reported"
    assert look_of(reported) == look_of(run)
    assert groups_of(reported) == groups_of(run)
    assert sort_key(reported, Column.STATUS, descending=True) == sort_key(run, Column.STATUS, descending=True)


RUNS = st.builds(
    make_run, st.just("r"), st.sampled_from(Phase),
    status=st.sampled_from([*STATUS_ORDER, "", "DEPLOYING", "FAILED", "NEW_WORD"]),
    error=st.sampled_from(["", "No."]),
    live=st.booleans(), vanished=st.booleans(), sent_at=st.sampled_from([None, NOW]),
    public=st.sampled_from([None, True, False]), made_here=st.booleans(), manifest=st.sampled_from(["", "[]"]),
    body=st.sampled_from([{}, {"iterations": 5}, {"advance_parameters": {"iterations": True}},
                          {"advance_parameters": {"iterations": 300, "finetune_type": "NEW"}}]),
    credits_before=st.sampled_from([None, 5.0]), credits_after=st.sampled_from([None, 1.0]),
)


@given(RUNS)
def test_every_run_has_words_and_an_icon(run):
    assert happening(run)
    assert to_do(run)
    assert status_word(run, 3)
    look = look_of(run)
    assert resource("icons", f"{look.icon}.svg").is_file()
    assert hasattr(LIGHT, look.tone)
    for text in (settings_text(run), dataset_text(run), cost_text(run), visibility_text(run)):
        assert text


@pytest.mark.parametrize(("account", "cost", "text"), [
    ("real", 4.0, "$4.00"), ("real", None, "—"), ("practice", 4.0, "Free (practice; $4.00 simulated)"),
    ("practice", None, "Free (practice)"),
])
def test_what_practice_pretends_is_never_told_as_a_cost(account, cost, text):
    run = make_run(account_id=account, credits_before=cost, credits_after=None if cost is None else 0.0)
    assert cost_text(run) == text
    assert ("Free" in short_cost_text(run)) == (account == "practice")
    assert ("Measured" in cost_source(run)) == (account == "real" and cost is not None)


@given(st.lists(RUNS, min_size=2, max_size=5), st.sampled_from(Column), st.booleans())
def test_any_runs_can_be_ordered_by_any_column(runs, column, descending):
    runs = [replace(run, run_id=str(n)) for n, run in enumerate(runs)]
    keys = {sort_key(run, column, descending=descending) for run in runs}
    assert len(sorted(keys)) == len(runs)


@given(RUNS)
def test_the_active_group_is_what_the_core_calls_active(run):
    assert (Filter.ACTIVE in groups_of(run)) is run.active
    assert (Filter.READY in groups_of(run)) is run.ready


def test_no_two_stages_look_and_read_the_same():
    runs = runs_of_all_stages()
    assert {run.stage for run in runs} == set(Stage)
    assert len({(look_of(run), status_word(run)) for run in runs}) == len({status_word(run) for run in runs})


def test_only_a_run_that_waits_says_that_nothing_was_paid():
    stopped = make_run(phase=Phase.UPLOADED, live=False, sent_at=None)
    assert "Nothing was paid" in happening(stopped)
    refused = make_run(phase=Phase.UNKNOWN, live=False, error="Too many requests.")  # said to a second request
    assert "It may have started a run. Sending it again failed:" in happening(refused)
    assert "paid" not in happening(make_run(phase=Phase.UNKNOWN))


def test_the_percentage_is_only_of_the_upload():
    assert status_word(make_run(phase=Phase.UPLOADING), 43) == "Uploading, 43 %"
    assert status_word(make_run(phase=Phase.UPLOADED), 100) == "Uploading"
    assert status_word(make_run(status="TRAINING_INITIATED"), 43) == "Training"


def test_a_public_zip_is_told_from_a_dataset_of_ones_own():
    zipped = make_run(dataset_name="", manifest="")
    assert dataset_text(zipped) == "Public zip"
    assert dataset_text(replace(zipped, made_here=False)) == "Not known"
    assert dataset_text(make_run()) == "Holiday"


# -- columns


def test_every_column_has_its_own_heading():
    assert len({str(COLUMNS[column].heading) for column in Column}) == len(Column) == len(COLUMNS)


@given(st.integers(0, 3000))
def test_columns_make_room_for_the_name(room):
    layout = TableLayout()
    shown = layout.columns_for(room)
    assert {Column.STATUS, Column.NAME} <= shown
    others = sum(layout.widths[column] for column in shown - {Column.NAME})
    assert others + NAME_MINIMUM <= room or shown == {Column.STATUS, Column.NAME}


def test_the_persons_own_choice_of_columns_holds():
    layout = TableLayout(hidden=frozenset({Column.COST}), shown=frozenset({Column.CHANGED}))
    assert Column.CHANGED in layout.columns_for(400)
    assert Column.COST not in layout.columns_for(3000)


def test_who_lists_all_accounts_sees_which_one_it_is_also_in_a_narrow_window():
    narrow = 420  # what the table has in a window of 1024 pixels
    layout = TableLayout()
    assert layout.columns_for(narrow, tagged=False, accounts=True) == {Column.STATUS, Column.NAME, Column.ACCOUNT}
    assert Column.ACCOUNT not in layout.columns_for(narrow, tagged=False)


LAYOUTS = st.builds(
    TableLayout,
    widths=st.tuples(*(st.integers(32, 1200) for _ in Column)), order=st.permutations(list(Column)).map(tuple),
    hidden=st.frozensets(st.sampled_from([c for c in Column if c not in {Column.STATUS, Column.NAME}])),
    shown=st.frozensets(st.sampled_from(Column)), sort_column=st.sampled_from(Column), descending=st.booleans(),
)


@given(LAYOUTS)
def test_a_layout_comes_back_as_it_was(layout):
    assert TableLayout.from_text(layout.to_text()) == layout


@given(st.one_of(st.text(), st.sampled_from([
    "[]", "{}", '{"widths": 3, "order": ["NAME"], "hidden": ["NAME", 4], "shown": null, "sort": []}',
    '{"widths": [1e9, true, "x", 1, 2, 3, 4, 5, 6], "sort": "NOPE", "descending": 7}', "[" * 5000,
])))
def test_any_text_gives_a_layout(text):
    layout = TableLayout.from_text(text)
    assert len(layout.widths) == len(Column)
    assert all(32 <= width <= 1200 for width in layout.widths)
    assert sorted(layout.order) == list(Column)
    assert not layout.hidden & {Column.STATUS, Column.NAME}


@given(st.text())
def test_any_kept_filter_is_a_filter(text):
    assert Filter.of(text) in Filter
    assert Filter.of("decision") is Filter.DECISION


# -- the middle, the head line, the clock


@pytest.mark.parametrize(("facts", "state"), [
    ({"shown": 1, "total": 1}, PageState.TABLE),
    ({"total": 1}, PageState.NO_MATCH),
    ({"connected": False}, PageState.NO_KEY),
    ({"connected": False, "total": 1, "shown": 1}, PageState.TABLE),
    ({"watch": WatchState(error=StudioError("No."))}, PageState.FAILED),
    ({"loaded": False}, PageState.LOADING),
    ({"watch": WatchState()}, PageState.LOADING),
    ({}, PageState.NO_RUNS),
])
def test_the_middle_shows_the_table_or_why_there_is_none(facts, state):
    usual = {"loaded": True, "connected": True, "total": 0, "shown": 0, "watch": WatchState(checked_at=NOW)}
    assert page_state(**{**usual, **facts}) is state


@pytest.mark.parametrize(("ahead", "words"), [
    (-1, ""), (3, "in a moment"), (12.9, "in 10 s"), (59, "in 55 s"), (61, "in 1 min"), (290, "in 5 min"),
])
def test_the_next_check_is_told_in_words(ahead, words):
    assert next_check_text(WatchState(next_at=NOW + ahead), NOW) == words


@pytest.mark.parametrize(("wait", "words"), [(3, "in 3 s"), (89 * 60, "in 89 min"), (23.2 * 3600, "in 23 h")])
def test_a_wait_in_words(wait, words):
    assert in_text(wait) == words


@pytest.mark.parametrize(("left", "looks", "words"), [
    (100.2, 2, "You can send it again in about 2 min, after 2 more checks."),
    (59.1, 1, "You can send it again in about 1 min, after 1 more check."),
    (41.5, 0, "You can send it again in 42 s."),
    (-9, 3, "You can send it again after 3 more checks."),
    (0, 0, ""),
])
def test_what_is_to_come_before_sending_again(left, looks, words):
    assert patience_text(Patience(NOW + left, looks), NOW) == words


def test_how_often_in_words():
    assert [times_text(count) for count in (1, 2, 3, 41)] == ["once", "twice", "3 times", "41 times"]


def test_the_quiet_that_the_service_wants_in_words():
    watch = WatchState(quiet_until=NOW + 3599.5)
    text = requested_wait_text(watch, NOW)
    assert text == f"The service asks to wait until {clock_text(NOW + 3600)} (in 60 min)."
    near = requested_wait_text(watch, NOW + 3590)
    assert near == f"The service asks to wait until {clock_text(NOW + 3600, seconds=True)} (in 10 s)."
    assert requested_wait_text(watch, NOW + 3600) == ""
    assert requested_wait_text(WatchState(), NOW) == ""


def test_nothing_is_told_of_checks_that_were_not_or_are_under_way():
    assert updated_text(WatchState(), "") == ""
    assert updated_text(WatchState(checking=True, checked_at=NOW), "just now") == "Checking…"
    assert next_check_text(WatchState(), NOW) == ""
    assert next_check_text(WatchState(checking=True, next_at=NOW + 9), NOW) == ""


@pytest.mark.parametrize(("distances", "wanted"), [
    ((), HOURS_TICK_MS), ((3,), SECONDS_TICK_MS), ((-30,), SECONDS_TICK_MS), ((61, 4000), MINUTES_TICK_MS),
    ((3600,), HOURS_TICK_MS), ((90_000, 59), SECONDS_TICK_MS),
])
def test_the_clock_is_no_faster_than_its_words(distances, wanted):
    assert tick_for(*distances) == wanted
