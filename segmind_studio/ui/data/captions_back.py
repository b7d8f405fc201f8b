"""Ask before captions are written beside the photos: every file that would change, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.caption_files import CaptionFile, CaptionFiles
from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _, listed, ngettext, sentences
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 640, 480
_NAMED = 5  # refused files, of each reason
_ROLE = Qt.ItemDataRole.UserRole


class CaptionsBackDialog(QDialog):
    """List the caption files that differ from the dataset, and write those that stay checked. It deletes itself.

    Signals, after the files were written, GUI thread: saved(CaptionFiles); written(str), a short message.
    """

    saved = Signal(object)
    written = Signal(str)

    def __init__(
        self, look: Callable[[], CaptionFiles], write: Callable[[Iterable[CaptionFile]], CaptionFiles],
        tasks: TaskRunner, parent: QWidget,
    ) -> None:
        """`look` returns what would be written, `write` writes it; both block, and run in the pool of `tasks`."""
        super().__init__(parent)
        self.setObjectName("data.captions_back")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Save captions as text files"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._tasks = tasks
        self._write_files = write
        self.sentence = text_label(_("Checking the files…"))
        self.files = QListWidget()
        self.files.setObjectName("data.captions_back.files")
        self.files.setAccessibleName(_("Files to save"))
        self.files.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.files.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.refused = text_label("", "muted")
        self.refused.hide()
        buttons = ButtonBox()
        self.write = buttons.addButton(_("Save files"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.write.setObjectName("data.captions_back.write")
        self.write.setEnabled(False)
        cancel = self._cancel = buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.sentence)
        column.addWidget(self.files, 1)
        column.addWidget(self.refused)
        column.addWidget(buttons)
        guard_scroll_areas(self)
        buttons.accepted.connect(self._write)
        buttons.rejected.connect(self.reject)
        self.files.itemChanged.connect(self._count)
        tasks.run(look, self._list, self._fail)

    @property
    def chosen(self) -> tuple[CaptionFile, ...]:
        """Return the files that are checked."""
        items = (self.files.item(row) for row in range(self.files.count()))
        return tuple(item.data(_ROLE) for item in items if item.checkState() is Qt.CheckState.Checked)

    @Slot(object)
    def _list(self, found: CaptionFiles) -> None:
        for file in found.files:
            item = QListWidgetItem(_line(file))
            before = _("This file does not exist yet.") if file.before is None else _text(file.before)
            item.setToolTip(plain_tip(_("{folder}\nNow: {before}").format(folder=file.path.parent, before=before)))
            item.setData(_ROLE, file)
            item.setCheckState(Qt.CheckState.Checked if file.proposed else Qt.CheckState.Unchecked)
            self.files.addItem(item)
        refused = _refusals(found)
        self.refused.setText(refused)
        self.refused.setVisible(bool(refused))
        self._count()
        if not found.files:
            self._say_nothing(found)

    @Slot()
    def _count(self) -> None:
        new = sum(file.before is None for file in self.chosen)
        replaced = len(self.chosen) - new
        self.write.setEnabled(bool(self.chosen))
        made = ngettext("{count} file is new", "{count} files are new", new).format(count=new)
        over = ngettext("{count} is replaced", "{count} are replaced", replaced).format(count=replaced)
        # Translators: {made} is such as “3 files are new”, {over} such as “2 are replaced”.
        self.sentence.setText(_("{made}, {over}. Your photos are not changed.").format(made=made, over=over))

    def _say_nothing(self, found: CaptionFiles) -> None:
        """Say that there is nothing to save, and why."""
        refused = self.refused.text()
        if not found.saved:
            self.sentence.setText(refused or _("No captions."))
            self.refused.hide()
        elif refused:
            self.sentence.setText(_("All other captions are already saved next to their photos."))
        else:
            self.sentence.setText(_("All captions are already saved next to their photos."))
        self.files.hide()  # an empty list says nothing more
        self.write.hide()
        self._cancel.setText(_("Close"))
        self.resize(self.width(), self.sizeHint().height())

    @Slot()
    def _write(self) -> None:
        self.write.setEnabled(False)
        self._tasks.run(partial(self._write_files, self.chosen), self._done, self._fail)

    @Slot(object)
    def _done(self, written: CaptionFiles) -> None:
        count = len(written.files)
        words = ngettext("{count} caption file saved.", "{count} caption files saved.", count)
        told, refused = words.format(count=count), _refusals(written)
        self.saved.emit(written)
        self.written.emit(sentences(told, refused))
        self.accept()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.sentence.setText(str(error))


def _text(data: bytes) -> str:
    return " ".join(data.decode("utf-8", "replace").split())


def _line(file: CaptionFile) -> str:
    words = _text(file.after)
    if not words:
        # Translators: {name} is a file name.
        return _("{name} · will be empty").format(name=isolated(file.path.name))
    # Translators: {name} is a file name.
    line = _("{name} · new: {caption}") if file.before is None else _("{name} · replaced: {caption}")
    return line.format(name=isolated(file.path.name), caption=isolated(words))


def _refusals(found: CaptionFiles) -> str:
    """Return sentences about what cannot be saved, "" when everything can."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in found.refused:
        by_reason.setdefault(reason, []).append(isolated(name))
    words, count = _("{name}: {reason}"), found.without_folder
    homeless = ngettext(
        "{count} photo comes from a zip or was pasted, so its caption cannot be saved next to it.",
        "{count} photos come from zips or were pasted, so their captions cannot be saved next to them.", count,
    )
    return sentences(
        *(words.format(name=_some_of(names), reason=reason) for reason, names in by_reason.items()),
        homeless.format(count=count) if count else "",
    )


def _some_of(names: list[str]) -> str:
    shown, more = listed(names[:_NAMED]), len(names) - _NAMED
    # Translators: file names.
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown
