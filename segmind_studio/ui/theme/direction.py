"""The direction of writing, for what Qt does not mirror by itself: painted widgets, margins, arrow keys, names.

Layouts, item views and alignments follow the application's layout direction. A rectangle that a widget computes
does not. It is computed as for left to right, and then `placed`. Photos, their coordinates, diagrams over numbers,
code, addresses and paths are never mirrored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter, QTextLayout, QTextLine, QTextOption
from PySide6.QtWidgets import QLayout, QWidget

_KEYS = {Qt.Key.Key_Left: Qt.Key.Key_Right, Qt.Key.Key_Right: Qt.Key.Key_Left}
_SIDES = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignHCenter
_FIRST_STRONG, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"
_RIGHT_TO_LEFT = "\u200f"  # a mark that decides the direction of what follows it
_ITEM_OF_MENU = "QMenu::item {"  # Qt mirrors it whole
_SIDE = re.compile(r"\b(padding|margin|border|border-top|border-bottom)-(left|right)\b")
_FOUR = re.compile(r"\b(padding|margin): ([^ ;]+) ([^ ;]+) ([^ ;]+) ([^ ;]+);")


def backwards() -> bool:
    """Return whether the window reads from right to left."""
    return QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft


def placed(part: QRectF, whole: QRectF) -> QRectF:
    """Return where a part of a painted area lies: as it is, or mirrored in `whole`."""
    if not backwards():
        return part
    moved = QRectF(part)
    moved.moveLeft(whole.left() + whole.right() - part.right())
    return moved


def placed_rect(part: QRect, whole: QRect) -> QRect:
    """Do what `placed` does, in whole pixels."""
    return placed(QRectF(part), QRectF(whole)).toRect()


def placed_point(point: QPointF, whole: QRectF) -> QPointF:
    """Do what `placed` does, for a point."""
    return QPointF(whole.left() + whole.right() - point.x(), point.y()) if backwards() else point


def visual_key(key: int) -> Qt.Key:
    """Return the key as if read from left to right: the arrow that points forwards is `Key_Right`."""
    known = Qt.Key(key)
    return _KEYS.get(known, known) if backwards() else known


def set_margins(inside: QLayout | QWidget, leading: int, top: int, trailing: int, bottom: int) -> None:
    """Set the margins of a layout, or of a label, of which the left and the right one differ."""
    left, right = (trailing, leading) if backwards() else (leading, trailing)
    inside.setContentsMargins(left, top, right, bottom)


def keep_left_to_right(widget: QWidget) -> None:
    """Show code, an address, a path, or two sides that are called left and right, as everywhere."""
    widget.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def draw_own(painter: QPainter, room: QRectF | QRect, side: Qt.AlignmentFlag, text: str) -> None:
    """Draw a user's text, such as a name or a caption, in the direction of its own first strong letter.

    It stands at the side of `room` that the window's direction says, as texts of the app do.
    """
    direction = painter.layoutDirection()  # a widget's own; none for a painter on a picture
    auto = direction is Qt.LayoutDirection.LayoutDirectionAuto
    if direction is Qt.LayoutDirection.RightToLeft or (auto and backwards()):
        side, text = _swapped(side), isolated(text)
    painter.drawText(QRectF(room), side, text)


def _swapped(side: Qt.AlignmentFlag) -> Qt.AlignmentFlag:
    """Return the side that an alignment means from right to left, as `QStyle`, which costs time at the start."""
    if side & Qt.AlignmentFlag.AlignAbsolute:
        return side
    flags = Qt.AlignmentFlag.AlignLeft if not side & _SIDES else side & _SIDES
    swapped = {
        Qt.AlignmentFlag.AlignLeft: Qt.AlignmentFlag.AlignRight,
        Qt.AlignmentFlag.AlignRight: Qt.AlignmentFlag.AlignLeft,
    }
    return side & ~_SIDES | swapped.get(flags, flags) | Qt.AlignmentFlag.AlignAbsolute


def draw_wrapped(painter: QPainter, room: QRectF, side: Qt.AlignmentFlag, text: str) -> None:
    """Draw a wrapped text as `QPainter.drawText` does, with each line at the side of `room` that is asked for.

    Qt moves a line from right to left, at the right, further to the left by the space at which the line is broken:
    its last letter is cut.
    """
    if painter.layoutDirection() is not Qt.LayoutDirection.RightToLeft:
        painter.drawText(room, side | Qt.TextFlag.TextWordWrap, text)
        return
    side = _swapped(side)
    layout = QTextLayout(text.replace("\n", "\u2028"), painter.font())
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    leading = max(0.0, QFontMetricsF(painter.font()).leading())
    lines: list[QTextLine] = []
    height = -leading
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room.width())
        height = math.ceil(height + leading)
        spare = room.width() - line.horizontalAdvance()
        at_right, in_middle = side & Qt.AlignmentFlag.AlignRight, side & Qt.AlignmentFlag.AlignHCenter
        line.setPosition(QPointF(spare if at_right else spare / 2 if in_middle else 0, height))
        height += line.ascent() + line.descent()
        lines.append(line)
    layout.endLayout()
    spare = room.height() - height
    at_bottom, in_middle = side & Qt.AlignmentFlag.AlignBottom, side & Qt.AlignmentFlag.AlignVCenter
    start = room.topLeft() + QPointF(0, spare if at_bottom else spare / 2 if in_middle else 0)
    for line in lines:
        line.draw(painter, start)


def isolated(text: str) -> str:
    """Return a user's text so that it keeps its own direction among other words: numbers and dots do not move.

    Elsewhere than in a window from right to left, return the text itself.
    """
    return f"{_FIRST_STRONG}{text}{_END}" if text and backwards() else text


def keys_in_order(keys: str) -> str:
    """Return the name of a shortcut as everywhere: from right to left, Qt writes ",+Ctrl"."""
    return f"{_LEFT_TO_RIGHT}{keys}{_END}" if keys and backwards() else keys


def begun(text: str) -> str:
    """Return a text of the app in the direction of the window, also where it begins with a user's text."""
    return f"{_RIGHT_TO_LEFT}{text}" if text and backwards() else text


def in_a_row(parts: Iterable[str]) -> str:
    """Return texts with dots between them in the order of the window's direction, whatever is in them."""
    return begun(" · ".join(isolated(part) for part in parts))


def mirrored_sheet(sheet: str) -> str:
    """Return a style sheet for right to left. Qt mirrors its positions, but no margins and pictures."""
    swapped = {"left": "right", "right": "left"}
    lines: list[str] = []
    for line in sheet.splitlines():
        turned = line
        if not line.startswith(_ITEM_OF_MENU):
            turned = _SIDE.sub(lambda found: f"{found[1]}-{swapped[found[2]]}", turned)
            turned = _FOUR.sub(r"\1: \2 \5 \4 \3;", turned)
        lines.append(turned)
    text = "\n".join(lines).replace("/chevron-right.svg", "/chevron-left.svg")
    text = text.replace("QMenu::right-arrow", "QMenu::left-arrow")
    return text.replace("::sub-page:horizontal", "::add-page:horizontal")  # of a slider: its left, for Qt
