"""The two banners of the place: the list cannot be fetched, and a request failed."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StudioError
from segmind_studio.texts import _
from segmind_studio.ui.parts import ErrorBanner
from segmind_studio.ui.runs.actions import RunCommands

_OF_THE_KEY = frozenset({ApiProblem.BAD_KEY, ApiProblem.MISSING_KEY})


def is_of_the_key(error: StudioError | None) -> bool:
    """Return whether an error is about the key, and is put right in Settings."""
    return isinstance(error, ApiError) and error.problem in _OF_THE_KEY


class ListBanner(ErrorBanner):
    """Show that listing fails. Once closed, it stays closed until listing works or fails in another way."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.list_error")
        self._commands = commands
        self._closed_title = ""
        self.set_actions((commands.check, self._copy))
        self.closed.connect(self._note_closed)

    def show_watch_error(self, error: StudioError | None) -> None:
        """Show the error of the polling; None means that it works."""
        if error is None:
            self._closed_title = ""
            self.clear()
        elif error.title != self._closed_title and error is not self.error:
            first = self._commands.open_settings if is_of_the_key(error) else self._commands.check
            self.set_actions((first, self._copy))
            self.show_error(error, Severity.SHOULD)

    def _note_closed(self) -> None:
        self._closed_title = self.error.title if self.error else ""


class ActionBanner(ErrorBanner):
    """Show the error of a request, with the run's name."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.error")
        self._commands = commands
        # The run's own actions come and go with the selected row; these are about the service.
        self._ways_out = tuple(map(self._of_the_service, (commands.export_zip, commands.try_models)))

    def show_failure(self, name: str, error: StudioError) -> None:
        """Show an error of one run; `name` may be "" and a cancelled piece of work is no error."""
        if isinstance(error, CancelledError):
            return
        self.set_actions(self._choices(error))
        self.show_error(error)
        if isinstance(error, ApiError) and error.problem is ApiProblem.RETIRED:  # of all runs, not of this one
            self.set_message(
                Severity.SHOULD, _("The service accepts no new fine-tuning runs."),
                _("Your photos and settings are kept. Finished models can still be used."),
            )
        elif name and not is_of_the_key(error):
            title = _("“{name}”: {title}").format(name=name, title=error.title)
            self.set_message(Severity.MUST, title, error.advice)

    def _choices(self, error: StudioError) -> tuple[QAction, ...]:
        commands = self._commands
        if is_of_the_key(error):
            return commands.open_settings, self._copy
        if isinstance(error, ApiError) and error.problem is ApiProblem.RETIRED:
            return *self._ways_out, self._copy
        return (self._copy,)

    def _of_the_service(self, action: QAction) -> QAction:
        own = QAction(action.icon(), action.text(), self)
        own.triggered.connect(action.triggered)
        return own
