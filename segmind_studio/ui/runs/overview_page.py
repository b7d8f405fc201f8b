"""Overview: where the run is, in plain words, what the person can do, and the facts in short."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.runs import Phase, Run, Stage, TimelineEntry
from segmind_studio.services.run_values import WatchState
from segmind_studio.ui.parts import IconLabel, exact_time, relative_time, text_label
from segmind_studio.ui.runs.choices import ChoicePanel
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.runs.facts import Fact, FactsGrid
from segmind_studio.ui.runs.notes import NotesEdit
from segmind_studio.ui.runs.page import Page
from segmind_studio.ui.runs.stages import happening, look_of, service_words, status_word, to_do
from segmind_studio.ui.runs.stepper import Stepper, steps_of
from segmind_studio.ui.runs.values import (
    DASH,
    base_model_text,
    cost_source,
    cost_text,
    dataset_text,
    settings_text,
    visibility_text,
)
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_ERROR_STAGES = frozenset({Stage.FAILED, Stage.REFUSED, Stage.INTERRUPTED, Stage.UNKNOWN})
_PLAIN_STAGES = frozenset({Stage.INTERRUPTED, Stage.UNKNOWN})


class OverviewPage(Page):
    """Show one run in plain words."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = self.tr("Overview")
        self.setAccessibleName(self.title)
        self._icon = IconLabel("circle", "muted", 28)
        self._stage = text_label("", "section")
        self._happening = text_label()
        self._to_do = text_label("", "muted")
        self._error_box = mark(QFrame(), surface="sunken")
        self._error = text_label()
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box = QVBoxLayout(self._error_box)
        box.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        box.addWidget(self._error)
        self.choices = ChoicePanel(commands)
        self.stepper = Stepper()
        self._facts = FactsGrid()
        self.notes = NotesEdit()
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self._icon)
        head.addWidget(self._stage, 1)
        self.column.addLayout(head)
        for widget in (self._happening, self._error_box, self._to_do, self.choices):
            self.column.addWidget(widget)
        self.column.addSpacing(SPACE_S)
        self.column.addWidget(self.stepper)
        self.add_section(self.tr("In short"))
        self.column.addWidget(self._facts)
        self.add_section(self.tr("Notes")).setBuddy(self.notes)
        self.column.addWidget(self.notes)
        self.column.addStretch()
        self.column.setSpacing(SPACE_S)
        self.column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)

    def show_run(
        self, run: Run, percent: int | None, entries: Sequence[TimelineEntry], watch: WatchState, now: float,
    ) -> None:
        """Show a run as it is at `now` (seconds since the epoch)."""
        look = look_of(run)
        self._icon.set_icon(look.icon, look.tone)
        self._stage.setText(status_word(run, percent))
        self._happening.setText(happening(run))
        self._to_do.setText(to_do(run))
        error = service_words(run)
        self._error.setText(error)
        self._error_box.setVisible(bool(error) and run.stage in _ERROR_STAGES)
        set_mark(self._error_box, "tone", "plain" if run.stage in _PLAIN_STAGES else "bad")
        self.choices.show_run(run, watch, now)
        self.stepper.set_steps(steps_of(run, entries))
        self.stepper.setVisible(run.phase not in {Phase.REFUSED, Phase.ABANDONED})
        self._facts.set_facts(self._in_short(run, now))
        self.notes.show_notes(run)

    def _in_short(self, run: Run, now: float) -> list[Fact]:
        facts = [
            Fact(self.tr("Started"), relative_time(run.created_at, now), tip=exact_time(run.created_at)),
            Fact(self.tr("Last change"), relative_time(run.changed_at, now), tip=exact_time(run.changed_at)),
            Fact(self.tr("Settings"), settings_text(run)),
            Fact(self.tr("Dataset"), dataset_text(run)),
            self._cost(run),
            Fact(self.tr("Who may use it"), visibility_text(run)),
            Fact(self.tr("Base model"), base_model_text(run)),
        ]
        if run.sweep_key in FIELD_BY_KEY:
            words = self.tr("One of several runs that differ in {0}").format(FIELD_BY_KEY[run.sweep_key].label)
            facts.insert(2, Fact(self.tr("Comparison"), words))
        if run.trigger_word:
            facts.insert(2, Fact(self.tr("Trigger word"), run.trigger_word))
        if run.service_id:
            facts.append(Fact(self.tr("Id"), run.service_id, code=True))
        if run.inference_api_url:
            facts.append(Fact(self.tr("Model address"), run.inference_api_url, code=True))
        return facts

    def _cost(self, run: Run) -> Fact:
        if cost_text(run) != DASH:
            return Fact(self.tr("Cost"), cost_text(run), note=cost_source(run))
        if run.uncharged or run.cost_shared:
            value = self.tr("Nothing charged so far") if run.uncharged else self.tr("Not measured")
            return Fact(self.tr("Cost"), value, note=cost_source(run))
        return Fact(self.tr("Cost"), self.tr("Not measured"))
