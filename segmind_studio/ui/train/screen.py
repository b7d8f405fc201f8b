"""The place Train: the form, the review, and what is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.budget import BudgetStatus
from segmind_studio.core.errors import ApiError, ApiProblem, HeldBackError, StoreError, StudioError
from segmind_studio.core.fields import FIELD_BY_KEY, Value
from segmind_studio.core.fixes import Fix, FixKind
from segmind_studio.core.form import PRESETS, TrainingForm
from segmind_studio.core.named_fields import fields_named
from segmind_studio.core.pricing import together
from segmind_studio.core.runs import Run, Stage
from segmind_studio.core.settings import Settings
from segmind_studio.formats import duration_span
from segmind_studio.record import record
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.runs.run_service import RunService, WatchState
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, SubmitRequest
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, capitalised, sentences
from segmind_studio.ui.forms import FormModel
from segmind_studio.ui.forms.field_row import field_value_text
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.place import Place
from segmind_studio.ui.train.actions import TrainActions
from segmind_studio.ui.train.facts import AccountFacts, TrainFacts
from segmind_studio.ui.train.review import ReviewDialog
from segmind_studio.ui.train.suggestions import suggestions
from segmind_studio.ui.train.view import TrainView

SAVE_AFTER_MS = 300


class DraftSaver(QObject):
    """Store what is typed, and whether it was sent; `flush` stores at once. GUI thread."""

    def __init__(self, model: FormModel, settings: SettingsService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._settings = settings
        self._sent: frozenset[str] = frozenset()  # names of the runs that the form was sent as
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.flush)
        model.replace(TrainingForm.from_json(settings.value.draft))
        model.changed.connect(self._timer.start)

    @Slot()
    def flush(self) -> None:
        """Store now."""
        self._timer.stop()
        self._settings.update(draft=self._model.form.to_json())

    def mark_sent(self) -> None:
        """Store that the current form was sent: it is no longer unfinished."""
        self.flush()
        self._sent = frozenset(single.text("name") for single in self._model.form.forms)
        self._settings.update(sent_draft=self._settings.value.draft)

    @Slot(object)
    def unmark_sent(self, what: object) -> None:
        """Store that sending failed after all; a run that was started elsewhere changes nothing."""
        if not isinstance(what, Run) or what.name in self._sent:
            self._settings.update(sent_draft="")


@record
class _Refused:
    value: Value
    text: str


class Refusals:
    """Store the fields of the last refusal."""

    def __init__(self) -> None:
        self._refused: dict[str, _Refused] = {}

    def take(self, error: ApiError, run: Run) -> None:
        """Store the refused fields of this run in place of earlier ones."""
        sent = run.form
        self._refused = {
            key: _Refused(sent.value(key), words) for key, words in fields_named(error.detail).items()
        }

    def clear(self) -> None:
        """Clear them."""
        self._refused = {}

    def at(self, form: TrainingForm) -> dict[str, str]:
        """Return the service's message by field, for values that would be sent as they were refused."""
        forms = form.forms
        return {
            key: refused.text for key, refused in self._refused.items()
            if any(_same(single.value(key), refused.value) for single in forms)
        }


def _same(value: Value, refused: Value) -> bool:
    return value == refused and type(value) is type(refused)


_TOLD_HERE = frozenset({ApiProblem.BAD_REQUEST, ApiProblem.RETIRED})
_NOTICED_MS = 500  # a wait that is longer is named


class TrainScreen(Place):
    """Fill in, check, review, start.

    Signals (GUI thread):
        submitted(object): SubmitRequest, exactly once for each confirmed review.
        go(str): a place to show; toast(str): a short message.
        trigger_changed(str): the trigger word as it is now.
        checks_wanted(): what was found about the photos should be shown.
        prepend_wanted(str): this trigger word should stand in all captions.
    """

    submitted = Signal(object)
    go = Signal(str)
    toast = Signal(str)
    trigger_changed = Signal(str)
    checks_wanted = Signal()
    prepend_wanted = Signal(str)

    def __init__(  # noqa: PLR0913, PLR0917  # the services it shows, each by name
        self,
        datasets: DatasetService,
        runs: RunService,
        accounts: AccountService,
        settings: SettingsService,
        submits: SubmissionService,
        parent: QWidget | None = None,
        *,
        budgets: BudgetService,
        actions: TrainActions | None = None,
    ) -> None:
        super().__init__(parent)
        self.place_id, self.title, self.icon_name = "train", _("Train"), "sliders-horizontal"
        self._datasets = datasets
        self._runs = runs
        self._accounts = accounts
        self._unread = runs.watch.unread
        self._refusals = Refusals()
        self._model = FormModel(parent=self, suggest=self._suggestions)
        self._draft = DraftSaver(self._model, settings, self)
        self._budgets = budgets
        self._settings = settings
        self._names_shown = settings.value.api_names
        self._everything = False  # also name missing fields that were not touched
        self._asking = False  # the balance is being asked for, for "Check everything"
        self._checked = False
        self._review: ReviewDialog | None = None
        self._review_waits = False  # for what is found of the photos as they are now
        self._before_load: TrainingForm | None = None
        self._trigger = self.form.text("trigger_word")
        self._view: TrainView | None = None
        self._thumbnails: Thumbnails | None = None
        self._making = self._make_view()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._actions = actions or TrainActions(self)
        self._connect(submits)

    def _connect(self, submits: SubmissionService) -> None:
        actions = self._actions
        actions.review.triggered.connect(self._start_review)
        actions.check.triggered.connect(self._check_everything)
        actions.undo_load.triggered.connect(self._bring_back)
        actions.clear.triggered.connect(self._clear_form)
        self._model.changed.connect(self._form_changed)
        self._datasets.dataset_changed.connect(self._refresh_from)
        self._datasets.package_changed.connect(self._refresh_from)
        self._accounts.changed.connect(self._account_changed)
        self._runs.watch_changed.connect(self._watch_changed)
        self._runs.usual_changed.connect(self._refresh)
        self._budgets.prices_changed.connect(self._refresh)
        submits.finished.connect(self._submission_ended)
        submits.refused.connect(self._draft.unmark_sent)
        self._settings.changed.connect(self._take_settings)

    @Slot(object)
    def _take_settings(self, settings: Settings) -> None:
        if settings.api_names is not self._names_shown:  # what the user folds by hand stays so
            self._names_shown = settings.api_names
            if self._view is not None:
                self._view.show_keys(shown=settings.api_names)

    def _seen(self) -> TrainView:
        """Return the widgets; they are created when the place is first shown."""
        if self._view is None:
            finish(self._making)
        if self._view is None:
            raise RuntimeError("The widgets are asked for while they are being made.")
        return self._view

    def _make_view(self) -> Iterator[None]:
        view = TrainView(self._model, self._actions, self)
        yield from view.rest
        if self._thumbnails is not None:
            view.set_thumbnails(self._thumbnails)
        view.show_keys(shown=self._names_shown)
        view.data_wanted.connect(self._go_to_data)
        view.checks_wanted.connect(self.checks_wanted)
        view.fix_wanted.connect(self.fix)
        view.copied.connect(self.toast)
        self._layout.addWidget(view)
        self._view = view

    # -- called by others

    def set_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show pictures of the photos, here and in the review, from now on."""
        self._thumbnails = thumbnails
        if self._view is not None:
            self._view.set_thumbnails(thumbnails)
            self._refresh()

    @property
    def form(self) -> TrainingForm:
        """Return the form as it is now."""
        return self._model.form

    def load_form(self, form: TrainingForm) -> None:
        """Show another form, as "run again" does; the previous one can be restored.

        A form without a name is of a run made elsewhere, most of whose settings the service does not return.
        """
        name = form.text("name")
        words = _("The form now has the settings of “{name}”.").format(name=name) if name \
            else _("The form now has what is known of this run. Everything else has its default value.")
        self._swap(form, words)

    def _swap(self, form: TrainingForm, words: str) -> None:
        """Show another form, show a message, and keep the previous one until the next change."""
        before = self.form
        self._everything = self._checked = False
        self._model.replace(form)
        undo = bool(before.differences()) and before != self.form
        self._before_load = before if undo else None
        self._actions.undo_load.setEnabled(undo)
        self._seen().form_swapped(words if undo else "")
        if undo:
            self.toast.emit(sentences(words, _("You can restore your previous form.")))
        self._refresh()

    @Slot(object)
    def fix(self, fix: Fix) -> None:
        """Do what a button beside a message offers; a changed field can be restored."""
        if fix.kind is FixKind.PREPEND:
            self.prepend_wanted.emit(str(fix.value))
        elif fix.kind is FixKind.SET:
            field, before = FIELD_BY_KEY[fix.key], self.form
            self._model.set_value(fix.key, fix.value)
            now = field_value_text(field, fix.value)
            words = _("{field} is now: {value}").format(field=field.label, value=now)
            self._keep(before, words)

    def _keep(self, before: TrainingForm, words: str) -> None:
        """Offer to restore a form that was replaced; `words` describe the replacement."""
        self._before_load = before
        self._actions.undo_load.setEnabled(True)
        self._seen().form_swapped(words)
        self.toast.emit(words)
        self._refresh()

    @Slot(object)
    def show_error(self, error: StudioError) -> None:
        """Show above the fields why a submission did not work."""
        self._seen().show_error(error)

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return self._actions.in_menus()

    @override
    def prepare(self) -> None:
        self._seen()

    @override
    def prepare_in_pieces(self) -> Iterator[None]:
        yield from self._making
        self._show_state(self._seen())  # when it is first shown, little of it differs

    @override
    def activated(self) -> None:
        inside = QApplication.focusWidget()
        if inside is None or not self.isAncestorOf(inside):
            self._seen().setFocus(Qt.FocusReason.OtherFocusReason)  # Ctrl+Enter works at once

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self._seen()
        self._refresh()
        super().showEvent(event)

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self._review_waits = False
        self._draft.flush()

    # -- state

    def _suggestions(self, form: TrainingForm) -> dict[str, Value]:
        return suggestions(form, self._datasets.dataset, (run.name for run in self._runs.runs))

    def _facts(self) -> TrainFacts:
        state: AccountsState = self._accounts.state
        account = AccountFacts(state.current, state.connection, state.credits, state.credits_error)
        facts = TrainFacts.of(
            self.form, self._datasets.dataset, self._datasets.package, account,
            together(self._budgets.form_costs(self.form, practice=account.practice)), self._runs.runs,
        )
        return replace(facts, refusals=tuple(self._refusals.at(self.form).items()), unread=self._unread)

    @Slot()
    def _refresh(self) -> None:
        if self._view is not None and self.isVisible():  # else it is done when the place is shown
            self._show_state(self._view)

    def _show_state(self, view: TrainView) -> None:
        before = self.form
        self._model.suggest()
        if self.form is not before and self.isVisible():
            return  # `_form_changed` has shown it
        facts = self._facts()
        view.show_facts(facts, everything=self._everything)
        view.show_preset_notes(self._preset_notes(practice=facts.account.practice))
        if self._checked:
            view.check(facts, asking=self._asking)

    def _preset_notes(self, *, practice: bool) -> dict[str, str]:
        """Return what each preset costs and how long such runs usually took, as far as it is known."""
        usual = self._runs.usual_times
        notes: dict[str, str] = {}
        for preset in PRESETS:
            form = TrainingForm().with_values(preset.values)
            cost = together(self._budgets.form_costs(form, practice=practice))
            took = usual.whole.get(int(preset.values["iterations"])) if usual is not None else None
            words = [capitalised(cost.text)] if cost.dollars is not None else []
            if took is not None:
                words.append(capitalised(_("usually {span}").format(span=duration_span(*took))))
            notes[preset.key] = "\n".join(words)
        return notes

    @Slot(object)
    def _refresh_from(self, _news: object) -> None:
        review = self._review
        if review is not None and not review.facts.package.exact and self._datasets.package.exact:
            facts = self._facts()
            if facts.blockers or facts.warnings != review.facts.warnings:  # such as: you trained this already
                review.reject()
                self.toast.emit(_("The photos are checked now. Review again."))
        self._refresh()

    @Slot(object)
    def _form_changed(self, form: TrainingForm) -> None:
        trigger = form.text("trigger_word")
        if trigger != self._trigger:
            self._trigger = trigger
            self.trigger_changed.emit(trigger)
        self._refresh()

    @Slot(object)
    def _account_changed(self, state: AccountsState) -> None:
        self._asking = False
        if self._review is not None and state.connection != self._review.facts.account.connection:
            self._review.reject()
            self.toast.emit(_("The account has changed. Review again."))
        self._refresh()

    @Slot(object)
    def _watch_changed(self, watch: WatchState) -> None:
        if watch.unread is not self._unread:
            self._unread = watch.unread
            self._refresh()

    @Slot(object)
    def _submission_ended(self, outcome: SubmitOutcome) -> None:
        """Show an error that concerns the form or every start; the error of an earlier run is removed."""
        error = outcome.error
        if error is not None and outcome.run.stage is not Stage.UNKNOWN:
            self._draft.unmark_sent(outcome.run)
        if isinstance(error, HeldBackError):  # shown with the run that stopped it
            return
        self._refusals.clear()
        if self._view is not None:
            self._view.clear_error()
        if isinstance(error, ApiError) and error.problem in _TOLD_HERE:
            self._refusals.take(error, outcome.run)
            self._seen().show_error(error, self._refusals.at(self.form))
        elif isinstance(error, StoreError):
            self.show_error(error)
        self._refresh()

    # -- actions of the user

    def _go_to_data(self) -> None:
        self.go.emit("data")

    def _come_forward(self) -> None:
        """Show this place; its commands are in the menus of all places."""
        if not self.isVisible():
            self.go.emit("train")

    def _check_everything(self) -> None:
        self._come_forward()
        self._everything = self._checked = True
        self._asking = self._accounts.state.connection is not None
        self._refresh()
        self._accounts.refresh_credits()

    def _start_review(self) -> None:
        """Open the review, or go to the first problem."""
        self._come_forward()
        self._everything = True
        self._refresh()
        facts = self._facts()
        if facts.dataset.used and not facts.public_zip and self._waits_for_package():
            return
        if facts.blockers:
            first = facts.blockers[0]
            if first.key:
                self._seen().reveal(first.key)
            else:
                self.toast.emit(first.text)
            return
        if self._review is None:
            self._draft.flush()
            self._review = ReviewDialog(
                facts, self, budget_now=partial(self._budget_now, facts), thumbnails=self._thumbnails,
            )
            self._review.confirmed.connect(self._confirmed)
            self._review.finished.connect(self._review_closed)
            self._review.open()

    def _budget_now(self, facts: TrainFacts) -> BudgetStatus | None:
        costs = self._budgets.form_costs(facts.form, practice=facts.account.practice)
        return self._budgets.budget_status(facts.account.account.account_id, costs)

    def _waits_for_package(self) -> bool:
        """Return whether the review must wait for the package of the last edits, which opens it."""
        watch = self._datasets.package_watch
        if not watch.current and not self._review_waits:
            self._review_waits = True
            watch.answered.connect(self._open_waiting_review, Qt.ConnectionType.SingleShotConnection)
            QTimer.singleShot(_NOTICED_MS, self, self._say_that_it_waits)
        return self._review_waits

    @Slot()
    def _say_that_it_waits(self) -> None:
        if self._review_waits:
            self.toast.emit(_("Checking the photos…"))

    @Slot()
    def _open_waiting_review(self) -> None:
        """Review what was asked for, unless the user has left."""
        waited, self._review_waits = self._review_waits, False
        if waited:
            self._start_review()

    @Slot(object)
    def _confirmed(self, request: SubmitRequest) -> None:
        self._seen().clear_error()
        self._draft.mark_sent()
        self.submitted.emit(request)

    @Slot()
    def _review_closed(self) -> None:
        self._review = None

    def _bring_back(self) -> None:
        if self._before_load is not None:
            self._model.replace(self._before_load)
            self._before_load = None
            self._actions.undo_load.setEnabled(False)
            self._seen().form_swapped("")

    def _clear_form(self) -> None:
        self._come_forward()
        self._swap(TrainingForm(), _("Form cleared."))
