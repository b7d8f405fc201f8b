"""The practice service inside its process: a thread that is started, controlled and stopped.

Importing this is cheap; the server library is imported in the thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from segmind_studio.core.practice import Fault
from segmind_studio.practice.faults import FaultBoard, RequestLog, SeenRequest
from segmind_studio.practice.options import PracticeAddress, ServiceOptions, ignored

if TYPE_CHECKING:
    from segmind_studio.practice.service import Service

_SPEEDS = (0.01, 10_000.0)


class PracticeServer:
    """A real HTTP service on 127.0.0.1.

    Its runs, money, uploads and webhook are stored in `data_dir`. With port 0 it uses the ports of last time when
    they are free. `credits` (US dollars) is the first balance. It is set again before it is used up, and
    `refilled` is then called with it; also at a start with less than the most expensive run costs. Without a
    `key`, each start makes a new one. `s3_relay_port` is where a relay to the storage port listens, see
    ServiceOptions. Every method may be called from any thread; only `start` and `stop` wait.
    """

    def __init__(  # noqa: PLR0913  # each can be set from the command line
        self, data_dir: Path, *, port: int = 0, s3_port: int = 0, s3_relay_port: int = 0, speed: float = 1.0,
        credits: float = 100.0,  # noqa: A002  # the contract's name
        faults: Iterable[Fault] = (), faults_changed: Callable[[frozenset[Fault]], None] | None = None,
        key: str = "", refilled: Callable[[float], None] = ignored,
    ) -> None:
        self._data_dir = data_dir
        self._ports = (port, s3_port, s3_relay_port)
        self._speed = _checked_speed(speed)
        self._credits = credits
        self._key = key
        self._refilled = refilled
        self._faults = FaultBoard(faults, faults_changed)
        self._seen = RequestLog()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._service: Service | None = None

    def start(self) -> PracticeAddress:
        """Listen, and return the address; StudioError when that fails."""
        with self._lock:
            service = self._service or self._start()
            return service.address

    def stop(self, deadline_s: float = 3.0) -> None:
        """Stop listening and end the thread; waits at most `deadline_s`. Does nothing when stopped."""
        with self._lock:
            service, self._service = self._service, None
            thread, self._thread = self._thread, None
            if service is not None and thread is not None:
                service.stop()
                thread.join(deadline_s)

    def faults(self) -> frozenset[Fault]:
        """Return the faults that are on."""
        return self._faults.all()

    def set_fault(self, fault: Fault, *, on: bool) -> None:
        """Turn a fault on or off."""
        self._faults.set(fault, on=on)

    def set_speed(self, speed: float) -> None:
        """Run `speed` times as fast as real time, from 0.01 to 10,000; running jobs follow at once."""
        self._speed = _checked_speed(speed)
        service = self._service
        if service is not None:
            service.set_speed(self._speed)

    def send_sample_webhook(self) -> None:
        """Send the test sample to the registered webhook; nothing happens without one."""
        service = self._service
        if service is not None:
            service.send_sample()

    def requests(self) -> tuple[SeenRequest, ...]:
        """Return the latest requests of both sides, oldest first, for tests."""
        return self._seen.seen()

    def breaches(self) -> tuple[str, ...]:
        """Return the storage paths that were requested with the key in the headers, for tests."""
        return self._seen.breaches()

    def _start(self) -> Service:
        outcome: SimpleQueue[Service | BaseException] = SimpleQueue()
        speed = self._speed
        options = ServiceOptions(
            self._data_dir, *self._ports, speed, self._credits, self._faults, self._seen, self._key,
            self._refilled,
        )
        thread = threading.Thread(target=_run, args=(options, outcome), name="practice-service", daemon=True)
        thread.start()
        found = outcome.get()
        if isinstance(found, BaseException):
            thread.join()
            raise found
        self._thread, self._service = thread, found
        if self._speed != speed:  # set while it was starting
            found.set_speed(self._speed)
        return found


def _run(options: ServiceOptions, outcome: SimpleQueue[Service | BaseException]) -> None:
    """Run the thread: put the service, or the exception, into `outcome`."""
    listening = False

    def ready(service: Service) -> None:
        nonlocal listening
        listening = True
        outcome.put(service)

    try:
        from segmind_studio.practice.service import run_service  # noqa: PLC0415  # slow: not in the window's thread

        run_service(options, ready)
    except BaseException as error:  # any exception must reach `start`
        if listening:
            raise
        outcome.put(error)


def _checked_speed(speed: float) -> float:
    """Return a speed within the range of the schedule; ValueError when it is no number."""
    if speed != speed:  # noqa: PLR0124  # NaN
        raise ValueError("The speed is not a number.")
    return min(max(speed, _SPEEDS[0]), _SPEEDS[1])
