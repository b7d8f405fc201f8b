"""Bodies that arrive compressed although uncompressed ones were requested: decompressed within a limit.

A few bytes can decompress to fill the memory. Texts as services write them become about a dozen times as long.

Kept apart: the decompression limit has tests of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_PLAIN = frozenset({"", "identity", "aws-chunked"})  # the last remains from the header of an upload
_KNOWN = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_HEAD = 32 + zlib.MAX_WBITS  # zlib's or gzip's
_SMALL = 64 * 1024  # bytes that may come from very little input
_MOST_TIMES = 50


class PackedError(Exception):
    """A compressed body cannot be read, or is larger than such a text can be."""


def coding_of(header: str) -> str:
    """Return the compression of a body, "" for none; for several names, the header itself."""
    names = [name.strip() for name in header.lower().split(",")]
    packed = [name for name in names if name not in _PLAIN]
    return packed[0] if len(packed) == 1 and len(packed[0]) else header.lower() if packed else ""


def can_unpack(coding: str) -> bool:
    """Return whether this compression is known and the only one."""
    return coding in _KNOWN


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a decompressed body, piece by piece; PackedError when it is invalid, incomplete or too large."""
    machine = zlib.decompressobj(_ANY_HEAD)
    came = gave = 0
    for packed in pieces:
        came += len(packed)
        most = _SMALL + _MOST_TIMES * came
        try:
            try:
                piece = machine.decompress(packed, most - gave + 1)
            except zlib.error:
                if gave or came != len(packed):
                    raise
                machine = zlib.decompressobj(-zlib.MAX_WBITS)  # deflate without a header, as some servers write it
                piece = machine.decompress(packed, most - gave + 1)
        except zlib.error as error:
            raise PackedError(str(error)) from None
        gave += len(piece)
        if gave > most or machine.unconsumed_tail:
            raise PackedError(f"more than {most} bytes of {came} packed ones")
        yield piece
    if not machine.eof:
        raise PackedError("it ends early")
