"""The worker that polls the service for runs: it requests the list, waits, and emits the answers.

It never uses the disk; `run_store.py` writes the answers, on a thread of its own, and returns the next question.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from segmind_studio.api.client import SegmindClient
from segmind_studio.clock import monotonic_epoch, monotonic_seconds
from segmind_studio.core.accounts import Connection
from segmind_studio.core.cadence import LISTINGS_PER_MINUTE, Cadence
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.runs import Job, Run
from segmind_studio.services.runs.run_messages import (
    DetailsSeen,
    EventNews,
    ListingSeen,
    QuestionAnswer,
    RowsRead,
    RunActivity,
    RunQuestion,
    Stored,
)
from segmind_studio.services.runs.run_values import AccessChange, RunFailure, WatchState
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
LONGEST_TIMER_MS = 24 * 3600 * 1000
READ_AGAIN_S = 15.0  # time to the next try to read the rows after a disk error; no message is shown


class RunPoller(QObject):
    """Poll the list endpoint. Lives on its own QThread; slots only.

    A check is a listing that the run store writes, and at most two questions from the store. It ends with the
    store's last answer; a check requested during it runs afterwards.

    Signals:
        listed(object): ListingSeen. answered(object): QuestionAnswer. described(object): DetailsSeen.
        rows_wanted(): the account's rows should be read again.
        watched(object): WatchState.
        failed(object): RunFailure.
    """

    listed = Signal(object)
    answered = Signal(object)
    described = Signal(object)
    rows_wanted = Signal()
    watched = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._connection: Connection | None = None
        self._client: SegmindClient | None = None
        self._readable = False  # the account's rows can be read, so new data can be written
        self._listed = False  # this connection has received the whole list once
        self._active = False  # a run is not finished
        self._number = 0  # of the check; an answer with another number is late
        self._checking = False
        self._again = False  # another check is requested after this one, or once the rows are read
        self._begun = 0.0  # start of this check, in `monotonic_seconds`
        self._state = WatchState()
        self._failures = 0
        self._not_before = 0.0  # the service allows no request before this, in `monotonic_seconds`
        self._waits: dict[tuple[str, str], float] = {}  # the same of other accounts
        self._asked_at = 0.0  # when a check last reached the service, in `monotonic_seconds`
        self._polling = True
        self._asked: deque[float] = deque(maxlen=LISTINGS_PER_MINUTE)  # in `monotonic_seconds`
        self._events = EventNews(pending=False)
        self._heard = False  # an event came, and no check has begun since
        self._confirmed_at: float | None = None  # when a listing last confirmed an event, in `monotonic_seconds`
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.check)
        self._retry_timer = QTimer(self)
        self._retry_timer.setSingleShot(True)
        self._retry_timer.timeout.connect(self._retry_wait_ended)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Poll this account from now on, as soon as its rows are read."""
        if connection == self._connection:
            return
        self._close_client()
        before = None if self._connection is None else self._connection.place
        place = None if connection is None else connection.place
        other = place is None or place != before
        if before is not None:
            self._waits[before] = self._not_before
        self._connection = connection
        self._number += 1
        self._checking = self._again = self._listed = False
        self._failures, self._not_before = 0, self._waits.pop(place, 0.0) if place is not None else 0.0
        if other:
            self._timer.stop()
            self._readable = self._active = self._heard = False
            self._events, self._confirmed_at = EventNews(pending=False), None
            self._asked.clear()
            self._set_state(WatchState())
        else:
            self._set_state(replace(self._state, checking=False))
            if self._polling:
                self.check()

    @Slot(object)
    def take_rows(self, read: RowsRead) -> None:
        """Start to poll once the account's rows are read; until then try again without a message."""
        connection = self._connection
        if connection is None or read.account_id != connection.account.account_id:
            return
        if read.error is not None:
            self._readable = False
            self._set_state(WatchState(error=read.error, unread=True))
            if self._polling:
                self._arm_for(READ_AGAIN_S)
            return
        self._readable, self._active = True, read.active
        if self._state.unread:
            self._set_state(WatchState())
        if self._polling or self._again:
            self._again = False
            self.check()

    @Slot(bool)
    def set_polling(self, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        """Turn the background checks on or off; "Check now" always works."""
        self._polling = on
        if on and self._connection is not None:
            self._arm()
        elif not on:
            self._timer.stop()
            self._set_state(replace(self._state, next_at=None))

    # -- a check

    @Slot()
    def check(self) -> None:
        """Poll once, unless the service allows no request now; then start the timer again."""
        self._timer.stop()
        connection = self._connection
        if connection is None:
            return
        if self._checking:
            self._again = True
            return
        now, self._begun = time.time(), monotonic_seconds()
        if self._begun < self._not_before:
            self._arm()
            return
        if not self._readable:
            self._again = True
            self.rows_wanted.emit()
            return
        self._checking, self._heard = True, False
        self._asked.append(self._begun)
        self._number += 1
        self._set_state(replace(self._state, checking=True, next_at=None))
        self._guarded(lambda: self._list(connection, now))

    def _list(self, connection: Connection, now: float) -> None:
        listing = self._the_client(connection).list_jobs()
        same, self._listed = listing.unchanged and self._listed, True
        account_id = connection.account.account_id
        self.listed.emit(ListingSeen(self._number, account_id, listing, same, now))

    @Slot(object)
    def take_stored(self, stored: Stored) -> None:
        """Continue a check: request what the run store asks for, or end it."""
        connection = self._connection
        if connection is None or not self._checking or stored.number != self._number:
            return
        self._active = stored.active
        if stored.error is not None:
            self._listed = False  # the list was not stored: the same bytes are still new
            self._check_failed(stored.error)
            return
        if self._begun:
            self._failures, self._not_before, self._asked_at, self._begun = 0, 0.0, self._begun, 0.0
        question = stored.question
        if question is not None:
            self._guarded(lambda: self._ask(connection, question))
            return
        self._set_state(WatchState(checked_at=monotonic_epoch(), error=stored.left_out))
        self._end_check()

    def _ask(self, connection: Connection, question: RunQuestion) -> None:
        client = self._the_client(connection)
        job: Job | None = None
        balance: float | None = None
        failure: ApiError | None = None
        try:
            if question.balance:
                balance = client.credits().total
            else:
                job = client.details(question.run.service_id)
        except ApiError as error:
            failure = error
            if error.problem is ApiProblem.RATE_LIMITED and not question.balance:
                self._note_retry_after(error)
        account_id = connection.account.account_id
        self.answered.emit(QuestionAnswer(self._number, account_id, question, job, balance, failure))

    def _guarded(self, ask: Callable[[], None]) -> None:
        try:
            ask()
        except StudioError as error:
            self._check_failed(error)
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("A check broke")
            self._check_failed(unexpected(error))

    def _check_failed(self, error: StudioError) -> None:
        self._failures += 1
        if not _offline(error):
            self._asked_at = monotonic_seconds()
        self._note_retry_after(error)
        self._set_state(replace(self._state, checking=False, error=error))
        self._end_check()

    def _end_check(self) -> None:
        self._checking = False
        if self._again:
            self._again = False
            self.check()
        elif self._heard:
            self._check_in_turn()
        else:
            self._arm()

    @Slot(object)
    def take_event_news(self, news: EventNews) -> None:
        """Poll at once when a webhook reported something, also with the background checks off, within the limit.

        Only events that a listing confirmed slow the polling down: a forged one does not.
        """
        self._events = news
        if news.confirmed:
            self._confirmed_at = monotonic_seconds()
        self._heard = self._heard or news.came
        if self._connection is None or self._checking:
            return
        if self._heard:
            self._check_in_turn()
        else:
            self._arm()

    def _check_in_turn(self) -> None:
        """Check now, or as soon as the limit per minute and the service allow it."""
        connection, now = self._connection, monotonic_seconds()
        if connection is None:
            return
        room = Cadence(connection.practice, connection.speed).room(self._asked, now)
        wait = max(room, self._not_before - now)
        if wait > 0:
            self._arm_for(wait)
        else:
            self.check()

    @Slot(object)
    def take_activity(self, activity: RunActivity) -> None:
        """Poll soon, after another worker wrote a row."""
        self._active = activity.active
        if activity.ask:
            self.check()
        elif activity.active and not self._checking:
            self._arm()

    @Slot()
    def resume(self) -> None:
        """Continue after sleep or after an offline time: at once, but not faster than the usual interval.

        No effect when the background checks are off.
        """
        connection = self._connection
        if connection is None or not self._polling or self._checking:
            return
        self._close_client()  # its open connection may be dead: the first request would wait for its time-out
        pace = Cadence(connection.practice, connection.speed).wait(active=True)
        rest = self._asked_at + pace - monotonic_seconds()
        if 0.0 < rest <= pace:
            self._arm_for(rest)
        else:
            self.check()

    # -- how long to wait

    def _note_retry_after(self, error: StudioError) -> None:
        wait = getattr(error, "retry_after", None)
        if isinstance(wait, (int, float)):
            self._not_before = monotonic_seconds() + wait

    @Slot()
    def _retry_wait_ended(self) -> None:
        self._set_state(self._state)

    def _arm(self) -> None:
        connection = self._connection
        if connection is None or not self._polling:
            return
        cadence, now = Cadence(connection.practice, connection.speed), monotonic_seconds()
        wait = cadence.wait(
            active=self._active,
            failures=self._failures, offline=_offline(self._state.error),
            retry_after=max(0.0, self._not_before - now, cadence.room(self._asked, now)) or None,
            events=not self._events.pending and cadence.eventful(self._confirmed_at, now),
        )
        self._arm_for(wait)

    def _arm_for(self, wait: float) -> None:
        self._timer.start(min(LONGEST_TIMER_MS, int(wait * 1000)))
        self._set_state(replace(self._state, next_at=monotonic_epoch() + wait))

    def _set_state(self, state: WatchState) -> None:
        wait = self._not_before - monotonic_seconds()
        self._state = replace(state, quiet_until=monotonic_epoch() + wait if wait > 0 else None)
        if wait > 0:
            self._retry_timer.start(min(LONGEST_TIMER_MS, int(wait * 1000) + 1))
        else:
            self._retry_timer.stop()
        self.watched.emit(self._state)

    def _the_client(self, connection: Connection) -> SegmindClient:
        if self._client is None:
            self._client = SegmindClient(connection)
            self._listed = False
        return self._client

    def _close_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    # -- one run

    @Slot(object)
    def change_access(self, change: AccessChange) -> None:
        """Make a model public or private, then read the service's new value."""
        self._do(change.run_id, lambda: self._change_access(change))

    def _change_access(self, change: AccessChange) -> None:
        run, client = self._known(change.run)
        client.set_public(run.service_id, change.public)
        job = client.details(run.service_id)
        self.described.emit(DetailsSeen(run, job))
        if job.public is not change.public:  # its answer to the change may be empty: only this counts
            raise StudioError(_unconfirmed(job.public), _("Press “Refresh details” later, then try again."))

    @Slot(str, object)
    def refresh(self, run_id: str, run: Run | None) -> None:
        """Request one run's details."""
        self._do(run_id, lambda: self._refresh(run))

    def _refresh(self, run: Run | None) -> None:
        known, client = self._known(run)
        self.described.emit(DetailsSeen(known, client.details(known.service_id)))

    def _known(self, run: Run | None) -> tuple[Run, SegmindClient]:
        if run is None or not run.service_id or self._connection is None:
            raise StudioError(_("The service does not list this run yet."), _("Wait until the run is accepted."))
        return run, self._the_client(self._connection)

    def _do(self, run_id: str, work: Callable[[], None]) -> None:
        try:
            work()
        except StudioError as error:
            if getattr(error, "problem", None) is ApiProblem.RATE_LIMITED:
                self._note_retry_after(error)
                if not self._checking:
                    self._arm()
                self._set_state(self._state)
            self.failed.emit(RunFailure(run_id, error))
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("An action on a run broke")
            self.failed.emit(RunFailure(run_id, unexpected(error)))

    # -- the end

    def abort(self) -> None:
        """Cut the running call, from any thread; only `finish` may follow."""
        client = self._client
        if client is not None:
            client.abort()

    @Slot()
    def finish(self) -> None:
        """Stop polling, close the connection, and end this thread."""
        self._timer.stop()
        self._retry_timer.stop()
        self._connection = None
        self._close_client()
        QThread.currentThread().quit()


def _offline(error: StudioError | None) -> bool:
    """Return whether a check never left this computer."""
    return isinstance(error, ApiError) and error.problem is ApiProblem.OFFLINE


def _unconfirmed(public: bool | None) -> str:  # noqa: FBT001  # the value of a field
    if public is None:
        return _("The change was sent, but the service does not say who can use the model now.")
    return _("The change was sent, but the service still says that the model is public.") if public \
        else _("The change was sent, but the service still says that the model is private.")
