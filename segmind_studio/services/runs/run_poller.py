"""The worker behind the Runs place: it asks the service, brings the journal up to date, and tells what changed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.values import Listing
from segmind_studio.clock import steady, steady_now
from segmind_studio.core.accounts import Connection, Kinship
from segmind_studio.core.cadence import Cadence
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.reconcile import VANISH_GRACE_S, with_job
from segmind_studio.core.runs import Job, Phase, Run
from segmind_studio.services.runs.apply_listing import AbsentRuns, settle
from segmind_studio.services.runs.cost_measuring import Measures, measure
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_values import (
    AccessChange,
    JoinEnd,
    RunEdit,
    RunFailure,
    RunTimeline,
    WatchState,
)
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
LONGEST_TIMER_MS = 24 * 3600 * 1000
READ_AGAIN_S = 15.0  # the rows, after the disk did not give them; nobody is bothered by it


class RunPoller(QObject):
    """Poll the list endpoint and own the journal's rows. Lives on its own QThread; slots only.

    Signals:
        replaced(object): tuple[Run, ...], all runs of the account, newest first.
        changed(object): tuple[Run, ...], never empty.
        watched(object): WatchState.
        timeline(object): RunTimeline.
        failed(object): RunFailure.
        kin_found(object): Kinship, when the list holds runs that another account has as its own.
        joined(object): JoinEnd.
    """

    replaced = Signal(object)
    changed = Signal(object)
    watched = Signal(object)
    timeline = Signal(object)
    failed = Signal(object)
    kin_found = Signal(object)
    joined = Signal(object)

    def __init__(self, database: Database, live: LiveRuns) -> None:
        super().__init__()
        self._database = database
        self._journal = Journal(database)
        self._account_keys = AccountKeys(database)
        self._live = live
        self._connection: Connection | None = None
        self._client: SegmindClient | None = None
        self._jobs: tuple[Job, ...] | None = None
        self._runs: dict[str, Run] = {}
        self._absent = AbsentRuns()
        self._measures = Measures()
        self._loaded = False  # the account's rows were read
        self._compared = False  # the account's list was looked at for what other accounts have too
        self._state = WatchState()
        self._left_out: StudioError | None = None  # jobs of the list that got no row
        self._failures = 0
        self._not_before = 0.0  # the service asked for quiet until then; as `steady` has it
        self._asked_at = 0.0  # when a check last reached the service; as `steady` has it
        self._polling = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.check)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._quiet_ended)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Watch this account from now on."""
        if connection == self._connection:
            return
        self._close_client()
        other = connection is None or self._connection is None or connection.account != self._connection.account
        self._connection = connection
        self._jobs, self._failures, self._not_before, self._left_out = None, 0, 0.0, None
        if other:
            self._loaded = self._compared = False
            self._tell(WatchState())
            if not self._read():
                return
        else:
            self._tell(self._state)
        if connection is not None and self._polling:
            self.check()

    @Slot(bool)
    def set_polling(self, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        """Turn the background checks on or off; "Check now" always works."""
        self._polling = on
        if on and self._connection is not None:
            self._arm()
        elif not on:
            self._timer.stop()
            self._tell(replace(self._state, next_at=None))

    def _load(self) -> None:
        account = self._connection.account.account_id if self._connection else ""
        rows = self._journal.runs(account) if account else ()
        self._loaded = True
        self._runs = {run.run_id: run for run in rows}
        self.replaced.emit(tuple(self._with_life(run) for run in rows))

    def _read(self) -> bool:
        """Read the account's rows; when the disk does not give them: False, it is told, and tried again later."""
        try:
            self._load()
        except StudioError as error:
            self._runs = {}
            self._tell(WatchState(error=error, unread=True))
            if self._polling:
                self._arm_for(READ_AGAIN_S)
            return False
        if self._state.unread:
            self._tell(WatchState())
        return True

    def _with_life(self, run: Run) -> Run:
        alive = run.run_id in self._live
        return run if run.live == alive else replace(run, live=alive)

    # -- asking the service

    @Slot()
    def check(self) -> None:
        """Ask once, unless the service wants quiet; then arm the timer again."""
        self._timer.stop()
        if self._connection is None:
            return
        now, begun = time.time(), steady()
        if begun < self._not_before:
            self._arm()
            return
        if not self._loaded and not self._read():  # what would be found could not be written down
            return
        self._tell(replace(self._state, checking=True, next_at=None))
        try:
            listing = self._the_client(self._connection).list_jobs()
            same, self._jobs = listing.unchanged and self._jobs is not None, listing.jobs
            if not same or self._unsettled(now):
                self._merge(listing, now)
            self._failures, self._not_before, self._asked_at = 0, 0.0, begun
            self._ask_for_absent(self._connection)
            self._measure(self._connection)
            self._tell(WatchState(checked_at=steady_now(), error=self._left_out))
        except StudioError as error:
            self._check_failed(error)
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("A check broke")
            self._check_failed(unexpected(error))
        self._arm()

    def _ask_for_absent(self, connection: Connection) -> None:
        """Ask for the details of one run that the list lacks: a list may lag, or lack a row once."""
        self._absent.see(self._runs.values())
        run = self._absent.due(practice=connection.practice)
        if run is None:
            return
        try:
            self._read_details(run, self._the_client(connection))
        except ApiError as error:
            if error.problem is ApiProblem.RATE_LIMITED:
                self._keep_quiet(error)
            if self._absent.gone(run, error, practice=connection.practice):
                self._publish((self._journal.change(run.run_id, time.time(), vanished=True),))

    def _measure(self, connection: Connection) -> None:
        """Read the balance where it may still tell what a run costs, or whether one without an answer is paid."""
        run = self._measures.due(map(self._with_life, self._runs.values()), practice=connection.practice)
        if run is not None:
            self._publish((measure(self._journal, self._the_client(connection), run),))

    def _check_failed(self, error: StudioError) -> None:
        self._failures += 1
        if not _offline(error):
            self._asked_at = steady()
        self._keep_quiet(error)
        self._tell(replace(self._state, checking=False, error=error))

    def _keep_quiet(self, error: StudioError) -> None:
        wait = getattr(error, "retry_after", None)
        if isinstance(wait, (int, float)):
            self._not_before = steady() + wait

    @Slot()
    def _quiet_ended(self) -> None:
        self._tell(self._state)

    @Slot()
    def resume(self) -> None:
        """Go on after sleep, or after a time without a network: at once, but no quicker than the usual pace.

        Does nothing when the background checks are off.
        """
        connection = self._connection
        if connection is None or not self._polling:
            return
        self._close_client()  # what it holds open may be dead: the first question would wait for its time-out
        pace = Cadence(connection.practice, connection.speed).wait(active=True)
        rest = self._asked_at + pace - steady()
        if 0.0 < rest <= pace:
            self._arm_for(rest)
        else:
            self.check()

    def _unsettled(self, now: float) -> bool:
        """Return whether an unchanged list can still change a row: one is looked for, or its grace runs out."""
        listed = {job.service_id for job in self._jobs or ()}
        return any(
            run.phase in {Phase.UNKNOWN, Phase.SENDING}
            or (run.service_id and run.service_id not in listed and not run.absent
                and now - run.changed_at > VANISH_GRACE_S)
            for run in self._runs.values()
        )

    def _merge(self, listing: Listing, asked_at: float) -> None:
        connection = self._connection
        if connection is None:
            return
        settled = settle(self._journal, connection.account.account_id, listing, asked_at, self._live)
        self._left_out = settled.problem
        new = any(not run.made_here and run.run_id not in self._runs for run in settled.changed)
        self._publish(settled.changed)
        if settled.removed:
            self._load()
        if new or not self._compared:
            self._look_for_kin(connection, listing)

    def _look_for_kin(self, connection: Connection, listing: Listing) -> None:
        """Look whether the list shows that this account is one that is known here by another key."""
        if connection.practice:
            return
        account = connection.account
        kinship = self._account_keys.kin(account.account_id, account.address, listing.jobs)
        self._compared = True
        if kinship is not None:
            self.kin_found.emit(kinship)

    @Slot(object)
    def join(self, kinship: Kinship) -> None:
        """Make two accounts one; no account is watched meanwhile, so no listing comes between."""
        try:
            self._join(kinship)
        except StudioError as error:
            self.joined.emit(JoinEnd(kinship, error))
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("Joining two accounts broke")
            self.joined.emit(JoinEnd(kinship, unexpected(error)))
        else:
            self.joined.emit(JoinEnd(kinship))

    def _join(self, kinship: Kinship) -> None:
        if self._connection is not None or self._live.busy:
            raise StudioError(
                _("A run is being sent."), _("Wait until nothing is under way, then join the accounts.")
            )
        self._account_keys.join(kinship, time.time())

    def _publish(self, runs: Iterable[Run]) -> None:
        changed = tuple(self._with_life(run) for run in runs)
        for run in changed:
            self._runs[run.run_id] = run
        if changed:
            self.changed.emit(changed)

    def _arm(self) -> None:
        connection = self._connection
        if connection is None or not self._polling:
            return
        cadence = Cadence(connection.practice, connection.speed)
        wait = cadence.wait(
            active=any(self._with_life(run).active for run in self._runs.values()),
            failures=self._failures, offline=_offline(self._state.error),
            retry_after=max(0.0, self._not_before - steady()) or None,
        )
        self._arm_for(wait)

    def _arm_for(self, wait: float) -> None:
        self._timer.start(min(LONGEST_TIMER_MS, int(wait * 1000)))
        self._tell(replace(self._state, next_at=steady_now() + wait))

    def _tell(self, state: WatchState) -> None:
        quiet = self._not_before - steady()
        self._state = replace(state, quiet_until=steady_now() + quiet if quiet > 0 else None)
        if quiet > 0:
            self._quiet.start(min(LONGEST_TIMER_MS, int(quiet * 1000) + 1))
        else:
            self._quiet.stop()
        self.watched.emit(self._state)

    def _the_client(self, connection: Connection) -> SegmindClient:
        if self._client is None:
            self._client = SegmindClient(connection)
        return self._client

    def _close_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    # -- rows

    @Slot(str)
    def reload(self, run_id: str) -> None:
        """Read one row again, after another worker wrote it; ask soon when its outcome is not known."""
        try:
            run = self._journal.get(run_id)
        except StudioError as error:
            self.failed.emit(RunFailure(run_id, error))
            return
        if run is None or self._connection is None or run.account_id != self._connection.account.account_id:
            return
        was_active = any(known.active for known in self._runs.values())
        self._publish((run,))
        if run.phase is Phase.UNKNOWN and run.listings_missed == 0 and run.run_id not in self._live:
            self.check()
        elif self._with_life(run).active and not was_active:
            self._arm()

    @Slot(str)
    def load_timeline(self, run_id: str) -> None:
        """Give what was seen of one run."""
        self._do(run_id, lambda: self.timeline.emit(RunTimeline(run_id, self._journal.timeline(run_id))))

    @Slot(object)
    def edit(self, edit: RunEdit) -> None:
        """Keep notes or a pin."""
        fields: dict[str, Any] = {}
        if edit.notes is not None:
            fields["notes"] = edit.notes
        if edit.pinned is not None:
            fields["pinned"] = edit.pinned
        self._do(edit.run_id, lambda: self._publish((self._journal.change(edit.run_id, time.time(), **fields),)))

    @Slot(object)
    def change_access(self, change: AccessChange) -> None:
        """Make a model public or private, then read back what the service now says."""
        self._do(change.run_id, lambda: self._change_access(change))

    def _change_access(self, change: AccessChange) -> None:
        run, client = self._run_and_client(change.run_id)
        client.set_public(run.service_id, change.public)
        self._read_details(run, client)

    @Slot(str)
    def refresh(self, run_id: str) -> None:
        """Ask for one run's details."""
        self._do(run_id, lambda: self._read_details(*self._run_and_client(run_id)))

    def _read_details(self, run: Run, client: SegmindClient) -> None:
        job = client.details(run.service_id)
        with self._database.transaction():
            current = self._journal.get(run.run_id) or run
            new = replace(with_job(current, job, time.time()), unlisted_since=current.unlisted_since)
            self._journal.save(new, time.time())
        self._publish((new,))

    def _run_and_client(self, run_id: str) -> tuple[Run, SegmindClient]:
        run = self._journal.get(run_id)
        if run is None or not run.service_id or self._connection is None:
            raise StudioError(_("The service does not know this run yet."), _("Wait until it was accepted."))
        return run, self._the_client(self._connection)

    def _do(self, run_id: str, work: Callable[[], None]) -> None:
        try:
            work()
        except StudioError as error:
            if getattr(error, "problem", None) is ApiProblem.RATE_LIMITED:
                self._keep_quiet(error)
                self._arm()
                self._tell(self._state)
            self.failed.emit(RunFailure(run_id, error))
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("An action on a run broke")
            self.failed.emit(RunFailure(run_id, unexpected(error)))

    def abort(self) -> None:
        """Cut the call that is under way, from any thread; only `finish` may follow."""
        client = self._client
        if client is not None:
            client.abort()

    @Slot()
    def finish(self) -> None:
        """Stop asking, close the connection, and end this thread."""
        self._timer.stop()
        self._quiet.stop()
        self._connection = None
        self._close_client()
        QThread.currentThread().quit()


def _offline(error: StudioError | None) -> bool:
    """Return whether a check never left this computer."""
    return isinstance(error, ApiError) and error.problem is ApiProblem.OFFLINE
