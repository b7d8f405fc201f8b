"""Going on after sleep or without a network: at once, yet never a nuisance."""

import socket
import time
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.cadence import LONGEST_OFFLINE_WAIT_S, QUICK_S
from segmind_studio.core.errors import ApiProblem
from segmind_studio.core.practice import Fault
from tests.fakes.scripted_server import ScriptedServer, json_reply

MINUTE_S = LONGEST_OFFLINE_WAIT_S * 4 / 3


@pytest.fixture
def as_segmind(connection):
    """The practice service, asked at the pace of the real one."""
    return replace(connection, account=replace(connection.account, kind=AccountKind.SEGMIND), speed=1.0)


def listings(practice):
    return [seen for seen in practice.requests() if seen.path == "/finetune/request/list"]


def wait_of(runs):
    return runs.watch.next_at - time.time()


def nobody_there(connection):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    return replace(connection, api_url=address)


def test_without_a_network_it_tries_again_within_a_minute(qtbot, runs, as_segmind):
    runs.set_connection(nobody_there(as_segmind))
    qtbot.waitUntil(lambda: runs.watch.error is not None and runs.watch.next_at is not None)
    assert runs.watch.error.problem is ApiProblem.OFFLINE
    assert 0 < wait_of(runs) <= MINUTE_S


def test_it_goes_on_at_once_after_checks_that_never_left(qtbot, runs, as_segmind, practice):
    runs.set_connection(nobody_there(as_segmind))
    qtbot.waitUntil(lambda: runs.watch.error is not None and runs.watch.next_at is not None)
    errors = [runs.watch.error]
    runs.watch_changed.connect(lambda state: errors.append(state.error))
    runs.resume()
    qtbot.waitUntil(lambda: errors[-1] is not errors[0])


def test_it_goes_on_no_quicker_than_the_usual_pace(qtbot, runs, as_segmind, practice):
    runs.set_connection(as_segmind)
    qtbot.waitUntil(lambda: runs.watch.next_at is not None)
    assert wait_of(runs) > QUICK_S
    for _ in range(3):
        with qtbot.waitSignal(runs.watch_changed):
            runs.resume()
    assert len(listings(practice)) == 1
    assert 0 < wait_of(runs) <= QUICK_S


def test_the_quiet_that_was_asked_for_is_kept(qtbot, runs, connection, practice):
    practice.set_fault(Fault.RATE_LIMIT, on=True)
    runs.set_connection(replace(connection, speed=10_000.0))
    qtbot.waitUntil(lambda: runs.watch.error is not None and runs.watch.next_at is not None)
    before, until = len(listings(practice)), runs.watch.next_at
    qtbot.waitUntil(lambda: time.time() > until - 4)
    with qtbot.waitSignal(runs.watch_changed):
        runs.resume()
    assert len(listings(practice)) == before
    assert wait_of(runs) > 0


def test_with_the_checks_turned_off_nothing_is_asked(qtbot, runs, as_segmind, practice):
    runs.set_polling(on=False)
    runs.set_connection(as_segmind)
    runs.resume()
    with qtbot.waitSignal(runs.timeline_ready):
        runs.load_timeline("any")  # answered in its turn
    assert listings(practice) == []


def test_the_dead_connection_is_not_used_again(qtbot, runs, connection):
    runs.set_polling(on=False)
    with ScriptedServer([json_reply([])]) as server:
        runs.set_connection(replace(connection, api_url=server.url))
        for count in (1, 2):
            runs.check_now()
            qtbot.waitUntil(lambda count=count: len(server.seen) == count and not runs.watch.checking)
        assert server.accepted == 1, "each check opens a connection"
        runs.set_polling(on=True)
        runs.resume()
        qtbot.waitUntil(lambda: server.accepted == 2)  # a check may have begun before, on the first
        assert runs.stop()
