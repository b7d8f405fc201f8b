"""The commands "Fit to size…", "Fit the new photos" and "Undo fit", and their undo step."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack
from typing_extensions import override

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit
from segmind_studio.formats import bytes_text
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.widgets import DataWidgets


class FitPhotosCommand(QUndoCommand):
    """Change what makes photos smaller; the new fits are by photo id."""

    def __init__(self, datasets: DatasetService, new: Mapping[str, PhotoFit], words: str) -> None:
        super().__init__(words)
        self._datasets = datasets
        self._new = dict(new)
        self._old = {photo.photo_id: photo.fit for photo in datasets.dataset.photos if photo.photo_id in new}

    @override
    def redo(self) -> None:
        self._datasets.set_fits(self._new)

    @override
    def undo(self) -> None:
        self._datasets.set_fits(self._old)


class FitCommands(QObject):
    """Run the commands on the open dataset, and count the photos that its fit leaves out.

    Signals (GUI thread): toast(str), news of a step that can be undone.
    """

    toast = Signal(str)

    def __init__(self, parts: DataWidgets, undo: QUndoStack) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._undo = undo
        parts.actions.fit.triggered.connect(self._ask)
        parts.actions.unfit.triggered.connect(self._take_back)
        self._late: Mapping[str, PhotoFit] = {}
        parts.actions.fit_more.triggered.connect(self._fit_more)
        parts.datasets.dataset_changed.connect(self._follow)
        self._follow(parts.datasets.dataset)

    @Slot()
    def _ask(self) -> None:
        from segmind_studio.ui.data.fit.dialog import FitDialog  # noqa: PLC0415  # when first needed

        dialog = FitDialog(self._parts.datasets, self._parts.thumbnails, self._parts.screen)
        dialog.used.connect(self._use)
        dialog.open()

    @Slot(object)
    def _follow(self, dataset: Dataset) -> None:
        """Offer to fit the photos that came or changed since the fit."""
        self._late = {}
        if dataset.fitted:
            from segmind_studio.core.fit_plan import late_fits  # noqa: PLC0415  # when first needed

            self._late = late_fits(dataset.used)
        count, action = len(self._late), self._parts.actions.fit_more
        words = ngettext("Fit {count} new photo", "Fit {count} new photos", count)
        action.setText(words.format(count=count) if count else _("Fit new photos"))
        action.setEnabled(count > 0)
        self._parts.package_bar.show_late(count)

    @Slot()
    def _fit_more(self) -> None:
        """Do to the photos that came later what the fit did to the others."""
        count = len(self._late)
        words = ngettext("Fit {count} new photo", "Fit {count} new photos", count)
        self._push(self._late, words.format(count=count))
        done = ngettext("{count} new photo fitted.",
                        "{count} new photos fitted.", count)
        self.toast.emit(done.format(count=count))

    @Slot(object, object)
    def _use(self, fits: Mapping[str, PhotoFit], size: int) -> None:
        self._push(fits, _("Fit to {size}").format(size=bytes_text(size)))
        self.toast.emit(_("The package is now {size}.").format(size=bytes_text(size)))

    @Slot()
    def _take_back(self) -> None:
        photos = self._parts.datasets.dataset.photos
        self._push({photo.photo_id: NO_FIT for photo in photos if photo.fit}, _("Remove fit"))
        self.toast.emit(_("The photos are sent at their original size again."))

    def _push(self, fits: Mapping[str, PhotoFit], words: str) -> None:
        now = {photo.photo_id: photo.fit for photo in self._parts.datasets.dataset.photos}
        new = {photo_id: fit for photo_id, fit in fits.items() if now.get(photo_id, fit) != fit}
        if new:
            self._undo.push(FitPhotosCommand(self._parts.datasets, new, words))
