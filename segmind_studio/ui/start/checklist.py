"""The three steps of the first run, a card for each, and the state of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Dataset, advised_images
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts.account_service import AccountsState, KeyringState
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.icons import icon, pixmap
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S, tones_of

_MARK_SIDE = 24
_ICON_SIDE = 40
_BESIDE_FROM = 216  # logical pixels at text of 100 %: cards as wide stand beside each other
_WELL = (80, 140)  # logical pixels: the least and the greatest height of the ground behind a step's icon
_WELL_SHAPE = 0.28  # its height by the width of its card


class StepState(NamedTuple):
    """The state of a step."""

    done: bool
    text: str


class StepMark(QWidget):
    """The number of a step in a circle, or a check when it is done."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._done = False
        side = text_scaled(_MARK_SIDE)
        self.setFixedSize(side, side)

    def set_done(self, *, done: bool) -> None:
        """Show the check, or the number."""
        if done is not self._done:
            self._done = done
            self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tones = QPainter(self), tones_of()
        if self._done:
            painter.drawPixmap(0, 0, pixmap("circle-check", "good", self.width(), self.devicePixelRatioF()))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tones.accent_soft)
        painter.drawEllipse(self.rect())
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(tones.accent)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))


class Step(QFrame):
    """One step: its number, what it is, its state, and its buttons, the main one first."""

    def __init__(
        self, number: int, icon_name: str, title: str, buttons: Sequence[QPushButton],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        mark(self, surface="card")
        self._title = title
        self._buttons = buttons
        self._icon_name = icon_name
        self._mark = StepMark(number)
        self._tone = "faint"
        self._picture: IconLabel | None = None
        self._well: QFrame | None = None
        self._text = text_label("", "muted")
        self._label = text_label(title, "strong")
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(SPACE_LINE)
        texts.addWidget(self._label)
        texts.addWidget(self._text)
        head.addLayout(texts, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addLayout(head)
        column.addStretch()
        below = QVBoxLayout()
        below.setSpacing(SPACE_S)
        for button in buttons:
            below.addWidget(button)
        column.addLayout(below)

    @property
    def shown_text(self) -> str:
        """Return the shown line about its state."""
        return self._text.text()

    def show_state(self, state: StepState, *, next_one: bool) -> None:
        """Show its state; the first open step has the strong button."""
        self._mark.set_done(done=state.done)
        self._set_tone("accent" if next_one else "faint")
        # Translators: a step of the checklist.
        self._label.setText(_("{title} — done").format(title=self._title) if state.done else self._title)
        self._text.setText(state.text)
        for number, button in enumerate(self._buttons):
            strong = next_one and not number
            set_mark(button, "kind", "primary" if strong else "")
            name = str(button.property("icon_name"))
            button.setIcon(icon(name, "accent_text" if strong else "text"))

    def set_coming(self, *, coming: bool) -> None:
        """Leave its buttons out while an earlier step is asked for, or show them."""
        if coming:
            self._set_tone("faint")
        for button in self._buttons:
            button.setHidden(coming)

    def show_well(self, height: int) -> None:
        """Let the ground behind its icon be this high, in logical pixels; none at 0."""
        if self._well is None and height:
            self._well, self._picture = mark(QFrame(), surface="sunken"), IconLabel(
                self._icon_name, self._tone, _ICON_SIDE,
            )
            QHBoxLayout(self._well).addWidget(self._picture, 0, Qt.AlignmentFlag.AlignCenter)
            self._column.insertWidget(0, self._well)
        if self._well is not None:
            self._well.setFixedHeight(height)
            self._well.setHidden(not height)

    def _set_tone(self, tone: str) -> None:
        self._tone = tone
        if self._picture is not None:
            self._picture.set_icon(self._icon_name, tone)


class Checklist(QWidget):
    """Key or practice, photos, first run: beside each other, or in a narrow window one below the other.

    Signals:
        add_key(), open_sample(), add_photos(), train(): the buttons; GUI thread.
    """

    add_key = Signal()
    open_sample = Signal()
    add_photos = Signal()
    train = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        key = _button("start.key", _("Add a key…"), "key-round", _("Add a Segmind key"))
        sample = _button("start.sample", _("Use the sample photos"), "cat")
        photos = _button("start.add_photos", _("Add photos…"), "image-plus")
        train = _button("start.train", _("Open Train"), "sliders-horizontal")
        key.clicked.connect(self.add_key)
        sample.clicked.connect(self.open_sample)
        photos.clicked.connect(self.add_photos)
        train.clicked.connect(self.train)
        self.steps = (
            Step(1, "key-round", _("Choose a service"), (key,)),
            Step(2, "images", _("Add photos"), (photos, sample)),
            Step(3, "sparkles", _("Start your first run"), (train,)),
        )
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_L)
        for step in self.steps:
            self._row.addWidget(step, 1)
        self.last_button = train
        self._firsts = (key, photos, train)  # the strong button of each step
        self._next: QPushButton | None = key

    @property
    def next_button(self) -> QPushButton | None:
        """Return the strong button, of the first open step; None when all are done."""
        return self._next

    def show_states(self, states: Sequence[StepState]) -> None:
        """Show the states of the steps, in their order."""
        open_steps = [number for number, state in enumerate(states) if not state.done]
        for number, (step, state) in enumerate(zip(self.steps, states, strict=True)):
            step.show_state(state, next_one=open_steps[:1] == [number])
        self._next = self._firsts[open_steps[0]] if open_steps else None

    def set_choosing(self, *, choosing: bool) -> None:
        """Leave out the first step and the others' buttons while the choice of the first start is shown."""
        self.steps[0].setHidden(choosing)
        for step in self.steps[1:]:
            step.set_coming(coming=choosing)
        self._arrange()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        shown = sum(not step.isHidden() for step in self.steps)
        width = (self.width() - (shown - 1) * SPACE_L) // shown
        beside = width >= text_scaled(_BESIDE_FROM)
        self._row.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        least, most = _WELL
        room = least if shown < len(self.steps) else max(least, min(most, round(width * _WELL_SHAPE)))
        for step in self.steps:
            step.show_well(room if beside else 0)


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

