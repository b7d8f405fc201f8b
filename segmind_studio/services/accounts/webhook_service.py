"""The account's webhook for fine-tunes, as the window sees it: listed, replaced, removed, its deliveries read."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, CancelledError, StudioError
from segmind_studio.core.webhooks import Webhook
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookLogs:
    """Deliveries of one webhook, row by row as the service tells them."""

    webhook_id: str
    rows: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """One wish. `work` does it with a client and gives WebhookLogs, or None to have the list read again."""

    connection: Connection
    work: Callable[[SegmindClient], WebhookLogs | None]
    stop: TransferStop = field(default_factory=TransferStop)


@dataclass(frozen=True, slots=True)
class _Outcome:
    order: _Order
    webhooks: tuple[Webhook, ...] | None = None
    logs: WebhookLogs | None = None
    error: StudioError | None = None


class _Worker(QObject):
    """Ask the service on its own thread.

    Signals:
        ended(object): _Outcome, once for each order.
    """

    ended = Signal(object)

    @Slot(object)
    def do(self, order: _Order) -> None:
        """Carry out one order; never raises."""
        try:
            with SegmindClient(order.connection) as client, order.stop.watching(client):
                outcome = _outcome(order, client)
        except StudioError as error:
            outcome = _Outcome(order, error=error)
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("A webhook call broke")
            outcome = _Outcome(order, error=unexpected(error))
        self.ended.emit(outcome)


class WebhookService(QObject):
    """Keep the account's one webhook. GUI thread; the asking is a worker's. Nothing is asked for by itself.

    Answers for an account that is no longer the current one are dropped.

    Signals:
        changed(object): tuple[Webhook, ...], after each list, add, replace and remove.
        logs(object): WebhookLogs.
        failed(object): StudioError.
        busy_changed(object): bool.
    """

    changed = Signal(object)
    logs = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)
    _wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection: Connection | None = None
        self._webhooks: tuple[Webhook, ...] = ()
        self._orders: list[_Order] = []
        self._stopped = False
        self._thread = QThread(self)
        self._thread.setObjectName("webhooks")
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._wanted.connect(self._worker.do)
        self._worker.ended.connect(self._take_outcome)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """Return what the last list said, () before the first."""
        return self._webhooks

    @property
    def busy(self) -> bool:
        """Return whether something is being asked."""
        return bool(self._orders)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Speak for this account from now on; what was known of another one is forgotten."""
        other = connection is None or self._connection is None or connection.account != self._connection.account
        self._connection = connection
        if other and self._webhooks:
            self._webhooks = ()
            self.changed.emit(())

    @Slot()
    def refresh(self) -> None:
        """List the webhooks."""
        self._ask(_nothing)

    def add(self, url: str, types: tuple[str, ...]) -> None:
        """Register a webhook; the service refuses when there is one."""
        def work(client: SegmindClient) -> None:
            client.add_webhook(url, types)

        self._ask(work)

    def replace(self, url: str, types: tuple[str, ...]) -> None:
        """Delete what is there, then register the new one: the service takes one at a time.

        When the new one is refused the old one is put back.
        """
        def work(client: SegmindClient) -> None:
            _replace(client, url, types)

        self._ask(work)

    def remove(self, webhook_id: str) -> None:
        """Delete a webhook; the person has confirmed."""
        def work(client: SegmindClient) -> None:
            client.remove_webhook(webhook_id)

        self._ask(work)

    def load_logs(self, webhook_id: str) -> None:
        """Ask for the deliveries; `logs` answers."""
        def work(client: SegmindClient) -> WebhookLogs:
            return WebhookLogs(webhook_id, tuple(client.dispatch_logs(webhook_id)))

        self._ask(work)

    def _ask(self, work: Callable[[SegmindClient], WebhookLogs | None]) -> None:
        if self._stopped:
            return
        if self._connection is None:
            self.failed.emit(StudioError(_("There is no account to ask with."), _("Add a key above.")))
            return
        order = _Order(self._connection, work)
        self._orders.append(order)
        if not self._thread.isRunning():
            self._thread.start()
        self._wanted.emit(order)
        if len(self._orders) == 1:
            self.busy_changed.emit(True)

    @Slot(object)
    def _take_outcome(self, outcome: _Outcome) -> None:
        self._orders = [order for order in self._orders if order is not outcome.order]
        if outcome.order.connection == self._connection:
            if outcome.logs is not None:
                self.logs.emit(outcome.logs)
            if outcome.webhooks is not None:
                self._webhooks = outcome.webhooks
                self.changed.emit(outcome.webhooks)
            if outcome.error is not None and not isinstance(outcome.error, CancelledError):
                self.failed.emit(outcome.error)
        if not self._orders:
            self.busy_changed.emit(False)

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Drop everything and end the thread; False when the deadline passed. May be repeated."""
        self._stopped = True
        for order in self._orders:
            order.stop.stop()
        if not self._thread.isRunning():
            return True
        self._thread.quit()
        return self._thread.wait(deadline_ms)


def _nothing(_client: SegmindClient) -> None:
    """Change nothing: the list is read afterwards in any case."""


def _outcome(order: _Order, client: SegmindClient) -> _Outcome:
    """Do the work and read the list; also after a refusal, which may have come halfway."""
    try:
        logs = order.work(client)
    except StudioError as error:
        with contextlib.suppress(StudioError):
            return _Outcome(order, client.webhooks(), error=error)
        raise
    return _Outcome(order, logs=logs) if logs else _Outcome(order, client.webhooks())


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
                _("The new webhook was refused, and the old one could not be put back."),
                _("Register it again: {url}").format(url=webhook.url), f"{refusal.detail} {error.detail}".strip(),
            ) from None
