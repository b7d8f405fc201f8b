"""Columns, saved views, tags, colours and the archive of the Runs place, and what is done with many runs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QLabel, QRadioButton, QWidget

from segmind_studio.core.label_colours import RunColour
from segmind_studio.core.runs import Phase, Stage
from segmind_studio.core.settings import Settings
from segmind_studio.core.usual_times import UsualTimes
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.ui.runs.handlers import ConfirmDialog
from segmind_studio.ui.runs.labels_dialog import LabelsDialog
from segmind_studio.ui.runs.stages import LATE_LOOK
from segmind_studio.ui.runs.table.cells import LOOK_ROLE
from segmind_studio.ui.runs.table.columns import Column
from segmind_studio.ui.runs.table.columns_dialog import ColumnsDialog
from segmind_studio.ui.runs.table.layout import TableLayout
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.runs.table.row_filter import Filter
from segmind_studio.ui.theme.tokens import DARK, LIGHT, label_colour, tones_of
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import child, known

READY: dict[str, Any] = {"status": "AVAILABLE", "service_id": "s"}


def offers(bench):
    seen: list[tuple[str, QAction]] = []
    bench.screen.offer.connect(lambda text, action: seen.append((text, action)))
    return seen


def select(bench, *run_ids):
    assert bench.screen.list.table.select_runs(run_ids)


def named(bench, name):
    dialog = next(found for found in bench.screen.findChildren(QInputDialog) if found.isVisible())
    dialog.setTextValue(name)
    dialog.accept()


def views(bench):
    bench.screen.list.views.menu.aboutToShow.emit()
    return {
        action.text(): action for action in bench.screen.list.views.menu.actions()
        if action.isCheckable()
    }


# -- columns


def test_columns_are_chosen_ordered_and_reset_by_keyboard(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    bench.screen.resize(2400, 700)
    table = bench.screen.list.table
    bench.screen.commands.columns.trigger()
    dialog = child(bench.screen, ColumnsDialog, "runs.columns")
    place = [column for column, _on in dialog.columns].index(Column.TRIGGER)
    dialog.list.setCurrentRow(place)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert not table.isColumnHidden(Column.TRIGGER)
    for _turn in range(place):
        dialog.up.click()
    assert dialog.columns[0] == (Column.TRIGGER, True)
    assert not dialog.up.isEnabled()
    assert table.horizontalHeader().visualIndex(Column.TRIGGER) == 0
    kept = TableLayout.from_text(bench.settings.value.run_columns)
    assert (kept.order[0], kept.shown) == (Column.TRIGGER, frozenset({Column.TRIGGER}))
    again = make_bench(qtbot, make_run("a"), settings=bench.settings.value)
    assert again.screen.list.table.horizontalHeader().visualIndex(Column.TRIGGER) == 0
    dialog.reset.click()
    assert table.isColumnHidden(Column.TRIGGER)
    assert table.table_layout().same_view(TableLayout())


def test_an_arrangement_of_an_older_version_gets_the_new_columns_at_their_place():
    old = '{"widths": [100, 200], "order": ["NAME", "STATUS", "DATASET", "PINNED"], "hidden": ["STATUS", "COST"]}'
    layout = TableLayout.from_text(old)
    assert sorted(layout.order) == list(Column)
    assert layout.order[:5] == (Column.NAME, Column.ACCOUNT, Column.TAGS, Column.STATUS, Column.DATASET)
    assert layout.widths[:2] == (100, 200)
    assert layout.widths[2:] == TableLayout().widths[2:]
    assert layout.hidden == {Column.COST}
    assert not layout.wants(Column.TRIGGER)


# -- views


def test_a_view_brings_filter_search_columns_and_sorting_back(qtbot):
    bench = make_bench(qtbot, make_run("a", **READY, tags=("x",)), make_run("b", **READY), make_run("c"))
    page = bench.screen.list
    page.filter_bar.chips[Filter.READY].click()
    page.filter_bar.search.setText("tag:x")
    page.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
    bench.screen.commands.save_view.trigger()
    named(bench, " Only   x ")
    assert not bench.screen.commands.save_view.isEnabled()
    page.filter_bar.search.setText("")
    page.filter_bar.chips[Filter.ALL].click()
    page.table.sortByColumn(Column.STARTED, Qt.SortOrder.DescendingOrder)
    assert not views(bench)["Only x"].isChecked()
    again = make_bench(qtbot, *bench.runs.runs, settings=bench.settings.value)
    views(again)["Only x"].trigger()
    assert (again.shown, again.screen.list.filter_bar.chosen) == (["a"], Filter.READY)
    assert again.screen.list.table.table_layout().sort_column is Column.NAME
    assert views(again)["Only x"].isChecked()
    third = make_bench(qtbot, *bench.runs.runs, settings=again.settings.value)
    assert third.shown == ["a"]  # what is shown is restored at the next start


def test_views_are_renamed_and_deleted_and_a_deletion_is_undone(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    said = offers(bench)
    bench.screen.commands.save_view.trigger()
    named(bench, "Mine")
    bench.screen.commands.rename_view.trigger()
    named(bench, "Yours")
    assert list(views(bench)) == ["Yours"]
    bench.screen.commands.delete_view.trigger()
    assert list(views(bench)) == []
    said[-1][1].trigger()
    assert list(views(bench)) == ["Yours"]


def test_a_search_with_an_error_is_marked_and_the_rows_stay(qtbot):
    bench = make_bench(qtbot, make_run("a"), make_run("b"))
    bar = bench.screen.list.filter_bar
    bar.search.setText("name:a")
    bar.search.setText("name:a is:nothing")
    assert bench.shown == ["a"]
    assert known(bar.search.error).start == len("name:a is:")
    assert bar.problem.isVisible()
    bar.search.setText("name:b")
    assert (bench.shown, bar.problem.isVisible(), bench.settings.value.run_query) == (["b"], False, "name:b")


# -- the archive


def test_archived_runs_are_hidden_counted_found_and_brought_back(qtbot):
    runs = [make_run(name, created_at=9.0 - place, **READY) for place, name in enumerate("abcd")]
    bench = make_bench(qtbot, *runs, make_run("e", created_at=1.0, status="TRAINING_INITIATED"))
    said, page, commands = offers(bench), bench.screen.list, bench.screen.commands
    select(bench, "b", "c", "e")
    commands.archive.trigger()
    qtbot.waitUntil(lambda: bench.shown == ["a", "d", "e"])  # one that is under way stays
    assert bench.selected == ("e",)
    assert (page.model.counts[Filter.ALL], page.model.counts[Filter.ARCHIVED]) == (3, 2)
    assert page.filter_bar.chips[Filter.ARCHIVED].isVisible()
    assert len(bench.runs.runs) == 5  # the budget still counts them
    page.filter_bar.search.setText("is:archived")
    assert bench.shown == ["b", "c"]
    page.filter_bar.search.setText("")
    page.filter_bar.chips[Filter.ARCHIVED].click()
    assert bench.shown == ["b", "c"]
    select(bench, "b")
    assert commands.archive.text() == "Restore from archive"
    commands.archive.trigger()
    qtbot.waitUntil(lambda: bench.shown == ["c"])
    said[0][1].trigger()  # undo both
    assert page.model.counts[Filter.ARCHIVED] == 0
    bench.screen.select("c")
    assert bench.selected == ("c",)


def test_an_archived_run_that_comes_back_to_life_is_shown(qtbot):
    bench = make_bench(qtbot, make_run("a", archived=True, **READY), make_run("b"))
    assert bench.shown == ["b"]
    bench.runs.put(make_run("a", archived=True, status="TRAINING_INITIATED"))
    assert set(bench.shown) == {"a", "b"}


def test_all_archived_is_no_empty_history(qtbot):
    bench = make_bench(qtbot, make_run("a", archived=True, **READY), settings=Settings(run_filter="archived"))
    assert bench.shown == ["a"]
    bench.screen.list.filter_bar.chips[Filter.ALL].click()
    qtbot.mouseClick(bench.child(QWidget, "runs.filter.archived"), Qt.MouseButton.LeftButton)
    bench.screen.select("a")
    assert bench.selected == ("a",)


# -- tags and colours


def test_tags_and_colour_of_many_runs(qtbot):
    bench = make_bench(qtbot, make_run("a", tags=("old", "both")), make_run("b", tags=("both",)), make_run("c"))
    said = offers(bench)
    select(bench, "a", "b")
    bench.screen.commands.labels.trigger()
    dialog = child(bench.screen, LabelsDialog, "runs.labels")
    states = {dialog.list.item(row).text(): dialog.list.item(row).checkState() for row in range(2)}
    assert states == {"both": Qt.CheckState.Checked, "old": Qt.CheckState.PartiallyChecked}
    qtbot.keyClicks(dialog.entry, "final")
    qtbot.keyClick(dialog.entry, Qt.Key.Key_Return)
    assert dialog.isVisible()  # Return adds the tag
    qtbot.keyClicks(dialog.entry, "typed only")
    child(dialog, QRadioButton, "runs.colour.blue").click()
    dialog.apply.click()
    assert bench.run("a").tags == ("old", "both", "final", "typed only")
    assert bench.run("b").tags == ("both", "final", "typed only")
    assert (bench.run("a").colour, bench.run("c").tags) == ("blue", ())
    model = bench.screen.list.model
    index = model.index(model.row_of("b"), Column.NAME)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "b, Blue"  # never by colour alone
    assert not index.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert not bench.screen.list.table.isColumnHidden(Column.TAGS)
    said[-1][1].trigger()
    assert (bench.run("a").tags, bench.run("a").colour, bench.run("b").tags) == (("old", "both"), "", ("both",))


@pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", [colour for colour in RunColour if colour])
def test_a_colour_is_seen_on_every_ground_of_a_row(colour, tones):
    grounds = (tones.surface, tones.hover, tones.accent_soft, tones.warn_soft, tones.raised)
    assert min(contrast(label_colour(colour, tones), ground) for ground in grounds) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# -- continue all


def test_all_that_a_comparison_held_back_continue_after_one_question(qtbot):
    held = [
        make_run(name, Phase.UPLOADED, live=False, held_back=True, sweep_id="s", created_at=9.0 - place)
        for place, name in enumerate("abc")
    ]
    bench = make_bench(qtbot, *held, make_run("d", **READY, sweep_id="s"), make_run("e"))
    bench.settings.update(budget_per_month=1.0)
    commands = bench.screen.commands
    select(bench, "d")
    assert commands.continue_all.text() == "Continue 3 runs…"
    commands.continue_all.trigger()
    dialog = child(bench.screen, ConfirmDialog, "runs.confirm")
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "“a”, “b”, “c”" in words
    assert not dialog.verb_button.isEnabled()  # the budget would be passed: a word is asked for
    dialog.reject()
    assert bench.submits.asked == []
    bench.settings.update(budget_per_month=None)
    commands.continue_all.trigger()
    dialog = next(found for found in bench.screen.findChildren(ConfirmDialog) if found.isVisible())
    dialog.verb_button.click()
    assert bench.submits.asked == [("resume", "a"), ("resume", "b"), ("resume", "c")]


def test_a_single_run_is_continued_by_its_own_command(qtbot):
    bench = make_bench(qtbot, make_run("a", Phase.UPLOADED, live=False, sweep_id="s"), make_run("e", sweep_id="s"))
    select(bench, "a")
    assert not bench.screen.commands.continue_all.isVisible()
    assert bench.screen.commands.resume.isVisible()


# -- a run that takes longer than its own history


def test_a_run_that_takes_longer_than_others_did_is_marked_and_not_failed(qtbot):
    now = time.time()
    bench = make_bench(
        qtbot, make_run("slow", status="TRAINING_INITIATED", changed_at=now - 3 * 3600),
        watch=WatchState(),  # the list was not read yet
    )
    model = bench.screen.list.model
    index = model.index(0, Column.STATUS)
    bench.runs.usual_times = UsualTimes({Stage.TRAINING: (1200.0, 2400.0)})
    bench.runs.usual_changed.emit()
    assert index.data(LOOK_ROLE).icon == "activity"  # a stored state may be old
    bench.runs.set_watch(WatchState(checked_at=now))
    assert index.data(LOOK_ROLE) == LATE_LOOK
    table = bench.screen.list.table
    table.clearSelection()
    row = table.viewport().grab(table.visualRect(index)).toImage()
    grounds = {row.pixelColor(x, row.height() // 2).name() for x in range(row.width())}
    assert tones_of().warn_soft in grounds  # its chip has a ground
    assert index.data(Qt.ItemDataRole.DisplayRole) == "Training"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Training, longer than usual"
    said = "Training for 3 h. Your earlier runs took 20 min to 40 min."
    assert said in " ".join(index.data(Qt.ItemDataRole.ToolTipRole).split())
    bench.screen.select("slow")
    words = " ".join(label.text() for label in bench.screen.inspector.overview.findChildren(QLabel))
    assert said in words
    assert model.counts[Filter.FAILED] == 0


# -- many


def test_selecting_all_asks_the_model_for_no_index_of_each_row(qtbot, monkeypatch):
    """A header with the table's selection asks for each row of each column; an index a row takes as long."""
    bench = make_bench(qtbot, *(make_run(f"r{number}", live=False) for number in range(600)))
    table, asked = bench.screen.list.table, [0]
    count = RunsModel.rowCount

    def counted(model, *parent):
        asked[0] += 1
        return count(model, *parent)

    monkeypatch.setattr(RunsModel, "rowCount", counted)
    table.selectAll()
    table.grab()
    assert len(bench.selected) == 600
    assert asked[0] < 600


def test_many_that_leave_the_list_change_the_selection_once(qtbot):
    runs = (make_run(f"r{number:02}", **READY, created_at=99.0 - number) for number in range(60))
    bench = make_bench(qtbot, *runs)
    page = bench.screen.list
    select(bench, *(f"r{number:02}" for number in range(60) if number % 3))
    told: list[tuple[str, ...]] = []
    page.table.chosen.connect(told.append)
    bench.screen.commands.archive.trigger()
    qtbot.waitUntil(lambda: len(bench.shown) == 20)
    assert bench.selected == ("r03",)  # where the first one stood
    assert len(told) <= 2
    assert (page.model.counts[Filter.ALL], page.model.counts[Filter.ARCHIVED]) == (20, 40)
