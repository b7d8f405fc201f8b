"""Small stand-ins for the services that the shell, Start and Settings show, and a place with nothing in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection, Credits, KeptIn
from segmind_studio.core.datasets import Dataset, DatasetSummary
from segmind_studio.core.practice import Fault
from segmind_studio.core.webhook_receiver import ReceivedEvent, checked_host
from segmind_studio.core.webhooks import Webhook
from segmind_studio.services.accounts.account_service import PRACTICE_ACCOUNT, AccountService, AccountsState
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.accounts.webhook_receiver import ReceiverState, WebhookReceiver
from segmind_studio.services.accounts.webhook_service import WebhookService
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.network import NetworkWatch
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.support_bundle import SupportService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.place import Place
from segmind_studio.ui.settings.screen import SettingsScreen
from segmind_studio.ui.shell.window import MainWindow
from segmind_studio.ui.start.screen import StartScreen
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.theme.tokens import LIGHT
from tests.fakes.run_services import FakeRuns, FakeSettings
from tests.fakes.typed import as_service

PRACTICE = Connection(PRACTICE_ACCOUNT, "http://127.0.0.1:1", "http://127.0.0.1:1", ApiKey("SG_0123456789abcdef"))
REAL_ACCOUNT = Account("real", "My account", AccountKind.SEGMIND, KeptIn.KEYRING)
REAL = Connection(REAL_ACCOUNT, "https://api.segmind.com", "https://hooks", ApiKey("SG_0123456789abcdef"))
ON_PRACTICE = AccountsState((PRACTICE_ACCOUNT,), PRACTICE_ACCOUNT, PRACTICE, credits=Credits(25.0, 0.0))
ON_REAL = AccountsState((PRACTICE_ACCOUNT, REAL_ACCOUNT), REAL_ACCOUNT, REAL, credits=Credits(12.5, 0.01))


class FakeAccounts(QObject):
    """Stand in for AccountService; `asked` records the calls."""

    changed = Signal(object)
    key_tested = Signal(object)

    def __init__(self, state: AccountsState = ON_PRACTICE) -> None:
        super().__init__()
        self.state = state
        self.asked: list[tuple[object, ...]] = []

    def change(self, **fields: object) -> None:
        self.state = replace(self.state, **fields)
        self.changed.emit(self.state)

    def become(self, state: AccountsState) -> None:
        self.state = state
        self.changed.emit(state)

    def add_account(self, name: str, key: ApiKey, remember: bool) -> None:  # noqa: FBT001  # as the service has it
        self.asked.append(("add_account", name, key, remember))

    def replace_key(self, account_id: str, key: ApiKey, remember: bool) -> None:  # noqa: FBT001  # likewise
        self.asked.append(("replace_key", account_id, key, remember))

    def join(self) -> None:
        self.asked.append(("join",))

    def leave_apart(self) -> None:
        self.asked.append(("leave_apart",))

    def use(self, account_id: str) -> None:
        self.asked.append(("use", account_id))

    def remove(self, account_id: str) -> None:
        self.asked.append(("remove", account_id))

    def rename(self, account_id: str, name: str) -> None:
        self.asked.append(("rename", account_id, name))

    def set_colour(self, account_id: str, colour: str) -> None:
        self.asked.append(("set_colour", account_id, colour))
        known = self.state.accounts
        accounts = tuple(replace(a, colour=colour) if a.account_id == account_id else a for a in known)
        self.change(accounts=accounts)

    def refresh_credits(self) -> None:
        self.asked.append(("refresh_credits",))

    def keep_environment_key(self, name: str) -> None:
        self.asked.append(("keep_environment_key", name))

    def use_environment_key_here(self) -> None:
        self.asked.append(("use_environment_key_here",))

    def retry_keyring(self) -> None:
        self.asked.append(("retry_keyring",))

    def give_up_keyring(self) -> None:
        self.asked.append(("give_up_keyring",))


class FakeDatasets(QObject):
    """Stand in for DatasetService, as far as the shell and Start use it."""

    dataset_changed = Signal(object)
    recent_changed = Signal(object)

    def __init__(self, dataset: Dataset | None = None, recent: Sequence[DatasetSummary] = ()) -> None:
        super().__init__()
        self.dataset = dataset or Dataset("d1", "Untitled")
        self.recent = tuple(recent)

    def become(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.dataset_changed.emit(dataset)


class FakeNetwork(QObject):
    """Stand in for NetworkWatch."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.online: bool | None = None

    def become(self, online: bool | None) -> None:  # noqa: FBT001  # what the signal brings
        self.online = online
        self.changed.emit(online)


class FakeWebhooks(QObject):
    """Stand in for WebhookService; `asked` records the calls."""

    account_changed = Signal()
    changed = Signal(object)
    logs = Signal(object)
    sample_sent = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)
    loss_found = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: tuple[Webhook, ...] = ()
        self.known = False
        self.lost: Webhook | None = None
        self.busy = False
        self.asked: list[tuple[object, ...]] = []

    def become(self, *webhooks: Webhook) -> None:
        self.webhooks, self.known = webhooks, True
        self.changed.emit(webhooks)

    def refresh(self) -> None:
        self.asked.append(("refresh",))

    def add(self, url: str, types: tuple[str, ...]) -> None:
        self.asked.append(("add", url, types))

    def replace(self, old: Webhook, url: str, types: tuple[str, ...]) -> None:
        self.asked.append(("replace", old, url, types))

    def remove(self, webhook: Webhook) -> None:
        self.asked.append(("remove", webhook))

    def load_logs(self, webhook_id: str) -> None:
        self.asked.append(("load_logs", webhook_id))

    def send_sample(self, url: str) -> None:
        self.asked.append(("send_sample", url))

    def forget_lost(self) -> None:
        self.asked.append(("forget_lost",))


class FakeReceiver(QObject):
    """Stand in for WebhookReceiver; `asked` records the calls. `become` and `put` are what its server does."""

    changed = Signal(object)
    received = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.state = ReceiverState()
        self.events: tuple[ReceivedEvent, ...] = ()
        self.asked: list[tuple[object, ...]] = []

    def become(self, state: ReceiverState) -> None:
        self.state = state
        self.changed.emit(state)

    def put(self, *events: ReceivedEvent) -> None:
        self.events = events
        self.received.emit(events)

    def turn(self, *, on: bool) -> None:
        self.asked.append(("turn", on))

    def move(self, host: str, port: int) -> None:
        self.asked.append(("move", checked_host(host), port))

    def renew_path(self) -> None:
        self.asked.append(("renew_path",))

    def retry(self) -> None:
        self.asked.append(("retry",))

    def clear(self) -> None:
        self.put()


class FakeSupport(QObject):
    """Stand in for SupportService; `asked` records the targets of bundles."""

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, object]] = []

    @staticmethod
    def default_name() -> str:
        return "segmind-studio-support-2026-08-01.zip"

    def save(self, target: object, window: object) -> None:
        self.asked.append((target, window))


class FakePractice:
    """Stand in for the practice service's control."""

    def __init__(self) -> None:
        self.on: set[Fault] = set()
        self.speed = 1.0
        self.samples = 0
        self.starts = 0

    def start(self) -> None:
        self.starts += 1

    def faults(self) -> frozenset[Fault]:
        return frozenset(self.on)

    def set_fault(self, fault: Fault, *, on: bool) -> None:
        (self.on.add if on else self.on.discard)(fault)

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def send_sample_webhook(self) -> None:
        self.samples += 1


class PlainPlace(Place):
    """A place with a text field and one command."""

    def __init__(self, place_id: str, title: str, icon_name: str, menu_id: str) -> None:
        super().__init__()
        self.place_id, self.title, self.icon_name = place_id, title, icon_name
        self.activations = 0
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName(title)
        self.command = QAction(f"Do {title}", self)
        self._menu_id = menu_id
        QVBoxLayout(self).addWidget(self.text)

    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return ((self._menu_id, self.command),)

    def activated(self) -> None:
        self.activations += 1


def plain_places() -> tuple[PlainPlace, ...]:
    """Return a stand-in for each of the six places."""
    return (
        PlainPlace("start", "Start", "house", "file"),
        PlainPlace("data", "Data", "images", "dataset"),
        PlainPlace("train", "Train", "sliders-horizontal", "train"),
        PlainPlace("runs", "Runs", "activity", "run"),
        PlainPlace("try", "Try", "wand-sparkles", "try"),
        PlainPlace("settings", "Settings", "settings", "view"),
    )


class FakeTheme(QObject):
    """Stand in for Theme: stores the mode and changes no style."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.tones = LIGHT
        self.applied: list[str] = []

    def apply(self, mode: str, text_percent: int = 100) -> None:  # noqa: ARG002  # as Theme has it
        self.applied.append(mode)


class Shell:
    """A window on stand-ins, with each of them as an attribute."""

    def __init__(
        self, settings: FakeSettings | None = None, runs: FakeRuns | None = None, places: Sequence[Place] = (),
    ) -> None:
        self.places = places or plain_places()
        self.accounts = FakeAccounts()
        self.datasets = FakeDatasets()
        self.runs = runs or FakeRuns()
        self.board = ActivityBoard()
        self.network = FakeNetwork()
        self.settings = settings or FakeSettings()
        self.theme = FakeTheme()
        self.tasks, self.undo = TaskRunner(), QUndoStack()
        self.window = self.open(self.places)

    def open(self, places: Sequence[Place]) -> MainWindow:
        """Return another window with other places."""
        return MainWindow(
            places=places, accounts=as_service(AccountService, self.accounts),
            datasets=as_service(DatasetService, self.datasets), runs=as_service(RunService, self.runs),
            activity=self.board, network=as_service(NetworkWatch, self.network),
            settings=as_service(SettingsService, self.settings), theme=as_service(Theme, self.theme),
            undo=self.undo,
        )


def make_start_screen(
    accounts: FakeAccounts, datasets: FakeDatasets, runs: FakeRuns, settings: FakeSettings, *, asks: bool = False,
) -> StartScreen:
    """Build the Start place on stand-ins."""
    return StartScreen(
        as_service(AccountService, accounts), as_service(DatasetService, datasets), as_service(RunService, runs),
        as_service(SettingsService, settings), asks=asks,
    )


def make_settings_screen(  # what the place shows
    accounts: FakeAccounts, settings: FakeSettings, theme: FakeTheme, paths: Mapping[str, str], *,
    webhooks: FakeWebhooks, budgets: BudgetService, support: FakeSupport, receiver: FakeReceiver | None = None,
) -> SettingsScreen:
    """Build the Settings place on stand-ins."""
    return SettingsScreen(
        as_service(AccountService, accounts), as_service(SettingsService, settings), as_service(Theme, theme),
        paths, webhooks=as_service(WebhookService, webhooks),
        receiver=as_service(WebhookReceiver, receiver or FakeReceiver()), budgets=budgets,
        support=as_service(SupportService, support),
    )
