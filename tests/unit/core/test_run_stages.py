"""Where a run is: the one word for it, from what the app did and what the service says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import (
    ENDED_STAGES,
    LOCAL_STAGES,
    NEXT_PHASES,
    STATUS_ORDER,
    Phase,
    Run,
    Stage,
    stage_of_status,
)

RUN = Run("r", "mine", "n", Phase.PREPARED, 0.0, 0.0)


@pytest.mark.parametrize(("status", "stage"), [
    ("REQUESTED", Stage.REQUESTED), ("DATA_PROCESSING", Stage.PROCESSING), ("TRAINING_INITIATED", Stage.TRAINING),
    ("TRAINING_COMPLETED", Stage.TRAINED), ("INFERENCE_QUEUED", Stage.DEPLOYING), ("DEPLOYING", Stage.DEPLOYING),
    ("AVAILABLE", Stage.READY), (" available ", Stage.READY), ("REHEARSING", Stage.OTHER), ("", Stage.OTHER),
    ("TRAINING_FAILED", Stage.FAILED), ("ERROR", Stage.FAILED), ("REJECTED", Stage.FAILED),
    ("Canceled", Stage.FAILED), ("CONTENT_MODERATED", Stage.FAILED), ("EXPIRED", Stage.FAILED),
    ("TIMEOUT", Stage.FAILED),
])
def test_statuses(status: str, stage: Stage):
    assert stage_of_status(status) is stage


@pytest.mark.parametrize("status", STATUS_ORDER)
def test_an_error_message_means_failed(status: str):
    assert stage_of_status(status, "Out of memory") is Stage.FAILED
    assert stage_of_status(status, "  \n") is not Stage.FAILED


@given(status=st.text(), error=st.text())
def test_any_status_has_a_stage(status: str, error: str):
    assert stage_of_status(status, error) not in LOCAL_STAGES


@given(phase=st.sampled_from(Phase), status=st.text(), error=st.text(), live=st.booleans(), gone=st.booleans())
def test_any_run_has_a_stage(*, phase: Phase, status: str, error: str, live: bool, gone: bool):
    run = replace(RUN, phase=phase, status=status, error=error, live=live, vanished=gone)
    assert isinstance(run.stage, Stage)
    assert not (run.active and run.stage in ENDED_STAGES)
    assert run.ready == (run.stage is Stage.READY)


@pytest.mark.parametrize(("phase", "alive", "asleep"), [
    (Phase.PREPARED, Stage.PREPARING, Stage.INTERRUPTED), (Phase.UPLOADING, Stage.UPLOADING, Stage.INTERRUPTED),
    (Phase.UPLOADED, Stage.UPLOADING, Stage.INTERRUPTED), (Phase.SENDING, Stage.SENDING, Stage.UNKNOWN),
    (Phase.UNKNOWN, Stage.UNKNOWN, Stage.UNKNOWN), (Phase.REFUSED, Stage.REFUSED, Stage.REFUSED),
    (Phase.ABANDONED, Stage.ABANDONED, Stage.ABANDONED), (Phase.ACCEPTED, Stage.REQUESTED, Stage.REQUESTED),
    (Phase.ADOPTED, Stage.REQUESTED, Stage.REQUESTED),
])
def test_what_the_app_did(phase: Phase, alive: Stage, asleep: Stage):
    assert replace(RUN, phase=phase, live=True).stage is alive
    assert replace(RUN, phase=phase).stage is asleep


@pytest.mark.parametrize("phase", Phase)
def test_only_accepted_runs_follow_the_service(phase: Phase):
    stage = replace(RUN, phase=phase, live=True, status="AVAILABLE").stage
    assert (stage is Stage.READY) == (phase in {Phase.ACCEPTED, Phase.ADOPTED})


@pytest.mark.parametrize(("change", "active"), [
    ({"phase": Phase.UPLOADING, "live": True}, True), ({"phase": Phase.UPLOADING}, False),
    ({"phase": Phase.UNKNOWN}, True), ({"phase": Phase.ACCEPTED}, True),
    ({"phase": Phase.ACCEPTED, "vanished": True}, False),
    ({"phase": Phase.ACCEPTED, "status": "AVAILABLE"}, False),
    ({"phase": Phase.ACCEPTED, "error": "no"}, False), ({"phase": Phase.REFUSED}, False),
])
def test_active_means_something_may_still_happen_by_itself(*, change: dict[str, object], active: bool):
    assert replace(RUN, **change).active == active


def test_a_run_that_may_be_paid_never_goes_back_by_itself():
    assert set(NEXT_PHASES) == set(Phase)
    for phase in (Phase.ACCEPTED, Phase.ADOPTED, Phase.REFUSED, Phase.ABANDONED):
        assert NEXT_PHASES[phase] == frozenset()
    assert not NEXT_PHASES[Phase.SENDING] & {Phase.PREPARED, Phase.UPLOADING, Phase.ABANDONED, Phase.SENDING}
    assert NEXT_PHASES[Phase.UNKNOWN] == {Phase.ADOPTED, Phase.SENDING}
    assert all(Phase.SENDING not in NEXT_PHASES[p] for p in Phase if p not in {Phase.UPLOADED, Phase.UNKNOWN})


@pytest.mark.parametrize(("before", "after", "cost"), [
    (10.0, 6.5, 3.5), (10.0, None, None), (None, 3.0, None), (3.0, 3.0, None),  # nothing yet
    (3.0, 3.0000001, None),  # binary fractions
    (3.0, 8.0, None), (3.0, 3.01, None),  # somebody topped up in between
    (500.0, 400.0, 100.0), (500.0, 399.9, None),  # no run costs that much
])
def test_the_cost_is_what_a_run_can_have_cost(before, after, cost):
    run = replace(RUN, credits_before=before, credits_after=after)
    assert run.cost == cost
    assert run.uncharged is (before == 3.0 and after in {3.0, 3.0000001})


def test_a_measure_that_something_else_had_a_part_in_is_none():
    assert replace(RUN, credits_before=10.0, credits_after=6.0, cost_shared=True).cost is None


def test_the_times_of_requests_without_an_answer():
    unknown = replace(RUN, phase=Phase.UNKNOWN, sent_at=7.0)
    assert unknown.unanswered_times == (7.0,)
    assert replace(unknown, sent_at=9.0, unanswered_at=(7.0,)).unanswered_times == (7.0, 9.0)
    assert replace(unknown, sent_at=None, changed_at=5.0).unanswered_times == (5.0,)


def test_the_weights_are_where_the_webhook_or_the_job_says():
    assert RUN.weights_url == ""
    assert replace(RUN, cloud_storage_url="c").weights_url == "c"
    assert replace(RUN, cloud_storage_url="c", trained_model_url="t").weights_url == "t"


@pytest.mark.parametrize(("body", "word"), [
    ({"trigger_word": "1MAN"}, "1MAN"), ({}, ""), ({"trigger_word": 3}, ""),
])
def test_the_trigger_word_is_what_was_sent(body: dict[str, object], word: str):
    assert replace(RUN, body=body).trigger_word == word


UPLOAD = "https://bucket.example.org/uploads/1/a.zip"


def test_run_again_uploads_anew_but_keeps_a_public_zip():
    form = TrainingForm().with_value("name", "anna")
    uploaded = replace(RUN, body=form.body(UPLOAD), manifest="[]")
    assert uploaded.form == form
    public = form.with_value("data_source_path", "https://example.org/a.zip")
    assert replace(RUN, body=public.body()).form == public
    assert replace(RUN, body=form.body(UPLOAD), made_here=False).form == form
    assert replace(RUN, body=form.body()).form == form
