"""Export and import of a run's sheet: the file dialogs, and the messages afterwards."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.run_pages import RunPageService
from segmind_studio.services.runs.run_service import RunFailure, RunService
from segmind_studio.services.runs.run_sheets import RunSheetService, SheetSaved, SheetsSaved
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.banners import ActionBanner
from segmind_studio.ui.runs.page_words import page_order
from segmind_studio.ui.runs.table.view import RunsTable


class SheetActions(QObject):
    """Ask for a file and hand it to the service. Without a service both commands are hidden.

    Signals:
        toast(str): a short message.
        imported(str): the run that was taken in.
    """

    toast = Signal(str)
    imported = Signal(str)

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self, commands: RunCommands, sheets: RunSheetService | None, *, runs: RunService, table: RunsTable,
        banner: ActionBanner, window: QWidget, pages: RunPageService | None = None,
    ) -> None:
        super().__init__(window)
        self._sheets = sheets
        self._runs = runs
        self._table = table
        self._banner = banner
        self._window = window
        self._exporting = ""
        self._several: tuple[str, ...] = ()
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        for action, slot in ((commands.export_sheet, self._ask_target), (commands.import_sheet, self._ask_sheet)):
            action.setVisible(sheets is not None)
            action.triggered.connect(slot)
        self._pages = pages
        commands.export_page.setVisible(pages is not None)
        commands.export_page.triggered.connect(self._ask_page)
        if pages is not None:
            pages.exported.connect(self._page_exported)
            pages.failed.connect(self._page_failed)
        if sheets is not None:
            sheets.exported.connect(self._exported)
            sheets.several_exported.connect(self._several_exported)
            sheets.imported.connect(self._taken_in)
            sheets.failed.connect(self._failed)

    @Slot()
    def _ask_target(self) -> None:
        selected = self._table.selected_ids()
        if len(selected) > 1:
            self._ask_folder(selected)
            return
        run = self._runs.run(selected[0]) if selected else None
        if run is None or self._sheets is None:
            return
        target = self._sheets.default_target(run, Path(self._folder))
        self._exporting = run.run_id
        dialog = self._dialog(_("Export the sheet of “{name}”").format(name=run.name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("json")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that is there is never replaced
        dialog.selectFile(target.name)
        dialog.fileSelected.connect(self._export)
        dialog.open()

    @Slot(str)
    def _export(self, path: str) -> None:
        if self._sheets is not None and path:
            self._sheets.export(self._exporting, Path(path))

    def _ask_folder(self, run_ids: tuple[str, ...]) -> None:
        self._several = run_ids
        dialog = self._dialog(_("Export run sheets"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._export_several)
        dialog.open()

    @Slot(str)
    def _export_several(self, folder: str) -> None:
        if self._sheets is not None and folder:
            self._sheets.export_several(self._several, Path(folder))

    @Slot()
    def _ask_page(self) -> None:
        selected = self._table.selected_ids()
        run = self._runs.run(selected[0]) if len(selected) == 1 else None
        if run is None or self._pages is None:
            return
        self._exporting = run.run_id
        title = _("Export “{name}” as web page").format(name=run.name)
        dialog = self._dialog(title, file_filter(_("Pages"), "*.html"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("html")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # as above
        dialog.selectFile(self._pages.default_target(run, Path(self._folder)).name)
        dialog.fileSelected.connect(self._export_page)
        dialog.open()

    @Slot(str)
    def _export_page(self, path: str) -> None:
        run = self._runs.run(self._exporting)
        if self._pages is not None and path and run is not None:
            self._pages.export(page_order(run, Path(path)))

    @Slot()
    def _ask_sheet(self) -> None:
        dialog = self._dialog(_("Import a run sheet"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._import)
        dialog.open()

    @Slot(str)
    def _import(self, path: str) -> None:
        if self._sheets is not None and path:
            self._sheets.take_in(Path(path))

    def _dialog(self, title: str, kinds: str = "") -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(existing_folder(self._folder)))
        guard_scroll_areas(dialog)
        dialog.setObjectName("runs.sheet_file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheets = [file_filter(_("Run sheets"), "*.json"), file_filter(_("All files"), "*")]
        dialog.setNameFilters([kinds] if kinds else sheets)
        dialog.finished.connect(self._remember)
        return dialog

    @Slot(int)
    def _remember(self, result: int) -> None:
        dialog = self.sender()
        if isinstance(dialog, QFileDialog) and result == QDialog.DialogCode.Accepted:
            self._folder = dialog.directory().absolutePath()

    # -- signals of the service

    @Slot(object)
    def _exported(self, saved: SheetSaved) -> None:
        words = _("Saved “{name}” in {folder}")
        self.toast.emit(words.format(name=saved.path.name, folder=saved.path.parent))

    @Slot(object)
    def _several_exported(self, saved: SheetsSaved) -> None:
        words = ngettext(
            "Saved {count} run sheet in {folder}", "Saved {count} run sheets in {folder}", saved.count,
        )
        self.toast.emit(words.format(count=saved.count, folder=saved.folder))

    @Slot(object)
    def _page_exported(self, path: Path) -> None:
        self.toast.emit(_("Saved “{name}” in {folder}").format(name=path.name, folder=path.parent))

    @Slot(object)
    def _page_failed(self, error: StudioError) -> None:
        self._banner.show_failure("", error)

    @Slot(object)
    def _taken_in(self, run: Run) -> None:
        self.toast.emit(_("Imported “{name}”. Nothing was sent.").format(name=run.name))
        self.imported.emit(run.run_id)

    @Slot(object)
    def _failed(self, failure: RunFailure) -> None:
        self._banner.show_failure("", failure.error)
