"""The rail at the left edge: one button with an icon and a word for each place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.place import Place
from segmind_studio.ui.theme.direction import placed
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS, tones_of

_ICON = 22  # logical pixels
_WIDTH = 84
_LAST = "settings"  # stands at the bottom
_MOST_SHOWN = 9
_DOT = 9


class RailButton(QToolButton):
    """One place. A number in its corner says how many things there wait for the user."""

    def __init__(self, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._words: tuple[str, str] = ("", "")  # for the number, for news
        self._title = place.title
        self.setObjectName(f"rail.{place.place_id}")
        self.setText(place.title)
        self.setIcon(icon(place.icon_name, "muted", on="accent"))
        self.setIconSize(QSize(_ICON, _ICON))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        mark(self, kind="rail")

    @property
    def count(self) -> int:
        """Return the number in the corner, 0 for none."""
        return self._count

    def set_count(self, count: int, words: str) -> None:
        """Show a number, with a text for its tooltip and for screen readers."""
        self._count = count
        self._show_words(words if count else "", self._words[1])

    @property
    def news(self) -> str:
        """Return what the dot stands for, "" when there is none."""
        return self._words[1]

    def set_news(self, words: str) -> None:
        """Show a dot, with a text for its tooltip and for screen readers; "" removes it."""
        self._show_words(self._words[0], words)

    def _show_words(self, number: str, news: str) -> None:
        self._words = number, news
        words = ". ".join(part for part in self._words if part)
        self.setToolTip(plain_tip(words))
        self.setAccessibleName(
            _("{title}, {state}").format(title=self._title, state=words) if words else self._title
        )
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        if not (self._count or self.news):
            return
        tones = tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.fontMetrics().height() + 1
        whole = QRectF(self.rect())
        circle = placed(QRectF(self.width() / 2 + 6, 4, side, side), whole)
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._count:
            painter.setBrush(QColor(tones.accent))
            painter.drawEllipse(placed(QRectF(self.width() / 2 + 9, 6, _DOT, _DOT), whole))
            return
        painter.setBrush(QColor(tones.warn))
        painter.drawEllipse(circle)
        painter.setPen(QColor(tones.surface))
        text = str(self._count) if self._count <= _MOST_SHOWN else f"{_MOST_SHOWN}+"
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QFrame):
    """The buttons; exactly one is checked.

    Signals:
        chosen(str): the id of the place that the user chose, once for each change; GUI thread.
    """

    chosen = Signal(str)

    def __init__(self, places: Sequence[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="rail")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._buttons = {place.place_id: RailButton(place, self) for place in places}
        self._place = ""  # the place that was shown or emitted last
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XS, SPACE_S, SPACE_XS, SPACE_S)
        column.setSpacing(SPACE_XS)
        for place_id, button in self._buttons.items():
            self._group.addButton(button)
            button.toggled.connect(self._toggled)  # not clicked: assistive technology toggles
            if place_id != _LAST:
                column.addWidget(button)
        column.addStretch()
        if _LAST in self._buttons:
            column.addWidget(self._buttons[_LAST])

    @override
    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(_WIDTH, 0))  # wider where the names are

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), super().minimumSizeHint().height())

    @property
    def last_button(self) -> RailButton:
        """Return the button that the Tab key reaches last."""
        return list(self._buttons.values())[-1]

    def check(self, place_id: str) -> None:
        """Mark the place that is shown."""
        if place_id in self._buttons:
            self._place = place_id
            self._buttons[place_id].setChecked(True)

    def set_count(self, place_id: str, count: int, words: str) -> None:
        """Show how many items at a place wait for the user."""
        if place_id in self._buttons:
            self._buttons[place_id].set_count(count, words)

    def set_news(self, place_id: str, words: str) -> None:
        """Mark a place as having news."""
        if place_id in self._buttons:
            self._buttons[place_id].set_news(words)

    def _toggled(self) -> None:
        for place_id, button in self._buttons.items():
            if button.isChecked() and place_id != self._place:
                self._place = place_id
                self.chosen.emit(place_id)
