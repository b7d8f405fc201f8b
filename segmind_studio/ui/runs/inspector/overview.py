"""The first page about a run: state, steps, decision, notes and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.runs import STATUS_ORDER, Phase, Run, Stage, TimelineEntry, stage_of_status
from segmind_studio.formats import exact_time, relative_time
from segmind_studio.record import record
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.sent_photos import SentPhoto
from segmind_studio.texts import N_, NC_, _, sentences
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.inspector.decision_panel import ChoicePanel
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.runs.inspector.record import NotesEdit
from segmind_studio.ui.runs.pictures import PictureTiles, RunPictures, image_tile, sent_tile
from segmind_studio.ui.runs.stages import happening, look_of, service_text, stage_word, status_word, to_do
from segmind_studio.ui.runs.values import (
    DASH,
    base_model_text,
    cost_source,
    cost_text,
    dataset_text,
    settings_text,
    settings_tip,
    visibility_text,
)
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, tones_of

_SIDE = 18


class RunStepState(StrEnum):
    """The state of a step."""

    DONE = "done"
    NOW = "now"
    FAILED = "failed"
    TO_COME = "to-come"


_UNDER_WAY = frozenset({"DATA_PROCESSING", "TRAINING_INITIATED", "INFERENCE_QUEUED"})  # not what is done
_SPOKEN = {
    RunStepState.DONE: NC_("step of a run", "done"),
    RunStepState.NOW: NC_("step of a run", "now"),
    RunStepState.FAILED: NC_("step of a run", "failed"),
    RunStepState.TO_COME: N_("upcoming"),
}
_LOOKS = {
    RunStepState.DONE: ("circle-check", "good", ""),
    RunStepState.NOW: ("circle-dot", "accent", "strong"),
    RunStepState.FAILED: ("octagon-x", "bad", "bad"),
    RunStepState.TO_COME: ("circle", "faint", "muted"),
}


@record
class RunStep:
    """One step; `at` is when the app first saw it, None when it never did."""

    stage: Stage
    state: RunStepState
    at: float | None = None


def steps_of(run: Run, entries: Iterable[TimelineEntry]) -> tuple[RunStep, ...]:
    """Return a run's steps from its status and its stored history."""
    first_seen: dict[int, float] = {}
    for entry in entries:
        place = _place(entry.what)
        if place is not None:
            first_seen.setdefault(place, entry.at)
    now = _place(run.status or "REQUESTED") if run.phase in {Phase.ACCEPTED, Phase.ADOPTED} else None
    stage = run.stage
    reached = max((*first_seen, -1 if now is None else now)) if now is None or stage is Stage.FAILED else now
    failed = _failed_at(run.status, reached) if stage is Stage.FAILED else None
    steps: list[RunStep] = []
    for place, status in enumerate(STATUS_ORDER):
        state = RunStepState.DONE if place <= (reached if failed is None else failed) else RunStepState.TO_COME
        if place == failed:
            state = RunStepState.FAILED
        elif place == now and stage not in {Stage.READY, Stage.FAILED}:
            state = RunStepState.NOW
        steps.append(RunStep(stage_of_status(status), state, first_seen.get(place)))
    return tuple(steps)


def _failed_at(status: str, reached: int) -> int:
    """Return the step that failed: the one under way, or a later one that the status is named after."""
    begun = reached if reached >= 0 and STATUS_ORDER[reached] in _UNDER_WAY else reached + 1
    word = status.strip().upper().partition("_")[0]
    named = next((place for place, known in enumerate(STATUS_ORDER) if known.partition("_")[0] == word), -1)
    return min(max(begun, named), len(STATUS_ORDER) - 1)


def _place(status: str) -> int | None:
    word = "INFERENCE_QUEUED" if status == "DEPLOYING" else status
    return STATUS_ORDER.index(word) if word in STATUS_ORDER else None


class Stepper(QWidget):
    """Show the steps from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[RunStep, ...] = ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 1)
        self._rows = [(IconLabel("circle", "faint", _SIDE), text_label(), text_label("", "small", wrap=False))
                      for _stage in STATUS_ORDER]
        for row, (mark_label, word, when) in enumerate(self._rows):
            grid.addWidget(mark_label, row, 0)
            grid.addWidget(word, row, 1)
            grid.addWidget(when, row, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def steps(self) -> tuple[RunStep, ...]:
        """Return what is shown."""
        return self._steps

    def set_steps(self, steps: tuple[RunStep, ...]) -> None:
        """Show these steps, as many as there are states."""
        if steps == self._steps:
            return
        self._steps = steps
        for step, (mark_label, word, when) in zip(steps, self._rows, strict=True):
            name, tone, role = _LOOKS[step.state]
            mark_label.set_icon(name, tone)
            text = stage_word(step.stage)
            word.setText(text)
            set_mark(word, "role", role)
            word.setAccessibleDescription(str(_SPOKEN[step.state]))
            when.setText("" if step.at is None else exact_time(step.at))
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tones = tones_of(self.palette())
        for step, upper, lower in zip(self._steps[1:], self._rows[:-1], self._rows[1:], strict=False):
            above, below = upper[0], lower[0]
            colour = tones.line_button if step.state is RunStepState.TO_COME else tones.good
            painter.setPen(QPen(QColor(colour), 2))
            x = above.geometry().center().x() + 1
            painter.drawLine(
                QPoint(x, above.geometry().bottom() + 3), QPoint(x, below.geometry().top() - 2),
            )


_TILE = 72  # logical pixels
_PHOTOS_SHOWN = 12  # of which one line is seen


class OverviewPictures(QWidget):
    """Show the first photos that were sent, and the best images made with the run, a line each."""

    def __init__(self, pictures: RunPictures | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._run_id = ""
        thumbnails = pictures.thumbnails if pictures else None
        self.made = PictureTiles(_("Best pictures made with it"), thumbnails, _TILE, 1)
        self.sent = PictureTiles(_("Photos that were sent"), thumbnails, _TILE, 1)
        self._titles = tuple(
            text_label(words, "strong") for words in (_("Best pictures made with it"), _("Photos that were sent"))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_M, 0, 0)
        column.setSpacing(SPACE_S)
        for title, tiles in zip(self._titles, (self.made, self.sent), strict=True):
            column.addWidget(title)
            column.addWidget(tiles)
        if pictures is not None:
            pictures.images_changed.connect(self._show_made)
        self.show_photos(())

    def show_run(self, run: Run) -> None:
        """Show the images of a run; its photos follow by `show_photos`."""
        if run.run_id != self._run_id:
            self._run_id = run.run_id
            self._show_made()

    @Slot(object)
    def show_photos(self, photos: Sequence[SentPhoto]) -> None:
        """Show photos that were sent."""
        self.sent.set_tiles([sent_tile(photo) for photo in photos[:_PHOTOS_SHOWN]])
        self._hide_empty()

    @Slot()
    def _show_made(self) -> None:
        pictures = self._pictures
        if pictures is None:
            return
        images = pictures.images_of(self._run_id)[:_PHOTOS_SHOWN]
        found = ((pictures.photo_of_image(image), image) for image in images)
        self.made.set_tiles([image_tile(photo, image) for photo, image in found if photo is not None])
        self._hide_empty()

    def _hide_empty(self) -> None:
        for title, tiles in zip(self._titles, (self.made, self.sent), strict=True):
            title.setVisible(bool(tiles.tiles))
            tiles.setVisible(bool(tiles.tiles))
        self.setVisible(bool(self.made.tiles or self.sent.tiles))


_ERROR_STAGES = frozenset({Stage.FAILED, Stage.REFUSED, Stage.INTERRUPTED, Stage.UNKNOWN})
_PLAIN_STAGES = frozenset({Stage.INTERRUPTED, Stage.UNKNOWN})


class OverviewPage(Page):
    """Show one run: its stage, what happens next, its cost and its dates."""

    def __init__(
        self, commands: RunCommands, pictures: RunPictures | None = None, parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self.title = _("Overview")
        self.setAccessibleName(self.title)
        self.late = ""  # the words for a run that stays in its state for unusually long
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
        self.pictures = OverviewPictures(pictures)
        self.column.addWidget(self.pictures)
        self.add_section(_("Summary"))
        self.column.addWidget(self._facts)
        self.add_section(_("Notes")).setBuddy(self.notes)
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
        self._happening.setText(sentences(happening(run), self.late))
        self._to_do.setText(to_do(run))
        error = service_text(run)
        self._error.setText(error)
        self._error_box.setVisible(bool(error) and run.stage in _ERROR_STAGES)
        set_mark(self._error_box, "tone", "plain" if run.stage in _PLAIN_STAGES else "bad")
        self.choices.show_run(run, watch, now)
        self.stepper.set_steps(steps_of(run, entries))
        self.stepper.setVisible(run.phase not in {Phase.REFUSED, Phase.ABANDONED})
        self.pictures.show_run(run)
        self._facts.set_facts(self._in_short(run, now))
        self.notes.show_notes(run)

    def show_entries(self, run: Run, entries: Sequence[TimelineEntry]) -> None:
        """Show the history of the run that is shown, of which nothing else has changed."""
        self.stepper.set_steps(steps_of(run, entries))

    def _in_short(self, run: Run, now: float) -> list[Fact]:
        facts = [
            Fact(_("Started"), relative_time(run.created_at, now), tip=exact_time(run.created_at)),
            Fact(_("Last change"), relative_time(run.changed_at, now), tip=exact_time(run.changed_at)),
            Fact(_("Settings"), settings_text(run), tip=settings_tip(run) or ""),
            Fact(_("Dataset"), dataset_text(run)),
            self._cost(run),
            Fact(_("Who can use it"), visibility_text(run)),
            Fact(_("Base model"), base_model_text(run)),
        ]
        if run.sweep_key in FIELD_BY_KEY:
            words = _("One of several runs with different {field}").format(field=FIELD_BY_KEY[run.sweep_key].label)
            facts.insert(2, Fact(_("Comparison"), words))
        if run.trigger_word:
            facts.insert(2, Fact(_("Trigger word"), run.trigger_word))
        if run.service_id:
            facts.append(Fact(_("Id"), run.service_id, code=True))
        if run.inference_api_url:
            facts.append(Fact(_("Model address"), run.inference_api_url, code=True))
        return facts

    def _cost(self, run: Run) -> Fact:
        if cost_text(run) != DASH:
            return Fact(_("Cost"), cost_text(run), note=cost_source(run))
        if run.uncharged or run.cost_shared:
            value = _("Not charged so far") if run.uncharged else _("Not measured")
            return Fact(_("Cost"), value, note=cost_source(run))
        return Fact(_("Cost"), _("Not measured"))
