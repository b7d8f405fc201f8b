"""The four steps of the first run, and the state of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Dataset, advised_images
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts.account_service import AccountsState, KeyringState
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S

_ICON_SIDE = 22


class StepState(NamedTuple):
    """The state of a step."""

    done: bool
    text: str


class Step(QWidget):
    """One step: a mark, what it is, its state, and its buttons."""

    def __init__(self, title: str, buttons: Sequence[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._buttons = buttons
        self._mark = IconLabel("circle-dashed", "faint", _ICON_SIDE)
        self._text = text_label("", "muted")
        self._label = text_label(title, "strong")
        texts = QVBoxLayout()
        texts.setSpacing(SPACE_LINE)
        texts.addWidget(self._label)
        texts.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        for button in buttons:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def shown_text(self) -> str:
        """Return the shown line about its state."""
        return self._text.text()

    def show_state(self, state: StepState, *, next_one: bool) -> None:
        """Show its state; the first open step has the strong button."""
        self._mark.set_icon("circle-check" if state.done else "circle-dashed", "good" if state.done else "faint")
        # Translators: a step of the checklist.
        self._label.setText(_("{title} — done").format(title=self._title) if state.done else self._title)
        self._text.setText(state.text)
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
        key = _button("start.key", _("Add a key…"), "key-round", _("Add a Segmind key"))
        sample = _button("start.sample", _("Use the sample photos"), "cat")
        photos = _button("start.add_photos", _("Add photos…"), "image-plus")
        train = _button("start.train", _("Open Train"), "sliders-horizontal")
        key.clicked.connect(self.add_key)
        sample.clicked.connect(self.open_sample)
        photos.clicked.connect(self.add_photos)
        train.clicked.connect(self.train)
        self.steps = (
            Step(_("Choose a service"), (key,)),
            Step(_("Add photos"), (sample, photos)),
            Step(_("Start your first run"), (train,)),
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
        self.last_button = train

    def show_states(self, states: Sequence[StepState]) -> None:
        """Show the states of the steps, in their order."""
        open_steps = [number for number, state in enumerate(states) if not state.done]
        for number, (step, state) in enumerate(zip(self.steps, states, strict=True)):
            step.show_state(state, next_one=open_steps[:1] == [number])


def _button(name: str, text: str, icon_name: str, spoken: str = "") -> QPushButton:
    button = QPushButton(icon(icon_name), text)
    button.setObjectName(name)
    button.setProperty("icon_name", icon_name)
    button.setAccessibleName(spoken or text)
    return button


def service_step(state: AccountsState) -> StepState:
    """Return whether there is a service to talk to."""
    practice = state.current.kind is AccountKind.PRACTICE
    if state.connection is not None and practice:
        return StepState(True, _("You are using the practice service. Everything works and is free."))
    if state.connection is not None:
        return StepState(True, _("Connected as {name}.").format(name=state.current.name))
    if practice:
        return StepState(False, _("The practice service is starting…"))
    if state.elsewhere:
        words = _("The key of {name} belongs to another address. See Settings.")
        return StepState(False, words.format(name=state.current.name))
    if state.keyring in {KeyringState.UNASKED, KeyringState.WAITING}:
        return StepState(
            False, _("Waiting for the keyring with the key of {name}…").format(name=state.current.name)
        )
    return StepState(False, _("No key for {name} in this session.").format(name=state.current.name))


def photos_step(dataset: Dataset) -> StepState:
    """Return whether there are photos."""
    count = len(dataset.used)
    if count:
        photos = ngettext("{count} photo", "{count} photos", count).format(count=count)
        return StepState(True, _("“{name}” has {photos}.").format(name=dataset.name, photos=photos))
    words = _("{count} good photos are enough. Drop them on this window.")
    return StepState(False, words.format(count=advised_images()))


def run_step(runs: Iterable[Run]) -> StepState:
    """Return whether anything was ever sent or found."""
    if any(run.service_id or run.sent_at is not None for run in runs):
        return StepState(True, _("See it on the Runs page."))
    return StepState(False, _("You see the cost, and who can see the model, before anything is sent."))

