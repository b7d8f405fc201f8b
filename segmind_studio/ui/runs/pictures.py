"""The pictures of runs: where they come from, and small ones in rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import ceil

from PySide6.QtCore import (
    QAbstractListModel,
    QMetaObject,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.run_images import images_by_run
from segmind_studio.core.runs import Run
from segmind_studio.formats import exact_number
from segmind_studio.record import record
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.services.runs.sent_photos import SentFileState, SentPhoto, first_sent, sent_photos
from segmind_studio.services.system.tasks import Task, TaskRunner
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.small_picture import MOSAIC
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import placed
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.theme import line_height
from segmind_studio.ui.theme.tokens import RADIUS, RING, SPACE_S, SPACE_XS, tones_of
from segmind_studio.ui.versions.rows import photo_of

Index = QModelIndex | QPersistentModelIndex
_SIGN = 22  # logical pixels: the sign in place of a picture
_BADGE = 16
_MOST_FACES = 2000  # runs whose first photos are remembered


class RunPictures(QObject):
    """Find the pictures of runs: the photos that were sent, and the images made with them. GUI thread.

    Signals:
        images_changed(): other images were made, or rated.
        faces_changed(): `faces_of` has more to return for some runs.
    """

    images_changed = Signal()
    faces_changed = Signal()

    def __init__(
        self, thumbnails: Thumbnails, tasks: TaskRunner, tryouts: ImageService, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self._tasks = tasks
        self._tryouts = tryouts
        self._by_run: Mapping[str, tuple[GeneratedImage, ...]] | None = None
        self._first: dict[str, tuple[Photo, ...]] = {}  # by run, the photos that were sent first
        self._wanted: dict[str, str] = {}  # manifests that are not decoded yet, by run
        tryouts.replaced.connect(self._forget)
        tryouts.changed.connect(self._forget)

    def images_of(self, run_id: str) -> tuple[GeneratedImage, ...]:
        """Return the images of a run that have a file, the best first."""
        if self._by_run is None:
            self._by_run = images_by_run(self._tryouts.images)
        return self._by_run.get(run_id, ())

    def photo_of_image(self, image: GeneratedImage) -> Photo | None:
        """Return a photo that shows an image; None when its file is not known."""
        path = self._tryouts.result_of(image).path
        return Photo(f"image\n{image.image_id}", path, image.width, image.height) if path is not None else None

    def faces_of(self, run: Run) -> tuple[Photo, ...]:
        """Return what stands beside a run's name: its best image, else the photos that were sent first.

        Photos that are not known yet are read in the task pool, and `faces_changed` follows.
        """
        shown = (self.photo_of_image(image) for image in self.images_of(run.run_id))
        best = next((photo for photo in shown if photo is not None), None)
        if best is not None:
            return (best,)
        known = self._first.get(run.run_id)
        if known is None and run.manifest:
            if not self._wanted:
                QMetaObject.invokeMethod(self, "_read_first", Qt.ConnectionType.QueuedConnection)
            self._wanted[run.run_id] = run.manifest
        return known or ()

    @Slot()
    def _read_first(self) -> None:
        wanted, self._wanted = self._wanted, {}
        self._tasks.run(partial(_first_photos, wanted), self._take_first, self._fail)

    @Slot(object)
    def _take_first(self, found: Mapping[str, tuple[Photo, ...]]) -> None:
        self._first.update(found)
        while len(self._first) > _MOST_FACES:
            del self._first[next(iter(self._first))]
        self.faces_changed.emit()

    def load_photos(self, manifest: str, done: Callable[[tuple[SentPhoto, ...]], None]) -> Task:
        """Read a manifest and look at its files; `done`, a method of a QObject, receives the photos later."""
        return self._tasks.run(partial(sent_photos, manifest), done, self._fail)

    def compute(self, work: Callable[[], object], done: Callable[..., None]) -> Task:
        """Do other work on what was sent; `done`, a method of a QObject, receives its result later."""
        return self._tasks.run(work, done, self._fail)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        """Ignore an error: what is shown of the photos stays empty, and the log has it."""

    @Slot(object)
    def _forget(self, _news: object) -> None:
        self._by_run = None
        self.images_changed.emit()


def _first_photos(manifests: Mapping[str, str]) -> dict[str, tuple[Photo, ...]]:
    return {
        run_id: tuple(map(photo_of, first_sent(manifest, MOSAIC))) for run_id, manifest in manifests.items()
    }


@record
class PictureTile:
    """One small picture: its photo, its name, what is said about it, and an icon in its corner ("" for none)."""

    photo: Photo
    name: str
    text: str
    badge: str = ""


def sent_tile(sent: SentPhoto) -> PictureTile:
    """Return the tile of a photo that was sent."""
    words = {
        SentFileState.SAME: "",
        SentFileState.CHANGED: _("file changed"),
        SentFileState.GONE: _("file missing"),
    }
    badge = "square-pen" if sent.state is SentFileState.CHANGED else ""
    caption = sent.item.caption or _("no caption")
    note = words[sent.state]
    text = " · ".join(part for part in (caption, note) if part)
    return PictureTile(photo_of(sent.item), sent.name, text, badge)


def image_tile(photo: Photo, image: GeneratedImage) -> PictureTile:
    """Return the tile of a generated image."""
    words = _("strength {strength}, seed {seed}").format(
        strength=exact_number(image.strength), seed="—" if image.seed is None else image.seed,
    )
    return PictureTile(photo, image.prompt, words)


class RunPicturesModel(QAbstractListModel):
    """Tiles in their order; a screen reader says the name and the text of each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles: tuple[PictureTile, ...] = ()

    def set_tiles(self, tiles: tuple[PictureTile, ...]) -> None:
        """Show these tiles instead."""
        self.beginResetModel()
        self.tiles = tiles
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self.tiles)

    @override
    @guarded(NOTHING)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.tiles):
            return None
        tile = self.tiles[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tile.name}: {tile.text}" if tile.text else tile.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(part for part in (tile.name, tile.text) if part))
        return None


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, view: PictureTiles) -> None:
        super().__init__(view)
        self._view = view

    @override
    @guarded(QSize())
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._view.side, self._view.side)

    @override
    @guarded(None)
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        room: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        self._view.paint_tile(painter, room, index.row(), state)


class PictureTiles(QListView):
    """Show tiles in rows as high as they need, at most `most_rows`. Arrow keys go from one to the next.

    Signals (GUI thread): pointed(int), the current tile, -1 without one; opened(int), the tile that was activated.
    """

    pointed = Signal(int)
    opened = Signal(int)

    def __init__(
        self, name: str, thumbnails: Thumbnails | None, side: int, most_rows: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """`side` is in logical pixels; without thumbnails, only their places are shown."""
        super().__init__(parent)
        self.side = side
        self._thumbnails = thumbnails
        self._most_rows = most_rows
        self._tiles = RunPicturesModel(self)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("border: none; background: transparent; padding: 0;")  # the tiles have their own
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setGridSize(QSize(side + SPACE_S, side + SPACE_S))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.setItemDelegate(_TileDelegate(self))
        guard_scroll_areas(self)
        self.setModel(self._tiles)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.activated.connect(self._activated)
        if thumbnails is not None:
            thumbnails.ready.connect(self._on_ready)
            thumbnails.background_changed.connect(self._repaint)

    @property
    def tiles(self) -> tuple[PictureTile, ...]:
        """Return what is shown."""
        return self._tiles.tiles

    def set_tiles(self, tiles: Sequence[PictureTile]) -> None:
        """Show these tiles; the same ones again change nothing."""
        new = tuple(tiles)
        if new == self._tiles.tiles:
            return
        self._tiles.set_tiles(new)
        self.setVisible(bool(new))
        if new:
            self.setCurrentIndex(self._tiles.index(0, 0))
        else:
            self.pointed.emit(-1)
        self._fit()

    def paint_tile(self, painter: QPainter, room: QRect, row: int, state: QStyle.StateFlag) -> None:
        """Paint one tile into its cell."""
        tile, tones = self._tiles.tiles[row], tones_of(self.palette())
        cell = QRectF(room.x(), room.y(), self.side, self.side).adjusted(1, 1, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(cell, RADIUS / 2, RADIUS / 2)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillPath(path, QColor(tones.canvas))
        ratio = self.devicePixelRatioF()
        image = self._thumbnails.image(tile.photo, round(self.side * ratio)) if self._thumbnails else None
        if image is not None and not image.isNull():
            painter.setClipPath(path)
            size = image.size().scaled(cell.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(cell.center())
            painter.drawImage(place, image, QRectF(image.rect()))
            painter.setClipping(False)
        elif image is not None:
            self._paint_sign(painter, cell, tile)
        if tile.badge:
            ground = placed(QRectF(cell.right() - _BADGE - 6, cell.top() + 2, _BADGE + 4, _BADGE + 4), cell)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tones.surface))
            painter.drawEllipse(ground)
            sign = icons.pixmap(tile.badge, "warn", _BADGE - 4, ratio)
            painter.drawPixmap(ground.topLeft() + (ground.center() - ground.topLeft()) * 0.4, sign)
        current = self.currentIndex().row() == row
        if current and shows_ring(self):
            painter.setPen(QPen(QColor(tones.focus), RING))
        elif bool(state & QStyle.StateFlag.State_MouseOver):
            painter.setPen(QPen(QColor(tones.line_strong), 1))
        else:
            painter.setPen(QPen(QColor(tones.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.restore()

    def _paint_sign(self, painter: QPainter, cell: QRectF, tile: PictureTile) -> None:
        """Paint what stands in place of a picture that cannot be shown: a sign and its name."""
        sign = icons.pixmap("image-off", "faint", _SIGN, self.devicePixelRatioF())
        line = line_height(self.font())
        top = cell.center().y() - (_SIGN + line) / 2
        painter.drawPixmap(QRectF(cell.center().x() - _SIGN / 2, top, _SIGN, _SIGN).topLeft(), sign)
        painter.setPen(QColor(tones_of(self.palette()).muted))
        name = self.fontMetrics().elidedText(
            tile.name, Qt.TextElideMode.ElideMiddle, int(cell.width()) - 2 * SPACE_XS,
        )
        words = QRectF(cell.left(), top + _SIGN, cell.width(), line)
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, name)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.gridSize().width(), self.minimumHeight())

    def _fit(self) -> None:
        """Be as high as the rows need, within the limit."""
        step = self.gridSize()
        across = max(1, self.viewport().width() // step.width())
        rows = ceil(len(self._tiles.tiles) / across)
        shown = min(rows, self._most_rows) if self._most_rows else rows
        if self.height() != shown * step.height():
            self.setFixedHeight(shown * step.height())

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.pointed.emit(current.row())
        page = self.parentWidget()
        while page is not None and not isinstance(page, QScrollArea):
            page = page.parentWidget()
        body = page.widget() if isinstance(page, QScrollArea) else None
        if isinstance(page, QScrollArea) and body is not None and self.hasFocus():
            inside = self.viewport().mapTo(body, self.visualRect(current).center())
            page.ensureVisible(inside.x(), inside.y(), 0, self.side)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if any(tile.photo.photo_id == ready.photo_id for tile in self._tiles.tiles):
            self.viewport().update()

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()
