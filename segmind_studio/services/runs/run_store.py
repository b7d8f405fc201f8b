"""The worker for the journal's rows of one account: it reads and writes them, and emits the changes.

It lives on a thread of its own and never uses the network, so that no disk work waits for a request.
The answers of the network come from `run_poller.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segmind_studio.api.values import Listing
from segmind_studio.core.accounts import AccountOverlap, Connection
from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.pricing import iterations_of
from segmind_studio.core.reconcile import VANISH_GRACE_S, with_job
from segmind_studio.core.runs import Job, Phase, Run
from segmind_studio.core.usual_times import MOST_RUNS, usual_times
from segmind_studio.services.runs.apply_listing import AbsentRuns, settle
from segmind_studio.services.runs.cost_measuring import Measures, note_balance
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_messages import (
    DetailsSeen,
    ListingSeen,
    QuestionAnswer,
    RowsRead,
    RunActivity,
    RunQuestion,
    Stored,
)
from segmind_studio.services.runs.run_values import AccountRows, JoinEnd, RunEdit, RunFailure, RunTimeline
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


class RunStore(QObject):
    """Read and write the journal's rows of the account in use. Lives on its own QThread; slots only.

    Signals:
        replaced(object): AccountRows.
        changed(object): tuple[Run, ...], never empty.
        rows_read(object): RowsRead, after each try to read the account's rows.
        stored(object): Stored, once for each listing and each answer to a question.
        activity_changed(object): RunActivity.
        timeline(object): RunTimeline.
        failed(object): RunFailure.
        overlap_found(object): AccountOverlap, when the list holds runs that belong to another account here.
        joined(object): JoinEnd.
        usual_timed(object): UsualTimes, of the account's runs, after reading them and when one became ready.
    """

    replaced = Signal(object)
    changed = Signal(object)
    reloading = Signal(str)
    rows_read = Signal(object)
    stored = Signal(object)
    activity_changed = Signal(object)
    timeline = Signal(object)
    failed = Signal(object)
    overlap_found = Signal(object)
    joined = Signal(object)
    usual_timed = Signal(object)

    def __init__(self, database: Database, live: LiveRuns) -> None:
        super().__init__()
        self._database = database
        self._journal = Journal(database, remembers=True)
        self._account_keys = AccountKeys(database)
        self._live = live
        self._connection: Connection | None = None
        self._jobs: tuple[Job, ...] = ()  # of the last listing
        self._runs: dict[str, Run] = {}
        self._absent = AbsentRuns()
        self._measures = Measures()
        self._compared = False  # the account's list was compared with other accounts
        self._left_out: StudioError | None = None  # jobs of the list that got no row
        self._left_live = False  # the last listing was merged without its news of runs that were worked on

    @property
    def _account_id(self) -> str:
        return self._connection.account.account_id if self._connection else ""

    @property
    def _active(self) -> bool:
        return any(self._with_live(run).active for run in self._runs.values())

    def _with_live(self, run: Run) -> Run:
        alive = run.run_id in self._live
        return run if run.live == alive else replace(run, live=alive)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this account's rows from now on."""
        before, self._connection = self._connection, connection
        self._left_out = None
        if connection is None or before is None or connection.place != before.place:
            self._compared = False
            self.read()

    @Slot()
    def read(self) -> None:
        """Read the account's rows."""
        account_id = self._account_id
        try:
            self._load()
        except StudioError as error:
            self._runs = {}
            self.rows_read.emit(RowsRead(account_id, error=error))
        else:
            self.rows_read.emit(RowsRead(account_id, self._active))

    def _load(self) -> None:
        account_id = self._account_id
        rows = self._journal.runs(account_id) if account_id else ()
        self._runs = {run.run_id: run for run in rows}
        self.replaced.emit(AccountRows(account_id, tuple(self._with_live(run) for run in rows)))
        self._time_stages()

    def _time_stages(self) -> None:
        """Emit the usual times of the newest runs that became ready. An error is only logged."""
        ready = sorted((run for run in self._runs.values() if run.ready and run.made_here), key=_start)
        newest = ready[-MOST_RUNS:]
        try:
            times = usual_times(
                [self._journal.timeline(run.run_id) for run in newest], [iterations_of(run) for run in newest],
            )
        except StudioError as error:
            _log.info("The usual times could not be read: %s", error.title)
            return
        self.usual_timed.emit(times)

    def _publish(self, runs: Iterable[Run]) -> None:
        changed = tuple(self._with_live(run) for run in runs)
        ended = any(run.ready and not self._was_ready(run.run_id) for run in changed)
        for run in changed:
            self._runs[run.run_id] = run
        if changed:
            self.changed.emit(changed)
        if ended:
            self._time_stages()

    def _was_ready(self, run_id: str) -> bool:
        before = self._runs.get(run_id)
        return before is not None and before.ready

    # -- answers of the network

    @Slot(object)
    def take_listing(self, seen: ListingSeen) -> None:
        """Merge a listing into the rows, and emit the next question."""
        if seen.account_id == self._account_id:
            self._answer(seen.number, lambda: self._after_listing(seen))

    def _after_listing(self, seen: ListingSeen) -> RunQuestion | None:
        self._jobs = seen.listing.jobs
        if not seen.same or self._left_live or self._unsettled(seen.asked_at):
            self._merge(seen.listing, seen.asked_at)
        self._absent.see(self._runs.values())
        run = self._absent.due(practice=self._practice)
        return RunQuestion(run) if run is not None else self._next_measure()

    @Slot(object)
    def take_answer(self, answer: QuestionAnswer) -> None:
        """Store the answer to a question, and emit the next question."""
        if answer.account_id == self._account_id:
            self._answer(answer.number, lambda: self._after_answer(answer))

    def _after_answer(self, answer: QuestionAnswer) -> RunQuestion | None:
        run = answer.question.run
        if answer.question.balance:
            self._measure(run, answer)
            return None
        if answer.job is not None:
            self._write_details(run, answer.job)
        elif answer.error is not None and self._absent.has_vanished(run, answer.error, practice=self._practice):
            self._publish((self._journal.change(run.run_id, time.time(), vanished=True),))
        return self._next_measure()

    def _answer(self, number: int, work: Callable[[], RunQuestion | None]) -> None:
        try:
            question = work()
        except StudioError as error:
            self.stored.emit(Stored(number, self._active, error=error))
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("A check broke")
            self.stored.emit(Stored(number, self._active, error=unexpected(error)))
        else:
            self.stored.emit(Stored(number, self._active, question, self._left_out))

    @property
    def _practice(self) -> bool:
        return self._connection is not None and self._connection.practice

    def _next_measure(self) -> RunQuestion | None:
        """Return a balance question where it may measure a run's cost, or show that an unanswered one was paid."""
        run = self._measures.due(map(self._with_live, self._runs.values()), practice=self._practice)
        return RunQuestion(run, balance=True) if run is not None else None

    def _measure(self, run: Run, answer: QuestionAnswer) -> None:
        if answer.error is not None:
            _log.info("The cost could not be measured: %s", answer.error.title)
            return
        try:
            self._publish((note_balance(self._journal, run, answer.balance),))
        except StoreError as error:
            _log.info("The cost could not be measured: %s", error.title)

    def _unsettled(self, now: float) -> bool:
        """Return whether an unchanged list can still change a row: a run is searched for, or its wait ends."""
        listed = {job.service_id for job in self._jobs}
        return any(
            run.phase in {Phase.UNKNOWN, Phase.SENDING}
            or (run.service_id and run.service_id not in listed and not run.absent
                and now - run.changed_at > VANISH_GRACE_S)
            for run in self._runs.values()
        )

    def _merge(self, listing: Listing, asked_at: float) -> None:
        self._left_live = self._live.busy
        settled = settle(self._journal, self._account_id, listing, asked_at, self._live)
        self._left_out = settled.problem
        new = any(not run.made_here and run.run_id not in self._runs for run in settled.changed)
        self._publish(settled.changed)
        if settled.removed:
            self._load()
        if new or not self._compared:
            self._look_for_kin(listing)

    def _look_for_kin(self, listing: Listing) -> None:
        """Check whether the list shows that this account is known here under another key."""
        if self._connection is None or self._connection.practice:
            return
        account = self._connection.account
        overlap = self._account_keys.find_overlap(account.account_id, account.address, listing.jobs)
        self._compared = True
        if overlap is not None:
            self.overlap_found.emit(overlap)

    @Slot(object)
    def take_details(self, seen: DetailsSeen) -> None:
        """Store a run's details."""
        self._do(seen.run.run_id, lambda: self._write_details(seen.run, seen.job))

    def _write_details(self, run: Run, job: Job) -> None:
        with self._database.transaction():
            current = self._journal.get(run.run_id) or run
            new = replace(with_job(current, job, time.time()), unlisted_since=current.unlisted_since)
            self._journal.save(new, time.time())
        if new.account_id == self._account_id:
            self._publish((new,))

    # -- requests of the window

    @Slot(str)
    def reload(self, run_id: str) -> None:
        """Read one row again, after another worker wrote it; poll for it when its outcome is unknown."""
        self.reloading.emit(run_id)
        try:
            run = self._journal.get(run_id)
        except StudioError as error:
            self.failed.emit(RunFailure(run_id, error))
            return
        if run is None or run.account_id != self._account_id:
            return
        was_active = self._active
        self._publish((run,))
        ask = run.phase is Phase.UNKNOWN and run.listings_missed == 0 and run.run_id not in self._live
        active = self._with_live(run).active
        if ask or (active and not was_active):
            self.activity_changed.emit(RunActivity(was_active or active, ask))

    @Slot(str)
    def load_timeline(self, run_id: str) -> None:
        """Emit the history of one run."""
        self._do(run_id, lambda: self.timeline.emit(RunTimeline(run_id, self._journal.timeline(run_id))))

    @Slot(object)
    def edit(self, edits: tuple[RunEdit, ...]) -> None:
        """Store the user's changes to their own fields of some of the account's runs, all in one transaction.

        With a run of another account among them nothing is stored, and `failed` follows.
        """
        if edits:
            self._do(edits[0].run_id, lambda: self._publish(self._edited(edits)))

    def _edited(self, edits: tuple[RunEdit, ...]) -> list[Run]:
        now, changed = time.time(), list[Run]()
        with self._journal.transaction():
            for edit in edits:
                row = self._journal.get(edit.run_id)
                if row is None:  # merged into another row meanwhile
                    continue
                if row.account_id != self._account_id:
                    raise StudioError(
                        _("“{name}” belongs to another account.").format(name=row.name),
                        _("Nothing was changed. Choose that account first."),
                    )
                changed.append(self._journal.change(edit.run_id, now, **edit.fields))
        return changed

    def _do(self, run_id: str, work: Callable[[], None]) -> None:
        try:
            work()
        except StudioError as error:
            self.failed.emit(RunFailure(run_id, error))
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("An action on a run broke")
            self.failed.emit(RunFailure(run_id, unexpected(error)))

    @Slot(object)
    def join(self, overlap: AccountOverlap) -> None:
        """Join two accounts; no account is polled during this, so no listing interferes."""
        try:
            if self._connection is not None or self._live.busy:
                raise StudioError(  # noqa: TRY301  # one error for all reasons
                    _("A run is being sent."), _("Wait until it has finished, then join the accounts."),
                )
            self._account_keys.join(overlap, time.time())
        except StudioError as error:
            self.joined.emit(JoinEnd(overlap, error))
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("Joining two accounts broke")
            self.joined.emit(JoinEnd(overlap, unexpected(error)))
        else:
            self.joined.emit(JoinEnd(overlap))

    @Slot()
    def finish(self) -> None:
        """End this thread; all earlier requests are done."""
        QThread.currentThread().quit()


def _start(run: Run) -> float:
    return run.created_at
