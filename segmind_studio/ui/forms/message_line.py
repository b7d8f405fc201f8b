"""A line that says what is wrong with a value, or what should be thought of: an icon and words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.mends import Mend
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.parts.mend_buttons import MendButtons
from segmind_studio.ui.theme.style import mark

_LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "muted"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What stands below an editor, and what one press can do about it."""

    severity: Severity
    words: str
    mends: tuple[Mend, ...] = ()


class MessageLine(QWidget):
    """Hidden while there is nothing to say.

    Signals:
        mend_wanted(object): Mend, a button beside the words was pressed; GUI thread.
    """

    mend_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: Message | None = None
        self._icon = IconLabel("info", "muted", 16)
        self._label = text_label("")
        self._mends = MendButtons("link")
        self._mends.pressed.connect(self.mend_wanted)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._label)
        words.addWidget(self._mends)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.hide()

    @property
    def message(self) -> Message | None:
        """Give what is said."""
        return self._message

    def show_message(self, message: Message | None) -> None:
        """Say something else; None hides the line."""
        self._message = message
        self.setVisible(message is not None)
        if message is not None:
            name, tone = _LOOKS[message.severity]
            self._icon.set_icon(name, tone)
            self._label.setText(message.words)
            mark(self._label, role=tone)
            self._mends.show_mends(message.mends, message.words)
