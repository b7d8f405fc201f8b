"""Upload an archive to a presigned address, piece by piece, and verify that it is there.

A filter, a log-in page or a cache may answer in place of the storage, so its 200 proves nothing. What proves an
upload is the ETag, which is the MD5 of what was put in one piece, or the file itself where it can be requested.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from segmind_studio.api.answers import Answer, Call
from segmind_studio.api.error_text import answer_text
from segmind_studio.api.presigned import binds_content_type
from segmind_studio.api.running_digest import RunningDigest
from segmind_studio.api.sockets import Deadline
from segmind_studio.api.storage_problems import storage_problem
from segmind_studio.api.transport import FOREIGN, Transport, error_body
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, DatasetError
from segmind_studio.core.numbers import whole_number
from segmind_studio.texts import _

if TYPE_CHECKING:
    import httpx

LOGGER = logging.getLogger(__name__)
ANSWER_S = 60.0  # S3 may need a while after the last byte; also the longest stall of the line
PATIENCE_S = 120.0  # in all, plus a second for each SLOWEST bytes
SLOWEST = 4096
LOOK_S = 20.0
_MD5 = re.compile(r'"?([0-9a-fA-F]{32})"?')
_TOTAL = re.compile(r"bytes 0-0/(\d{1,18})")
_SIGNED = "x-amz-signature="
_PARTIAL = 206


def put(  # noqa: PLR0913  # the transport, and the parameters of StorageClient.put
    transport: Transport, url: str, chunks: Iterable[bytes], length: int, *,
    progress: Callable[[int], None], cancelled: Callable[[], bool], readable_at: str = "",
    again: Callable[[], Iterable[bytes]] | None = None,
) -> str:
    """Send `length` bytes and return the ETag; see StorageClient.put.

    An answer that arrives before the last byte (S3 refuses early and closes) is read and reported: httpcore reads
    the answer when writing fails.
    """
    headers = {"Content-Length": str(length)}
    if binds_content_type(url):
        headers["Content-Type"] = "application/zip"
    begun = time.monotonic()
    outcome = "no answer"
    with RunningDigest(hashlib.md5(usedforsecurity=False), waits=again is None) as digest:

        def counted() -> Iterator[bytes]:
            for piece in _pieces(chunks, length, progress, cancelled):
                digest.add(piece)
                yield piece

        deadline = Deadline(transport.sockets, PATIENCE_S, SLOWEST)
        try:
            with transport.opened(
                "PUT", url, headers, content=_paced(counted(), deadline), read_timeout=ANSWER_S, deadline=deadline,
            ) as response:
                outcome = str(response.status_code)
                answer = _answer(response)
            if not answer.ok:
                raise storage_problem(answer)
        except FOREIGN as error:
            raise transport.translated(error, acts=True) from None
        finally:
            spent = (time.monotonic() - begun) * 1000
            LOGGER.info("PUT %s: %s, %d bytes, %d ms", Call("PUT", url).path, outcome, length, spent)
        etag = answer.headers.get("etag", "")
        if etag and not answer.is_html:
            found = None if _is_encrypted(answer) else _MD5.fullmatch(etag)
            if found and found[1].lower() != digest.hexdigest(again() if again else ()):
                raise _unsure(_("The storage received different data than was sent."), f"ETag: {etag}")
            return etag
    if not _is_there(transport, url, readable_at, length):
        raise _unsure(_("The storage's answer does not show that the photos arrived."), answer_text(answer))
    return etag


def _answer(response: httpx.Response) -> Answer:
    names = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, names, error_body(response), acts=True)


def _is_encrypted(answer: Answer) -> bool:
    """Return whether the storage encrypts with a key of its own: the ETag then looks like an MD5 and is none."""
    return answer.headers.get("x-amz-server-side-encryption", "").startswith("aws:kms") or any(
        name.startswith("x-amz-server-side-encryption-customer") for name in answer.headers
    )


def _is_there(transport: Transport, url: str, readable_at: str, length: int) -> bool:
    """Return whether the file is there, by its first byte; a signature of S3 is for the PUT alone."""
    places = [place for place in (url, readable_at) if place and _SIGNED not in urlsplit(place).query.lower()]
    return any(_size_at(transport, place) == length for place in dict.fromkeys(places))


def _size_at(transport: Transport, url: str) -> int | None:
    """Return the size in bytes of the file at an address, None when no storage gave it."""
    try:
        deadline = Deadline(transport.sockets, 3 * LOOK_S)
        with transport.opened(
            "GET", url, {"Range": "bytes=0-0"}, read_timeout=LOOK_S, deadline=deadline,
        ) as response:
            if Answer(response.status_code, dict(response.headers)).is_html:
                return None
            if response.status_code == _PARTIAL:
                total = _TOTAL.fullmatch(response.headers.get("content-range", "").strip())
                return whole_number(total[1]) if total else None
            return whole_number(response.headers.get("content-length", "")) if response.is_success else None
    except FOREIGN:
        return None


def _unsure(title: str, words: str) -> ApiError:
    return ApiError(
        ApiProblem.UPLOAD_UNSURE, title,
        _("A filter or a sign-in page may interfere. The paid request was not sent. Try another "
          "network, then continue."), words,
    )


def _paced(pieces: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    """Yield the pieces, and allow each one the time that a slow line needs, and the answer its own time."""
    given = 0
    for piece in pieces:
        given += len(piece)
        deadline.moved(given, ANSWER_S + len(piece) / SLOWEST)
        yield piece
    deadline.moved(given, ANSWER_S)


def _pieces(
    chunks: Iterable[bytes], length: int, progress: Callable[[int], None], cancelled: Callable[[], bool],
) -> Iterator[bytes]:
    sent = 0
    source = iter(chunks)
    while True:
        if cancelled():
            raise CancelledError
        try:
            piece = next(source, None)
        except OSError as error:
            raise DatasetError(
                _("A photo can no longer be read."), _("Check the photos, then try again."), str(error)
            ) from None
        if piece is None:
            break
        if sent + len(piece) > length:
            raise _wrong_length(length)
        yield piece
        sent += len(piece)
        progress(sent)
    if sent != length:
        raise _wrong_length(length)


def _wrong_length(length: int) -> DatasetError:
    return DatasetError(
        _("The size of the package changed."), _("A photo changed during the upload. Try again."),
        f"planned: {length} bytes",
    )
