"""The place Try: a prompt and a finished model in, pictures out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Breach
from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images.contact_sheet import ContactSheets
from segmind_studio.services.images.image_saver import ImageSaver
from segmind_studio.services.images.image_service import ImageService, TryFailure, TryResult
from segmind_studio.services.images.judging import JudgingService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import EmptyState
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.place import Place
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.controls import TryControls
from segmind_studio.ui.tryout.gallery import Gallery
from segmind_studio.ui.tryout.judging import Judging
from segmind_studio.ui.tryout.results_model import shown


class TryView(QStackedWidget):
    """The widgets of the place. Built when it is first shown, not at the start.

    Signals:
        go(str): a place to show, from the empty state; GUI thread.
    """

    go = Signal(str)

    def __init__(self, actions: TryActions, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = TryControls(actions.generate)
        self.gallery = Gallery(actions, thumbnails)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.gallery, 1)
        row.addWidget(self.controls)
        self._nothing = self._empty()
        self.addWidget(self._nothing)
        self.addWidget(work)

    def _empty(self) -> EmptyState:
        train = QAction(icon("sliders-horizontal", "accent_text"), _("Train a model"), self)
        train.triggered.connect(self._go_train)
        runs = QAction(icon("activity"), _("See the runs"), self)
        runs.triggered.connect(self._go_runs)
        return EmptyState(
            "wand-sparkles", _("No model is ready yet"),
            _("As soon as a run is ready, you can make pictures with its model here."), train, runs,
        )

    def take_focus(self) -> None:
        """Set the keyboard focus to the prompt, or to the button that leads to a model."""
        if self.currentWidget() is not self._nothing:
            self.controls.begin_prompt()
        elif self._nothing.primary_button is not None:
            self._nothing.primary_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_runs(self, ready: Sequence[Run], chosen: str) -> None:
        """Offer the runs that are ready; earlier pictures stay visible without any."""
        self.controls.show_runs(ready, chosen)
        self.setCurrentIndex(1 if ready or self.gallery.result is not None else 0)

    def show_images(
        self, images: Sequence[GeneratedImage], result_of: Callable[[GeneratedImage], TryResult],
    ) -> None:
        """Show the stored images."""
        self.gallery.show_all(images, result_of)
        self.setCurrentIndex(1 if images or self.controls.run is not None else 0)

    def show_result(self, result: TryResult) -> None:
        """Show a new picture, or whose answer was lost."""
        self.gallery.add(result)
        self.setCurrentIndex(1)

    def _go_train(self) -> None:
        self.go.emit("train")

    def _go_runs(self) -> None:
        self.go.emit("runs")


class TryScreen(Place):
    """Make pictures with runs that are ready.

    Signals (GUI thread):
        go(str): a place to show, from the empty state.
    """

    go = Signal(str)

    def __init__(  # noqa: PLR0913  # what it shows
        self, tryouts: ImageService, runs: RunService, settings: SettingsService, budgets: BudgetService,
        parent: QWidget | None = None, *, saver: ImageSaver, thumbnails: Thumbnails,
        judging: JudgingService, sheets: ContactSheets, actions: TryActions | None = None,
    ) -> None:
        super().__init__(parent)
        self.place_id, self.title, self.icon_name = "try", _("Try"), "wand-sparkles"
        self._tryouts = tryouts
        self._runs = runs
        self._settings = settings
        self._budgets = budgets
        self._may_pass: set[str] = set()  # accounts for which an unknown price was confirmed once
        self._wanted = ""  # the run that was requested, also before it is loaded
        self._saver = saver
        self._thumbnails = thumbnails
        self._judging_service, self._sheets = judging, sheets
        self._judging: Judging | None = None
        self._view: TryView | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._actions = actions or TryActions.of(self)
        self._generate, self._again = self._actions.generate, self._actions.again
        self._save, self._reuse = self._actions.save, self._actions.reuse
        self._connect()

    def _seen(self) -> TryView:
        """Return the widgets; they are created when the place is first shown."""
        if self._view is None:
            view = TryView(self._actions, self._thumbnails, self)
            view.controls.changed.connect(self._refresh)
            view.controls.run_chosen.connect(self._reckon)
            view.controls.price.changed.connect(self._refresh)
            view.controls.price.done.connect(view.controls.go_to_button)
            view.controls.cancel_wanted.connect(self._tryouts.cancel)
            view.gallery.selected.connect(self._refresh)
            view.go.connect(self.go)
            self._saver.failed.connect(view.controls.show_error)
            self._layout.addWidget(view)
            self._view = view
            self._judging = Judging(
                view.gallery, self._actions.judging, self._judging_service, self,
                thumbnails=self._thumbnails, sheets=self._sheets, folder=self._download_folder,
            )
            self._judging_service.failed.connect(view.controls.show_error)
            self._show_runs()
            self._show_images()
        return self._view

    def _connect(self) -> None:
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
        self._tryouts.busy_changed.connect(self._busy_changed)
        self._saver.saved.connect(self._saved)

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
        self._seen()

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self._seen()
        super().showEvent(event)
        self._reckon()

    @override
    def activated(self) -> None:
        if self._view is not None:
            self._view.take_focus()

    def show_error(self, error: StudioError) -> None:
        """Show an error above the fields."""
        self._seen().controls.show_error(error)

    # -- state

    def _show_runs(self) -> None:
        if self._view is None:
            return
        ready = [run for run in self._runs.runs if run.ready]
        run = self._view.controls.run
        chosen = run.run_id if run else ""
        if any(run.run_id == self._wanted for run in ready):
            chosen, self._wanted = self._wanted, ""
        self._view.show_runs(ready, chosen)
        self._view.gallery.show_names({run.run_id: run.name for run in self._runs.runs})

    def _show_images(self) -> None:
        if self._view is not None:
            images = [generated for generated in self._tryouts.images if shown(generated)]
            self._view.show_images(images, self._tryouts.result_of)

    @Slot(object)
    def _runs_changed(self, _rows: object) -> None:
        self._show_runs()

    @Slot(object)
    def _images_replaced(self, _images: object) -> None:
        self._show_images()
        self._refresh()

    @Slot()
    def _reckon(self) -> None:
        """Compute the cost of the next request, and whether it needs the typed word; only while visible."""
        run = self._view.controls.run if self._view is not None and self.isVisible() else None
        if run is None or self._view is None:
            return
        price = self._view.controls.price
        if run.account_id == PRACTICE_ACCOUNT_ID:
            price.show_free()
            return
        cost = self._budgets.image_cost(run)
        budget_status = self._budgets.budget_status_of_images(run.account_id, cost)
        breaches = budget_status.breaches if budget_status is not None else ()
        if run.account_id in self._may_pass:
            breaches = tuple(breach for breach in breaches if not _of_an_unknown_price(breach))
        price.show_price(cost, 1, budget_status, breaches)

    @Slot()
    def _refresh(self) -> None:
        if self._view is None:
            return
        busy, controls = self._tryouts.busy, self._view.controls
        self._generate.setEnabled(not busy and controls.request() is not None and controls.price.is_open)
        if busy:
            self._generate.setText(_("Making the picture…"))
        elif controls.practice:
            self._generate.setText(_("Generate (practice, free)"))
        else:
            self._generate.setText(_("Generate (paid)"))
        result = self._view.gallery.result
        lost = result is not None and result.generated.state is ImageState.UNKNOWN
        self._reuse.setEnabled(result is not None)
        for action in (self._save, self._actions.copy):
            action.setEnabled(result is not None and not lost)
        self._again.setText(
            _("Generate again (practice, free)") if controls.practice else _("Generate again (paid)")
        )
        self._again.setEnabled(lost and not busy)

    @Slot(object)
    def _busy_changed(self, busy: bool) -> None:  # noqa: FBT001  # a Qt slot
        self._seen().controls.set_busy(busy=busy)
        self._refresh()

    # -- actions of the user

    def _ask(self) -> None:
        """Request the described picture; from the menu of another place only show this place."""
        if not self.isVisible():
            self.go.emit("try")
            return
        controls = self._seen().controls
        request = controls.request()
        if request is None or self._tryouts.busy:
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
        self._tryouts.generate(request)
        price.close_again()

    def _ask_again(self) -> None:
        """Request a picture without an answer again: a new paid call, like the main button's."""
        result = self._result
        if result is None or result.generated.state is not ImageState.UNKNOWN:
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
