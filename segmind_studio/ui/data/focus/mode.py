"""Focus mode: one large picture as training gets it, and its caption beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.datasets import Finding, Photo
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.crop.words import becomes
from segmind_studio.ui.data.findings import FindingLines
from segmind_studio.ui.data.inspector.caption_field import CaptionField
from segmind_studio.ui.data.inspector.caption_history import CaptionHistoryButton
from segmind_studio.ui.data.inspector.caption_readings import CaptionReadings
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.layouts import scrolling
from segmind_studio.ui.parts.tips import key_name, plain_tip
from segmind_studio.ui.theme.direction import set_margins, visual_key
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

_NEXT = {Qt.Key.Key_Right, Qt.Key.Key_Down}
_PREVIOUS = {Qt.Key.Key_Left, Qt.Key.Key_Up}
_EDITOR_LEAST = 72  # logical pixels


class FocusMode(Overlay):
    """Cover a window with one photo and its caption. All keys work while the caption is typed.

    Ctrl+Enter and Page Down lead on, Page Up back, besides the keys that do so in the inspector; Escape leaves.

    Signals (GUI thread): step_wanted(int), 1 for the next photo and -1 for the one before.
    """

    step_wanted = Signal(int)

    def __init__(self, thumbnails: Thumbnails, actions: PhotoActions, window: QWidget) -> None:
        super().__init__(window, "data.focus")
        self._following: Photo | None = None
        self.picture = PictureView(thumbnails)
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.place = mark(text_label("", wrap=False), role="section")
        self.place.setObjectName("focus.place")
        self.bar = QProgressBar()
        self.bar.setAccessibleName(_("Photos with a caption"))
        self.left = text_label("", "small", wrap=False)
        self.left.setObjectName("focus.left")
        self._name = mark(ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), role="strong")
        self._becomes = mark(ElidedLabel(), role="small")
        self.field = CaptionField()
        self.readings = CaptionReadings()
        self.history = CaptionHistoryButton()
        self.findings = FindingLines()
        self._previous = QPushButton(_("Previous"))
        self._previous.setToolTip(plain_tip(_("Previous photo ({keys})").format(keys=key_name("PgUp"))))
        self._next = mark(QPushButton(_("Next")), kind="primary")
        self._next.setToolTip(plain_tip(_("Next photo ({keys})").format(keys=key_name("Ctrl+Enter"))))
        self._empty = QPushButton(_("Next without caption"))
        keys = actions.next_uncaptioned.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = _("{action} ({keys})").format(action=_("Next without caption"), keys=keys)
        self._empty.setToolTip(plain_tip(words))
        self._close = QToolButton()
        self._close.setIcon(icon("x"))
        self._close.setAccessibleName(_("Leave focus mode"))
        self._close.setToolTip(_("Close (Esc)"))
        self._lay_out()
        self._add_keys(actions)
        self.field.editor.done.connect(self.hide)
        self._close.clicked.connect(self.hide)
        self._next.clicked.connect(self._on)
        self._previous.clicked.connect(self._back)
        self._empty.clicked.connect(actions.next_uncaptioned.trigger)
        thumbnails.ready.connect(self._on_ready)
        self.set_tab_ends(self.picture, self._close)

    def _lay_out(self) -> None:
        editor = mark(self.field.editor, role="large")
        editor.setMinimumHeight(_EDITOR_LEAST)
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self.place)
        head.addWidget(self.left)
        head.addStretch(1)
        head.addWidget(self._close)
        below = QWidget()
        lines = QVBoxLayout(below)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(SPACE_XS)
        lines.addWidget(self.readings)
        lines.addWidget(self.findings)
        lines.addWidget(self.history, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)
        words = _("{next_key}: next. {back_key}: back. {escape}: to the grid.").format(
            next_key=key_name("Ctrl+Enter"), back_key=key_name("PgUp"), escape=key_name("Esc"),
        )
        keys = mark(ElidedLabel(words), role="small")
        steps = QHBoxLayout()
        steps.setSpacing(SPACE_S)
        steps.addWidget(self._previous)
        steps.addWidget(self._next)
        steps.addStretch(1)
        steps.addWidget(self._empty)
        panel = QVBoxLayout()
        panel.setSpacing(SPACE_S)
        panel.addLayout(head)
        panel.addWidget(self.bar)
        panel.addSpacing(SPACE_S)
        panel.addWidget(self._name)
        panel.addWidget(self._becomes)
        panel.addSpacing(SPACE_S)
        panel.addWidget(self.field, 3)
        panel.addWidget(scrolling(below), 2)
        panel.addWidget(keys)
        panel.addLayout(steps)
        row = QHBoxLayout(self)
        set_margins(row, SPACE_M, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addWidget(self.picture, 3)
        row.addLayout(panel, 2)

    def _add_keys(self, actions: PhotoActions) -> None:
        self.addActions([actions.next, actions.previous, actions.next_uncaptioned])
        for slot, keys in ((self._on, ("Ctrl+Return", "Ctrl+Enter", "PgDown")), (self._back, ("PgUp",))):
            action = finish_before(QAction(self))
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slot)
            self.addAction(action)

    def show_photo(  # noqa: PLR0913  # the photo and where it is
        self, photo: Photo, findings: Sequence[Finding], *, place: int, count: int, used: int, left: int,
        following: Photo | None,
    ) -> None:
        """Show a photo with what was found about its caption; open it on the caption if it is not open.

        It is the one in `place` (from 1) of `count`. `used` of these go into the package, and `left` of those have
        no caption; `following` comes next.
        """
        self.picture.set_photo(photo)
        self._name.setText(photo.path.name)
        self._becomes.setText(becomes(photo))
        self.field.show_photo(photo)
        self.readings.show_photo(photo, several=False)
        self.history.show_photo(photo)
        self.findings.set_findings(findings)
        # Translators: the number of the photo in the grid, such as “3 of 12”.
        self.place.setText(_("{place} of {count}").format(place=place, count=count))
        self.bar.setRange(0, max(1, used))
        self.bar.setValue(used - left)
        done = _("{count} of {all} with a caption").format(count=used - left, all=used)
        self.left.setText(done if left else _("All have a caption"))
        self._next.setEnabled(place < count)
        self._previous.setEnabled(place > 1)
        self._empty.setEnabled(left > 0)
        self._following = following
        if not self.isVisible():
            self.cover(self.field.editor)
        self._preload()

    def set_trigger_word(self, word: str) -> None:
        """Highlight the trigger word, and offer it."""
        self.field.set_trigger_word(word)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if visual_key(event.key()) in _NEXT:
            self._on()
        elif visual_key(event.key()) in _PREVIOUS:
            self._back()
        else:
            super().keyPressEvent(event)

    def _preload(self) -> None:
        """Have the next picture ready; only once the shown one is, as the newest request is served first."""
        if self._following is not None and self.picture.complete:
            self.picture.preload(self._following)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if self.isVisible() and self.picture.photo is not None and ready.photo_id == self.picture.photo.photo_id:
            self._preload()

    @Slot()
    def _on(self) -> None:
        self.step_wanted.emit(1)

    @Slot()
    def _back(self) -> None:
        self.step_wanted.emit(-1)
