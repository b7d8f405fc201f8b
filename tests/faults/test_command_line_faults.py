"""The fault matrix through the command line: killed or disturbed, started again, and nothing is sent twice."""

import pytest
from children import Child, warm_up
from fault_case import (
    BAD_GATEWAY,
    CLOSE_TERMINAL,
    CUT_BEFORE_ANSWER,
    GIVE_UP,
    KILL,
    NO_WRITES,
    PATIENT_S,
    STALL_ANSWER,
    WAIT,
    Case,
)
from fault_plan import life
from faulty_child import DONE, Orders
from judge import read_pictures
from matrix import carry_out
from stage import Stage

from segmind_studio.core.practice import Fault

TROUBLES = (
    ("intent written", KILL), ("after uploading", KILL), ("after sending", KILL), ("post", KILL),
    ("before accepted", KILL), ("ticket", CUT_BEFORE_ANSWER), ("post", CUT_BEFORE_ANSWER), ("post", BAD_GATEWAY),
    ("post", STALL_ANSWER), ("before accepted", NO_WRITES), ("post", Fault.SERVER_ERROR.value),
    ("post", Fault.NO_CREDITS.value),
)

# An open window carries the order out: it is killed, its terminal is, or the answer of the service is lost.
WINDOW_TROUBLES = (
    ("intent written", KILL), ("post answered", KILL), ("post", CUT_BEFORE_ANSWER),
    ("intent written", CLOSE_TERMINAL), ("post", CLOSE_TERMINAL),
)


@pytest.mark.timeout(300)
def test_the_command_line_sends_nothing_twice_and_loses_nothing(tmp_path):
    every = [
        Case(number, (life(step, what),), unknown=WAIT, command_line=True, decoys=number % 3 == 0)
        for number, (step, what) in enumerate(TROUBLES)
    ]
    every += [
        Case(len(every), (life("after uploaded", KILL),), interrupted=GIVE_UP, command_line=True),
        Case(len(every) + 1, (life("post answered", KILL), life("decide", KILL)), command_line=True),
    ]
    every += [
        Case(len(every) + number, (life(step, what),), command_line=True, window=True)
        for number, (step, what) in enumerate(WINDOW_TROUBLES)
    ]
    said = []
    outcome = carry_out(every, tmp_path, said.append)
    assert said == []
    assert outcome.good
    assert outcome.struck == outcome.cases == len(every)
    assert min(outcome.ends[end] for end in ("accepted", "adopted", "abandoned")) > 0


@pytest.mark.timeout(300)
def test_ordered_pictures_are_asked_for_once_whatever_ends(tmp_path):
    """Two are ordered from an open window; the second start orders nothing, and only looks."""
    warm_up()
    stage = Stage(tmp_path)
    try:
        stage.fresh_service()
        stage.add_decoy("anna")
        for number, (step, what, calls, ends) in enumerate((
            ("picture written", KILL, 0, ["unknown"]),
            ("picture answered", KILL, 1, ["unknown"]),
            ("picture answered", CLOSE_TERMINAL, 1, ["made"]),
            ("picture written", CUT_BEFORE_ANSWER, 1, ["unknown"]),
            ("decide", KILL, 2, ["made", "made"]),  # of the second start
        )):
            folder = stage.prepared(tmp_path / f"pictures-{number}")
            since = len(stage.server.requests())
            for starts in (True, False):
                lead(stage, folder, step, what, starts=starts)
            asked = sum("/v1/anna" in one.path for one in stage.server.requests()[since:])
            assert (asked, read_pictures(folder)) == (calls, ends), (step, what)
    finally:
        stage.close()


def lead(stage, folder, step, what, *, starts):
    """Run one start of the window; `what` happens at the first `step`."""
    child = Child(stage.context, Orders(
        str(folder), stage.network.api.url, stage.key, ("anna",), starts, GIVE_UP, WAIT, PATIENT_S, free=False,
        photos="none", window=True, pictures=True,
    ))
    struck = False
    try:
        while child.alive:
            order = ""
            if child.next_step() and child.step == step and not struck:
                struck = True
                if what == KILL:
                    child.kill()
                elif what == CLOSE_TERMINAL:
                    order = what
                else:
                    stage.network.arm(what)
            if child.alive:
                child.go(order)
        assert child.killed or child.step == DONE, child.step
    finally:
        child.end()
        stage.network.disarm()
        stage.network.restore()
