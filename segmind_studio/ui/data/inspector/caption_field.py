"""A photo's caption with what is said about its length, and the button that puts the trigger word in front."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.caption_tokens import CLIP_TOKENS, T5_TOKENS, estimated_tokens
from segmind_studio.core.datasets import Photo, has_trigger
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.parts import Chip, ElidedLabel, text_label
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS

_LEAST_WIDTH = 60  # logical pixels
_LONGEST_WORD = 12  # characters of the trigger word on its button


class CaptionField(QWidget):
    """Edit the caption of one photo.

    Signals (GUI thread): edited(str, str), the photo's id and its text after each change by the user.
    """

    edited = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo: Photo | None = None
        self._trigger_word = ""
        self.editor = CaptionEditor()
        self.tokens = mark(ElidedLabel(), role="small")
        self.tokens.setObjectName("data.caption.tokens")
        self.insert = Chip("")
        self.insert.setMinimumWidth(_LEAST_WIDTH)  # its text never sets the width of the panel
        label = text_label(_("Caption"), "strong", wrap=False)
        label.setBuddy(self.editor)
        heading = QHBoxLayout()
        heading.setSpacing(SPACE_S)
        heading.addWidget(label)
        heading.addWidget(self.tokens, 1)
        heading.addWidget(self.insert)
        heading.addStrut(self.insert.sizeHint().height())  # no movement when the button appears and disappears
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(heading)
        column.addWidget(self.editor, 1)
        self.editor.edited.connect(self._on_edited)
        self.insert.clicked.connect(self._insert_trigger)
        self._follow()

    def show_photo(self, photo: Photo) -> None:
        """Show the caption of a photo; what is being composed stays with the photo it was typed for."""
        if self._photo is not None and photo.photo_id != self._photo.photo_id:
            finish_composing(self.editor)
        self._photo = photo
        self.editor.show_caption(photo.caption)
        self._follow()

    def set_trigger_word(self, word: str) -> None:
        """Highlight this word, and offer to put it in front of a caption without it."""
        self._trigger_word = word.strip()
        self.editor.set_trigger_word(word)
        self._follow()

    def _follow(self) -> None:
        self._count(self.editor.toPlainText())
        word, photo = self._trigger_word, self._photo
        settled = photo is not None and not photo.caption_readings  # else a click settles unseen text
        self.insert.setVisible(bool(word and photo and settled and not has_trigger(photo.caption, word)))
        shown = word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…"
        self.insert.setText(_("Add “{word}”").format(word=shown.replace("&", "&&")))
        self.insert.setAccessibleName(_("Add trigger word {word} at the start").format(word=word))

    def _count(self, text: str) -> None:
        count = estimated_tokens(text)
        words = ngettext("About {count} token", "About {count} tokens", count)  # it is an estimate
        shown = words.format(count=count) if count else ""
        if count > T5_TOKENS:
            shown = _("About {count} tokens, {read} used").format(count=count, read=T5_TOKENS)
        elif count > CLIP_TOKENS:
            shown = _("About {count} tokens, {read} used by CLIP").format(count=count, read=CLIP_TOKENS)
        self.tokens.setText(shown)

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        self._count(text)
        if self._photo is not None:
            self.edited.emit(self._photo.photo_id, text)

    @Slot()
    def _insert_trigger(self) -> None:
        finish_composing(self.editor)
        rest = self.editor.toPlainText().lstrip()
        self.editor.setPlainText(f"{self._trigger_word}, {rest}" if rest else f"{self._trigger_word}, ")
        self.editor.moveCursor(self.editor.textCursor().MoveOperation.End)
        self.editor.setFocus()
