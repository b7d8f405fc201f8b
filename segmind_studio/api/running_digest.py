"""A digest of bytes that are passed on, computed on a thread of its own, beside the network and the disk."""

from __future__ import annotations

from collections.abc import Iterable
from queue import Full, Queue
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

from typing_extensions import Buffer

_PIECES = 8  # that may wait: with those of an archive, 4 MB
_LOOKED_AT = 4_000_000  # bytes, after which the speed of the line is known
_FAST_LINE = 250_000_000  # bytes a second: more than any line to the internet, so that the processor is the limit


class Hash(Protocol):
    """A digest of hashlib. Its `update` runs without the interpreter's lock."""

    def update(self, data: Buffer, /) -> None:
        """Add bytes."""
        ...

    def hexdigest(self) -> str:
        """Return the digest in hex."""
        ...


class RunningDigest:
    """Compute a digest while the bytes are sent. A context manager; for one thread, besides its own.

    With `waits`, `add` waits for a digest that is slower than the line. Without, `add` never waits: pieces that
    the digest could not take are read again for `hexdigest`, which is only called where the digest is needed. It
    takes no more of them either where it would slow the line down, as on one within this computer.
    """

    def __init__(self, digest: Hash, *, waits: bool) -> None:
        self._digest = digest
        self._waits = waits
        self._behind = False
        self._taken = 0  # bytes
        self._begun = 0.0
        self._dropped = False
        self._pieces: Queue[bytes | None] = Queue(_PIECES)
        self._thread = Thread(target=self._update, name="digest", daemon=True)

    def __enter__(self) -> Self:
        self._begun = monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self._dropped = True
        self._end()

    def add(self, piece: bytes) -> None:
        """Add a piece."""
        if self._behind:
            return
        try:
            self._pieces.put(piece, block=self._waits)
        except Full:
            self._behind = True
        else:
            self._taken += len(piece)
            spent = monotonic() - self._begun
            self._behind = not self._waits and self._taken > max(_LOOKED_AT, spent * _FAST_LINE)

    def hexdigest(self, again: Iterable[bytes] = ()) -> str:
        """Return the digest in hex; `again` is all that was added, and read only where the digest was too slow."""
        self._end()
        skipped = self._taken
        for piece in again if self._behind else ():
            self._digest.update(memoryview(piece)[skipped:])
            skipped = max(0, skipped - len(piece))
        return self._digest.hexdigest()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _update(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if not self._dropped:
                self._digest.update(piece)
