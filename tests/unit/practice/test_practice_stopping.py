"""The practice service stops: no connection is left open, at whatever moment it was made."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import time
import warnings
from collections.abc import Coroutine
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from segmind_studio.practice.faults import FaultBoard, RequestLog
from segmind_studio.practice.options import ServiceOptions
from segmind_studio.practice.site import running_site

MOST_TURNS = 8  # of the loop, from a connection that waits to be accepted to the first read of its request
AT_ONCE = 5
LARGE = 50_000_000


async def stop_while_connecting(folder: Path, turns: int) -> list[socket.socket]:
    """Connect, let the loop of the service turn some times, and stop it; return the clients' ends."""
    clients = []
    async with running_site(options(folder)) as context:
        for url in (context.address.api, context.address.s3):
            clients += [connected(url) for _ in range(AT_ONCE)]
        for _ in range(turns):
            await asyncio.sleep(0)
    return clients


async def stop_while_sending(folder: Path) -> list[socket.socket]:
    """Ask for more than fits between the two sides, read nothing of it, and stop; return the client's end."""
    async with running_site(options(folder)) as context:
        aside = context.objects.aside()
        aside.write_bytes(bytes(LARGE))
        context.objects.add("large", aside, "etag")
        url = urlsplit(context.signer.sign(
            "GET", context.address.s3, f"/{context.objects.bucket}/large", at=time.time(), expires_s=60,
        ))
        client = connected(context.address.s3)
        client.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        await asyncio.get_running_loop().run_in_executor(None, client.recv, 1)
    return [client]


def options(folder: Path) -> ServiceOptions:
    return ServiceOptions(folder, 0, 0, 0, 1.0, 1.0, FaultBoard(), RequestLog())


def connected(url: str) -> socket.socket:
    place = urlsplit(url)
    client = socket.create_connection((place.hostname, place.port))
    client.settimeout(10.0)
    return client


def closed_with_the_service(serving: Coroutine[object, object, list[socket.socket]]) -> None:
    """Serve until it stops, and look whether it has closed its end of every connection."""
    with contextlib.ExitStack() as stack:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            clients = [stack.enter_context(client) for client in asyncio.run(serving)]
            gc.collect()
        assert [str(warning.message) for warning in told] == []
        for client in clients:
            with contextlib.suppress(ConnectionError):  # the answer to one that was never accepted
                while client.recv(1 << 20):
                    pass


@pytest.mark.parametrize("turns", range(MOST_TURNS))
def test_a_connection_that_is_just_made_is_closed_with_the_service(tmp_path: Path, turns: int) -> None:
    closed_with_the_service(stop_while_connecting(tmp_path, turns))


def test_a_connection_on_which_nobody_reads_is_closed_with_the_service(tmp_path: Path) -> None:
    closed_with_the_service(stop_while_sending(tmp_path))
