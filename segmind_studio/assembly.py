"""Put the services together for one data folder; start them, and stop them in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from segmind_studio.command_line import Options
from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.datasets import PackageOptions
from segmind_studio.core.errors import StudioError
from segmind_studio.core.settings import Settings
from segmind_studio.late import late
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.account_values import environment_key
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.ending import end_all
from segmind_studio.services.system.network import NetworkWatch, SystemNetwork
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.paths import AppPaths
from segmind_studio.store.settings_file import SettingsFile

if TYPE_CHECKING:
    from segmind_studio.services.datasets.full_look_pool import FullLookPool
    from segmind_studio.services.runs.submission_service import SubmitOutcome
    from segmind_studio.store.account_keys import AccountKeys
    from segmind_studio.store.database import Database
    from segmind_studio.store.library import Library
    from segmind_studio.store.secrets import Vault

IMAGE_THUMBNAIL_BYTES = 48 * 1024 * 1024  # of the generated images that Try shows: a screen full of a grid's
SELF_TEST_SPEED = 15.0
TOUR_SPEED = 6.0


class Services(QObject):
    """Build the services for one data folder, start them, and stop them in reverse order. GUI thread.

    At first only those exist that the window shows before anything was read: `settings`, `board`, `accounts`,
    `datasets`, `runs` and `network`. `complete` creates the others, and imports their modules.
    """

    def __init__(self, options: Options, paths: AppPaths, secrets: set[str], in_front: Callable[[], bool]) -> None:
        super().__init__()
        self._options = options
        self._secrets = secrets
        self._in_front = in_front
        self._rest = self._complete()
        settings_file = SettingsFile(paths.settings_file)
        value, note = settings_file.load()
        self.settings_trouble = settings_file.unread or (StudioError(note) if note else None)
        self.paths = paths
        self.database = late(partial(_database, paths.database))
        self._live = LiveRuns()
        self._looking = late(_look_pool)
        self.tasks = TaskRunner(parent=self)
        self.settings = SettingsService(
            value, _save_nothing if settings_file.unread else settings_file.save, self.tasks, self,
        )
        self.board = ActivityBoard(self)
        self.accounts = AccountService(
            settings=self.settings, keyring=KeyringService(late(_vault), self), tasks=self.tasks,
            keys=late(partial(_account_keys, self.database)), busy=self._is_busy,
            environment_key=environment_key(), api_url=options.api_url, practice_only=options.practice,
            know_secret=self._know_secret, parent=self,
        )
        self.datasets = DatasetService(
            late(partial(_library, self.database)), paths.imports, paths.prepared, self, looks=self._looking,
            seen=paths.seen,
        )
        self.runs = RunService(self.database, self._live, self)
        self.network = NetworkWatch(self.runs, self.accounts, SystemNetwork(self), self)
        self.accounts.connection_changed.connect(self.runs.set_connection)
        self.runs.overlap_found.connect(self.accounts.offer_join)
        self.accounts.join_wanted.connect(self.runs.join)
        self.runs.accounts_joined.connect(self.accounts.join_ended)

    def complete(self) -> None:
        """Create the missing services; no effect the second time.

        Their modules are imported here, after the first paint: they need the network, the disk and pictures.
        """
        for _piece in self._rest:
            pass

    def complete_in_pieces(self) -> Iterator[None]:
        """Do the same as `complete`, piece by piece; that may be called between two of them."""
        return self._rest

    def _complete(self) -> Iterator[None]:
        self._complete_datasets()
        yield
        self._complete_runs()
        yield
        self._complete_images()
        yield
        self._complete_system()
        yield
        self._connect()

    def _complete_datasets(self) -> None:
        from segmind_studio.services.datasets.caption_writer import CaptionWriter  # noqa: PLC0415
        from segmind_studio.services.datasets.full_look_service import FullLookService  # noqa: PLC0415
        from segmind_studio.services.datasets.measured_checks import MeasuredChecks  # noqa: PLC0415
        from segmind_studio.services.datasets.spelling import Spelling  # noqa: PLC0415
        from segmind_studio.services.images.thumbnails import Thumbnails  # noqa: PLC0415

        self.looks = FullLookService(self.datasets, self._looking, self.board, self)
        self.thumbnails = Thumbnails(self, measures=self.paths.measures)
        self.measured_checks = MeasuredChecks(self.datasets, lambda: self.thumbnails.measurer, self)
        self.caption_writer = CaptionWriter(KeyringService(late(_vault), self), self._know_secret, self)
        self.spelling = Spelling(self.tasks, self.settings, self)

    def _complete_runs(self) -> None:
        from segmind_studio.services.accounts.webhook_receiver import WebhookReceiver  # noqa: PLC0415
        from segmind_studio.services.accounts.webhook_service import WebhookService  # noqa: PLC0415
        from segmind_studio.services.runs.download_service import DownloadService  # noqa: PLC0415
        from segmind_studio.services.runs.result_service import ResultService  # noqa: PLC0415
        from segmind_studio.services.runs.run_pages import RunPageService  # noqa: PLC0415
        from segmind_studio.services.runs.run_sheets import RunSheetService  # noqa: PLC0415
        from segmind_studio.services.runs.submission_service import SubmissionService  # noqa: PLC0415
        from segmind_studio.services.system.activity import SubmissionWork  # noqa: PLC0415
        from segmind_studio.store.journal import Journal  # noqa: PLC0415
        from segmind_studio.store.webhook_file import DeletedWebhooksFile  # noqa: PLC0415

        paths, journal = self.paths, Journal(self.database)
        self.sheets = RunSheetService(self.database, self.tasks, lambda: tuple(self._secrets), self)
        self.submits = SubmissionService(
            journal, paths.prepared, self._live, self, looks=self._looking, plans=lambda: self.datasets.plans,
        )
        self.work = SubmissionWork(self.board, self.submits, self.accounts, self)
        self.downloads = DownloadService(journal, self.board, self, folder=paths.downloads)
        self.results = ResultService(self.tasks, self)
        self.pages = RunPageService(self.database, paths.results, self.tasks, lambda: tuple(self._secrets), self)
        self.webhooks = WebhookService(DeletedWebhooksFile(paths.deleted_webhooks), self)
        self.receiver = WebhookReceiver(self.settings, self.runs, self._know_secret, self)

    def _complete_images(self) -> None:
        from segmind_studio.services.accounts.budget_service import BudgetService  # noqa: PLC0415
        from segmind_studio.services.images.contact_sheet import ContactSheets  # noqa: PLC0415
        from segmind_studio.services.images.grid_service import GridService  # noqa: PLC0415
        from segmind_studio.services.images.image_saver import ImageSaver  # noqa: PLC0415
        from segmind_studio.services.images.image_service import ImageService  # noqa: PLC0415
        from segmind_studio.services.images.judging import JudgingService  # noqa: PLC0415
        from segmind_studio.services.images.other_images import OtherAccountImages  # noqa: PLC0415
        from segmind_studio.services.images.thumbnails import Thumbnails  # noqa: PLC0415
        from segmind_studio.services.images.try_notes import TryNotesService  # noqa: PLC0415
        from segmind_studio.services.runs.history_service import HistoryService  # noqa: PLC0415
        from segmind_studio.services.runs.order_desk import DeskServices, OrderDesk  # noqa: PLC0415
        from segmind_studio.services.runs.other_accounts import OtherAccountRuns  # noqa: PLC0415
        from segmind_studio.store.image_store import ImageStore  # noqa: PLC0415
        from segmind_studio.store.try_file import TryFile  # noqa: PLC0415
        from segmind_studio.store.vote_store import VoteStore  # noqa: PLC0415

        paths = self.paths
        self.tryouts = ImageService(paths.results, ImageStore(self.database), self)
        self.try_notes = TryNotesService(TryFile(paths.try_file), self)
        self.judging = JudgingService(self.tryouts, ImageStore(self.database), VoteStore(paths.votes), self)
        self.contact_sheets = ContactSheets(self.tasks, self)
        self.image_saver = ImageSaver(self.tasks, self)
        self.image_thumbnails = Thumbnails(self, memory_bytes=IMAGE_THUMBNAIL_BYTES)
        self.budgets = BudgetService(self.runs, self.tryouts, self.settings, self)
        self.grids = GridService(
            self.tryouts, self.runs, self.budgets, self.try_notes, tasks=self.tasks, parent=self,
        )
        self.history = HistoryService(self.database, self.tasks, self.runs, self.tryouts, self)
        self.other_runs = OtherAccountRuns(self.database, self.tasks, self.accounts, self._live, self)
        self.other_images = OtherAccountImages(self.database, self.tasks, self.accounts, self.tryouts, self)
        self.submits.finished.connect(self.other_runs.refresh)
        self.orders = OrderDesk(DeskServices(
            self.accounts, self.runs, self.tryouts, self.submits, self.downloads, self.settings, self.tasks, paths,
        ), self)

    def _complete_system(self) -> None:
        from segmind_studio.practice_host import PracticeHost  # noqa: PLC0415
        from segmind_studio.services.desktop.keep_awake import KeepAwake  # noqa: PLC0415
        from segmind_studio.services.desktop.launcher_progress import LauncherProgress  # noqa: PLC0415
        from segmind_studio.services.notices.notifications import (  # noqa: PLC0415
            NotificationService,
            desktop_board,
        )
        from segmind_studio.services.runs.watch_times import WatchTimes  # noqa: PLC0415
        from segmind_studio.services.system.support_bundle import SupportService  # noqa: PLC0415
        from segmind_studio.services.system.work_under_way import UnderWay  # noqa: PLC0415

        self.support = SupportService(
            database=self.database, paths=self.paths, settings=self.settings, accounts=self.accounts,
            runs=self.runs, network=self.network, tasks=self.tasks, secrets=lambda: tuple(self._secrets),
            parent=self,
        )
        self.notifications = NotificationService(
            self.runs, self.settings, self._in_front, desktop_board(), self,
        )
        self.under_way = UnderWay(
            self.board, runs=self.runs, submits=self.submits, tryouts=self.tryouts, parent=self,
        )
        self.watched = WatchTimes(self.paths.watch_times, self.runs, self.tasks, self)
        self.awake = KeepAwake(self.board, parent=self)
        self.launcher = LauncherProgress(self.board, parent=self)
        self.practice = PracticeHost(self.paths.practice, practice_speed(self._options, self.settings.value), self)

    def _know_secret(self, key: ApiKey) -> None:
        self._secrets.add(key.reveal())

    def _is_busy(self) -> bool:
        return any(activity.here for activity in self.board.activities)

    def _connect(self) -> None:
        for service in (
            self.sheets, self.submits, self.downloads, self.tryouts, self.webhooks, self.watched,
            self.history,
        ):
            self.accounts.connection_changed.connect(service.set_connection)
        self.thumbnails.unreadable.connect(self.looks.doubt)
        self.practice.changed.connect(self.accounts.set_practice)
        self.accounts.practice_wanted.connect(self.practice.need)
        self.submits.confirmed.connect(self.runs.take_confirmed)
        self.submits.unwritten.connect(self.runs.drop_unwritten)
        self.submits.row_changed.connect(self.runs.accept_row)
        self.submits.live_changed.connect(self.runs.update_live)
        self.downloads.row_changed.connect(self.runs.accept_row)
        self.sheets.row_changed.connect(self.runs.accept_row)
        self.submits.looking.connect(self.looks.show_wait)
        self.submits.finished.connect(self.looks.end_wait)
        self.submits.finished.connect(self._submitted)
        for ended in (self.tryouts.finished, self.tryouts.failed):
            ended.connect(self._spent)

    @Slot(object)
    def _submitted(self, _outcome: SubmitOutcome) -> None:
        self.accounts.refresh_credits()

    @Slot(object)
    def _spent(self, _result: object) -> None:
        self.accounts.refresh_credits()

    def start(self) -> None:
        """Start everything that reads disk, keyring or network; call it after the first paint."""
        self.complete()
        self.runs.start()
        self.runs.set_polling(on=self.settings.value.polling)
        self.set_options(PackageOptions(strip_metadata=self.settings.value.strip_metadata))
        self.datasets.start(self.settings.value.dataset_id)
        self.looks.start()
        self.measured_checks.start()
        self.try_notes.load()
        self.accounts.start()
        self.network.start()
        self.watched.start()
        self.receiver.start()

    def set_options(self, options: PackageOptions) -> None:
        """Set how archives are made, for measuring, checking and sending."""
        self.datasets.set_options(options)
        self.submits.set_options(options)

    def stop(self) -> bool:
        """Save and stop: ask all, wait for all under one deadline; False when something did not stop in time."""
        self.complete()  # also for an app that ends before it was complete
        services = (
            self.receiver, self.notifications, self.webhooks, self.caption_writer, self.tryouts, self.try_notes,
            self.judging, self.downloads, self.submits, self.runs, self.thumbnails, self.image_thumbnails,
            self.looks, self.datasets, self.tasks, self.awake, self.launcher,
        )
        return end_all(
            (
                self.network.stop, self.settings.ask_stop, self.spelling.ask_stop, self.watched.ask_stop,
                self.measured_checks.ask_stop,
                *(service.ask_stop for service in services),
            ),
            (*(service.wait_end for service in services), self.practice.stop),  # a server ends after its clients
            (self.settings.write_unsaved, self.watched.write_unsaved, self.database.close),
        )

    @property
    def unsaved(self) -> StudioError | None:
        """Return, after `stop`, why the last changes to a dataset are not on the disk; None when they are."""
        return self.datasets.unsaved


def _save_nothing(_settings: Settings) -> None:
    """Leave a file that was not read as it is; the window says so all the time."""


def _database(path: Path) -> Database:
    from segmind_studio.store.database import Database  # noqa: PLC0415  # when first needed

    return Database(path)


def _account_keys(database: Database) -> AccountKeys:
    from segmind_studio.store.account_keys import AccountKeys  # noqa: PLC0415  # when first needed

    return AccountKeys(database)


def _library(database: Database) -> Library:
    from segmind_studio.store.library import Library  # noqa: PLC0415  # when first needed

    return Library(database)


def _vault() -> Vault:
    from segmind_studio.store.secrets import Vault  # noqa: PLC0415  # when first needed

    return Vault()


def _look_pool() -> FullLookPool:
    from segmind_studio.services.datasets.full_look_pool import FullLookPool  # noqa: PLC0415  # when first needed

    return FullLookPool()


def practice_speed(options: Options, settings: Settings) -> float:
    """Return how fast the practice service runs: as chosen, or faster for the self-test and the tour."""
    if options.self_test:
        return SELF_TEST_SPEED
    return TOUR_SPEED if options.tour else settings.practice_speed
