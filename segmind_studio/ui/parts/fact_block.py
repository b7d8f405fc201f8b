"""One fact of a summary or a review: an icon, what it is about, the text, and its source."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.tokens import SPACE_LINE, SPACE_S


class FactBlock(QWidget):
    """Show one fact."""

    def __init__(
        self, icon_name: str, title: str, parent: QWidget | None = None, *, large: bool = False,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon_name, "muted", 16)
        self._text = text_label("", "section" if large else "")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._source = text_label("", "small")
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(SPACE_LINE)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text_label(title, "small"), 0, 1)
        grid.addWidget(self._text, 1, 1)
        grid.addWidget(self._source, 2, 1)
        self._source.hide()

    @property
    def shown_text(self) -> str:
        """Return the fact."""
        return self._text.text()

    @property
    def source(self) -> str:
        """Return where it comes from."""
        return self._source.text()

    def add_below(self, widget: QWidget) -> None:
        """Show more below the fact."""
        self._grid.addWidget(widget, 3, 1)

    def set_icon(self, icon_name: str) -> None:
        """Show another icon."""
        self._icon.set_icon(icon_name, "muted")

    def show_text(self, words: str, source: str = "") -> None:
        """Show something else."""
        self._text.setText(words)
        self._source.setText(source)
        self._source.setVisible(bool(source))
