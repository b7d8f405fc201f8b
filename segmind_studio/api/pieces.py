"""Read a large body in large pieces: three times as fast as through httpx, which takes 64 KiB at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import httpcore
import httpx

from segmind_studio.core.numbers import whole_number

PIECE = 1024 * 1024


def pieces(response: httpx.Response, timeout: float) -> Iterator[bytes]:
    """Give the body piece by piece as it comes over the wire, `timeout` seconds at most between two.

    Where the length is known, only the first piece comes through httpx: with it the parser has handed over
    all it held, and the rest is read from the connection itself (httpx's `network_stream` extension). The
    connection is not used again after that. Raises httpx's exceptions.
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
