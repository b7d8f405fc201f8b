"""Send and download large files at presigned addresses, with a client that never has a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from segmind_studio.api.hosts import safe_url
from segmind_studio.api.values import Downloaded
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from segmind_studio.core.proxies import SYSTEM_PROXY, Proxy
from segmind_studio.texts import _

if TYPE_CHECKING:
    from segmind_studio.api.transport import Transport


def _heard_nothing(_etag: str, _total: int | None) -> None:
    """Ignore the start of a download."""


class StorageClient:
    """Transfer files to and from S3 or its replacement. Blocking; for one thread, except `abort`.

    `loopback` allows http addresses on this computer, for the practice service. The queries of presigned addresses
    are secrets: they are in no exception and in no log.
    """

    def __init__(self, *, loopback: bool, proxy: Proxy = SYSTEM_PROXY) -> None:
        self._loopback = loopback
        self._proxy = proxy
        self._transport: Transport | None = None
        self._aborted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def abort(self) -> None:
        """End the running transfer with CancelledError, from any thread, and refuse every later one."""
        self._aborted = True
        transport = self._transport
        if transport is not None:
            transport.abort()

    def put(  # noqa: PLR0913  # one parameter for each part of an upload
        self, url: str, chunks: Iterable[bytes], length: int,
        progress: Callable[[int], None], cancelled: Callable[[], bool], *, readable_at: str = "",
        again: Callable[[], Iterable[bytes]] | None = None,
    ) -> str:
        """Send exactly `length` bytes, verify that they arrived, and return the ETag, "" when none came.

        The body is sent piece by piece under a Content-Length, never chunked, which S3 refuses. `progress` gets
        the bytes sent so far; `cancelled` is called before each piece. `readable_at` is where the file may be
        requested without a signature. `again` reads the same bytes once more, where the line was faster than their
        MD5 and the answer holds one; without it, the line waits for the MD5. Raises ApiError (UPLOAD_EXPIRED: get
        a new address; UPLOAD_REFUSED; UPLOAD_UNSURE: nothing proves that it arrived; SLOW_DOWN; OFFLINE;
        UNANSWERED: the same bytes may be sent again), CancelledError, and whatever StudioError `chunks` raises.
        """
        from segmind_studio.api.upload import put  # noqa: PLC0415  # httpx takes 60 ms to import

        place = safe_url(readable_at, loopback=self._loopback)
        return put(
            self._ready(url), url, chunks, length, progress=progress, cancelled=cancelled, readable_at=place,
            again=again,
        )

    def download(  # noqa: PLR0913  # one parameter for each part of a resumed transfer
        self, url: str, target: BinaryIO, *,
        offset: int = 0,
        etag: str = "",
        progress: Callable[[int, int | None], None],
        cancelled: Callable[[], bool],
        started: Callable[[str, int | None], None] = _heard_nothing,
    ) -> Downloaded:
        """Download a file into `target` and check its length.

        With `offset` bytes of it already there and their strong `etag`, only the rest is requested; where that is
        not possible, `target` is truncated and all of it is downloaded. `started` gets the strong ETag ("" without
        one) and the size in bytes before the first new byte is written. What was received stays in `target` after
        an error. Raises ApiError, CancelledError, StoreError when `target` cannot be written.
        """
        from segmind_studio.api.download import Fetch  # noqa: PLC0415  # httpx takes 60 ms to import

        fetch = Fetch(
            self._ready(url), url, target, progress=progress, cancelled=cancelled, started=started,
            loopback=self._loopback,
        )
        return fetch.run(offset, etag)

    def _ready(self, url: str) -> Transport:
        if not safe_url(url, loopback=self._loopback):
            raise ApiError(
                ApiProblem.UPLOAD_REFUSED, _("This storage address cannot be opened."),
                _("It does not use https. Nothing was sent."),
            )
        if self._transport is None:
            from segmind_studio.api.transport import Transport  # noqa: PLC0415  # as above

            self._transport = Transport(loopback=self._loopback, proxy=self._proxy)
        if self._aborted:
            raise CancelledError
        return self._transport
