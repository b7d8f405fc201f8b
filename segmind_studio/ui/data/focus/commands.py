"""The work of focus mode: over the photos that the grid shows, in their order, with every step in the grid too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import Photo
from segmind_studio.texts import _
from segmind_studio.ui.data.filter import CAPTION_CHECKS, without_caption
from segmind_studio.ui.data.findings import about_photo
from segmind_studio.ui.data.widgets import DataWidgets

if TYPE_CHECKING:
    from segmind_studio.ui.data.focus.mode import FocusMode

_NOBODY: frozenset[str] = frozenset()


class FocusCommands(QObject):
    """Open, follow and close focus mode on the parts of one screen.

    Signals (GUI thread): toast(str), a short message; closed(), after the mode was left; made(CaptionEditor), its
    editor when it is opened for the first time.
    """

    toast = Signal(str)
    made = Signal(object)
    closed = Signal()

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._mode: FocusMode | None = None
        self._trigger_word = ""
        self._kept = _NOBODY
        actions = parts.actions
        actions.focus.triggered.connect(self.open)
        actions.next_uncaptioned.triggered.connect(self._next_uncaptioned)
        for action in (actions.next, actions.previous):
            action.triggered.connect(self.follow)  # what is typed at once belongs to the photo gone to

    @property
    def mode(self) -> FocusMode | None:
        """Return focus mode once it has been opened."""
        return self._mode

    @property
    def kept(self) -> frozenset[str]:
        """Return the photos that it walks over: they stay in the grid while it is open, whatever the filter."""
        return self._kept

    @property
    def _shown(self) -> Sequence[Photo]:
        return self._parts.model.shown

    @Slot()
    def open(self) -> None:
        """Show the current photo, or the first one, with its caption over the whole window."""
        parts = self._parts
        if not self._shown:
            return
        if self._mode is None:
            from segmind_studio.ui.data.focus.mode import FocusMode  # noqa: PLC0415  # when first needed

            mode = self._mode = FocusMode(parts.thumbnails, parts.actions, parts.screen.window())
            mode.step_wanted.connect(self._step)
            mode.field.edited.connect(parts.editor.type_caption)
            mode.field.editor.left.connect(parts.editor.end_sitting)
            mode.readings.chosen.connect(parts.inspector.photo.readings.chosen)
            mode.history.restore_wanted.connect(parts.editor.restore_caption)
            mode.closed.connect(self._closed)
            mode.destroyed.connect(self._forget)
            self.made.emit(mode.field.editor)
        self._kept = frozenset(photo.photo_id for photo in self._shown)
        parts.model.hold(self._kept)
        if parts.grid.current is None:
            parts.grid.select(frozenset({self._shown[0].photo_id}))
        self._show(self._mode)

    @Slot()
    def follow(self) -> None:
        """Show what is now current, if it is open."""
        if self._mode is not None and self._mode.isVisible():
            self._show(self._mode)

    def close(self) -> None:
        """Leave focus mode."""
        if self._mode is not None:
            self._mode.hide()

    def set_trigger_word(self, word: str) -> None:
        """Highlight this word from now on."""
        self._trigger_word = word
        self.follow()

    def _show(self, mode: FocusMode) -> None:
        photo = self._parts.grid.current
        if photo is None:
            mode.hide()
            return
        shown, row = self._shown, self._parts.grid.currentIndex().row()
        dataset, package = self._parts.datasets.dataset, self._parts.datasets.package
        left = sum(map(without_caption, shown))
        used = sum(one.used for one in shown)
        findings = about_photo(photo, package.findings, dataset.background)
        mode.set_trigger_word(self._trigger_word)
        mode.show_photo(
            photo, [finding for finding in findings if finding.check in CAPTION_CHECKS],
            place=row + 1, count=len(shown), used=used, left=left,
            following=next(iter(shown[row + 1 : row + 2]), None),
        )

    @Slot(int)
    def _step(self, by: int) -> None:
        self._parts.grid.step(by)
        self.follow()

    @Slot()
    def _next_uncaptioned(self) -> None:
        """Select the next shown photo without a caption, and continue at the start after the last one."""
        grid, shown = self._parts.grid, self._shown
        start = grid.currentIndex().row() + 1
        found = next((photo for photo in (*shown[start:], *shown[:start]) if without_caption(photo)), None)
        if found is None:
            self.toast.emit(_("All photos have a caption."))
            return
        grid.select(frozenset({found.photo_id}))
        self.follow()

    @Slot()
    def _closed(self) -> None:
        grid = self._parts.grid
        self._kept = _NOBODY
        grid.setFocus()
        grid.scrollTo(grid.currentIndex())
        self.closed.emit()

    @Slot()
    def _forget(self) -> None:
        self._mode = None  # it was deleted with the window that it covered
