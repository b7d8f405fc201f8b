"""The pictures of one group side by side, painted a page at a time; keyboard and pointer choose which stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _, listed
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import draw_own, placed, visual_key
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.theme import line_height, text_scaled
from segmind_studio.ui.theme.tokens import ICON_GAP, RADIUS, RING, SPACE_M, SPACE_S, SPACE_XS, Tones, tones_of

_SIDES = (256, 512, 1024)  # of the requested pictures, in device pixels
_LEAST_WIDTH = 190  # logical pixels of a cell
_ROWS = 2
_LINES = 4  # of text below a picture
_DIMMED = 0.35
_ICON = 16
_TOGGLE = {Qt.Key.Key_K, Qt.Key.Key_Space}


class DuplicateBoard(QWidget):
    """Show the photos of a group. Arrow keys, Home and End go through them; K, Space and a click keep or drop one.

    At least one is always kept. `facts_of` returns the two lines about a photo below its name.

    Signals (GUI thread): chosen(), when other photos are kept; moved(), when another photo is the current one.
    """

    chosen = Signal()
    moved = Signal()

    def __init__(
        self, thumbnails: Thumbnails, facts_of: Callable[[Photo], tuple[str, str]], parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("data.duplicates.board")
        self._thumbnails = thumbnails
        self._facts_of = facts_of
        self._photos: tuple[Photo, ...] = ()
        self._kept: frozenset[str] = frozenset()
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Similar photos"))
        thumbnails.ready.connect(self._on_ready)

    @property
    def current(self) -> Photo | None:
        """Return the photo that the keyboard is at."""
        return self._photos[self._current] if self._photos else None

    @property
    def kept(self) -> frozenset[str]:
        """Return the ids of the photos that stay."""
        return self._kept

    @property
    def others(self) -> tuple[Photo, ...]:
        """Return the photos that do not stay."""
        return tuple(photo for photo in self._photos if photo.photo_id not in self._kept)

    def set_group(self, photos: Sequence[Photo], kept: frozenset[str]) -> None:
        """Show these photos; the current one stays current, else the first kept one becomes it."""
        before = self.current
        self._photos, self._kept = tuple(photos), kept
        ids = [photo.photo_id for photo in photos]
        if before is not None and before.photo_id in ids:
            self._current = ids.index(before.photo_id)
        else:
            self._current = next((row for row, name in enumerate(ids) if name in kept), 0)
        self._say()
        self.moved.emit()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(text_scaled(820), text_scaled(440))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(text_scaled(_LEAST_WIDTH), text_scaled(220))

    @property
    def columns(self) -> int:
        """Return how many photos are beside each other."""
        most = max(1, self.width() // text_scaled(_LEAST_WIDTH))
        return max(1, min(most, len(self._photos)))

    def cell(self, row: int) -> QRectF:
        """Return where a photo is painted, in logical pixels; an empty rectangle on another page."""
        first, last = self._page()
        if not first <= row < last:
            return QRectF()
        columns, rows = self.columns, -(-(last - first) // self.columns)
        size = QSizeF(
            (self.width() - (columns - 1) * SPACE_M) / columns, (self.height() - (rows - 1) * SPACE_M) / rows,
        )
        down, across = divmod(row - first, columns)
        corner = QPointF(across * (size.width() + SPACE_M), down * (size.height() + SPACE_M))
        return placed(QRectF(corner, size), QRectF(self.rect()))

    def _page(self) -> tuple[int, int]:
        """Return the first photo of the current one's page, and the first of the next page."""
        held = self.columns * _ROWS
        first = self._current // held * held
        return first, min(len(self._photos), first + held)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        tones = tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        first, last = self._page()
        for row in range(first, last):
            self._paint_cell(painter, row, tones)
        painter.end()

    def _paint_cell(self, painter: QPainter, row: int, tones: Tones) -> None:
        photo, cell = self._photos[row], self.cell(row)
        kept = photo.photo_id in self._kept
        edge, width = (tones.good, 2) if kept else (tones.line, 1)
        if row == self._current and shows_ring(self):
            edge, width = tones.focus, RING
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(tones.surface))
        half = width / 2
        painter.drawRoundedRect(cell.adjusted(half, half, -half, -half), RADIUS, RADIUS)
        line = line_height(self.font())
        inner = cell.adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
        picture = inner.adjusted(0, 0, 0, -(_LINES * line + SPACE_S))
        self._paint_picture(painter, photo, picture, tones, kept=kept)
        self._paint_state(painter, picture, tones, kept=kept)
        texts = (photo.path.name, *self._facts_of(photo), " ".join(photo.caption.split()) or _("no caption"))
        for number, text in enumerate(texts):
            painter.setFont(_bold(self.font()) if number == 0 else self.font())
            painter.setPen(QColor(tones.text if number == 0 else tones.muted))
            at = QRectF(inner.left(), picture.bottom() + SPACE_S + number * line, inner.width(), line)
            mode = Qt.TextElideMode.ElideMiddle if number == 0 else Qt.TextElideMode.ElideRight
            shown = painter.fontMetrics().elidedText(text, mode, int(inner.width()))
            draw_own(painter, at, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_picture(
        self, painter: QPainter, photo: Photo, room: QRectF, tones: Tones, *, kept: bool,
    ) -> None:
        painter.fillRect(room, QColor(tones.canvas))
        wanted = max(room.width(), room.height()) * self.devicePixelRatioF()
        side = next((side for side in _SIDES if side >= wanted), _SIDES[-1])
        image = self._thumbnails.image(photo, side)
        if image is None or image.isNull():
            drawn = icons.pixmap("image" if image is None else "image-off", "faint", 28, self.devicePixelRatioF())
            painter.drawPixmap(room.center() - QPointF(14, 14), drawn)
            return
        size = QSizeF(image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(room.center() - QPointF(size.width() / 2, size.height() / 2), size)
        painter.setOpacity(1 if kept else _DIMMED)
        painter.drawImage(target, image, QRectF(image.rect()))
        painter.setOpacity(1)

    def _paint_state(self, painter: QPainter, room: QRectF, tones: Tones, *, kept: bool) -> None:
        """Paint an icon and a word: what is proposed for the photo."""
        words, tone = _proposal(kept=kept), "good" if kept else "muted"
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        height = metrics.height() + SPACE_XS
        pill = QRectF(
            room.left() + SPACE_XS, room.top() + SPACE_XS,
            _ICON + metrics.horizontalAdvance(words) + 3 * SPACE_S, height,
        )
        pill = placed(pill, room)
        painter.setPen(QPen(QColor(tones.line), 1))
        painter.setBrush(QColor(tones.raised))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        name = "circle-check" if kept else "eye-off"
        drawn = icons.pixmap(name, tone, _ICON, self.devicePixelRatioF())
        spot = QRectF(pill.left() + SPACE_S, pill.center().y() - _ICON / 2, _ICON, _ICON)
        painter.drawPixmap(placed(spot, pill).topLeft(), drawn)
        painter.setPen(QColor(getattr(tones, tone)))
        beside = placed(pill.adjusted(SPACE_S + _ICON + ICON_GAP, 0, 0, 0), pill)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, words)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        rows = range(len(self._photos))
        row = next((row for row in rows if self.cell(row).contains(event.position())), -1)
        if event.button() is Qt.MouseButton.LeftButton and row >= 0:
            self._go(row)
            self._toggle()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = visual_key(event.key()), len(self._photos) - 1
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_Home: -self._current, Qt.Key.Key_End: last - self._current,
        }
        if event.modifiers() not in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}:
            super().keyPressEvent(event)
        elif key in steps:
            wanted = self._current + steps[key]
            self._go(wanted if 0 <= wanted <= last else self._current)
        elif key in _TOGGLE:
            self._toggle()
        else:
            super().keyPressEvent(event)

    def _go(self, row: int) -> None:
        if row != self._current:
            self._current = row
            self._say()
            self.moved.emit()
            self.update()

    def _toggle(self) -> None:
        photo = self.current
        if photo is None:
            return
        changed = self._kept ^ {photo.photo_id}
        if changed:  # the last one stays
            self._kept = changed
            self._say()
            self.chosen.emit()
            self.update()

    def _say(self) -> None:
        """Describe the current photo for screen readers."""
        photo = self.current
        if photo is None:
            self.setAccessibleDescription("")
            return
        proposal = _proposal(kept=photo.photo_id in self._kept)
        words = listed((photo.path.name, proposal, *self._facts_of(photo)))
        self.setAccessibleDescription(words)
        announce(self, words)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if any(photo.photo_id == ready.photo_id for photo in self._photos):
            self.update()


def _proposal(*, kept: bool) -> str:
    if kept:
        # Translators: what is proposed for one of several similar photos; the other proposal is “Exclude”.
        return _("Keep")
    return _("Exclude")


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold
