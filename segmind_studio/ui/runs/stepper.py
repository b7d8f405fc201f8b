"""The six states of the service as steps, with when the app first saw each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from segmind_studio.core.runs import STATUS_ORDER, Phase, Run, Stage, TimelineEntry, stage_of_status
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import IconLabel, exact_time, text_label
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_S, tones_of

_SIDE = 18


class StepState(StrEnum):
    """How far a step is."""

    DONE = "done"
    NOW = "now"
    FAILED = "failed"
    TO_COME = "to come"


_LOOKS = {
    StepState.DONE: ("circle-check", "good", ""),
    StepState.NOW: ("circle-dot", "accent", "strong"),
    StepState.FAILED: ("octagon-x", "bad", "bad"),
    StepState.TO_COME: ("circle", "faint", "muted"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `at` is when the app first saw it, None when it never did."""

    stage: Stage
    state: StepState
    at: float | None = None


def steps_of(run: Run, entries: Iterable[TimelineEntry]) -> tuple[Step, ...]:
    """Read how far a run came from its status and from what was seen before."""
    first_seen: dict[int, float] = {}
    for entry in entries:
        place = _place(entry.what)
        if place is not None:
            first_seen.setdefault(place, entry.at)
    now = _place(run.status or "REQUESTED") if run.phase in {Phase.ACCEPTED, Phase.ADOPTED} else None
    stage = run.stage
    reached = max((*first_seen, -1 if now is None else now)) if now is None or stage is Stage.FAILED else now
    steps: list[Step] = []
    for place, status in enumerate(STATUS_ORDER):
        state = StepState.DONE if place <= reached else StepState.TO_COME
        if stage is Stage.FAILED and place == reached + 1:
            state = StepState.FAILED
        elif place == now and stage not in {Stage.READY, Stage.FAILED}:
            state = StepState.NOW
        steps.append(Step(stage_of_status(status), state, first_seen.get(place)))
    return tuple(steps)


def _place(status: str) -> int | None:
    word = "INFERENCE_QUEUED" if status == "DEPLOYING" else status
    return STATUS_ORDER.index(word) if word in STATUS_ORDER else None


class Stepper(QWidget):
    """Show the steps from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[Step, ...] = ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 1)
        self._rows = [(IconLabel("circle", "faint", _SIDE), text_label(), text_label("", "small", wrap=False))
                      for _ in STATUS_ORDER]
        for row, (mark_label, word, when) in enumerate(self._rows):
            grid.addWidget(mark_label, row, 0)
            grid.addWidget(word, row, 1)
            grid.addWidget(when, row, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give what is shown."""
        return self._steps

    def set_steps(self, steps: tuple[Step, ...]) -> None:
        """Show these steps, as many as there are states."""
        if steps == self._steps:
            return
        self._steps = steps
        for step, (mark_label, word, when) in zip(steps, self._rows, strict=True):
            name, tone, role = _LOOKS[step.state]
            mark_label.set_icon(name, tone)
            text = QCoreApplication.translate("Stages", step.stage.value)
            word.setText(text)
            set_mark(word, "role", role)
            word.setAccessibleDescription(step.state.value)
            when.setText("" if step.at is None else exact_time(step.at))
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tones = tones_of(self.palette())
        for step, (above, *_), (below, *_) in zip(self._steps[1:], self._rows[:-1], self._rows[1:], strict=False):
            colour = tones.line_button if step.state is StepState.TO_COME else tones.good
            painter.setPen(QPen(QColor(colour), 2))
            x = above.geometry().center().x() + 1
            painter.drawLine(
                QPoint(x, above.geometry().bottom() + 3), QPoint(x, below.geometry().top() - 2),
            )
