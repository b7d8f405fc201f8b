"""The grid of photos, and the page shown when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QMouseEvent, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo, advised_images
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.filter import PhotoFilter
from segmind_studio.ui.data.grid import density as sizes
from segmind_studio.ui.data.grid.density import GAP, MEDIUM, CellSizes, Density
from segmind_studio.ui.data.grid.model import PhotoModel, runs_of
from segmind_studio.ui.data.grid.tile import PhotoDelegate
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ActionButton, EmptyState, IconLabel, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.files_out import drag_files
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S

_EDIT = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}
_MOVES = frozenset({
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
})
_KEEPING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier  # what is selected
_BATCH = 400  # cells laid out at once; the rest after the window was painted
_EDGE = SPACE_L - GAP // 2  # logical pixels to the left of all cells: their tiles align with the chips above


class PhotoGrid(QListView):
    """Show a PhotoModel. Selection and the current photo are kept by photo, also through a reset.

    Signals (GUI thread): chosen(), when other photos are selected or another one is current; edit_wanted(), when
    Enter or F2 is pressed.
    """

    chosen = Signal()
    edit_wanted = Signal()

    def __init__(
        self, model: PhotoModel, thumbnails: Thumbnails, parent: QWidget | None = None, *,
        files: Callable[[Sequence[Photo]], Sequence[Path]] | None = None,
    ) -> None:
        """`files` returns what is dragged for photos, () while it is being made; None: nothing is dragged."""
        super().__init__(parent)
        self.setObjectName("data.grid")
        self.setAccessibleName(_("Photos"))
        self._photos = model
        self._thumbnails = thumbnails
        self._painter = PhotoDelegate(model, thumbnails, self)
        self._density = MEDIUM
        self._cells = CellSizes(MEDIUM, 1, MEDIUM.tile, 0)
        self._remembered: tuple[frozenset[str], str] = (frozenset(), "")
        self._hidden: tuple[frozenset[str], str, frozenset[str]] = (frozenset(), "", frozenset())
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self._files = files
        self._drag_waits = False
        self.setDragEnabled(files is not None)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setItemDelegate(self._painter)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._drop_invisible)
        self._chosen_soon = QTimer(self)
        self._chosen_soon.setSingleShot(True)
        self._chosen_soon.setInterval(0)
        self._chosen_soon.timeout.connect(self.chosen)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        model.modelAboutToBeReset.connect(self._remember)
        self.setModel(model)
        model.modelReset.connect(self._reselect)
        thumbnails.ready.connect(self._repaint)
        thumbnails.background_changed.connect(self._repaint_all)
        self.setStyleSheet("QListView { background: transparent; border: none; }")  # it is the page, not a field
        self.setViewportMargins(_EDGE, 0, 0, 0)
        self._measure()

    @property
    def selected(self) -> tuple[Photo, ...]:
        """Return the selected photos in the order shown."""
        chosen = self.selectionModel().selection()
        ranges = sorted((part.top(), part.bottom()) for part in map(chosen.at, range(chosen.count())))
        return tuple(photo for top, bottom in ranges for photo in self._photos.shown[top : bottom + 1])

    @property
    def current(self) -> Photo | None:
        """Return the photo with the focus ring."""
        row = self.currentIndex().row()
        return self._photos.shown[row] if 0 <= row < len(self._photos.shown) else None

    @property
    def density(self) -> Density:
        """Return the size of the cells."""
        return self._density

    def set_density(self, density: Density) -> None:
        """Show larger or smaller cells; the current photo stays in view."""
        if density != self._density:
            self._density = density
            self._measure()
            if self.currentIndex().isValid():
                self.scrollTo(self.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    def select(self, photo_ids: frozenset[str], current: str = "") -> None:
        """Select these photos, as far as they are shown, and scroll to the current one."""
        rows = sorted(row for name in photo_ids if (row := self._photos.row_of(name)) >= 0)
        chosen = QItemSelection()
        for run in runs_of(rows):
            chosen.select(self._photos.index(run.first), self._photos.index(run.last))
        target = self._photos.index_of(current) if current else QModelIndex()
        if not target.isValid() and rows:
            target = self._photos.index(rows[0])
        model = self.selectionModel()
        model.setCurrentIndex(target, QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if target.isValid():
            self.scrollTo(target)

    @Slot()
    def select_matching(self) -> None:
        """Select all photos that pass the filter, and not those that are shown only until they are left."""
        names, current = self._photos.matching(), self.current
        self.select(names, current.photo_id if current is not None and current.photo_id in names else "")

    @Slot()
    def invert(self) -> None:
        """Select exactly those of the photos that pass the filter that are not selected."""
        self.select(self._photos.matching() - self._selected_ids())

    def _selected_ids(self) -> frozenset[str]:
        return frozenset(photo.photo_id for photo in self.selected)

    def filter_by(self, wanted: PhotoFilter) -> None:
        """Show other photos. What a filter hides is selected again when a later one shows it.

        A selection that the user makes meanwhile replaces what was hidden.
        """
        chosen, current, left = self._hidden
        now = self._selected_ids()
        if now != left or not chosen:
            chosen, current = now, self.current.photo_id if self.current is not None else ""
        self._photos.set_filter(wanted)
        again = frozenset(name for name in chosen if self._photos.row_of(name) >= 0)
        if again != self._selected_ids():
            self.select(again, current)
        self._hidden = chosen, current, again

    def step(self, by: int) -> bool:
        """Select the next (1) or previous (-1) photo only; False at the end."""
        row = self.currentIndex().row() + by
        if not 0 <= row < len(self._photos.shown):
            return False
        self.select(frozenset({self._photos.shown[row].photo_id}))
        return True

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        many = _rows_of(selected) + _rows_of(deselected) > _BATCH
        if many:  # Qt would look for the place of each of them; so all that is in view is painted again
            self.setUpdatesEnabled(False)
        super().selectionChanged(selected, deselected)
        if many:
            self.setUpdatesEnabled(True)
        self._chosen_soon.start()

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        self._chosen_soon.start()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.begin(self.viewport().devicePixelRatioF())
        super().paintEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        super().resizeEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._measure()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return
        if event.key() in _EDIT and self.selectionModel().hasSelection():
            if self._chosen_soon.isActive():  # the next typing belongs to the photo that is selected now
                self._chosen_soon.stop()
                self.chosen.emit()
            self.edit_wanted.emit()
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        still = event.key() in _MOVES and not event.modifiers() & _KEEPING and self.currentIndex() == before
        if still and (current := self.current) is not None:  # Qt leaves all selected where the key moves nowhere
            self.select(frozenset({current.photo_id}))

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        """Drag the photos' files; the model's order is the one shown.

        While the file of an edited photo is being made, the drag waits for `continue_drag`.
        """
        current, selected = self.current, self.selected
        picture = self._thumbnails.image(current, self._cells.tile) if current is not None else None
        paths = self._files(selected) if self._files is not None else ()
        self._drag_waits = bool(selected) and not paths
        if paths:
            drag_files(self, paths, QPixmap.fromImage(picture) if picture is not None else None)

    @Slot()
    def continue_drag(self) -> None:
        """Begin the drag that waited for a file, if the mouse button is still held."""
        waits, self._drag_waits = self._drag_waits, False
        if waits and QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self.startDrag(Qt.DropAction.CopyAction)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_waits = False
        super().mouseReleaseEvent(event)

    def _measure(self) -> None:
        name_height = self._painter.set_font(self.font())
        room = self.width() - _EDGE - self.verticalScrollBar().sizeHint().width() - 1
        found = sizes.cells(self._density, room, name_height)
        self._painter.set_cells(found, found.columns * self._lines(found))
        if found != self._cells:
            self._cells = found
            self.verticalScrollBar().setSingleStep(found.height // 4)
            self.setGridSize(QSize(found.width, found.height))
        self._settle.start()

    def _lines(self, cells: CellSizes) -> int:
        """Count the lines that can be seen, the cut ones above and below included."""
        return self.viewport().height() // cells.height + 2

    @Slot()
    def _repaint_all(self) -> None:
        self._painter.forget()
        self.viewport().update()

    @Slot(object)
    def _repaint(self, ready: ThumbnailReady) -> None:
        index = self._photos.index_of(ready.photo_id)
        if index.isValid():
            self.update(index)

    @Slot()
    def _scrolled(self) -> None:
        self._settle.start()  # connected directly, `start` would use the bar's value as milliseconds

    @Slot()
    def _drop_invisible(self) -> None:
        first = self.verticalOffset() // self._cells.height * self._cells.columns
        last = first + self._lines(self._cells) * self._cells.columns
        names = {photo.photo_id for photo in self._photos.shown[first:last]}
        if self.current is not None:
            names.add(self.current.photo_id)
        self._thumbnails.keep_only(names)

    @Slot()
    def _remember(self) -> None:
        current = self.current
        self._remembered = (self._selected_ids(), current.photo_id if current else "")

    @Slot()
    def _reselect(self) -> None:
        chosen, current = self._remembered
        self.select(chosen, current)
        self._chosen_soon.start()


def _rows_of(selection: QItemSelection) -> int:
    return sum(part.bottom() - part.top() + 1 for part in map(selection.at, range(selection.count())))


_WIDTH = 440


class NoPhotos(QWidget):
    """The empty page: three ways to add photos."""

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = text_label(_("Drop photos here"), "section")
        words = text_label(
            _("{count} photos of one person, thing or style are best. Folders and zips work too, and "
                    "captions in text files of the same name come along. Your files are only read.")
            .format(count=advised_images()),
            "muted",
        )
        centred = Qt.AlignmentFlag.AlignHCenter
        for label in (title, words):
            label.setAlignment(centred)
            label.setMaximumWidth(_WIDTH)
        self.add = PrimaryButton(actions.add, "image-plus")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        for button in (self.add, ActionButton(actions.add_folder), ActionButton(actions.sample)):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(IconLabel("images", "faint", 44), 0, centred)
        column.addSpacing(SPACE_S)
        for label in (title, words):
            line = QHBoxLayout()  # keeps the height that the wrapped words need
            line.addStretch(1)
            line.addWidget(label, 100)
            line.addStretch(1)
            column.addLayout(line)
        column.addSpacing(SPACE_L)
        column.addLayout(buttons)
        column.addStretch(3)


class NothingMatches(EmptyState):
    """The page when the filter hides every photo, with a button that resets it."""

    def __init__(self, show_all: QAction, parent: QWidget | None = None) -> None:
        super().__init__("search", "", "", show_all, parent=parent)
        self.set_texts(
            "search", _("Nothing matches"), _("No photo matches. All of them are still there."),
        )
