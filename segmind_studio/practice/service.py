"""The practice service inside its thread: its loop, and the methods that other threads call."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from segmind_studio.core.errors import StudioError
from segmind_studio.practice.context import Context
from segmind_studio.practice.options import PracticeAddress, ServiceOptions
from segmind_studio.practice.site import running_site
from segmind_studio.texts import _


class Service:
    """A service that is listening. Every method returns at once and may be called from any thread."""

    def __init__(self, context: Context, loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
        self._context = context
        self._loop = loop
        self._stopping = stopping

    @property
    def address(self) -> PracticeAddress:
        """Return its address."""
        return self._context.address

    def stop(self) -> None:
        """Ask it to stop."""
        self._call(self._stopping.set)

    def set_speed(self, speed: float) -> None:
        """Change the speed of all running jobs."""
        self._call(partial(self._set_speed, speed))

    def send_sample(self) -> None:
        """Queue the test sample for the registered webhook."""
        self._call(self._send_sample)

    def _call(self, command: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(command)
        except RuntimeError:  # it has stopped
            return

    def _set_speed(self, speed: float) -> None:
        self._context.jobs.advance(time.time())
        self._context.jobs.set_speed(speed, time.time())
        self._context.dispatcher.wake()

    def _send_sample(self) -> None:
        self._context.webhooks.queue_sample(time.time())
        self._context.dispatcher.wake()


def run_service(options: ServiceOptions, ready: Callable[[Service], None]) -> None:
    """Serve in this thread until `stop` is called; `ready` is called with the service once it listens.

    Raises StudioError when a port, the folder or the database cannot be used.
    """
    try:
        asyncio.run(_serve(options, ready))
    except (OSError, OverflowError, sqlite3.Error) as error:
        raise StudioError(
            _("The practice service could not start."),
            _("Check that its folder is writable and its ports are free, then try again."),
            str(error),
        ) from error


async def _serve(options: ServiceOptions, ready: Callable[[Service], None]) -> None:
    stopping = asyncio.Event()
    async with running_site(options) as context:
        ready(Service(context, asyncio.get_running_loop(), stopping))
        await stopping.wait()
