"""An on/off switch: a check box by behaviour and to screen readers, a sliding knob to the eye."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.fields import Value
from segmind_studio.texts import _
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.direction import placed
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.tokens import RADIUS_M, RING, SPACE_S, tones_of

_TRACK = QSize(38, 22)
_EDGE = 4  # above and below it


class Switch(QCheckBox):
    """Show "On" or "Off" beside a knob."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggled.connect(self.update)

    @property
    def state_text(self) -> str:
        """Return the word for its state."""
        return _("On") if self.isChecked() else _("Off")

    @override
    def sizeHint(self) -> QSize:
        widest = max(self.fontMetrics().horizontalAdvance(word) for word in (_("On"), _("Off")))
        return QSize(_TRACK.width() + SPACE_S + widest + _EDGE, _TRACK.height() + 2 * _EDGE)

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
        top = (self.height() - _TRACK.height()) / 2
        whole = QRectF(self.rect())
        left = QRectF(0, top, _TRACK.width(), _TRACK.height())
        track = placed(left, whole)
        on, ringed = self.isChecked(), shows_ring(self)
        if ringed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tones.accent_soft))
            painter.drawRoundedRect(whole, RADIUS_M, RADIUS_M)
        painter.setPen(QPen(QColor(tones.accent if on else tones.line_strong), 1))
        painter.setBrush(QColor(tones.accent if on else tones.sunken))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), track.height() / 2, track.height() / 2)
        side = track.height() - 8
        start = track.width() - side - 4 if on else 4
        knob = placed(QRectF(track.left() + start, track.top() + 4, side, side), track)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.accent_text if on else tones.muted))
        painter.drawEllipse(knob)
        if ringed:  # on the track's own edge, which stands in line with texts
            edge = track.adjusted(RING / 2, RING / 2, -RING / 2, -RING / 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tones.text if on else tones.focus), RING))
            painter.drawRoundedRect(edge, track.height() / 2, track.height() / 2)
        painter.setPen(QColor(tones.text if self.isEnabled() else tones.faint))
        area = placed(whole.adjusted(round(left.right()) + SPACE_S, 0, 0, 0), whole)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.state_text)


class SwitchEditor(FieldEditor):
    """Edit a field that is on or off; anything else shows as off, beside its message."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._switch = Switch(self)
        self._switch.setObjectName(object_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._switch)
        self.setFocusProxy(self._switch)
        self._on = False  # the value shown or emitted last
        self._switch.toggled.connect(self._toggled)  # not clicked: assistive technology toggles

    @property
    @override
    def control(self) -> Switch:
        return self._switch

    @property
    @override
    def compact(self) -> bool:
        return True

    @override
    def set_value(self, value: Value) -> None:
        self._on = value is True
        self._switch.setChecked(self._on)

    def _toggled(self, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        if on != self._on:
            self._on = on
            self.edited.emit(on)
