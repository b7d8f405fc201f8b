"""Editors for choices: cards with an icon each, and a drop-down list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStyle, QStyleOptionComboBox, QStylePainter, QWidget
from typing_extensions import override

from segmind_studio.core.fields import Choice, Field, Value
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.option_card import CardRow, OptionCard
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.tips import plain_tip

_LEAST_WIDTH = 200  # logical pixels
_BESIDE_ICON = 4


def place_of(value: Value, choices: tuple[Choice, ...]) -> int:
    """Find the choice with exactly this value, -1 when it is none; 1 is not True."""
    for place, choice in enumerate(choices):
        if choice.value == value and type(choice.value) is type(value):
            return place
    return -1


class CardsEditor(FieldEditor):
    """Edit a choice field with cards named `<object name>.<VALUE>`."""

    def __init__(
        self, field: Field, object_name: str, icons: Mapping[Value, str], parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices = field.choices
        cards: list[OptionCard] = []
        for choice in field.choices:
            card = OptionCard(str(choice.label), str(choice.hint or ""), icons.get(choice.value, ""))
            card.setObjectName(f"{object_name}.{choice.value}")
            cards.append(card)
        self._row = CardRow(cards)
        self._row.setObjectName(object_name)
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._row)
        self.setFocusProxy(cards[0])
        self._row.chosen.connect(self._chosen)

    @property
    @override
    def control(self) -> QWidget:
        return self._row

    @override
    def set_value(self, value: Value) -> None:
        place = place_of(value, self._choices)
        self._row.check(place)
        self.setFocusProxy(self._row.cards[max(place, 0)])

    def _chosen(self, place: int) -> None:
        self.edited.emit(self._choices[place].value)


class CalmCombo(QComboBox):
    """A drop-down list that the wheel does not change; text that is too wide for it is shown with an ellipsis."""

    @override
    @guarded(None)
    def paintEvent(self, e: QPaintEvent, /) -> None:
        option: Any = QStyleOptionComboBox()  # its fields are not in the stubs
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        if not option.currentIcon.isNull():
            room -= self.iconSize().width() + _BESIDE_ICON
        if self.fontMetrics().horizontalAdvance(option.currentText) <= room:
            super().paintEvent(e)
            return
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideMiddle, room,
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    @override
    def wheelEvent(self, e: QWheelEvent, /) -> None:
        e.ignore()


class ComboEditor(FieldEditor):
    """Edit a choice field with a drop-down list; a value that is not offered is shown as it is."""

    def __init__(self, field: Field, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = field.choices
        self._combo = CalmCombo(self)
        self._combo.setObjectName(object_name)
        self._combo.setMinimumWidth(_LEAST_WIDTH)
        for choice in field.choices:
            self._combo.addItem(str(choice.label))
            self._combo.setItemData(
                self._combo.count() - 1, plain_tip(str(choice.hint or "")), Qt.ItemDataRole.ToolTipRole
            )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._combo)
        self.setFocusProxy(self._combo)
        self._showing = False
        self._combo.currentIndexChanged.connect(self._chosen)  # not activated: assistive technology selects

    @property
    @override
    def control(self) -> QComboBox:
        return self._combo

    @property
    @override
    def compact(self) -> bool:
        return True

    @override
    def set_value(self, value: Value) -> None:
        place = place_of(value, self._choices)
        self._showing = True
        try:
            while self._combo.count() > len(self._choices):
                self._combo.removeItem(self._combo.count() - 1)
            if place < 0:
                self._combo.addItem(str(value))
                place = len(self._choices)
            self._combo.setCurrentIndex(place)
        finally:
            self._showing = False

    def _chosen(self, place: int) -> None:
        if not self._showing and 0 <= place < len(self._choices):
            self.edited.emit(self._choices[place].value)
