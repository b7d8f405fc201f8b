"""The place Try: a prompt and a finished model in, pictures out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from secrets import randbelow

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Breach
from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.image_requests import TryRequest, call_as_curl, call_as_python
from segmind_studio.core.picture_grid import GridPlan, TryNotes
from segmind_studio.core.pricing import together
from segmind_studio.core.runs import Run
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images.contact_sheet import ContactSheets
from segmind_studio.services.images.grid_service import GridService
from segmind_studio.services.images.image_batch import ImageBatch
from segmind_studio.services.images.image_saver import ImageSaver
from segmind_studio.services.images.image_service import ImageService, TryFailure, TryResult
from segmind_studio.services.images.judging import JudgingService
from segmind_studio.services.images.other_images import OtherAccountImages
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.images.try_notes import TryNotesService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.idle_steps import IdleSteps, finish
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.place import Place
from segmind_studio.ui.tryout.accounts import GalleryAccounts
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.controls import TryControls
from segmind_studio.ui.tryout.gallery import Gallery
from segmind_studio.ui.tryout.grid.view import GridView
from segmind_studio.ui.tryout.judging import Judging
from segmind_studio.ui.tryout.more import address_of
from segmind_studio.ui.tryout.results_model import shown
from segmind_studio.ui.tryout.view import TryView

_SEEDS = 2**31  # as they are drawn for one picture
_MANY = 100  # runs
_GATHER_MS = 100


class TryScreen(Place):
    """Make pictures with runs that are ready.

    Signals (GUI thread):
        go(str): a place to show, from the empty state; toast(str): short news; offer(str, object): news with the
        QAction that takes it back.
    """

    go = Signal(str)
    toast = Signal(str)
    offer = Signal(str, object)

    def __init__(  # noqa: PLR0913  # what it shows
        self, tryouts: ImageService, runs: RunService, settings: SettingsService, budgets: BudgetService,
        parent: QWidget | None = None, *, saver: ImageSaver, thumbnails: Thumbnails,
        notes: TryNotesService, judging: JudgingService, grids: GridService, sheets: ContactSheets,
        accounts: AccountService | None = None, others: OtherAccountImages | None = None,
        actions: TryActions | None = None,
    ) -> None:
        """With `accounts` and `others`, the gallery can show the pictures of all accounts."""
        super().__init__(parent)
        self.place_id, self.title, self.icon_name = "try", _("Try"), "wand-sparkles"
        self._tryouts = tryouts
        self._runs = runs
        self._settings = settings
        self._budgets = budgets
        self._may_pass: set[str] = set()  # accounts for which an unknown price was confirmed once
        self._wanted = ""  # the run that was requested, also before it is loaded
        self._batch = ImageBatch(tryouts, self._breaches_of, self)
        self._notes = notes
        self._grids = grids
        self._grid_view: GridView | None = None
        self._saver = saver
        self._thumbnails = thumbnails
        self._judging_service, self._sheets = judging, sheets
        self._judging: Judging | None = None
        self._all_accounts = (accounts, others)
        self._accounts: GalleryAccounts | None = None
        self._frame: TryView | None = None  # says that no model is ready, until there is more to show
        self._view: TryView | None = None  # the same, once it is complete
        self._filled = False  # with the images, which of very many is a step of its own
        self._making = self._make_view()
        self._make_soon = IdleSteps((lambda: self._making,), self)
        self._runs_soon = QTimer(self, singleShot=True, interval=_GATHER_MS)  # runs changed that are not shown yet
        self._runs_soon.timeout.connect(self._show_many_runs)
        self._names_soon = QTimer(self, singleShot=True, interval=0)
        self._names_soon.timeout.connect(self._show_names)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._actions = actions or TryActions.of(self)
        self._generate, self._again = self._actions.generate, self._actions.again
        self._save, self._reuse = self._actions.save, self._actions.reuse
        self._connect()

    def _seen(self) -> TryView:
        """Return the widgets; they are created when there is a model to try, or a picture to show."""
        if self._view is None:
            finish(self._making)
        if self._view is None:
            raise RuntimeError("The widgets are asked for while they are being made.")
        if not self._filled:
            self._show_images()
        if self._runs_soon.isActive() or self._names_soon.isActive():
            self._show_runs()
        return self._view

    def _framed(self) -> TryView:
        """Return what says that no model is ready; the fields and the gallery may not exist yet."""
        if self._frame is None:
            self._frame = TryView(self._actions, self._thumbnails, self)
            self._frame.go.connect(self.go)
            self._layout.addWidget(self._frame)
        return self._frame

    def _has_more(self) -> bool:
        """Return whether there is a model to try, or a picture to show."""
        others = self._all_accounts[1]
        return (
            any(run.ready for run in self._runs.runs) or any(map(shown, self._tryouts.images))
            or (others is not None and bool(others.account_ids))
        )

    def _make_view(self) -> Iterator[None]:
        view = self._framed()
        yield
        yield from view.rest
        view.controls.changed.connect(self._refresh)
        view.controls.run_chosen.connect(self._reckon)
        view.controls.price.changed.connect(self._refresh)
        view.controls.price.done.connect(view.controls.go_to_button)
        view.controls.count_changed.connect(self._reckon)
        view.controls.cancel_wanted.connect(self._stop)
        view.controls.extra_edited.connect(self._keep_extra)
        view.controls.show_extras(self._notes.value.extras)
        view.controls.show_keys(shown=self._settings.value.api_names)
        view.gallery.selected.connect(self._refresh)
        self._saver.failed.connect(view.controls.show_error)
        yield
        self._judging = Judging(
            view.gallery, self._actions.judging, self._judging_service, self,
            thumbnails=self._thumbnails, sheets=self._sheets, folder=self._download_folder,
        )
        self._judging.offer.connect(self.offer)
        self._judging_service.failed.connect(view.controls.show_error)
        self._show_accounts(view.gallery)
        yield
        self._view = view
        self._show_runs()
        yield
        if not self._filled:
            self._show_images()

    def _show_accounts(self, gallery: Gallery) -> None:
        accounts, others = self._all_accounts
        if accounts is not None and others is not None:
            action = self._actions.judging.all_accounts
            self._accounts = GalleryAccounts(gallery, action, others, accounts, self._settings)
            self._accounts.changed.connect(self._show_all)

    def _connect(self) -> None:
        others = self._all_accounts[1]
        if others is not None:
            others.account_ids_changed.connect(self._make_when_needed)
        self._generate.triggered.connect(self._ask)
        self._again.triggered.connect(self._ask_again)
        self._save.triggered.connect(self._choose_target)
        self._reuse.triggered.connect(self._use_settings)
        self._actions.copy.triggered.connect(self._copy)
        self._runs.replaced.connect(self._runs_changed)
        self._runs.changed.connect(self._runs_changed)
        self._budgets.changed.connect(self._reckon)
        self._tryouts.replaced.connect(self._images_replaced)
        self._tryouts.finished.connect(self._made)
        self._tryouts.failed.connect(self._failed)
        self._tryouts.looked.connect(self._looked)
        self._tryouts.busy_changed.connect(self._busy_changed)
        self._batch.changed.connect(self._show_busy)
        self._batch.stopped.connect(self._stopped)
        self._actions.look.triggered.connect(self._look)
        self._actions.copy_curl.triggered.connect(self._copy_curl)
        self._actions.copy_python.triggered.connect(self._copy_python)
        self._actions.grid.triggered.connect(self._open_grid)
        self._saver.saved.connect(self._saved)
        self._notes.changed.connect(self._notes_changed)
        self._settings.changed.connect(self._take_settings)

    # -- called by others

    def choose(self, run_id: str) -> None:
        """Choose a run, now or as soon as it is ready."""
        self._wanted = run_id
        self._show_runs()

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return self._actions.in_menus()

    @override
    def prepare(self) -> None:
        if self._has_more():
            self._seen()
        else:
            self._framed()

    @override
    def prepare_in_pieces(self) -> Iterator[None]:
        others = self._all_accounts[1]
        if others is not None:
            others.refresh()
        self._framed()
        yield
        if self._has_more():
            yield from self._making

    @Slot()
    def _make_when_needed(self) -> None:
        if self._view is None and self._has_more():
            self._make_soon.start()

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self.prepare()
        super().showEvent(event)
        self._reckon()

    @override
    def activated(self) -> None:
        if self._frame is not None:
            self._frame.take_focus()

    def show_error(self, error: StudioError) -> None:
        """Show an error above the fields."""
        self._seen().controls.show_error(error)

    # -- state

    @Slot()
    def _show_runs(self) -> None:
        self._show_ready()
        self._show_names()

    @Slot()
    def _show_many_runs(self) -> None:
        """Show them in two turns: of very many, each takes long enough."""
        self._show_ready()
        self._names_soon.start()

    def _show_ready(self) -> None:
        self._runs_soon.stop()
        if self._view is None:
            return
        ready = [run for run in self._runs.runs if run.ready]
        run = self._view.controls.run
        chosen = run.run_id if run else ""
        if self._wanted and any(run.run_id == self._wanted for run in ready):
            chosen, self._wanted = self._wanted, ""
        self._view.show_runs(ready, chosen)
        self._actions.grid.setEnabled(bool(ready))

    @Slot()
    def _show_names(self) -> None:
        self._names_soon.stop()
        if self._view is None:
            return
        others = self._all_accounts[1]
        names = dict(others.run_names) if others is not None else {}
        names |= {run.run_id: run.name for run in self._runs.runs}
        self._view.gallery.show_names(names)
        if self._grid_view is not None:
            self._grid_view.show_runs([run for run in self._runs.runs if run.ready], names)

    def _open_grid(self) -> None:
        """Show the grid; from the menu of another place only that place first."""
        if not self.isVisible():
            self.go.emit("try")
        view = self._seen()
        if self._grid_view is None:
            self._grid_view = GridView(self._grids, self._notes, self._actions, self._thumbnails)
            self._grid_view.back.connect(view.leave_grid)
            view.addWidget(self._grid_view)
        view.setCurrentWidget(self._grid_view)
        self._show_runs()
        self._grid_view.open_with(self._draft())

    def _draft(self) -> GridPlan:
        """Return a grid of one cell with what Try's own fields hold.

        A seed that they do not set is that of the last picture of this request, else a new one.
        """
        controls = self._seen().controls
        requests = controls.requests()
        run = controls.run
        if not requests or run is None:
            chosen = (run.run_id,) if run else ()
            return GridPlan(strengths=(1.0,), seeds=(randbelow(_SEEDS),), run_ids=chosen)
        one = requests[0]
        seed = self._last_seed(one) if one.seed is None else one.seed
        return GridPlan(
            prompts=(one.prompt,), strengths=(one.strength,), run_ids=(run.run_id,), seeds=(seed,),
            width=one.width, height=one.height, ratio=one.ratio, way=one.way.value,
            negative_prompt=one.negative_prompt,
        )

    def _last_seed(self, request: TryRequest) -> int:
        """Return the seed of the last picture of this request, which is not paid again then; else a new one."""
        made = [
            image for image in self._tryouts.images
            if image.seed is not None and image.run_id == request.run_id and image.prompt == request.prompt
            and shown(image) and replace(image, seed=None).content == request.content
        ]
        seed = max(made, key=lambda image: image.asked_at).seed if made else None
        return randbelow(_SEEDS) if seed is None else seed

    def _show_images(self) -> None:
        if self._view is not None:
            self._filled = True
            images = [generated for generated in self._tryouts.images if shown(generated)]
            if self._accounts is not None:
                images += filter(shown, self._accounts.images)
            self._view.show_images(images, self._tryouts.result_of)

    @Slot()
    def _show_all(self) -> None:
        self._show_runs()
        self._show_images()
        self._refresh()

    @Slot(object)
    def _runs_changed(self, changed: Sequence[Run]) -> None:
        """Show the runs as they are now; many that change come in several parts, and are shown together."""
        if self._view is None:
            if any(run.ready for run in changed):
                self._make_soon.start()
        elif self.isVisible() and len(changed) < _MANY:
            self._show_runs()
        else:
            self._runs_soon.start()

    @Slot(object)
    def _images_replaced(self, _images: object) -> None:
        self._make_when_needed()
        self._show_images()
        self._refresh()

    @Slot(object)
    def _take_settings(self, settings: Settings) -> None:
        if self._view is not None:
            self._view.controls.show_keys(shown=settings.api_names)

    @Slot()
    def _reckon(self) -> None:
        """Compute the cost of the next request, and whether it needs the typed word; only while visible."""
        run = self._view.controls.run if self._view is not None and self.isVisible() else None
        if run is None or self._view is None:
            return
        price = self._view.controls.price
        if run.account_id == PRACTICE_ACCOUNT_ID:
            price.show_free(self._view.controls.count)
            return
        costs = [self._budgets.image_cost(run)] * self._view.controls.count
        budget_status = self._budgets.budget_status_of_images(run.account_id, costs)
        breaches = budget_status.breaches if budget_status is not None else ()
        if run.account_id in self._may_pass:
            breaches = tuple(breach for breach in breaches if not _of_an_unknown_price(breach))
        price.show_price(together(costs, pictures=True), len(costs), budget_status, breaches)

    def _breaches_of(self, requests: tuple[TryRequest, ...]) -> tuple[Breach, ...]:
        """Return the limits that these would exceed; an unknown price that was confirmed once is none."""
        run = self._runs.run(requests[0].run_id)
        if run is None:
            return ()
        costs = [self._budgets.image_cost(run)] * len(requests)
        budget_status = self._budgets.budget_status_of_images(run.account_id, costs)
        breaches = budget_status.breaches if budget_status is not None else ()
        allowed = run.account_id in self._may_pass
        return tuple(breach for breach in breaches if not (allowed and _of_an_unknown_price(breach)))

    @Slot()
    def _refresh(self) -> None:
        if self._view is None:
            return
        busy, controls = self._tryouts.busy, self._view.controls
        possible = bool(controls.requests())
        self._generate.setEnabled(not busy and possible and controls.price.is_open)
        self._generate.setText(self._generate_words(controls))
        for action in (self._actions.copy_curl, self._actions.copy_python):
            action.setEnabled(possible)
        result = self._view.gallery.result
        lost = result is not None and result.generated.state is ImageState.UNKNOWN
        own = result is not None and self._view.gallery.model.own(result.generated)
        self._reuse.setEnabled(result is not None)
        for action in (self._save, self._actions.copy):
            action.setEnabled(result is not None and not lost)
        self._again.setText(
            _("Generate again (practice, free)") if controls.practice else _("Generate again (paid)")
        )
        self._again.setEnabled(lost and own and not busy)
        can_look = lost and own and result is not None and self._tryouts.can_look(result.generated)
        self._actions.look.setEnabled(can_look)

    def _generate_words(self, controls: TryControls) -> str:
        if self._tryouts.busy:
            left = len(self._batch.left)
            return _("Making the picture, {count} to follow…").format(count=left) if left \
                else _("Making the picture…")
        count = controls.count
        if count == 1:
            return _("Generate (practice, free)") if controls.practice else _("Generate (paid)")
        words = _("Generate {count} (practice, free)") if controls.practice else _("Generate {count} (paid)")
        return words.format(count=count)

    @Slot(object)
    def _busy_changed(self, _busy: bool) -> None:  # noqa: FBT001  # a Qt slot
        self._show_busy()

    @Slot()
    def _show_busy(self) -> None:
        self._seen().controls.set_busy(busy=self._tryouts.busy, more=bool(self._batch.left))
        self._refresh()

    # -- actions of the user

    def _ask(self) -> None:
        """Request the described picture; from the menu of another place only show this place."""
        if not self.isVisible():
            self.go.emit("try")
            return
        controls = self._seen().controls
        requests = controls.requests()
        if not requests or self._tryouts.busy:
            return
        self._reckon()  # another day may have begun since, or something else was paid
        price = controls.price
        if not price.is_open:
            price.begin()
            return
        if controls.run is not None and any(map(_of_an_unknown_price, price.breaches)):
            self._may_pass.add(controls.run.account_id)
        controls.show_error(None)
        controls.begin_prompt()  # the button is about to be disabled; the next Space must press no other control
        self._batch.start(requests, price.breaches)
        price.close_again()

    @Slot(str, str)
    def _keep_extra(self, run_id: str, text: str) -> None:
        self._notes.update(self._notes.value.with_extra(run_id, text))

    @Slot(object)
    def _notes_changed(self, notes: TryNotes) -> None:
        if self._view is not None:
            self._view.controls.show_extras(notes.extras)

    @Slot()
    def _stop(self) -> None:
        """Request no more pictures; without any to follow, stop waiting for the one that is being made."""
        if self._batch.left:
            self._batch.halt()
        else:
            self._tryouts.cancel()

    @Slot(object)
    def _stopped(self, error: StudioError) -> None:
        self._seen().controls.show_error(error)

    def _ask_again(self) -> None:
        """Request a picture without an answer again: a new paid call, like the main button's."""
        result = self._result
        if result is None or not self._again.isEnabled():
            return
        run = self._runs.run(result.generated.run_id)
        if run is None or not run.ready:
            self.show_error(StudioError(_("The model of this picture is not ready."), _("Open it in Runs.")))
            return
        self._seen().controls.use(result.generated)
        self._ask()

    @Slot(object)
    def _made(self, result: TryResult) -> None:
        self._seen().show_result(result)
        self._refresh()

    @Slot(object)
    def _failed(self, failure: TryFailure) -> None:
        """Show a lost answer as a card, and any other reason above the fields."""
        generated = failure.generated
        if generated is not None and shown(generated):
            self._seen().show_result(self._tryouts.result_of(generated))
        if generated is None or generated.state is not ImageState.UNKNOWN:
            self._seen().controls.show_error(failure.error)
        self._refresh()

    @Slot(object)
    def _looked(self, ended: TryResult | TryFailure) -> None:
        """Show what became of a picture that was queued earlier; it is in the strip already, or it was not."""
        self._show_images()
        if isinstance(ended, TryFailure) and ended.generated is not None \
                and ended.generated.state is ImageState.FAILED:
            self._seen().controls.show_error(ended.error)
        self._refresh()

    def _look(self) -> None:
        if self._result is not None:
            self._tryouts.look(self._result.generated)
            self._refresh()

    def _copy_curl(self) -> None:
        self._copy_call(as_curl=True)

    def _copy_python(self) -> None:
        self._copy_call(as_curl=False)

    def _copy_call(self, *, as_curl: bool) -> None:
        """Copy what Generate would send, for a script; the key is not part of it."""
        requests = self._seen().controls.requests()
        if not requests:
            return
        url, params, queued = address_of(requests[0]), requests[0].params(), requests[0].call[1]
        words = call_as_curl(url, params) if as_curl else call_as_python(url, params, queued=queued)
        QGuiApplication.clipboard().setText(words)
        self.toast.emit(_("Copied. The code reads the key from SEGMIND_API_KEY."))

    @property
    def _result(self) -> TryResult | None:
        return self._view.gallery.result if self._view else None

    def _use_settings(self) -> None:
        if self._result is not None:
            self._seen().controls.use(self._result.generated)

    def _copy(self) -> None:
        if self._view is not None:
            self._view.gallery.copy()

    def _download_folder(self) -> Path:
        return Path(self._settings.value.download_folder or Path.home())

    def _choose_target(self) -> None:
        result = self._result
        if result is None:
            return
        folder = self._download_folder()
        name = self._saver.name_for(result)
        dialog = QFileDialog(self, _("Save the picture"), str(existing_folder(folder) / name))
        guard_scroll_areas(dialog)
        dialog.setObjectName("try.save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(
            [file_filter(_("Pictures"), "*.png *.jpg *.jpeg *.webp"), file_filter(_("All files"), "*")]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._target_chosen)
        dialog.open()

    @Slot(str)
    def _target_chosen(self, target: str) -> None:
        if self._result is not None and self._view is not None:
            self._saver.save(self._result, Path(target), self._view.gallery.model.name_of(self._result.generated))

    @Slot(object)
    def _saved(self, target: Path) -> None:
        self._seen().gallery.show_note(_("Saved as {target}").format(target=target))


def _of_an_unknown_price(breach: Breach) -> bool:
    """Return whether only an unknown price may exceed a limit."""
    return breach.over is None and not breach.unread
