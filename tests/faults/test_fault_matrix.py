"""The fault matrix, as a test: many hundred cases, nothing paid twice, nothing lost; and what its cases cover."""

import os
from collections import Counter

import pytest
from fault_case import (
    DISK,
    FAULTS,
    GIVES_UP,
    KILL,
    LATER_STEPS,
    MEET,
    NETWORK,
    NOT_OF_A_SUBMISSION,
    SEND_AGAIN,
    STEPS,
)
from fault_plan import EVERY, GO_ON, SEND, cases, directed
from matrix import carry_out

from segmind_studio.core.practice import Fault

CASES = int(os.environ.get("SEGMIND_STUDIO_FAULT_CASES", str(EVERY)))
SEED = 20261123


@pytest.mark.timeout(6000)  # alone it takes four minutes; ten programs beside it make that forty
def test_nothing_is_paid_twice_and_nothing_is_lost(tmp_path, capsys):
    said = []
    every = cases(CASES, SEED)
    outcome = carry_out(every, tmp_path, said.append)
    with capsys.disabled():
        print(f"\n{outcome}")
    assert said == []
    assert outcome.good
    assert str(outcome) == f"cases={CASES} duplicates=0 losses=0"
    assert min(outcome.ends[end] for end in ("accepted", "adopted", "abandoned")) > 0
    # The troubles did happen. Of two processes only one passes the steps that only one may do.
    assert outcome.struck >= CASES - sum(case.has(MEET) for case in every)
    assert sum(outcome.moments.values()) >= sum(case.random for case in every)
    assert len(outcome.moments) >= 8


def struck_at(life_number, every):
    """Return the steps and troubles of the first or second lives that have only one."""
    lives = [case.lives[life_number] for case in every if len(case.lives) > life_number]
    return {(life.troubles[0].step, life.troubles[0].what) for life in lives if len(life.troubles) == 1}


@pytest.mark.parametrize("seed", [SEED, 1])
def test_every_trouble_meets_every_step(seed):
    chosen = struck_at(0, cases(EVERY, seed))
    assert chosen >= {(step, trouble) for step in STEPS for trouble in (KILL, *DISK, *NETWORK)}
    assert chosen >= {(step, fault.value) for step in STEPS for fault in FAULTS}
    assert set(Fault) - set(FAULTS) == NOT_OF_A_SUBMISSION


def test_the_second_life_dies_and_is_disturbed_too():
    chosen = struck_at(1, cases(EVERY, SEED))
    assert chosen >= {(step, KILL) for step in (*LATER_STEPS, *GO_ON, "before abandoned", "after abandoned")}
    assert chosen >= {("listing", trouble) for trouble in (*DISK, *NETWORK, *(fault.value for fault in FAULTS))}
    assert chosen >= {(step, GIVES_UP) for step in GO_ON}
    sent_again = struck_at(1, [case for case in cases(EVERY, SEED) if case.unknown == SEND_AGAIN])
    assert sent_again >= {(step, KILL) for step in SEND}
    assert sent_again >= {("post", trouble) for trouble in NETWORK}


def test_two_processes_meet_at_every_step_of_a_submission():
    met = {step for step, trouble in struck_at(1, cases(EVERY, SEED)) if trouble == MEET}
    assert met >= set(STEPS[STEPS.index("before uploading"):])


@pytest.mark.parametrize("seed", [SEED, 1, 2])
def test_of_five_hundred_cases_sixty_die_at_any_moment(seed):
    every = cases(500, seed)
    assert len(every) == len({case.name for case in every}) == 500
    lives = [(number, life) for case in every for number, life in enumerate(case.lives)]
    moments = [(number, life.moment) for number, life in lives if life.moment is not None]
    assert sum(case.random for case in every) >= 60
    tenths = Counter(int(moment * 10) for _, moment in moments)
    assert set(tenths) == set(range(10))
    assert min(Counter(number for number, _ in moments).values()) >= 20  # first lives and second ones


def test_every_directed_case_is_among_them():
    lives = [case.lives for case in cases(EVERY, SEED)]
    assert all(directed_lives in lives for directed_lives, _, _ in directed())


def test_the_same_seed_gives_the_same_cases():
    assert cases(200, 7) == cases(200, 7)
    assert cases(200, 7) != cases(200, 8)
