"""Download a large file from a presigned address: resumed where possible, hashed, read in large pieces."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import BinaryIO, Protocol, cast

import httpcore
import httpx

from segmind_studio.api.answers import Answer, Call
from segmind_studio.api.hosts import MOST_REDIRECTS, REDIRECTS, redirected
from segmind_studio.api.sockets import Deadline
from segmind_studio.api.storage_problems import storage_problem
from segmind_studio.api.transport import FOREIGN, Transport, error_body, refuse_coded
from segmind_studio.api.values import Downloaded
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StoreError
from segmind_studio.core.numbers import whole_number
from segmind_studio.formats import number
from segmind_studio.texts import _

PIECE = 1024 * 1024


def pieces(response: httpx.Response, timeout: float) -> Iterator[bytes]:
    """Yield the body piece by piece as it arrives, with at most `timeout` seconds between two pieces.

    Where the length is known, only the first piece is read through httpx: after it the parser holds no more data,
    and the rest is read from the connection itself (httpx's `network_stream` extension). The connection is not
    used again after that. Raises httpx's exceptions.

    Measured with the benchmark of downloads, in turns with `curl -o`: 500 MB take 0.52 of curl's time so, and 1.43
    (more than the row's limit of 1.3) when all is read by `iter_raw`; processor time is 0.9 s so, and 2.3 s then.
    """
    length = whole_number(response.headers.get("content-length", ""))
    if length is None:
        yield from response.iter_raw()
        return
    parsed = response.iter_raw()
    first = next(parsed, b"")
    yield first
    left = length - len(first)
    stream = cast("httpcore.NetworkStream", response.extensions["network_stream"])
    while left > 0:
        piece = _read(stream, min(left, PIECE), timeout)
        left -= len(piece)
        yield piece


def _read(stream: httpcore.NetworkStream, most: int, timeout: float) -> bytes:
    try:
        piece = stream.read(most, timeout)
    except httpcore.TimeoutException as error:
        raise httpx.ReadTimeout(str(error)) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise httpx.ReadError(str(error)) from None
    if not piece:
        raise httpx.RemoteProtocolError("the connection ended before the body was complete")
    return piece


LOGGER = logging.getLogger(__name__)
STALL_S = 30.0
PATIENCE_S = 120.0  # in all, plus a second for each SLOWEST bytes; what was received by then can be continued
SLOWEST = 4096
LARGEST = 32 * 1024**3  # bytes; all of Flux has 24 GB
_READ_BACK = 1024 * 1024
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_PARTIAL = 206
_BAD_RANGE = 416


class _Digest(Protocol):
    """The part of hashlib's hashes that is used here."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fetch:
    """One download; see StorageClient.download."""

    transport: Transport
    url: str
    target: BinaryIO
    _: KW_ONLY
    progress: Callable[[int, int | None], None]
    cancelled: Callable[[], bool]
    started: Callable[[str, int | None], None]
    loopback: bool = False

    def run(self, offset: int, etag: str) -> Downloaded:
        """Download the rest, or the whole file where a part cannot be requested."""
        if offset and is_strong(etag):
            resumed = self._get(offset, etag)
            if resumed is not None:
                return resumed
        whole = self._get(0, "")
        if whole is None:
            raise _broken(_("The storage sent only a part of the file."))
        return whole

    def _get(self, offset: int, etag: str) -> Downloaded | None:
        """Download from `offset`; None when the storage cannot continue there."""
        url = self.url
        for _turn in range(MOST_REDIRECTS + 1):
            answer = self._ask(url, offset, etag)
            if not isinstance(answer, str):
                return answer
            url = answer
        raise _odd(_("It redirects too often."))

    def _ask(self, url: str, offset: int, etag: str) -> Downloaded | str | None:
        """Request one address; a text is the address of a redirect."""
        headers = {"Range": f"bytes={offset}-", "If-Range": etag} if offset else {}
        begun = time.monotonic()
        outcome = "no answer"
        deadline = Deadline(self.transport.sockets, PATIENCE_S, SLOWEST)
        try:
            with self.transport.opened(
                "GET", url, headers, read_timeout=STALL_S, deadline=deadline,
            ) as response:
                outcome = str(response.status_code)
                if response.status_code in REDIRECTS:
                    place = redirected(url, response.headers.get("location", ""), loopback=self.loopback)
                    if not place:
                        raise _odd(_("It redirects to an address without https."))
                    return place
                if offset and response.status_code == _BAD_RANGE:
                    return None
                if not response.is_success:
                    names = {name.lower(): value for name, value in response.headers.items()}
                    raise storage_problem(Answer(response.status_code, names, error_body(response)))
                return self._take(response, deadline, offset, etag)
        except FOREIGN as error:
            raise self.transport.translated(error, acts=False) from None
        finally:
            spent = (time.monotonic() - begun) * 1000
            LOGGER.info("GET %s: %s, %d ms", Call("GET", url).path, outcome, spent)

    def _take(
        self, response: httpx.Response, deadline: Deadline, offset: int, wanted: str,
    ) -> Downloaded | None:
        """Write the body; None for a part that does not continue where this file ends.

        A part under another ETag than the `wanted` one, or under none, is refused too: a storage that ignores
        If-Range would otherwise send the second half of another file.
        """
        refuse_coded(response, acts=False)
        partial = response.status_code == _PARTIAL
        start, total = _span(response.headers, partial=partial)  # -1 for a range that is not valid
        etag = response.headers.get("etag", "")
        if partial and (not offset or start != offset or etag != wanted):
            return None
        start = offset if partial else 0
        digest = self._seek_and_hash(start)
        self.started(etag if is_strong(etag) else "", total)
        received = start
        self.progress(received, total)
        _refuse_too_large(total or 0)
        for piece in pieces(response, STALL_S):
            if self.cancelled():
                raise CancelledError
            _refuse_too_large(received + len(piece))
            self._write(piece)
            if digest is not None:
                digest.update(piece)
            received += len(piece)
            deadline.moved(received - start, 2 * STALL_S)
            self.progress(received, total)
        if total is not None and received > total:  # what was received cannot be continued
            self._seek_and_hash(0)
        self.transport.whole(response)
        if total is not None and received != total:
            raise _broken(_("{count} of {all} bytes received").format(count=number(received), all=number(total)))
        return Downloaded(received, etag, digest.hexdigest() if digest else "", resumed=bool(start))

    def _seek_and_hash(self, start: int) -> _Digest | None:
        """Seek the target to `start`, and return the hash of what is before it; None when it cannot be read."""
        digest: _Digest | None = hashlib.sha256()
        try:
            if start and not self.target.readable():
                digest = None
            elif start:
                self.target.seek(0)
                left = start
                while left and (piece := self.target.read(min(left, _READ_BACK))):
                    digest.update(piece)
                    left -= len(piece)
            self.target.seek(start)
            self.target.truncate()
        except OSError as error:
            raise _not_written(error) from None
        return digest

    def _write(self, piece: bytes) -> None:
        view = memoryview(piece)
        try:
            while view:  # an unbuffered file may accept only a part
                view = view[self.target.write(view) :]
        except OSError as error:
            raise _not_written(error) from None


def is_strong(etag: str) -> bool:
    """Return whether an ETag guarantees the very same bytes, as resuming needs."""
    return len(etag) > 2 and etag.startswith('"') and etag.endswith('"') and etag.isascii()  # noqa: PLR2004


def _span(headers: Mapping[str, str], *, partial: bool) -> tuple[int, int | None]:
    """Return where an answer starts in the file, and the size of the whole file, None when it is not given."""
    if partial:
        match = _RANGE.fullmatch(headers.get("content-range", "").strip())
        if match is None:
            return -1, None
        start, end, total = whole_number(match[1]), whole_number(match[2]), whole_number(match[3])
        if start is None or end is None:
            return -1, None
        length = whole_number(headers.get("content-length", ""))
        lies = end < start or (total is not None and end != total - 1) or length not in {None, end - start + 1}
        return (-1, None) if lies else (start, total)
    return 0, whole_number(headers.get("content-length", ""))


def _refuse_too_large(size: int) -> None:
    if size > LARGEST:
        raise ApiError(
            ApiProblem.ODD_ANSWER, _("The file is too large for a model."),
            _("The limit is {largest} GB. Try again later.").format(largest=LARGEST // 1024 ** 3),
        )


def _odd(words: str) -> ApiError:
    return ApiError(
        ApiProblem.ODD_ANSWER, _("The storage redirects to an address that cannot be opened."),
        _("Try again later. A proxy or a sign-in page may interfere."), words,
    )


def _broken(words: str) -> ApiError:
    return ApiError(
        ApiProblem.UNANSWERED, _("The connection was lost before the file was complete."),
        _("Try again: the download continues where it stopped, if possible."), words,
    )


def _not_written(error: OSError) -> StoreError:
    return StoreError(
        _("The file could not be saved."), _("Free some disk space, or choose another folder."),
        error.strerror or str(error),
    )
