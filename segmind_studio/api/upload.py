"""Put an archive at a presigned address, piece by piece."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator

from segmind_studio.api.answers import Answer, Call
from segmind_studio.api.presigned import binds_content_type
from segmind_studio.api.sockets import Deadline
from segmind_studio.api.storage_problems import storage_problem
from segmind_studio.api.transport import FOREIGN, Transport, error_body
from segmind_studio.core.errors import CancelledError, DatasetError

LOGGER = logging.getLogger(__name__)
ANSWER_S = 60.0  # S3 may think for a while after the last byte; also the longest stall of the line
PATIENCE_S = 120.0  # in all, and a second more for each SLOWEST bytes
SLOWEST = 4096


def put(  # noqa: PLR0913  # the transport, and the five values of StorageClient.put
    transport: Transport, url: str, chunks: Iterable[bytes], length: int, *,
    progress: Callable[[int], None], cancelled: Callable[[], bool],
) -> str:
    """Send `length` bytes and give the ETag; see StorageClient.put.

    An answer that comes before the last byte (S3 refuses early and closes) is read and reported: httpcore
    turns to the answer when writing fails.
    """
    headers = {"Content-Length": str(length)}
    if binds_content_type(url):
        headers["Content-Type"] = "application/zip"
    begun = time.monotonic()
    said = "no answer"
    deadline = Deadline(transport.sockets, PATIENCE_S, SLOWEST)
    pieces = _paced(_pieces(chunks, length, progress, cancelled), deadline)
    try:
        with transport.opened(
            "PUT", url, headers, content=pieces, read_timeout=ANSWER_S, deadline=deadline,
        ) as response:
            said = str(response.status_code)
            if response.is_success:
                return response.headers.get("etag", "")
            names = {name.lower(): value for name, value in response.headers.items()}
            raise storage_problem(Answer(response.status_code, names, error_body(response), acts=True))
    except FOREIGN as error:
        raise transport.translated(error, acts=True) from None
    finally:
        spent = (time.monotonic() - begun) * 1000
        LOGGER.info("PUT %s: %s, %d bytes, %d ms", Call("PUT", url).path, said, length, spent)


def _paced(pieces: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    """Allow each piece the time that a slow line takes for it, and the answer after the last one its own."""
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
            raise DatasetError("A photo cannot be read any more.", "Check the photos and try again.", str(error)) \
                from None
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
        "The package is not as long as it was planned.", "A photo changed while it was sent. Try again.",
        f"planned: {length} bytes",
    )
