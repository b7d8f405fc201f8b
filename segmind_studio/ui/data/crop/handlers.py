"""The work of the commands that change pictures: the crop editor, turn, mirror, reset."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QUndoStack

from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.ui.data.crop.editor import CropEditor
from segmind_studio.ui.data.crop.steps import PictureEditor
from segmind_studio.ui.data.handlers import PhotoCommands
from segmind_studio.ui.data.widgets import DataWidgets


class PictureCommands(QObject):
    """Run the actions on the selected photos of one screen.

    Signals (GUI thread): toast(str), news of a step that can be undone.
    """

    toast = Signal(str)

    def __init__(self, parts: DataWidgets, undo: QUndoStack, commands: PhotoCommands) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._commands = commands
        self._steps = PictureEditor(parts.datasets, undo, self)
        self._steps.toast.connect(self.toast)
        self._editor: CropEditor | None = None
        actions = parts.actions
        for action, slot in (
            (actions.crop, self.show_editor), (actions.turn_left, self._left), (actions.turn_right, self._right),
            (actions.mirror, self._mirror), (actions.reset_edits, self._reset),
        ):
            action.triggered.connect(slot)
        commands.crop_wanted.connect(self.show_editor)

    @property
    def editor(self) -> CropEditor | None:
        """Return the crop editor once it has been shown."""
        return self._editor

    @Slot()
    def show_editor(self) -> None:
        """Edit the current photo over the whole window."""
        grid = self._parts.grid
        photo = grid.current
        if photo is None or not photo.shown or not photo.width:
            return
        if self._editor is None:
            self._editor = CropEditor(self._parts.thumbnails, self._parts.screen.window())
            self._editor.applied.connect(self._apply)
            self._editor.applied_to_all.connect(self._apply_to_all)
            self._editor.closed.connect(self._closed)
            self._editor.destroyed.connect(self._forget)
        selected = grid.selected
        self._editor.open(photo, len(selected) if photo in selected else 1)

    def follow(self) -> None:
        """Close the editor when its photo is no longer in the dataset."""
        editor = self._editor
        if editor is not None and editor.photo is not None and (
            self._parts.datasets.dataset.photo(editor.photo.photo_id) is None
        ):
            editor.hide()

    def close(self) -> None:
        """Close the editor; what was not applied is gone."""
        if self._editor is not None:
            self._editor.hide()

    @Slot(object)
    def _apply(self, edit: PhotoEdit) -> None:
        if self._editor is not None and self._editor.photo is not None:
            self._steps.change(self._editor.photo, edit)

    @Slot(object, object)
    def _apply_to_all(self, edit: PhotoEdit, ratio: tuple[int, int] | None) -> None:
        if self._editor is not None and self._editor.photo is not None:
            self._steps.same_crop(self._parts.grid.selected, self._editor.photo, edit, ratio)

    @Slot()
    def _closed(self) -> None:
        full = self._commands.full_view
        if full is not None and full.isVisible():
            full.picture.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._commands.focus_grid()

    @Slot()
    def _forget(self) -> None:
        self._editor = None  # it was deleted with the window that it covered

    @Slot()
    def _left(self) -> None:
        self._steps.turn(self._parts.grid.selected, 3)

    @Slot()
    def _right(self) -> None:
        self._steps.turn(self._parts.grid.selected, 1)

    @Slot()
    def _mirror(self) -> None:
        self._steps.mirror(self._parts.grid.selected)

    @Slot()
    def _reset(self) -> None:
        self._steps.reset(self._parts.grid.selected)
