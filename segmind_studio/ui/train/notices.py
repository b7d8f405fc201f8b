"""What stands above the fields: why a submission did not work, and that other settings were loaded."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StudioError
from segmind_studio.ui.parts import Banner, ErrorBanner
from segmind_studio.ui.theme.tokens import SPACE_M


class Notices(QWidget):
    """Two banners, hidden until there is something to say."""

    def __init__(self, undo_load: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error = ErrorBanner()
        self._loaded = Banner(Severity.INFO, actions=(undo_load,), closable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        for banner in (self._error, self._loaded):
            column.addWidget(banner)
            banner.hide()
        self._error.closed.connect(self._fit)
        self._loaded.closed.connect(self._fit)
        self._fit()

    @property
    def error(self) -> StudioError | None:
        """Give the error that is shown."""
        return self._error.error

    def show_error(self, error: StudioError) -> None:
        """Show an error; a service that has closed is no fault of the person's, and says what is left."""
        if isinstance(error, CancelledError):
            return
        if isinstance(error, ApiError) and error.problem is ApiProblem.RETIRED:
            retired = StudioError(
                self.tr("The service takes no new fine-tuning runs."),
                self.tr(
                    "Your dataset and this form are kept, and the photos can be exported on the Data page. "
                    "Models that are ready can still be used and downloaded."
                ),
                error.detail or str(error),
            )
            self._error.show_error(retired, Severity.SHOULD)
        else:
            self._error.show_error(error)
            if isinstance(error, ApiError):  # what to change stands in the service's words
                self._error.unfold()
        self._fit()

    def clear_error(self) -> None:
        """Take the error away."""
        self._error.clear()
        self._fit()

    def show_loaded(self, words: str) -> None:
        """Say that the form was replaced, beside the button that undoes it; "" takes it away."""
        self._loaded.set_message(Severity.INFO, words)
        self._loaded.setVisible(bool(words))
        self._fit()

    def _fit(self) -> None:
        self.setVisible(not (self._error.isHidden() and self._loaded.isHidden()))
