"""The caption of one photo, edited at its place in the list of photos."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.texts import _
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.parts.composing import finish_composing

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEAST_HEIGHT = 56  # logical pixels


class _LineEditor(CaptionEditor):
    """A caption editor in which Enter ends the editing; Shift+Enter begins a new line."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.done.emit()
        else:
            super().keyPressEvent(event)


class InlineCaption(QObject):
    """Edit the caption of one photo in a view. Everything typed is emitted at once.

    Signals (GUI thread): edited(str, str), the photo's id and its text after each change by the user;
    left(), the editing has ended; made(CaptionEditor), the field when it is first needed.
    """

    edited = Signal(str, str)
    left = Signal()
    made = Signal(object)

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self._editor: _LineEditor | None = None
        self._photo_id = ""
        self._trigger_word = ""

    @property
    def photo_id(self) -> str:
        """Return the photo that is edited, "" without one."""
        return self._photo_id

    @property
    def editor(self) -> CaptionEditor | None:
        """Return the field while a caption is edited."""
        return self._editor if self._photo_id else None

    def set_trigger_word(self, word: str) -> None:
        """Highlight this word."""
        self._trigger_word = word
        if self._editor is not None:
            self._editor.set_trigger_word(word)

    def open(self, photo: Photo, place: QRect) -> None:
        """Edit the caption of a photo at this place of the viewport, and take the keyboard focus."""
        editor = self._editor
        if editor is None:
            self._editor = editor = _LineEditor(self._viewport)
            editor.setObjectName("data.grid.caption")
            editor.set_trigger_word(self._trigger_word)
            editor.edited.connect(self._edited)
            editor.done.connect(self.close)
            editor.left.connect(self._keyboard_left)
            self.made.emit(editor)
        if self._photo_id and self._photo_id != photo.photo_id:
            finish_composing(editor)
            self.left.emit()
        self._photo_id = photo.photo_id
        editor.setAccessibleName(_("Caption of {name}").format(name=photo.path.name))
        self.follow(photo, place)
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, photo: Photo, place: QRect) -> None:
        """Show the caption as it is now, and stay at the photo's place."""
        if self._editor is not None and photo.photo_id == self._photo_id:
            self._editor.show_caption(photo.caption)
            room = QRect(place)
            room.setHeight(max(_LEAST_HEIGHT, place.height()))
            self._editor.setGeometry(room)

    @Slot()
    def close(self) -> None:
        """End the editing; the keyboard returns to the view where the field had it."""
        editor = self._editor
        if editor is None or not self._photo_id:
            return
        finish_composing(editor)
        self._photo_id = ""
        had_focus = editor.hasFocus()
        editor.hide()
        view = self._viewport.parentWidget()
        if had_focus and view is not None:
            view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.left.emit()

    @Slot(str)
    def _edited(self, text: str) -> None:
        if self._photo_id:
            self.edited.emit(self._photo_id, text)

    @Slot()
    def _keyboard_left(self) -> None:
        if self._editor is not None and self._editor.window().isActiveWindow():  # else it comes back here
            self.close()
