"""A row of a few short choices with one selected, all visible at once."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget
from typing_extensions import override

from segmind_studio.core.fields import Field, Value
from segmind_studio.texts import _
from segmind_studio.ui.forms.choices import place_of
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.option_card import check_one
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.focus import paint_ring, shows_ring
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import RADIUS_M, tones_of

_HEIGHT = 32
_PAD = 14


class Segment(QRadioButton):
    """One choice of the row."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * _PAD, _HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def hitButton(self, pos: QPoint, /) -> bool:
        return self.rect().contains(pos)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of(QGuiApplication.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked():
            painter.setPen(QPen(QColor(tones.accent), 1))
            painter.setBrush(QColor(tones.accent_soft))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_M, RADIUS_M)
        if shows_ring(self):
            paint_ring(painter, QRectF(self.rect()))
        painter.setPen(QColor(tones.text if self.isEnabled() else tones.faint))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class _Bar(QWidget):
    """The ground that the segments lie on."""

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of(QGuiApplication.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tones.bad if self.property("bad") else tones.line_button), 1))
        painter.setBrush(QColor(tones.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_M, RADIUS_M)


class SegmentsEditor(FieldEditor):
    """Edit a choice field with segments named `<object name>.<VALUE>`; an odd value checks none of them."""

    def __init__(self, field: Field, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = field.choices
        self._bar = _Bar(self)
        self._bar.setObjectName(object_name)
        inside = QHBoxLayout(self._bar)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        self._group = QButtonGroup(self)
        for place, choice in enumerate(field.choices):
            segment = Segment(str(choice.label))
            segment.setObjectName(f"{object_name}.{choice.value}")
            segment.setToolTip(plain_tip(str(choice.hint or "")))
            self._group.addButton(segment, place)
            inside.addWidget(segment)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar)
        self.setFocusProxy(self._group.button(0))
        self._place = -1  # the index shown or emitted last
        self._group.idToggled.connect(self._toggled)  # not idClicked: assistive technology toggles

    @property
    @override
    def control(self) -> QWidget:
        return self._bar

    @property
    @override
    def compact(self) -> bool:
        return True

    @override
    def set_value(self, value: Value) -> None:
        self._place = place = place_of(value, self._choices)
        check_one(self._group, place)
        self.setFocusProxy(self._group.button(max(place, 0)))

    @override
    def set_bad(self, bad: bool) -> None:
        set_mark(self._bar, "bad", bad)

    @override
    def describe(self, name: str, description: str) -> None:
        super().describe(name, description)
        for place, choice in enumerate(self._choices):
            segment = self._group.button(place)
            segment.setAccessibleName(_("{field}: {words}").format(field=name, words=choice.label))
            segment.setAccessibleDescription(str(choice.hint or ""))

    def _toggled(self, place: int, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        if on and place != self._place:
            self._place = place
            self.edited.emit(self._choices[place].value)
