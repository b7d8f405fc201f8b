"""Runs that are started together against the practice service: one upload, a request each, and what stops them."""

import time
from dataclasses import replace

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, HeldBackError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import ManifestItem, Phase, Run, Stage, manifest_text
from segmind_studio.core.sweep import Sweep
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.submission_steps import Submission
from tests.fakes.practice_side import jobs, posts, uploads

FORM = TrainingForm(
    TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"}).touched,
    Sweep("iterations", (120, 300, 600)),
)
IDS = ("run-0", "run-1", "run-2")


@pytest.fixture
def runs(journal, photos):
    """Three runs of one comparison, as the journal holds them before anything leaves."""
    manifest = manifest_text(tuple(
        ManifestItem(str(path), path.stat().st_size, path.stat().st_mtime_ns, "TOK", 1, "JPEG") for path in photos
    ))
    now = time.time()
    made = tuple(
        Run(
            run_id=run_id, account_id="practice", name=form.text("name"), phase=Phase.PREPARED, created_at=now,
            changed_at=now, body=form.body(), manifest=manifest, sweep_id="the-sweep", sweep_key="iterations",
        )
        for run_id, form in zip(IDS, FORM.forms, strict=True)
    )
    journal.add_all(made, now)
    return made


@pytest.fixture
def bench(journal, connection, tmp_path, runs):
    class Bench:
        cancelled = frozenset()
        pauses = []  # noqa: RUF012  # a fresh class for each test

        def submission(self):
            return Submission(
                journal, connection, tmp_path / "prepared", changed=lambda _run: None,
                progress=lambda *_: None, cancelled=lambda run_id: run_id in self.cancelled,
                pause=lambda _run_id, seconds: bool(self.pauses.append(seconds)),
            )

        def drive(self):
            return dict(self.submission().drive_all(IDS))

        def phases(self):
            return [journal.get(run_id).phase for run_id in IDS]

        def names(self):
            return sorted(job.name for job in jobs(connection))

    return Bench()


def test_three_runs_share_one_upload(bench, journal, practice):
    assert bench.drive() == dict.fromkeys(IDS)
    assert bench.phases() == [Phase.ACCEPTED] * 3
    assert uploads(practice) == 1
    assert posts(practice) == 3
    done = [journal.get(run_id) for run_id in IDS]
    assert len({run.data_source_path for run in done}) == 1
    assert len({run.archive_sha256 for run in done}) == 1
    assert len({run.service_id for run in done}) == 3
    assert bench.names() == ["cat-it120", "cat-it300", "cat-it600"]


def test_a_lost_answer_holds_the_others_back_and_the_right_run_is_found(
    bench, journal, practice, connection,
):
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    errors = bench.drive()
    assert isinstance(errors["run-0"], ApiError)
    assert isinstance(errors["run-1"], HeldBackError)
    assert bench.phases() == [Phase.UNKNOWN, Phase.PREPARED, Phase.PREPARED]
    assert journal.get("run-2").error == "Not sent, because “cat-it120” has no answer yet."
    assert posts(practice) == 1
    with SegmindClient(connection) as client:
        settle(journal, "practice", client.list_jobs(), time.time(), LiveRuns())
    assert bench.phases() == [Phase.ADOPTED, Phase.PREPARED, Phase.PREPARED]
    assert dict(bench.submission().drive_all(IDS[1:])) == {"run-1": None, "run-2": None}
    assert uploads(practice) == 1
    assert bench.names() == ["cat-it120", "cat-it300", "cat-it600"]


def test_all_unknown_each_finds_its_own(bench, journal, practice, connection):
    """They share `data_source_path`: only the suffix of the name tells them apart."""
    for run_id in IDS:
        practice.set_fault(Fault.LOST_ANSWER, on=True)
        bench.submission().drive(run_id)
    assert bench.phases() == [Phase.UNKNOWN] * 3
    with SegmindClient(connection) as client:
        listing = client.list_jobs()
    settle(journal, "practice", replace(listing, jobs=listing.jobs[::-1]), time.time(), LiveRuns())
    by_id = {job.service_id: job.name for job in listing.jobs}
    for run_id, form in zip(IDS, FORM.forms, strict=True):
        found = journal.get(run_id)
        assert (found.phase, by_id[found.service_id]) == (Phase.ADOPTED, form.text("name"))


@pytest.mark.parametrize(("fault", "phase"), [
    (Fault.NO_CREDITS, Phase.UPLOADED), (Fault.RETIRED, Phase.REFUSED),
])
def test_what_one_is_refused_for_is_not_asked_again_by_the_others(bench, journal, practice, fault, phase):
    practice.set_fault(fault, on=True)
    errors = bench.drive()
    assert bench.phases() == [phase, Phase.PREPARED, Phase.PREPARED]
    assert posts(practice) <= 1
    assert isinstance(errors["run-2"], HeldBackError)
    assert journal.get("run-1").stage is Stage.INTERRUPTED
    assert journal.get("run-1").held_back
    assert journal.get("run-1").error.startswith("Not sent, because")


def test_cancelling_one_stops_those_behind_it_without_a_word(bench, journal):
    bench.cancelled = frozenset({"run-1"})
    errors = bench.drive()
    assert errors["run-0"] is None
    assert type(errors["run-1"]) is type(errors["run-2"]) is CancelledError
    assert bench.phases()[0] is Phase.ACCEPTED
    assert journal.get("run-2").error == ""
    assert bench.names() == ["cat-it120"]


def test_the_reasons_of_an_earlier_try_do_not_outlive_the_next_that_is_cancelled(bench, journal, practice):
    practice.set_fault(Fault.NO_CREDITS, on=True)
    bench.drive()
    practice.set_fault(Fault.NO_CREDITS, on=False)
    assert [bool(journal.get(run_id).error) for run_id in IDS] == [True] * 3
    bench.cancelled = frozenset(IDS)
    bench.drive()
    assert [(run.stage, run.error, run.held_back) for run in map(journal.get, IDS)] == [
        (Stage.INTERRUPTED, "", False),
    ] * 3
    bench.cancelled = frozenset()
    assert bench.drive() == dict.fromkeys(IDS)
    assert not any(journal.get(run_id).held_back for run_id in IDS)


def test_a_waiting_run_takes_the_upload_though_the_photos_have_changed_since(bench, photos, practice):
    bench.cancelled = frozenset({"run-1"})
    bench.drive()
    photos[0].unlink()
    bench.cancelled = frozenset()
    assert bench.submission().drive("run-2") is None
    assert uploads(practice) == 1


def test_the_upload_of_another_submission_is_never_taken(bench, journal, practice):
    journal.change("run-1", time.time(), sweep_id="another")
    assert bench.drive() == dict.fromkeys(IDS)
    assert uploads(practice) == 2  # run-2 takes that of run-0


def test_where_too_much_is_asked_it_waits_before_the_request_and_sends_nothing(bench, journal, practice):
    journal.change("run-0", time.time(), phase=Phase.UPLOADED, data_source_path="https://example.com/a.zip")
    practice.set_fault(Fault.RATE_LIMIT, on=True)
    error = bench.submission().drive("run-0")
    assert error.problem is ApiProblem.RATE_LIMITED
    assert len(bench.pauses) == 2
    assert all(seconds > 0 for seconds in bench.pauses)
    assert posts(practice) == 0
    assert journal.get("run-0").phase is Phase.UPLOADED


def test_runs_are_written_all_or_none(journal, runs):
    news = [Run("run-9", "practice", "new", Phase.PREPARED, 1.0, 1.0), runs[0]]
    with pytest.raises(Exception, match="already stored"):
        journal.add_all(news, 1.0)
    assert journal.get("run-9") is None


def test_a_sweep_is_listed_by_its_id(journal, runs):
    other = Run("x", "practice", "the-sweep", Phase.PREPARED, 1.0, 1.0, notes="the-sweep")
    journal.add(other, 1.0)
    assert [run.run_id for run in journal.sweep(runs[1])] == list(IDS)
    assert journal.sweep(other) == ()
