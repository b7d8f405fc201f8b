"""All stored datasets with their first photos, and a search above them, for the dialogs in which one is chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import DatasetSummary, Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.formats import exact_time, relative_time
from segmind_studio.services.datasets.dataset_listing import DatasetListing
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, listed
from segmind_studio.ui.data.facts import photos_text
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.small_picture import paint_mosaic
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.tokens import SPACE_S

_MOSAIC = 52  # logical pixels, of two by two photos
_AROUND = 12
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class DatasetModel(QAbstractListModel):
    """The datasets whose names hold the words of a search; `Qt.UserRole` has the summary of a row.

    Signals: first_wanted(tuple[str, ...]), the ids of datasets whose photos were asked for with `first_of` and are
    not known yet; GUI thread.
    """

    first_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._all: tuple[DatasetSummary, ...] = ()
        self._words: tuple[str, ...] = ()
        self._shown: tuple[DatasetSummary, ...] = ()
        self._first: dict[str, tuple[Photo, ...]] = {}
        self._asked: dict[str, None] = {}  # not sent yet, in order
        self._sent: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)

    def show_datasets(self, datasets: Iterable[DatasetSummary]) -> None:
        """Show these instead; the photos of those that did not change are kept."""
        before = {one.dataset_id: one.updated_at for one in self._all}
        self._all = tuple(datasets)
        same = {one.dataset_id for one in self._all if before.get(one.dataset_id) == one.updated_at}
        self._first = {key: photos for key, photos in self._first.items() if key in same}
        self._sent &= same
        self._fill()

    def search(self, text: str) -> None:
        """Show those whose names hold all words of a text, in any order."""
        self._words = tuple(text.casefold().split())
        self._fill()

    def first_of(self, dataset_id: str) -> tuple[Photo, ...]:
        """Return the photos to show beside a name; () until they are known."""
        if dataset_id not in self._first and dataset_id not in self._sent:
            self._asked[dataset_id] = None
            self._timer.start(0)
        return self._first.get(dataset_id, ())

    def take_first(self, first: Mapping[str, tuple[Photo, ...]]) -> None:
        """Remember the photos of some datasets."""
        self._first |= first

    @override
    @guarded(0)
    def rowCount(self, parent: _Index = _ROOT, /) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    @guarded(NOTHING)
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        summary = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            facts = [photos_text(summary.used_count), relative_time(summary.updated_at, time.time())]
            facts += [_("archived")] * summary.archived
            return f"{summary.name}\n{listed(facts)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return exact_time(summary.updated_at)
        return summary if role == Qt.ItemDataRole.UserRole else None

    def _fill(self) -> None:
        self.beginResetModel()
        self._shown = tuple(
            one for one in self._all if all(word in one.name.casefold() for word in self._words)
        )
        self.endResetModel()

    @Slot()
    def _ask(self) -> None:
        wanted, self._asked = tuple(self._asked), {}
        self._sent.update(wanted)
        self.first_wanted.emit(wanted)


class DatasetList(QListView):
    """The list alone. Only the photos of rows that are painted are read.

    Signals: current_changed(), another dataset is chosen, or none; GUI thread.
    """

    current_changed = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.datasets = DatasetModel(self)
        self.setModel(self.datasets)
        self.setItemDelegate(_MosaicDelegate(thumbnails, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.selectionModel().currentChanged.connect(self.current_changed)
        thumbnails.ready.connect(self.repaint_rows)

    @property
    def chosen(self) -> DatasetSummary | None:
        """Return the dataset that the keyboard is on."""
        summary = self.currentIndex().data(Qt.ItemDataRole.UserRole)
        return summary if isinstance(summary, DatasetSummary) else None

    def choose(self, row: int) -> None:
        """Put the keyboard on a row, the last one where there are fewer."""
        self.setCurrentIndex(self.datasets.index(min(row, self.datasets.rowCount() - 1), 0))

    @Slot()
    def repaint_rows(self) -> None:
        """Paint the rows that are in sight again."""
        self.viewport().update()


class DatasetChooser(QWidget):
    """All stored datasets, read when it is made and by `ask`, with a search above them.

    Signals (GUI thread): changed(), another dataset is chosen, or none; opened(), one was double-clicked;
    listed(), they were read.
    """

    changed = Signal()
    opened = Signal()
    listed = Signal()

    def __init__(
        self, listing: DatasetListing, thumbnails: Thumbnails, *, none: str,
        keep: Callable[[DatasetSummary], bool] | None = None,
    ) -> None:
        """`none` is shown instead of an empty list; `keep` leaves out those for which it is false."""
        super().__init__()
        self._listing = listing
        self._none = none
        self._keep = keep
        self.datasets: tuple[DatasetSummary, ...] | None = None
        self.search = SearchField(_("Search datasets"))
        self.search.setObjectName("data.search_datasets")
        self.search.setPlaceholderText(_("Search datasets"))
        self.list = DatasetList(thumbnails)
        self.list.setObjectName("data.dataset_list")
        self.list.setAccessibleName(_("Datasets"))
        self._note = text_label("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.search)
        column.addWidget(self._note)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._search)
        self.search.done.connect(self._leave_search)
        self.list.current_changed.connect(self.changed)
        self.list.doubleClicked.connect(self.opened)
        self.list.datasets.first_wanted.connect(listing.ask_first)
        listing.listed.connect(self._show)
        listing.first_read.connect(self._take_first)
        listing.failed.connect(self._show_error)
        self._note.hide()
        self.ask()

    @property
    def chosen(self) -> DatasetSummary | None:
        """Return the chosen dataset."""
        return self.list.chosen

    @Slot()
    def ask(self) -> None:
        """Read them again."""
        self._listing.ask()

    @Slot(object)
    def _show(self, datasets: tuple[DatasetSummary, ...]) -> None:
        """Show what was read; the keyboard stays on its row."""
        self.datasets = tuple(filter(self._keep, datasets)) if self._keep is not None else datasets
        row, place = max(0, self.list.currentIndex().row()), self.list.verticalScrollBar().value()
        self.list.datasets.show_datasets(self.datasets)
        self.list.verticalScrollBar().setValue(place)
        self._settle(row)
        self.listed.emit()

    @Slot(object)
    def _take_first(self, first: Mapping[str, tuple[Photo, ...]]) -> None:
        self.list.datasets.take_first(first)
        self.list.repaint_rows()

    @Slot(str)
    def _search(self, text: str) -> None:
        self.list.datasets.search(text)
        self._settle(0)

    def _settle(self, row: int) -> None:
        some, any_shown = bool(self.datasets), self.list.datasets.rowCount() > 0
        self._note.setText(self._none if not some else "" if any_shown else _("Nothing matches"))
        self._note.setVisible(not any_shown)
        self.search.setVisible(some)
        self.list.setVisible(some)
        if any_shown:
            self.list.choose(row)
        self.changed.emit()

    @Slot()
    def _leave_search(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self._note.setText(str(error))
        self._note.show()


class _MosaicDelegate(QStyledItemDelegate):
    """Paint a dataset's first photos in front of its name."""

    def __init__(self, thumbnails: Thumbnails, parent: DatasetList) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._datasets = parent.datasets
        self._ratio = parent.devicePixelRatioF

    @override
    @guarded(None)
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        summary = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(summary, DatasetSummary):
            shown: Any = option  # its fields are not in the stubs
            photos = self._datasets.first_of(summary.dataset_id) if summary.image_count else ()
            shown.icon = QIcon(drawn := self._mosaic(photos))
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
