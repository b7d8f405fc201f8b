"""The panel of a run that waits for a decision: the known facts, what the app does, and the choices."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from segmind_studio.clock import monotonic_epoch, monotonic_seconds
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run, Stage
from segmind_studio.formats import exact_time, relative_time
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.texts import _, pgettext, sentences
from segmind_studio.ui.parts import ActionButton, FlowLayout, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.refresh_timer import Countdown
from segmind_studio.ui.runs.table.row_filter import DECISION_STAGES
from segmind_studio.ui.runs.values import (
    evidence_text,
    next_check_text,
    patience_text,
    requested_wait_left,
    requested_wait_text,
    times_text,
)
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

_SHOWN = frozenset({
    Stage.PREPARING, Stage.UPLOADING, Stage.INTERRUPTED, Stage.UNKNOWN, Stage.REFUSED,
})


class ChoicePanel(QFrame):
    """Show the buttons of a run's stage; hidden where there is nothing to decide."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._cost: CostEstimate | None = None
        self._run: Run | None = None
        self._watch = WatchState()
        self._title = text_label("", "strong")
        self._known = FactsGrid(self)
        self._does = text_label("", "muted")
        self._why_not = text_label("", "small")
        buttons = QWidget()
        row = FlowLayout(buttons, SPACE_S)
        for name, button in (
            ("runs.settle", PrimaryButton(commands.settle, "refresh-cw", buttons)),
            ("runs.send_again", ActionButton(commands.send_again, "danger", buttons)),
            ("runs.resume", PrimaryButton(commands.resume, "play", buttons)),
            ("runs.abandon", ActionButton(commands.abandon, "", buttons)),
            ("runs.cancel", ActionButton(commands.cancel, "", buttons)),
            ("runs.export_zip", PrimaryButton(commands.export_zip, "package", buttons)),
            ("runs.try_models", ActionButton(commands.try_models, "", buttons)),
            ("runs.back_to_form", PrimaryButton(commands.back_to_form, "square-pen", buttons)),
        ):
            button.setObjectName(name)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_S)
        for widget in (self._title, self._known, self._does, buttons, self._why_not):
            column.addWidget(widget)
        self._countdown = Countdown(self)
        self._countdown.ticked.connect(self._tick)
        self.hide()

    @property
    def ticking(self) -> bool:
        """Return whether it counts down."""
        return self._countdown.running

    def show_cost(self, cost: CostEstimate | None) -> None:
        """Set the cost of sending the run that is shown next."""
        self._cost = cost

    def show_run(self, run: Run, watch: WatchState, now: float) -> None:
        """Show the panel for a run's stage; `now` is in seconds since the epoch."""
        stage = run.stage
        self._run, self._watch = run, watch
        self.setVisible(stage in _SHOWN)
        unknown = stage is Stage.UNKNOWN
        self._colour("warn" if stage in DECISION_STAGES else "")
        self._commands.back_to_form.setVisible(stage is Stage.REFUSED and not run.retired)
        self._title.setText(_("Known facts") if unknown else "")
        self._title.setVisible(unknown)
        self._known.set_facts(self._facts(run, now) if unknown else ())
        self._known.setVisible(unknown)
        self._write_waits()

    def _tick(self) -> None:
        self._commands.tick()
        self._write_waits()

    def _write_waits(self) -> None:
        """Show what the app does next, and what is required before the run may be sent again."""
        stage = self._run.stage if self._run is not None else None
        unknown, interrupted = stage is Stage.UNKNOWN, stage is Stage.INTERRUPTED
        watch, now = self._watch, monotonic_epoch()
        self._does.setText(self._doing(watch, now) if unknown else self._continuing() if interrupted else "")
        self._does.setVisible(unknown or interrupted)
        patience = self._commands.patience if unknown else None
        words = patience_text(patience, monotonic_seconds()) if patience else ""
        if patience and patience.looks and watch.next_at is None and not watch.checking:
            off = _("Automatic checks are off. Use “Check now”.")
            words = sentences(words, off)
        self._why_not.setText(words)
        self._why_not.setVisible(bool(words))
        counting = bool(patience and patience.left(monotonic_seconds())) or requested_wait_left(watch, now) > 0
        self._countdown.want(unknown and (counting or bool(next_check_text(watch, now))))

    def _colour(self, tone: str) -> None:
        set_mark(self, "tone", tone)
        layout = self.layout()
        if layout is not None:
            side, top = (SPACE_L, SPACE_M) if tone else (0, SPACE_XS)
            layout.setContentsMargins(side, top, side, top)

    def _facts(self, run: Run, now: float) -> list[Fact]:
        facts: list[Fact] = []
        if run.sent_at is not None:
            sent = relative_time(run.sent_at, now)
            facts.append(Fact(pgettext("when", "Sent"), sent, tip=exact_time(run.sent_at)))
        looked = _("not yet")
        if run.listings_missed and run.last_checked_at is not None:
            looked = _("{times}, last {when}").format(
                times=times_text(run.listings_missed), when=relative_time(run.last_checked_at, now),
            )
        facts.append(Fact(_("Checked"), looked))
        balance = evidence_text(run)
        if balance:
            facts.append(Fact(_("Your balance"), balance))
        if run.data_source_path:
            facts.append(Fact(_("Identified by"), run.data_source_path, code=True))
        return facts

    def _continuing(self) -> str:
        """Return the sentence with the cost of continuing."""
        cost = self._cost
        if cost is None:
            return ""
        if cost.dollars == 0:
            return cost.source
        words = _("“Continue” sends the paid request. Cost: {cost}.")
        return sentences(words.format(cost=cost.text), cost.source)

    def _doing(self, watch: WatchState, now: float) -> str:
        does = _(
            "The app looks for a run from this upload in the service's list. If it finds one, this row shows it."
        )
        if watch.checking:
            return sentences(does, _("Checking now."))
        wait = requested_wait_text(watch, now)
        if wait:
            return sentences(does, wait, _("It then checks again."))
        wait = next_check_text(watch, now)
        # Translators: {wait} is such as “in 5 min”.
        return sentences(does, _("Next check {wait}.").format(wait=wait)) if wait else does
