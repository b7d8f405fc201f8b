"""Connections to scripted servers."""

import pytest

from segmind_studio.api.client import SegmindClient
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import ScriptedServer


@pytest.fixture
def server():
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def ask(server):
    """Return a client of a server that answers with these replies."""
    clients = []

    def make(*replies, timeout=5.0, **options):
        server.replies[:] = replies
        client = SegmindClient(connection_to(server.url, **options), timeout=timeout)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
