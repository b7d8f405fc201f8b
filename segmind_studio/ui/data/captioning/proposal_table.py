"""The captions that a model proposes, beside those that are there."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from segmind_studio.core.captioning import Proposal
from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.tips import plain_tip

_SIDE = 64
_PHOTO, _NOW, _NEW = range(3)
_ID = Qt.ItemDataRole.UserRole
_NAME_WIDTH = 220
_REASON = 120  # characters


class ProposalTable(QTableWidget):
    """Show proposals, each with a tick; a proposal can be edited before it is used. GUI thread.

    Signals:
        ticked(): another number of proposals is ticked.
    """

    ticked = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self._thumbnails = thumbnails
        self._photos: dict[str, Photo] = {}
        self._failed: dict[str, Proposal] = {}
        self._items: dict[str, QTableWidgetItem] = {}  # the first of each row, by photo id
        self.setObjectName("captioning.proposals")
        self.setAccessibleName(_("Suggested captions"))
        self.setHorizontalHeaderLabels([_("Photo"), _("Current caption"), _("Suggestion")])
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_NOW, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_NEW, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(_PHOTO, _NAME_WIDTH)
        guard_scroll_areas(self)
        thumbnails.ready.connect(self._show_thumbnail)
        self.itemChanged.connect(self._changed)

    def expect(self, photos: Iterable[Photo]) -> None:
        """Remember the photos that proposals will come for."""
        self._photos |= {photo.photo_id: photo for photo in photos}

    def add(self, proposal: Proposal) -> None:
        """Show a proposal, or why there is none; a second one for a photo replaces the first."""
        photo = self._photos.get(proposal.photo_id)
        if photo is None:
            return
        row = self._row_of(proposal.photo_id)
        if row < 0:
            row = self.rowCount()
            self.insertRow(row)
        self._failed.pop(proposal.photo_id, None)
        if proposal.error is not None:
            self._failed[proposal.photo_id] = proposal
        name = QTableWidgetItem(photo.path.name)
        name.setData(_ID, proposal.photo_id)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        name.setFlags(flags if proposal.error else flags | Qt.ItemFlag.ItemIsUserCheckable)
        if proposal.error is None:
            name.setCheckState(Qt.CheckState.Checked)
        image = self._thumbnails.image(photo, _SIDE)
        if image is not None and not image.isNull():
            name.setIcon(QIcon(QPixmap.fromImage(image)))
        now = QTableWidgetItem(proposal.old)
        now.setFlags(flags)
        new = QTableWidgetItem(_reason(proposal.error) if proposal.error else proposal.new)
        new.setFlags(flags if proposal.error else flags | Qt.ItemFlag.ItemIsEditable)
        new.setToolTip("" if proposal.error is None else plain_tip(_reason(proposal.error)))
        self._items[proposal.photo_id] = name
        for column, item in ((_PHOTO, name), (_NOW, now), (_NEW, new)):
            self.setItem(row, column, item)
        self.resizeRowToContents(row)
        self.ticked.emit()

    def chosen(self) -> dict[str, str]:
        """Return the ticked proposals by photo id, as edited."""
        return {
            str(item.data(_ID)): new.text()
            for row in range(self.rowCount())
            if (item := self.item(row, _PHOTO)) is not None and item.checkState() is Qt.CheckState.Checked
            and item.flags() & Qt.ItemFlag.ItemIsUserCheckable and (new := self.item(row, _NEW)) is not None
        }

    def failed(self) -> tuple[Photo, ...]:
        """Return the photos that no caption came for."""
        return tuple(self._photos[photo_id] for photo_id in self._failed)

    def drop(self, photo_ids: Iterable[str]) -> None:
        """Remove the rows of these photos."""
        for photo_id in photo_ids:
            row = self._row_of(photo_id)
            if row >= 0:
                self._failed.pop(photo_id, None)
                del self._items[photo_id]
                self.removeRow(row)
        self.ticked.emit()

    def tick_all(self, *, on: bool) -> None:
        """Tick or untick every proposal."""
        for row in range(self.rowCount()):
            item = self.item(row, _PHOTO)
            if item is not None and item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _row_of(self, photo_id: str) -> int:
        item = self._items.get(photo_id)
        return -1 if item is None else item.row()

    @Slot(QTableWidgetItem)
    def _changed(self, item: QTableWidgetItem) -> None:
        if item.column() == _PHOTO:
            self.ticked.emit()
        elif item.column() == _NEW:
            self.resizeRowToContents(item.row())

    @Slot(object)
    def _show_thumbnail(self, ready: ThumbnailReady) -> None:
        photo = self._photos.get(ready.photo_id)
        row = self._row_of(ready.photo_id) if photo is not None else -1
        item = self.item(row, _PHOTO) if row >= 0 else None
        image = self._thumbnails.image(photo, _SIDE) if photo is not None and item is not None else None
        if item is not None and image is not None and not image.isNull():
            item.setIcon(QIcon(QPixmap.fromImage(image)))


def _reason(error: StudioError) -> str:
    """Return why there is no caption: what the service said, else what to do."""
    return "\n".join(part for part in (error.title, error.detail[:_REASON] or error.advice) if part)
