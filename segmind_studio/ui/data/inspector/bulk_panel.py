"""Change many captions at once: the form, the preview and the button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.datasets import Photo
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.facts import photos_text
from segmind_studio.ui.data.inspector.bulk_edits import (
    BulkEdit,
    EditKind,
    Shared,
    around_change,
    edited_readings,
    shared,
)
from segmind_studio.ui.data.undo_steps import counted
from segmind_studio.ui.parts import ActionButton, FlowLayout, text_label
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.layouts import scrolling
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS


class BulkForm(QWidget):
    """Let the person say what to do.

    Signals (GUI thread): changed(); submitted(), when Enter is pressed in a field.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = QComboBox()
        self._kind.setObjectName("data.bulk.kind")
        self.setFocusProxy(self._kind)
        for kind, words in (
            (EditKind.PREPEND, self.tr("Put in front")),
            (EditKind.APPEND, self.tr("Put at the end")),
            (EditKind.REPLACE, self.tr("Find and replace")),
            (EditKind.TRIM, self.tr("Trim spaces and commas")),
            (EditKind.SET, self.tr("Give all the same caption")),
        ):
            self._kind.addItem(words, kind.value)
        self._find = self._field("data.bulk.find", self.tr("Find"))
        self._text = self._field("data.bulk.text", self.tr("Text"))
        self._match_case = QCheckBox(self.tr("Capital letters matter"))
        self._skip = QCheckBox(self.tr("Skip captions that have it"))
        self._skip.setObjectName("data.bulk.skip")
        self._skip.setChecked(True)
        self._labels = {
            self._kind: _label(self.tr("Change captions"), self._kind),
            self._find: _label(self.tr("Find"), self._find),
            self._text: _label(self.tr("Text"), self._text),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for widget in (self._kind, self._find, self._text):
            column.addWidget(self._labels[widget])
            column.addWidget(widget)
            column.addSpacing(SPACE_S)
        for box in (self._match_case, self._skip):
            column.addWidget(box)
            box.toggled.connect(self.changed)
        self._kind.currentIndexChanged.connect(self._show_fields)
        self._show_fields()

    @property
    def edit(self) -> BulkEdit:
        """Return what is asked for."""
        kind = EditKind(self._kind.currentData())
        return BulkEdit(
            kind, self._text.text(), self._find.text(), self._match_case.isChecked(), self._skip.isChecked(),
        )

    def ask_for_replacement(self) -> None:
        """Choose find and replace, and put the keyboard there."""
        self.choose(EditKind.REPLACE)
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def choose(self, kind: EditKind) -> None:
        """Choose what to do."""
        self._kind.setCurrentIndex(self._kind.findData(kind.value))

    def clear(self) -> None:
        """Empty the texts."""
        for field in (self._find, self._text):
            replace_text(field, "")

    @Slot()
    def _show_fields(self) -> None:
        kind = self.edit.kind
        replaces = kind is EditKind.REPLACE
        for widget, wanted in ((self._find, replaces), (self._text, kind is not EditKind.TRIM)):
            widget.setVisible(wanted)
            self._labels[widget].setVisible(wanted)
        self._match_case.setVisible(replaces)
        self._skip.setVisible(kind in {EditKind.PREPEND, EditKind.APPEND})
        words = {
            EditKind.PREPEND: self.tr("Text in front, with its space or comma"),
            EditKind.APPEND: self.tr("Text at the end, with its space or comma"),
            EditKind.REPLACE: self.tr("Replace with"),
            EditKind.SET: self.tr("Caption"),
        }
        self._labels[self._text].setText(words.get(kind, ""))
        self.changed.emit()

    def _field(self, name: str, words: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(words)
        field.textChanged.connect(self.changed)
        field.returnPressed.connect(self.submitted)
        return field


def _label(words: str, buddy: QWidget) -> QLabel:
    label = text_label(words, "small", wrap=False)
    label.setBuddy(buddy)
    return label


_PREVIEWED = 200
_LONGEST = 60  # characters of a shared beginning or end that are shown


class BulkPanel(QWidget):
    """Edit the captions of several photos at once.

    Signals: apply(dict[str, str], dict[str, tuple[str, ...]]), the new captions that differ and the new readings
    of those that stay in doubt, by photo id; GUI thread.
    """

    apply = Signal(object, object)

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos: tuple[Photo, ...] = ()
        self._new: dict[str, str] = {}
        self._readings: dict[str, tuple[str, ...]] = {}
        self._heading = text_label("", "section", wrap=False)
        self._shared = text_label("", "muted")
        self.form = BulkForm()
        self._summary = text_label("", "small")
        self._preview = QTreeWidget()
        guard_scroll_areas(self._preview)
        self._preview.setAccessibleName(self.tr("Preview of the captions"))
        self._preview.setHeaderLabels([self.tr("Now"), self.tr("Then")])
        self._preview.setRootIsDecorated(False)
        self._preview.setUniformRowHeights(True)
        self._preview.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._apply = mark(QPushButton(), kind="primary")
        self._apply.setObjectName("data.bulk.apply")
        buttons = FlowLayout(spacing=SPACE_S)
        for action in (actions.exclude, actions.include, actions.remove):
            buttons.addWidget(ActionButton(action))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_S)
        column.setSpacing(SPACE_XS)
        column.addWidget(self._heading)
        column.addWidget(self._shared)
        column.addSpacing(SPACE_S)
        column.addLayout(buttons)
        column.addSpacing(SPACE_S)
        column.addWidget(self.form)
        column.addSpacing(SPACE_XS)
        column.addWidget(self._summary)
        room = QWidget()  # keeps everything else in its place while the preview is hidden
        inside = QVBoxLayout(room)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._preview)
        column.addWidget(room, 1)
        foot = QVBoxLayout()  # stays in sight, however low the window is
        foot.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_L)
        foot.addWidget(self._apply)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scrolling(page), 1)
        whole.addLayout(foot)
        self.form.changed.connect(self._show_preview)
        self.form.submitted.connect(self._apply.click)
        self._apply.clicked.connect(self._submit)
        self._show_preview()

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show what these photos' captions share, and what the edit would make of them."""
        if tuple(photos) == self._photos:
            return
        self._photos = tuple(photos)
        self._heading.setText(self.tr("{0} selected").format(photos_text(len(photos))))
        self._shared.setText(self._in_words(shared([photo.caption for photo in photos])))
        self._show_preview()

    def _in_words(self, found: Shared) -> str:
        empty = sum(not photo.caption.strip() for photo in self._photos)
        if found.same:
            if not found.start.strip():
                return self.tr("None has a caption.")
            return self.tr("All have the same caption: “{0}”").format(_cut(found.start))
        parts = [self.tr("{0} different captions.").format(found.different)]
        if found.start.strip():
            parts.append(self.tr("All begin with “{0}”.").format(_cut(found.start)))
        if found.end.strip():
            parts.append(self.tr("All end with “{0}”.").format(_cut(found.end)))
        if empty:
            parts.append(counted(empty, self.tr("1 is empty."), self.tr("{0} are empty.")))
        return " ".join(parts)

    @Slot()
    def _show_preview(self) -> None:
        edit = self.form.edit
        changes = [
            (photo, new)
            for photo in self._photos
            if edit.complete and (new := edit.apply(photo.caption)) != photo.caption
        ]
        self._new = {photo.photo_id: new for photo, new in changes}
        self._readings = {
            photo.photo_id: edited_readings(edit, photo, new) for photo, new in changes if photo.caption_readings
        }
        count = len(changes)
        self._preview.clear()
        self._preview.setVisible(bool(changes))
        for photo, new in changes[:_PREVIEWED]:
            item = QTreeWidgetItem(list(around_change(photo.caption, new)))
            item.setToolTip(0, plain_tip(photo.caption))
            item.setToolTip(1, plain_tip(f"{photo.path.name}\n{new}"))
            self._preview.addTopLevelItem(item)
        if not edit.complete:
            self._summary.setText(self.tr("Say what to do, and see here what would come of it."))
        else:
            words = self.tr("{0} of {1} captions would change.").format(count, len(self._photos))
            skipped = sum(edit.skips(photo.caption) for photo in self._photos)
            if skipped:
                words += counted(skipped, self.tr(" 1 has it already."), self.tr(" {0} have it already."))
            more = self.tr(" The first {0} are shown.").format(_PREVIEWED) if count > _PREVIEWED else ""
            self._summary.setText(words + more)
        self._apply.setText(counted(count, self.tr("Change 1 caption"), self.tr("Change {0} captions")))
        self._apply.setEnabled(bool(changes))

    @Slot()
    def _submit(self) -> None:
        if self._new:
            new, self._new = self._new, {}
            self.apply.emit(new, self._readings)
            self.form.clear()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
