"""The account's webhook for fine-tunes, for the window: list, replace, remove, and read its deliveries."""

from __future__ import annotations

import logging
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
from segmind_studio.store.webhook_file import DeletedWebhooksFile
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


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
class _Look:
    """What was deleted before is looked for, or forgotten. A request only when something was."""

    connection: Connection


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """An event about no run for this address; no request to the service."""

    connection: Connection
    url: str


@record
class _Answer:
    """The result of a request. `error` and a list may come together, after an error between two steps.

    `lost` was deleted to register another, and the list shows neither.
    """

    webhooks: tuple[Webhook, ...] | None = None
    lost: Webhook | None = None
    logs: WebhookLogs | None = None
    sample: SampleSent | None = None
    error: StudioError | None = None


class WebhookService(QObject):
    """Manage the account's one webhook. GUI thread; a `WorkerThread` does the calls, only on request.

    Answers for an account that is no longer the current one are ignored. A webhook that is deleted to register
    another is remembered on the disk until the list shows either; if the app ends in between, the list is read
    once when the account is connected again.

    Signals:
        account_changed(): another account or key is used from now on; its list is not known yet.
        changed(object): tuple[Webhook, ...], after each list, add, replace and remove.
        logs(object): WebhookLogs.
        sample_sent(object): SampleSent.
        failed(object): StudioError.
        busy_changed(object): bool.
        loss_found(object): StudioError, the `lost` one was found when the account was connected.
    """

    account_changed = Signal()
    changed = Signal(object)
    logs = Signal(object)
    sample_sent = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)
    loss_found = Signal(object)

    def __init__(self, deleted: DeletedWebhooksFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deleted = deleted
        self._lost: Webhook | None = None
        self._connection: Connection | None = None
        self._webhooks: tuple[Webhook, ...] | None = None  # not listed yet
        self._waiting = 0  # requests without an answer
        self._worker = WorkerThread("webhooks", self)
        self._worker.ended.connect(self._take_outcome)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """Return the last list, () before the first."""
        return self._webhooks or ()

    @property
    def known(self) -> bool:
        """Return whether the account's list was read."""
        return self._webhooks is not None

    @property
    def lost(self) -> Webhook | None:
        """Return the webhook that was deleted to register another, when the last list showed neither."""
        return self._lost

    @property
    def busy(self) -> bool:
        """Return whether a request is running."""
        return bool(self._waiting)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this account from now on; what was known with another account or key is cleared."""
        before, self._connection = self._connection, connection
        if before and connection and (before.place, before.key) == (connection.place, connection.key):
            return
        self._webhooks = self._lost = None
        self.account_changed.emit()
        if connection is not None:
            look = _Look(connection)
            self._run(look, partial(_look, look, self._memory()))

    @Slot()
    def refresh(self) -> None:
        """Request the list of webhooks."""
        self._ask(_nothing)

    def add(self, url: str, types: tuple[str, ...]) -> None:
        """Register a webhook; the service refuses when one exists."""
        memory = self._memory()

        def work(client: SegmindClient) -> None:
            client.add_webhook(url, types)
            memory.forget()

        self._ask(work)

    def replace(self, old: Webhook, url: str, types: tuple[str, ...]) -> None:
        """Delete a webhook, then register the new one: the service allows one at a time. Others stay.

        If the new one is refused, the old one is registered again. If that fails too, or the answers do not
        tell, the old one is `lost` once the list shows neither.
        """
        memory = self._memory()

        def work(client: SegmindClient) -> None:
            _replace(client, old, url, types, memory)

        self._ask(work)

    def forget_lost(self) -> None:
        """Forget the webhook that was `lost`: the user does not want it back."""
        if self._connection is not None and self._lost is not None:
            self._lost = None
            self._run(_Look(self._connection), partial(_forget, self._memory()))

    def remove(self, webhook: Webhook) -> None:
        """Delete a webhook; the user has confirmed."""
        memory = self._memory()

        def work(client: SegmindClient) -> None:
            client.remove_webhook(webhook.webhook_id)
            memory.forget_if_listed((webhook,))

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

    def _memory(self) -> _Memory:
        return _Memory(self._deleted, self._connection.account.account_id if self._connection is not None else "")

    def _ask(self, work: Callable[[SegmindClient], WebhookLogs | None]) -> None:
        if self._worker.stopped:
            return
        if self._connection is None:
            self.failed.emit(StudioError(_("No account is connected."), _("Add a key above first.")))
            return
        order = _Order(self._connection, work)
        self._run(order, partial(_carry_out, order, self._memory()))

    def _run(self, order: _Order | _Look | _Sample, work: Callable[[TransferStop], _Answer]) -> None:
        if self._worker.stopped:
            return
        self._waiting += 1
        self._worker.run(order, work)
        if self._waiting == 1:
            self.busy_changed.emit(True)

    @Slot(object)
    def _take_outcome(self, outcome: Outcome[_Order | _Look | _Sample, _Answer]) -> None:
        self._waiting -= 1
        answer = outcome.result or _Answer(error=outcome.error)
        if self._is_ours(outcome.order.connection):
            self._take(answer, by_itself=isinstance(outcome.order, _Look))
        if not self._waiting:
            self.busy_changed.emit(False)

    def _is_ours(self, connection: Connection) -> bool:
        return self._connection is not None and connection.place == self._connection.place

    def _take(self, answer: _Answer, *, by_itself: bool) -> None:
        if answer.logs is not None:
            self.logs.emit(answer.logs)
        if answer.sample is not None:
            self.sample_sent.emit(answer.sample)
        if answer.webhooks is not None:
            self._webhooks, self._lost = answer.webhooks, answer.lost
            self.changed.emit(answer.webhooks)
        if by_itself and answer.lost is not None:
            self.loss_found.emit(lost_error(answer.lost))
        if answer.error is not None and not by_itself and not isinstance(answer.error, CancelledError):
            self.failed.emit(answer.error)

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


def lost_error(webhook: Webhook) -> StudioError:
    """Return what the window shows about a `lost` webhook."""
    return StudioError(
        _("The old webhook was deleted, and no other was registered."),
        _("Register it again: {url}").format(url=webhook.url),
    )


class _Memory:
    """The webhook of one account that was deleted to register another. Blocking, in the worker's thread."""

    def __init__(self, file: DeletedWebhooksFile, account_id: str) -> None:
        self._file = file
        self._account_id = account_id

    def keep(self, webhook: Webhook) -> None:
        """Remember it; StoreError when the disk refuses."""
        self._file.keep(self._account_id, webhook)

    def kept(self) -> Webhook | None:
        """Return what is remembered."""
        return self._file.of(self._account_id)

    def forget(self) -> None:
        """Forget it; an error is logged, since a line that is not needed does no harm."""
        try:
            self._file.forget(self._account_id)
        except StudioError:
            _log.warning("A deleted webhook could not be forgotten", exc_info=True)

    def forget_if_listed(self, webhooks: tuple[Webhook, ...]) -> None:
        """Forget it if one of these has its address, or is called for the same events."""
        kept = self.kept()
        if kept is not None and any(
            webhook.url == kept.url or not webhook.types or set(webhook.types) & set(kept.types)
            for webhook in webhooks
        ):
            self.forget()


def _carry_out(order: _Order, memory: _Memory, stop: TransferStop) -> _Answer:
    """Run the request, then read the list, also after an error between two steps. In the worker's thread."""
    with SegmindClient(order.connection) as client, stop.watching(client):
        try:
            logs = order.work(client)
        except StudioError as error:
            try:
                return _listed(client, memory, error)
            except StudioError:
                raise error from None
        return _Answer(logs=logs) if logs else _listed(client, memory)


def _look(order: _Look, memory: _Memory, stop: TransferStop) -> _Answer:
    """Read the list if a webhook was deleted and no other was seen since. In the worker's thread."""
    if memory.kept() is None:
        return _Answer()
    with SegmindClient(order.connection) as client, stop.watching(client):
        return _listed(client, memory)


def _forget(memory: _Memory, _stop: TransferStop) -> _Answer:
    """Forget what was deleted; the service is not asked. In the worker's thread."""
    memory.forget()
    return _Answer()


def _listed(client: SegmindClient, memory: _Memory, error: StudioError | None = None) -> _Answer:
    """Return the list, and what was deleted as long as neither it nor another in its place is listed."""
    webhooks = client.webhooks()
    memory.forget_if_listed(webhooks)
    return _Answer(webhooks, memory.kept(), error=error)


def _send_sample(order: _Sample, stop: TransferStop) -> _Answer:
    """Send a sample; the service is not asked. In the worker's thread."""
    return _Answer(sample=SampleSent(send_sample(order.url, order.connection.proxy, stop.watching)))


def _replace(
    client: SegmindClient, old: Webhook, url: str, types: tuple[str, ...], memory: _Memory,
) -> None:
    client.check_webhook(url, types)
    if any(webhook.webhook_id == old.webhook_id for webhook in client.webhooks()):
        memory.keep(old)
        client.remove_webhook(old.webhook_id)
    try:
        client.add_webhook(url, types)
    except ApiError as refusal:
        if memory.kept() == old and not refusal.may_have_arrived:
            _put_back(client, old, memory)
        raise
    memory.forget()


def _put_back(client: SegmindClient, old: Webhook, memory: _Memory) -> None:
    try:
        client.add_webhook(old.url, old.types)
    except StudioError:  # it is `lost`, and the refusal of the new one is reported
        _log.warning("The old webhook could not be registered again", exc_info=True)
    else:
        memory.forget()
