"""The crop editor: one photo over the whole window, with its crop and the controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStyle, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.crop_frames import holding, in_whole_pixels, reshaped
from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit, straightened_size
from segmind_studio.services.images.thumbnails import SubjectFound, Thumbnails
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.crop.canvas import CropCanvas
from segmind_studio.ui.data.crop.controls import CropControls
from segmind_studio.ui.data.crop.words import size_with_use, too_small
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.layouts import scrolling
from segmind_studio.ui.parts.tips import key_name, plain_tip
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S

_SIDE_WIDTH = 268
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class CropEditor(Overlay):
    """Cover a window with one photo and edit it. Enter applies, Escape leaves; nothing is stored before.

    Page Down applies and goes on to the next photo, Page Up to the one before; the chosen ratio stays.

    Signals (GUI thread): applied(PhotoEdit); stepped(PhotoEdit, int), applied, and 1 for the next photo or -1 for
    the one before is wanted; applied_to_all(PhotoEdit, object), for all selected photos: the same
    part, or with a ratio (width, height) the same shape; subjects_wanted(object), crop each around its subject, to
    this ratio or None: `show_search` says how far that is.
    """

    applied = Signal(object)
    stepped = Signal(object, int)
    applied_to_all = Signal(object, object)
    subjects_wanted = Signal(object)

    def __init__(self, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window, "data.crop")
        self._thumbnails = thumbnails
        self._photo: Photo | None = None
        self._steps = (False, False)  # whether there is a photo before, and one after
        self._edit = NO_EDIT
        self._shape = 0  # the chosen entry of the shapes, for the photos that are gone on to
        self.canvas = CropCanvas(thumbnails)
        self.controls = CropControls()
        self._name = mark(ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), role="strong")
        self._size = text_label("")
        self._size.setObjectName("crop.size")
        self._warning = text_label("", "warn")
        self._warning.setObjectName("crop.warning")
        # Translators: confirms an edit, such as a crop.
        self.apply = mark(QPushButton(_("Apply")), kind="primary")
        self.apply.setObjectName("crop.apply")
        self.apply_all = QPushButton()
        self.apply_all.setObjectName("crop.all")
        self._same_part = QAction(_("Same area of each"), self)
        self._same_shape = QAction(_("Same shape, centred"), self)
        menu = QMenu(self.apply_all)
        self._around_subject = QAction(self)
        menu.addActions([self._same_part, self._same_shape, self._around_subject])
        self.apply_all.setMenu(menu)
        self.previous = QPushButton(icon("chevron-left"), _("Previous"))
        self.previous.setObjectName("crop.previous")
        self.next = QPushButton(icon("chevron-right"), _("Next"))
        self.next.setObjectName("crop.next")
        self._place = text_label("", "small", wrap=False)
        self.cancel = QPushButton(_("Cancel"))
        self.cancel.setObjectName("crop.cancel")
        self._searching = text_label("")
        self._searching.setObjectName("crop.searching")
        self._panel = QWidget()
        self._lay_out()
        self.canvas.crop_changed.connect(self._on_crop)
        self.controls.edit_changed.connect(self._on_edit)
        self.controls.shape_changed.connect(self._show)
        self.controls.subject_wanted.connect(self._find_subject)
        thumbnails.subject_found.connect(self._on_subject)
        self.apply.clicked.connect(self._apply)
        self._add_step(self.previous, _("Apply and show the previous photo ({keys})"), self._back, "PgUp")
        self._add_step(self.next, _("Apply and show the next photo ({keys})"), self._on, "PgDown")
        self.cancel.clicked.connect(self.hide)
        self._same_part.triggered.connect(self._apply_part)
        self._same_shape.triggered.connect(self._apply_shape)
        self._around_subject.triggered.connect(self._want_subjects)
        self.set_tab_ends(self.canvas, self.cancel)

    @property
    def photo(self) -> Photo | None:
        """Return the photo that is edited."""
        return self._photo

    @property
    def edit(self) -> PhotoEdit:
        """Return the edit as it is on the screen; a crop in a ratio has it in whole pixels."""
        photo, edit, ratio = self._photo, self._edit, self.controls.ratio
        if photo is None or ratio is None or not edit.cropped:
            return edit
        size = straightened_size(photo.width, photo.height, edit)
        return replace(edit, crop=in_whole_pixels(edit.crop, ratio, size))

    def open(self, photo: Photo, selected: int, place: int = 1, count: int = 1) -> None:
        """Edit a photo, of so many that are selected, and take the keyboard focus.

        It is the one in `place` (from 1) of `count`. Where one is edited already, its ratio stays chosen.
        """
        goes_on = self._photo is not None
        self._shape = (self.controls.shapes.currentIndex() or self._shape) if goes_on else 0
        self._photo, self._edit = photo, photo.edit
        # Translators: the number of the photo in the grid, such as “3 of 12”.
        self._place.setText(_("{place} of {count}").format(place=place, count=count) if count > 1 else "")
        self._steps = (place > 1, place < count)
        self._name.setText(photo.path.name)
        self.apply_all.setVisible(selected > 1)
        self.apply_all.setText(
            ngettext("Apply to {count} photo", "Apply to {count} photos", selected).format(count=selected)
        )
        self.controls.subject.setEnabled(True)
        self._keep_shape()
        self._set_searching(on=False)
        self._show()
        self.cover(self.canvas)
        self._measure()

    def _keep_shape(self) -> None:
        """Choose the kept ratio: for an uncropped photo with its crop; for another one only if its crop has it."""
        photo, edit = self._photo, self._edit
        if photo is None:
            return
        self.controls.show_edit((photo.width, photo.height), edit)
        self.controls.shapes.setCurrentIndex(self._shape)
        if not edit.cropped:
            self._edit = replace(edit, crop=reshaped(edit.crop, self.controls.shape))
        elif self.edit != edit:
            self.controls.start_free()

    def show_search(self, done: int, total: int) -> None:
        """Show for how many photos of all the subject is known; Cancel and Escape end the search."""
        self._set_searching(on=True)
        words = ngettext(
            "Looking for subjects: {done} of {count} photo", "Looking for subjects: {done} of {count} photos",
            total,
        )
        self._searching.setText(words.format(done=done, count=total))

    def _set_searching(self, *, on: bool) -> None:
        if on and self._searching.isHidden():
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._searching.setVisible(on)
        for part in (self.canvas, self.controls, self.apply, self.apply_all):
            part.setEnabled(not on)
        for button, possible in zip((self.previous, self.next), self._steps, strict=True):
            button.setEnabled(possible and not on)

    def _lay_out(self) -> None:
        facts = QVBoxLayout()
        facts.setSpacing(SPACE_LINE)
        named = QHBoxLayout()
        named.setSpacing(SPACE_S)
        named.addWidget(self._name, 1)
        named.addWidget(self._place)
        facts.addLayout(named)
        facts.addWidget(self._size)
        facts.addWidget(self._warning)
        side = QVBoxLayout()
        side.setSpacing(SPACE_S)
        side.addLayout(facts)
        side.addSpacing(SPACE_S)
        side.addWidget(scrolling(self.controls), 1)
        side.addWidget(self._searching)
        steps = QHBoxLayout()
        steps.setSpacing(SPACE_S)
        steps.addWidget(self.previous)
        steps.addWidget(self.next)
        side.addWidget(self.apply)
        side.addLayout(steps)
        for button in (self.apply_all, self.cancel):
            side.addWidget(button)
        panel = self._panel
        side.setContentsMargins(0, 0, 0, 0)
        panel.setLayout(side)
        row = QHBoxLayout(self)
        set_margins(row, SPACE_M, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addWidget(self.canvas, 1)
        row.addWidget(panel)

    def _add_step(self, button: QPushButton, words: str, slot: Callable[[], None], keys: str) -> None:
        """Let a button and a key go to another photo."""
        words = words.format(keys=key_name(keys))
        button.setToolTip(plain_tip(words))
        button.setAccessibleName(words)
        action = finish_before(QAction(self))
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        button.clicked.connect(slot)

    def _measure(self) -> None:
        """Make the panel as wide as its controls; before they are shown they do not have their font."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self._panel.setFixedWidth(max(_SIDE_WIDTH, self.controls.minimumSizeHint().width() + bar))

    @Slot()
    def _show(self) -> None:
        photo, edit = self._photo, self._edit
        if photo is None:
            return
        self.controls.show_edit((photo.width, photo.height), edit)
        self.canvas.show_edit(photo, edit, self.controls.shape)
        self._size.setText(size_with_use(photo, self.edit))
        warning = too_small(photo, self.edit)
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))
        self._same_shape.setEnabled(self.controls.ratio is not None)
        self._around_subject.setText(
            _("Around each subject") if self.controls.ratio is None
            else _("Same shape, around each subject")
        )

    @Slot(object)
    def _on_crop(self, crop: Crop) -> None:
        self._edit = replace(self._edit, crop=crop)
        self._show()

    @Slot(object)
    def _on_edit(self, edit: PhotoEdit) -> None:
        self._edit = edit
        self._show()

    @Slot()
    def _find_subject(self) -> None:
        if self._photo is not None:
            self.controls.subject.setEnabled(False)
            self._thumbnails.find_subject(replace(self._photo, edit=self._edit.uncropped()))

    @Slot(object)
    def _on_subject(self, found: SubjectFound) -> None:
        if self._photo is None or found.photo_id != self._photo.photo_id or not self._searching.isHidden():
            return
        self.controls.subject.setEnabled(True)
        if found.crop is not None and found.edit == self._edit.uncropped():  # else it was turned meanwhile
            self._on_crop(holding(found.crop, self.controls.shape))

    @Slot()
    def _apply(self) -> None:
        self.controls.take_numbers()
        self.applied.emit(self.edit)
        self.hide()

    @Slot()
    def _on(self) -> None:
        if self.next.isEnabled():
            self.controls.take_numbers()
            self.stepped.emit(self.edit, 1)

    @Slot()
    def _back(self) -> None:
        if self.previous.isEnabled():
            self.controls.take_numbers()
            self.stepped.emit(self.edit, -1)

    @Slot()
    def _apply_part(self) -> None:
        self.applied_to_all.emit(self.edit, None)
        self.hide()

    @Slot()
    def _apply_shape(self) -> None:
        self.applied_to_all.emit(self.edit, self.controls.ratio)
        self.hide()

    @Slot()
    def _want_subjects(self) -> None:
        self.subjects_wanted.emit(self.controls.ratio)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.apply.isEnabled():
            self._apply()
        else:
            super().keyPressEvent(event)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._photo = None
        super().hideEvent(event)
