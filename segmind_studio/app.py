"""The app itself: the window on its services, what one place asks of another, the start and the end."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QUndoStack
from PySide6.QtWidgets import QApplication

from segmind_studio import __version__, languages
from segmind_studio.assembly import Services
from segmind_studio.command_line import Options
from segmind_studio.core.accounts import Connection
from segmind_studio.core.datasets import Dataset, PackageOptions, ScanProgress, ScanReport, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Run
from segmind_studio.core.settings import Settings
from segmind_studio.resources import resource
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.runs.submission_service import SubmitRequest
from segmind_studio.services.system.breakdowns import Breakdowns
from segmind_studio.services.system.garbage import GarbageCollector
from segmind_studio.services.system.single_instance import SingleInstance
from segmind_studio.startup import enter, keep_inside
from segmind_studio.store.crash_file import CrashFile
from segmind_studio.store.logs import configure_logging
from segmind_studio.store.paths import AppPaths, app_paths
from segmind_studio.texts import _
from segmind_studio.ui.data.screen import DataScreen
from segmind_studio.ui.runs.screen import RunsScreen
from segmind_studio.ui.settings.screen import SettingsScreen
from segmind_studio.ui.shell.run_news import RunNews, come_to_front, in_front
from segmind_studio.ui.shell.window import MainWindow
from segmind_studio.ui.start.screen import StartScreen
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.train.screen import TrainScreen
from segmind_studio.ui.tryout.screen import TryScreen

if TYPE_CHECKING:
    from segmind_studio.selftest import SelfTest

_log = logging.getLogger(__name__)
APP_ID = "segmind-studio"
SAMPLE_TRIGGER = "CHELSEA"  # what the captions of the sample photos call the cat


class Studio(QObject):
    """Build the window on the services and carry what one place asks of another. GUI thread."""

    leave = Signal(int)

    def __init__(self, options: Options, services: Services, instance: SingleInstance, theme: Theme) -> None:
        super().__init__()
        self._options = options
        self._services = services
        s = services
        self._undo = QUndoStack(self)
        budgets = BudgetService(s.runs, s.tryouts, s.settings, s.submits, self)
        self._start_place = StartScreen(s.accounts, s.datasets, s.runs, s.settings)
        self._data = DataScreen(s.datasets, s.thumbnails, s.settings, self._undo)
        self._train = TrainScreen(s.datasets, s.runs, s.accounts, s.settings, s.submits, budgets=budgets)
        self._runs_place = RunsScreen(
            s.runs, s.submits, s.downloads, s.accounts, s.settings, sheets=s.sheets, budgets=budgets,
        )
        self._try = TryScreen(s.tryouts, s.runs, s.settings, budgets)
        self._settings_place = SettingsScreen(
            s.accounts, s.settings, theme, _paths_text(s.paths),
            webhooks=s.webhooks, budgets=budgets, support=s.support,
        )
        self.window = MainWindow(
            places=(self._start_place, self._data, self._train, self._runs_place, self._try, self._settings_place),
            accounts=s.accounts, datasets=s.datasets, runs=s.runs, activity=s.board, network=s.network,
            settings=s.settings, theme=theme, undo=self._undo,
        )
        self._news = RunNews(s.notifications, self.window, self)
        self._self_test: SelfTest | None = None
        self._early: tuple[Path, ...] | None = ()  # what other launches brought before the services started
        self._damage_told = False
        self._settings = s.settings.value
        self._connect(instance)

    def _connect(self, instance: SingleInstance) -> None:
        s = self._services
        window = self.window
        window.paths_dropped.connect(self._add)
        instance.called.connect(self._called)
        for place in (self._start_place, self._train, self._runs_place, self._try, self._settings_place):
            place.go.connect(window.show_place)
        for toast in (self._data.toast, self._train.toast, self._runs_place.toast):
            toast.connect(window.toast)
        self._settings_place.toast.connect(window.toast)
        window.support_wanted.connect(self._settings_place.show_support)
        self._data.undo_toast.connect(window.undo_toast)
        self._start_place.add_photos.connect(self._choose_photos)
        self._start_place.open_sample.connect(self._open_sample)
        self._data.open_sample.connect(self._open_sample)
        self._start_place.add_key.connect(self._show_keys)
        self._start_place.open_run.connect(self._open_run)
        self._start_place.open_dataset.connect(self._open_dataset)
        self._data.train_requested.connect(self._show_train)
        self._train.trigger_changed.connect(self._data.set_trigger_word)
        self._train.trigger_changed.connect(s.datasets.set_trigger_word)
        self._train.checks_wanted.connect(self._show_checks)
        self._train.lead_wanted.connect(self._data.lead_captions)
        self._data.field_mend.connect(self._train.mend)
        self._train.submitted.connect(self._submit)
        self._runs_place.run_again.connect(self._run_again)
        self._runs_place.try_requested.connect(self._try_run)
        s.submits.started.connect(self._runs_started)
        s.submits.refused.connect(self._train.show_error)
        s.practice.ready.connect(self._practice_ready)
        s.practice.failed.connect(self._tell)
        s.settings.failed.connect(self._tell)
        s.looks.told.connect(self.window.toast)
        s.datasets.dataset_changed.connect(self._dataset_changed)
        s.datasets.scan_progress.connect(self._scan_moved)
        s.datasets.scan_finished.connect(self._scan_ended)
        s.settings.changed.connect(self._settings_changed)
        for first_read in (s.runs.replaced, s.datasets.recent_changed):
            first_read.connect(self._tell_damage)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)
        self._news.run_wanted.connect(self._open_run)
        self._news.unseen_changed.connect(self._start_place.show_news)

    def open(self) -> None:
        """Show the window; everything else starts once it is painted."""
        self.window.painted.connect(self._after_first_paint)
        self.window.show()

    @Slot()
    def _after_first_paint(self) -> None:
        s = self._services
        s.start()
        self._train.trigger_changed.emit(self._train.form.text("trigger_word"))
        if s.settings_note:
            self.window.toast(s.settings_note)
        if self._options.sample and not self._options.paths:
            self._open_sample()
        early, self._early = self._early or (), None
        self._add((*self._options.paths, *early))
        if self._options.self_test or self._options.tour:
            self._begin_self_test()

    def watch(self, breakdowns: Breakdowns) -> None:
        """Say what in the app itself breaks, and that it crashed the last time."""
        breakdowns.told.connect(self._tell_breakdown)
        if breakdowns.last_crash is not None:
            self.window.show_trouble(breakdowns.last_crash, Severity.SHOULD)

    @Slot(object)
    def _tell_breakdown(self, error: StudioError) -> None:
        self.window.show_trouble(error)
        if self._self_test is not None:
            self._self_test.take_breakdown(error)

    def _begin_self_test(self) -> None:
        from segmind_studio.selftest import SelfTest, SelfTestParts  # noqa: PLC0415  # and QtTest: only when asked for

        s = self._services
        parts = SelfTestParts(self.window, s.datasets, s.runs, s.downloads, s.tryouts, s.paths.data)
        self._self_test = SelfTest(parts, self._options.tour, self)
        self._self_test.finished.connect(self.leave)
        self._self_test.start()

    # -- photos

    @Slot(object)
    def _add(self, paths: tuple[Path, ...]) -> None:
        if paths:
            self._services.datasets.add(paths)
            self.window.show_place("data")

    @Slot(object)
    def _called(self, paths: tuple[Path, ...]) -> None:
        """Come to the front for another launch, with its files."""
        if self._early is None:
            self._add(paths)
        else:
            self._early += paths
        come_to_front(self.window)

    @Slot()
    def _choose_photos(self) -> None:
        self.window.show_place("data")
        self._data.choose_photos()

    @Slot()
    def _open_sample(self) -> None:
        """Open the sample photos as a dataset of their own, unless they are open already."""
        folder = resource("sample")
        datasets = self._services.datasets
        if not any(photo.path.parent == folder for photo in datasets.dataset.photos):
            datasets.new(_("Chelsea (sample)"))
            datasets.add((folder,))
        if not self._train.form.touched:
            self._train.load_form(self._train.form.with_value("trigger_word", SAMPLE_TRIGGER))
        self.window.show_place("data")

    @Slot(str)
    def _open_dataset(self, dataset_id: str) -> None:
        self._services.datasets.open(dataset_id)
        self.window.show_place("data")

    @Slot(Qt.ApplicationState)
    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """When the person comes back, the photos' files may have been edited, and the computer may have slept."""
        if state is Qt.ApplicationState.ApplicationActive:
            self._services.datasets.check_files()
            self._services.network.look()

    @Slot(object)
    def _dataset_changed(self, dataset: Dataset) -> None:
        self._services.settings.update(dataset_id=dataset.dataset_id)

    @Slot(object)
    def _scan_moved(self, progress: ScanProgress) -> None:
        board = self._services.board
        if not any(work.key == "scan" for work in board.activities):
            board.begin("scan", _("Taking in photos"), self._services.datasets.cancel_scan)
        board.progress("scan", progress.found, None, "photos")

    @Slot(object)
    def _scan_ended(self, _report: ScanReport) -> None:
        self._services.board.end("scan")

    # -- runs

    @Slot()
    def _show_train(self) -> None:
        self.window.show_place("train")

    @Slot()
    def _show_checks(self) -> None:
        self.window.show_place("data")
        self._data.show_checks()

    @Slot(object)
    def _submit(self, request: SubmitRequest) -> None:
        self._services.submits.submit(request)

    @Slot(object)
    def _runs_started(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            self._services.runs.accept_row(run)
        self.window.show_place("runs")
        self._runs_place.select(runs[0].run_id)

    @Slot(object)
    def _run_again(self, form: TrainingForm) -> None:
        self._train.load_form(form)
        self.window.show_place("train")

    @Slot(str)
    def _try_run(self, run_id: str) -> None:
        self._try.choose(run_id)
        self.window.show_place("try")

    @Slot(str)
    def _open_run(self, run_id: str) -> None:
        self.window.show_place("runs")
        self._runs_place.select(run_id)

    # -- the rest

    @Slot()
    def _show_keys(self) -> None:
        self.window.show_place("settings")
        self._settings_place.show_key_entry()

    @Slot(object)
    def _practice_ready(self, _connection: Connection) -> None:
        self.window.set_practice(self._services.practice.server)
        self._settings_place.set_practice(self._services.practice.server)

    @Slot(object)
    def _settings_changed(self, value: Settings) -> None:
        services, before = self._services, self._settings
        self._settings = value
        if value.polling != before.polling:
            services.runs.set_polling(on=value.polling)
        if value.strip_metadata != before.strip_metadata:
            services.set_options(PackageOptions(strip_metadata=value.strip_metadata))
        if value.practice_speed != before.practice_speed:
            connection = services.practice.at_speed(value.practice_speed)
            if connection is not None:
                services.accounts.set_practice(connection)

    @Slot()
    def _tell_damage(self) -> None:
        """Say once that the database was damaged; it is first opened by the worker that first reads."""
        note = self._services.database.note
        if note and not self._damage_told:
            self._damage_told = True
            self._start_place.show_note(_("Your history was damaged"), note)
            if self.window.place != "start":
                self.window.toast(_("Your history was damaged. The Start page says what came back."))

    @Slot(object)
    def _tell(self, error: StudioError) -> None:
        self.window.toast(str(error))


def run(options: Options) -> int:
    """Open the app and stay until it is left; returns the exit code."""
    if options.self_test or options.tour:
        if options.data_dir is not None:
            return _run(options, app_paths(options.data_dir))
        with tempfile.TemporaryDirectory(prefix="segmind-studio-", ignore_cleanup_errors=True) as folder:
            return _run(options, app_paths(Path(folder)))
    return _run(options, app_paths(options.data_dir))


def _run(options: Options, paths: AppPaths) -> int:
    keep_inside(paths)
    app = _application()
    instance = enter(app, options, paths)
    if isinstance(instance, int):
        return instance
    secrets: set[str] = set()
    configure_logging(paths.log_file, lambda: tuple(secrets))
    _log.info("Segmind Studio %s starts", __version__)
    breakdowns = Breakdowns(CrashFile(paths.logs), lambda: tuple(secrets), app)
    breakdowns.start()
    theme = Theme(app)
    services = Services(options, paths, secrets, in_front)
    theme.prepare(services.settings.value.appearance)
    studio = Studio(options, services, instance, theme)
    theme.apply(services.settings.value.appearance)
    studio.leave.connect(app.exit)
    studio.watch(breakdowns)
    garbage = GarbageCollector(app)
    studio.open()
    code = app.exec()
    instance.close_door()
    studio.window.hide()
    clean = services.stop()
    garbage.stop()
    breakdowns.stop()
    instance.release()  # the next app may begin now
    _log.info("Segmind Studio leaves with code %d", code)
    logging.shutdown()
    if not clean:
        # A thread is still inside a call that cannot be cut; leaving Python the usual way would abort.
        os._exit(code)
    return code


def _application() -> QApplication:
    app = QApplication(sys.argv[:1])
    app.setApplicationName(APP_ID)
    app.setApplicationDisplayName("Segmind Studio")
    app.setApplicationVersion(__version__)
    app.setOrganizationName(APP_ID)
    QGuiApplication.setDesktopFileName(APP_ID)
    languages.install(app)
    return app


def _paths_text(paths: AppPaths) -> dict[str, str]:
    return {
        _("Datasets and runs"): str(paths.data),
        "Settings": str(paths.settings_file),
        "Log": str(paths.log_file),
        "Cache": str(paths.cache),
    }
