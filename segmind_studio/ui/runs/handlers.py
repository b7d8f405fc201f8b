"""What the actions on runs do, and the questions asked before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Breach, BudgetStatus
from segmind_studio.core.possible_duplicates import (
    duplicate_text,
    duplicates_of,
    open_runs,
    refused_for_good,
    repeat_text,
    repeats_of,
)
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run
from segmind_studio.formats import exact_time
from segmind_studio.record import record
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, capitalised, ngettext, sentences
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.parts.budget_gate import BudgetNow, PaymentGate
from segmind_studio.ui.parts.buttons import PayButton
from segmind_studio.ui.parts.fact_block import FactBlock
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.parts.layouts import scrolling
from segmind_studio.ui.parts.sight import room_for
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.values import evidence_text
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_WIDTH = 480
_ICON = 28


@record
class Price:
    """The money that a question is about; `budget_now` compares it with the limits, also at the press."""

    cost: CostEstimate
    budget_now: BudgetNow
    note: str = ""

    def block(self) -> FactBlock:
        """Return what is shown of the cost."""
        block = FactBlock("coins", _("Cost"), large=True)
        block.show_text(capitalised(self.cost.text), sentences(self.cost.source, self.note))
        return block


@record
class ConfirmQuestion:
    """What a dialog asks: the text, and warnings that need a typed word before the answer."""

    text: str
    warnings: tuple[Breach, ...] = ()


class ConfirmDialog(QDialog):
    """Ask once, with Cancel as the default. Open it with `open()`; it deletes itself.

    `ask` returns the question by what is known at the moment: at the opening, when `ask_anew` is called, and at
    the press. One that has changed is shown, and needs another press. With a price it shows the cost. If a limit
    would be exceeded, at the opening or at the press, or there are warnings, it asks for a typed word first.

    Signals:
        confirmed(str): the run's id; the user pressed the button with the verb, at most once.
    """

    confirmed = Signal(str)

    def __init__(  # noqa: PLR0913  # one for each thing that is shown
        self, run_id: str, icon_name: str, *, title: str, ask: Callable[[], ConfirmQuestion], verb: str,
        parent: QWidget, price: Price | None = None,
    ) -> None:
        super().__init__(parent)
        self._run_id = run_id
        self._ask = ask
        self._question = ask()
        self._asked = False
        self.setObjectName("runs.confirm")
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.verb_button = mark(PayButton(verb), kind="danger")
        self.verb_button.setObjectName("runs.confirm.verb")
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("runs.confirm.cancel")
        self.cancel_button.setDefault(True)
        self._gate = PaymentGate(
            self.verb_button, price.budget_now if price else _without_budget, "runs.confirm",
            self._question.warnings,
        )
        self._gate.asked_anew.connect(self._fit)
        self._gate.asked_anew.connect(self._fit, Qt.ConnectionType.QueuedConnection)  # layouts inside follow
        self.verb_button.clicked.connect(self._accept)
        self.cancel_button.clicked.connect(self.reject)
        words = QVBoxLayout()
        words.setSpacing(SPACE_M)
        words.addWidget(text_label(title, "section"))
        self._text = text_label(self._question.text)
        words.addWidget(self._text)
        for block in (price.block(), self._gate.spent) if price else ():
            if block is not None:
                words.addWidget(block)
        words.addStretch()
        top = QHBoxLayout()
        top.setSpacing(SPACE_L)
        top.addWidget(IconLabel(icon_name, "warn", _ICON), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(SPACE_L)
        page.addLayout(top)
        page.addWidget(self._gate)
        self._area = scrolling(self._page)  # where its screen is lower than what there is to say
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        layout.setSpacing(SPACE_L)
        layout.addWidget(self._area)
        layout.addLayout(self._buttons())
        self.setFixedWidth(text_scaled(_WIDTH))
        self.finished.connect(self.deleteLater)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self._fit()  # only now the words have their fonts
        super().showEvent(event)
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.verb_button)
        return row

    def _fit(self) -> None:
        around = self.sizeHint().height() - self._area.sizeHint().height()
        inside = self._page.heightForWidth(text_scaled(_WIDTH) - 2 * SPACE_XL)
        self.setFixedHeight(min(around + inside, room_for(self).height()))

    @Slot()
    def ask_anew(self) -> bool:
        """Ask by what is known now; return whether that differs from what was shown."""
        question = self._ask()
        if question == self._question:
            return False
        self._question = question
        self._text.setText(question.text)
        self._gate.warn(question.warnings)
        QTimer.singleShot(0, self, self._fit)  # layouts inside follow
        return True

    def _accept(self) -> None:
        if self._asked or self.ask_anew() or not self._gate.allows():
            return
        self._asked = True
        self.confirmed.emit(self._run_id)
        self.accept()


def _without_budget() -> None:
    """Return no status: nothing is paid."""


def public_dialog(run: Run, parent: QWidget) -> ConfirmDialog:
    """Make the question before a model becomes public."""
    return ConfirmDialog(
        run.run_id, "globe",
        title=_("Make “{name}” public?").format(name=run.name),
        ask=lambda: ConfirmQuestion(_(
            "Anyone on Segmind can then make pictures with this model. If it learned a face, ask that person "
            "first. You can make the model private again, but pictures made in the meantime stay."
        )),
        verb=_("Make public"), parent=parent,
    )


def send_again_question(run: Run) -> ConfirmQuestion:
    """Return what is asked before a request of unknown outcome is sent once more."""
    practice = run.account_id == PRACTICE_ACCOUNT_ID
    risk = _("If so, there will be two runs.") if practice else _("If so, you pay for two runs.")
    words = ngettext(
        "The app checked {count} time and did not find this run. The first request may still have started a "
        "run that is not listed yet.",
        "The app checked {count} times and did not find this run. The first request may "
        "still have started a run that is not listed yet.", run.listings_missed,
    )
    text = sentences(words.format(count=run.listings_missed), risk)
    balance = evidence_text(run)
    paid = () if practice or run.cost is None else (
        Breach(None, run.cost, _("Your balance: {balance}").format(balance=balance)),
    )
    if balance and not paid:
        text = "\n\n".join((text, _("Your balance: {balance}").format(balance=balance)))
    return ConfirmQuestion(text, paid)


def send_again_dialog(
    run: Run, cost: CostEstimate, budget_now: BudgetNow, parent: QWidget, *,
    run_now: Callable[[], Run] | None = None,
) -> ConfirmDialog:
    """Make the question before a request of unknown outcome is sent once more; `run_now` returns it as it is."""
    note = "" if run.account_id == PRACTICE_ACCOUNT_ID else _(
        "This is in addition to the first request, which counts as paid until its result is known.",
    )
    return ConfirmDialog(
        run.run_id, "triangle-alert", title=_("Send “{name}” again?").format(name=run.name),
        ask=lambda: send_again_question(run_now() if run_now else run), verb=_("Send again"), parent=parent,
        price=Price(cost, budget_now, note),
    )


def with_other_runs(text: str, runs: Sequence[Run], known: Sequence[Run]) -> ConfirmQuestion:
    """Return the question before interrupted runs continue, with what other runs of their account mean for them.

    A word needs what may be paid twice: a run that may be the same and has no answer or is being sent, or two of
    those that would continue. So does a service that accepted no new runs. That the same was trained already is
    only said.
    """
    practice = any(run.account_id == PRACTICE_ACCOUNT_ID for run in runs)
    chosen = {run.run_id for run in runs}
    others = open_runs(replace(run, live=True) if run.run_id in chosen else run for run in known)
    said = [duplicate_text(other, practice=practice) for run in runs for other in duplicates_of(run, others)]
    words = [] if practice else said
    closed = refused_for_good(known)
    if closed is not None and closed.sent_at is not None:
        last = _("At the last check ({time}), the service accepted no new runs.")
        words = [last.format(time=exact_time(closed.sent_at)), *words]
    parts = (text, *(said if practice else ()), *(repeat_text(repeats_of(run, known)) for run in runs))
    return ConfirmQuestion(
        "\n\n".join(dict.fromkeys(filter(None, parts))),
        tuple(Breach(None, None, one) for one in dict.fromkeys(words)),
    )


def continue_question(run: Run, known: Sequence[Run] = ()) -> ConfirmQuestion:
    """Return what is asked before an interrupted run continues; `known` are all runs of its account."""
    text = (
        _("The run continues where it stopped. Then its request is sent.")
        if run.account_id == PRACTICE_ACCOUNT_ID
        else _("The run continues where it stopped. Then its request is sent, and the run is paid.")
    )
    return with_other_runs(text, (run,), known)


def continue_dialog(
    run: Run, cost: CostEstimate, budget_now: BudgetNow, parent: QWidget, *,
    known: Callable[[], Sequence[Run]] = tuple,
) -> ConfirmDialog:
    """Make the question before an interrupted run continues; `known` returns the runs of its account."""
    return ConfirmDialog(
        run.run_id, "wallet", title=_("Continue “{name}”?").format(name=run.name),
        ask=lambda: continue_question(run, known()), verb=_("Continue"), parent=parent,
        price=Price(cost, budget_now),
    )


class RunActions(QObject):
    """Turn commands into calls to the services, for the runs that are selected.

    Signals:
        try_requested(str): a run's id.
        run_again(object): TrainingForm.
        download_begun(str): a run's id; its progress follows from the service.
        select_wanted(object): tuple[str, ...], the ids of runs to select instead.
        toast(str): a short message.
        versions_wanted(str): the id of a run whose photos are to be compared.
    """

    select_wanted = Signal(object)
    try_requested = Signal(str)
    run_again = Signal(object)
    download_begun = Signal(str)
    toast = Signal(str)
    versions_wanted = Signal(str)

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self, commands: RunCommands, *, runs: RunService, submits: SubmissionService, downloads: DownloadService,
        settings: SettingsService, budgets: BudgetService, window: QWidget,
    ) -> None:
        super().__init__(window)
        self._runs = runs
        self._submits = submits
        self._downloads = downloads
        self._settings = settings
        self._budgets = budgets
        self._window = window
        self._selected: tuple[Run, ...] = ()
        self._saved_as = ""
        self._access: dict[str, bool] = {}  # what was asked for, until the service says so; by run
        runs.changed.connect(self._look_for_access)
        for action, slot in (
            (commands.check, self._check), (commands.settle, self._check),
            (commands.try_it, self._try), (commands.download, self._download),
            (commands.download_as, self._download_as), (commands.show_folder, self._show_folder),
            (commands.again, self._again), (commands.back_to_form, self._again),
            (commands.siblings, self._select_siblings), (commands.public, self._change_access),
            (commands.copy_id, self._copy_id), (commands.pin, self._pin), (commands.refresh, self._refresh),
            (commands.cancel, self._cancel), (commands.versions, self._compare_photos),
            (commands.resume, self._resume), (commands.abandon, self._abandon),
            (commands.send_again, self._ask_send_again),
        ):
            action.triggered.connect(slot)

    @Slot()
    def _check(self) -> None:
        """Ask the service, unless it is being asked: the buttons go grey only when that takes long."""
        if not self._runs.watch.checking:
            self._runs.check_now()

    def set_selected(self, runs: tuple[Run, ...]) -> None:
        """Set the selected runs."""
        self._selected = runs

    @property
    def _one(self) -> Run | None:
        return self._selected[0] if len(self._selected) == 1 else None

    @Slot()
    def _compare_photos(self) -> None:
        if self._one is not None:
            self.versions_wanted.emit(self._one.run_id)

    # -- the model

    @Slot()
    def _try(self) -> None:
        if self._one is not None:
            self.try_requested.emit(self._one.run_id)

    @Slot()
    def _again(self) -> None:
        if self._one is not None:
            self.run_again.emit(replace(self._one.form, parent_id=self._one.run_id))

    @Slot()
    def _select_siblings(self) -> None:
        if self._one is not None and self._one.sweep_id:
            together = tuple(run.run_id for run in self._runs.runs if run.sweep_id == self._one.sweep_id)
            self.select_wanted.emit(together)

    @Slot()
    def _change_access(self) -> None:
        run = self._one
        if run is None:
            return
        if run.public:
            self._set_public(run.run_id, public=False)
            return
        dialog = public_dialog(run, self._window)
        dialog.confirmed.connect(self._make_public)
        dialog.open()

    @Slot(str)
    def _make_public(self, run_id: str) -> None:
        self._set_public(run_id, public=True)

    def _set_public(self, run_id: str, *, public: bool) -> None:
        self._access[run_id] = public
        self._runs.set_public(run_id, public)

    @Slot(object)
    def _look_for_access(self, runs: tuple[Run, ...]) -> None:
        """Say once that the service confirms a change: it was asked again after it."""
        for run in runs:
            if self._access.get(run.run_id, not run.public) is run.public:
                del self._access[run.run_id]
                public = _("Confirmed by the service: “{name}” is public. Anyone can make pictures with it.")
                private = _("Confirmed by the service: “{name}” is private. Only your account can use it.")
                self.toast.emit((public if run.public else private).format(name=run.name))

    # -- files

    @Slot()
    def _download(self) -> None:
        run = self._one
        if run is not None:
            self._fetch(run.run_id, self._target(run, self.folder()))

    @Slot()
    def _download_as(self) -> None:
        run = self._one
        if run is None:
            return
        target = self._target(run, existing_folder(self.folder()))
        self._saved_as = run.run_id
        dialog = QFileDialog(self._window, _("Download “{name}” as").format(name=run.name), str(target))
        guard_scroll_areas(dialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([file_filter(_("Weights"), "*.safetensors"), file_filter(_("All files"), "*")])
        dialog.setDefaultSuffix(target.suffix.lstrip("."))
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that is there is never replaced
        dialog.selectFile(target.name)
        dialog.fileSelected.connect(self._save_as)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _save_as(self, path: str) -> None:
        self._fetch(self._saved_as, Path(path))

    def _target(self, run: Run, folder: Path) -> Path:
        return self._downloads.default_target(run, folder, self._settings.value.download_name)

    def _fetch(self, run_id: str, target: Path) -> None:
        self._downloads.download(run_id, target)
        self.download_begun.emit(run_id)

    def folder(self) -> Path:
        """Return the folder that downloads go to: the settings' one, else the usual one."""
        chosen = self._settings.value.download_folder
        return Path(chosen) if chosen else self._downloads.usual_folder

    @Slot()
    def _show_folder(self) -> None:
        run = self._one
        if run is not None and run.result_path:
            folder = Path(run.result_path).parent
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
                self.toast.emit(_("The folder could not be opened: {folder}").format(folder=folder))

    # -- the row

    @Slot()
    def _copy_id(self) -> None:
        ids = [run.service_id for run in self._selected if run.service_id]
        QGuiApplication.clipboard().setText("\n".join(ids))
        self.toast.emit(ngettext("Id copied", "{count} ids copied", len(ids)).format(count=len(ids)))

    @Slot()
    def _pin(self) -> None:
        pinned = all(run.pinned for run in self._selected)
        for run in self._selected:
            if run.pinned is pinned:
                self._runs.set_pinned(run.run_id, not pinned)

    @Slot()
    def _refresh(self) -> None:
        if self._one is not None:
            self._runs.refresh_details(self._one.run_id)

    # -- runs that wait for a decision

    def _now(self, run: Run) -> Run:
        """Return a run as it is now."""
        return self._runs.run(run.run_id) or run

    def _budget_now(self, run: Run) -> BudgetStatus | None:
        """Compare sending a run, as it is now, with the limits."""
        return self._budgets.budget_status_of_run(self._now(run))

    @Slot()
    def _cancel(self) -> None:
        if self._one is not None:
            self._submits.cancel(self._one.run_id)

    @Slot()
    def _resume(self) -> None:
        """Continue a run; ask first only if that exceeds a limit, will be refused, or may repeat another run."""
        run = self._one
        if run is None or run.live:
            return
        budget_now = partial(self._budget_now, run)
        budget_status = budget_now()
        usual = continue_question(run, self._runs.runs) == continue_question(run)
        if usual and (budget_status is None or not budget_status.breaches):
            self._go_on(run.run_id)
            return
        dialog = continue_dialog(
            run, self._budgets.run_cost(run), budget_now, self._window, known=lambda: self._runs.runs,
        )
        self._runs.changed.connect(dialog.ask_anew)
        dialog.confirmed.connect(self._go_on)
        dialog.open()

    @Slot(str)
    def _go_on(self, run_id: str) -> None:
        self._submits.resume(run_id)

    @Slot()
    def _abandon(self) -> None:
        if self._one is not None:
            self._submits.abandon(self._one.run_id)

    @Slot()
    def _ask_send_again(self) -> None:
        run = self._one
        if run is None or run.live:
            return
        cost = self._budgets.run_cost(run)
        dialog = send_again_dialog(
            run, cost, partial(self._budget_now, run), self._window, run_now=partial(self._now, run),
        )
        self._runs.changed.connect(dialog.ask_anew)
        dialog.confirmed.connect(self._send_again)
        dialog.open()

    @Slot(str)
    def _send_again(self, run_id: str) -> None:
        """Send it again, knowing the cost that the question showed: it asked once more at the press."""
        run = self._runs.run(run_id)
        self._submits.send_again(run_id, run.cost if run is not None else None)
