"""The right side of Data: one photo, many photos, or the whole dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFormLayout, QFrame, QStackedWidget, QVBoxLayout, QWidget

from segmind_studio.core.datasets import SMALL_SIDE_PIXELS, Dataset, Finding, Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.facts import summary_lines
from segmind_studio.ui.data.inspector.bulk_panel import BulkPanel
from segmind_studio.ui.data.inspector.photo_panel import PhotoPanel
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.layouts import scrolling
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S


class DatasetPanel(QWidget):
    """Show a dataset's facts and the next steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[tuple[str, str]] = []
        self._name = mark(ElidedLabel(), role="section")
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(SPACE_M)
        self._facts.setVerticalSpacing(SPACE_S)
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._hint = text_label("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self._name)
        column.addLayout(self._facts)
        column.addSpacing(SPACE_S)
        column.addWidget(self._hint)
        column.addStretch(1)

    def show_dataset(self, dataset: Dataset, trigger_word: str) -> None:
        """Show these facts."""
        self._name.setText(dataset.name if dataset.photos else _("Tips for good photos"))
        lines = summary_lines(dataset, trigger_word) if dataset.photos else []
        self._hint.setText(self._next_step() if dataset.photos else self._advice())
        if lines == self._lines:
            return
        self._lines = lines
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for label, value in lines:
            self._facts.addRow(text_label(label, "muted", wrap=False), text_label(value))

    def _next_step(self) -> str:
        return _(
            "Select a photo to view it and write its caption. Select several to edit their captions together."
        )

    def _advice(self) -> str:
        return "\n\n".join((
            _("The same person, thing or style in every photo."),
            _("Different light, places and angles."),
            _("Sharp photos, at least {pixels} pixels on the short side.").format(pixels=SMALL_SIDE_PIXELS),
            _("A clear view of the subject, without text over it."),
        ))


_NARROWEST = 264


class PhotoInspector(QFrame):
    """Show the dataset, one photo, or several."""

    def __init__(
        self, thumbnails: Thumbnails, actions: PhotoActions, parent: QWidget | None = None, *,
        at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setMinimumWidth(_NARROWEST)
        self.rest = self._make(thumbnails, actions)
        if at_once:
            finish(self.rest)

    def _make(self, thumbnails: Thumbnails, actions: PhotoActions) -> Iterator[None]:
        self.summary = DatasetPanel()
        yield
        self.photo = PhotoPanel(thumbnails, actions)
        yield
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget(self)
        column.addWidget(self._stack)
        for page in (self.summary, self.photo):
            self._stack.addWidget(scrolling(page, self._stack))
        yield
        self.bulk = BulkPanel(actions, self._stack, at_once=False)
        yield from self.bulk.rest
        yield
        self._stack.addWidget(self.bulk)

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
