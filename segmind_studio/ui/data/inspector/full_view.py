"""One photo over the whole window: Space shows and hides it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.facts import one_line
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, tones_of

_NEXT = {Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown}
_PREVIOUS = {Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp}
_CLOSE = {Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class FullView(Overlay):
    """Cover a window with one photo. It keeps the keyboard until it is closed.

    Signals (GUI thread): step_wanted(int), 1 for the next photo and -1 for the one before;
    exclude_wanted(); crop_wanted(), see C; before_after_wanted(), see B.
    """

    step_wanted = Signal(int)
    exclude_wanted = Signal()
    crop_wanted = Signal()
    before_after_wanted = Signal()

    def __init__(self, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window, "data.full")
        self.picture = PictureView(thumbnails)
        self._name = mark(ElidedLabel(), role="strong")
        self._facts = text_label("", "small", wrap=False)
        self._caption = text_label("")
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._crop = QToolButton()
        self._crop.setObjectName("full.crop")
        self._crop.setIcon(icon("crop"))
        self._crop.setAccessibleName(_("Crop and rotate"))
        self._crop.setToolTip(_("Crop and rotate (C)"))
        self._crop.clicked.connect(self.crop_wanted)
        self._before = QToolButton()
        self._before.setObjectName("full.before")
        self._before.setIcon(icon("square-split-horizontal"))
        self._before.setAccessibleName(_("Before and after"))
        self._before.setToolTip(_("Before and after (B)"))
        self._before.clicked.connect(self.before_after_wanted)
        self._close = QToolButton()
        self._close.setIcon(icon("x"))
        self._close.setAccessibleName(_("Close the full view"))
        self._close.setToolTip(_("Close (Space)"))
        self._close.clicked.connect(self.hide)
        top = QHBoxLayout()
        top.setSpacing(SPACE_M)
        top.addWidget(self._name, 1)
        top.addWidget(self._facts)
        top.addWidget(self._before)
        top.addWidget(self._crop)
        top.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(top)
        column.addWidget(self.picture, 1)
        column.addWidget(self._caption)
        self.set_tab_ends(self._before, self.picture)

    def show_photo(self, photo: Photo, place: int, count: int) -> None:
        """Show a photo, the one in `place` (from 1) of `count`, and take the keyboard focus."""
        self.picture.set_photo(photo)
        self._name.setText(photo.path.name)
        words = (
            # Translators: {facts} is the size and format; {place} the number of the photo.
            _("Excluded · {facts} · {place} of {count}") if photo.excluded else _("{facts} · {place} of {count}")
        )
        self._facts.setText(words.format(facts=one_line(photo), place=place, count=count))
        self._caption.setText(photo.caption or _("No caption"))
        mark(self._caption, role="muted")
        if not self.isVisible():
            self.cover(self.picture)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(tones_of(QGuiApplication.palette()).canvas))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _CLOSE:
            self.hide()
        elif key in _NEXT:
            self.step_wanted.emit(1)
        elif key in _PREVIOUS:
            self.step_wanted.emit(-1)
        elif key is Qt.Key.Key_C and not event.modifiers():
            self.crop_wanted.emit()
        elif key is Qt.Key.Key_B and not event.modifiers():
            self.before_after_wanted.emit()
        elif key is Qt.Key.Key_Delete:
            self.exclude_wanted.emit()
        else:
            super().keyPressEvent(event)
