"""Fixtures: a real practice service for each test, a webhook receiver, a web server with a zip."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from practice_bench import Practice, Receiver, ZipHost, good_zip


def _serving(server: ThreadingHTTPServer) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="test-http")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the service or its libraries complain."""
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    assert not [record.getMessage() for record in records if record.levelno >= logging.WARNING]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from _serving(Receiver())


@pytest.fixture
def zip_host() -> Iterator[ZipHost]:
    yield from _serving(ZipHost(good_zip()))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Practice]]:
    """Start a service with options of the test's own."""
    started: list[Practice] = []

    def begin(**options: Any) -> Practice:
        started.append(Practice(tmp_path / "practice", **options))
        return started[-1]

    yield begin
    for practice in started:
        practice.close()


@pytest.fixture
def practice(start: Callable[..., Practice]) -> Practice:
    """Return a service that is so fast that a run takes less than a tenth of a second."""
    return start(speed=600.0)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """Yield one such service to all tests of a module that leave nothing behind which others would see."""
    practice = Practice(tmp_path_factory.mktemp("shared"), speed=600.0)
    yield practice
    practice.close()
