"""The window of the set at a glance: a page for each plot, and a line about the marked photos."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.glance import MEASURED, USED_PIXELS, GlancePlot, PlotKind, PlotSpot, below_used_size
from segmind_studio.core.likeness import BLURRED, PictureMeasures
from segmind_studio.formats import number, size_in_pixels
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.data.facts import photos_text, shapes
from segmind_studio.ui.data.glance.chart import GlanceChart
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.sight import open_at
from segmind_studio.ui.theme.direction import in_a_row
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 760, 600


class GlanceWindow(QDialog):
    """Show the plots of a service's dataset, up to date while it is open.

    Signals: chosen(frozenset[str]), photos to select in the grid, by their ids; GUI thread.
    """

    chosen = Signal(object)

    def __init__(self, datasets: DatasetService, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.glance")
        self.setWindowTitle(_("Dataset overview"))
        open_at(self, _WIDTH, _HEIGHT)
        self._datasets = datasets
        self._measurer = thumbnails.measurer
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.setAccessibleName(self.windowTitle())
        self._charts: dict[PlotKind, GlanceChart] = {}
        titles = {
            PlotKind.SIZES: _("Sizes"), PlotKind.RATIOS: _("Ratios"), PlotKind.SHARPNESS: _("Sharpness"),
            PlotKind.CAPTIONS: _("Caption lengths"), PlotKind.LIKENESS: _("Similarity"),
        }
        for kind, title in titles.items():
            chart = GlanceChart(spot_words, thumbnails)
            chart.setObjectName(f"data.glance.{kind}")
            chart.setAccessibleName(title)
            chart.pointed.connect(self._show_spot)
            chart.chosen.connect(self.chosen)
            self._charts[kind] = chart
            self._tabs.addTab(chart, title)
        self._summary = text_label("", "muted")
        self._summary.setObjectName("data.glance.summary")
        self._spot = ElidedLabel("")
        self._spot.setObjectName("data.glance.spot")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._spot)
        self._below = QHBoxLayout()
        self._below.setSpacing(SPACE_M)
        self._below.addWidget(self._summary, 1)
        column.addLayout(self._below)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._draw)
        self._tabs.currentChanged.connect(self._draw)
        datasets.dataset_changed.connect(self._draw_soon)
        self._measurer.changed.connect(self._draw_measured)
        self._measurer.plotted.connect(self._show_plot)

    def add_tool(self, button: QWidget) -> None:
        """Put a button beside what is said of the plot."""
        self._below.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def kind(self) -> PlotKind:
        """Return which plot is shown."""
        return tuple(self._charts)[self._tabs.currentIndex()]

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()
        self._charts[self.kind].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _draw_soon(self) -> None:
        if self.isVisible():
            self._soon.start()  # one drawing for many changes in a row

    @Slot()
    def _draw_measured(self) -> None:
        if self.kind in MEASURED:
            self._draw_soon()

    @Slot()
    def _draw(self) -> None:
        """Ask for the plot that is shown, and have the photos measured where it needs that."""
        dataset, kind = self._datasets.dataset, self.kind
        if kind in MEASURED:
            self._measurer.measure(dataset.photos)
        self._measurer.plot(kind, dataset.photos)
        self._summary.setText(summary_text(kind, dataset, self._measurer.of(dataset.photos)))
        self._show_spot(self._charts[kind].current)

    @Slot(object)
    def _show_plot(self, plot: GlancePlot) -> None:
        self._charts[plot.kind].set_plot(plot)
        if plot.kind is self.kind:
            self._show_spot(self._charts[plot.kind].current)

    @Slot(object)
    def _show_spot(self, spot: PlotSpot | None) -> None:
        hint = _("Use the mouse or the arrow keys. Enter selects; plus and minus zoom.")
        self._spot.setText(spot_words(spot) if spot is not None else hint)


def spot_words(spot: PlotSpot) -> str:
    """Return what is said about a spot: the photo's name, size and caption length, or how many there are."""
    first = spot.photos[0]
    size = size_in_pixels(*first.edited_size)
    if len(spot.photos) > 1:
        return in_a_row((photos_text(len(spot.photos)), size))
    length = len(first.caption.strip())
    words = ngettext("caption of {count} character", "caption of {count} characters", length)
    facts = (first.path.name, size, words.format(count=length) if length else _("no caption"))
    return in_a_row((*facts, _("excluded")) if first.excluded else facts)


def summary_text(kind: PlotKind, dataset: Dataset, measures: Mapping[str, PictureMeasures]) -> str:
    """Return in a sentence or two what a plot shows of the photos that go into the package."""
    used = dataset.used
    if not used:
        return _("No photos are included yet.")
    if kind is PlotKind.SIZES:
        small = sum(map(below_used_size, used))
        return sentences(
            _("The dashed line shows the size used in training, about {number} MP.").format(
                number=number(USED_PIXELS / 1e6, 0),
            ),
            _("{count} of {all} are smaller and will be enlarged.").format(count=small, all=len(used)),
            _("Rings show excluded photos."),
        )
    if kind is PlotKind.RATIOS:
        return _("Included: {shapes}.").format(shapes=shapes(used))
    if kind is PlotKind.CAPTIONS:
        return _captions_text(used)
    known = [measures[photo.photo_id] for photo in used if photo.photo_id in measures]
    missing = len(used) - len(known)
    later = _("{count} of {all} are not measured yet.").format(count=missing, all=len(used))
    if kind is PlotKind.LIKENESS:
        words = _("Photos with similar colours and brightness are close together, also flipped ones.")
        return sentences(words, later if missing else "")
    blurred = sum(found.sharpness < BLURRED for found in known)
    return sentences(
        _("Photos left of the dashed line look blurred: {count} of {all}.").format(count=blurred, all=len(known)),
        later if missing else "",
    )


def _captions_text(used: tuple[Photo, ...]) -> str:
    lengths = [len(photo.caption.strip()) for photo in used]
    return sentences(
        _("{count} of {all} have no caption.").format(count=lengths.count(0), all=len(used)),
        _("The median length is {count} characters.").format(count=round(median(lengths))),
    )
