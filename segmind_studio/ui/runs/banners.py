"""The two banners of the place: the list cannot be fetched, and something asked for did not work."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.ui.parts import ErrorBanner
from segmind_studio.ui.runs.commands import RunCommands


class ListBanner(ErrorBanner):
    """Say that listing fails. Once closed, it stays closed until listing works or fails in another way."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.list_error")
        self._closed_title = ""
        self.set_actions((commands.check, self._copy))
        self.closed.connect(self._note_closed)

    def show_watch_error(self, error: StudioError | None) -> None:
        """Follow the watching; None means that it works."""
        if error is None:
            self._closed_title = ""
            self.clear()
        elif error.title != self._closed_title and error is not self.error:
            self.show_error(error, Severity.SHOULD)

    def _note_closed(self) -> None:
        self._closed_title = self.error.title if self.error else ""


class ActionBanner(ErrorBanner):
    """Say which run something did not work for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.error")

    def show_failure(self, name: str, error: StudioError) -> None:
        """Show an error of one run; `name` may be "" and a cancelled piece of work is no error."""
        if isinstance(error, CancelledError):
            return
        self.show_error(error)
        if name:
            title = self.tr("“{name}”: {title}").format(name=name, title=error.title)
            self.set_message(Severity.MUST, title, error.advice)
