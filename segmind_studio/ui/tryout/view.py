"""All that is seen of the Try place: the gallery beside the controls, or why there is nothing to try yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from segmind_studio.core.runs import Run
from segmind_studio.services.thumbnails import Thumbnails
from segmind_studio.services.tryouts import TryResult
from segmind_studio.ui.parts import EmptyState
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.controls import TryControls
from segmind_studio.ui.tryout.gallery import Gallery


class TryView(QStackedWidget):
    """Built when the place is first looked at, not at the start.

    Signals:
        go(str): a place to show, from the empty state; GUI thread.
    """

    go = Signal(str)

    def __init__(self, actions: TryActions, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = TryControls(actions.generate)
        self.gallery = Gallery(actions, thumbnails)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.gallery, 1)
        row.addWidget(self.controls)
        self._nothing = self._empty()
        self.addWidget(self._nothing)
        self.addWidget(work)

    def _empty(self) -> EmptyState:
        train = QAction(icon("sliders-horizontal", "accent_text"), self.tr("Train a model"), self)
        train.triggered.connect(self._go_train)
        runs = QAction(icon("activity"), self.tr("See the runs"), self)
        runs.triggered.connect(self._go_runs)
        return EmptyState(
            "wand-sparkles", self.tr("No model is ready yet"),
            self.tr("As soon as a run is ready, you can make pictures with its model here."), train, runs,
        )

    def take_focus(self) -> None:
        """Put the keyboard where one goes on: into the prompt, or on what leads to a model."""
        if self.currentWidget() is not self._nothing:
            self.controls.begin_prompt()
        elif self._nothing.primary_button is not None:
            self._nothing.primary_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_runs(self, ready: Sequence[Run], chosen: str) -> None:
        """Offer the runs that are ready; pictures that were made stay in sight without any."""
        self.controls.show_runs(ready, chosen)
        self.setCurrentIndex(1 if ready or self.gallery.result is not None else 0)

    def show_pictures(self, results: Sequence[TryResult]) -> None:
        """Show what the album holds."""
        self.gallery.show_all(results)
        self.setCurrentIndex(1 if results or self.controls.run is not None else 0)

    def show_result(self, result: TryResult) -> None:
        """Show a picture that has come, or whose answer was lost."""
        self.gallery.add(result)
        self.setCurrentIndex(1)

    def _go_train(self) -> None:
        self.go.emit("train")

    def _go_runs(self) -> None:
        self.go.emit("runs")
