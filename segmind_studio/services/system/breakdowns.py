"""Uncaught errors: each is logged without secrets and shown to the user once, and the app continues."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from segmind_studio.core.errors import StudioError
from segmind_studio.core.masks import masked_text
from segmind_studio.store.crash_file import CrashFile
from segmind_studio.texts import _

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext

_log = logging.getLogger(__name__)
_qt = logging.getLogger("qt")
MOST_REMEMBERED = 1000  # errors
MOST_LOGGED = 5  # log entries of the same error: a slot may fail with each repaint
LONGEST_DETAIL = 8000  # characters; the end of a longer text is kept
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING, QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Breakdowns(QObject):
    """Catch the errors of this process from `start` to `stop`. GUI thread; the hooks are called on any.

    `secrets` returns the known keys.

    Signals:
        error_found(object): StudioError, once for each place in the code that failed.
    """

    error_found = Signal(object)
    _broke = Signal(object)

    def __init__(
        self, crash_file: CrashFile, secrets: Callable[[], Iterable[str]], parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._crash_file = crash_file
        self._secrets = secrets
        self._counts: Counter[object] = Counter()
        self._last_crash: StudioError | None = None
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        self._qt_before: Callable[[QtMsgType, QMessageLogContext, str], object] | None = None
        self._broke.connect(self.error_found, Qt.ConnectionType.QueuedConnection)  # not inside a repaint

    @property
    def last_crash(self) -> StudioError | None:
        """Return an error about a crash of the previous session, None when that ended normally."""
        return self._last_crash

    def start(self) -> None:
        """Install the hooks of Python and Qt for uncaught errors."""
        stacks = self._crash_file.begin()
        if stacks:
            self._last_crash = StudioError(
                _("The app crashed the last time it ran."),
                _(
                    "Nothing is sent again automatically. A support bundle shows your helper where the app "
                    "stopped."
                ),
                self._cleaned(stacks),
            )
            _log.error("The app crashed the last time; crash-1.log holds the stacks")
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        self._qt_before = qInstallMessageHandler(self._qt_message)

    def stop(self) -> None:
        """Restore the hooks, and store that the app ended normally."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._qt_before)
        self._crash_file.end()

    # -- Python's

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, Exception):
            self._take(error, trace)
        else:  # Ctrl+C in the terminal
            QCoreApplication.quit()

    def _uncaught_in_thread(self, given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
            self._take(given.exc_value, given.exc_traceback)

    def _unraisable(self, given: sys.UnraisableHookArgs) -> None:
        """Log only: it happened while an object was deleted, and nothing is lost."""
        if given.exc_value is not None and self._is_new(("unraisable", type(given.exc_value))):
            _log.error("Broke while something was thrown away", exc_info=given.exc_value)

    def _take(self, error: BaseException, trace: TracebackType | None) -> None:
        """Log and emit an error. Never raise: Python would then write both errors, unmasked, to the terminal."""
        try:
            self._note(error, trace)
        except Exception as another:  # noqa: BLE001  # see above
            _log.critical("Nobody caught a %s, and noting it broke too: %s", type(error), type(another))

    def _note(self, error: BaseException, trace: TracebackType | None) -> None:
        place = _place(error, trace)
        if self._is_new(place):
            _log.critical("Nobody caught this", exc_info=(type(error), error, trace))
            self._say("".join(traceback.format_exception(type(error), error, trace)))
        if self._counts[place] == 1:
            words = self._cleaned("".join(traceback.format_exception(type(error), error, trace)))
            self._broke.emit(
                StudioError(
                    _("Something in the app went wrong."),
                    _(
                        "The app continues, and nothing is sent again automatically. If something looks wrong, "
                        "restart the app."
                    ),
                    words,
                )
            )

    def _is_new(self, place: object) -> bool:
        if len(self._counts) > MOST_REMEMBERED:
            self._counts.clear()
        self._counts[place] += 1
        return self._counts[place] <= MOST_LOGGED

    def _cleaned(self, text: str) -> str:
        from segmind_studio.store.private_words import PrivateWords  # noqa: PLC0415  # when first needed

        return PrivateWords(secrets=self._secrets()).text(text[-LONGEST_DETAIL:])

    # -- Qt's

    def _qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if self._is_new(text):
            _qt.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category or "default", text)
            self._say(f"{text}\n")

    def _say(self, text: str) -> None:
        """Write to the terminal that started the app."""
        if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison]  # a windowed program has none
            sys.stderr.write(masked_text(text, self._secrets()))


def _place(error: BaseException, trace: TracebackType | None) -> tuple[object, ...]:
    frames = traceback.extract_tb(trace)
    return (type(error), frames[-1].filename, frames[-1].lineno) if frames else (type(error),)
