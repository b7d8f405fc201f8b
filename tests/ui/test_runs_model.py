"""The table's model: differences only, the selection's rows stay, sorting and filtering in Python."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from segmind_studio.core.runs import Phase
from segmind_studio.ui.runs.table.cells import PERCENT_ROLE
from segmind_studio.ui.runs.table.columns import Column, sort_key
from segmind_studio.ui.runs.table.model import FEW, MOST_SINGLE_ROWS, RunsModel
from segmind_studio.ui.runs.table.row_filter import Filter, groups_of
from tests.fakes.run_services import NOW, make_run, runs_of_all_stages

pytestmark = pytest.mark.usefixtures("qapp")
ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model():
    model = RunsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def ids(model):
    return [model.run_at(row).run_id for row in range(model.rowCount())]


def text(model, run_id, column, role: int = Qt.ItemDataRole.DisplayRole):
    return model.index(model.row_of(run_id), column).data(role)


def spies(model):
    names = ("modelReset", "layoutChanged", "dataChanged", "rowsInserted", "rowsRemoved", "rowsMoved")
    return {name: QSignalSpy(getattr(model, name)) for name in names}


def heard(spies):
    return {name: spy.count() for name, spy in spies.items() if spy.count()}


def aged(*names):
    return [make_run(name, created_at=NOW - n) for n, name in enumerate(names)]


def test_the_newest_run_is_first(model):
    model.replace_all(list(reversed(aged("new", "middle", "old"))))
    assert ids(model) == ["new", "middle", "old"]


def test_a_poll_that_changes_nothing_emits_nothing(model):
    runs = aged("a", "b", "c")
    model.replace_all(runs)
    listening = spies(model)
    model.apply([replace(run) for run in runs])
    model.replace_all([replace(run) for run in runs])
    assert heard(listening) == {}


def test_a_changed_run_tells_its_own_row_only(model):
    runs = aged("a", "b", "c")
    model.replace_all(runs)
    listening = spies(model)
    model.apply([replace(runs[1], status="AVAILABLE")])
    assert heard(listening) == {"dataChanged": 1}
    first, last = listening["dataChanged"].at(0)[:2]
    assert (first.row(), last.row()) == (1, 1)
    assert text(model, "b", Column.STATUS) == "Ready"


def test_a_new_run_is_inserted_and_never_resets(model):
    model.replace_all(aged("a", "b"))
    listening = spies(model)
    model.apply([make_run("newest", created_at=NOW + 5)])
    assert heard(listening) == {"rowsInserted": 1}
    assert ids(model) == ["newest", "a", "b"]


def test_another_account_resets_once(model):
    model.replace_all(aged("a", "b"))
    listening = spies(model)
    model.replace_all(aged("x"))
    assert heard(listening) == {"modelReset": 1}
    assert ids(model) == ["x"]
    assert model.counts[Filter.ALL] == 1


def test_a_list_that_shares_runs_is_taken_by_difference(model):
    runs = aged("a", "b", "c")
    model.replace_all(runs)
    listening = spies(model)
    model.replace_all([runs[0], replace(runs[2], status="AVAILABLE"), make_run("d", created_at=NOW + 1)])
    assert heard(listening) == {"rowsRemoved": 1, "dataChanged": 1, "rowsInserted": 1}
    assert ids(model) == ["d", "a", "c"]
    counts = {which: count for which, count in model.counts.items() if count}
    assert counts == {Filter.ALL: 3, Filter.ACTIVE: 2, Filter.READY: 1}


def test_a_run_moves_when_what_it_is_sorted_by_changes(model):
    model.sort(Column.NAME, ASCENDING)
    model.replace_all(aged("b", "c", "d"))
    kept = QPersistentModelIndex(model.index(2, Column.NAME))
    listening = spies(model)
    model.apply([make_run("d", name="a", created_at=NOW - 2)])
    assert heard(listening) == {"rowsMoved": 1, "dataChanged": 1}
    assert ids(model) == ["d", "b", "c"]
    assert kept.row() == 0


def test_many_moves_are_one_layout_change_that_keeps_the_selected_rows(model):
    count = FEW + 3
    model.sort(Column.CHANGED, DESCENDING)
    model.replace_all([make_run(f"r{n:02}", changed_at=NOW + n) for n in range(count)])
    kept = QPersistentModelIndex(model.index(model.row_of("r00"), Column.NAME))
    listening = spies(model)
    model.apply([make_run(f"r{n:02}", changed_at=NOW + 100 - n) for n in range(count)])
    assert heard(listening) == {"layoutChanged": 1, "dataChanged": 1}  # the first one stays where it is
    assert ids(model) == [f"r{n:02}" for n in range(count)]
    assert kept.data() == "r00"


@pytest.mark.parametrize(("count", "told"), [(MOST_SINGLE_ROWS, MOST_SINGLE_ROWS), (MOST_SINGLE_ROWS + 1, 1)])
def test_changed_rows_are_told_apart_so_that_only_they_are_painted(count, told):
    model = RunsModel()  # without the tester, which looks at every row at each signal
    model.replace_all([make_run(f"r{n:04}") for n in range(count)])
    listening = spies(model)
    model.apply([make_run(f"r{n:04}", status="AVAILABLE") for n in range(count)])
    assert heard(listening) == {"dataChanged": told}


def test_sorting_keeps_persistent_rows_and_pinned_runs_come_first_both_ways(model):
    model.replace_all([make_run("b"), make_run("a", pinned=True), make_run("c")])
    kept = QPersistentModelIndex(model.index(model.row_of("c"), Column.NAME))
    model.sort(Column.NAME, ASCENDING)
    assert ids(model) == ["a", "b", "c"]
    model.sort(Column.NAME, DESCENDING)
    assert ids(model) == ["a", "c", "b"]
    assert kept.data() == "c"


def test_the_filter_chooses_and_counts_tell_all(model):
    model.replace_all(runs_of_all_stages())
    told = QSignalSpy(model.counts_changed)
    model.set_filter(Filter.DECISION)
    assert set(ids(model)) == {"evening-portrait", "stopped-upload"}
    model.set_filter(Filter.FAILED)
    assert set(ids(model)) == {"too-dark", "no-credits"}
    model.set_filter(Filter.READY)
    assert set(ids(model)) == {"anna-v1", "anna-v2", "from-the-console", "long-gone"}
    assert told.count() == 0
    assert model.counts == {
        Filter.ALL: 18, Filter.ACTIVE: 10, Filter.READY: 4, Filter.DECISION: 2, Filter.FAILED: 2,
        Filter.ARCHIVED: 0,
    }


def test_the_search_wants_every_word_anywhere(model):
    model.replace_all([make_run("one", notes="blue light"), make_run("two", notes="blue"), make_run("three")])
    model.set_search("BLUE light")
    assert ids(model) == ["one"]
    model.set_search("tokman")
    assert model.rowCount() == 3
    model.set_search("nothing like it")
    assert model.rowCount() == 0


def test_a_run_that_leaves_the_filter_leaves_the_table_unless_it_is_looked_at(model):
    runs = aged("a", "b")
    model.replace_all(runs)
    model.set_filter(Filter.ACTIVE)
    model.keep(["a"])
    listening = spies(model)
    model.apply([replace(run, status="AVAILABLE") for run in runs])
    assert ids(model) == ["a"]
    assert heard(listening) == {"dataChanged": 1, "rowsRemoved": 1}
    model.keep([])
    assert ids(model) == []
    model.apply([replace(runs[1], status="DEPLOYING")])
    assert ids(model) == ["b"]


def test_upload_progress_tells_one_cell_and_only_whole_percents(model):
    model.replace_all([make_run("up", Phase.UPLOADING), make_run("other")])
    listening = spies(model)
    model.set_progress("up", 430, 1000)
    model.set_progress("up", 434, 1000)
    assert heard(listening) == {"dataChanged": 1}
    first, last = listening["dataChanged"].at(0)[:2]
    assert (first.column(), last.column()) == (Column.STATUS, Column.STATUS)
    assert text(model, "up", Column.STATUS) == "Uploading, 43 %"
    assert text(model, "up", Column.STATUS, PERCENT_ROLE) == 43
    model.set_progress("nobody", 1, 2)
    assert listening["dataChanged"].count() == 1


def test_the_cells_say_what_is_known_and_a_dash_for_the_rest(model):
    model.replace_all(runs_of_all_stages(NOW))
    model.tick(NOW)
    assert text(model, "anna-v2", Column.COST) == "$4.00"
    assert text(model, "anna-v1", Column.COST) == "—"
    assert text(model, "anna-v1", Column.VISIBILITY) == "Public"
    assert text(model, "anna-v2", Column.SETTINGS) == "300 iterations · Full"
    assert text(model, "from-the-console", Column.SETTINGS) == "Not known"
    assert text(model, "from-the-console", Column.DATASET) == "Not known"
    assert text(model, "long-gone", Column.STATUS) == "Not listed"
    assert text(model, "odd-one", Column.STATUS) == "In progress"
    assert text(model, "evening-portrait", Column.STATUS) == "No answer yet"
    assert text(model, "new-face", Column.STARTED) == "40 s ago"
    assert text(model, "anna-v2", Column.PINNED, Qt.ItemDataRole.AccessibleTextRole) == "Pinned"
    assert text(model, "new-face", Column.STARTED, Qt.ItemDataRole.ToolTipRole).count(":") == 2


def test_time_passes_without_touching_rows(model):
    model.replace_all(aged("a", "b"))
    listening = spies(model)
    model.tick(NOW + 3600)
    assert heard(listening) == {"dataChanged": 1}
    assert text(model, "a", Column.STARTED) == "1 h ago"


RUNS = st.builds(
    make_run,
    st.sampled_from([f"r{n}" for n in range(14)]),
    st.sampled_from([Phase.ACCEPTED, Phase.UNKNOWN, Phase.UPLOADING, Phase.REFUSED]),
    name=st.sampled_from(["anna", "Bert", "cleo"]),
    status=st.sampled_from(["", "AVAILABLE", "FAILED", "TRAINING_INITIATED"]),
    pinned=st.booleans(), changed_at=st.sampled_from([NOW, NOW + 1, NOW + 2]),
    created_at=st.sampled_from([NOW, NOW + 1]), live=st.booleans(), public=st.sampled_from([None, True, False]),
)
STEPS = st.one_of(
    st.tuples(st.just("apply"), st.lists(RUNS, max_size=14)),
    st.tuples(st.just("replace"), st.lists(RUNS, max_size=14, unique_by=lambda run: run.run_id)),
    st.tuples(st.just("sort"), st.tuples(st.sampled_from(Column), st.sampled_from([ASCENDING, DESCENDING]))),
    st.tuples(st.just("filter"), st.sampled_from(Filter)),
    st.tuples(st.just("search"), st.sampled_from(["", "anna", "c"])),
)


@settings(max_examples=50)
@given(st.lists(STEPS, max_size=8))
def test_whatever_happens_the_rows_are_the_chosen_runs_in_order(steps):
    model = RunsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    known, column, order, which, search = {}, Column.STARTED, DESCENDING, Filter.ALL, ""
    for name, value in steps:
        watched = [QPersistentModelIndex(model.index(row, 0)) for row in range(model.rowCount())]
        names = ids(model)
        if name == "apply":
            model.apply(value)
            known.update({run.run_id: run for run in value})
        elif name == "replace":
            model.replace_all(value)
            known = {run.run_id: run for run in value}
        elif name == "sort":
            column, order = value
            model.sort(column, order)
        elif name == "filter":
            which = value
            model.set_filter(which)
        else:
            search = value
            model.set_search(search)
        wanted = sorted(
            (run for run in known.values() if which in groups_of(run) and search in run.name.casefold()),
            key=lambda run: sort_key(run, column, descending=order is DESCENDING),
            reverse=order is DESCENDING,
        )
        if search != "c":  # "c" stands in other texts too; the order is checked with the others
            assert ids(model) == [run.run_id for run in wanted]
        assert model.counts[Filter.READY] == sum(Filter.READY in groups_of(run) for run in known.values())
        for index, run_id in zip(watched, names, strict=True):
            assert not index.isValid() or model.run_at(index.row()).run_id == run_id
