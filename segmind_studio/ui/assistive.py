"""What screen readers and other assistive technology get beyond Qt's own: announcements, and interfaces mended.

Qt's interface of a scroll area does not check the number of a child that is asked for, and scroll bars leave its
list of children while they are hidden: a reader that walks the tree at that moment ends the process. Qt's
interface of a spin box has no actions to step it.
"""

from __future__ import annotations

from typing import cast
from weakref import proxy, ref

from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
    QAccessibleValueInterface,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QAccessibleWidget,
    QHeaderView,
    QScrollArea,
    QWidget,
)
from shiboken6 import Shiboken
from typing_extensions import override

from segmind_studio.ui.guarded import NOTHING, guarded

_kept: list[QAccessibleInterface] = []
NO_ACTIONS: list[str] = []
_NO_ADDRESS = cast("object", Shiboken.VoidPtr(0))
NO_INTERFACE = cast("QAccessibleInterface | None", None)


class ScrollAreaInterface(QAccessibleWidget):
    """A scroll area whose children never change: the viewport and both scroll bars, hidden or not."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area, QAccessible.Role.Client)
        self._area = ref(area)  # Qt deletes the interface with the area; it must not keep the area alive

    def _children(self) -> tuple[QWidget, ...]:
        area = self._area()
        if area is None or not Shiboken.isValid(area):
            return ()
        bars = (area.horizontalScrollBar(), area.verticalScrollBar())
        parts = (area.viewport(), *(bar.parentWidget() for bar in bars))
        return tuple(part for part in parts if part is not None)

    @override
    @guarded(0)
    def childCount(self) -> int:
        return len(self._children())

    @override
    @guarded(NO_INTERFACE)
    def child(self, index: int, /) -> QAccessibleInterface | None:  # type: ignore[override]  # None is allowed
        children = self._children()
        return QAccessible.queryAccessibleInterface(children[index]) if 0 <= index < len(children) else None

    @override
    @guarded(-1)
    def indexOfChild(self, child: QAccessibleInterface, /) -> int:
        wanted = child.object() if child else None
        return next((place for place, widget in enumerate(self._children()) if widget is wanted), -1)


class _SpinBoxValue(QAccessibleValueInterface):
    """The number of a spin box, by the properties that Qt's own interface goes by."""

    def __init__(self, box: QAbstractSpinBox) -> None:
        super().__init__()
        self._box = proxy(box)

    @override
    @guarded(NOTHING)
    def currentValue(self) -> object:
        return self._box.property("value")

    @override
    @guarded(None)
    def setCurrentValue(self, value: object, /) -> None:
        self._box.setProperty("value", value)

    @override
    @guarded(NOTHING)
    def minimumValue(self) -> object:
        return self._box.property("minimum")

    @override
    @guarded(NOTHING)
    def maximumValue(self) -> object:
        return self._box.property("maximum")

    @override
    @guarded(NOTHING)
    def minimumStepSize(self) -> object:
        return self._box.property("singleStep")


class SpinBoxInterface(QAccessibleWidget):
    """A spin box that can be increased, decreased, set and typed into."""

    def __init__(self, box: QAbstractSpinBox) -> None:
        super().__init__(box, QAccessible.Role.SpinBox)
        self._box = proxy(box)  # as for the area above
        self._value = _SpinBoxValue(box)

    @override
    @guarded(_NO_ADDRESS)
    def interface_cast(self, kind: QAccessible.InterfaceType, /) -> object:  # type: ignore[override]  # an address
        kinds = QAccessible.InterfaceType
        if kind == kinds.ValueInterface:
            return self._value
        found: object = cast("object", (
            self._line() if kind in {kinds.TextInterface, kinds.EditableTextInterface} else super()
        ).interface_cast(kind))
        return _NO_ADDRESS if found is None else found  # Qt's side ends the process on None

    def _line(self) -> QAccessibleInterface:
        """Return the interface of the line inside; Qt knows the line by its name and makes it one without text."""
        line = self._box.lineEdit()
        found = QAccessible.queryAccessibleInterface(line)
        text: object = cast("object", found.interface_cast(QAccessible.InterfaceType.TextInterface))
        if text is None:  # an address is neither true nor false
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(found))
            name = line.objectName()
            line.setObjectName("")
            found = QAccessible.queryAccessibleInterface(line)
            line.setObjectName(name)
        return found

    @override
    @guarded("")
    def text(self, kind: QAccessible.Text, /) -> str:
        return self._box.text() if kind is QAccessible.Text.Value else super().text(kind)

    @override
    @guarded(NO_ACTIONS)
    def actionNames(self) -> list[str]:
        steps = [self.increaseAction(), self.decreaseAction()] if self._steppable else []
        return [*steps, *super().actionNames()]

    @override
    @guarded(None)
    def doAction(self, name: str, /) -> None:
        if name in {self.increaseAction(), self.decreaseAction()}:
            if self._steppable:
                self._box.stepBy(1 if name == self.increaseAction() else -1)
        else:
            super().doAction(name)

    @property
    def _steppable(self) -> bool:
        return self._box.isEnabled() and not self._box.isReadOnly()


def take_over(interface: QAccessibleInterface) -> None:
    """Have Qt use this interface for its widget, from the widget's making until its end.

    Not by a factory: PySide would wrap every widget that is asked for, dying ones too, and later take the wrapper
    of another object at the same address for the dead one's.
    """
    _kept[:] = [kept for kept in _kept if Shiboken.isValid(kept)]  # Qt deletes each with its widget
    widget = interface.object()
    QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(QAccessible.queryAccessibleInterface(widget)))
    QAccessible.registerAccessibleInterface(interface)
    _kept.append(interface)


def guard_scroll_area(area: QAbstractScrollArea) -> None:
    """Let this scroll area be read safely.

    Qt forgets an interface when the class of its widget is another one, which PySide makes it when it connects a
    signal to a method that is no Slot: so ask again when the area is shown.
    """
    if not isinstance(QAccessible.queryAccessibleInterface(area), ScrollAreaInterface):
        take_over(ScrollAreaInterface(area))


def guard_scroll_areas(window: QWidget) -> None:
    """Let all scroll areas that Qt made in a window be read safely: the headers of its tables are such, too."""
    for area in window.findChildren(QAbstractScrollArea):
        if isinstance(area, QHeaderView | QScrollArea):
            guard_scroll_area(area)


def announce(widget: QWidget, words: str, *, urgent: bool = False) -> None:
    """Have a screen reader say this, whatever has the focus; `urgent` interrupts what it says now.

    `widget` is where the words stand; a widget that is not to be seen announces nothing.
    """
    if words and QAccessible.isActive() and widget.isVisible():
        event = QAccessibleAnnouncementEvent(widget, words)
        event.setPoliteness(
            QAccessible.AnnouncementPoliteness.Assertive if urgent else QAccessible.AnnouncementPoliteness.Polite,
        )
        QAccessible.updateAccessibility(event)
