"""What happens when a command of the Runs place is chosen: questions first where money or privacy is at stake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from segmind_studio.core.runs import Run
from segmind_studio.core.twins import refused_for_good
from segmind_studio.services.downloads import DownloadService
from segmind_studio.services.ledger import Ledger
from segmind_studio.services.runs import RunService
from segmind_studio.services.settings import SettingsService
from segmind_studio.services.submissions import SubmitService
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.folders import existing_folder
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.runs.confirm import continue_dialog, public_dialog, send_again_dialog


class RunActions(QObject):
    """Turn commands into calls to the services, for the runs that are selected.

    Signals:
        try_requested(str): a run's id.
        run_again(object): TrainingForm.
        download_begun(str): a run's id; its progress follows from the service.
        select_wanted(object): tuple[str, ...], the ids of runs to select instead.
        toast(str): short news for the person.
    """

    select_wanted = Signal(object)
    try_requested = Signal(str)
    run_again = Signal(object)
    download_begun = Signal(str)
    toast = Signal(str)

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self, commands: RunCommands, *, runs: RunService, submits: SubmitService, downloads: DownloadService,
        settings: SettingsService, ledger: Ledger, window: QWidget,
    ) -> None:
        super().__init__(window)
        self._runs = runs
        self._submits = submits
        self._downloads = downloads
        self._settings = settings
        self._ledger = ledger
        self._window = window
        self._selected: tuple[Run, ...] = ()
        self._saved_as = ""
        for action, slot in (
            (commands.check, runs.check_now), (commands.settle, runs.check_now),
            (commands.try_it, self._try), (commands.download, self._download),
            (commands.download_as, self._download_as), (commands.show_folder, self._show_folder),
            (commands.again, self._again), (commands.back_to_form, self._again),
            (commands.siblings, self._select_siblings), (commands.public, self._change_access),
            (commands.copy_id, self._copy_id), (commands.pin, self._pin), (commands.refresh, self._refresh),
            (commands.cancel, self._cancel),
            (commands.resume, self._resume), (commands.abandon, self._abandon),
            (commands.send_again, self._ask_send_again),
        ):
            action.triggered.connect(slot)

    def set_selected(self, runs: tuple[Run, ...]) -> None:
        """Work on these from now on."""
        self._selected = runs

    @property
    def _one(self) -> Run | None:
        return self._selected[0] if len(self._selected) == 1 else None

    # -- the model

    @Slot()
    def _try(self) -> None:
        if self._one is not None:
            self.try_requested.emit(self._one.run_id)

    @Slot()
    def _again(self) -> None:
        if self._one is not None:
            self.run_again.emit(self._one.form)

    @Slot()
    def _select_siblings(self) -> None:
        if self._one is not None and self._one.sweep_id:
            together = tuple(run.run_id for run in self._runs.runs if run.sweep_id == self._one.sweep_id)
            self.select_wanted.emit(together)

    @Slot()
    def _change_access(self) -> None:
        run = self._one
        if run is None:
            return
        if run.public:
            self._runs.set_public(run.run_id, False)
            return
        dialog = public_dialog(run, self._window)
        dialog.confirmed.connect(self._make_public)
        dialog.open()

    @Slot(str)
    def _make_public(self, run_id: str) -> None:
        self._runs.set_public(run_id, True)

    # -- files

    @Slot()
    def _download(self) -> None:
        run = self._one
        if run is not None:
            self._fetch(run.run_id, self._downloads.default_target(run, self.folder()))

    @Slot()
    def _download_as(self) -> None:
        run = self._one
        if run is None:
            return
        target = self._downloads.default_target(run, existing_folder(self.folder()))
        self._saved_as = run.run_id
        dialog = QFileDialog(self._window, self.tr("Download “{name}” as").format(name=run.name), str(target))
        guard_scroll_areas(dialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Weights (*.safetensors)"), self.tr("All files (*)")])
        dialog.setDefaultSuffix(target.suffix.lstrip("."))
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that is there is never replaced
        dialog.selectFile(target.name)
        dialog.fileSelected.connect(self._save_as)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _save_as(self, path: str) -> None:
        self._fetch(self._saved_as, Path(path))

    def _fetch(self, run_id: str, target: Path) -> None:
        self._downloads.download(run_id, target)
        self.download_begun.emit(run_id)

    def folder(self) -> Path:
        """Give the folder that downloads go to: the settings' one, else the usual one."""
        chosen = self._settings.value.download_folder
        return Path(chosen) if chosen else self._downloads.usual_folder

    @Slot()
    def _show_folder(self) -> None:
        run = self._one
        if run is not None and run.result_path:
            folder = Path(run.result_path).parent
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
                self.toast.emit(self.tr("The folder cannot be opened: {folder}").format(folder=folder))

    # -- the row

    @Slot()
    def _copy_id(self) -> None:
        ids = [run.service_id for run in self._selected if run.service_id]
        QGuiApplication.clipboard().setText("\n".join(ids))
        self.toast.emit(self.tr("Id copied") if len(ids) == 1
                        else self.tr("{count} ids copied").format(count=len(ids)))

    @Slot()
    def _pin(self) -> None:
        pinned = all(run.pinned for run in self._selected)
        for run in self._selected:
            if run.pinned is pinned:
                self._runs.set_pinned(run.run_id, not pinned)

    @Slot()
    def _refresh(self) -> None:
        if self._one is not None:
            self._runs.refresh_details(self._one.run_id)

    # -- what waits for a decision

    @Slot()
    def _cancel(self) -> None:
        if self._one is not None:
            self._submits.cancel(self._one.run_id)

    @Slot()
    def _resume(self) -> None:
        """Go on with an interrupted run; it is asked about only where that passes a limit, or will be refused."""
        run = self._one
        if run is None or self._ledger.under_way(run.run_id):
            return
        standing = self._ledger.standing_of_run(run)
        closed = refused_for_good(self._runs.runs)
        if closed is None and (standing is None or not standing.breaches):
            self._go_on(run.run_id)
            return
        dialog = continue_dialog(run, self._ledger.run_cost(run), standing, self._window, closed=closed)
        dialog.confirmed.connect(self._go_on)
        dialog.open()

    @Slot(str)
    def _go_on(self, run_id: str) -> None:
        self._hand_over(run_id, self._submits.resume)

    @Slot()
    def _abandon(self) -> None:
        if self._one is not None:
            self._submits.abandon(self._one.run_id)

    @Slot()
    def _ask_send_again(self) -> None:
        run = self._one
        if run is None or self._ledger.under_way(run.run_id):
            return
        cost, standing = self._ledger.run_cost(run), self._ledger.standing_of_run(run)
        dialog = send_again_dialog(run, cost, standing, self._window)
        dialog.confirmed.connect(self._send_again)
        dialog.open()

    @Slot(str)
    def _send_again(self, run_id: str) -> None:
        self._hand_over(run_id, self._submits.send_again)

    def _hand_over(self, run_id: str, give: Callable[[str], None]) -> None:
        """Count a run and give it to the service, which takes or refuses it at once."""
        run = self._runs.run(run_id)
        if run is not None:
            self._ledger.confirm_run(run)
            give(run_id)
            self._ledger.handed_over()
