"""The inspector for one photo: the picture, its facts, its caption, and its findings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from segmind_studio.core.conversions import Conversion, holds
from segmind_studio.core.datasets import Finding, Photo, has_trigger
from segmind_studio.formats import percent
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.conversions import BackgroundButton
from segmind_studio.ui.data.crop.words import becomes
from segmind_studio.ui.data.facts import one_line
from segmind_studio.ui.data.findings import FindingLines, about_photo
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.data.inspector.caption_history import CaptionHistoryButton
from segmind_studio.ui.data.inspector.caption_readings import CaptionReadings
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.tool_buttons import tool_row
from segmind_studio.ui.parts import Chip, ElidedLabel, text_label
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.parts.layouts import ScrollArea, scrolling
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

_LINES = 5
_ABOUT_LEAST = 76  # logical pixels: two lines of findings
_LONGEST_WORD = 12  # characters of the trigger word on its button


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
        self._trigger_word = ""
        self.picture = PictureView(thumbnails)
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._zoom = mark(ElidedLabel(), role="small")  # its text never sets the width of the panel
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._name = mark(ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), role="strong")
        self._facts = mark(ElidedLabel(), role="small")
        self._becomes = mark(ElidedLabel(), role="small")
        self.caption = CaptionEditor()
        self.caption.setFixedHeight(self.caption.fontMetrics().lineSpacing() * _LINES + 18)
        self._insert = Chip("")
        kept = self._insert.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._insert.setSizePolicy(kept)
        self._insert.setMinimumWidth(60)  # nor does the text of this button
        self.readings = CaptionReadings()
        self.findings = FindingLines()
        self.background = BackgroundButton()
        self.history = CaptionHistoryButton()
        self._about = self._below()
        self._about.verticalScrollBar().rangeChanged.connect(self._about_grew)
        label = text_label(_("Caption"), "strong", wrap=False)
        label.setBuddy(self.caption)
        self._build(label, actions)
        self.picture.zoomed.connect(self._show_zoom)
        self.caption.edited.connect(self._on_edited)
        self.caption.left.connect(self.caption_left)
        self._insert.clicked.connect(self._insert_trigger)
        self._offer_trigger()

    def _build(self, label: QLabel, actions: PhotoActions) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(0)
        tools.addLayout(tool_row((actions.previous, actions.next, actions.crop)))
        tools.addWidget(self._zoom, 1)
        tools.addSpacing(SPACE_XS)
        tools.addLayout(tool_row((actions.zoom_out, actions.zoom_fit, actions.zoom_in, actions.full_view)))
        heading = QHBoxLayout()
        heading.addWidget(label)
        heading.addStretch()
        heading.addWidget(self._insert)
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
        column.addLayout(heading)
        column.addWidget(self.caption)
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
        if self._photo is not None and photo.photo_id != self._photo.photo_id:
            finish_composing(self.caption)  # for the photo it was typed for
        self._photo = photo
        self.picture.set_photo(photo)
        self._name.setText(photo.path.name)
        self._facts.setText(one_line(photo))
        self._becomes.setText(becomes(photo))
        self.caption.show_caption(photo.caption)
        self.readings.show_photo(photo, several=more_doubt)
        self.history.show_photo(photo)
        self.findings.set_findings(about_photo(photo, findings, background))
        self.background.set_colour(background)
        self.background.setVisible(photo.used and holds(photo.changes, Conversion.TRANSPARENT))
        self._offer_trigger()

    def set_trigger_word(self, word: str) -> None:
        """Highlight this word, and offer to put it in front of a caption without it."""
        self._trigger_word = word.strip()
        self.caption.set_trigger_word(word)
        self._offer_trigger()

    def _offer_trigger(self) -> None:
        word, photo = self._trigger_word, self._photo
        settled = photo is not None and not photo.caption_readings  # else a click settles unseen text
        self._insert.setVisible(bool(word and photo and settled and not has_trigger(photo.caption, word)))
        shown = word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…"
        self._insert.setText(_("Add “{word}”").format(word=shown.replace("&", "&&")))
        self._insert.setAccessibleName(_("Put the trigger word {word} in front").format(word=word))

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if self._photo is not None:
            self.caption_edited.emit(self._photo.photo_id, text)

    @Slot()
    def _insert_trigger(self) -> None:
        finish_composing(self.caption)
        rest = self.caption.toPlainText().lstrip()
        self.caption.setPlainText(f"{self._trigger_word}, {rest}" if rest else f"{self._trigger_word}, ")
        self.caption.moveCursor(self.caption.textCursor().MoveOperation.End)
        self.caption.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(float)
    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(percent(zoom) if zoom else _("Whole picture"))
