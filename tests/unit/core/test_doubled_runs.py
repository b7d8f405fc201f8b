"""A run that was sent twice and started twice: both jobs are shown, watched and counted; none is overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmind_studio.core.matching import seen_before
from segmind_studio.core.reconcile import merge, superseded
from segmind_studio.core.runs import Job, Phase, Run
from segmind_studio.core.spending import spent

NOW = 1_750_000_000.0
PATH = "https://bucket.example.org/uploads/7/one.zip"
SENT = Run(
    "r1", "mine", "anna", Phase.UNKNOWN, NOW - 60, NOW - 50, manifest="[]", data_source_path=PATH,
    sent_at=NOW - 50,
)
OWNED = Run("r2", "mine", "bob", Phase.ACCEPTED, NOW - 900, NOW - 800, service_id="job-2", status="REQUESTED")


def apply(runs, changed):
    by_id = {run.run_id: run for run in runs} | {run.run_id: run for run in changed}
    gone = superseded(runs, changed)
    return [run for run in by_id.values() if run.run_id not in gone]


TWICE = replace(
    SENT, phase=Phase.ACCEPTED, service_id="second", sent_at=NOW - 10, unanswered_at=(NOW - 900,),
    credits_before=9.0, changed_at=NOW - 10,
)
FIRST, SECOND = (Job(name, "anna", "REQUESTED", data_source_path=PATH) for name in ("first", "second"))


@pytest.mark.parametrize("listed_before", [False, True])
def test_both_jobs_of_a_run_that_was_sent_again_have_a_row(listed_before):
    runs = [TWICE]
    if listed_before:  # while the second request was on its way, or taken for one made elsewhere
        runs += merge("mine", [], [FIRST], NOW - 5)
    for jobs in ([FIRST], [FIRST, SECOND], [SECOND, FIRST]):  # the second one may be listed late
        changed = merge("mine", runs, jobs, NOW)
        assert superseded(runs, changed) == ()
        runs = apply(runs, changed)
    first, second = sorted(runs, key=lambda run: run.service_id)
    assert (second.run_id, second.service_id, second.unanswered_at) == ("r1", "second", ())
    assert (first.service_id, first.made_here, first.sent_at) == ("first", True, NOW - 900)
    assert (first.paid_twin, second.paid_twin) == (second.run_id, first.run_id)
    assert first.body == second.body
    assert spent(runs, (), "mine", 0.0).estimated_runs + spent(runs, (), "mine", 0.0).unpriced_runs == 2


def test_a_second_job_of_a_run_that_was_sent_once_is_somebody_elses():
    once = replace(TWICE, unanswered_at=())
    changed = merge("mine", [once], [FIRST, SECOND], NOW)
    assert {run.service_id: run.made_here for run in apply([once], changed)} == {"first": False, "second": True}


def test_what_was_listed_before_the_request_left_is_never_ours_whatever_its_address():
    old = replace(SENT, seen_before=("first",))
    [run] = [run for run in merge("mine", [old], [FIRST], NOW, 0.0) if run.run_id == "r1"]
    assert (run.phase, run.listings_missed) == (Phase.UNKNOWN, 1)
    [run] = [run for run in merge("mine", [old], [FIRST, SECOND], NOW, 0.0) if run.run_id == "r1"]
    assert (run.phase, run.service_id) == (Phase.ADOPTED, "second")


def test_rows_that_look_like_a_run_are_remembered_when_its_request_leaves():
    rows = [
        replace(OWNED, run_id="a", service_id="by name", name="ANNA"),
        replace(OWNED, run_id="b", service_id="by address", data_source_path=PATH),
        replace(OWNED, run_id="c", service_id="another"), replace(SENT, service_id="itself"),
    ]
    assert seen_before(SENT, rows) == ("by name", "by address")
