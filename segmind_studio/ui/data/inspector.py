"""The right side of the Data place: what is shown there follows the selection."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Dataset, Finding, Photo
from segmind_studio.services.thumbnails import Thumbnails
from segmind_studio.ui.data.bulk_panel import BulkPanel
from segmind_studio.ui.data.photo_actions import PhotoActions
from segmind_studio.ui.data.photo_panel import PhotoPanel
from segmind_studio.ui.data.summary_panel import SummaryPanel
from segmind_studio.ui.parts.scroll_area import scrolling

_NARROWEST = 264


class Inspector(QFrame):
    """Show the dataset, one photo, or several."""

    def __init__(self, thumbnails: Thumbnails, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setMinimumWidth(_NARROWEST)
        self.summary = SummaryPanel()
        self.photo = PhotoPanel(thumbnails, actions)
        self.bulk = BulkPanel(actions)
        self._stack = QStackedWidget()
        for page in (scrolling(self.summary), scrolling(self.photo), self.bulk):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def show_selection(
        self, dataset: Dataset, photos: Sequence[Photo], findings: Sequence[Finding], trigger_word: str,
    ) -> None:
        """Follow the selection, and the dataset when it changes."""
        if not photos:
            self.summary.show_dataset(dataset, trigger_word)
            self._stack.setCurrentIndex(0)
        elif len(photos) == 1:
            photo = photos[0]
            others = dataset.photos if photo.caption_readings else ()
            more_doubt = any(other.caption_readings and other.photo_id != photo.photo_id for other in others)
            self.photo.show_photo(photo, findings, dataset.background, more_doubt=more_doubt)
            self._stack.setCurrentIndex(1)
        else:
            self.show_bulk(photos)

    def show_bulk(self, photos: Sequence[Photo]) -> None:
        """Offer edits of all these captions, also when there is only one."""
        self.bulk.show_photos(photos)
        self._stack.setCurrentIndex(2)
