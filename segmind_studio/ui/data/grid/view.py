"""The grid of photos, and the page shown when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo, advised_images
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.filter import PhotoFilter
from segmind_studio.ui.data.grid.inline_caption import InlineCaption
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.tile import PhotoDelegate, caption_room
from segmind_studio.ui.parts import ActionButton, EmptyState, IconLabel, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.density import GAP, Density
from segmind_studio.ui.parts.files_out import drag_files
from segmind_studio.ui.parts.tiles import TileGrid
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S

_EDIT = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}


class PhotoGrid(TileGrid):
    """Show a PhotoModel. Selection and the current photo are kept by photo, also through a reset.

    In the list, Enter, F2 or a double click on a caption edit it in place, and Ctrl+Down and Ctrl+Up go on with
    the next photo and the one before.

    Signals (GUI thread): edit_wanted(), when Enter or F2 is pressed, outside of the list. As `InlineCaption` has
    them: caption_edited(str, str) and caption_left().
    """

    _built = False  # Qt measures the view while it is being made

    edit_wanted = Signal()
    caption_edited = Signal(str, str)
    caption_left = Signal()

    def __init__(
        self, model: PhotoModel, thumbnails: Thumbnails, parent: QWidget | None = None, *,
        files: Callable[[Sequence[Photo]], Sequence[Path]] | None = None,
    ) -> None:
        """`files` returns what is dragged for photos, () while it is being made; None: nothing is dragged."""
        super().__init__(model, PhotoDelegate(model, thumbnails), thumbnails, parent)
        self.setObjectName("data.grid")
        self.setAccessibleName(_("Photos"))
        self._photos = model
        self._files = files
        self._drag_waits = False
        self._hidden: tuple[frozenset[str], str, frozenset[str]] = (frozenset(), "", frozenset())
        self.setDragEnabled(files is not None)
        self.inline = InlineCaption(self.viewport())
        self.inline.edited.connect(self.caption_edited)
        self.inline.left.connect(self.caption_left)
        model.dataChanged.connect(self._follow_inline)
        for moved in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            moved.connect(self._follow_inline)
        self._built = True

    @property
    def selected(self) -> tuple[Photo, ...]:
        """Return the selected photos in the order shown."""
        shown = self._photos.shown
        return tuple(chain.from_iterable(shown[part.first : part.last + 1] for part in self.selected_rows))

    @property
    def current(self) -> Photo | None:
        """Return the photo with the focus ring."""
        row = self.currentIndex().row()
        return self._photos.shown[row] if 0 <= row < len(self._photos.shown) else None

    @Slot()
    def select_matching(self) -> None:
        """Select all photos that pass the filter, and not those that are shown only until they are left."""
        names, current = self._photos.matching(), self.current_name
        self.select(names, current if current in names else "")

    @Slot()
    def invert(self) -> None:
        """Select exactly those of the photos that pass the filter that are not selected."""
        self.select(self._photos.matching() - self.selected_names)

    def filter_by(self, wanted: PhotoFilter) -> None:
        """Show other photos. What a filter hides is selected again when a later one shows it.

        A selection that the user makes meanwhile replaces what was hidden.
        """
        chosen, current, left = self._hidden
        now = self.selected_names
        if now != left or not chosen:
            chosen, current = now, self.current_name
        self._photos.set_filter(wanted)
        again = frozenset(name for name in chosen if self._photos.row_of(name) >= 0)
        if again != self.selected_names:
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
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _EDIT and self.selectionModel().hasSelection():
            self.choose_now()  # the next typing belongs to the photo that is selected now
            if not self.edit_in_place():
                self.edit_wanted.emit()
            return
        super().keyPressEvent(event)

    def edit_in_place(self) -> bool:
        """Edit the caption of the current photo at its place; False where several are selected, or in tiles."""
        photo = self.current
        if not self.density.listed or photo is None or len(self.selected) != 1:
            return False
        self.scrollTo(self.currentIndex())
        self.inline.open(photo, self._caption_place(self.currentIndex()))
        return True

    def _caption_place(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        cell = QRectF(self.visualRect(index))
        room = caption_room(cell, self.cells, QFontMetrics(self.small_font)).toAlignedRect()
        room.setTop(self.visualRect(index).y() + GAP // 2)  # it covers the name too: both are in the middle
        return room

    @Slot()
    def _follow_inline(self) -> None:
        """Keep the field at its photo; it goes with the photo, and with the list."""
        if not (self._built and self.inline.photo_id):
            return
        index = self._photos.index_of(self.inline.photo_id)
        if index.isValid() and self.density.listed:
            self.inline.follow(self._photos.shown[index.row()], self._caption_place(index))
        else:
            self.inline.close()

    @override
    def set_density(self, density: Density) -> None:
        super().set_density(density)
        self._follow_inline()

    @override
    def updateGeometries(self) -> None:
        super().updateGeometries()
        self._follow_inline()

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        photo = self.current if self._built else None
        if photo is not None and self.inline.photo_id and photo.photo_id != self.inline.photo_id:
            self.scrollTo(current)
            self.inline.open(photo, self._caption_place(current))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        inside = index.isValid() and self.density.listed
        place = self._caption_place(index) if inside else QRect()
        if inside and place.left() < event.position().x() < place.right():
            self.select(frozenset({self._photos.shown[index.row()].photo_id}))
            self.choose_now()
            self.edit_in_place()
            return
        super().mouseDoubleClickEvent(event)

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        """Drag the photos' files; the model's order is the one shown.

        While the file of an edited photo is being made, the drag waits for `continue_drag`.
        """
        current, selected = self.current, self.selected
        picture = self.picture_of(current) if current is not None else None
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


_WIDTH = 440


class NoPhotos(QWidget):
    """The empty page: three ways to add photos."""

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = text_label(_("Drop photos here"), "section")
        words = text_label(
            _("{count} photos of one person, object or style work best. You can also drop folders and zips. "
              "Caption files with the same names are added too. Your files are not changed.")
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
            "search", _("Nothing matches"), _("Change the search or the filter to see more."),
        )
