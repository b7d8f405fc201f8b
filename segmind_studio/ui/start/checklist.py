"""The three first steps, shown until all are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_ICON_SIDE = 22


@dataclass(frozen=True, slots=True)
class StepState:
    """How a step stands."""

    done: bool
    words: str


class Step(QWidget):
    """One step: a mark, what it is, how it stands, and its buttons."""

    def __init__(self, title: str, buttons: Sequence[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._buttons = buttons
        self._mark = IconLabel("circle-dashed", "faint", _ICON_SIDE)
        self._words = text_label("", "muted")
        self._label = text_label(title, "strong")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._label)
        texts.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        for button in buttons:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def words(self) -> str:
        """Give the line that says how it stands."""
        return self._words.text()

    def show_state(self, state: StepState, *, next_one: bool) -> None:
        """Show how it stands; the first open step has the strong button."""
        self._mark.set_icon("circle-check" if state.done else "circle-dashed", "good" if state.done else "faint")
        self._label.setText(self.tr("{0} — done").format(self._title) if state.done else self._title)
        self._words.setText(state.words)
        for number, button in enumerate(self._buttons):
            strong = next_one and number == len(self._buttons) - 1
            set_mark(button, "kind", "primary" if strong else "quiet" if state.done else "")
            name = str(button.property("icon_name"))
            button.setIcon(icon(name, "accent_text" if strong else "text"))


class Checklist(QFrame):
    """Key or practice, photos, first run.

    Signals:
        add_key(), open_sample(), add_photos(), train(): the buttons; GUI thread.
    """

    add_key = Signal()
    open_sample = Signal()
    add_photos = Signal()
    train = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="card")
        key = _button("start.key", self.tr("Add a key…"), "key-round", self.tr("Add a Segmind key"))
        sample = _button("start.sample", self.tr("Use the sample photos"), "cat")
        photos = _button("start.add_photos", self.tr("Add photos…"), "image-plus")
        train = _button("start.train", self.tr("Open Train"), "sliders-horizontal")
        key.clicked.connect(self.add_key)
        sample.clicked.connect(self.open_sample)
        photos.clicked.connect(self.add_photos)
        train.clicked.connect(self.train)
        self.steps = (
            Step(self.tr("A service to train with"), (key,)),
            Step(self.tr("Photos to learn from"), (sample, photos)),
            Step(self.tr("Your first run"), (train,)),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for number, step in enumerate(self.steps):
            if number:
                line = mark(QFrame(), surface="line")
                column.addWidget(line)
            column.addWidget(step)
        column.setSpacing(SPACE_M + SPACE_S // 2)

    def show_states(self, states: Sequence[StepState]) -> None:
        """Show how the steps stand, in their order."""
        open_steps = [number for number, state in enumerate(states) if not state.done]
        for number, (step, state) in enumerate(zip(self.steps, states, strict=True)):
            step.show_state(state, next_one=open_steps[:1] == [number])


def _button(name: str, text: str, icon_name: str, spoken: str = "") -> QPushButton:
    button = QPushButton(icon(icon_name), text)
    button.setObjectName(name)
    button.setProperty("icon_name", icon_name)
    button.setAccessibleName(spoken or text)
    return button
