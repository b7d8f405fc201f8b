"""Send and fetch large files at presigned addresses, with a client that never has a key."""

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
    """Speak to S3 or whatever stands for it. Blocking; for one thread, except `abort`.

    `loopback` allows http addresses on this computer, for the practice service. The queries of presigned
    addresses are secrets: they are in no exception and in no log.
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
        """End the transfer that is under way with CancelledError, from any thread, and refuse every later one."""
        self._aborted = True
        transport = self._transport
        if transport is not None:
            transport.abort()

    def put(  # noqa: PLR0913  # one value for each thing an upload needs
        self, url: str, chunks: Iterable[bytes], length: int,
        progress: Callable[[int], None], cancelled: Callable[[], bool], *, readable_at: str = "",
    ) -> str:
        """Send exactly `length` bytes, make sure that they are there, and give the ETag, "" when none came.

        The body goes out piece by piece under a Content-Length, never chunked, which S3 refuses. `progress`
        hears the bytes sent so far; `cancelled` is asked before each piece. `readable_at` is where the file may
        be looked at without a signature. Raises ApiError (UPLOAD_EXPIRED: ask for a new address; UPLOAD_REFUSED;
        UPLOAD_UNSURE: nothing proves that it arrived; SLOW_DOWN; OFFLINE; UNANSWERED: the same bytes may be
        sent again), CancelledError, and whatever `chunks` raises of ours.
        """
        from segmind_studio.api.upload import put  # noqa: PLC0415  # httpx takes 60 ms to import

        place = safe_url(readable_at, loopback=self._loopback)
        return put(
            self._ready(url), url, chunks, length, progress=progress, cancelled=cancelled, readable_at=place,
        )

    def download(  # noqa: PLR0913  # one value for each thing a resumed transfer needs
        self, url: str, target: BinaryIO, *,
        offset: int = 0,
        etag: str = "",
        progress: Callable[[int, int | None], None],
        cancelled: Callable[[], bool],
        started: Callable[[str, int | None], None] = _heard_nothing,
    ) -> Downloaded:
        """Fetch a file into `target` and check its length.

        With `offset` bytes of it already there and the strong `etag` they came with, only the rest is asked
        for; where that cannot be, `target` is cut to nothing and all of it comes. `started` hears the strong
        ETag ("" without one) and the size in bytes before the first new byte is written. What came stays in
        `target` after an error. Raises ApiError, CancelledError, StoreError when `target` cannot be written.
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
                _("It is no https address. Nothing was sent."),
            )
        if self._transport is None:
            from segmind_studio.api.transport import Transport  # noqa: PLC0415  # the same

            self._transport = Transport(loopback=self._loopback, proxy=self._proxy)
        if self._aborted:
            raise CancelledError
        return self._transport
