"""One download as a sequence of steps, without Qt: find the address, fetch, check, name, store in the journal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.safetensors import metadata_of, read_header
from segmind_studio.api.storage import StorageClient
from segmind_studio.api.values import Downloaded
from segmind_studio.core.accounts import Connection
from segmind_studio.core.cadence import LONGEST_WORK_WAIT_S
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StoreError, StudioError
from segmind_studio.core.reconcile import with_job
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.journal import Journal
from segmind_studio.store.part_file import PartFile
from segmind_studio.texts import _

TRIES = 4
PAUSE_S = 1.0  # doubled with each try
_TRY_AGAIN = frozenset({
    ApiProblem.UPLOAD_EXPIRED, ApiProblem.SLOW_DOWN, ApiProblem.UNANSWERED, ApiProblem.SERVER,
})
_NO_LINK = frozenset({
    ApiProblem.NOT_FOUND, ApiProblem.BAD_REQUEST, ApiProblem.FORBIDDEN, ApiProblem.RETIRED, ApiProblem.ODD_ANSWER,
})


@record
class DownloadResult:
    """A model file that is complete on the disk. `metadata` is from the header of the file."""

    run_id: str
    path: Path
    size: int
    sha256: str
    metadata: Mapping[str, str]


class Download:
    """Fetch the weights of one run. Blocking, for a worker thread.

    `progress` gets the bytes received and the size; the size is None when not known.
    """

    def __init__(
        self, journal: Journal, connection: Connection, *,
        progress: Callable[[int, int | None], None], stop: TransferStop,
    ) -> None:
        self._journal = journal
        self._connection = connection
        self._progress = progress
        self._stop = stop

    def run(self, run_id: str, target: Path) -> tuple[Run, DownloadResult]:
        """Download to `target`, or to the next free name beside it. Return the new row and the result.

        No file has the final name before it is checked. Raises StudioError; CancelledError
        after a stop; the partial file is then removed, except when the app quits: then it can be continued.
        """
        run = self._journal.get(run_id)
        if run is None or run.account_id != self._connection.account.account_id:
            raise StudioError(_("This run belongs to another account."), _("Choose that account, then try again."))
        with SegmindClient(self._connection) as client, self._stop.watching(client):
            run = self._with_address(client, run)
            part = PartFile.beside(target, run_id)
            try:
                fetched = self._fetch(client, run, part)
            except CancelledError:
                part.leave() if self._stop.leaving else part.discard()
                raise
            except StudioError:
                part.leave()
                raise
        return self._checked(run, part, fetched)

    def _with_address(self, client: SegmindClient, run: Run) -> Run:
        if not run.weights_url and run.service_id:
            now = time.time()
            new = with_job(run, client.details(run.service_id), now)
            run = self._journal.change(
                run.run_id, now, cloud_storage_url=new.cloud_storage_url, trained_model_url=new.trained_model_url,
            )
        if not run.weights_url:
            raise StudioError(
                _("The service offers no file for this run."),
                _("Wait until training is complete. Some models cannot be downloaded."),
            )
        return run

    def _link(self, client: SegmindClient, run: Run) -> str:
        """Return an address to download from: a short-lived one, else the one of the finished run."""
        try:
            return client.weights_link(run.cloud_storage_url or run.trained_model_url)
        except ApiError as error:
            if error.problem in _NO_LINK and run.trained_model_url:
                return run.trained_model_url
            raise

    def _fetch(self, client: SegmindClient, run: Run, part: PartFile) -> Downloaded:
        """Download with retries: continue after a break, request a new address when one expired."""
        for attempt in range(TRIES):
            if self._stop.asked():
                raise CancelledError
            try:
                return self._fetch_once(self._link(client, run), part)
            except ApiError as error:
                if error.problem not in _TRY_AGAIN or attempt == TRIES - 1:
                    raise
                pause = 0.0 if error.problem is ApiProblem.UPLOAD_EXPIRED else PAUSE_S * 2.0**attempt
                wait = max(pause, error.retry_after or 0.0)
                if wait > LONGEST_WORK_WAIT_S:
                    raise
                self._stop.wait(wait)
        raise AssertionError("unreachable")

    def _fetch_once(self, url: str, part: PartFile) -> Downloaded:
        with (
            StorageClient(loopback=self._connection.loopback, proxy=self._connection.proxy) as storage,
            self._stop.watching(storage),
            part.open() as file,
        ):
            def progress(received: int, total: int | None) -> None:
                part.look_at_room(received, total)
                self._progress(received, total)

            fetched = storage.download(
                url, file, offset=part.offset, etag=part.etag,
                progress=progress, cancelled=self._stop.asked, started=part.remember,
            )
            _flush(file.fileno())
            return fetched

    def _checked(self, run: Run, part: PartFile, fetched: Downloaded) -> tuple[Run, DownloadResult]:
        try:
            header = read_header(part.path)
        except StudioError:
            part.discard()
            raise
        path = part.finish()
        new = self._journal.change(
            run.run_id, time.time(), result_path=str(path), result_sha256=fetched.sha256,
        )
        return new, DownloadResult(run.run_id, path, fetched.total, fetched.sha256, metadata_of(header))


def _flush(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise StoreError(
            _("The file could not be saved."), _("Free some disk space, or choose another folder."),
            error.strerror or str(error),
        ) from None
