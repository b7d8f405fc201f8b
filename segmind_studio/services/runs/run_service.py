"""The runs for the window: a snapshot that is always available, and signals for changes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer, Signal, SignalInstance, Slot

from segmind_studio.clock import monotonic_epoch
from segmind_studio.core.accounts import AccountOverlap, Connection
from segmind_studio.core.runs import Run, is_further, progress_of
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_values import (
    AccessChange,
    AccountRows,
    RunEdit,
    RunFailure,
    RunTimeline,
    WatchState,
)
from segmind_studio.services.runs.send_again import Patience, SendAgainWaits
from segmind_studio.services.system.ending import END_MS, thread_ended, wait_for_all

if TYPE_CHECKING:
    from segmind_studio.core.usual_times import UsualTimes
    from segmind_studio.services.runs.run_poller import RunPoller
    from segmind_studio.services.runs.run_store import RunStore
    from segmind_studio.store.database import Database

__all__ = ["RunFailure", "RunService", "RunTimeline", "WatchState"]

REPORT_LASTS_S = 120.0  # a list may lag behind the events of its own service
SLICE = 250  # runs in one signal: the window handles as many without a visible delay


class RunService(QObject):
    """Hold the current account's runs. GUI thread; `RunPoller` uses the network, `RunStore` the disk, on threads.

    A run is known from the moment it is confirmed, before its row is written. Requests that come
    before `start` wait for it, in their order.

    Signals:
        replaced(object): tuple[Run, ...], the whole list: first load, another account.
        changed(object): tuple[Run, ...], only rows that changed or are new; many come in several signals, while
            `runs` has them all.
        watch_changed(object): WatchState.
        timeline_ready(object): RunTimeline.
        failed(object): RunFailure.
        overlap_found(object): AccountOverlap, when the account's list holds runs of another account.
        accounts_joined(object): JoinEnd, once for each `join`.
        usual_changed(): `usual_times` may differ now.
    """

    replaced = Signal(object)
    changed = Signal(object)
    watch_changed = Signal(object)
    timeline_ready = Signal(object)
    failed = Signal(object)
    overlap_found = Signal(object)
    accounts_joined = Signal(object)
    usual_changed = Signal()
    _join = Signal(object)
    _connection_set = Signal(object)
    _polling_set = Signal(bool)
    _check = Signal()
    _resume = Signal()
    _reload = Signal(str)
    _timeline = Signal(str)
    _edit = Signal(object)
    _access = Signal(object)
    _refresh = Signal(str, object)
    _event_news = Signal(object)
    _finish = Signal()

    def __init__(
        self, database: Database, live: LiveRuns, parent: QObject | None = None, *,
        waits: SendAgainWaits | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._live = live
        self._waits = waits or SendAgainWaits()
        self._runs: dict[str, Run] = {}
        self._loaded = False
        self._watch = WatchState()
        self._usual: UsualTimes | None = None
        self._sorted: tuple[Run, ...] | None = ()
        self._waiting_news: deque[tuple[Run, ...] | WatchState] = deque()
        self._emit_timer = QTimer(self)
        self._emit_timer.setInterval(0)
        self._emit_timer.timeout.connect(self._emit_next)
        self._account_id = ""  # the account of the rows
        self._confirmed: dict[str, Run] = {}  # runs that have no row yet, by id
        self._rereads: Counter[str] = Counter()  # asked and not begun, by run_id: rows read before are older
        self._reported: dict[str, tuple[str, float]] = {}  # states by webhooks and their times, by the run's id
        self._threads = (QThread(self), QThread(self))
        self._workers: tuple[RunPoller, RunStore] | None = None
        self._early: list[tuple[SignalInstance, tuple[object, ...]]] = []  # requests before `start`

    def _make_workers(self) -> tuple[RunPoller, RunStore]:
        """Create the poller and the store; their modules are imported only now."""
        from segmind_studio.services.runs.run_poller import RunPoller  # noqa: PLC0415  # when first needed
        from segmind_studio.services.runs.run_store import RunStore  # noqa: PLC0415  # when first needed

        workers = RunPoller(), RunStore(self._database, self._live)
        for thread, worker, name in zip(self._threads, workers, ("runs", "run-rows"), strict=True):
            thread.setObjectName(name)
            worker.moveToThread(thread)
            self._finish.connect(worker.finish)
        self._connect(*workers)
        return workers

    def _connect(self, poller: RunPoller, store: RunStore) -> None:
        self._connection_set.connect(poller.set_connection)  # before the store reads its rows
        self._connection_set.connect(store.set_connection)
        self._polling_set.connect(poller.set_polling)
        self._check.connect(poller.check)
        self._resume.connect(poller.resume)
        self._access.connect(poller.change_access)
        self._refresh.connect(poller.refresh)
        self._event_news.connect(poller.take_event_news)
        self._reload.connect(store.reload)
        self._timeline.connect(store.load_timeline)
        self._edit.connect(store.edit)
        self._join.connect(store.join)
        poller.rows_wanted.connect(store.read)
        poller.listed.connect(store.take_listing)
        poller.answered.connect(store.take_answer)
        poller.described.connect(store.take_details)
        store.rows_read.connect(poller.take_rows)
        store.stored.connect(poller.take_stored)
        store.activity_changed.connect(poller.take_activity)
        poller.watched.connect(self._take_watch)
        store.replaced.connect(self._take_all)
        store.reloading.connect(self._take_reloading)
        store.changed.connect(self._take_stored)
        store.timeline.connect(self.timeline_ready)
        poller.failed.connect(self.failed)
        store.failed.connect(self.failed)
        store.overlap_found.connect(self.overlap_found)
        store.joined.connect(self.accounts_joined)
        store.usual_timed.connect(self._take_usual)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the account's runs, newest first."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self._runs.values(), key=_age, reverse=True))
        return self._sorted

    @property
    def loaded(self) -> bool:
        """Return whether the journal was read; before that an empty list means nothing."""
        return self._loaded

    @property
    def watch(self) -> WatchState:
        """Return the state of the polling."""
        return self._watch

    @property
    def usual_times(self) -> UsualTimes | None:
        """Return how long runs of the account usually stay in a state; None while it is not known."""
        return self._usual

    def run(self, run_id: str) -> Run | None:
        """Find a run."""
        return self._runs.get(run_id)

    def patience(self, run: Run) -> Patience | None:
        """Return what is required before a run may be sent again; None when it cannot be sent again."""
        return self._waits.patience(run)

    def may_send_again(self, run: Run) -> bool:
        """Return whether the user may now risk a second paid run."""
        return self._waits.may_send_again(run)

    def start(self) -> None:
        """Start the threads, and send the earlier requests; nothing is read before a connection is set."""
        if self._workers is None:
            self._workers = self._make_workers()
        for thread in self._threads:
            thread.start()
        early, self._early = self._early, []
        for signal, arguments in early:
            signal.emit(*arguments)

    def _request(self, signal: SignalInstance, *arguments: object) -> None:
        """Send a request to the workers; before `start` it waits."""
        if self._workers is None:
            self._early.append((signal, arguments))
        else:
            signal.emit(*arguments)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Load and poll this account's runs."""
        self._request(self._connection_set, connection)

    def set_polling(self, *, on: bool) -> None:
        """Turn the background checks on or off."""
        self._request(self._polling_set, on)

    @Slot()
    def check_now(self) -> None:
        """Poll the service now."""
        self._request(self._check)

    @Slot()
    def resume(self) -> None:
        """Poll soon if the background checks are on: the network is back, or the computer woke."""
        self._request(self._resume)

    @Slot(object)
    def take_confirmed(self, runs: tuple[Run, ...]) -> None:
        """Add runs that were just confirmed; their rows are being written."""
        self._confirmed.update((run.run_id, run) for run in runs)
        self._take(tuple(run for run in runs if run.account_id == self._account_id))

    @Slot(object)
    def drop_unwritten(self, run_ids: tuple[str, ...]) -> None:
        """Remove confirmed runs whose rows could not be written."""
        before = len(self._runs)
        for run_id in run_ids:
            if self._confirmed.pop(run_id, None) is not None:
                self._runs.pop(run_id, None)
        if len(self._runs) < before:
            self._sorted = None
            self.replaced.emit(self.runs)

    @Slot(object)
    def accept_row(self, run: Run) -> None:
        """Show a run as another worker wrote it; the journal is read again too, and its row replaces this one."""
        self._confirmed.pop(run.run_id, None)
        if run.account_id == self._account_id:
            self._take((run,))
        self._rereads[run.run_id] += 1
        self._request(self._reload, run.run_id)

    @Slot(object)
    def update_live(self, run_ids: tuple[str, ...]) -> None:
        """Update at once which of these runs are worked on; no row is read."""
        self._take(tuple(run for run_id in run_ids if (run := self._runs.get(run_id)) is not None))

    @Slot(object)
    def join(self, overlap: AccountOverlap) -> None:
        """Join two accounts; only after `set_connection(None)`. `accounts_joined` is the answer."""
        self._request(self._join, overlap)

    def load_timeline(self, run_id: str) -> None:
        """Request the history of a run; `timeline_ready` is the answer."""
        self._request(self._timeline, run_id)

    def set_notes(self, run_id: str, text: str) -> None:
        """Store a run's notes."""
        self.edit((RunEdit(run_id, notes=text),))

    def set_pinned(self, run_id: str, pinned: bool) -> None:  # noqa: FBT001  # as its callers pass it
        """Pin or unpin a run."""
        self.edit((RunEdit(run_id, pinned=pinned),))

    def edit(self, edits: tuple[RunEdit, ...]) -> None:
        """Store the user's changes to their own fields of some runs, all or none."""
        self._request(self._edit, edits)

    def set_public(self, run_id: str, public: bool) -> None:  # noqa: FBT001  # as its callers pass it
        """Make a model public or private; the user has confirmed."""
        self._request(self._access, AccessChange(run_id, public, self._runs.get(run_id)))

    def refresh_details(self, run_id: str) -> None:
        """Request one run's details."""
        self._request(self._refresh, run_id, self._runs.get(run_id))

    def find(self, service_id: str) -> Run | None:
        """Return the account's run that the service knows by this id."""
        return next((run for run in self._runs.values() if run.service_id == service_id), None)

    def report(self, run: Run, status: str) -> None:
        """Show a state that a webhook reported, and poll at once: nothing else follows until a listing says it."""
        before, _at = self._reported.get(run.run_id, ("", 0.0))
        if before and progress_of(status) <= progress_of(before):
            return  # twice, or out of order
        self._reported[run.run_id] = status, monotonic_epoch()
        self._send_event_news(came=True)
        self._take((run,))

    @Slot(object)
    def _take_all(self, rows: AccountRows) -> None:
        while self._waiting_news:  # drop waiting changes of the replaced rows, but emit the watch states
            if isinstance(left := self._waiting_news.popleft(), WatchState):
                self.watch_changed.emit(left)
        shown = self._runs
        if rows.account_id != self._account_id:
            self._reported.clear()
            shown = {}
        self._account_id = rows.account_id
        for run in rows.runs if self._confirmed else ():
            self._confirmed.pop(run.run_id, None)
        mine = (run for run in self._confirmed.values() if run.account_id == rows.account_id)
        self._runs = {run.run_id: run for run in self._all_with_live((*rows.runs, *mine))}
        newer = {run_id: shown[run_id] for run_id in self._rereads if run_id in shown and run_id in self._runs}
        self._runs.update(newer)
        self._sorted = None
        self._loaded = True
        self._waits.see(self._runs.values())
        self.replaced.emit(self.runs)

    @Slot(str)
    def _take_reloading(self, run_id: str) -> None:
        self._rereads[run_id] -= 1
        if not self._rereads[run_id]:
            del self._rereads[run_id]

    @Slot(object)
    def _take_stored(self, runs: tuple[Run, ...]) -> None:
        """Store rows of the journal, but none that was read before another worker wrote what is shown."""
        self._take(tuple(run for run in runs if run.run_id not in self._rereads))

    @Slot(object)
    def _take(self, runs: tuple[Run, ...]) -> None:
        """Store all at once, and emit many in several signals, so that the window stays responsive."""
        alive = self._all_with_live(runs)
        self._waits.see(alive)
        new = tuple(run for run in alive if self._runs.get(run.run_id) != run)
        self._runs.update((run.run_id, run) for run in new)
        if new:
            self._sorted = None
            self._emit_in_turn(*(new[at:at + SLICE] for at in range(0, len(new), SLICE)))

    def _all_with_live(self, runs: Iterable[Run]) -> tuple[Run, ...]:
        if self._reported or self._live.busy:
            return tuple(map(self._with_live, runs))
        # No row is worked on, as at most times: ten thousand are taken over as they are.
        return tuple(replace(run, live=False, reported="") if run.live or run.reported else run for run in runs)

    def _with_live(self, run: Run) -> Run:
        alive, reported = run.run_id in self._live, self._still_reported(run)
        if (run.live, run.reported) == (alive, reported):
            return run
        return replace(run, live=alive, reported=reported)

    def _still_reported(self, run: Run) -> str:
        """Return the state that a webhook reported; forget it once the row says as much."""
        status, _at = self._reported.get(run.run_id, ("", 0.0))
        if not status or is_further(status, run):
            return status
        del self._reported[run.run_id]
        self._send_event_news(confirmed=True)
        return ""

    def _send_event_news(self, *, came: bool = False, confirmed: bool = False) -> None:
        from segmind_studio.services.runs.run_messages import EventNews  # noqa: PLC0415  # when first needed

        self._request(self._event_news, EventNews(bool(self._reported), came, confirmed))

    def _forget_unconfirmed(self, checked_at: float) -> None:
        """Drop what the list has not confirmed in time."""
        late = [run_id for run_id, (_, at) in self._reported.items() if checked_at - at > REPORT_LASTS_S]
        for run_id in late:
            del self._reported[run_id]
        if late:
            self._send_event_news()
            self._take(tuple(run for run_id in late if (run := self._runs.get(run_id)) is not None))

    @Slot(object)
    def _take_usual(self, times: UsualTimes) -> None:
        self._usual = times
        self.usual_changed.emit()

    @Slot(object)
    def _take_watch(self, state: WatchState) -> None:
        self._watch = state
        if self._reported and state.checked_at is not None:
            self._forget_unconfirmed(state.checked_at)
        if state.unread and (self._loaded or self._runs):  # the rows are another account's
            self._runs, self._sorted, self._loaded = {}, (), False
            self._waiting_news.clear()
            self.replaced.emit(())
        self._emit_in_turn(state)

    def _emit_in_turn(self, *news: tuple[Run, ...] | WatchState) -> None:
        """Emit it now if it is one piece and nothing waits, else piece by piece between other events."""
        if not self._waiting_news and len(news) == 1:
            self._emit(news[0])
            return
        self._waiting_news.extend(news)
        self._emit_timer.start()

    @Slot()
    def _emit_next(self) -> None:
        if self._waiting_news:
            self._emit(self._waiting_news.popleft())
        if not self._waiting_news:
            self._emit_timer.stop()

    def _emit(self, news: tuple[Run, ...] | WatchState) -> None:
        if isinstance(news, WatchState):
            self.watch_changed.emit(news)
        else:
            self.changed.emit(tuple(run for told in news if (run := self._runs.get(told.run_id)) is not None))

    def ask_stop(self) -> None:
        """Stop polling, and finish the requested writes."""
        self._waiting_news.clear()
        self._emit_timer.stop()
        self._early.clear()
        if self._workers is None:
            return
        self._workers[0].abort()
        self._finish.emit()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for both threads to end after `ask_stop`; False when the deadline passed."""
        return wait_for_all((partial(thread_ended, thread) for thread in self._threads), deadline_ms)

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Stop polling and end the threads; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)


_age = attrgetter("created_at")
