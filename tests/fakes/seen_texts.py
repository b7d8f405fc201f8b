"""Every text that a widget and what is in it shows now, and what is wrong with it in the pseudo-language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeGuard

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)

from segmind_studio.pseudo_language import FIRST, LAST
from segmind_studio.ui.parts import ElidedLabel

_BREAK = re.compile(r"\n| · |<br\s*/?>|</?p>")  # lines, and facts beside each other, are texts of their own
_MARKUP = re.compile(r"</?[a-z]+[^>]*>")
_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b")  # a figure: the language in use writes it
_ROWS = 50  # of a list are read
_OF_QT = frozenset({"ScrollLeftButton", "ScrollRightButton"})  # Qt has words of its own for these
_LETTER = re.compile(r"[^\W\d_]")


def texts_of(top: QWidget) -> Iterator[tuple[QWidget, str, str]]:
    """Yield widget, what it is, and text, for all that is visible in `top`; what a person typed is left out."""
    for widget in (top, *top.findChildren(QWidget)):
        if (widget is not top and not widget.isVisibleTo(top)) or widget.objectName() in _OF_QT:
            continue
        for what, text in _texts(widget):
            if text.strip():
                yield widget, what, text


def _texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tooltip", widget.toolTip()
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    if widget.isWindow():
        yield "title", widget.windowTitle()
    match widget:
        case QLabel() | QAbstractButton():
            yield "text", widget.text()
        case QLineEdit() | QPlainTextEdit():
            yield "placeholder", widget.placeholderText()
        case QGroupBox():
            yield "title", widget.title()
        case QMenu():
            yield from (("menu", action.text()) for action in widget.actions())
        case _:
            pass
    yield from _choices(widget)
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget)


def _choices(widget: QWidget) -> Iterator[tuple[str, str]]:
    if isinstance(widget, QComboBox):
        yield from (("choice", widget.itemText(row)) for row in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (("tab", widget.tabText(row)) for row in range(widget.count()))
    if isinstance(widget, QMainWindow):
        yield from (("menu", action.text()) for action in widget.menuBar().actions())


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model, top = view.model(), QModelIndex()
    if isinstance(view, (QTableView, QTreeView)):
        across = range(model.columnCount(top))
        yield from (("heading", str(model.headerData(n, Qt.Orientation.Horizontal) or "")) for n in across)
    else:
        across = range(1)
    if isinstance(view, QTableView) and view.verticalHeader().isVisible():
        down = range(model.rowCount(top))
        yield from (("heading", str(model.headerData(n, Qt.Orientation.Vertical) or "")) for n in down)
    for row in range(0 if isinstance(view.parent(), QComboBox) else min(model.rowCount(top), _ROWS)):
        for column in across:
            yield "cell", str(model.index(row, column).data() or "")
            yield "cell's tooltip", str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


@cache
def wrong_with(text: str, own: frozenset[str]) -> str:
    """Return what is wrong with a text: "" for nothing. `own` are texts that nobody translates."""
    for line in _lines(_plain(text)):
        marked, rest = _outer(line)
        if marked > 1:
            return "put together from pieces"
        if not _LETTER.search(_without(rest, own)):
            continue
        return "only a part is translatable" if marked else "not translatable"
    return ""


def _plain(text: str) -> str:
    text = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
    if not _MARKUP.search(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def _lines(text: str) -> Iterator[str]:
    """Split where lines or facts end, outside of marks."""
    depth, line = 0, ""
    for part in re.split(f"([{FIRST}{LAST}]|\\n| · )", text):
        depth += (part == FIRST) - (part == LAST)
        if depth == 0 and _BREAK.fullmatch(part):
            yield line
            line = ""
        else:
            line += part
    yield line


def _outer(line: str) -> tuple[int, str]:
    """Return how many marked texts stand side by side, and what stands outside of them."""
    depth, count, rest = 0, 0, ""
    for char in line:
        if char == FIRST:
            count += depth == 0
            depth += 1
        elif char == LAST:
            depth -= 1
        elif depth == 0:
            rest += char
    return count, rest


def _without(text: str, own: frozenset[str]) -> str:
    text = _DATE.sub("", text)
    for word in sorted(own, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def cut(widget: QWidget) -> TypeGuard[QLabel | QAbstractButton]:
    """Return whether a label or button has less room than its text needs. Labels that are made to elide do not."""
    if isinstance(widget, ElidedLabel) or not isinstance(widget, (QLabel, QAbstractButton)) or not widget.text():
        return False
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() + 1 < widget.heightForWidth(widget.width())
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
        return False
    if isinstance(widget, QAbstractButton) and widget.sizePolicy().horizontalPolicy().name == "Ignored":
        return False
    return widget.width() + 1 < min(
        widget.sizeHint().width(), widget.fontMetrics().horizontalAdvance(widget.text())
    )
