"""The practice service as the app holds it: a thread with its own loop, started, told things and stopped.

Importing this is cheap; the server library is imported in the thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.practice.faults import FaultBoard, RequestLog, SeenRequest

if TYPE_CHECKING:
    from segmind_studio.practice.context import Context

_SPEEDS = (0.01, 10_000.0)


@dataclass(frozen=True, slots=True)
class PracticeAddress:
    """Where a running service is: the base URLs of both sides and the one key it takes."""

    api: str
    s3: str
    key: str = field(repr=False)


class PracticeServer:
    """A real HTTP service on 127.0.0.1, and its `core.practice.PracticeControl`.

    Its runs, money, uploads and webhook live in `data_dir` and outlast it. With port 0 it takes the ports of last
    time when they are free. `credits` (US dollars) is the first balance, given again at a start that finds
    less than the dearest run costs. Every method may be called from any thread; only `start` and `stop` wait.
    """

    def __init__(  # noqa: PLR0913  # each can be set from the command line
        self, data_dir: Path, *, port: int = 0, s3_port: int = 0, speed: float = 1.0, credits: float = 100.0,  # noqa: A002  # the word of the contract
        faults: Iterable[Fault] = (),
    ) -> None:
        self._data_dir = data_dir
        self._ports = (port, s3_port)
        self._speed = _checked_speed(speed)
        self._credits = credits
        self._faults = FaultBoard(faults)
        self._seen = RequestLog()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._address: PracticeAddress | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: Context | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> PracticeAddress:
        """Listen, and give the address; StudioError in words when that cannot be done."""
        with self._lock:
            if self._thread is not None and self._address is not None:
                return self._address
            ready: Future[PracticeAddress] = Future()
            thread = threading.Thread(
                target=self._run, args=(ready,), name="practice-service", daemon=True,
            )
            thread.start()
            try:
                self._address = ready.result()
            except (OSError, sqlite3.Error, OverflowError) as error:
                thread.join()
                raise StudioError(
                    "The practice service could not start.",
                    "Look whether its folder can be written and its ports are free, then try again.",
                    str(error),
                ) from error
            self._thread = thread
            return self._address

    def stop(self, deadline_s: float = 3.0) -> None:
        """Stop listening and end the thread; waits at most `deadline_s`. Does nothing when stopped."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._call(self._stop_soon)
            thread.join(deadline_s)

    def faults(self) -> frozenset[Fault]:
        """Give the faults that are on."""
        return self._faults.all()

    def set_fault(self, fault: Fault, *, on: bool) -> None:
        """Turn a fault on or off."""
        self._faults.set(fault, on=on)

    def set_speed(self, speed: float) -> None:
        """Run `speed` times as fast as life, from 0.01 to 10,000; what is under way follows at once."""
        self._speed = _checked_speed(speed)
        self._call(self._speed_changed)

    def send_sample_webhook(self) -> None:
        """Send the test sample to the registered webhook; nothing happens without one."""
        self._call(self._queue_sample)

    def requests(self) -> tuple[SeenRequest, ...]:
        """Give the latest requests of both sides, oldest first, for tests."""
        return self._seen.seen()

    def breaches(self) -> tuple[str, ...]:
        """Give the storage paths that were asked for with the key in the headers, for tests."""
        return self._seen.breaches()

    def _call(self, func: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(func)
            except RuntimeError:  # it has just closed
                return

    def _run(self, ready: Future[PracticeAddress]) -> None:
        try:
            asyncio.run(self._serve(ready))
        except BaseException as error:  # whatever it is, `start` must hear of it
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: Future[PracticeAddress]) -> None:
        from segmind_studio.practice.site import SiteOptions, running_site  # noqa: PLC0415  # heavy

        options = SiteOptions(
            self._data_dir, *self._ports, self._speed, self._credits, self._faults, self._seen,
        )
        self._stopping = asyncio.Event()
        async with running_site(options) as context:
            self._context = context
            self._loop = asyncio.get_running_loop()
            self._speed_changed()  # it may have been set meanwhile
            ready.set_result(PracticeAddress(context.origins.api, context.origins.storage, context.key))
            await self._stopping.wait()
            self._loop = None
        self._context = None

    def _stop_soon(self) -> None:
        if self._stopping is not None:
            self._stopping.set()

    def _speed_changed(self) -> None:
        if self._context is not None:
            self._context.jobs.advance(time.time())
            self._context.jobs.set_speed(self._speed, time.time())
            self._context.dispatcher.wake()

    def _queue_sample(self) -> None:
        if self._context is not None:
            self._context.webhooks.queue_sample(time.time())
            self._context.dispatcher.wake()


def _checked_speed(speed: float) -> float:
    """Bring a speed into the range that the schedule can follow; ValueError when it is no number."""
    if speed != speed:  # noqa: PLR0124  # NaN
        raise ValueError("The speed is not a number.")
    return min(max(speed, _SPEEDS[0]), _SPEEDS[1])
