"""Download the zip of a `data_source_path`, from this computer only: practice reads no other host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from segmind_studio.practice.answers import RefusalError, refused
from segmind_studio.practice.zips import MAX_ZIP_BYTES

_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
_WITHIN = aiohttp.ClientTimeout(total=60.0, sock_connect=5.0, sock_read=10.0)
_PIECE = 1 << 18


async def fetch_zip(session: aiohttp.ClientSession, url: str, target: Path) -> None:
    """Write the zip at `url` to `target`; RefusalError with the reason when that fails.

    The server must answer HEAD and GET with a Content-Length, without a redirect.
    """
    _check_address(url)
    try:
        async with session.head(url, allow_redirects=False, timeout=_WITHIN) as answer:
            _check_answer(answer, "HEAD")
        async with session.get(url, allow_redirects=False, timeout=_WITHIN) as answer:
            length = _check_answer(answer, "GET")
            got = 0
            with target.open("wb") as file:
                async for piece in answer.content.iter_chunked(_PIECE):
                    got += len(piece)
                    file.write(piece)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise _unreadable(str(error) or "no answer") from error
    if got != length:
        raise _unreadable("it ended early")


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise refused("data_source_path is not a valid URL") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise refused("data_source_path is not a valid http(s) URL")
    if host not in _HOSTS:
        raise refused(
            f"data_source_path could not be read: practice stays on this computer and does not fetch from {host}",
        )


def _check_answer(answer: aiohttp.ClientResponse, method: str) -> int:
    if answer.status != 200:  # noqa: PLR2004  # OK
        raise _unreadable(f"{method} gave {answer.status}")
    length = answer.content_length
    if length is None:
        raise _unreadable(f"{method} gave no Content-Length")
    if length >= MAX_ZIP_BYTES:
        raise refused("data_source_path is too large: the zip must be under 100 MB")
    return length


def _unreadable(why: str) -> RefusalError:
    return refused(f"data_source_path could not be read: {why}")
