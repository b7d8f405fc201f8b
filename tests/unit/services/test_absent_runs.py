"""Runs that a listing lacks: a list may lag, lack a row, or all of them; a run is gone only after a long look."""

from dataclasses import replace

import pytest

from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.runs import apply_listing as settling
from segmind_studio.services.runs.apply_listing import VANISHED_AFTER_S, AbsentRuns
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import ScriptedServer, json_reply

RUN = Run("a", "real", "anna", Phase.ACCEPTED, 1.0, 1.0, service_id="job-1", unlisted_since=2.0)
UNKNOWN_ID = ApiError(ApiProblem.NOT_FOUND, "The service did not find this.")
ELSE = ApiError(ApiProblem.SERVER, "The service has a problem.")


class Looks:
    """Listings and questions on a clock that a test sets."""

    def __init__(self):
        self.now = 1000.0
        self.absent = AbsentRuns(lambda: self.now)

    def look(self, after_s, answer=UNKNOWN_ID, run=RUN):
        self.now += after_s
        self.absent.see([run])
        asked = self.absent.due(practice=False)
        return asked is not None and self.absent.has_vanished(asked, answer, practice=False)


def test_a_run_is_gone_after_ten_minutes_of_listings_and_questions():
    looks = Looks()
    half = VANISHED_AFTER_S / 2
    assert [looks.look(0), looks.look(half), looks.look(half)] == [False, False, True]


@pytest.mark.parametrize(("answers", "spaces"), [
    ([UNKNOWN_ID] * 4, [0, 100, 100, 100]),  # not long enough
    ([UNKNOWN_ID] * 2, [0, VANISHED_AFTER_S]),  # two listings
    ([ELSE] * 4, [0, VANISHED_AFTER_S, VANISHED_AFTER_S, VANISHED_AFTER_S]),  # the service did not say
])
def test_less_than_that_says_nothing(answers, spaces):
    looks = Looks()
    found = [looks.look(space, answer) for answer, space in zip(answers, spaces, strict=True)]
    assert not any(found)


def test_one_run_a_minute_is_asked_for_the_active_one_first():
    now = [1000.0]
    absent = AbsentRuns(lambda: now[0])
    ready = replace(RUN, run_id="b", service_id="b", status="AVAILABLE")
    asked = []
    for _ in range(4):
        absent.see([ready, RUN])
        asked += [absent.due(practice=False), absent.due(practice=False)]
        now[0] += 60.0
    assert asked == [RUN, None, ready, None, RUN, None, ready, None]


@pytest.mark.parametrize("fault", [Fault.MISSING_ROW, Fault.EMPTY_LIST])
def test_a_list_that_lacks_a_run_once_makes_nobody_think_it_gone(
    qtbot, runs, journal, submission, run, connection, practice, fault,
):
    assert submission.drive(run.run_id) is None
    journal.change(run.run_id, 1.0, changed_at=1.0)  # taken long ago
    runs.set_polling(on=False)
    practice.set_fault(fault, on=True)
    runs.set_connection(connection)
    runs.check_now()
    qtbot.waitUntil(lambda: runs.run(run.run_id) is not None and runs.run(run.run_id).absent)
    assert not runs.run(run.run_id).vanished
    qtbot.waitUntil(lambda: any(entry.path.endswith("/details") for entry in practice.requests()))
    runs.check_now()
    qtbot.waitUntil(lambda: not runs.run(run.run_id).absent)


def test_what_the_service_does_not_know_by_its_id_either_is_gone_in_the_end(qtbot, runs, journal, monkeypatch):
    monkeypatch.setattr(settling, "VANISHED_AFTER_S", 0.0)
    monkeypatch.setattr(settling, "ASK_EVERY_S", 0.0)
    journal.add(replace(RUN, account_id="a1", unlisted_since=None), 1.0)

    def answer(seen):
        if seen.path.endswith("/list"):
            return json_reply([{"finetune_id": "other", "status": "AVAILABLE"}])
        return json_reply({"error": "Finetune request not found"}, 404)

    with ScriptedServer([answer]) as server:
        runs.set_polling(on=False)
        runs.set_connection(connection_to(server.url))
        for listings in range(1, 4):
            runs.check_now()
            qtbot.waitUntil(lambda seen=listings: sum(s.path.endswith("/details") for s in server.seen) == seen)
            if listings < 3:
                assert not journal.get("a").vanished
        qtbot.waitUntil(lambda: runs.run("a").vanished)
