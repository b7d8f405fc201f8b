"""Cards to choose one of: an icon, a word, a sentence. Radio buttons to the keyboard and to screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.texts import sentences
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.direction import placed
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.tokens import ICON_GAP, RADIUS, RING, SPACE_LINE, SPACE_M, SPACE_S, tones_of

_ICON = 20


class OptionCard(QRadioButton):
    """One choice; the whole card can be pressed."""

    def __init__(
        self, label: str, sentence: str, icon_name: str = "", extra: str = "", parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setAccessibleDescription(sentences(extra, sentence))
        self._icon = IconLabel(icon_name, "muted", _ICON) if icon_name else None
        self._icon_name = icon_name
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_LINE)
        if self._icon is not None:
            column.addWidget(self._icon)
            column.addSpacing(ICON_GAP)
        self._said = (extra, sentence)
        self._note = text_label("", "muted")
        self._note.hide()
        for text, role in ((label, "strong"), (extra, "muted"), (sentence, "small")):
            if text:
                column.addWidget(text_label(text, role))
            if role == "muted":
                column.addWidget(self._note)
        column.addStretch()
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.toggled.connect(self._tint)

    @property
    def note(self) -> str:
        """Return the line that `set_note` has set."""
        return self._note.text()

    def set_note(self, text: str) -> None:
        """Show one more line below the label, "" for none."""
        if text != self._note.text():
            self._note.setText(text)
            self._note.setVisible(bool(text))
            extra, sentence = self._said
            self.setAccessibleDescription(sentences(extra, text, sentence))
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()

    @override
    def hitButton(self, pos: QPoint, /) -> bool:
        return self.rect().contains(pos)

    @override
    def enterEvent(self, event: QEnterEvent, /) -> None:
        super().enterEvent(event)
        self.update()

    @override
    def leaveEvent(self, event: QEvent, /) -> None:
        super().leaveEvent(event)
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of(QGuiApplication.palette())
        ground = tones.accent_soft if self.isChecked() else tones.hover if self.underMouse() else tones.surface
        line, width = tones.line_button, 1.0
        if self.isChecked():
            line, width = tones.accent, 1.5
        if shows_ring(self):
            line, width = tones.focus, RING
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(line), width))
        painter.setBrush(QColor(ground))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
        if self.isChecked():  # not by colour alone: a dot in the corner as radio buttons have it
            self._paint_mark(painter, QColor(tones.accent), QColor(tones.accent_text))

    def _paint_mark(self, painter: QPainter, ground: QColor, dot: QColor) -> None:
        side = 14.0
        spot = placed(QRectF(self.width() - side - SPACE_M, SPACE_M + 2, side, side), QRectF(self.rect()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(spot)
        painter.setBrush(dot)
        painter.drawEllipse(spot.adjusted(4, 4, -4, -4))

    def _tint(self) -> None:
        if self._icon is not None:
            self._icon.set_icon(self._icon_name, "accent" if self.isChecked() else "muted")
        self.update()


def check_one(group: QButtonGroup, place: int) -> None:
    """Mark one button of an exclusive group, -1 for none; Tab stops at the marked one, as in other programs."""
    checked = group.checkedButton()
    if place >= 0:
        group.button(place).setChecked(True)
    elif checked is not None:
        group.setExclusive(False)  # Qt has no other way to mark none
        checked.setChecked(False)
        group.setExclusive(True)
    for button in group.buttons():
        by_tab = place < 0 or button.isChecked()
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if by_tab else Qt.FocusPolicy.ClickFocus)


class CardRow(QWidget):
    """Cards of equal width, side by side where they fit, else in two columns or one.

    Signals:
        chosen(int): the place of the card that the user chose, by mouse, keyboard or assistive technology;
            GUI thread.
    """

    chosen = Signal(int)

    def __init__(self, cards: Sequence[OptionCard], narrowest: int = 150, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = tuple(cards)
        self._narrowest = narrowest
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_S)
        self._group = QButtonGroup(self)
        for place, card in enumerate(self._cards):
            self._group.addButton(card, place)
        self._place = -1  # the index shown or emitted last
        self._group.idToggled.connect(self._toggled)  # not idClicked: assistive technology toggles
        self._arrange(len(self._cards))

    @property
    def cards(self) -> tuple[OptionCard, ...]:
        """Return the cards."""
        return self._cards

    def check(self, place: int) -> None:
        """Mark one card as chosen; -1 marks none. Emits nothing."""
        self._place = place
        check_one(self._group, place)

    def _toggled(self, place: int, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        if on and place != self._place:
            self._place = place
            self.chosen.emit(place)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._narrowest, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        count = len(self._cards)
        fitting = max(1, (event.size().width() + SPACE_S) // (self._narrowest + SPACE_S))
        columns = count if fitting >= count else max(n for n in (1, 2, count) if n <= fitting and count % n == 0)
        if columns != self._columns:
            self._arrange(columns)

    def _arrange(self, columns: int) -> None:
        self._columns = columns
        for card in self._cards:
            self._grid.removeWidget(card)
        for place, card in enumerate(self._cards):
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(len(self._cards)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
