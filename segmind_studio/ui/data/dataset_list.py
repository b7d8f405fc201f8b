"""A list of datasets, each with its first photos, for the dialogs in which one is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.core.datasets import DatasetSummary, Photo
from segmind_studio.formats import exact_time
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, listed
from segmind_studio.ui.data.facts import photos_text
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.small_picture import paint_mosaic
from segmind_studio.ui.theme.direction import isolated

_MOSAIC = 52  # logical pixels, of two by two photos
_AROUND = 12


class DatasetList(QListWidget):
    """List datasets; `mixed` when only some of them are archived, which is then said of these."""

    def __init__(
        self, datasets: Iterable[DatasetSummary], thumbnails: Thumbnails, *, mixed: bool = False,
    ) -> None:
        super().__init__()
        self.setItemDelegate(_MosaicDelegate(thumbnails, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for summary in datasets:
            facts = [photos_text(summary.image_count), *((_("archived"),) if mixed and summary.archived else ())]
            item = QListWidgetItem(f"{summary.name}\n{listed(facts)}")
            item.setToolTip(exact_time(summary.updated_at))
            item.setData(Qt.ItemDataRole.UserRole, summary)
            self.addItem(item)
        thumbnails.ready.connect(self._repaint)

    @property
    def chosen(self) -> DatasetSummary | None:
        """Return the dataset that the keyboard is on."""
        summary = self.currentIndex().data(Qt.ItemDataRole.UserRole)
        return summary if isinstance(summary, DatasetSummary) else None

    def take(self, dataset_id: str) -> DatasetSummary | None:
        """Take a dataset out of the list and return it; None when it is not listed."""
        for row in range(self.count()):
            summary = self.item(row).data(Qt.ItemDataRole.UserRole)
            if isinstance(summary, DatasetSummary) and summary.dataset_id == dataset_id:
                self.takeItem(row)
                return summary
        return None

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


class _MosaicDelegate(QStyledItemDelegate):
    """Paint a dataset's first photos in front of its name."""

    def __init__(self, thumbnails: Thumbnails, parent: QListWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._ratio = parent.devicePixelRatioF

    @override
    @guarded(None)
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        summary = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(summary, DatasetSummary):
            shown: Any = option  # its fields are not in the stubs
            shown.icon = QIcon(drawn := self._mosaic(summary.first))
            shown.icon.addPixmap(drawn, QIcon.Mode.Selected)  # Qt's own would be tinted
            shown.decorationSize = QSize(_MOSAIC, _MOSAIC)
            shown.text = shown.text.replace(summary.name, isolated(summary.name), 1)
            shown.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration

    @override
    @guarded(QSize(0, _MOSAIC))
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, max(super().sizeHint(option, index).height(), _MOSAIC + _AROUND))

    def _mosaic(self, photos: tuple[Photo, ...]) -> QPixmap:
        ratio = self._ratio()
        side = round(_MOSAIC * ratio)
        drawn = QPixmap(side, side)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        paint_mosaic(painter, QRectF(0, 0, _MOSAIC, _MOSAIC), photos, self._thumbnails)
        painter.end()
        return drawn
