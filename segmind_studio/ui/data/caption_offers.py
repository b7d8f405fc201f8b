"""Captions that changed on the disk since they were read: use them, or keep those of the dataset."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from segmind_studio.core.datasets import Dataset, Photo, ScanReport, Severity
from segmind_studio.services.datasets.dataset_changes import CaptionState
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.inspector.bulk_edits import around_change
from segmind_studio.ui.parts import Banner, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.tokens import SPACE_S

_LISTED = 200
_LINES = 7


class CaptionOffers(Banner):
    """Offer changed captions until the user decides; hidden when there are none.

    Signals (GUI thread): taken and kept(dict[str, CaptionState]), the captions on the disk by photo id.
    """

    taken = Signal(object)
    kept = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Severity.INFO, parent=parent)
        self.setObjectName("data.offers")
        self._states: dict[Path, CaptionState] = {}  # what the disk has
        self._offered: list[tuple[Photo, CaptionState]] = []  # those of them that differ from the dataset
        self._list = QTreeWidget()
        self._list.setAccessibleName(_("Different captions"))
        self._list.setHeaderLabels([_("Photo"), _("Your caption"), _("On disk")])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._list.setFixedHeight(self._list.fontMetrics().lineSpacing() * _LINES + 2 * SPACE_S)
        self._more = text_label("", "small")
        self.take = QAction(_("Use captions from disk"), self)
        self.show_list = QAction(_("Show"), self)
        self.show_list.setCheckable(True)
        self.keep = QAction(_("Keep my captions"), self)
        self.set_actions((self.take, self.show_list, self.keep))
        self.text_column.addWidget(self._list)
        self.text_column.addWidget(self._more)
        self.take.triggered.connect(self._take)
        self.keep.triggered.connect(self._keep)
        self.show_list.toggled.connect(self._show_lines)
        self.clear()

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the captions side by side: yours, and the one on the disk."""
        return tuple((photo.caption, state.text) for photo, state in self._offered)

    def offer(self, report: ScanReport, dataset: Dataset) -> None:
        """Offer captions that were found for known photos; they replace earlier offers, or withdraw them."""
        for path in report.unchanged if self._states else ():
            self._states.pop(path, None)
        readings = dict(report.readings)
        self._states |= {path: CaptionState(text, text, readings.get(path, ())) for path, text in report.offered}
        self.follow(dataset)

    def follow(self, dataset: Dataset) -> None:
        """Drop offers that no longer differ: used, kept, edited by hand, or the photo was removed."""
        offered = [
            (photo, state)
            for photo in (dataset.photos if self._states else ())
            if (state := self._states.get(photo.path)) is not None
            and state.text not in {photo.caption, photo.original_caption}
        ]
        if offered == self._offered:
            return
        self._offered = offered
        count = len(offered)
        words = ngettext(
            "{count} caption on disk differs from yours.", "{count} captions on disk differ from yours.", count
        )
        self.set_message(Severity.INFO, words.format(count=count))
        self.take.setText(ngettext("Use caption from disk", "Use captions from disk", count))
        self._show_lines(unfolded=self.show_list.isChecked())
        self.setVisible(bool(offered))

    def clear(self) -> None:
        """Drop all offers: another dataset is open."""
        self._states.clear()
        self._offered.clear()
        self.show_list.setChecked(False)
        self._show_lines(unfolded=False)
        self.hide()

    @Slot()
    def _take(self) -> None:
        self.taken.emit({photo.photo_id: state for photo, state in self._offered})

    @Slot()
    def _keep(self) -> None:
        self.kept.emit({photo.photo_id: state for photo, state in self._offered})

    @Slot(bool)
    def _show_lines(self, unfolded: bool) -> None:  # noqa: FBT001  # a slot has the signal's arguments
        self.show_list.setText(_("Hide") if unfolded else _("Show"))
        self._list.clear()
        self._list.setVisible(unfolded)
        for photo, state in self._offered[:_LISTED] if unfolded else ():
            item = QTreeWidgetItem([photo.path.name, *around_change(photo.caption, state.text)])
            for column, whole in enumerate((str(photo.path), photo.caption, state.text)):
                item.setToolTip(column, plain_tip(whole))
            self._list.addTopLevelItem(item)
        left = len(self._offered) - _LISTED
        self._more.setText(_("Only the first {count} are shown.").format(count=_LISTED))
        self._more.setVisible(unfolded and left > 0)
