"""Properties that the style sheet uses."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

W = TypeVar("W", bound=QWidget)


def mark(widget: W, *, kind: str = "", role: str = "", surface: str = "") -> W:
    """Return the widget back with its marks set; an empty mark leaves what was there.

    `kind` (buttons): "primary", "danger", "quiet"; (tables): "pictures". `role` (labels): "title",
    "section", "strong", "muted", "small", "mono", "bad", "warn", "good". `surface` (frames, widgets):
    "card", "sunken", "rail", "strip", "inspector", "canvas".
    """
    for name, value in (("kind", kind), ("role", role), ("surface", surface)):
        if value:
            set_mark(widget, name, value)
    if role == "mono" and isinstance(widget, QPlainTextEdit | QTextEdit):
        _read_left_to_right(widget)
    if surface:
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def _read_left_to_right(text: QPlainTextEdit | QTextEdit) -> None:
    """Show code, a request or a log from left to right in every language."""
    text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    document = text.document()
    option = document.defaultTextOption()
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)


def set_mark(widget: QWidget, name: str, value: object) -> None:
    """Set any property that the style sheet uses, and update the widget at once."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # it will be, when it is shown; the first `style()` lets PySide describe QStyle, which takes long
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
