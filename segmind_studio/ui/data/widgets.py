"""The parts of the Data place, made together so that the screen and its commands can share them."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtWidgets import QWidget

from segmind_studio.record import record
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.measured_checks import MeasuredChecks
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.caption_offers import CaptionOffers
from segmind_studio.ui.data.checks_drawer import ChecksDrawer
from segmind_studio.ui.data.editor import PhotoEditor
from segmind_studio.ui.data.file_dialogs import FileDialogs
from segmind_studio.ui.data.filter import PhotoFilterBar
from segmind_studio.ui.data.folder_bar import FolderBar
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.view import PhotoGrid
from segmind_studio.ui.data.header import DataHeader
from segmind_studio.ui.data.inspector.inspector import PhotoInspector
from segmind_studio.ui.data.intake_bars import IntakeReport, ScanBar, ZipNameChoice
from segmind_studio.ui.data.package_bar import ExportedBar, PackageBar
from segmind_studio.ui.data.words_panel import WordsPanel
from segmind_studio.ui.parts import ErrorBanner


@record
class DataWidgets:
    """The services that the place works with, and its widgets."""

    screen: QWidget
    datasets: DatasetService
    thumbnails: Thumbnails
    measured: MeasuredChecks
    settings: SettingsService
    actions: PhotoActions
    editor: PhotoEditor
    dialogs: FileDialogs
    model: PhotoModel
    grid: PhotoGrid
    header: DataHeader
    filters: PhotoFilterBar
    error: ErrorBanner
    scan_bar: ScanBar
    skipped: IntakeReport
    offers: CaptionOffers
    folder_news: FolderBar
    zip_names: ZipNameChoice
    drawer: ChecksDrawer
    words: WordsPanel
    inspector: PhotoInspector
    package_bar: PackageBar
    exported: ExportedBar


def widgets_in_pieces(  # noqa: PLR0913  # what they work with
    screen: QWidget, datasets: DatasetService, thumbnails: Thumbnails, settings: SettingsService, *,
    editor: PhotoEditor, actions: PhotoActions, measured: MeasuredChecks,
) -> Generator[None, None, DataWidgets]:
    """Make the widgets, and return them at the end; none of them is placed or connected yet."""
    model = PhotoModel(screen)
    grid = PhotoGrid(model, thumbnails, files=datasets.files_out)
    yield
    header = DataHeader(actions)
    yield
    filters = PhotoFilterBar()
    yield
    error, scan_bar, skipped, offers = ErrorBanner(), ScanBar(), IntakeReport(), CaptionOffers()
    yield
    folder_news, zip_names, exported = FolderBar(actions.locate), ZipNameChoice(), ExportedBar()
    yield
    drawer = ChecksDrawer()
    yield
    words = WordsPanel()
    yield
    inspector = PhotoInspector(thumbnails, actions, at_once=False)
    yield from inspector.rest
    yield
    return DataWidgets(
        screen=screen, datasets=datasets, thumbnails=thumbnails, measured=measured, settings=settings,
        actions=actions, editor=editor,
        dialogs=FileDialogs(screen), model=model, grid=grid, header=header, filters=filters, error=error,
        scan_bar=scan_bar, skipped=skipped, offers=offers, folder_news=folder_news, zip_names=zip_names,
        drawer=drawer, words=words, inspector=inspector, package_bar=PackageBar(actions), exported=exported,
    )
