"""The fault matrix through the command line: killed or disturbed, started again, and nothing is sent twice."""

import pytest
from fault_case import (
    BAD_GATEWAY,
    CUT_BEFORE_ANSWER,
    GIVE_UP,
    KILL,
    NO_WRITES,
    STALL_ANSWER,
    WAIT,
    Case,
)
from fault_plan import life
from matrix import carry_out

from segmind_studio.core.practice import Fault

TROUBLES = (
    ("intent written", KILL), ("after uploading", KILL), ("after sending", KILL), ("post", KILL),
    ("before accepted", KILL), ("ticket", CUT_BEFORE_ANSWER), ("post", CUT_BEFORE_ANSWER), ("post", BAD_GATEWAY),
    ("post", STALL_ANSWER), ("before accepted", NO_WRITES), ("post", Fault.SERVER_ERROR.value),
    ("post", Fault.NO_CREDITS.value),
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
    said = []
    outcome = carry_out(every, tmp_path, said.append)
    assert said == []
    assert outcome.good
    assert outcome.struck == outcome.cases == len(every)
    assert min(outcome.ends[end] for end in ("accepted", "adopted", "abandoned")) > 0
