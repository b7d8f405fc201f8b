"""Start the practice service in a process of its own when it is needed, and report its start and end."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.accounts import ApiKey, Connection
from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.formats import money
from segmind_studio.practice.channel import (
    AskRequests,
    Begin,
    FaultsOn,
    Logged,
    NotStarted,
    Order,
    Ready,
    Refilled,
    RequestsSeen,
    SendSample,
    SetFault,
    SetSpeed,
    line_of,
    report_of,
)
from segmind_studio.services.accounts.account_values import PRACTICE_ACCOUNT
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.own_program import child_command, python_path
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
SWITCH = "--practice-service"  # switch of this program: run as that process
START_WITHIN_MS = 30_000
_KILLED_WITHIN_MS = 500  # of the deadline: a process that is killed is gone within it
ENDS_ALLOWED = 3  # unexpected ends within ENDS_WITHIN_S seconds, after which it is not started automatically
ENDS_WITHIN_S = 60.0


class PracticeHost(QObject):
    """Own the practice service's process, and be its `core.practice.PracticeControl`. GUI thread.

    The process ends when its standard input closes, so it ends with this app, also when that is killed.

    Signals:
        changed(object): Connection, when it runs or has another speed; None, when it has ended.
        failed(object): StudioError, when it did not start, or ended by itself.
        refilled(str): a sentence, when the practice money was used up and is there again.
        requests_seen(object): tuple of (method, path, status), the answer to `ask_requests`.
    """

    changed = Signal(object)
    failed = Signal(object)
    refilled = Signal(str)
    requests_seen = Signal(object)

    def __init__(self, folder: Path, speed: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._speed = speed
        self._faults: frozenset[Fault] = frozenset()
        self._connection: Connection | None = None
        self._process: QProcess | None = None
        self._ending: QProcess | None = None
        self._begun = Begin(str(folder), speed)
        self._later: list[Order] = []  # requests from before its start
        self._ends: list[float] = []
        self._gave_up = self._stopped = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(START_WITHIN_MS)
        self._patience.timeout.connect(self._kill)

    @property
    def connection(self) -> Connection | None:
        """Return the way to it, None while it does not run."""
        return self._connection

    @property
    def process_id(self) -> int:
        """Return the number of its process, 0 without one."""
        return self._process.processId() if self._process is not None else 0

    # -- requests of the app

    @Slot()
    def need(self) -> None:
        """Start it unless it runs, or has crashed too often."""
        if self._process is None and not self._gave_up and not self._stopped:
            self._start()

    def at_speed(self, speed: float) -> None:
        """Run at another speed; `changed` emits the new connection."""
        self.set_speed(speed)
        if self._connection is not None:
            self._connection = replace(self._connection, speed=speed)
            self.changed.emit(self._connection)

    def ask_requests(self) -> None:
        """Ask for the latest requests that it has seen, for tests."""
        self._order(AskRequests())

    def ask_stop(self) -> None:
        """Ask it to end; one that still starts is killed. It never waits, and may be repeated."""
        self._stopped = True
        process, self._process = self._process, None
        self._patience.stop()
        if process is None:
            return
        self._ending = process
        process.finished.disconnect(self._ended)
        process.closeWriteChannel()
        if self._connection is None:  # it would first finish its start
            process.kill()
        self._connection = None

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for its end after `ask_stop`, and kill it at the end of that time; False when it is still there."""
        process = self._ending
        if process is None or process.state() is QProcess.ProcessState.NotRunning:
            return True
        last_ms = min(deadline_ms, _KILLED_WITHIN_MS)
        if not process.waitForFinished(deadline_ms - last_ms):
            process.kill()
            process.waitForFinished(last_ms)
        return process.state() is QProcess.ProcessState.NotRunning

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """End it and wait for that; False when it is still there."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    # -- requests of the user

    def start(self) -> None:
        """Start it unless it runs; also after too many crashes."""
        if self._gave_up:
            self._gave_up, self._ends = False, []
        self.need()

    def faults(self) -> frozenset[Fault]:
        """Return the faults that are on, as it last reported."""
        return self._faults

    def set_fault(self, fault: Fault, *, on: bool) -> None:
        """Turn a fault on or off."""
        self._faults = self._faults | {fault} if on else self._faults - {fault}
        if self._connection is not None:
            self._order(SetFault(fault, on))

    def set_speed(self, speed: float) -> None:
        """Run `speed` times as fast as the real service."""
        self._speed = speed
        if self._connection is not None:
            self._order(SetSpeed(speed))

    def send_sample_webhook(self) -> None:
        """Send the test sample to the registered webhook."""
        self._order(SendSample())

    # -- the process

    def _start(self) -> None:
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONPATH", python_path())
        environment.remove("SEGMIND_API_KEY")  # the practice service must not get it
        process.setProcessEnvironment(environment)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        self._process = process
        command = child_command(SWITCH)
        process.start(command[0], list(command[1:]))
        self._patience.start()
        self._begun = Begin(str(self._folder), self._speed, tuple(sorted(self._faults)))
        process.write(line_of(self._begun))

    def _order(self, order: Order) -> None:
        if self._connection is None or self._process is None:
            self._later.append(order)
        else:
            self._process.write(line_of(order))

    @Slot()
    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            report = report_of(bytes(self._process.readLine().data()))
            match report:
                case Ready():
                    self._take(report)
                case FaultsOn():
                    self._faults = frozenset(report.faults)
                case Logged():
                    _log.log(report.level, "The practice service: %s", report.text)
                case Refilled():
                    words = _("Your practice money was used up. It is {amount} again.")
                    self.refilled.emit(words.format(amount=money(report.dollars)))
                case NotStarted():
                    self._gave_up = True
                    self.failed.emit(StudioError(report.title, report.advice, report.detail))
                case RequestsSeen():
                    self.requests_seen.emit(report.requests)
                case _:
                    _log.warning("The practice service wrote a line that is no report")

    def _take(self, ready: Ready) -> None:
        self._patience.stop()
        self._connection = Connection(PRACTICE_ACCOUNT, ready.api, ready.api, ApiKey(ready.key), self._speed)
        if self._speed != self._begun.speed:  # it was changed while the process started
            self._order(SetSpeed(self._speed))
        for fault in self._faults.symmetric_difference(self._begun.faults):
            self._order(SetFault(fault, fault in self._faults))
        later, self._later = self._later, []
        for order in later:
            self._order(order)
        self.changed.emit(self._connection)

    @Slot()
    def _kill(self) -> None:
        if self._process is not None:
            _log.warning("The practice service did not start in time")
            self._process.kill()

    @Slot(QProcess.ProcessError)
    def _broke(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._ended()

    @Slot()
    def _ended(self) -> None:
        """Emit that it has ended. Code that needs it calls `need` again."""
        if self._process is None:
            return
        self._read()  # the reason may still be in the pipe
        self._process.deleteLater()
        self._process = None
        self._patience.stop()
        self._later.clear()
        self._connection = None
        if not self._gave_up:
            now = monotonic_seconds()
            self._ends = [*(at for at in self._ends if now - at < ENDS_WITHIN_S), now]
            self._gave_up = len(self._ends) > ENDS_ALLOWED
            _log.warning("The practice service has ended by itself")
            self.failed.emit(_ends_again() if self._gave_up else _ended_once())
        self.changed.emit(None)


def _ended_once() -> StudioError:
    return StudioError(
        _("The practice service stopped unexpectedly."),
        _("It restarts when it is needed. Its runs are kept."),
    )


def _ends_again() -> StudioError:
    return StudioError(
        _("The practice service keeps stopping."),
        _("Open the Practice menu to try again; your other accounts still work."),
    )
