"""The place Data: add, check, caption and pack photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QHideEvent, QResizeEvent, QUndoStack
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.caption_terms import NO_VOCABULARY
from segmind_studio.core.datasets import Dataset, PackageInfo, ScanProgress, ScanReport
from segmind_studio.core.errors import StudioError
from segmind_studio.core.file_uris import local_paths
from segmind_studio.core.photo_edits import NO_EDIT
from segmind_studio.services.datasets.caption_writer import CaptionWriter
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.measured_checks import MeasuredChecks
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.crop.handlers import PictureCommands
from segmind_studio.ui.data.dataset_commands import DatasetCommands
from segmind_studio.ui.data.editor import PhotoEditor
from segmind_studio.ui.data.filter import PhotoFilter
from segmind_studio.ui.data.fit.commands import FitCommands
from segmind_studio.ui.data.focus.commands import FocusCommands
from segmind_studio.ui.data.grid.view import NoPhotos, NothingMatches
from segmind_studio.ui.data.handlers import PhotoCommands
from segmind_studio.ui.data.history_panel import HistoryPanel
from segmind_studio.ui.data.lasting_undo import LastingUndo
from segmind_studio.ui.data.overview_export import OverviewExport
from segmind_studio.ui.data.picture_checks import PictureChecks
from segmind_studio.ui.data.trainer_export import TrainerExport
from segmind_studio.ui.data.widgets import DataWidgets, widgets_in_pieces
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.density import density_named
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.place import Place
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

if TYPE_CHECKING:
    from segmind_studio.services.datasets.spelling import Spelling
    from segmind_studio.ui.data.caption_aids import CaptionAids

_PHOTO_ID, _EXCLUDED = attrgetter("photo_id"), attrgetter("excluded")  # quicker than a loop over many photos
_GRID_WIDTH = 760
_INSPECTOR_WIDTH = 360
_MOST_FOR_BARS = 0.6  # of the height, so that the photos stay visible


class Bars(QWidget):
    """Stack bars that are mostly hidden; hidden ones take no space."""

    def __init__(self, widgets: Sequence[QWidget]) -> None:
        super().__init__()
        self._widgets = tuple(widgets)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_L, 0, SPACE_L, 0)
        self._column.setSpacing(SPACE_S)
        for widget in widgets:
            self._column.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            below = 0 if all(widget.isHidden() for widget in self._widgets) else SPACE_M
            self._column.setContentsMargins(SPACE_L, 0, SPACE_L, below)
        return super().event(event)


class BarsArea(ScrollArea):
    """Bars as high as they need to be, up to a part of the page; then they scroll."""

    def __init__(self, bars: Bars, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = bars
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        bars.setProperty("page", True)
        self.setWidget(bars)
        bars.installEventFilter(self)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        needed, most = self._heights()
        return QSize(super().sizeHint().width(), min(needed, most))

    def _heights(self) -> tuple[int, int]:
        """Return the height that the bars need without a scroll bar, and the most that they get."""
        page = self.parentWidget()
        needed = self._bars.heightForWidth(max(1, self.width()))
        return needed, max(1, round(page.height() * _MOST_FOR_BARS)) if page is not None else needed

    def _fit(self) -> None:
        needed, most = self._heights()
        policy = Qt.ScrollBarPolicy  # left to Qt, a bar that is there takes the width that makes it needed
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if needed > most else policy.ScrollBarAlwaysOff)
        self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


def centre(
    box: QWidget, filters: QWidget, news: Bars, pages: QStackedWidget, *drawers: QWidget,
) -> Iterator[None]:
    """Put the filters above the grid and the drawers below it, piece by piece."""
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(filters)
    yield
    column.addWidget(BarsArea(news, box))
    yield
    column.addWidget(pages, 1)
    for drawer in drawers:
        yield
        column.addWidget(drawer)
        drawer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


def put_beside(splitter: QSplitter, left: QWidget, right: QWidget) -> Iterator[None]:
    """Put two parts beside each other, piece by piece; the right one keeps its width when the window grows."""
    splitter.setObjectName("data.splitter")
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(left)
    yield
    splitter.addWidget(right)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    splitter.setSizes([_GRID_WIDTH, _INSPECTOR_WIDTH])


class DataScreen(Place):
    """Build a dataset: photos, captions, checks, package.

    Signals (GUI thread): train_requested(); open_sample(); toast(str), a short message; undo_toast(str), news
    of a step that the undo stack can take back; field_fix(Fix), a fix of a field of the training form;
    versions_wanted(), compare the dataset with a run; captions_back_wanted(), write captions beside the photos;
    go(str), show this place: another dataset was opened.
    """

    place_id = "data"
    icon_name = "images"

    train_requested = Signal()
    open_sample = Signal()
    toast = Signal(str)
    undo_toast = Signal(str)
    field_fix = Signal(object)
    versions_wanted = Signal()
    captions_back_wanted = Signal()
    go = Signal(str)

    def __init__(  # noqa: PLR0913  # what it shows
        self, datasets: DatasetService, thumbnails: Thumbnails, settings: SettingsService, undo: QUndoStack,
        parent: QWidget | None = None, *, writer: CaptionWriter, measured: MeasuredChecks,
        theme: Callable[[], str] = str, actions: PhotoActions | None = None, spelling: Spelling | None = None,
        at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are left to `make_rest` or `complete`."""
        super().__init__(parent)
        self.title = _("Data")
        self._datasets = datasets
        self._thumbnails = thumbnails
        self._settings = settings
        self.lasting = LastingUndo(datasets, undo, self)
        self._writer = writer
        self._theme = theme  # of the training form: the usual instruction for captions follows it
        self._dataset_id = ""
        self._last = (settings.value.dataset_id, settings.value.photo_filter, settings.value.photo_query)
        self._history: HistoryPanel | None = None
        self._empty = True
        self._trigger_word = ""
        self._rest = self._make(
            datasets, thumbnails, settings, undo, actions or PhotoActions(self), spelling, measured,
        )
        if at_once:
            self.complete()

    def _make(  # noqa: PLR0913, PLR0917  # what it shows
        self, datasets: DatasetService, thumbnails: Thumbnails, settings: SettingsService, undo: QUndoStack,
        actions: PhotoActions, spelling: Spelling | None, measured: MeasuredChecks,
    ) -> Iterator[None]:
        self._parts = yield from widgets_in_pieces(
            self, datasets, thumbnails, settings, editor=PhotoEditor(datasets, undo, self), actions=actions,
            measured=measured,
        )
        yield
        self._commands = PhotoCommands(self._parts)
        self._dataset_commands = DatasetCommands(self._parts)
        self._exports = TrainerExport(self._parts)
        self._tables = OverviewExport(self._parts, lambda: self._trigger_word)
        self._fit = FitCommands(self._parts, undo)
        self._edits = PictureCommands(self._parts, undo, self._commands)
        self._focus = FocusCommands(self._parts)
        PictureChecks(self._parts, self._commands, self._theme)
        self._caption_aids = self._aids(spelling)
        yield
        self._show_all = QAction(_("Show all photos"), self)
        self._no_photos = NoPhotos(self._parts.actions)
        self._nothing = NothingMatches(self._show_all)
        self._pages = QStackedWidget()
        for page in (self._parts.grid, self._no_photos, self._nothing):
            self._pages.addWidget(page)
        yield
        yield from self._lay_out()
        yield
        self._connect(self._parts)
        density = density_named(settings.value.density)
        self._parts.grid.set_density(density)
        self._parts.actions.densities[density.name].setChecked(True)
        self.setAcceptDrops(True)
        self._show_recent()
        self._show_dataset(datasets.dataset)
        self._show_package(datasets.package)
        self._parts.folder_news.show_news(datasets.folder_watch.news)
        self._offer_captions(datasets.folder_watch.found)

    def _lay_out(self) -> Iterator[None]:
        parts = self._parts
        news = Bars((
            parts.error, parts.scan_bar, parts.zip_names, parts.offers, parts.folder_news, parts.skipped,
            parts.exported,
        ))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(parts.header)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)  # before its parts: moving many children is slow
        column.addWidget(splitter, 1)
        yield
        middle = QWidget(splitter)
        yield from centre(middle, parts.filters, news, self._pages, parts.drawer, parts.words)
        parts.drawer.hide()
        parts.words.hide()
        yield
        yield from put_beside(splitter, middle, parts.inspector)
        yield
        column.addWidget(parts.package_bar)

    def _connect(self, parts: DataWidgets) -> None:
        datasets = self._datasets
        datasets.dataset_changed.connect(self._show_dataset)
        datasets.package_changed.connect(self._show_package)
        datasets.scan_progress.connect(self._show_scan)
        datasets.scan_finished.connect(self._end_scan)
        datasets.recent_changed.connect(self._show_recent)
        parts.header.recent_wanted.connect(self._show_recent)
        datasets.export_progress.connect(parts.package_bar.show_export)
        datasets.exporting_changed.connect(self._show_exporting)
        datasets.exported.connect(self._show_exported)
        datasets.failed.connect(self._show_error)
        datasets.folders_changed.connect(parts.folder_news.show_news)
        datasets.located.connect(parts.editor.take_located)
        datasets.captions_found.connect(self._offer_captions)
        parts.model.counted.connect(parts.filters.set_counts)
        for changed in (parts.model.rowsInserted, parts.model.rowsRemoved, parts.model.modelReset):
            changed.connect(self._choose_page)
        parts.grid.chosen.connect(self._follow_selection)
        parts.filters.filtered.connect(self._filter)
        parts.header.open_wanted.connect(datasets.open)
        parts.scan_bar.cancel_wanted.connect(datasets.cancel_scan)
        parts.package_bar.cancel_wanted.connect(datasets.cancel_export)
        parts.inspector.photo.caption_edited.connect(parts.editor.type_caption)
        parts.inspector.photo.caption_left.connect(parts.editor.end_sitting)
        parts.grid.caption_edited.connect(parts.editor.type_caption)
        parts.grid.caption_left.connect(parts.editor.end_sitting)
        parts.inspector.photo.background.chosen.connect(parts.editor.set_background)
        parts.inspector.bulk.apply.connect(parts.editor.change_captions)
        parts.editor.toast.connect(self.undo_toast)
        self._edits.toast.connect(self.undo_toast)
        self._fit.toast.connect(self.undo_toast)
        self._commands.toast.connect(self.toast)
        self._commands.finder.found.connect(self._follow_selection)
        self._dataset_commands.toast.connect(self.toast)
        self._dataset_commands.opened.connect(self._come)
        self._focus.toast.connect(self.toast)
        self._focus.closed.connect(self._follow_selection)
        self._commands.field_fix.connect(self.field_fix)
        self._show_all.triggered.connect(parts.filters.show_all)
        parts.actions.sample.triggered.connect(self.open_sample)
        parts.actions.train.triggered.connect(self.train_requested)
        parts.actions.describe.triggered.connect(self._describe)
        parts.actions.captions_back.triggered.connect(self.captions_back_wanted)
        parts.actions.versions.triggered.connect(self.versions_wanted)
        parts.actions.history.triggered.connect(self._show_history)

    @Slot()
    def _show_recent(self) -> None:
        self._parts.header.set_recent(self._parts.datasets.recent)

    @Slot()
    def _come(self) -> None:
        self.go.emit(self.place_id)

    def _aids(self, spelling: Spelling | None) -> CaptionAids:
        from segmind_studio.ui.data.caption_aids import CaptionAids  # noqa: PLC0415  # not before the paint

        return CaptionAids(self._parts, self._commands, self._focus, spelling)

    # Called by the window

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return self._parts.actions.menu_actions()

    @override
    def activated(self) -> None:
        if self._empty:
            self._no_photos.add.setFocus()
        else:
            self._commands.focus_grid()

    @override
    def foot(self) -> int:
        parts = self._parts
        shown = (part for part in (parts.package_bar, parts.drawer, parts.words) if part.isVisibleTo(self))
        return max(super().foot(), sum(part.height() for part in shown))

    @Slot()
    def choose_photos(self) -> None:
        """Open the dialog for adding photos."""
        self._parts.dialogs.ask_photos()

    @Slot()
    def show_checks(self) -> None:
        """Show what was found about the photos."""
        self._parts.actions.checks.setChecked(True)

    @Slot()
    def _show_history(self) -> None:
        """Open the list of undo steps; it stays open beside the photos."""
        if self._history is None:
            self._history = HistoryPanel(self.lasting, self)
        self._history.show()
        self._history.raise_()

    @Slot(str)
    def prepend_trigger(self, trigger_word: str) -> None:
        """Put this word in front of all captions that do not hold it."""
        self._parts.editor.prepend_trigger(trigger_word)

    @Slot(str)
    def set_trigger_word(self, word: str) -> None:
        """Highlight this word in captions."""
        self._trigger_word = word
        self._parts.inspector.photo.field.set_trigger_word(word)
        self._parts.inspector.bulk.form.set_trigger_word(word)
        self._parts.model.set_trigger_word(word)
        self._parts.grid.inline.set_trigger_word(word)
        self._commands.set_trigger_word(word)
        self._focus.set_trigger_word(word)
        self._caption_aids.set_trigger_word(word)
        self._follow_selection()

    @Slot()
    def _describe(self) -> None:
        from segmind_studio.ui.data.captioning.dialog import CaptionDialog  # noqa: PLC0415  # when first needed

        dialog = CaptionDialog(
            self._writer, self._thumbnails, self._settings, dataset=self._datasets.dataset,
            selected=self._parts.grid.selected, theme=self._theme(), trigger_word=self._trigger_word, parent=self,
        )
        dialog.used.connect(self._parts.editor.use_proposals)
        dialog.open()

    # Signals of the service

    @Slot(object)
    def _show_dataset(self, dataset: Dataset) -> None:
        parts = self._parts
        other = dataset.dataset_id != self._dataset_id
        if other:
            self._dataset_id = dataset.dataset_id
            self.lasting.open()
            parts.error.clear()
            parts.skipped.hide()
            parts.exported.hide()
            parts.zip_names.clear()
            parts.offers.clear()
            parts.filters.show_all()
            if dataset.dataset_id == self._last[0]:  # of the last session, once
                parts.filters.choose(self._last[1])
                if self._last[2]:
                    parts.filters.write(self._last[2])
                self._last = ("", "", "")
        self._thumbnails.set_background(dataset.background)
        first = other or self._empty
        self._empty = not dataset.photos
        parts.model.set_dataset(dataset)
        parts.header.set_dataset(dataset)
        parts.offers.follow(dataset)
        parts.package_bar.show_package(dataset, self._datasets.package)
        self._choose_page()
        if first and dataset.photos:
            wanted = self._settings.value.photo_id
            good = next((photo for photo in dataset.photos if not photo.problem), dataset.photos[0])
            start = wanted if dataset.photo(wanted) else good.photo_id
            parts.grid.select(frozenset({start}))
        self._follow_selection()

    @Slot(object)
    def _show_package(self, package: PackageInfo) -> None:
        parts = self._parts
        vocabulary = package.vocabulary or NO_VOCABULARY
        for user in (parts.words, parts.inspector.bulk.form, self._caption_aids):
            user.set_vocabulary(vocabulary)
        self._commands.finder.show_findings(package, self._trigger_word)
        parts.package_bar.show_package(self._datasets.dataset, package)

    @Slot(object)
    def _show_scan(self, progress: ScanProgress) -> None:
        if self._datasets.scanning:
            self._parts.scan_bar.set_progress(progress)

    @Slot(object)
    def _offer_captions(self, report: ScanReport) -> None:
        self._parts.offers.offer(report, self._datasets.dataset)

    @Slot(object)
    def _end_scan(self, report: ScanReport) -> None:
        parts = self._parts
        parts.scan_bar.setVisible(self._datasets.scanning)
        parts.skipped.show_report(report)
        parts.zip_names.ask(report.zip_names)
        self._offer_captions(report)
        parts.editor.take_intake(report)
        self.lasting.settle()
        if report.added:
            parts.grid.scrollTo(parts.model.index_of(report.added[0].photo_id))

    @Slot(bool)
    def _show_exporting(self, exporting: bool) -> None:  # noqa: FBT001  # a slot takes what the signal gives
        self._parts.package_bar.set_exporting(exporting, self._datasets.package)

    @Slot(object)
    def _show_exported(self, target: Path) -> None:
        self._parts.exported.show_file(target)

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self._parts.error.show_error(error)

    # Display

    @Slot(object)
    def _filter(self, wanted: PhotoFilter) -> None:
        self._parts.grid.filter_by(wanted)
        self._settings.update(photo_filter=wanted.show.value, photo_query=wanted.search)
        self._choose_page()

    @Slot()
    def _choose_page(self) -> None:
        shown = self._parts.model.rowCount() > 0
        page = self._parts.grid if shown else self._no_photos if self._empty else self._nothing
        self._pages.setCurrentWidget(page)

    @Slot()
    def _follow_selection(self) -> None:
        parts, dataset = self._parts, self._datasets.dataset
        selected, current = parts.grid.selected, parts.grid.current
        held = frozenset(map(_PHOTO_ID, selected))
        parts.model.hold(held | self._focus.kept | {photo.photo_id for photo in (current,) if photo})
        parts.inspector.show_selection(dataset, selected, self._commands.finder.findings, self._trigger_word)
        parts.words.set_selected(len(selected))
        out = sum(map(_EXCLUDED, selected))
        parts.actions.follow(
            photos=len(dataset.photos), selected=len(selected), included=len(selected) - out, excluded=out,
            edited=sum([photo.edit is not NO_EDIT and bool(photo.edit) for photo in selected]),
        )
        self._commands.follow_full()
        self._edits.follow()
        self._focus.follow()
        if current is not None:
            self._settings.update(photo_id=current.photo_id)

    # Files dropped on the place

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _paths(event):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._datasets.add(_paths(event))
        event.acceptProposedAction()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        full = self._commands.full_view
        if full is not None:
            full.hide()
        self._edits.close()
        self._focus.close()


def _paths(event: QDropEvent) -> tuple[Path, ...]:
    return local_paths(bytes(url.toEncoded().data()).decode() for url in event.mimeData().urls())
