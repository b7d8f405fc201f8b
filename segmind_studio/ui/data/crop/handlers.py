"""The work of the commands about pictures: the crop editor, turn, mirror, reset, compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QUndoStack

from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit, used_size
from segmind_studio.core.photo_fit import NO_FIT
from segmind_studio.formats import size_in_pixels
from segmind_studio.texts import _
from segmind_studio.ui.data.crop.editor import CropEditor
from segmind_studio.ui.data.crop.steps import PictureEditor
from segmind_studio.ui.data.crop.subject_search import SubjectSearch
from segmind_studio.ui.data.facts import one_line
from segmind_studio.ui.data.handlers import PhotoCommands
from segmind_studio.ui.data.inspector.comparison import Compared, PhotoComparison
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.theme.direction import in_a_row


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
        self._search: SubjectSearch | None = None
        self._comparison: PhotoComparison | None = None
        actions = parts.actions
        for action, slot in (
            (actions.crop, self.show_editor), (actions.turn_left, self._left), (actions.turn_right, self._right),
            (actions.mirror, self._mirror), (actions.reset_edits, self._reset),
            (actions.compare, self._compare), (actions.before_after, self.show_before_after),
        ):
            action.triggered.connect(slot)
        commands.crop_wanted.connect(self.show_editor)
        commands.before_after_wanted.connect(self.show_before_after)

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
            self._editor.stepped.connect(self._apply_and_step)
            self._editor.applied_to_all.connect(self._apply_to_all)
            self._editor.subjects_wanted.connect(self._find_subjects)
            self._editor.closed.connect(self._closed)
            self._editor.destroyed.connect(self._forget)
        self._open(self._editor, photo)

    def _open(self, editor: CropEditor, photo: Photo) -> None:
        """Edit a photo, among those that the editor walks over."""
        walked, selected = [one.photo_id for one in self._walked(photo)], self._parts.grid.selected
        place = walked.index(photo.photo_id) + 1
        editor.open(photo, len(selected) if photo in selected else 1, place, len(walked))

    def _walked(self, photo: Photo) -> list[Photo]:
        """Return the photos to go on to: those selected with a photo, else all that are shown."""
        selected = self._parts.grid.selected
        several = len(selected) > 1 and photo.photo_id in {one.photo_id for one in selected}
        return [one for one in (selected if several else self._parts.model.shown) if one.shown and one.width]

    @property
    def comparison(self) -> PhotoComparison | None:
        """Return the comparison once it has been shown."""
        return self._comparison

    @Slot()
    def show_before_after(self) -> None:
        """Compare the current photo's file with what training gets of it, at the size that it uses."""
        photo = self._parts.grid.current
        if photo is not None and photo.shown and photo.width:
            before = replace(photo, edit=NO_EDIT, fit=NO_FIT)
            used = used_size(*photo.edited_size)
            file = _("File: {size}").format(size=size_in_pixels(*before.edited_size))
            training = _("In training: about {size}").format(size=size_in_pixels(*used))
            self._show(Compared(before, file), Compared(photo, training, max(used)), wiping=before == photo)

    @Slot()
    def _compare(self) -> None:
        """Compare the two selected photos."""
        both = [photo for photo in self._parts.grid.selected if photo.shown and photo.width]
        if len(both) == 2:  # noqa: PLR2004  # two
            one, other = (Compared(photo, in_a_row((photo.path.name, one_line(photo)))) for photo in both)
            self._show(one, other, wiping=False)

    def _show(self, left: Compared, right: Compared, *, wiping: bool) -> None:
        if self._comparison is None:
            self._comparison = PhotoComparison(self._parts.thumbnails, self._parts.screen.window())
            self._comparison.closed.connect(self._closed)
            self._comparison.destroyed.connect(self._forget_comparison)
        self._comparison.open(left, right, wiping=wiping)

    @Slot()
    def _forget_comparison(self) -> None:
        self._comparison = None  # as below

    def follow(self) -> None:
        """Close the editor when its photo is no longer in the dataset."""
        editor = self._editor
        if editor is not None and editor.photo is not None and (
            self._parts.datasets.dataset.photo(editor.photo.photo_id) is None
        ):
            editor.hide()

    def close(self) -> None:
        """Close the editor and the comparison; what was not applied is gone."""
        for over in (self._editor, self._comparison):
            if over is not None:
                over.hide()

    @Slot(object)
    def _apply(self, edit: PhotoEdit) -> None:
        if self._editor is not None and self._editor.photo is not None:
            self._steps.change(self._editor.photo, edit)

    @Slot(object, int)
    def _apply_and_step(self, edit: PhotoEdit, by: int) -> None:
        """Store the edit of the photo as one step, and edit another one."""
        editor, grid = self._editor, self._parts.grid
        if editor is None or editor.photo is None:
            return
        walked = [one.photo_id for one in self._walked(editor.photo)]
        several = frozenset(photo.photo_id for photo in grid.selected)
        place = walked.index(editor.photo.photo_id) + by if editor.photo.photo_id in walked else -1
        self._steps.change(editor.photo, edit)
        photo = self._parts.datasets.dataset.photo(walked[place]) if 0 <= place < len(walked) else None
        if photo is None:  # it has gone meanwhile
            editor.hide()
            return
        names = several if len(several) > 1 and photo.photo_id in several else frozenset({photo.photo_id})
        grid.select(names, photo.photo_id)
        self._open(editor, photo)

    @Slot(object, object)
    def _apply_to_all(self, edit: PhotoEdit, ratio: tuple[int, int] | None) -> None:
        if self._editor is not None and self._editor.photo is not None:
            self._steps.same_crop(self._parts.grid.selected, self._editor.photo, edit, ratio)

    @Slot(object)
    def _find_subjects(self, ratio: tuple[int, int] | None) -> None:
        editor = self._editor
        if editor is None or editor.photo is None:
            return
        if self._search is None:
            self._search = SubjectSearch(self._parts.thumbnails, self)
            self._search.progressed.connect(self._show_search)
            self._search.found.connect(self._take_subjects)
        first = replace(editor.photo, edit=editor.edit)
        self._search.begin(
            (first if photo.photo_id == first.photo_id else photo for photo in self._parts.grid.selected), ratio,
        )

    @Slot(int, int)
    def _show_search(self, done: int, total: int) -> None:
        if self._editor is not None:
            self._editor.show_search(done, total)

    @Slot(object)
    def _take_subjects(self, new: Mapping[str, PhotoEdit]) -> None:
        self._steps.crop_each(self._parts.datasets.dataset.photos, new)
        if self._editor is not None:
            self._editor.hide()

    @Slot()
    def _closed(self) -> None:
        if self._search is not None:
            self._search.stop()
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
