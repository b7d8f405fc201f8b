"""A line that says what is wrong with a value, or what should be thought of: an icon and words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.style import mark

_LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "muted"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What stands below an editor."""

    severity: Severity
    words: str


class MessageLine(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: Message | None = None
        self._icon = IconLabel("info", "muted", 16)
        self._label = text_label("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
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
