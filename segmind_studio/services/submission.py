"""One submission as a state machine, without Qt: every step is on disk before it leaves the machine.

    prepared → uploading → uploaded → sending → accepted | refused | unknown → adopted
                                             ↘ uploaded (surely not taken: no network, no credits, a limit)

A crash before `sending` costs nothing: the run is interrupted and can be continued. A crash or a lost answer
in `sending` means *unknown*; only listing settles it (see `core.reconcile`), nothing is sent again by itself.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.accounts import Connection
from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, PackageOptions
from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    DatasetError,
    StoreError,
    StudioError,
)
from segmind_studio.core.runs import NEXT_PHASES, Phase, Run, manifest_items
from segmind_studio.dataset.archive import ArchivePlan, plan
from segmind_studio.store.journal import Journal

_log = logging.getLogger(__name__)
UPLOAD_TRIES = 4
UPLOAD_PAUSE_S = 1.0  # doubled with each try
ARCHIVE_NAME = "dataset.zip"  # short and ASCII, as the contract advises
_WAITING = frozenset({Phase.PREPARED, Phase.UPLOADING, Phase.UPLOADED})
_TRY_UPLOAD_AGAIN = frozenset({
    ApiProblem.UPLOAD_EXPIRED, ApiProblem.SLOW_DOWN, ApiProblem.UNANSWERED, ApiProblem.SERVER, ApiProblem.OFFLINE,
})
# The service surely did not take it and the person can put it right: the upload is kept, the run waits.
_CAN_CONTINUE = frozenset({
    ApiProblem.OFFLINE, ApiProblem.RATE_LIMITED, ApiProblem.NO_CREDITS, ApiProblem.TEAM_LIMIT,
    ApiProblem.BAD_KEY, ApiProblem.MISSING_KEY,
})


class Submission:
    """Drive runs of one connection. Blocking; one thread at a time.

    `changed` gets the run after each step, `progress` the bytes sent. `cancelled` is asked between pieces;
    it has no say once the request is on its way. `pause` waits some seconds and gives True to stop early.
    """

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self,
        journal: Journal,
        connection: Connection,
        prepared: Path,
        *,
        changed: Callable[[Run], None],
        progress: Callable[[str, int, int], None],
        cancelled: Callable[[], bool],
        pause: Callable[[float], bool],
        options: PackageOptions | None = None,
    ) -> None:
        self._journal = journal
        self._connection = connection
        self._prepared = prepared
        self._changed = changed
        self._progress = progress
        self._cancelled = cancelled
        self._pause = pause
        self._options = options or PackageOptions()

    def drive(self, run_id: str) -> StudioError | None:
        """Take a run as far as it goes; None when it was accepted, else why it stopped where it is now.

        KeyError for an unknown run; CancelledError is given, not raised.
        """
        run = self._journal.get(run_id)
        if run is None:
            raise KeyError(run_id)
        if run.account_id != self._connection.account.account_id:
            return StudioError(
                f"“{run.name}” belongs to another account.", "Choose that account in Settings, then continue.",
            )
        try:
            with SegmindClient(self._connection) as client:
                return self._drive(client, run)
        except CancelledError as error:
            return error
        except StudioError as error:
            self._note(run_id, error)
            return error

    def _drive(self, client: SegmindClient, run: Run) -> StudioError | None:
        if run.phase is Phase.PREPARED and run.body.get("data_source_path"):
            run = self._step(run, Phase.UPLOADED, data_source_path=str(run.body["data_source_path"]))
        if run.phase is Phase.PREPARED:
            run = self._step(run, Phase.UPLOADING)
        if run.phase is Phase.UPLOADING:
            run = self._upload(client, run)
        if run.phase is Phase.UPLOADED:
            self._stop_if_cancelled()
            run = self._before_sending(client, run)
            return self._send(client, run)
        return None

    # -- the photos

    def _upload(self, client: SegmindClient, run: Run) -> Run:
        package = self._plan(run)
        run = self._keep(run, archive_size=package.size, image_count=package.image_count)
        for attempt in range(1, UPLOAD_TRIES + 1):
            self._stop_if_cancelled()
            try:
                source, sha256 = self._put(client, run, package)
            except ApiError as error:
                if error.problem not in _TRY_UPLOAD_AGAIN or attempt == UPLOAD_TRIES:
                    raise
                _log.info("Upload try %d stopped: %s", attempt, error.problem)
                expired = error.problem is ApiProblem.UPLOAD_EXPIRED
                wait = 0.0 if expired else UPLOAD_PAUSE_S * 2.0 ** (attempt - 1)
                self._pause(max(wait, error.retry_after or 0.0))
            else:
                return self._step(run, Phase.UPLOADED, data_source_path=source, archive_sha256=sha256)
        raise AssertionError("unreachable")

    def _plan(self, run: Run) -> ArchivePlan:
        try:
            items = manifest_items(run.manifest)
        except ValueError as error:
            raise DatasetError(
                "The record of this run's photos is damaged.", "Start a new run from the dataset.",
            ) from error
        package = plan(items, self._options, self._prepared, cancelled=self._cancelled)
        if package.image_count == 0:
            raise DatasetError("There is no photo left to send.", "Add photos on the Data page.")
        if package.size >= MAX_ARCHIVE_BYTES:
            raise DatasetError(
                f"The package has {package.size / 1e6:.1f} MB; the service takes less than 100 MB.",
                "Exclude some photos on the Data page.",
            )
        return package

    def _put(self, client: SegmindClient, run: Run, package: ArchivePlan) -> tuple[str, str]:
        """Upload the archive to a fresh address; gives the address to train from and the SHA-256."""
        ticket = client.upload_ticket(ARCHIVE_NAME)
        digest = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            for piece in package.chunks():
                digest.update(piece)
                yield piece

        def report(sent: int) -> None:
            self._progress(run.run_id, sent, package.size)

        with StorageClient(loopback=self._connection.loopback) as storage:
            storage.put(ticket.presigned_url, pieces(), package.size, report, self._cancelled)
        return ticket.s3_url, digest.hexdigest()

    # -- the paid request

    def _before_sending(self, client: SegmindClient, run: Run) -> Run:
        """Note the balance, so that the cost can be measured; not knowing it stops nothing."""
        try:
            return self._keep(run, credits_before=client.credits().total)
        except ApiError as error:
            if error.problem in _CAN_CONTINUE:
                raise
            return self._keep(run, credits_before=None)  # the balance of an earlier try says nothing now

    def _send(self, client: SegmindClient, run: Run) -> StudioError | None:
        body = {**run.body, "data_source_path": run.data_source_path}
        run = self._step(run, Phase.SENDING, body=body, sent_at=time.time(), listings_missed=0, error="")
        try:
            answer = client.submit(body)
        except ApiError as error:
            self._not_accepted(run, error)
            return error
        run = self._step(
            run, Phase.ACCEPTED, service_id=answer.service_id, status=answer.status or "REQUESTED", raw=answer.raw,
        )
        self._measure(client, run)
        return None

    def _not_accepted(self, run: Run, error: ApiError) -> None:
        if error.may_have_arrived:
            self._step(run, Phase.UNKNOWN, detail=str(error))
        elif error.problem in _CAN_CONTINUE:
            self._step(run, Phase.UPLOADED, detail=str(error), error=str(error))
        else:
            self._step(run, Phase.REFUSED, detail=str(error), error=_words(error))

    def _measure(self, client: SegmindClient, run: Run) -> None:
        try:
            self._keep(run, credits_after=client.credits().total)
        except (ApiError, StoreError) as error:
            _log.info("The cost could not be measured: %s", error.title)

    # -- the disk

    def _step(self, run: Run, phase: Phase, *, detail: str = "", **fields: Any) -> Run:
        """Write the next phase, durably, and tell; ValueError for a step that the table does not allow."""
        if phase not in NEXT_PHASES[run.phase]:
            raise ValueError(f"{run.phase} cannot become {phase}")
        now = time.time()
        new = self._journal.change(
            run.run_id, now, detail, expected=run.phase, phase=phase, changed_at=now, **fields,
        )
        self._changed(new)
        return new

    def _keep(self, run: Run, **fields: Any) -> Run:
        """Write what is known besides; StoreError when the run is not where it was any more."""
        return self._journal.change(run.run_id, time.time(), expected=run.phase, **fields)

    def _note(self, run_id: str, error: StudioError) -> None:
        """Keep why it stopped with a run that waits, so that it is still told after a restart.

        A run that is further is left alone: an error of ours would look like a failed training.
        """
        run = self._journal.get(run_id)
        if run is not None and run.phase in _WAITING:
            self._changed(self._journal.change(
                run_id, time.time(), str(error), expected=run.phase, error=_words(error),
            ))

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise CancelledError


def _words(error: StudioError) -> str:
    return "\n".join(part for part in (str(error), error.detail) if part)


def put_back(journal: Journal, run_id: str, phase: Phase, detail: str) -> Run:
    """Write the person's own decision about a run that waits; StudioError when it no longer waits."""
    run = journal.get(run_id)
    if run is None or phase not in NEXT_PHASES[run.phase] or run.phase is Phase.SENDING:
        raise StudioError("This run has moved on in the meantime.", "Look at its row again.")
    now = time.time()
    new = journal.change(run_id, now, detail, expected=run.phase, phase=phase, changed_at=now, error="")
    return replace(new, live=True)
