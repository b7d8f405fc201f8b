"""Money and time: the charts by pointer and keyboard, as tables, as files, and in short on Start."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QPushButton, QWidget

from segmind_studio.core.run_history import SpendingBar, run_history
from segmind_studio.core.runs import TimelineEntry
from segmind_studio.core.settings import Settings
from segmind_studio.services.runs.history_service import month_starts
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.runs.history.chart import BarChart
from segmind_studio.ui.runs.history.plots import HistoryKind, Unit, axis_ticks, csv_text, plots_of
from segmind_studio.ui.runs.history.view import HistoryView
from segmind_studio.ui.start.summary import HistorySummary
from tests.fakes.history import HistoryPlace
from tests.fakes.pointer import move_pointer
from tests.fakes.run_services import FakeSettings, make_run
from tests.fakes.runs_place import make_bench, make_runs_screen
from tests.fakes.try_service import make_image
from tests.fakes.typed import as_service, child, known

WAY = ("uploading", "uploaded", "accepted", "TRAINING_INITIATED", "AVAILABLE")


def run_of(run_id, **fields):
    now = time.time()
    run = make_run(
        run_id, status="AVAILABLE", live=False, created_at=now, sent_at=now, dataset_id=run_id,
        credits_before=20.0, credits_after=16.0,
    )
    return replace(run, **fields)


@pytest.fixture
def place(qtbot, tmp_path):
    runs = [run_of("anna"), run_of("cup", dataset_name="=Cup"), run_of("dog", dataset_name="Dog")]
    entries = {run.run_id: [TimelineEntry(600.0 * at, what) for at, what in enumerate(WAY)] for run in runs}
    place = HistoryPlace(tmp_path, runs, [make_image(cost=0.5)], entries)
    yield place
    place.close()


@pytest.fixture
def view(qtbot, place):
    """The view, open, with all added up."""
    window = QWidget()
    window.resize(1200, 900)
    qtbot.addWidget(window)
    settings = as_service(SettingsService, FakeSettings(Settings(budget_per_month=15.0)))
    view = HistoryView(place.service, settings, window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(place.service.ready):
        view.open()
    yield view
    window.close()


def test_without_a_history_it_takes_the_keyboard_too(qtbot, tmp_path):
    place = HistoryPlace(tmp_path)
    window = QWidget()
    qtbot.addWidget(window)
    behind = QPushButton(window)
    view = HistoryView(place.service, as_service(SettingsService, FakeSettings()), window)
    with qtbot.waitExposed(window):
        window.show()
    for _time in range(2):  # the second one finds it drawn already
        behind.setFocus()
        with qtbot.waitSignal(place.service.ready):
            view.open()
        assert view.isAncestorOf(window.focusWidget())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
        assert view.isHidden()
    view.open()
    behind.setFocus()
    qtbot.keyClick(behind, Qt.Key.Key_Escape)
    assert view.isHidden()
    place.close()


def test_each_bar_is_said_by_pointer_and_by_keyboard(qtbot, view):
    months = view.cards[HistoryKind.MONTHS].chart
    qtbot.keyClick(months, Qt.Key.Key_End)
    assert known(months.current).short == "$12.50"
    assert months.accessibleDescription() == known(months.current).words
    qtbot.keyClick(months, Qt.Key.Key_Left)
    assert known(months.current).short == "$0.00"
    datasets = view.cards[HistoryKind.DATASETS].chart
    said = []
    datasets.pointed.connect(lambda bar: said.append(bar.words if bar else ""))
    for slot in datasets.slots:
        move_pointer(datasets, QPoint(int(slot.left()) + 5, int(slot.center().y())))
    assert said == [
        "Holiday: $4.50 \u00b7 1 run, 1 picture", "=Cup: $4.00 \u00b7 1 run", "Dog: $4.00 \u00b7 1 run",
    ]


@pytest.mark.parametrize(("together", "month"), [(False, "$12.50"), (True, "$16.50")])
def test_all_accounts_are_added_up_where_runs_lists_them_but_never_practice(qtbot, place, view, together, month):
    place.add_elsewhere(run_of("far", account_id="other"), run_of("free", account_id="practice"))
    answer = place.service.ready_together if together else place.service.ready
    with qtbot.waitSignal(answer):
        view._settings.update(run_accounts=together)
    assert known(view.cards[HistoryKind.MONTHS].chart.plot).bars[-1].short == month
    assert bool(known(view.cards[HistoryKind.MONTHS].chart.plot).limit) is not together  # it is one account's
    view.hide()
    place.service._soon.stop()  # news would have it asked, too
    with qtbot.waitSignal(answer):
        view.open()


def test_in_practice_all_accounts_are_the_paid_ones_and_alone_it_is_shown_itself(qtbot, tmp_path):
    place = HistoryPlace(tmp_path, [run_of("free", account_id="practice")], account_id="practice")
    for elsewhere, practice in (((), True), ((run_of("far", account_id="other"),), False)):
        place.add_elsewhere(*elsewhere)
        with qtbot.waitSignal(place.service.ready_together) as answer:
            place.service.ask_together()
        history, = known(answer.args)
        assert (history.practice, history.months[-1].runs) == (practice, 1)
    place.close()


def test_the_limit_is_drawn_only_where_it_leaves_the_bars_visible(view):
    plot = known(view.cards[HistoryKind.MONTHS].chart.plot)
    assert plot.limit == 15.0
    history = run_history((run_of("a"),), (), "real", month_starts(time.time()), {})
    far = plots_of(history, 1000.0)[0]
    assert far.limit is None
    assert "$1,000.00" in far.note


def test_the_table_has_what_the_drawing_has(qtbot, view):
    child(view, QCheckBox, "runs.history.table").click()
    for kind, card in view.cards.items():
        assert (card.table.isVisible(), card.chart.isVisible()) == (True, False), kind
        plot = known(card.chart.plot)
        rows = [
            [known(card.table.item(row, column)).text() for column in range(card.table.columnCount())]
            for row in range(card.table.rowCount())
        ]
        assert rows == [[bar.label, *bar.cells] for bar in plot.bars]
        assert card.table.accessibleName() == plot.title
    stages = view.cards[HistoryKind.STAGES].table
    assert [known(stages.item(row, 0)).text() for row in range(stages.rowCount())] == [
        "Uploading", "Requested", "Training", "Total time until ready",
    ]
    assert known(stages.item(2, 2)).text() == "10 min"


def save(qtbot, view, place, name, path):
    child(view, QPushButton, f"runs.history.{name}").click()
    dialog = next(dialog for dialog in view.findChildren(QFileDialog) if dialog.isVisible())
    with qtbot.waitSignal(place.service.saved) as saved:
        dialog.fileSelected.emit(str(path))
        dialog.close()
    return saved.args[0]


def test_all_of_it_is_saved_as_csv_and_as_a_picture(qtbot, view, place, tmp_path):
    path = save(qtbot, view, place, "csv", tmp_path / "money.csv")
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert rows[0] == ["chart", "entry", "series", "value", "unit"]
    assert ["Spent by dataset", "'=Cup", "Training", "4.00", "US dollars"] in rows
    assert ["Time in each stage", "Training", "Median", "600", "seconds"] in rows
    path = save(qtbot, view, place, "png", tmp_path / "money.png")
    image = QImage(str(path))
    assert image.width() == 1280
    assert len({image.pixel(x, y) for x in range(0, 1280, 7) for y in range(0, image.height(), 7)}) > 5
    again = save(qtbot, view, place, "png", tmp_path / "money.png")
    assert again.name == "money (2).png"


def test_it_follows_the_runs_while_it_is_open(qtbot, view, place):
    place.runs.put(run_of("new", dataset_name="New"))
    chart = view.cards[HistoryKind.DATASETS].chart
    qtbot.waitUntil(lambda: any(bar.label == "New" for bar in known(chart.plot).bars))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    with qtbot.waitSignal(place.service.news):
        place.runs.put(run_of("newer", dataset_name="Newer"))
    assert place.tasks.wait_end(1000)
    assert not any(bar.label == "Newer" for bar in known(view.cards[HistoryKind.DATASETS].chart.plot).bars)
    with qtbot.waitSignal(place.service.ready):
        view.open()  # again, with what came in the meantime
    assert any(bar.label == "Newer" for bar in known(view.cards[HistoryKind.DATASETS].chart.plot).bars)


def test_an_answer_for_another_account_is_dropped(qtbot, place):
    answers = []
    place.service.ready.connect(answers.append)
    place.service.ask()
    place.become("practice")
    with qtbot.waitSignal(place.service.ready):
        place.service.ask()
    assert [history.practice for history in answers] == [True]


def test_the_command_of_runs_opens_it_and_escape_closes_it(qtbot, place):
    bench = make_bench(qtbot, show=False)
    assert not bench.screen.commands.history.isVisible()
    screen = make_runs_screen(
        bench.runs, bench.submits, bench.downloads, bench.accounts, bench.settings, bench.budgets,
        history=place.service,
    )
    qtbot.addWidget(screen)
    screen.show()
    assert "run" in [menu for menu, action in screen.menu_actions() if action is screen.commands.history]
    with qtbot.waitSignal(place.service.ready):
        screen.commands.history.trigger()
    view = child(screen, HistoryView)
    assert view.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_start_shows_it_in_short(qtbot, place):
    page = QWidget()
    qtbot.addWidget(page)
    settings = FakeSettings(Settings(budget_per_month=15.0))
    with qtbot.waitSignal(place.service.ready):
        summary = HistorySummary(place.service, as_service(SettingsService, settings), page)
    texts = {label.text() for label in summary.findChildren(QLabel)}
    assert {"Spent this month: $12.50 of $15.00", "Runs: 3 ready"} <= texts
    assert not summary.isHidden()
    assert len(known(child(summary, BarChart).plot).bars) == 12
    with qtbot.waitSignal(summary.wanted):
        child(summary, QPushButton, "start.history.more").click()


def test_start_shows_nothing_of_an_empty_history(qtbot, tmp_path):
    place = HistoryPlace(tmp_path)
    page = QWidget()
    qtbot.addWidget(page)
    with qtbot.waitSignal(place.service.ready):
        summary = HistorySummary(place.service, as_service(SettingsService, FakeSettings()), page)
    assert summary.isHidden()
    place.close()


@pytest.mark.parametrize(("highest", "unit", "ticks"), [
    (0.0, Unit.DOLLARS, (0.0, 1.0)), (9.0, Unit.DOLLARS, (0.0, 2.5, 5.0, 7.5, 10.0)),
    (3.0, Unit.RUNS, (0.0, 1.0, 2.0, 3.0)), (1.0, Unit.RUNS, (0.0, 1.0)),
    (3000.0, Unit.SECONDS, (0.0, 900.0, 1800.0, 2700.0, 3600.0)),
])
def test_the_axis_has_round_marks_up_to_the_highest_bar(highest, unit, ticks):
    assert axis_ticks(highest, unit) == ticks


def test_the_axis_has_few_marks_whatever_the_values():
    for power in range(-3, 9):
        for unit in Unit:
            ticks = axis_ticks(3.3 * 10.0**power, unit)
            assert 2 <= len(ticks) <= 8, (power, unit)
            assert ticks[-1] >= 3.3 * 10.0**power


def test_an_unknown_cost_is_never_shown_as_nothing(place):
    history = replace(
        run_history((), (), "real", month_starts(time.time()), {}),
        months=(SpendingBar(pictures=2, unpriced=2),), datasets=(SpendingBar(name="Cup", pictures=2, unpriced=2),),
    )
    months, datasets, *_rest = plots_of(history, None)
    assert months.bars[0].short == datasets.bars[0].short == "at least $0.00"
    assert datasets.note == "The costs of 2 payments are unknown."
    assert csv_text((datasets,)).count("\n") == 5


def test_payments_without_a_known_cost_are_said_and_sums_are_written_without_loss():
    pictures = [make_image(f"p{number}", cost=None) for number in range(5)]
    history = run_history([], pictures, "real", month_starts(time.time()), {})
    plot = plots_of(history, None)[0]
    assert plot.bars[-1].end == 0
    assert "5" in plot.note
    values = (12791.94, 0.1 + 0.2, 0.0625, 1e6)
    bar = replace(plot.bars[-1], values=values)
    written = [row[3] for row in csv.reader(csv_text((replace(plot, bars=(bar,)),)).splitlines())][1:]
    assert written == ["12791.94", "0.30", "0.0625", "1000000"]
