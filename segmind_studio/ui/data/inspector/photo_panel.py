"""The inspector for one photo: the picture, its facts, its caption, and its findings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segmind_studio.core.conversions import Conversion, holds
from segmind_studio.core.datasets import Finding, Photo
from segmind_studio.formats import percent
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.conversions import BackgroundButton
from segmind_studio.ui.data.crop.words import becomes
from segmind_studio.ui.data.facts import one_line
from segmind_studio.ui.data.findings import FindingLines, about_photo
from segmind_studio.ui.data.inspector.caption_field import CaptionField
from segmind_studio.ui.data.inspector.caption_history import CaptionHistoryButton
from segmind_studio.ui.data.inspector.caption_readings import CaptionReadings
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.tool_buttons import tool_row
from segmind_studio.ui.parts import ElidedLabel
from segmind_studio.ui.parts.layouts import ScrollArea, scrolling
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

_FRAME = 18  # logical pixels above and below the lines
_LINES = 5
_ABOUT_LEAST = 76  # logical pixels: two lines of findings


class PhotoPanel(QWidget):
    """Show and edit one photo.

    Signals (GUI thread): caption_edited(str, str), the photo's id and its text after each change by
    the user; caption_left().
    """

    caption_edited = Signal(str, str)
    caption_left = Signal()

    def __init__(self, thumbnails: Thumbnails, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo: Photo | None = None
        self.picture = PictureView(thumbnails)
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._zoom = mark(ElidedLabel(), role="small")  # its text never sets the width of the panel
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._name = mark(ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), role="strong")
        self._facts = mark(ElidedLabel(), role="small")
        self._becomes = mark(ElidedLabel(), role="small")
        self.field = CaptionField()
        self.caption = self.field.editor
        self.caption.setFixedHeight(self.caption.fontMetrics().lineSpacing() * _LINES + _FRAME)
        self.readings = CaptionReadings()
        self.findings = FindingLines()
        self.background = BackgroundButton()
        self.history = CaptionHistoryButton()
        self._about = self._below()
        self._about.verticalScrollBar().rangeChanged.connect(self._about_grew)
        self._build(actions)
        self.picture.zoomed.connect(self._show_zoom)
        self.field.edited.connect(self.caption_edited)
        self.caption.left.connect(self.caption_left)

    def _build(self, actions: PhotoActions) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(0)
        tools.addLayout(tool_row((actions.previous, actions.next, actions.crop)))
        tools.addWidget(self._zoom, 1)
        tools.addSpacing(SPACE_XS)
        tools.addLayout(tool_row((actions.zoom_out, actions.zoom_fit, actions.zoom_in, actions.full_view)))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.picture, 3)
        column.addLayout(tools)
        column.addSpacing(SPACE_XS)
        column.addWidget(self._name)
        column.addWidget(self._facts)
        column.addWidget(self._becomes)
        column.addSpacing(SPACE_S)
        column.addWidget(self.field)
        column.addSpacing(SPACE_XS)
        column.addWidget(self._about, 1)

    def _below(self) -> ScrollArea:
        """Put the findings into an area of their own, so that nothing above them moves."""
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(SPACE_XS)
        lines.addWidget(self.readings)
        lines.addWidget(self.history, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(self.findings)
        lines.addWidget(self.background, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)
        area = scrolling(page)
        area.setMinimumHeight(_ABOUT_LEAST)
        area.setAccessibleName(_("About this photo"))
        return area

    @Slot(int, int)
    def _about_grew(self, _least: int, most: int) -> None:
        """Let the keyboard scroll findings that are longer than their area."""
        self._about.setFocusPolicy(Qt.FocusPolicy.TabFocus if most else Qt.FocusPolicy.NoFocus)

    def show_photo(
        self, photo: Photo, findings: Sequence[Finding], background: str, *, more_doubt: bool = False,
    ) -> None:
        """Show a photo and its findings.

        `background` is the dataset's colour for transparency; `more_doubt`: other captions are uncertain too.
        """
        self._photo = photo
        self.picture.set_photo(photo)
        self._name.setText(photo.path.name)
        self._facts.setText(one_line(photo))
        self._becomes.setText(becomes(photo))
        self.field.show_photo(photo)
        self.readings.show_photo(photo, several=more_doubt)
        self.history.show_photo(photo)
        self.findings.set_findings(about_photo(photo, findings, background))
        self.background.set_colour(background)
        self.background.setVisible(photo.used and holds(photo.changes, Conversion.TRANSPARENT))
    @Slot(float)
    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(percent(zoom) if zoom else _("Fit to window"))
