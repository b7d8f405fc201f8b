"""Lines with an icon and words, each of which can lead to a field."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Severity
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.train.check_results import CheckLine

_LOOKS = {
    None: ("circle-check", "good"),
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "info"),
}
_WAITING = ("circle-dashed", "muted")
_HEIGHT = 26  # the theme's frame and padding leave a 14 px arrow


class _Line(QWidget):
    """One line; the arrow at its end, and a click anywhere on it, go to the field."""

    wanted = Signal(str)

    def __init__(self, line: CheckLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = line.key
        name, tone = _WAITING if line.waiting else _LOOKS[line.severity]
        self._words = text_label(line.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._words.setMinimumHeight(_HEIGHT)
        row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignVCenter)
        self.stop: QWidget | None = None
        if line.key:
            self.stop = go = QToolButton()
            go.setIcon(icon("arrow-right", "muted"))
            go.setAccessibleName(self.tr("Go there: {0}").format(line.words))
            go.setToolTip(self.tr("Go to the field"))
            go.clicked.connect(self._go)
            go.setFixedSize(_HEIGHT, _HEIGHT)
            row.addWidget(go, 0, Qt.AlignmentFlag.AlignVCenter)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self._go()

    @override
    def enterEvent(self, event: QEnterEvent, /) -> None:
        super().enterEvent(event)
        self._underline(on=bool(self._key))

    @override
    def leaveEvent(self, event: QEvent, /) -> None:
        super().leaveEvent(event)
        self._underline(on=False)

    def _underline(self, *, on: bool) -> None:
        font = QFont(self._words.font())
        font.setUnderline(on)
        self._words.setFont(font)

    def _go(self) -> None:
        if self._key:
            self.wanted.emit(self._key)


class LinkLines(QWidget):
    """Show some lines; the same lines again change nothing.

    Signals:
        wanted(str): the person wants to go to this field; GUI thread.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[CheckLine, ...] = ()
        self._after: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.hide()

    def follow(self, widget: QWidget) -> None:
        """Let Tab come to the lines after this widget."""
        self._after = widget

    @property
    def lines(self) -> tuple[CheckLine, ...]:
        """Give what is shown."""
        return self._lines

    def show_lines(self, lines: Iterable[CheckLine]) -> None:
        """Show these lines and no others; none hides the list."""
        new = tuple(lines)
        if new == self._lines:
            return
        self._lines = new
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        last = self._after
        for line in new:
            shown = _Line(line, self)
            shown.wanted.connect(self.wanted)
            self._column.addWidget(shown)
            shown.show()  # the layout would do it only later
            if last is not None and shown.stop is not None:
                QWidget.setTabOrder(last, shown.stop)
                last = shown.stop
        self.setVisible(bool(new))
