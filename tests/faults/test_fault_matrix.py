"""The fault matrix, as a test: at least five hundred cases, nothing paid twice, nothing lost."""

import os

import pytest
from fault_case import FAULTS, KILL, NETWORK, STEPS, cases
from matrix import losses, run_cases

CASES = int(os.environ.get("SEGMIND_STUDIO_FAULT_CASES", "500"))
SEED = 20261123


@pytest.mark.timeout(1200)
def test_nothing_is_paid_twice_and_nothing_is_lost(tmp_path, capsys):
    said = []
    outcome = run_cases(CASES, SEED, tmp_path, said.append)
    with capsys.disabled():
        print(f"\n{outcome}")
    assert said == []
    assert str(outcome) == f"cases={CASES} duplicates=0 losses=0"
    assert outcome.ends["adopted"] > 0  # the troubles did happen
    assert outcome.ends["abandoned"] > 0


def test_every_trouble_meets_every_step():
    chosen = {(case.step, case.trouble) for case in cases(500, SEED)}
    assert chosen >= {(step, trouble) for step in STEPS for trouble in (KILL, *NETWORK)}
    assert chosen >= {(step, fault.value) for step in STEPS for fault in FAULTS}


def test_the_judge_sees_a_loss():
    told = {
        "phase": "refused", "service_id": "", "manifest": True, "rows": [["the-run", ""]],
        "photos": [], "note": "", "draft": "",
    }
    words = list(losses(told, ["job-1"], cases(1, 1)[0]))
    assert "a run of the service is not in the journal" in words
    assert "captions are gone" in words
    assert "the form is gone" in words
