"""The commands on whole datasets: duplicate, move photos to a new one, put away, take back, delete."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.datasets import DatasetSummary, Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.dataset_list import DatasetList
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.question import NameDialog, Question
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 420, 360


class ArchivedDialog(QDialog):
    """List the datasets that were put away; it deletes itself.

    Signals (GUI thread): reopen_wanted(str), the id of the dataset to take back; delete_wanted(str, str), the id
    and the name of one to delete, after the user was asked. It stays open then.
    """

    reopen_wanted = Signal(str)
    delete_wanted = Signal(str, str)

    def __init__(self, archived: Sequence[DatasetSummary], thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data.archived")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Archived datasets"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._list = DatasetList(archived, thumbnails)
        self._list.setObjectName("data.archived_list")
        self._list.setAccessibleName(_("Archived datasets"))
        self._list.setCurrentRow(0)
        self._sentence = text_label("", "muted")
        buttons = ButtonBox()
        self._reopen = buttons.addButton(_("Open again"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._reopen.setObjectName("data.reopen")
        # The role that is at the far side on every desktop: beside Cancel, it would be hit by mistake.
        self._delete = buttons.addButton(_("Delete…"), QDialogButtonBox.ButtonRole.ResetRole)
        self._delete.setObjectName("data.delete")
        self._delete.setAutoDefault(False)
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self._sentence)
        column.addWidget(self._list, 1)
        column.addWidget(buttons)
        guard_scroll_areas(self)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        self._list.itemActivated.connect(self._choose)
        self._delete.clicked.connect(self._ask)
        key = finish_before(QAction(self._list))
        key.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        key.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        key.triggered.connect(self._ask)
        self._list.addAction(key)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        some = self._list.count() > 0
        none = _("No archived datasets. To archive the open one, choose Dataset, Archive dataset.")
        self._sentence.setText(_("Archived datasets are hidden, not deleted.") if some else none)
        for button in (self._reopen, self._delete):
            button.setEnabled(some)

    @Slot()
    def _ask(self) -> None:
        summary = self._list.chosen
        if summary is None:
            return
        question = Question(
            self, title=_("Delete “{name}”?").format(name=isolated(summary.name)),
            text=_("Its captions, edits and history are deleted from the app. The photo files stay where they "
                   "are, and so do the runs that used it, with their sheets. This cannot be undone."),
            verb=_("Delete"), subject=summary.dataset_id,
        )
        question.confirmed.connect(self._confirmed)
        question.open()

    @Slot(str)
    def _confirmed(self, dataset_id: str) -> None:
        summary = self._list.take(dataset_id)
        if summary is not None:
            self.delete_wanted.emit(dataset_id, summary.name)
        self._follow()

    @Slot()
    def _choose(self) -> None:
        if (summary := self._list.chosen) is not None:
            self.reopen_wanted.emit(summary.dataset_id)
        self.accept()


class DatasetCommands(QObject):
    """Run the actions on whole datasets.

    Signals: toast(str), a short message; GUI thread.
    """

    toast = Signal(str)

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        actions = parts.actions
        for action, slot in (
            (actions.duplicate, self._duplicate), (actions.split, self._ask_split),
            (actions.archive, self._archive), (actions.archived, self._show_archived),
            (actions.add_other, self._show_others),
        ):
            action.triggered.connect(slot)

    @Slot()
    def _duplicate(self) -> None:
        datasets = self._parts.datasets
        # Translators: the name of the copy of a dataset.
        datasets.duplicate(_("{name} (copy)").format(name=datasets.dataset.name))
        self.toast.emit(_("You are now working on the copy. The original is unchanged."))

    @Slot()
    def _ask_split(self) -> None:
        """Ask for the name of the new dataset."""
        # Translators: the proposed name of a dataset with some of the photos of {name}.
        name = _("{name} (part)").format(name=self._parts.datasets.dataset.name)
        dialog = NameDialog(
            self._parts.screen, title=_("Move to a new dataset"), label=_("Name of the new dataset"), name=name,
        )
        dialog.setObjectName("data.split")
        dialog.textValueSelected.connect(self._split)
        dialog.open()

    @Slot(str)
    def _split(self, name: str) -> None:
        self._parts.editor.split(self._parts.grid.selected, name)

    @Slot()
    def _archive(self) -> None:
        name = self._parts.datasets.dataset.name
        self._parts.datasets.archive()
        self.toast.emit(_("“{name}” is archived. To open it again, choose Dataset, "
                          "Archived datasets…").format(name=name))

    @Slot()
    def _show_archived(self) -> None:
        dialog = ArchivedDialog(self._parts.datasets.archived, self._parts.thumbnails, self._parts.screen)
        dialog.reopen_wanted.connect(self._parts.datasets.reopen)
        dialog.delete_wanted.connect(self._delete)
        dialog.open()

    @Slot(str, str)
    def _delete(self, dataset_id: str, name: str) -> None:
        """Delete an archived dataset; one that was opened again meanwhile is kept."""
        if dataset_id in {summary.dataset_id for summary in self._parts.datasets.archived}:
            self._parts.datasets.delete(dataset_id)
            self.toast.emit(_("“{name}” deleted.").format(name=name))

    @Slot()
    def _show_others(self) -> None:
        from segmind_studio.ui.data.other_datasets import OtherDatasetsDialog  # noqa: PLC0415  # when first needed

        parts = self._parts
        dialog = OtherDatasetsDialog(parts.datasets, parts.thumbnails, parts.screen)
        dialog.chosen.connect(self._add_copies)
        dialog.open()

    @Slot(object, str)
    def _add_copies(self, photos: Sequence[Photo], name: str) -> None:
        """Add photos of another dataset in one step, and show the first of them."""
        parts = self._parts
        known = frozenset(parts.datasets.known())
        copies = tuple(photo for photo in photos if photo.path not in known)
        parts.editor.add_copies(copies, name, left_out=len(photos) - len(copies))
        if copies:
            parts.grid.select(frozenset(photo.photo_id for photo in copies), copies[0].photo_id)
