"""The two background tasks: runs advance, and webhooks are delivered."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable

import aiohttp

from segmind_studio.practice.jobs import Jobs
from segmind_studio.practice.webhooks import Attempt, Delivery, WebhookBook

_LOG = logging.getLogger(__name__)
_LONGEST_WAIT_S = 30.0  # the computer's clock may be set while waiting
_SHORTEST_WAIT_S = 0.002
_ANSWER_WITHIN_S = 5.0
_RETRY_AFTER_S = (2.0, 8.0)  # at speed 1
_FINISH_WITHIN_S = 1.0
_AFTER_TROUBLE_S = 5.0


class Dispatcher:
    """Run the schedule and the deliveries as tasks of the service's loop.

    A delivery in progress at the stop gets a second to end, so that it is not made twice.
    """

    def __init__(self, jobs: Jobs, webhooks: WebhookBook, session: aiohttp.ClientSession) -> None:
        self._jobs = jobs
        self._webhooks = webhooks
        self._session = session
        self._schedule_changed = asyncio.Event()
        self._queue_changed = asyncio.Event()
        self._delivering = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start both tasks."""
        self._tasks = [
            asyncio.create_task(_forever(self._follow_schedule), name="practice-schedule"),
            asyncio.create_task(_forever(self._deliver_next), name="practice-webhooks"),
        ]

    async def stop(self) -> None:
        """Stop both tasks; undelivered payloads stay in the database."""
        for task in self._tasks[:1]:
            task.cancel()
        try:
            async with asyncio.timeout(_FINISH_WITHIN_S), self._delivering:
                for task in self._tasks:
                    task.cancel()
        except TimeoutError:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Check the schedule again: something was added, or the speed has changed."""
        self._schedule_changed.set()
        self._queue_changed.set()

    async def _follow_schedule(self) -> None:
        self._jobs.advance(time.time())
        self._queue_changed.set()
        await _wait(self._schedule_changed, self._jobs.next_due())

    async def _deliver_next(self) -> None:
        async with self._delivering:
            delivery = self._webhooks.next_delivery()
            if delivery is not None and delivery.due_at <= time.time():
                await self._deliver(delivery)
                return
        await _wait(self._queue_changed, delivery.due_at if delivery else None)

    async def _deliver(self, delivery: Delivery) -> None:
        attempt = await self._post(delivery)
        pause = _RETRY_AFTER_S[min(delivery.attempts, len(_RETRY_AFTER_S) - 1)] / self._jobs.speed
        self._webhooks.log(delivery, attempt, time.time() + pause)

    async def _post(self, delivery: Delivery) -> Attempt:
        try:
            async with self._session.post(
                delivery.url, data=delivery.payload, headers={"Content-Type": "application/json"},
                allow_redirects=False, timeout=aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S),
            ) as answer:
                return Attempt(answer.status, "", time.time())
        except TimeoutError:
            return Attempt(None, "No answer in time", time.time())
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Attempt(None, str(error) or type(error).__name__, time.time())


async def _forever(turn: Callable[[], Awaitable[None]]) -> None:
    """Repeat `turn` until cancelled; errors of the disk are logged, since they may be temporary."""
    while True:
        try:
            await turn()
        except sqlite3.Error:
            _LOG.exception("The practice service cannot use its database.")
            await asyncio.sleep(_AFTER_TROUBLE_S)


async def _wait(event: asyncio.Event, until: float | None) -> None:
    left = _LONGEST_WAIT_S if until is None else until - time.time()
    try:
        async with asyncio.timeout(min(max(left, _SHORTEST_WAIT_S), _LONGEST_WAIT_S)):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
