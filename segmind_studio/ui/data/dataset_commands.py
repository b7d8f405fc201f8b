"""The commands on whole datasets: duplicate, move photos to a new one, archive, show all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import DatasetSummary, Photo
from segmind_studio.texts import _
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts.question import NameDialog


class DatasetCommands(QObject):
    """Run the actions on whole datasets.

    Signals (GUI thread): toast(str), a short message; opened(), the user opened another dataset.
    """

    toast = Signal(str)
    opened = Signal()

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        actions = parts.actions
        for action, slot in (
            (actions.duplicate, self._duplicate), (actions.split, self._ask_split),
            (actions.archive, self._archive), (actions.all_datasets, self._show_all),
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
                          "All datasets…").format(name=name))

    @Slot()
    def _show_all(self) -> None:
        from segmind_studio.ui.data.all_datasets import AllDatasetsDialog  # noqa: PLC0415  # when first needed

        parts = self._parts
        dialog = AllDatasetsDialog(parts.datasets.listing, parts.thumbnails, parts.screen)
        dialog.open_wanted.connect(self._open)
        dialog.archive_wanted.connect(self._put_away)
        dialog.restore_wanted.connect(self._take_back)
        dialog.delete_wanted.connect(self._delete)
        dialog.open()

    @Slot(object)
    def _open(self, summary: DatasetSummary) -> None:
        """Open a dataset; one that was archived is taken back."""
        datasets = self._parts.datasets
        if summary.archived:
            datasets.restore_from_archive(summary.dataset_id)
        if summary.dataset_id != datasets.dataset.dataset_id:
            datasets.open(summary.dataset_id)
        self.opened.emit()

    @Slot(object)
    def _put_away(self, summary: DatasetSummary) -> None:
        self._parts.datasets.archive(summary.dataset_id)

    @Slot(object)
    def _take_back(self, summary: DatasetSummary) -> None:
        self._parts.datasets.restore_from_archive(summary.dataset_id)

    @Slot(object)
    def _delete(self, summary: DatasetSummary) -> None:
        self._parts.datasets.delete(summary.dataset_id)
        self.toast.emit(_("“{name}” deleted.").format(name=summary.name))

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
