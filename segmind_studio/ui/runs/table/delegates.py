"""How the table's cells are painted: hover for a whole row, amber for a decision, and the status chip."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.core.runs import Run, Stage
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.runs.stages import StageLook
from segmind_studio.ui.runs.table.cells import LOOK_ROLE, PERCENT_ROLE, RUN_ROLE
from segmind_studio.ui.runs.table.row_filter import DECISION_STAGES
from segmind_studio.ui.small_picture import paint_mosaic
from segmind_studio.ui.theme import icons, tokens
from segmind_studio.ui.theme.direction import isolated, placed, placed_rect
from segmind_studio.ui.theme.theme import points
from segmind_studio.ui.theme.tokens import Tones, tones_of

if TYPE_CHECKING:
    from segmind_studio.ui.runs.pictures import RunPictures

_Index = QModelIndex | QPersistentModelIndex
_ICON = 14
_PAD = 9
_GAP = 6
_SLACK = 3  # drawn text may be a little wider than its advance
_CHIP_HEIGHT = 24
_MARGIN = 8
_FACE_MARGIN = 4  # round the picture in front of a name
_MOST_FACES = 300  # kept as they were painted
_FILL_ALPHA = 56  # of 255: the opacity of the done part of an upload on its chip


class RowDelegate(QStyledItemDelegate):
    """Paint cells so that hovering lights the whole row; rows that need a decision have an amber ground.

    `hovered` is the row under the pointer, -1 for none; the table sets it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1

    @override
    @guarded(None)
    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.text = isolated(option.text)  # names of the user's among the app's words
        state = option.state & ~QStyle.StateFlag.State_MouseOver & ~QStyle.StateFlag.State_HasFocus
        if index.row() == self.hovered:
            state |= QStyle.StateFlag.State_MouseOver
        option.state = state

    @override
    @guarded(None)
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        run = cast("Run", index.data(RUN_ROLE))
        plain = not option.state & QStyle.StateFlag.State_Selected and index.row() != self.hovered
        if plain and run.stage in DECISION_STAGES:
            painter.fillRect(option.rect, QColor(tones_of(option.palette).warn_soft))
        self.paint_cell(painter, option, index)

    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the contents over the background; subclasses paint something else."""
        super().paint(painter, option, index)


class NameDelegate(RowDelegate):
    """Paint a run's best picture, or four of its photos, in front of its name.

    What is painted is kept, so that a row costs one pixmap.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: RunPictures | None = None
        self._painted: OrderedDict[tuple[tuple[str, ...], int, float], QPixmap] = OrderedDict()
        self._missing: set[str] = set()

    def set_pictures(self, pictures: RunPictures) -> None:
        """Show the pictures of runs from now on."""
        self._pictures = pictures

    def waits_for(self, photo_id: str) -> bool:
        """Return whether this picture was missing at the last painting; it is asked once."""
        if photo_id in self._missing:
            self._missing.discard(photo_id)
            return True
        return False

    @override
    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if self._pictures is None:
            super().paint_cell(painter, option, index)
            return
        side = option.rect.height() - 2 * _FACE_MARGIN
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        widget = cast("QObject | None", option.widget)
        style = option.widget.style() if widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, styled, painter, option.widget)
        moved = QStyleOptionViewItem(option)
        moved.textElideMode = Qt.TextElideMode.ElideMiddle  # names of a family differ at their end
        shift = _FACE_MARGIN + side
        backwards = option.direction is Qt.LayoutDirection.RightToLeft
        moved.rect = option.rect.adjusted(0, 0, -shift, 0) if backwards else option.rect.adjusted(shift, 0, 0, 0)
        super().paint_cell(painter, moved, index)
        left = option.rect.right() - shift + 1 if backwards else option.rect.left() + _FACE_MARGIN
        face = self._face(cast("Run", index.data(RUN_ROLE)), side, painter.device().devicePixelRatioF())
        painter.drawPixmap(left, option.rect.top() + _FACE_MARGIN, face)

    def _face(self, run: Run, side: int, ratio: float) -> QPixmap:
        pictures = self._pictures
        photos = pictures.faces_of(run) if pictures is not None else ()
        key = (tuple(photo.photo_id for photo in photos), side, ratio)
        known = self._painted.get(key)
        if known is not None and photos:
            self._painted.move_to_end(key)
            return known
        drawn = QPixmap(round(side * ratio), round(side * ratio))
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        thumbnails = pictures.thumbnails if pictures is not None else None
        missing = paint_mosaic(painter, QRectF(0, 0, side, side), photos, thumbnails)
        painter.end()
        self._missing.update(missing)
        if photos and not missing:
            self._painted[key] = drawn
            if len(self._painted) > _MOST_FACES:
                self._painted.popitem(last=False)
        return drawn


class StatusDelegate(RowDelegate):
    """Paint the status as a chip of icon and word; an upload's chip fills up in the direction of reading."""

    @override
    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        text = styled.text
        styled.text, styled.icon = "", QIcon()
        widget = cast("QObject | None", option.widget)
        style = option.widget.style() if widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, styled, painter, option.widget)
        _paint_chip(painter, styled, index, text)

    @override
    @guarded(QSize())
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        metrics = QFontMetrics(_chip_font(option))
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        return QSize(_chip_width(metrics, text) + 2 * _MARGIN, _CHIP_HEIGHT + _MARGIN)


def _paint_chip(painter: QPainter, option: QStyleOptionViewItem, index: _Index, text: str) -> None:
    look = cast("StageLook", index.data(LOOK_ROLE))
    tones = tones_of(option.palette)
    font = _chip_font(option)
    room = option.rect.width() - 2 * _MARGIN
    width = min(room, _chip_width(QFontMetrics(font), text))
    top = option.rect.center().y() - _CHIP_HEIGHT // 2 + 1
    chip = placed_rect(QRect(option.rect.left() + _MARGIN, top, width, _CHIP_HEIGHT), option.rect)
    ink = QColor(getattr(tones, look.tone))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    run = cast("Run", index.data(RUN_ROLE))
    on_amber = not option.state & QStyle.StateFlag.State_Selected and run.stage in DECISION_STAGES
    painter.setBrush(QColor(tones.surface if on_amber else _ground(tones, look)))
    painter.drawRoundedRect(chip, _CHIP_HEIGHT / 2, _CHIP_HEIGHT / 2)
    percent = cast("int | None", index.data(PERCENT_ROLE))
    if percent is not None and run.stage is Stage.UPLOADING:
        _paint_done(painter, chip, percent, ink)
    ratio = painter.device().devicePixelRatioF()
    drawn = icons.pixmap(look.icon, look.tone, _ICON, ratio)
    spot = QRect(chip.left() + _PAD, chip.top() + (_CHIP_HEIGHT - _ICON) // 2, _ICON, _ICON)
    painter.drawPixmap(placed_rect(spot, chip).topLeft(), drawn)
    painter.setFont(font)
    painter.setPen(ink)
    words = placed_rect(chip.adjusted(_PAD + _ICON + _GAP, 0, -_PAD, 0), chip)
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft).value, elided)
    painter.restore()


def _paint_done(painter: QPainter, chip: QRect, percent: int, ink: QColor) -> None:
    done = QColor(ink)
    done.setAlpha(_FILL_ALPHA)
    painter.save()
    whole = QRectF(chip)
    part = QRectF(chip.left(), chip.top(), chip.width() * percent / 100, chip.height())
    painter.setClipRect(placed(part, whole))
    painter.setBrush(done)
    painter.drawRoundedRect(chip, _CHIP_HEIGHT / 2, _CHIP_HEIGHT / 2)
    painter.restore()


def _ground(tones: Tones, look: StageLook) -> str:
    return tones.sunken if look.tone == "muted" else str(getattr(tones, f"{look.tone}_soft"))


def _chip_font(option: QStyleOptionViewItem) -> QFont:
    font = QFont(option.font)
    font.setPointSizeF(points(tokens.SMALL))
    return font


def _chip_width(metrics: QFontMetrics, text: str) -> int:
    return metrics.horizontalAdvance(text) + 2 * _PAD + _ICON + _GAP + _SLACK
