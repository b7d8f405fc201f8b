"""The receiver of webhooks, for the window: turned on and off, its deliveries, and what they did to the runs."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.core.runs import is_further
from segmind_studio.core.settings import Settings
from segmind_studio.core.webhook_receiver import (
    DEFAULT_HOST,
    DEFAULT_PORT,
    HIGHEST_PORT,
    MOST_KEPT,
    MOST_KEPT_CHARACTERS,
    Payload,
    ReceivedEvent,
    Verdict,
    checked_host,
    is_secret_path,
    verdict_of,
)
from segmind_studio.record import record
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread

_log = logging.getLogger(__name__)
_SECRET_BYTES = 32


@record
class Listening:
    """Where the receiver shall listen. The path is secret: whoever knows it can send."""

    host: str
    port: int
    path: str

    def __repr__(self) -> str:  # for logs and errors
        return f"Listening({self.host!r}, {self.port})"


@record
class ReceiverState:
    """Whether it is on, where it listens (None while it does not), and why it cannot."""

    on: bool = False
    where: Listening | None = None
    error: StudioError | None = None


class WebhookReceiver(QObject):
    """Follow the settings: listen while they say so. GUI thread; the server is on a thread of its own.

    A delivery changes no run. One that says more than the run's row is shown there as reported, and makes
    `RunService` request the list; what that says counts. The deliveries are in memory only.

    Signals:
        changed(object): ReceiverState.
        received(object): tuple[ReceivedEvent, ...], all that are held, the newest first; after each change.
    """

    changed = Signal(object)
    received = Signal(object)
    _arrived = Signal(object)  # Payload; from the server's thread
    _ready = Signal(object, object)  # TransferStop, port; from the server's thread

    def __init__(
        self, settings: SettingsService, runs: RunService, know_secret: Callable[[ApiKey], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._runs = runs
        self._know_secret = know_secret
        self._state = ReceiverState()
        self._events: tuple[ReceivedEvent, ...] = ()
        self._count = 0
        self._wanted: Listening | None = None
        self._stop: TransferStop | None = None
        self._worker = WorkerThread("webhook-receiver", self)
        self._worker.ended.connect(self._ended)
        self._arrived.connect(self._take)
        self._ready.connect(self._listens)
        runs.changed.connect(self._rows_changed)
        runs.replaced.connect(self._rows_changed)

    @property
    def state(self) -> ReceiverState:
        """Return whether and where it listens."""
        return self._state

    @property
    def events(self) -> tuple[ReceivedEvent, ...]:
        """Return the deliveries of this session, the newest first."""
        return self._events

    # -- requests of the window

    @Slot()
    def start(self) -> None:
        """Follow the settings from now on."""
        self._settings.changed.connect(self._follow)
        self._follow(self._settings.value)

    def turn(self, *, on: bool) -> None:
        """Turn it on or off; the first time it gets its secret path."""
        path = self._settings.value.receiver_path
        self._settings.update(receiver=on, receiver_path=path if is_secret_path(path) or not on else _new_path())

    def move(self, host: str, port: int) -> None:
        """Listen somewhere else; StudioError when that is no address."""
        self._settings.update(receiver_host=checked_host(host), receiver_port=port)

    def renew_path(self) -> None:
        """Replace the secret path: nothing is taken at the old one any more."""
        self._settings.update(receiver_path=_new_path())

    def retry(self) -> None:
        """Try again to listen, after an error."""
        self._wanted = None
        self._follow(self._settings.value)

    def clear(self) -> None:
        """Forget the deliveries."""
        self._set_events(())

    # -- the server

    @Slot(object)
    def _follow(self, value: Settings) -> None:
        wanted = _listening(value)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self._stop is not None:
            self._stop.stop()
            self._stop = None
        self._set_state(ReceiverState(on=wanted is not None))
        if wanted is not None:
            self._know_secret(ApiKey(wanted.path))  # masked in the log and in a support bundle
            self._stop = self._worker.run(wanted, partial(self._serve, wanted))

    def _serve(self, wanted: Listening, stop: TransferStop) -> None:
        """Listen until the stop. In the worker's thread."""
        from segmind_studio.api.webhook_server import WebhookServer  # noqa: PLC0415  # slow: when it is turned on

        server = WebhookServer(
            wanted.host, wanted.port, wanted.path, take=self._arrived.emit,
            ready=partial(self._ready.emit, stop),
        )
        with stop.watching(server):
            server.serve()

    @Slot(object, object)
    def _listens(self, stop: TransferStop, port: int) -> None:
        if stop is self._stop and self._wanted is not None:
            self._set_state(ReceiverState(on=True, where=replace(self._wanted, port=port)))

    @Slot(object)
    def _ended(self, outcome: Outcome[Listening, None]) -> None:
        if outcome.order is not self._wanted or isinstance(outcome.error, CancelledError):
            return
        if outcome.error is not None:
            _log.info("The receiver of webhooks cannot listen: %s", outcome.error.title)
        self._set_state(ReceiverState(on=True, error=outcome.error))

    def _set_state(self, state: ReceiverState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

    # -- deliveries

    @Slot(object)
    def _take(self, payload: Payload) -> None:
        event = payload.event
        run = self._runs.find(event.service_id) if event is not None and event.service_id else None
        verdict = verdict_of(event, run)
        self._count += 1
        new = ReceivedEvent(
            self._count, time.time(), payload, verdict, run.run_id if run else "", run.name if run else "",
        )
        self._set_events(_newest((new, *self._events)))
        if run is not None and event is not None and verdict is Verdict.REPORTED:
            self._runs.report(run, event.status)

    @Slot()
    def _rows_changed(self) -> None:
        """Update the reports that a listing has confirmed, or has not confirmed in time."""
        if any(event.verdict is Verdict.REPORTED for event in self._events):
            self._set_events(tuple(self._judged_again(event) for event in self._events))

    def _judged_again(self, event: ReceivedEvent) -> ReceivedEvent:
        if event.verdict is not Verdict.REPORTED:
            return event
        run = self._runs.run(event.run_id)
        if run is None:  # another account is in use
            return replace(event, verdict=Verdict.NO_RUN)
        if not is_further(event.status, run):
            return replace(event, verdict=Verdict.CONFIRMED)
        return event if run.reported else replace(event, verdict=Verdict.UNCONFIRMED)

    def _set_events(self, events: tuple[ReceivedEvent, ...]) -> None:
        if events != self._events:
            self._events = events
            self.received.emit(events)

    # -- the end

    def ask_stop(self) -> None:
        """Stop listening; never waits."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Stop and wait for the end; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)


def _new_path() -> str:
    return f"/hooks/{secrets.token_urlsafe(_SECRET_BYTES)}"


def _listening(value: Settings) -> Listening | None:
    """Return where the settings want it to listen; an edited file may hold anything."""
    if not value.receiver or not is_secret_path(value.receiver_path):
        return None
    try:
        host = checked_host(value.receiver_host)
    except StudioError:
        host = DEFAULT_HOST
    good = 0 <= value.receiver_port <= HIGHEST_PORT
    return Listening(host, value.receiver_port if good else DEFAULT_PORT, value.receiver_path)


def _newest(events: tuple[ReceivedEvent, ...]) -> tuple[ReceivedEvent, ...]:
    """Return as many of the newest as may be held, at least one."""
    room = MOST_KEPT_CHARACTERS
    for place, event in enumerate(events[:MOST_KEPT]):
        room -= len(event.payload.text)
        if room < 0 and place:
            return events[:place]
    return events[:MOST_KEPT]
