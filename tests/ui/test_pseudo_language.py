"""Every place and dialog in the pseudo-language, and in the largest text: all is translatable, nothing is cut."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QColor, QImage, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QDialog,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QTableWidget,
    QWidget,
)

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.core.sweep import Sweep
from segmind_studio.core.webhook_receiver import ReceivedEvent, Verdict, read_payload
from segmind_studio.formats import month_text
from segmind_studio.pseudo_language import pseudo
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.webhook_receiver import Listening, ReceiverState, WebhookReceiver
from segmind_studio.services.runs.history_service import month_starts
from segmind_studio.services.runs.result_service import ResultService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.system.help_pages import read_pages
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import NAMES
from segmind_studio.ui.help.desk import HelpDesk
from segmind_studio.ui.help.log_window import LogWindow
from segmind_studio.ui.help.window import HelpWindow
from segmind_studio.ui.palette.palette import CommandPalette
from segmind_studio.ui.runs.bulk import continue_all_dialog
from segmind_studio.ui.runs.handlers import Price, continue_dialog, public_dialog, send_again_dialog
from segmind_studio.ui.runs.history.view import HistoryView
from segmind_studio.ui.runs.inspector.inspector import RunInspector
from segmind_studio.ui.runs.labels_dialog import LabelsDialog
from segmind_studio.ui.runs.table.columns_dialog import ColumnsDialog
from segmind_studio.ui.runs.table.layout import TableLayout
from segmind_studio.ui.settings.receiver import ReceiverSection
from segmind_studio.ui.shell.drops import DropOffer, DropVeil
from segmind_studio.ui.shell.refusal import RefusalDialog
from segmind_studio.ui.shell.window import leave_question, leave_words
from segmind_studio.ui.start.summary import HistorySummary
from segmind_studio.ui.theme.theme import Theme
from tests.fakes import train_place
from tests.fakes.history import HistoryPlace
from tests.fakes.hosting import hosted
from tests.fakes.language_faults import ERROR, OF_QT, OWN, REFUSED, RUNS, fault_of, faults
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.seen_texts import cut, wrong_with
from tests.fakes.shell_services import (
    ON_REAL,
    FakeAccounts,
    FakeDatasets,
    FakePractice,
    FakeReceiver,
    FakeSupport,
    FakeTheme,
    FakeWebhooks,
    Shell,
    make_settings_screen,
    make_start_screen,
)
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_try_screen
from tests.fakes.typed import as_service, child

pytestmark = pytest.mark.usefixtures("pseudo_language")
PLACES = ("Start", "Data", "Train", "Runs", "Try", "Settings", "Do")  # the words of the stand-ins


# -- the test itself sees what it looks for


def test_what_is_wrong_with_a_text_is_found():
    cases = {
        pseudo("Start"): "", "12 · 3.5": "", f"{pseudo('Runs')} · {pseudo('Photos')}": "",
        "Start": "not translatable", f"{pseudo('Cost')} {pseudo('Free')}": "put together from pieces",
        f"{pseudo('Cost')}: nothing": "only a part is translatable",
        pseudo("{what} of it").format(what=pseudo("All")): "", "anna": "",
    }
    assert {text: wrong_with(text, OWN) for text in cases} == cases


def test_a_text_without_room_is_found(qtbot):
    label = QLabel(pseudo("A text that needs room"))
    qtbot.addWidget(label)
    label.resize(20, 20)
    label.show()
    assert cut(label)
    label.adjustSize()
    assert not cut(label)


# -- the places


def test_start(qtbot):
    accounts, datasets, runs, settings = FakeAccounts(), FakeDatasets(), FakeRuns(), FakeSettings()
    screen = hosted(qtbot, make_start_screen(accounts, datasets, runs, settings), 1300, 900)
    assert faults(screen) == []
    accounts.become(ON_REAL)
    photos = tuple(Photo(str(number), Path(f"/photos/{number}.jpg")) for number in range(3))
    datasets.become(Dataset("d", "Holiday", photos))
    runs.load(*RUNS)
    assert faults(screen) == []
    runs.set_watch(WatchState(error=ERROR, unread=True))
    assert faults(screen) == []


def test_money_and_time(qtbot, tmp_path):
    place = HistoryPlace(tmp_path, RUNS)
    settings = as_service(SettingsService, FakeSettings(Settings(budget_per_month=10.0)))
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1500, 1000)
    window.show()
    view = HistoryView(place.service, settings, window)
    with qtbot.waitSignal(place.service.ready):
        view.open()
    own = tuple(map(month_text, month_starts(time.time())))
    assert faults(view, *own) == []
    child(view, QCheckBox, "runs.history.table").click()
    assert faults(view, *own) == []
    with qtbot.waitSignal(place.service.ready):
        summary = HistorySummary(place.service, settings)
    assert faults(hosted(qtbot, summary, 1000, 240), *own) == []
    place.close()


def test_files_of_a_run(qtbot, tmp_path):
    path = tmp_path / "anna.safetensors"
    head = b'{"x.lora_A.weight": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [0, 4]}}'
    path.write_bytes(len(head).to_bytes(8, "little") + head + b"1234")
    bench = make_bench(qtbot, make_run(
        "anna", status="AVAILABLE", live=False, service_id="s-1", public=True, result_path=str(path),
        result_sha256="ab" * 32,
    ))
    tasks = TaskRunner()
    results = ResultService(tasks, tasks)
    files = child(bench.screen, RunInspector).files
    files.set_services(results, as_service(SettingsService, bench.settings), Path("/downloads"))
    bench.screen.list.select("anna")
    with qtbot.waitSignal(results.read):
        child(bench.screen, RunInspector).tabs.setCurrentIndex(4)
        files.show_run(bench.run("anna"))
    own = ("ab" * 32, str(path), "anna.safetensors", "BF16", "s-1", "/downloads", "{name}", "{trigger}", "{date}",
           "{iterations}", "x.lora_A.weight  2 \N{MULTIPLICATION SIGN} 1  BF16")
    assert faults(files, *own) == []
    with qtbot.waitSignal(results.checked):
        child(files, QAbstractButton, "runs.files.check").click()
    assert faults(files, *own) == []
    tasks.stop()


def test_train(qtbot):
    bench = train_place.Bench(qtbot, TrainingForm(), count=0)
    bench.screen.window().resize(1500, 1000)
    bench.screen.resize(1500, 1000)
    assert faults(bench.screen) == []
    bench.click("train.check")
    assert faults(bench.screen) == []


def test_train_full_and_reviewed(qtbot):
    form = replace(train_place.GOOD, sweep=Sweep("iterations", (100, 300)))
    bench = train_place.Bench(qtbot, form, count=60)
    bench.screen.resize(1500, 1000)
    bench.runs.put(make_run("before", Phase.UNKNOWN, live=False, name="anna"))
    bench.click("train.check")
    assert faults(bench.screen) == []
    bench.click("train.review")
    qtbot.waitUntil(lambda: bench.review is not None)
    assert faults(bench.open_review) == []


def test_runs(qtbot):
    bench = make_bench(qtbot)
    assert faults(bench.screen) == []
    bench.runs.load(*RUNS)
    bench.screen.resize(1700, 1000)
    own = (
        "3f9a5c7e-1d2b-4a6f-9c8e-112233445566", "ab" * 32, "anna-v2-flux-pro", "https://api.segmind.com/v1/anna-v2-flux-pro",
        "https://bucket.s3.amazonaws.com/uploads/u/1-dataset.zip", "https://storage.example/anna.safetensors",
    )
    inspector = child(bench.screen, RunInspector)
    for run in RUNS:
        bench.screen.list.select(run.run_id)
        for tabs in bench.screen.findChildren(QTabBar):
            for tab in range(tabs.count()):
                tabs.setCurrentIndex(tab)
                assert faults(inspector, *own) == [], run.name
        assert faults(bench.screen, *own) == [], run.name
    bench.screen.list.table.select_runs(tuple(run.run_id for run in RUNS[:3]))
    assert faults(inspector, *own) == []
    bench.screen.commands.compare.trigger()
    assert bench.screen.comparing
    for tab in range(bench.screen.compare.tabs.count()):
        bench.screen.compare.tabs.setCurrentIndex(tab)
        assert faults(bench.screen.compare, *own) == []
    bench.screen.select(RUNS[0].run_id)
    bench.runs.set_watch(WatchState(error=REFUSED))
    assert faults(bench.screen, *own) == []


def test_try(qtbot):
    nothing = make_try(qtbot)
    assert faults(nothing.screen) == []
    ready = make_run("anna", status="AVAILABLE", inference_api_url="https://api.segmind.com/v1/anna", slug="anna")
    bench = make_try(qtbot, ready)
    assert faults(bench.screen) == []
    for end in ("make", "lose", "fail"):
        child(bench.screen, QPlainTextEdit, "try.prompt").setPlainText("TOKMAN")
        child(bench.screen, QAbstractButton, "try.generate").click()
        image = QImage(64, 48, QImage.Format.Format_RGB32)
        image.fill(QColor("red"))
        getattr(bench.tryouts, end)(image if end == "make" else ERROR)
        assert faults(bench.screen, *OWN) == [], end
    child(bench.screen, QPlainTextEdit, "try.prompt").setPlainText("TOKMAN")
    child(bench.screen, QAbstractButton, "try.more").click()
    assert faults(bench.screen, *OWN) == []
    grid = [action for _menu, action in bench.screen.menu_actions() if "grid" in action.objectName()]
    grid[0].trigger()
    assert faults(bench.screen, *OWN) == []
    child(bench.screen, QAbstractButton, "try.grid.start").click()
    confirm = child(bench.screen, QDialog, "try.grid.confirm")
    assert faults(confirm, *OWN) == []
    confirm.close()
    child(bench.screen, QAbstractButton, "try.grid.save_set").click()
    dialog = child(bench.screen, QDialog, "try.grid.name_dialog")
    assert faults(dialog, *OWN) == []
    dialog.close()


class make_try:  # noqa: N801  # a bench that is made where it is named
    def __init__(self, qtbot, *runs) -> None:
        self.tryouts, self.runs, self.settings = FakeTryouts(), FakeRuns(runs), FakeSettings()
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.screen = make_try_screen(self.tryouts, self.runs, self.settings, self.budgets)
        hosted(qtbot, self.screen, 1500, 1000)


def test_settings(qtbot):
    theme = FakeTheme()
    accounts, settings = FakeAccounts(), FakeSettings()
    budgets = make_budget_service(FakeRuns(), settings)
    screen = make_settings_screen(
        accounts, settings, theme, {pseudo("Log"): "/logs/studio.log"},
        webhooks=FakeWebhooks(), budgets=budgets, support=FakeSupport(),
    )
    hosted(qtbot, screen, 1600, 1000)
    assert faults(screen, "/logs/studio.log", "GNOME Keyring", "SG_", "SEGMIND_API_KEY", *NAMES.values()) == []
    accounts.become(ON_REAL)
    assert faults(screen, "/logs/studio.log", *NAMES.values()) == []
    screen.resize(1000, 800)
    assert faults(screen, "/logs/studio.log", *NAMES.values()) == []
    assert [area.horizontalScrollBar().maximum() for area in screen.findChildren(QScrollArea)] == [0]


def test_the_receiver_of_webhooks(qtbot):
    receiver, settings = FakeReceiver(), FakeSettings(Settings(receiver=True, receiver_path="/hooks/x"))
    section = ReceiverSection(
        as_service(WebhookReceiver, receiver), as_service(AccountService, FakeAccounts()),
        as_service(SettingsService, settings),
    )
    hosted(qtbot, section, 900, 1000)
    receiver.become(ReceiverState(on=True, error=ERROR))
    assert faults(section, *OWN) == []
    receiver.become(ReceiverState(on=True, where=Listening("127.0.0.1", 24380, "/hooks/x")))
    receiver.put(*(
        ReceivedEvent(number, 1.7e9, read_payload(b'{"id": "anna", "status": "AVAILABLE"}'), verdict)
        for number, verdict in enumerate(Verdict)
    ))
    qtbot.waitUntil(lambda: section.findChild(QTableWidget) is not None)
    child(section, QTableWidget).setCurrentCell(0, 0)
    assert faults(section, *OWN, "http", "/hooks/x", "hooks.example.org", "AVAILABLE", "127.0.0.1") == []


# -- the window and its dialogs


def test_the_window(qtbot):
    shell = Shell()
    window = shell.window
    qtbot.addWidget(window)
    window.resize(1700, 1000)
    window.show()
    window.set_practice(FakePractice())
    assert faults(window, *PLACES) == []
    shell.accounts.become(ON_REAL)
    shell.runs.set_watch(WatchState(error=REFUSED, checked_at=time.time()))
    shell.network.become(False)
    window.show_trouble(ERROR)
    assert faults(window, *PLACES) == []


def test_the_refusal(qtbot):
    dialog = RefusalDialog(ERROR, pseudo("Data folder: {path}").format(path="/data"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert faults(dialog) == []


# -- what opens over a place


def test_the_questions_about_runs(qtbot, opened):
    runs = (
        make_run("unknown", Phase.UNKNOWN, live=False, name="anna", listings_missed=4),
        make_run("interrupted", Phase.UPLOADED, live=False, name="anna", sent_at=None),
        make_run("ready", status="AVAILABLE", name="anna"),
    )
    cost = CostEstimate(4.0, pseudo("Read in the list of prices."))
    bench = make_bench(qtbot, *runs, settings=Settings(budget_per_run=1.0, budget_per_month=1.0))
    limits = bench.budgets.budget_status_of_run(runs[1])
    closed = make_run("closed", Phase.REFUSED, live=False, name="anna")
    for dialog in (
        send_again_dialog(runs[0], cost, lambda: limits, bench.screen), public_dialog(runs[2], bench.screen),
        continue_dialog(runs[1], cost, lambda: limits, bench.screen),
        continue_dialog(runs[1], cost, lambda: limits, bench.screen, closed=closed),
        continue_all_dialog(runs, Price(cost, lambda: limits), bench.screen, closed=closed),
        LabelsDialog(runs, ("anna",), bench.screen), ColumnsDialog(TableLayout(), bench.screen),
    ):
        dialog.open()
        assert opened(dialog, "$") == []


def test_leaving_and_removing(qtbot, opened):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    live, sent = make_run("a", Phase.UPLOADING, sweep_id="x"), make_run("b", status="TRAINING", sweep_id="x")
    for runs in ((live,), (live, sent), (sent,), (make_run("c", Phase.UNKNOWN, live=True),)):
        question = leave_question(*leave_words(runs, Settings()), window)
        question.open()
        assert opened(question) == []


@pytest.fixture
def desk(qtbot, qapp, tmp_path):
    """A window with everything that its Help menu opens."""
    shell, tasks = Shell(), TaskRunner()
    qtbot.addWidget(shell.window)
    shell.window.show()
    desk = HelpDesk(
        shell.window, settings=as_service(SettingsService, shell.settings),
        accounts=as_service(AccountService, shell.accounts), tasks=tasks, theme=Theme(qapp), paths={},
        log=tmp_path / "studio.log",
    )
    yield shell, desk
    shell.window.close()
    tasks.stop()


def test_the_palette(desk):
    shell, _desk = desk
    shell.window.set_practice(FakePractice())
    shell.window.commands.palette.trigger()
    palette = shell.window.findChild(CommandPalette)
    assert palette.isVisible()
    assert faults(palette, *PLACES) == []
    words = [word for found in palette.found for word in (found.command.where, found.command.need)]
    keys = {found.command.keys for found in palette.found}
    assert [word for word in words if fault_of(word, OWN | set(PLACES) | keys)] == []


def test_each_bubble_of_the_tour(desk):
    _shell, made = desk
    made.guide.start()
    while made.guide.step is not None:
        assert faults(made.guide.bubble) == []
        made.guide.bubble.next_button.click()


def test_the_windows_of_help_and_log(qtbot, tmp_path, desk):
    shell, _desk = desk
    shell.window.commands.log.trigger()
    log = shell.window.findChild(LogWindow)
    assert faults(log, *tmp_path.parts, "studio.log") == []
    shell.window.commands.help.trigger()
    window = shell.window.findChild(HelpWindow)
    qtbot.waitUntil(lambda: window.page == "start")
    titles = tuple(page.title for page in read_pages())  # pages are translated as whole files
    assert faults(window, *titles) == []


def test_the_choice_of_the_first_start(qtbot):
    screen = make_start_screen(FakeAccounts(), FakeDatasets(), FakeRuns(), FakeSettings(), asks=True)
    qtbot.addWidget(screen)
    screen.resize(900, 700)
    screen.show()
    assert faults(screen) == []


def test_about_and_shortcuts(desk, opened):
    shell, _desk = desk
    titles = {pseudo("About Segmind Studio"), pseudo("Keyboard shortcuts")}
    for action in (one for one in shell.window.findChildren(QAction) if one.text().replace("&", "") in titles):
        action.trigger()
        dialog = next(dialog for dialog in shell.window.findChildren(QDialog) if dialog.isVisible())
        keys = {label.text() for label in dialog.findChildren(QLabel) if QKeySequence(label.text()).toString()}
        assert opened(dialog, "Qt", "Python", "Linux", *keys, *PLACES, *OF_QT) == []


def test_the_menus(qtbot):
    shell = Shell()
    qtbot.addWidget(shell.window)
    shell.window.show()
    shell.window.set_practice(FakePractice())
    menus = shell.window.menuBar().findChildren(QMenu)
    wrong = [
        text for menu in menus for action in menu.actions() for text in (action.text(), action.toolTip())
        if fault_of(text, OWN | set(PLACES))
    ]
    assert menus
    assert wrong == []


def test_what_a_drag_is_offered(qtbot):
    window = hosted(qtbot, QWidget(), 1600, 700)
    veil = DropVeil(window)
    photos = tuple(Path(f"/photos/{name}") for name in ("a.jpg", "b.zip", "c.txt", "d.exe"))
    for offer in (
        DropOffer(photos[:1], 1), DropOffer(photos, 1, 1, 1, 1), DropOffer(photos[3:], others=1),
        DropOffer((), web=2), DropOffer((), elsewhere=1),
    ):
        veil.offer(offer, "anna")
        assert faults(window) == []
