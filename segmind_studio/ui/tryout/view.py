"""The widgets of Try: the pictures, the fields beside them, and what is said while no model is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import Run
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.parts import EmptyState
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.controls import TryControls
from segmind_studio.ui.tryout.gallery import Gallery


class TryView(QStackedWidget):
    """The widgets of the place. At first it only says that no model is ready.

    Signals:
        go(str): a place to show, from the empty state; GUI thread.
    """

    go = Signal(str)

    def __init__(self, actions: TryActions, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        """Leave the gallery and the fields to who goes through `rest`, before anything is shown in them."""
        super().__init__(parent)
        self._nothing = self._empty()
        self._work = QWidget(self)
        self.addWidget(self._nothing)
        self.addWidget(self._work)
        self.rest = self._make(actions, thumbnails)

    def _make(self, actions: TryActions, thumbnails: Thumbnails) -> Iterator[None]:
        work = self._work
        self.gallery = Gallery(actions, thumbnails, work, at_once=False)  # in the order of the Tab key
        yield from self.gallery.rest
        yield
        self.controls = TryControls(actions.generate, work, at_once=False)
        yield from self.controls.rest
        yield
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.gallery, 1)
        row.addWidget(self.controls)

    def _empty(self) -> EmptyState:
        train = QAction(icon("sliders-horizontal", "accent_text"), _("Train a model"), self)
        train.triggered.connect(self._go_train)
        runs = QAction(icon("activity"), _("See the runs"), self)
        runs.triggered.connect(self._go_runs)
        return EmptyState(
            "wand-sparkles", _("No model is ready yet"),
            _("When a run is ready, you can make pictures with its model here."), train, runs,
        )

    def take_focus(self) -> None:
        """Set the keyboard focus to the prompt, or to the button that leads to a model."""
        if not self.in_grid and self.currentWidget() is not self._nothing:
            self.controls.begin_prompt()
        elif not self.in_grid and self._nothing.primary_button is not None:
            self._nothing.primary_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_runs(self, ready: Sequence[Run], chosen: str) -> None:
        """Offer the runs that are ready; earlier pictures stay visible without any."""
        self.controls.show_runs(ready, chosen)
        if not self.in_grid:
            self.setCurrentIndex(1 if ready or self.gallery.result is not None else 0)

    def show_images(
        self, images: Sequence[GeneratedImage], result_of: Callable[[GeneratedImage], TryResult],
    ) -> None:
        """Show the stored images."""
        self.gallery.show_all(images, result_of)
        if not self.in_grid:
            self.setCurrentIndex(1 if images or self.controls.run is not None else 0)

    def show_result(self, result: TryResult) -> None:
        """Show a new picture, or whose answer was lost."""
        self.gallery.add(result)
        if not self.in_grid:
            self.setCurrentIndex(1)

    @property
    def in_grid(self) -> bool:
        """Return whether the grid is shown."""
        return self.currentWidget() not in {self._nothing, self._work}

    def leave_grid(self) -> None:
        """Show the place of one picture again."""
        self.setCurrentWidget(self._work)
        self.controls.begin_prompt()

    def _go_train(self) -> None:
        self.go.emit("train")

    def _go_runs(self) -> None:
        self.go.emit("runs")
