"""One submission as a state machine, without Qt: every step is on the disk before its request leaves.

    prepared → uploading → uploaded → sending → accepted | refused | unknown → adopted
                                             ↘ uploaded (surely not taken: no network, no credits, a limit)
                                unknown → sending → accepted | unknown (the user's own "send again")

A crash before `sending` costs nothing: the run is interrupted and can be continued. A crash or a lost answer
in `sending` means *unknown*; only listing settles it (see `core.reconcile`), nothing is sent again by itself.
What may have been sent once stays unknown until it is found or accepted, whatever a second request returns.
Runs that were started together share one upload: the second run uses the address from the journal.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.running_digest import RunningDigest
from segmind_studio.api.storage import StorageClient
from segmind_studio.api.values import Submitted, UploadTicket
from segmind_studio.core.accounts import Connection
from segmind_studio.core.cadence import LONGEST_WORK_WAIT_S
from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, PackageOptions
from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    DatasetError,
    HeldBackError,
    SourceChangedError,
    StoreError,
    StudioError,
)
from segmind_studio.core.matching import seen_before
from segmind_studio.core.reconcile import merge
from segmind_studio.core.runs import NEXT_PHASES, ManifestItem, Phase, Run, manifest_items
from segmind_studio.core.versions import sent_files_text
from segmind_studio.dataset.archive import ArchivePlan, PlanCache, plan
from segmind_studio.formats import megabytes
from segmind_studio.services.datasets.full_look_pool import look_here
from segmind_studio.services.runs.cost_measuring import measure, stop_if_paid
from segmind_studio.services.runs.giving_up import MAY_STILL_STOP, MOVED_ON
from segmind_studio.services.system.transfer_stop import Abortable
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

P = ParamSpec("P")
_log = logging.getLogger(__name__)
UPLOAD_TRIES = 4
UPLOAD_PAUSE_S = 1.0  # doubled with each try
BALANCE_TRIES = 3
BALANCE_WAIT_S = 15.0  # if the service returns no time
WRITE_AGAIN_AFTER_S = (0.5, 1.0, 2.0, 4.0, 8.0)
ARCHIVE_NAME = "dataset.zip"  # short and ASCII, as the contract advises
_MAY_STOP = MAY_STILL_STOP | {Phase.UNKNOWN}
_TRY_UPLOAD_AGAIN = frozenset({
    ApiProblem.UPLOAD_EXPIRED, ApiProblem.UPLOAD_UNSURE, ApiProblem.SLOW_DOWN, ApiProblem.UNANSWERED,
    ApiProblem.SERVER, ApiProblem.OFFLINE,
})
_OF_THE_ROW = {"run_id", "account_id", "created_at", "changed_at", "phase", "body", "live", "reported"}
_TOLD_BY_A_LISTING = tuple(item.name for item in fields(Run) if item.name not in _OF_THE_ROW)
# The service certainly did not accept it and the user can correct it: the upload is kept, the run waits.
_CAN_CONTINUE = frozenset({
    ApiProblem.OFFLINE, ApiProblem.RATE_LIMITED, ApiProblem.NO_CREDITS, ApiProblem.TEAM_LIMIT,
    ApiProblem.BAD_KEY, ApiProblem.MISSING_KEY,
})


def _unwatched(_run_id: str, _client: Abortable) -> AbstractContextManager[object]:
    return nullcontext()


def _only_told(observer: Callable[P, None]) -> Callable[P, None]:
    """Return an observer whose errors are logged: between a step and its request nothing may fail."""

    def tell(*values: P.args, **named: P.kwargs) -> None:
        try:
            observer(*values, **named)
        except Exception:  # noqa: BLE001  # whatever it is, the step is written and goes on
            _log.exception("A step could not be shown")

    return tell


class Submission:
    """Drive runs of one connection. Blocking; one thread at a time.

    `changed` gets the run after each step, `progress` the bytes sent; their errors stop no step. `cancelled` is
    called between pieces with the run's id; it has no effect once the request is sent. `pause` waits some seconds
    for a run, or until it is cancelled. `watching` lets a cancel cut a client's calls for a time: of the upload,
    never of the paid request. `look` has each photo decoded in full, and raises when one is damaged: nothing is
    sent then. `plans` knows photos that were planned before, so that they are read once, while they are sent.
    """

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self,
        journal: Journal,
        connection: Connection,
        prepared: Path,
        *,
        changed: Callable[[Run], None],
        progress: Callable[[str, int, int], None],
        cancelled: Callable[[str], bool],
        pause: Callable[[str, float], bool],
        watching: Callable[[str, Abortable], AbstractContextManager[object]] = _unwatched,
        options: PackageOptions | None = None,
        look: Callable[[str, tuple[ManifestItem, ...]], None] = look_here,
        plans: PlanCache | None = None,
    ) -> None:
        self._look = look
        self._plans = plans or PlanCache()
        self._journal = journal
        self._connection = connection
        self._prepared = prepared
        self._changed = _only_told(changed)
        self._progress = _only_told(progress)
        self._cancelled = cancelled
        self._pause = pause
        self._watching = watching
        self._options = options or PackageOptions()

    def drive_all(self, run_ids: Iterable[str]) -> Iterator[tuple[str, StudioError | None]]:
        """Take runs that were started together as far as possible, one after another, each as `drive` does.

        The first run that was not certainly accepted stops the rest, which can be continued later: what is
        wrong with one is wrong with all, and nothing more is spent while one has no answer.
        """
        stopped: tuple[str, StudioError] | None = None
        for run_id in run_ids:
            if stopped is not None:
                error = self._hold_back(run_id, *stopped)
            else:
                error = self.drive(run_id)
                stopped = (run_id, error) if error is not None else None
            yield run_id, error

    def _hold_back(self, run_id: str, stopped_id: str, why: StudioError) -> StudioError:
        if type(why) is CancelledError:
            self._forget_reason(run_id)
            return why
        stopped = self._journal.get(stopped_id)
        name = stopped.name if stopped else ""
        if stopped is not None and stopped.phase is Phase.UNKNOWN:
            title = _("Not sent, because “{name}” has no answer yet.").format(name=name)
        elif stopped is not None and stopped.retired:
            title = _("Not sent, because the service accepts no new runs.")
        else:
            title = _("Not sent, because “{name}” was not accepted.").format(name=name)
        error = HeldBackError(title)
        self._note(run_id, error)
        return error

    def drive(self, run_id: str) -> StudioError | None:
        """Take a run as far as possible. Return None when it was accepted, else the error that stopped it.

        KeyError for an unknown run; CancelledError is returned, not raised.
        """
        return self._do(run_id, self._drive)

    def send_again(self, run_id: str) -> StudioError | None:
        """Send a run of unknown outcome once more, as the user has decided; returns as `drive` does.

        The list is requested again just before: a run that is in it now is adopted, and nothing is sent.
        """
        return self._do(run_id, self._send_again)

    def _do(
        self, run_id: str, work: Callable[[SegmindClient, Run], StudioError | None],
    ) -> StudioError | None:
        run = self._journal.get(run_id)
        if run is None:
            raise KeyError(run_id)
        if run.account_id != self._connection.account.account_id:
            return StudioError(
                _("“{name}” belongs to another account.").format(name=run.name),
                _("Choose that account in Settings, then continue."),
            )
        try:
            with SegmindClient(self._connection) as client:
                return work(client, run)
        except CancelledError as error:
            return error
        except StudioError as error:
            self._note(run_id, error)
            return error

    def _drive(self, client: SegmindClient, run: Run) -> StudioError | None:
        if run.phase in MAY_STILL_STOP:
            run = self._without_reason(run)
        if run.phase is Phase.PREPARED and run.body.get("data_source_path"):
            run = self._step(run, Phase.UPLOADED, data_source_path=str(run.body["data_source_path"]))
        if run.phase in {Phase.PREPARED, Phase.UPLOADING}:
            run = self._with_shared_upload(run)
        if run.phase is Phase.PREPARED:
            run = self._step(run, Phase.UPLOADING)
        if run.phase is Phase.UPLOADING:
            run = self._upload(client, run)
        if run.phase is Phase.UPLOADED:
            self._stop_if_cancelled(run)
            run = self._before_sending(client, run)
            self._stop_if_cancelled(run)
            return self._send(client, run)
        return None

    def _send_again(self, client: SegmindClient, run: Run) -> StudioError | None:
        if run.phase is not Phase.UNKNOWN:
            raise StudioError(*MOVED_ON)
        run = self._without_reason(run)
        before, at = self._balance_before(client, run, patient=False)  # a wait would not be shown
        found = self._found(client, run)
        if found is not None:
            self._step(run, Phase.ADOPTED, **{name: getattr(found, name) for name in _TOLD_BY_A_LISTING})
            return None
        stop_if_paid(self._journal, run, before)
        return self._send(client, self._with_balance(run, before, at))

    def _found(self, client: SegmindClient, run: Run) -> Run | None:
        """Request the list. Return the run updated from its job; None when it is not in the list."""
        asked_at = time.time()
        listing = client.list_jobs()
        runs = self._journal.runs(run.account_id)
        changed = merge(run.account_id, runs, listing.jobs, asked_at, listing.skew_s(asked_at))
        return next((new for new in changed if new.run_id == run.run_id and new.phase is Phase.ADOPTED), None)

    # -- the photos

    def _with_shared_upload(self, run: Run) -> Run:
        """Return the run with the upload of one that was started together with it, if one has an upload."""
        for other in self._journal.sweep(run):
            if other.run_id != run.run_id and other.archive_sha256 and other.manifest == run.manifest:
                return self._step(
                    run, Phase.UPLOADED, data_source_path=other.data_source_path,
                    archive_sha256=other.archive_sha256, archive_size=other.archive_size,
                    image_count=other.image_count, fingerprint=other.fingerprint, contents=other.contents,
                )
        return run

    def _upload(self, client: SegmindClient, run: Run) -> Run:
        package = self._plan(run)
        run = self._keep(
            run, archive_size=package.size, image_count=package.image_count, fingerprint=package.fingerprint,
            contents=sent_files_text(package.files(partial(self._cancelled, run.run_id))),
        )
        for attempt in range(1, UPLOAD_TRIES + 1):
            self._stop_if_cancelled(run)
            try:
                source, sha256 = self._put(client, run, package)
            except SourceChangedError:
                self._plans.forget(manifest_items(run.manifest))
                raise
            except ApiError as error:
                if error.problem not in _TRY_UPLOAD_AGAIN or attempt == UPLOAD_TRIES:
                    raise
                _log.info("Upload try %d stopped: %s", attempt, error.problem)
                expired = error.problem is ApiProblem.UPLOAD_EXPIRED
                self._wait(run, error, 0.0 if expired else UPLOAD_PAUSE_S * 2.0 ** (attempt - 1))
            else:
                return self._step(run, Phase.UPLOADED, data_source_path=source, archive_sha256=sha256)
        raise AssertionError("unreachable")

    def _plan(self, run: Run) -> ArchivePlan:
        try:
            items = manifest_items(run.manifest)
        except ValueError as error:
            raise DatasetError(
                _("The record of this run's photos is damaged."), _("Start a new run from the dataset."),
            ) from error
        self._look(run.run_id, items)
        package = plan(
            items, self._options, self._prepared, self._plans, partial(self._cancelled, run.run_id),
        )
        if package.image_count == 0:
            raise DatasetError(_("No photos left to send."), _("Add photos on the Data page."))
        if package.size >= MAX_ARCHIVE_BYTES:
            raise DatasetError(
                _("The package is {size}; the limit is 100 MB.").format(
                    size=megabytes(package.size)
                ),
                _("Exclude some photos on the Data page."),
            )
        return package

    def _put(self, client: SegmindClient, run: Run, package: ArchivePlan) -> tuple[str, str]:
        """Upload the archive to a fresh address; return the address to train from and the SHA-256."""
        with self._watching(run.run_id, client):
            ticket = client.upload_ticket(ARCHIVE_NAME)

        def report(sent: int) -> None:
            self._progress(run.run_id, sent, package.size)

        with (
            StorageClient(loopback=self._connection.loopback, proxy=self._connection.proxy) as storage,
            self._watching(run.run_id, storage),
        ):
            sha256 = put_archive(storage, ticket, package, report, partial(self._cancelled, run.run_id))
        return ticket.s3_url, sha256

    # -- the paid request

    def _before_sending(self, client: SegmindClient, run: Run) -> Run:
        return self._with_balance(run, *self._balance_before(client, run, patient=True))

    def _balance_before(
        self, client: SegmindClient, run: Run, *, patient: bool,
    ) -> tuple[float | None, float]:
        """Read the balance and the time, so that the cost can be measured; an error here stops nothing."""
        at = time.time()
        try:
            return (self._balance(client, run) if patient else client.credits().total), at
        except ApiError as error:
            if error.problem in _CAN_CONTINUE:
                raise
        return None, at

    def _with_balance(self, run: Run, before: float | None, at: float) -> Run:
        """Store the balance; one from an earlier try would measure both tries."""
        return self._keep(
            run, credits_before=before, before_at=at, credits_after=None, after_at=None, cost_shared=False,
        )

    def _balance(self, client: SegmindClient, run: Run) -> float | None:
        """Request the balance; at a rate limit wait here, before anything is paid."""
        for _turn in range(BALANCE_TRIES - 1):
            try:
                return client.credits().total
            except ApiError as error:
                if error.problem is not ApiProblem.RATE_LIMITED:
                    raise
                self._wait(run, error, BALANCE_WAIT_S if error.retry_after is None else 0.0)
        return client.credits().total

    def _wait(self, run: Run, error: ApiError, shortest_s: float) -> None:
        """Wait as long as the service asks; raise the error when that is too long for the other runs."""
        wait = max(shortest_s, error.retry_after or 0.0)
        if wait > LONGEST_WORK_WAIT_S:
            raise error
        self._pause(run.run_id, wait)
        self._stop_if_cancelled(run)

    def _send(self, client: SegmindClient, run: Run) -> StudioError | None:
        body = {**run.body, "data_source_path": run.data_source_path}
        again = run.phase is Phase.UNKNOWN
        unanswered = run.unanswered_times if again else run.unanswered_at
        seen = run.seen_before if again else seen_before(run, self._journal.runs(run.account_id))
        run = self._step(
            run, Phase.SENDING, body=body, sent_at=time.time(), unanswered_at=unanswered, listings_missed=0,
            error="", seen_before=seen,
        )
        try:
            answer = client.submit(body)
        except ApiError as error:
            self._not_accepted(run, error)
            return error
        try:
            run = self._accepted(run, answer)
        except StoreError as error:
            return StudioError(
                _("The service accepted “{name}”, but the app could not save this.").format(name=run.name),
                _("Do not send it again. Free some disk space: the app then finds the run in the service's list."),
                _("Its id is {service_id}. {error}").format(service_id=answer.service_id, error=error),
            )
        measure(self._journal, client, run)
        return None

    def _accepted(self, run: Run, answer: Submitted) -> Run:
        """Store the accepted paid run, with retries: the disk may be full for a short time."""
        for wait in (*WRITE_AGAIN_AFTER_S, None):
            try:
                return self._step(
                    run, Phase.ACCEPTED, service_id=answer.service_id, status=answer.status or "REQUESTED",
                    raw=answer.raw,
                )
            except StoreError:
                if wait is None:
                    raise
                self._pause(run.run_id, wait)
        raise AssertionError("unreachable")

    def _not_accepted(self, run: Run, error: ApiError) -> None:
        if error.may_have_arrived:
            self._step(run, Phase.UNKNOWN, detail=str(error))
        elif run.unanswered_at:  # an earlier request may have started a run; this one did not
            *earlier, last = run.unanswered_at
            self._step(
                run, Phase.UNKNOWN, detail=str(error), error=_error_line(error), sent_at=last,
                unanswered_at=tuple(earlier),
            )
        elif error.problem in _CAN_CONTINUE:
            self._step(run, Phase.UPLOADED, detail=str(error), error=_error_line(error))
        else:
            self._step(
                run, Phase.REFUSED, detail=str(error), error=_error_line(error), problem=error.problem.value,
            )

    # -- the disk

    def _step(self, run: Run, phase: Phase, *, detail: str = "", **fields: Any) -> Run:
        """Write the next phase durably and call `changed`; ValueError for a step that the table does not allow."""
        if phase not in NEXT_PHASES[run.phase]:
            raise ValueError(f"{run.phase} cannot become {phase}")
        now = time.time()
        new = self._journal.change(
            run.run_id, now, detail, expected=run.phase, phase=phase, changed_at=now, **fields,
        )
        self._changed(new)
        return new

    def _keep(self, run: Run, **fields: Any) -> Run:
        """Write other fields of the run; StoreError when its phase has changed."""
        return self._journal.change(run.run_id, time.time(), expected=run.phase, **fields)

    def _note(self, run_id: str, error: StudioError) -> None:
        """Store the error with a run that waits or is open, so that it is still shown after a restart.

        A run in a later phase is not changed: our error would look like a failed training.
        """
        try:
            run = self._journal.get(run_id)
            if run is not None and run.phase in _MAY_STOP:
                self._changed(self._journal.change(
                    run_id, time.time(), str(error), expected=run.phase, error=_error_line(error),
                    held_back=isinstance(error, HeldBackError),
                ))
        except StoreError as problem:  # the disk that caused the error cannot store it either
            _log.warning("The reason could not be kept: %s", problem.detail)

    def _without_reason(self, run: Run) -> Run:
        """Remove why an earlier try stopped: it would be shown while this one runs, and when that is cancelled."""
        if run.error or run.held_back:
            run = self._keep(run, error="", held_back=False)
            self._changed(run)
        return run

    def _forget_reason(self, run_id: str) -> None:
        """Do so for a run that is not tried, because the one before it was cancelled."""
        try:
            run = self._journal.get(run_id)
            if run is not None and run.phase in MAY_STILL_STOP:
                self._without_reason(run)
        except StoreError as problem:
            _log.warning("An earlier reason could not be removed: %s", problem.detail)

    def _stop_if_cancelled(self, run: Run) -> None:
        if self._cancelled(run.run_id):
            raise CancelledError


def put_archive(
    storage: StorageClient, ticket: UploadTicket, package: ArchivePlan, progress: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> str:
    """Upload an archive, reading the photos meanwhile, and return its SHA-256; see StorageClient.put."""
    with RunningDigest(hashlib.sha256(), waits=True) as digest:

        def pieces() -> Iterator[bytes]:
            for piece in package.chunks():
                digest.add(piece)
                yield piece

        storage.put(
            ticket.presigned_url, pieces(), package.size, progress, cancelled, readable_at=ticket.s3_url,
            again=package.chunks,
        )
        return digest.hexdigest()


def _error_line(error: StudioError) -> str:
    return "\n".join(part for part in (str(error), error.detail) if part)
