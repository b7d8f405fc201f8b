"""Change many captions at once: what the captions share, the form, the preview and the button."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.caption_terms import shared_parts
from segmind_studio.core.datasets import Photo
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.inspector.bulk_edits import (
    BulkEdit,
    EditKind,
    Shared,
    edited_readings,
    shared,
)
from segmind_studio.ui.data.inspector.bulk_form import BulkForm, cut
from segmind_studio.ui.data.inspector.bulk_parts import CaptionPartList
from segmind_studio.ui.data.inspector.bulk_preview import CaptionPreview
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts import ActionButton, FlowLayout, text_label
from segmind_studio.ui.parts.layouts import scrolling
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

_FIRST = 100  # of the free height, by what the preview takes
_PREVIEWED = 200
_AT_ONCE = 500  # photos that are shown in the turn in which they are selected
_SLICE = 250  # captions that are looked at without a pause: a key is answered within 8 ms, patterns included


def _soon(parent: QWidget, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent, singleShot=True, interval=0)
    timer.timeout.connect(slot)
    return timer


@dataclass(slots=True)
class _PreviewWork:
    """What is known of an edit: the photos that it was not tried on yet (the next one last), and what it does."""

    left: list[Photo]
    changes: list[tuple[Photo, str]] = field(default_factory=list[tuple[Photo, str]])
    new: dict[str, str] = field(default_factory=dict[str, str])  # by photo id, as `BulkPanel.apply` has them
    readings: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    skipped: int = 0  # photos that have the text already


class BulkPanel(QWidget):
    """Edit the captions of several photos at once.

    Signals: apply(dict[str, str], dict[str, tuple[str, ...]]), the new captions that differ and the new readings
    of those that stay in doubt, by photo id; GUI thread.
    """

    apply = Signal(object, object)

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None, *, at_once: bool = True) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self._photos: tuple[Photo, ...] = ()
        self._new: dict[str, str] = {}
        self._work = _PreviewWork([])
        self._next, self._describe_soon = _soon(self, self._look_at_some), _soon(self, self._describe)
        self._readings: dict[str, tuple[str, ...]] = {}
        self.rest = self._make(actions)
        if at_once:
            finish(self.rest)

    def _make(self, actions: PhotoActions) -> Iterator[None]:
        self._heading = text_label("", "section", wrap=False)
        self._shared = text_label("", "muted")
        self.form = BulkForm()
        yield
        self._summary = text_label("", "small")
        self._preview = CaptionPreview()
        self.parts = CaptionPartList()
        self.parts.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # the form goes first
        self._apply = mark(QPushButton(), kind="primary")
        self._apply.setObjectName("data.bulk.apply")
        buttons = FlowLayout(spacing=SPACE_S)
        for action in (actions.exclude, actions.include, actions.remove):
            buttons.addWidget(ActionButton(action))
        yield
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._page = page = QWidget()
        self._upper = scrolling(page, self)  # what is asked for, with its button below; scrolls in a low window
        whole.addWidget(self._upper, _FIRST)
        page.installEventFilter(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_XS)
        column.setSpacing(SPACE_XS)
        column.addWidget(self._heading)
        column.addWidget(self._shared)
        column.addSpacing(SPACE_S)
        column.addLayout(buttons)
        column.addSpacing(SPACE_S)
        column.addWidget(self.form)
        yield
        lower = QVBoxLayout()
        lower.setContentsMargins(SPACE_L, SPACE_XS, SPACE_L, SPACE_L)
        lower.setSpacing(SPACE_S)
        lower.addWidget(self._apply)
        lower.addWidget(self._summary)
        room = QWidget()  # keeps everything else in its place while the preview is hidden
        inside = QVBoxLayout(room)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._preview)
        inside.addWidget(self.parts)
        lower.addWidget(room, 1)
        whole.addLayout(lower, 1)
        self.form.changed.connect(self._show_preview)
        self.form.submitted.connect(self._apply.click)
        self._apply.clicked.connect(self._submit)
        self._show_preview()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Let the part above the button be no higher than what is in it."""
        layout = self._page.layout()
        sized = event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize}
        if sized and watched is self._page and layout is not None:
            most = layout.totalHeightForWidth(self._page.width())
            if most != self._upper.maximumHeight():
                self._upper.setMaximumHeight(most)
                layout.invalidate()  # while it is being shown, the page would keep places for its former height
        return False

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show what these photos' captions share, and the preview of the edit."""
        if tuple(photos) == self._photos:
            return
        self._photos = tuple(photos)
        self._heading.setText(
            ngettext("{count} photo selected", "{count} photos selected", len(photos)).format(count=len(photos))
        )
        if len(photos) > _AT_ONCE:  # in a turn of the window's own, after the edit of so many is shown
            self._work = _PreviewWork([])
            self._next.stop()
            self._apply.setEnabled(False)
            self._describe_soon.start()
        else:
            self._describe()

    @Slot()
    def _describe(self) -> None:
        """Say what the captions share, and show the preview of the edit."""
        photos = self._photos
        self._describe_soon.stop()
        self._shared.setText(self._shared_text(shared([photo.caption for photo in photos])))
        self.parts.show_photos(photos)
        self.form.set_shared(", ".join(shared_parts([photo.caption for photo in photos])) if photos else "")
        self._show_preview()

    def _shared_text(self, found: Shared) -> str:
        empty = len([photo for photo in self._photos if not photo.caption or photo.caption.isspace()])
        if found.same:
            if not found.start.strip():
                return _("No captions.")
            return _("All have the same caption: “{text}”").format(text=cut(found.start))
        words = ngettext("{count} different caption.", "{count} different captions.", found.different)
        parts = [words.format(count=found.different)]
        if found.start.strip():
            parts.append(_("All begin with “{text}”.").format(text=cut(found.start)))
        if found.end.strip():
            parts.append(_("All end with “{text}”.").format(text=cut(found.end)))
        if empty:
            parts.append(ngettext("{count} is empty.", "{count} are empty.", empty).format(count=empty))
        return sentences(*parts)

    @Slot()
    def _show_preview(self) -> None:
        edit = self.form.edit
        self.form.show_error()
        self._work = _PreviewWork(list(self._photos[::-1]) if edit.complete else [])
        self._look_at_some()

    @Slot()
    def _look_at_some(self) -> None:
        """Work out what the edit does to a part of the photos; of many, the rest follows between other events."""
        edit, work = self.form.edit, self._work
        part = work.left[-_SLICE:][::-1]
        del work.left[-_SLICE:]
        skips, change = edit.skipping, edit.change
        for photo in part:
            caption = photo.caption
            if skips(caption):
                work.skipped += 1
            elif (new := change(caption)) != caption:
                work.changes.append((photo, new))
                work.new[photo.photo_id] = new
                if photo.caption_readings:
                    work.readings[photo.photo_id] = edited_readings(edit, photo, new)
        if work.left:
            self._apply.setEnabled(False)  # what it would change is not known yet
            self._next.start()
        else:
            self._next.stop()
            self._show_changes(edit)

    def _show_changes(self, edit: BulkEdit) -> None:
        changes, self._new, self._readings = self._work.changes, self._work.new, self._work.readings
        count = len(changes)
        self._preview.show_changes(changes[:_PREVIEWED])
        self.parts.setVisible(not changes)
        if not edit.complete:
            nothing = edit.kind is EditKind.SHARED and not edit.find
            words = "" if self.parts.rows.rowCount() else _("Preview appears here.")  # they have its room
            self._summary.setText(_("No part is in all captions.") if nothing else words)
        else:
            words = ngettext(
                "{count} of {all} captions would change.", "{count} of {all} captions would change.", count,
            ).format(count=count, all=len(self._photos))
            skipped = self._work.skipped
            have = ngettext("{count} already has it.", "{count} already have it.", skipped).format(count=skipped)
            more = _("Only the first {count} are shown.").format(count=_PREVIEWED)
            self._summary.setText(sentences(words, have if skipped else "", more if count > _PREVIEWED else ""))
        self._summary.setVisible(bool(self._summary.text()))
        self._apply.setText(
            ngettext("Change {count} caption", "Change {count} captions", count).format(count=count)
        )
        self._apply.setEnabled(bool(changes))

    @Slot()
    def _submit(self) -> None:
        if self._new:
            new, self._new = self._new, {}
            self.apply.emit(new, self._readings)
            self.form.clear()
