"""One photo over the whole window, on black: Space shows and hides it, and its caption is edited below it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.facts import one_line
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.parts.tips import key_name, plain_tip
from segmind_studio.ui.theme.direction import visual_key
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import palette_of, style_sheet
from segmind_studio.ui.theme.tokens import (
    DARK,
    DARK_HIGH,
    LIGHT_HIGH,
    READING_WIDTH,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    Tones,
    tones_of,
)

_NEXT = {Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown}
_PREVIOUS = {Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp}
_CLOSE = {Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_BLACK = DARK_HIGH.window
_LINES = 3  # of the caption that are seen


def _black_tones() -> Tones:
    """Return the dark colours on black, whatever the theme: nothing round a photo tints it."""
    high = tones_of() in {LIGHT_HIGH, DARK_HIGH}
    return (DARK_HIGH if high else DARK)._replace(window=_BLACK, canvas=_BLACK)


class _FullCaption(CaptionEditor):
    """The caption below the photo; Ctrl+Down and Ctrl+Up go on from photo to photo.

    Signals: stepped(int), 1 for the next photo and -1 for the one before; GUI thread.
    """

    stepped = Signal(int)

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _step_of(event):
            event.accept()  # the same keys of the place are behind this view
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if by := _step_of(event):
            self.stepped.emit(by)
        else:
            super().keyPressEvent(event)


def _step_of(event: QKeyEvent) -> int:
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return _STEPS.get(Qt.Key(event.key()), 0) if control else 0


class FullView(Overlay):
    """Cover a window with one photo. It keeps the keyboard until it is closed.

    Signals (GUI thread): step_wanted(int), 1 for the next photo and -1 for the one before;
    exclude_wanted(); crop_wanted(), see C; before_after_wanted(), see B; caption_edited(str, str), the photo's id
    and its text after each change by the user; caption_left(), the keyboard has left the caption.
    """

    step_wanted = Signal(int)
    exclude_wanted = Signal()
    crop_wanted = Signal()
    before_after_wanted = Signal()
    caption_edited = Signal(str, str)
    caption_left = Signal()

    def __init__(self, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window, "data.full")
        self._styled: tuple[Tones, float] | None = None
        self.picture = PictureView(thumbnails)
        self.picture.ground = _BLACK
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._name = mark(ElidedLabel(), role="strong")
        self._facts = text_label("", "small", wrap=False)
        self.caption = _FullCaption()
        self.caption.setObjectName("full.caption")
        self._crop = self._tool("crop", "crop", _("Crop and rotate"), _("Crop and rotate (C)"))
        self._crop.clicked.connect(self.crop_wanted)
        self._before = self._tool(
            "before", "square-split-horizontal", _("Before and after"), _("Before and after (B)"),
        )
        self._before.clicked.connect(self.before_after_wanted)
        self._close = self._tool("close", "x", _("Close the full view"), _("Close ({keys})"), "Space")
        self._close.clicked.connect(self.hide)
        self._previous = self._tool(
            "previous", "chevron-left", _("Previous photo"), _("Previous photo ({keys})"), "←",
        )
        self._previous.clicked.connect(self._go_back)
        self._next = self._tool("next", "chevron-right", _("Next photo"), _("Next photo ({keys})"), "→")
        self._next.clicked.connect(self._go_on)
        self.caption.edited.connect(self._edited)
        self.caption.left.connect(self.caption_left)
        self.caption.done.connect(self._leave_caption)
        self.caption.stepped.connect(self.step_wanted)
        self._lay_out()

    def _tool(self, name: str, icon_name: str, spoken: str, tip: str, keys: str = "") -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"full.{name}")
        button.setIcon(icon(icon_name, DARK.text))
        button.setAccessibleName(spoken)
        button.setToolTip(plain_tip(tip.format(keys=key_name(keys))))
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE_M)
        top.addWidget(self._name, 1)
        top.addWidget(self._facts)
        for button in (self._before, self._crop, self._close):
            top.addWidget(button)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_S)
        middle.addWidget(self._previous)
        middle.addWidget(self.picture, 1)
        middle.addWidget(self._next)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self.caption, 100)
        below.addStretch(1)
        self.caption.setMaximumWidth(READING_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addLayout(below)
        order = (
            self._before, self._crop, self._close, self._previous, self.picture, self._next, self.caption,
        )
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)
        self.set_tab_ends(self._before, self.caption)

    def show_photo(self, photo: Photo, place: int, count: int) -> None:
        """Show a photo, the one in `place` (from 1) of `count`; opening it takes the keyboard focus."""
        before = self.picture.photo
        if before is not None and before.photo_id != photo.photo_id and self.isVisible():
            finish_composing(self.caption)
            self.caption_left.emit()
        self.picture.set_photo(photo)
        self._name.setText(photo.path.name)
        words = (
            # Translators: {facts} is the size and format; {place} the number of the photo.
            _("Excluded · {facts} · {place} of {count}") if photo.excluded else _("{facts} · {place} of {count}")
        )
        self._facts.setText(words.format(facts=one_line(photo), place=place, count=count))
        self.caption.show_caption(photo.caption)
        self._previous.setEnabled(place > 1)
        self._next.setEnabled(place < count)
        if not self.isVisible():
            self._style()
            self.cover(self.picture)

    def set_trigger_word(self, word: str) -> None:
        """Highlight this word in the caption."""
        self.caption.set_trigger_word(word)

    def _style(self) -> None:
        """Have light words on black in every theme, as large as elsewhere."""
        wanted = (_black_tones(), QGuiApplication.font().pointSizeF())
        if wanted != self._styled:
            self._styled = wanted
            self._name.setPalette(palette_of(wanted[0]))
            self.caption.keep_tones(wanted[0])
            self.setStyleSheet(style_sheet(wanted[0]))
        self.caption.setFixedHeight(_LINES * self.caption.fontMetrics().lineSpacing() + SPACE_L)

    @Slot()
    def _go_back(self) -> None:
        self.step_wanted.emit(-1)

    @Slot()
    def _go_on(self) -> None:
        self.step_wanted.emit(1)

    @Slot(str)
    def _edited(self, text: str) -> None:
        if self.picture.photo is not None:
            self.caption_edited.emit(self.picture.photo.photo_id, text)

    @Slot()
    def _leave_caption(self) -> None:
        self.picture.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(_BLACK))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _CLOSE:
            self.hide()
        elif visual_key(key) in _NEXT:
            self.step_wanted.emit(1)
        elif visual_key(key) in _PREVIOUS:
            self.step_wanted.emit(-1)
        elif key is Qt.Key.Key_F2:
            self.caption.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key is Qt.Key.Key_C and not event.modifiers():
            self.crop_wanted.emit()
        elif key is Qt.Key.Key_B and not event.modifiers():
            self.before_after_wanted.emit()
        elif key is Qt.Key.Key_Delete:
            self.exclude_wanted.emit()
        else:
            super().keyPressEvent(event)
