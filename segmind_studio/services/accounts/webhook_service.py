"""The account's webhook for fine-tunes, for the window: list, replace, remove, and read its deliveries."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.webhooks import send_sample
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, CancelledError, StudioError
from segmind_studio.core.webhooks import Webhook
from segmind_studio.record import record
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.texts import _


@record
class WebhookLogs:
    """Deliveries of one webhook, one row each, as the service returns them."""

    webhook_id: str
    rows: tuple[dict[str, object], ...]


@record
class SampleSent:
    """The status of the answer to a sample: any 2xx means that it arrived."""

    status: int

    @property
    def arrived(self) -> bool:
        """Return whether the receiver accepted it."""
        return 200 <= self.status < 300  # noqa: PLR2004  # any 2xx


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """One request. `work` runs it with a client; returns WebhookLogs, or None when the list must be read again."""

    connection: Connection
    work: Callable[[SegmindClient], WebhookLogs | None]


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """An event about no run for this address; no request to the service."""

    connection: Connection
    url: str


@record
class _Answer:
    """The result of a request. `error` and a list may come together, after an error between two steps."""

    webhooks: tuple[Webhook, ...] | None = None
    logs: WebhookLogs | None = None
    sample: SampleSent | None = None
    error: StudioError | None = None


class WebhookService(QObject):
    """Manage the account's one webhook. GUI thread; a `WorkerThread` does the calls, only on request.

    Answers for an account that is no longer the current one are ignored.

    Signals:
        changed(object): tuple[Webhook, ...], after each list, add, replace and remove.
        logs(object): WebhookLogs.
        sample_sent(object): SampleSent.
        failed(object): StudioError.
        busy_changed(object): bool.
    """

    changed = Signal(object)
    logs = Signal(object)
    sample_sent = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection: Connection | None = None
        self._webhooks: tuple[Webhook, ...] = ()
        self._waiting = 0  # requests without an answer
        self._worker = WorkerThread("webhooks", self)
        self._worker.ended.connect(self._take_outcome)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """Return the last list, () before the first."""
        return self._webhooks

    @property
    def busy(self) -> bool:
        """Return whether a request is running."""
        return bool(self._waiting)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this account from now on; the values of another account are cleared."""
        other = connection is None or self._connection is None or connection.account != self._connection.account
        self._connection = connection
        if other and self._webhooks:
            self._webhooks = ()
            self.changed.emit(())

    @Slot()
    def refresh(self) -> None:
        """Request the list of webhooks."""
        self._ask(_nothing)

    def add(self, url: str, types: tuple[str, ...]) -> None:
        """Register a webhook; the service refuses when one exists."""
        def work(client: SegmindClient) -> None:
            client.add_webhook(url, types)

        self._ask(work)

    def replace(self, url: str, types: tuple[str, ...]) -> None:
        """Delete the existing webhook, then register the new one: the service allows one at a time.

        If the new one is refused, the old one is registered again.
        """
        def work(client: SegmindClient) -> None:
            _replace(client, url, types)

        self._ask(work)

    def remove(self, webhook_id: str) -> None:
        """Delete a webhook; the user has confirmed."""
        def work(client: SegmindClient) -> None:
            client.remove_webhook(webhook_id)

        self._ask(work)

    def load_logs(self, webhook_id: str) -> None:
        """Request the deliveries; `logs` is the answer."""
        def work(client: SegmindClient) -> WebhookLogs:
            return WebhookLogs(webhook_id, tuple(client.dispatch_logs(webhook_id)))

        self._ask(work)

    def send_sample(self, url: str) -> None:
        """Send an event about no run to a webhook's address, without a key; `sample_sent` is the answer."""
        if self._connection is not None:
            order = _Sample(self._connection, url)
            self._run(order, partial(_send_sample, order))

    def _ask(self, work: Callable[[SegmindClient], WebhookLogs | None]) -> None:
        if self._worker.stopped:
            return
        if self._connection is None:
            self.failed.emit(StudioError(_("No account is connected."), _("Add a key above first.")))
            return
        order = _Order(self._connection, work)
        self._run(order, partial(_carry_out, order))

    def _run(self, order: _Order | _Sample, work: Callable[[TransferStop], _Answer]) -> None:
        if self._worker.stopped:
            return
        self._waiting += 1
        self._worker.run(order, work)
        if self._waiting == 1:
            self.busy_changed.emit(True)

    @Slot(object)
    def _take_outcome(self, outcome: Outcome[_Order | _Sample, _Answer]) -> None:
        self._waiting -= 1
        answer = outcome.result or _Answer(error=outcome.error)
        if outcome.order.connection == self._connection:
            if answer.logs is not None:
                self.logs.emit(answer.logs)
            if answer.sample is not None:
                self.sample_sent.emit(answer.sample)
            if answer.webhooks is not None:
                self._webhooks = answer.webhooks
                self.changed.emit(answer.webhooks)
            if answer.error is not None and not isinstance(answer.error, CancelledError):
                self.failed.emit(answer.error)
        if not self._waiting:
            self.busy_changed.emit(False)

    def ask_stop(self) -> None:
        """Drop all waiting requests and cut the running one."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Stop and wait for the end; False when the deadline passed. May be repeated."""
        return self._worker.stop(deadline_ms)


def _nothing(_client: SegmindClient) -> None:
    """Change nothing: the list is always read afterwards."""


def _carry_out(order: _Order, stop: TransferStop) -> _Answer:
    """Run the request, then read the list, also after an error between two steps. In the worker's thread."""
    with SegmindClient(order.connection) as client, stop.watching(client):
        try:
            logs = order.work(client)
        except StudioError as error:
            with contextlib.suppress(StudioError):
                return _Answer(client.webhooks(), error=error)
            raise
        return _Answer(logs=logs) if logs else _Answer(client.webhooks())


def _send_sample(order: _Sample, stop: TransferStop) -> _Answer:
    """Send a sample; the service is not asked. In the worker's thread."""
    return _Answer(sample=SampleSent(send_sample(order.url, order.connection.proxy, stop.watching)))


def _replace(client: SegmindClient, url: str, types: tuple[str, ...]) -> None:
    client.check_webhook(url, types)
    old = client.webhooks()
    for webhook in old:
        client.remove_webhook(webhook.webhook_id)
    try:
        client.add_webhook(url, types)
    except ApiError as error:
        if not error.may_have_arrived:
            _put_back(client, old, error)
        raise


def _put_back(client: SegmindClient, old: tuple[Webhook, ...], refusal: ApiError) -> None:
    for webhook in old[:1]:
        try:
            client.add_webhook(webhook.url, webhook.types)
        except StudioError as error:
            raise StudioError(
                _("The new webhook was refused, and the old one could not be restored."),
                _("Register it again: {url}").format(url=webhook.url), f"{refusal.detail} {error.detail}".strip(),
            ) from None
