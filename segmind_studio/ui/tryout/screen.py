"""The Try place: a picture, the ones before it, and the panel that asks for the next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.errors import StudioError
from segmind_studio.services.runs import RunService
from segmind_studio.services.settings import SettingsService
from segmind_studio.services.tryouts import TryFailure, TryResult, TryService
from segmind_studio.ui.parts import EmptyState
from segmind_studio.ui.place import Place
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.tryout.controls import TryControls
from segmind_studio.ui.tryout.gallery import Gallery
from segmind_studio.ui.tryout.saving import PictureSaver, suffix_of


class TryScreen(Place):
    """Make pictures with runs that are ready.

    Signals (GUI thread):
        go(str): a place to show, from the empty state.
    """

    go = Signal(str)

    def __init__(
        self, tryouts: TryService, runs: RunService, settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.place_id, self.title, self.icon_name = "try", self.tr("Try"), "wand-sparkles"
        self._tryouts = tryouts
        self._runs = runs
        self._settings = settings
        self._wanted = ""  # the run that was asked for, also before it is known
        self._saver = PictureSaver(self)
        self._make_actions()
        self._controls = TryControls(self._generate)
        self._gallery = Gallery(self._save, self._reuse)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._gallery, 1)
        row.addWidget(self._controls)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty())
        self._stack.addWidget(work)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()
        self._show_runs()

    def _make_actions(self) -> None:
        self._generate = QAction(icon("wand-sparkles", "accent_text"), self.tr("Generate"), self)
        self._generate.triggered.connect(self._ask)
        self._save = QAction(icon("save"), self.tr("Save picture as…"), self)
        self._save.triggered.connect(self._choose_target)
        self._reuse = QAction(icon("undo-2"), self.tr("Use its settings"), self)
        self._reuse.triggered.connect(self._use_settings)

    def _empty(self) -> EmptyState:
        train = QAction(icon("sliders-horizontal", "accent_text"), self.tr("Train a model"), self)
        train.triggered.connect(self._go_train)
        runs = QAction(icon("activity"), self.tr("See the runs"), self)
        runs.triggered.connect(self._go_runs)
        return EmptyState(
            "wand-sparkles", self.tr("No model is ready yet"),
            self.tr("As soon as a run is ready, you can make pictures with its model here."), train, runs,
        )

    def _connect(self) -> None:
        self._runs.replaced.connect(self._runs_changed)
        self._runs.changed.connect(self._runs_changed)
        self._tryouts.finished.connect(self._made)
        self._tryouts.failed.connect(self._failed)
        self._tryouts.busy_changed.connect(self._busy_changed)
        self._controls.changed.connect(self._refresh)
        self._controls.cancel_wanted.connect(self._tryouts.cancel)
        self._gallery.selected.connect(self._refresh)
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(self._controls.show_error)

    # -- what others ask

    def choose(self, run_id: str) -> None:
        """Choose a run, now or as soon as it is ready."""
        self._wanted = run_id
        self._show_runs()

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return (("try", self._generate), ("try", self._reuse), ("try", self._save))

    # -- how things stand

    def _show_runs(self) -> None:
        ready = [run for run in self._runs.runs if run.ready]
        chosen = self._controls.run.run_id if self._controls.run else ""
        if any(run.run_id == self._wanted for run in ready):
            chosen, self._wanted = self._wanted, ""
        self._controls.show_runs(ready, chosen)
        self._stack.setCurrentIndex(1 if ready or self._gallery.result is not None else 0)

    @Slot(object)
    def _runs_changed(self, _rows: object) -> None:
        self._show_runs()

    @Slot()
    def _refresh(self) -> None:
        busy = self._tryouts.busy
        self._generate.setEnabled(not busy and self._controls.request() is not None)
        if busy:
            self._generate.setText(self.tr("Making the picture…"))
        elif self._controls.practice:
            self._generate.setText(self.tr("Generate (practice, free)"))
        else:
            self._generate.setText(self.tr("Generate (paid)"))
        for action in (self._save, self._reuse):
            action.setEnabled(self._gallery.result is not None)

    @Slot(object)
    def _busy_changed(self, busy: bool) -> None:  # noqa: FBT001  # a Qt slot
        self._controls.set_busy(busy=busy)
        self._refresh()

    # -- what the person does

    def _ask(self) -> None:
        request = self._controls.request()
        if request is not None and not self._tryouts.busy:
            self._controls.show_error(None)
            self._tryouts.generate(request)

    @Slot(object)
    def _made(self, result: TryResult) -> None:
        self._gallery.add(result)
        self._refresh()

    @Slot(object)
    def _failed(self, failure: TryFailure) -> None:
        self._controls.show_error(failure.error)

    def _use_settings(self) -> None:
        if self._gallery.result is not None:
            self._controls.use(self._gallery.result.request)

    def _choose_target(self) -> None:
        result = self._gallery.result
        if result is None:
            return
        folder = Path(self._settings.value.download_folder or Path.home())
        name = result.path.name if result.path else f"picture{suffix_of(result)}"
        dialog = QFileDialog(self, self.tr("Save the picture"), str(folder / name))
        dialog.setObjectName("try.save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Pictures (*.png *.jpg *.jpeg *.webp)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._target_chosen)
        dialog.open()

    @Slot(str)
    def _target_chosen(self, target: str) -> None:
        if self._gallery.result is not None:
            self._saver.save(self._gallery.result, Path(target))

    @Slot(object)
    def _saved(self, target: Path) -> None:
        self._gallery.tell(self.tr("Saved as {0}").format(target))

    def _go_train(self) -> None:
        self.go.emit("train")

    def _go_runs(self) -> None:
        self.go.emit("runs")

    def show_error(self, error: StudioError) -> None:
        """Show an error above the fields."""
        self._controls.show_error(error)
