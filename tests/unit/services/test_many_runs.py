"""A list of thousands: known at once, told bit by bit, so that the window goes on in between."""

import json
import time

import pytest
from PySide6.QtCore import QTimer

from segmind_studio.core import reconcile
from segmind_studio.services.runs.run_service import SLICE
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import Reply, ScriptedServer
from tests.fakes.typed import known

COUNT = 6 * SLICE + 7


class Teller:
    """Write down what is told, and each turn that other events had in between."""

    def __init__(self, runs):
        self.heard = []
        self.runs = runs
        self.turns = 0
        self.timer = QTimer()
        self.timer.setInterval(0)
        self.timer.timeout.connect(self.turn)
        self.timer.start()
        runs.changed.connect(self.changed)
        runs.replaced.connect(self.replaced)
        runs.watch_changed.connect(self.watched)

    def turn(self):
        self.turns += 1

    def changed(self, rows):
        self.heard.append(("changed", rows, self.turns, len(self.runs.runs)))

    def replaced(self, rows):
        self.heard.append(("replaced", rows, self.turns, len(rows)))

    def watched(self, state):
        if state.checked_at is not None and not state.checking:
            self.heard.append(("checked", (), self.turns, len(self.runs.runs)))

    def kinds(self):
        return [kind for kind, *_more in self.heard]


def listing(count=COUNT, status="AVAILABLE"):
    jobs = [{"id": f"job-{n}", "name": f"n{n}", "status": status} for n in range(count)]
    return Reply(200, json.dumps(jobs).encode(), {"Content-Type": "application/json"})


@pytest.fixture
def server():
    with ScriptedServer() as server:
        yield server


def check(qtbot, runs, teller):
    teller.heard.clear()
    runs.check_now()
    qtbot.waitUntil(lambda: "checked" in teller.kinds(), timeout=20_000)


def test_many_are_known_at_once_and_told_bit_by_bit(qtbot, runs, server):
    server.replies[:] = [listing()]
    teller = Teller(runs)
    runs.set_connection(connection_to(server.url))
    qtbot.waitUntil(lambda: "checked" in teller.kinds(), timeout=20_000)
    told = [entry for entry in teller.heard if entry[0] == "changed"]
    assert teller.kinds()[-1] == "checked"  # said to be done when all is told
    assert [len(rows) for _kind, rows, _turn, _known in told] == [SLICE] * 6 + [7]
    assert {known for *_more, known in told} == {COUNT}
    turns = [turn for _kind, _rows, turn, _known in told]
    assert len(set(turns)) == len(turns)  # other events had their turn between any two
    assert {run.run_id for _kind, rows, *_more in told for run in rows} == {run.run_id for run in runs.runs}


def test_a_list_of_strangers_adds_no_more_rows_than_are_kept_and_it_is_said(qtbot, runs, server, monkeypatch):
    """Also when each list names others; and what is known already is still brought up to date."""
    monkeypatch.setattr(reconcile, "MOST_ELSEWHERE", 5)
    first = json.dumps([{"id": f"a{n}", "status": "REQUESTED"} for n in range(4)]).encode()
    more = [{"id": f"a{n}", "status": "AVAILABLE"} for n in range(4)]
    then = json.dumps([*[{"id": f"b{n}"} for n in range(4)], *more]).encode()
    server.replies[:] = [Reply(200, first), Reply(200, then), Reply(200, then)]
    teller = Teller(runs)
    runs.set_connection(connection_to(server.url))
    qtbot.waitUntil(lambda: "checked" in teller.kinds(), timeout=20_000)
    before = runs.watch
    assert before.error is None
    for _turn in range(2):
        check(qtbot, runs, teller)
        assert "3 runs" in known(runs.watch.error).title
    assert len(runs.runs) == 5
    assert {run.status for run in runs.runs if run.service_id.startswith("a")} == {"AVAILABLE"}


def test_a_few_are_told_at_once(qtbot, runs, server):
    server.replies[:] = [listing(SLICE), listing(SLICE, "DEPLOYING")]
    teller = Teller(runs)
    runs.set_connection(connection_to(server.url))
    qtbot.waitUntil(lambda: "checked" in teller.kinds(), timeout=20_000)
    check(qtbot, runs, teller)
    assert teller.kinds()[:2] == ["changed", "checked"]


def test_another_account_ends_the_telling(qtbot, runs, server, journal):
    server.replies[:] = [listing()]
    teller = Teller(runs)
    runs.set_connection(connection_to(server.url))
    qtbot.waitUntil(lambda: "changed" in teller.kinds(), timeout=20_000)
    runs.set_connection(None)
    qtbot.waitUntil(lambda: teller.kinds()[-1] == "replaced" or teller.heard[-1][3] == 0, timeout=20_000)
    assert runs.runs == ()
    teller.heard.clear()
    qtbot.waitUntil(lambda before=teller.turns: teller.turns > before + 20)
    assert "changed" not in teller.kinds()


def test_the_newest_state_is_told(qtbot, runs, server, journal):
    server.replies[:] = [listing()]
    teller = Teller(runs)
    runs.set_connection(connection_to(server.url))
    qtbot.waitUntil(lambda: "changed" in teller.kinds(), timeout=20_000)
    last = min(runs.runs, key=lambda run: run.created_at)
    journal.change(last.run_id, time.time(), notes="seen")
    runs.accept_row(last)
    qtbot.waitUntil(lambda: runs.run(last.run_id).notes == "seen", timeout=20_000)
    qtbot.waitUntil(lambda: any(len(rows) == 1 for _kind, rows, *_more in teller.heard), timeout=20_000)
    heard = [run for kind, rows, *_more in teller.heard if kind == "changed" for run in rows]
    assert [run.notes for run in heard if run.run_id == last.run_id][-1] == "seen"
