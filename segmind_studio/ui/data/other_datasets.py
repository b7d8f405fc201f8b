"""Add photos of another dataset: choose the dataset, its photos, and what comes with them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.datasets import Dataset, DatasetSummary, Photo
from segmind_studio.services.datasets.dataset_changes import CopyOptions, copies_of
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.dataset_list import DatasetChooser
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.view import PhotoGrid
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.density import SMALL
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 820, 560
_LIST_WIDTH = 290


class OtherDatasetsDialog(QDialog):
    """Choose photos of another dataset. It deletes itself.

    Signals: chosen(tuple[Photo, ...], str), new photos for the open dataset and the other one's name; GUI thread.
    Photos whose file the open dataset has are among them, so that the receiver can count them.
    """

    chosen = Signal(object, str)

    def __init__(self, datasets: DatasetService, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data.others")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Add photos from a dataset"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._datasets = datasets
        self._other: Dataset | None = None
        self.others = DatasetChooser(
            datasets.listing, thumbnails, keep=self._is_other,
            none=_("No other dataset has photos. To create one, choose Dataset, New dataset."),
        )
        self.others.setFixedWidth(text_scaled(_LIST_WIDTH))
        self.model = PhotoModel(self)
        self.photos = PhotoGrid(self.model, thumbnails)
        self.photos.setObjectName("data.other_photos")
        self.photos.setAccessibleName(_("Photos of the other dataset"))
        self.photos.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.photos.set_density(SMALL)
        self._sentence = text_label(
            _("Select photos to add only those. Files are not copied, and the other dataset does not change."),
            "muted",
        )
        self.captions = QCheckBox(_("Captions"))
        self.edits = QCheckBox(_("Crop and rotation"))
        self.exclusion = QCheckBox(_("Keep excluded photos excluded"))
        for box in self._boxes:
            box.setChecked(True)
        self._buttons = ButtonBox()
        self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.add = self._buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.add.setObjectName("data.add_others")
        mark(self.add, kind="primary")
        self.add.setDefault(True)
        self._lay_out()
        self._buttons.accepted.connect(self._choose)
        self._buttons.rejected.connect(self.reject)
        self.photos.chosen.connect(self._count)
        self.others.changed.connect(self._read)
        self.others.listed.connect(self._show_rest)
        datasets.peeked.connect(self._show)
        self._count()

    @property
    def _boxes(self) -> tuple[QCheckBox, ...]:
        return (self.captions, self.edits, self.exclusion)

    def _is_other(self, summary: DatasetSummary) -> bool:
        return summary.image_count > 0 and summary.dataset_id != self._datasets.dataset.dataset_id

    def _lay_out(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(SPACE_L)
        for box in self._boxes:
            options.addWidget(box)
        options.addStretch()
        right = QVBoxLayout()
        right.setSpacing(SPACE_M)
        right.addWidget(self.photos, 1)
        right.addLayout(options)
        halves = QHBoxLayout()
        halves.setSpacing(SPACE_M)
        halves.addWidget(self.others)
        halves.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self._sentence)
        column.addLayout(halves, 1)
        column.addWidget(self._buttons)
        guard_scroll_areas(self)

    @Slot()
    def _show_rest(self) -> None:
        """Show the photos where there is a dataset to choose, else only that there is none."""
        any_other = bool(self.others.datasets)
        for widget in (self._sentence, self.photos, *self._boxes):
            widget.setVisible(any_other)

    @Slot()
    def _read(self) -> None:
        """Read the chosen dataset."""
        summary = self.others.chosen
        if summary is not None and self._other is not None and summary.dataset_id == self._other.dataset_id:
            return
        self._other = None
        self._count()
        if summary is not None:
            self._datasets.peek(summary.dataset_id)

    @Slot(object)
    def _show(self, dataset: Dataset) -> None:
        self._other = dataset
        self.model.set_dataset(dataset)
        self.photos.scrollToTop()
        self._count()

    def _wanted(self) -> tuple[Photo, ...]:
        """Return the selected photos, without any all of them."""
        return self.photos.selected or (self._other.photos if self._other is not None else ())

    @Slot()
    def _count(self) -> None:
        count = len(self._wanted())
        some = bool(self.photos.selected)
        words = (
            ngettext("Add {count} photo", "Add {count} photos", count) if some or not count
            else ngettext("Add the photo", "Add all {count} photos", count)
        )
        self.add.setText(words.format(count=count) if count else _("Add photos"))
        self.add.setEnabled(count > 0)

    @Slot()
    def _choose(self) -> None:
        if self._other is not None:
            options = CopyOptions(self.captions.isChecked(), self.edits.isChecked(), self.exclusion.isChecked())
            self.chosen.emit(copies_of(self._wanted(), options), self._other.name)
        self.accept()
