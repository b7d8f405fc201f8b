"""Chips: filters that can be on or off, and statuses of an icon and a word."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from segmind_studio.formats import number
from segmind_studio.texts import _
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import ICON_GAP, SPACE_LINE, SPACE_S

_ICON_TONES = {"plain": "muted"}
_GROUNDS = {"muted": "plain"}


class Chip(QPushButton):
    """A small round button, for filters and for words that can be put in. `set_count` adds a number."""

    def __init__(self, text: str, checkable: bool = False, parent: QWidget | None = None) -> None:  # noqa: FBT001, FBT002  # as QAbstractButton has it
        super().__init__(text, parent)
        self._text = text
        self.setCheckable(checkable)
        self.setAccessibleName(text)
        mark(self, kind="chip")

    def set_count(self, count: int | None) -> None:
        """Show a number behind the word; None takes it away."""
        shown = "" if count is None else number(count)
        self.setText(f"{self._text}  {shown}" if shown else self._text)
        spoken = _("{title}, {state}").format(title=self._text, state=shown)
        self.setAccessibleName(spoken if shown else self._text)


class StatusChip(QFrame):
    """An icon and a word on a soft ground; `tone` is "plain", "accent", "good", "warn", "bad" or "info"."""

    def __init__(
        self, icon_name: str = "circle", text: str = "", tone: str = "plain", parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon_name, _ICON_TONES.get(tone, tone), 14)
        self._label = text_label(text, "small", wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, SPACE_LINE, SPACE_S, SPACE_LINE)
        row.setSpacing(ICON_GAP)
        row.addWidget(self._icon)
        row.addWidget(self._label)
        self.set_status(icon_name, text, tone)

    @property
    def text(self) -> str:
        """Return the word."""
        return self._label.text()

    def set_status(self, icon_name: str, text: str, tone: str) -> None:
        """Show another status."""
        self._icon.set_icon(icon_name, _ICON_TONES.get(tone, tone))
        self._label.setText(text)
        ground = _GROUNDS.get(tone, tone)
        set_mark(self._label, "tint", ground)
        set_mark(self, "tone", ground)
