"""The window with its services and places, and the requests between them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QUndoStack

from segmind_studio.assembly import Services
from segmind_studio.command_line import NEW_DATASET, SAMPLE, Options
from segmind_studio.core.datasets import Dataset, PackageOptions, ScanProgress, ScanReport, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Run
from segmind_studio.core.settings import Settings
from segmind_studio.early_calls import EarlyCalls
from segmind_studio.import_steps import ACTIONS, LATER, TO_BEGIN, import_step
from segmind_studio.resources import resource
from segmind_studio.services.system.breakdowns import Breakdowns
from segmind_studio.services.system.single_instance import OrderCall, SingleInstance
from segmind_studio.store.paths import AppPaths
from segmind_studio.texts import _
from segmind_studio.ui.idle_steps import IdleSteps
from segmind_studio.ui.place import Place, PlaceSlot
from segmind_studio.ui.shell.drops import FileOpenApplication
from segmind_studio.ui.shell.run_news import RunNews, come_to_front
from segmind_studio.ui.shell.window import MainWindow
from segmind_studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from segmind_studio.core.form import TrainingForm
    from segmind_studio.selftest import SelfTest
    from segmind_studio.services.datasets.pasted import PastedPicture
    from segmind_studio.services.runs.submission_service import SubmitRequest
    from segmind_studio.ui.data.screen import DataScreen
    from segmind_studio.ui.place_actions import PlaceActions
    from segmind_studio.ui.runs.pictures import RunPictures
    from segmind_studio.ui.runs.screen import RunsScreen
    from segmind_studio.ui.settings.screen import SettingsScreen
    from segmind_studio.ui.start.screen import StartScreen
    from segmind_studio.ui.train.screen import TrainScreen
    from segmind_studio.ui.tryout.screen import TryScreen

SAMPLE_TRIGGER = "CHELSEA"  # what the captions of the sample photos call the cat


class Studio(QObject):
    """Build the window with the services and pass the requests between places. GUI thread.

    A place is built when it is first shown or receives a request, else one after another when the first page is
    painted and there is nothing else to do.

    Signals:
        leave(int): the window was closed, or the self-test has ended, with this exit code.
        stepped(): a little more of what is created after the first paint exists.
        settled(): all that is created after the first paint exists.
    """

    leave = Signal(int)
    stepped = Signal()
    settled = Signal()

    def __init__(self, options: Options, services: Services, instance: SingleInstance, theme: Theme) -> None:
        super().__init__()
        self._options = options
        self._services = services
        self._theme = theme
        s = services
        self._undo = QUndoStack(self)
        self._news: RunNews | None = None
        self._self_test: SelfTest | None = None
        self._calls = EarlyCalls(options.wishes, options.paths, self)
        self._damage_shown = False
        self._made: PlaceActions | None = None
        self._pictures: RunPictures | None = None
        self._settings = s.settings.value
        self._slots = {
            slot.place_id: slot for slot in (
                PlaceSlot("start", _("Start"), "house", self._build_start),
                PlaceSlot("data", _("Data"), "images", self._build_data),
                PlaceSlot("train", _("Train"), "sliders-horizontal", self._build_train),
                PlaceSlot("runs", _("Runs"), "activity", self._build_runs),
                PlaceSlot("try", _("Try"), "wand-sparkles", self._build_try),
                PlaceSlot("settings", _("Settings"), "settings", self._build_settings),
            )
        }
        self._steps = IdleSteps((
            *(partial(import_step, names) for names in ACTIONS), self._offer_actions, instance.listen,
            *(partial(import_step, names) for names in TO_BEGIN), s.complete_in_pieces,
            self._join, self._slots["train"].place, self._slots["runs"].place_in_pieces, self._begin,
            *(partial(import_step, names) for names in LATER),
            *(slot.prepare_in_pieces for slot in self._slots.values()), self._settle,
        ), self)
        self._steps.stepped.connect(self.stepped)
        self.window = MainWindow(
            places=tuple(self._slots.values()), accounts=s.accounts, datasets=s.datasets, runs=s.runs,
            activity=s.board, network=s.network, settings=s.settings, theme=theme, undo=self._undo,
            menus_later=True,
        )
        self._connect(instance)

    def _connect(self, instance: SingleInstance) -> None:
        s = self._services
        self.window.paths_dropped.connect(self._add)
        self.window.picture_dropped.connect(self._add_picture)
        self.window.support_wanted.connect(self._show_support)
        self.window.closing.connect(self._end)
        self.window.dataset_wanted.connect(self._open_dataset)
        self._calls.follow(instance, s.accounts)
        instance.called.connect(self._come)
        self._calls.wished.connect(self._wished)
        self._calls.called.connect(self._add)
        self._calls.ordered.connect(self._ordered)
        s.settings.failed.connect(self._show_error)
        s.datasets.dataset_changed.connect(self._dataset_changed)
        s.datasets.scan_progress.connect(self._scan_moved)
        s.datasets.scan_finished.connect(self._scan_ended)
        s.settings.changed.connect(self._settings_changed)
        for first_read in (s.runs.replaced, s.datasets.recent_changed):
            first_read.connect(self._show_damage)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)
        if isinstance(app, FileOpenApplication):
            app.opened.connect(self._calls.take_paths)
            app.opened.connect(self._come)
            app.quit_wanted.connect(self.window.leave_at_close)
            app.start_opening()

    def _offer_actions(self) -> Iterator[None]:
        """Fill the menus; the actions are created before the places that handle them."""
        yield from self._actions().make_in_pieces()
        self.window.fill_menus()

    def _actions(self) -> PlaceActions:
        if self._made is None:
            from segmind_studio.ui.place_actions import PlaceActions  # noqa: PLC0415  # after the first paint

            self._made = PlaceActions(self._slots)
        return self._made

    def _complete(self) -> None:
        """Create all services, before the place that first needs one of the later ones."""
        self._services.complete()

    def _join(self) -> Iterator[None]:
        """Connect the window with the services that did not exist at its creation, piece by piece."""
        from segmind_studio.ui.help.desk import HelpDesk  # noqa: PLC0415  # after the first paint
        from segmind_studio.ui.shell.tray import Tray  # noqa: PLC0415  # after the first paint

        s = self._services
        s.submits.started.connect(self._runs_started)
        for said in (s.orders.carried_out, s.looks.message, s.practice.refilled):
            said.connect(self.window.toast)
        s.practice.failed.connect(self._show_error)
        s.webhooks.loss_found.connect(self.window.show_trouble)
        self.window.set_practice(s.practice)
        yield
        self._desk = HelpDesk(
            self.window, settings=s.settings, accounts=s.accounts, tasks=s.tasks, theme=self._theme,
            paths=_paths_text(s.paths), log=s.paths.log_file, asks=not self._options.practice,
        )
        yield
        self._start_place.set_thumbnails(s.thumbnails)
        yield
        self._start_place.set_history(s.history)
        yield
        self._start_place.set_pictures(self._run_pictures)
        yield
        self._news = RunNews(s.notifications, self.window, self)
        self._news.run_wanted.connect(self._open_run)
        self._news.unseen_changed.connect(self._start_place.show_news)
        self._tray = Tray(self.window, s.settings, s.board, s.notifications)

    def open(self) -> None:
        """Show the window; everything else starts once it is painted."""
        self.window.painted.connect(self._steps.start)
        self.window.show()

    def _begin(self) -> None:
        """Start the services; every place that receives their signals exists."""
        s = self._services
        s.start()
        self._trigger_changed(self._train.form.text("trigger_word"))
        if s.settings_trouble is not None:
            self.window.show_trouble(s.settings_trouble)
        self._calls.begin()
        if self._options.self_test or self._options.tour:
            self._begin_self_test()

    def _settle(self) -> None:
        self._desk.begin()
        self.settled.emit()

    # -- the places

    @property
    def _run_pictures(self) -> RunPictures:
        """Return what finds the pictures of runs, one for all places."""
        if self._pictures is None:
            from segmind_studio.ui.runs.pictures import RunPictures  # noqa: PLC0415  # after the first paint

            self._complete()
            s = self._services
            self._pictures = RunPictures(s.thumbnails, s.tasks, s.tryouts, self)
        return self._pictures

    @property
    def _start_place(self) -> StartScreen:
        return cast("StartScreen", self._slots["start"].place())

    @property
    def _data(self) -> DataScreen:
        return cast("DataScreen", self._slots["data"].place())

    @property
    def _train(self) -> TrainScreen:
        return cast("TrainScreen", self._slots["train"].place())

    @property
    def _runs_place(self) -> RunsScreen:
        return cast("RunsScreen", self._slots["runs"].place())

    @property
    def _try(self) -> TryScreen:
        return cast("TryScreen", self._slots["try"].place())

    @property
    def _settings_place(self) -> SettingsScreen:
        return cast("SettingsScreen", self._slots["settings"].place())

    def _build_start(self) -> Place:
        from segmind_studio.ui.start.screen import StartScreen  # noqa: PLC0415  # when it is built

        s = self._services
        place = StartScreen(s.accounts, s.datasets, s.runs, s.settings, asks=not self._options.practice)
        place.go.connect(self._go)
        place.add_photos.connect(self._choose_photos)
        place.open_sample.connect(self._open_sample)
        place.add_key.connect(self._show_keys)
        place.open_run.connect(self._open_run)
        place.open_dataset.connect(self._open_dataset)
        place.history_wanted.connect(self._show_history)
        return place

    def _build_data(self) -> Place:
        from segmind_studio.ui.data.screen import DataScreen  # noqa: PLC0415  # when it is built

        self._complete()
        s = self._services
        actions = self._actions().photos
        place = DataScreen(
            s.datasets, s.thumbnails, s.settings, self._undo, self._slots["data"], writer=s.caption_writer,
            measured=s.measured_checks,
            theme=self._theme_of_form, actions=actions, spelling=s.spelling, at_once=False,
        )
        self._slots["data"].built.connect(self._pass_trigger_on)
        place.toast.connect(self._toast)
        place.undo_toast.connect(self._undo_toast)
        place.open_sample.connect(self._open_sample)
        place.train_requested.connect(self._show_train)
        place.field_fix.connect(self._train.fix)
        place.versions_wanted.connect(self._compare_versions)
        place.captions_back_wanted.connect(self._ask_captions_back)
        place.go.connect(self._go)
        return place

    def _build_train(self) -> Place:
        from segmind_studio.ui.train.screen import TrainScreen  # noqa: PLC0415  # when it is built

        self._complete()
        s = self._services
        place = TrainScreen(
            s.datasets, s.runs, s.accounts, s.settings, s.submits, budgets=s.budgets,
            actions=self._actions().train,
        )
        place.set_thumbnails(s.thumbnails)
        place.go.connect(self._go)
        place.toast.connect(self._toast)
        place.trigger_changed.connect(self._trigger_changed)
        place.checks_wanted.connect(self._show_checks)
        place.prepend_wanted.connect(self._prepend_trigger)
        place.submitted.connect(self._submit)
        s.submits.refused.connect(place.show_error)
        return place

    def _build_runs(self) -> Place:
        from segmind_studio.ui.runs.screen import RunsScreen  # noqa: PLC0415  # when it is built

        self._complete()
        s = self._services
        place = RunsScreen(
            s.runs, s.submits, s.downloads, s.accounts, s.settings, self._slots["runs"], sheets=s.sheets,
            budgets=s.budgets, commands=self._actions().runs,
            pictures=self._run_pictures,
            watched=s.watched, history=s.history, results=s.results, pages=s.pages, others=s.other_runs,
            at_once=False,
        )
        place.go.connect(self._go)
        place.toast.connect(self._toast)
        place.offer.connect(self._toast)
        place.run_again.connect(self._run_again)
        place.try_requested.connect(self._try_run)
        place.versions_wanted.connect(self._compare_versions)
        return place

    def _build_try(self) -> Place:
        from segmind_studio.ui.tryout.screen import TryScreen  # noqa: PLC0415  # when it is built

        self._complete()
        s = self._services
        place = TryScreen(
            s.tryouts, s.runs, s.settings, s.budgets, self._slots["try"], saver=s.image_saver,
            thumbnails=s.image_thumbnails, notes=s.try_notes, judging=s.judging, grids=s.grids,
            sheets=s.contact_sheets, accounts=s.accounts, others=s.other_images,
            actions=self._actions().pictures,
        )
        place.go.connect(self._go)
        place.toast.connect(self._toast)
        place.offer.connect(self._toast)
        return place

    def _build_settings(self) -> Place:
        from segmind_studio.ui.settings.screen import SettingsScreen  # noqa: PLC0415  # when it is built

        self._complete()
        s = self._services
        place = SettingsScreen(
            s.accounts, s.settings, self._theme, _paths_text(s.paths),
            webhooks=s.webhooks, receiver=s.receiver, budgets=s.budgets, support=s.support,
            bundle=self._actions().bundle, parent=self._slots["settings"], at_once=False,
        )
        place.set_practice(s.practice)
        place.go.connect(self._go)
        place.toast.connect(self._toast)
        place.restart_wanted.connect(self._restart)
        return place

    # -- requests of the places to the window, which may still be under construction

    @Slot(str)
    def _go(self, place_id: str) -> None:
        self.window.show_place(place_id)

    @Slot(str)
    @Slot(str, object)
    def _toast(self, text: str, action: QAction | None = None) -> None:
        self.window.toast(text, action)

    @Slot(str)
    def _undo_toast(self, text: str) -> None:
        self.window.undo_toast(text)

    @Slot()
    def _show_support(self) -> None:
        self._settings_place.show_support()

    @Slot()
    def _restart(self) -> None:
        self.window.restart()

    @Slot(str)
    def _trigger_changed(self, word: str) -> None:
        self._services.datasets.set_trigger_word(word)
        if self._slots["data"].is_built:
            self._data.set_trigger_word(word)

    @Slot()
    def _pass_trigger_on(self) -> None:
        self._data.set_trigger_word(self._train.form.text("trigger_word"))

    def _theme_of_form(self) -> str:
        return self._train.form.text("theme")

    @Slot(str)
    def _prepend_trigger(self, trigger_word: str) -> None:
        self._data.prepend_trigger(trigger_word)

    def watch(self, breakdowns: Breakdowns) -> None:
        """Show unexpected errors of the app, and a crash of the previous session."""
        breakdowns.error_found.connect(self._show_breakdown)
        if breakdowns.last_crash is not None:
            self.window.show_trouble(breakdowns.last_crash, Severity.SHOULD)

    @Slot(object)
    def _show_breakdown(self, error: StudioError) -> None:
        self.window.show_trouble(error)
        if self._self_test is not None:
            self._self_test.take_breakdown(error)

    def _begin_self_test(self) -> None:
        from segmind_studio.selftest import SelfTest, SelfTestParts  # noqa: PLC0415  # and QtTest: only when asked for

        s = self._services
        parts = SelfTestParts(
            self.window, s.datasets, s.runs, s.downloads, s.tryouts, s.paths.data, verbose=self._options.verbose,
        )
        self._self_test = SelfTest(parts, self._options.tour, self)
        self._self_test.finished.connect(self.leave)
        self._self_test.start()

    @Slot()
    def _end(self) -> None:
        self.leave.emit(0)

    # -- photos

    @Slot(object)
    def _add(self, paths: tuple[Path, ...]) -> None:
        if paths:
            self._services.datasets.add(paths)
            self.window.show_place("data")

    @Slot(object)
    def _add_picture(self, picture: PastedPicture) -> None:
        self._services.datasets.add_picture(picture)
        self.window.show_place("data")

    @Slot()
    def _come(self) -> None:
        """Raise the window for another launch."""
        come_to_front(self.window)

    @Slot(str)
    def _wished(self, wish: str) -> None:
        """Do what the command line of this launch, or of another, requests besides its files."""
        if wish == NEW_DATASET:
            self._services.datasets.new()
            self.window.show_place("data")
        elif wish == SAMPLE:
            self._open_sample()
        else:
            self.window.show_place(wish)

    @Slot(object)
    def _ordered(self, call: OrderCall) -> None:
        """Carry out an order of the command line; the window stays where it is."""
        self._services.orders.take(call)

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
        """Open a dataset; show all of them for the id ""."""
        if not dataset_id:
            self._actions().photos.all_datasets.trigger()
            return
        self._services.datasets.open(dataset_id)
        self.window.show_place("data")

    @Slot()
    def _ask_captions_back(self) -> None:
        from segmind_studio.dataset.captions_back import caption_files, write_captions  # noqa: PLC0415  # as below
        from segmind_studio.ui.data.captions_back import CaptionsBackDialog  # noqa: PLC0415  # when asked for

        s = self._services
        look = partial(caption_files, s.datasets.dataset, s.paths.imports)
        dialog = CaptionsBackDialog(look, write_captions, s.tasks, self.window)
        dialog.saved.connect(s.datasets.note_saved_captions)
        dialog.written.connect(self._toast)
        dialog.open()

    @Slot()
    @Slot(str)
    def _compare_versions(self, run_id: str = "") -> None:
        """Compare a run's photos, "" for the last one's, with the open dataset."""
        from segmind_studio.services.datasets.versions import versions_of  # noqa: PLC0415  # when asked for
        from segmind_studio.ui.versions.dialog import open_versions  # noqa: PLC0415  # when asked for

        s = self._services
        known = versions_of(s.datasets.dataset, s.runs.runs)
        if open_versions(known, s.thumbnails, s.tasks, self.window, run_id=run_id) is None:
            self.window.toast(_("No run to compare with yet."))

    @Slot(Qt.ApplicationState)
    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """Check the photos' files and the network again: the app is in front after edits elsewhere or a sleep."""
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
            board.begin("scan", _("Adding photos"), self._services.datasets.cancel_scan)
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
        if self._services.orders.ordered(runs[0].run_id):
            self.window.toast(_("“{name}” was started from the command line.").format(name=runs[0].name))
            return
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

    @Slot()
    def _show_history(self) -> None:
        self.window.show_place("runs")
        self._runs_place.show_history()

    # -- the rest

    @Slot()
    def _show_keys(self) -> None:
        self.window.show_place("settings")
        self._settings_place.show_key_entry()

    @Slot(object)
    def _settings_changed(self, value: Settings) -> None:
        services, before = self._services, self._settings
        self._settings = value
        if value.polling != before.polling:
            services.runs.set_polling(on=value.polling)
        if value.strip_metadata != before.strip_metadata:
            services.set_options(PackageOptions(strip_metadata=value.strip_metadata))
        if value.practice_speed != before.practice_speed:
            services.practice.at_speed(value.practice_speed)

    @Slot()
    def _show_damage(self) -> None:
        """Show once that the database was damaged; the first worker that reads opens it."""
        note = self._services.database.note
        if note and not self._damage_shown:
            self._damage_shown = True
            self._start_place.show_note(_("Your history was damaged"), note)
            if self.window.place != "start":
                self.window.toast(_("Your history was damaged. The Start page shows what was recovered."))

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self.window.toast(str(error))


def _paths_text(paths: AppPaths) -> dict[str, str]:
    return {
        _("Datasets and runs"): str(paths.data),
        _("Settings"): str(paths.settings_file),
        _("Log"): str(paths.log_file),
        _("Cache"): str(paths.cache),
    }
