"""The list of the palette: its model and its painted rows, with the keys drawn as caps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QIcon,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.palette.commands import FoundCommand
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import backwards, keys_in_order, placed, placed_rect
from segmind_studio.ui.theme.theme import line_height, points
from segmind_studio.ui.theme.tokens import RADIUS, SMALL, SPACE_M, SPACE_S, SPACE_XS, Tones, tones_of

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ICON = 18
_CAP_PAD = 7
_SLACK = 2  # drawn text may be a little wider than its advance
_LEAST_WIDTH = 100
FOUND = Qt.ItemDataRole.UserRole


class CommandModel(QAbstractListModel):
    """The found commands; the role `FOUND` has the FoundCommand of a row."""

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[FoundCommand, ...] = ()

    @property
    def found(self) -> tuple[FoundCommand, ...]:
        """Return what is shown, in order."""
        return self._found

    def show_found(self, found: tuple[FoundCommand, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    @override
    @guarded(0)
    def rowCount(self, parent: _Index = _ROOT, /) -> int:
        return 0 if parent.isValid() else len(self._found)

    @override
    @guarded(NOTHING)
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid() or index.row() >= len(self._found):
            return None
        found = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.command.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return found.command.spoken
        return found if role == FOUND else None


class CommandDelegate(QStyledItemDelegate):
    """One row: icon, title with the found letters, where it is and what it needs below, the keys at the right."""

    @override
    @guarded(QSize(_LEAST_WIDTH, 2 * _ICON))
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        lines = line_height(option.font) + line_height(_small(option.font))
        return QSize(_LEAST_WIDTH, lines + SPACE_XS + 2 * SPACE_S)

    @override
    @guarded(None)
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        found: object = index.data(FOUND)
        if not isinstance(found, FoundCommand):
            return
        tones, row = tones_of(), option.rect.adjusted(SPACE_XS, 1, -SPACE_XS, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tones.accent_soft))
            painter.drawRoundedRect(row, RADIUS - 2, RADIUS - 2)
        inner = row.adjusted(SPACE_M, SPACE_S - 1, -SPACE_M, 1 - SPACE_S)
        spot = QRect(inner.left(), row.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        _paint_icon(painter, found, placed_rect(spot, inner))
        left = spot.right() + SPACE_M
        right = _paint_keys(painter, option.font, found, inner, tones)
        words = placed_rect(QRect(left, inner.top(), right - left, inner.height()), inner)
        _paint_words(painter, option.font, found, words, tones)
        painter.restore()


def _paint_icon(painter: QPainter, found: FoundCommand, spot: QRect) -> None:
    command = found.command
    mode = QIcon.Mode.Normal if command.enabled else QIcon.Mode.Disabled
    if command.checked:
        painter.drawPixmap(spot, icons.pixmap("check", "accent", _ICON, painter.device().devicePixelRatioF()))
    else:
        command.action.icon().paint(painter, spot, Qt.AlignmentFlag.AlignCenter, mode)


def _paint_keys(painter: QPainter, font: QFont, found: FoundCommand, inner: QRect, tones: Tones) -> int:
    """Draw the keys as a cap at the end; return where the texts must end, as read from left to right."""
    keys = found.command.keys
    if not keys:
        return inner.right()
    small = _small(font)
    metrics = QFontMetrics(small)
    width, height = metrics.horizontalAdvance(keys) + 2 * _CAP_PAD + _SLACK, metrics.height() + SPACE_XS
    cap = QRectF(inner.right() - width, inner.center().y() - height / 2 + 1, width, height)
    painter.setPen(QPen(QColor(tones.line_raised), 1))
    painter.setBrush(QColor(tones.sunken))
    shown = placed(cap, QRectF(inner))
    painter.drawRoundedRect(shown, SPACE_XS, SPACE_XS)
    painter.setFont(small)
    painter.setPen(QColor(tones.muted if found.command.enabled else tones.faint))
    painter.drawText(shown, Qt.AlignmentFlag.AlignCenter.value, keys_in_order(keys))
    return round(cap.left()) - SPACE_M


def _paint_words(painter: QPainter, font: QFont, found: FoundCommand, area: QRect, tones: Tones) -> None:
    command, small = found.command, _small(font)
    metrics, below = QFontMetrics(font), QFontMetrics(small)
    title = metrics.elidedText(command.title, Qt.TextElideMode.ElideRight, area.width())
    layout = QTextLayout(title, font)
    side = Qt.AlignmentFlag.AlignRight if backwards() else Qt.AlignmentFlag.AlignLeft
    layout.setTextOption(QTextOption(side | Qt.AlignmentFlag.AlignAbsolute))
    layout.setFormats(_formats([place for place in found.letters if place < len(title)], tones))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(area.width() + _SLACK)
    layout.endLayout()
    painter.setPen(QColor(tones.text if command.enabled else tones.faint))
    layout.draw(painter, QPointF(area.left() - (_SLACK if backwards() else 0), area.top()))
    # Translators: where a command is in the menus, and what it needs.
    words = _("{where} — {need}").format(where=command.where, need=command.need) if command.need else command.where
    painter.setFont(small)
    painter.setPen(QColor(tones.muted if command.enabled else tones.faint))
    high = line_height(small)
    line_two = QRect(area.left(), area.bottom() - high + 1, area.width(), high)
    shown = below.elidedText(words, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(line_two, (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value, shown)


def _formats(letters: Sequence[int], tones: Tones) -> list[QTextLayout.FormatRange]:
    look = QTextCharFormat()
    look.setForeground(QColor(tones.accent))
    look.setFontUnderline(True)
    ranges: list[QTextLayout.FormatRange] = []
    for place in letters:
        one = QTextLayout.FormatRange()
        one.start, one.length, one.format = place, 1, look
        ranges.append(one)
    return ranges


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(points(SMALL))
    return small
