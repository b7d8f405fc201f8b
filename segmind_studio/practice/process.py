"""The practice service in a process of its own: what `--practice-service` starts.

The first line of the standard input says what to serve; see `practice.channel`. The process ends with its input,
so with the app, whatever becomes of that: the system closes the pipe of a process that was killed.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import BinaryIO

from typing_extensions import override

from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.practice.channel import (
    AskRequests,
    Begin,
    FaultsOn,
    Logged,
    NotStarted,
    Order,
    Ready,
    Refilled,
    Report,
    RequestsSeen,
    SendSample,
    SetFault,
    SetSpeed,
    line_of,
    order_of,
)
from segmind_studio.practice.server import PracticeServer
from segmind_studio.texts import use_environment

END_WITHIN_S = 5.0  # of the end of the input, whatever still runs
_LONGEST_LINE = 500  # characters of one line for the log


class _Reports:
    """Write reports; from any thread. A write that fails has no receiver for its error."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._lock = Lock()

    def send(self, report: Report) -> None:
        try:
            with self._lock:
                self._pipe.write(line_of(report))
                self._pipe.flush()
        except (OSError, ValueError):
            os._exit(0)  # the app has ended

    def refilled(self, dollars: float) -> None:
        self.send(Refilled(dollars))

    def faults(self, faults: frozenset[Fault]) -> None:
        self.send(FaultsOn(tuple(sorted(faults))))


class _LogToApp(logging.Handler):
    """Hand warnings and errors to the app, whose log masks what is secret."""

    def __init__(self, reports: _Reports) -> None:
        super().__init__(logging.WARNING)
        self._reports = reports

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        text = f"{record.getMessage()} {type(error).__name__ if error else ''}".strip()
        self._reports.send(Logged(record.levelno, text[:_LONGEST_LINE]))


def serve() -> int:
    """Serve until the input ends; returns the exit code where it cannot serve at all."""
    reports = _Reports(os.fdopen(os.dup(1), "wb"))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # a library that prints must not be taken for a report
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the app decides when this ends
    logging.getLogger().addHandler(_LogToApp(reports))
    use_environment()  # the band on its images is for a person
    begin = order_of(sys.stdin.buffer.readline())
    if not isinstance(begin, Begin):
        return 2
    server = PracticeServer(
        Path(begin.folder), speed=begin.speed, faults=begin.faults, faults_changed=reports.faults,
        refilled=reports.refilled,
    )
    try:
        address = server.start()
    except StudioError as error:
        reports.send(NotStarted(error.title, error.advice, error.detail))
        return 1
    reports.send(Ready(address.api, address.key))
    for line in sys.stdin.buffer:
        _obey(order_of(line), server, reports)
    late = Timer(END_WITHIN_S, os._exit, (0,))
    late.daemon = True
    late.start()
    server.stop()
    os._exit(0)  # what a worker still does is of no use to anybody


def _obey(order: Order | None, server: PracticeServer, reports: _Reports) -> None:
    match order:
        case SetFault():
            server.set_fault(order.fault, on=order.on)
        case SetSpeed():
            server.set_speed(order.speed)
        case SendSample():
            server.send_sample_webhook()
        case AskRequests():
            reports.send(RequestsSeen(tuple((seen.method, seen.path, seen.status) for seen in server.requests())))
        case _:
            pass
