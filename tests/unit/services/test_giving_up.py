"""Giving a run up, and orders that meet one that is being worked on: never swallowed, never paid for."""

import threading
from dataclasses import replace

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.errors import ApiError, CancelledError, HeldBackError, StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Stage
from segmind_studio.dataset.archive import ArchivePlan
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.runs import giving_up
from segmind_studio.services.runs import submission_steps as steps
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.services.system.activity import ActivityBoard, SubmissionWork
from tests.fakes.connections import connection_to
from tests.fakes.practice_side import jobs
from tests.fakes.scripted_server import HANG, ScriptedServer, json_reply
from tests.fakes.shell_services import REAL_ACCOUNT, FakeAccounts
from tests.fakes.typed import as_service

SUBMIT = "/finetune/request/submit"


@pytest.fixture
def live():
    return LiveRuns()


@pytest.fixture
def runs(qapp, database, live):
    service = RunService(database, live)
    service.start()
    yield service
    assert service.stop()


@pytest.fixture
def submits(qapp, journal, tmp_path, live, runs):
    service = SubmissionService(journal, tmp_path / "prepared", live)
    service.row_changed.connect(runs.accept_row)
    service.live_changed.connect(runs.update_live)
    yield service
    assert service.stop()


class Gate:
    """Something that the worker's thread comes to and waits at."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self):
        self.reached.set()
        assert self.opened.wait(20)


@pytest.fixture
def slow_upload(monkeypatch):
    gate, chunks = Gate(), ArchivePlan.chunks

    def slow(self, *arguments, **more):
        for piece in chunks(self, *arguments, **more):
            gate()
            yield piece

    monkeypatch.setattr(ArchivePlan, "chunks", slow)
    yield gate
    gate.opened.set()


@pytest.fixture
def slow_answer(monkeypatch):
    gate, submit = Gate(), SegmindClient.submit

    def slow(self, body):
        answer = submit(self, body)
        gate()
        return answer

    monkeypatch.setattr(SegmindClient, "submit", slow)
    yield gate
    gate.opened.set()


@pytest.fixture
def interrupted(qtbot, journal, run, runs, submits, connection):
    """A run as a killed upload leaves it, known to the window."""
    run = journal.change(run.run_id, run.created_at, phase=Phase.UPLOADING)
    runs.set_connection(connection)
    submits.set_connection(connection)
    qtbot.waitUntil(lambda: runs.run(run.run_id) is not None)
    assert runs.run(run.run_id).stage is Stage.INTERRUPTED
    return run


def posts(practice):
    return [entry for entry in practice.requests() if entry.path == SUBMIT]


def test_a_run_that_goes_on_is_live_at_once_and_can_be_given_up(
    qtbot, interrupted, runs, submits, journal, practice, slow_upload,
):
    run_id = interrupted.run_id
    submits.resume(run_id)
    assert runs.run(run_id).stage is Stage.UPLOADING
    qtbot.waitUntil(slow_upload.reached.is_set)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        submits.abandon(run_id)
        qtbot.waitUntil(lambda: journal.get(run_id).phase is Phase.ABANDONED)  # while the upload still stands
        slow_upload.opened.set()
    assert isinstance(finished.args[0].error, CancelledError)
    assert finished.args[0].run.phase is Phase.ABANDONED
    qtbot.waitUntil(lambda: runs.run(run_id).stage is Stage.ABANDONED)
    assert not posts(practice)


def test_several_continue_in_one_order_and_one_that_is_not_accepted_stops_the_rest(
    qtbot, interrupted, runs, submits, journal, practice,
):
    others = [replace(interrupted, run_id=f"run-{number}", name=f"run-{number}") for number in (2, 3)]
    for run in others:
        journal.add(run, run.created_at)
        runs.accept_row(run)
    run_ids = (interrupted.run_id, "run-2", "run-3")
    ended = []
    submits.finished.connect(lambda outcome: ended.append((outcome.run.run_id, type(outcome.error))))
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    submits.resume_all(run_ids)
    submits.resume_all(run_ids)  # pressed twice
    qtbot.waitUntil(lambda: len(ended) == 3, timeout=30_000)
    assert ended == [(run_ids[0], ApiError), ("run-2", HeldBackError), ("run-3", HeldBackError)]
    assert len(posts(practice)) == 1
    ended.clear()
    qtbot.waitUntil(lambda: not runs.run("run-2").live)
    submits.resume_all(run_ids[1:])
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=30_000)
    assert [journal.get(run_id).phase for run_id in run_ids[1:]] == [Phase.ACCEPTED] * 2
    assert journal.get(run_ids[0]).phase in {Phase.UNKNOWN, Phase.ADOPTED}
    assert len(posts(practice)) == 3


def test_giving_up_in_the_last_moment_before_the_request_stops_it(
    qtbot, interrupted, submits, journal, practice, monkeypatch,
):
    run_id = interrupted.run_id

    class LookingClient(SegmindClient):
        def credits(self):
            giving_up.give_up(journal, run_id)  # the person presses while the balance is asked for
            return super().credits()

    monkeypatch.setattr(steps, "SegmindClient", LookingClient)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        submits.resume(run_id)
    assert finished.args[0].error is not None
    assert journal.get(run_id).phase is Phase.ABANDONED
    assert not posts(practice)


@pytest.mark.parametrize("ask", ["abandon", "cancel"])
def test_too_late_is_said(qtbot, interrupted, submits, connection, slow_answer, ask):
    run_id = interrupted.run_id
    submits.resume(run_id)
    qtbot.waitUntil(slow_answer.reached.is_set, timeout=20_000)
    with qtbot.waitSignals([submits.failed, submits.finished], timeout=20_000):
        submits.failed.connect(lambda failure: told.append((failure.run_id, failure.error.title)))
        told = []
        getattr(submits, ask)(run_id)
        slow_answer.opened.set()
    assert set(told) == {(run_id, str(giving_up.TOO_LATE[0]))}
    assert len(jobs(connection)) == 1


def test_a_cancel_that_comes_after_the_end_does_not_stop_the_next_continue(
    qtbot, interrupted, submits, connection, journal, monkeypatch,
):
    refused = StudioError("Not yet.")
    monkeypatch.setattr(Submission, "_plan", lambda _self, _run: (_ for _ in ()).throw(refused))
    with qtbot.waitSignal(submits.finished) as finished:
        submits.resume(interrupted.run_id)
    assert finished.args[0].error is refused
    submits.cancel(interrupted.run_id)  # pressed while the end was on its way to the window
    monkeypatch.undo()
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        submits.resume(interrupted.run_id)
    assert finished.args[0].error is None
    assert len(jobs(connection)) == 1


@pytest.mark.parametrize("ask", ["cancel", "stop"])
def test_a_stop_cuts_an_upload_that_stalls(qtbot, run, journal, submits, ask):
    journal.save(replace(run, account_id="a1"), 1.0)
    with ScriptedServer([HANG]) as storage:
        ticket = json_reply({"presigned_url": f"{storage.url}/p", "s3_url": f"{storage.url}/z.zip"})
        with ScriptedServer([ticket]) as api:
            submits.set_connection(connection_to(api.url))
            outcomes = []
            submits.finished.connect(outcomes.append)
            submits.resume(run.run_id)
            qtbot.waitUntil(lambda: bool(storage.seen))
            if ask == "cancel":
                submits.cancel(run.run_id)
                qtbot.waitUntil(lambda: bool(outcomes), timeout=8000)
                assert type(outcomes[0].error) is CancelledError
            else:
                assert submits.stop(8000)
    assert journal.get(run.run_id).phase is Phase.UPLOADING


def test_an_order_about_a_run_that_is_worked_on_is_answered(qtbot, interrupted, submits, practice, slow_upload):
    run_id = interrupted.run_id
    submits.resume(run_id)
    for order in (submits.resume, submits.send_again):
        with qtbot.waitSignal(submits.failed) as failed:
            order(run_id)
        assert failed.args[0].run_id == run_id
        assert failed.args[0].error.advice
    with qtbot.waitSignal(submits.finished, timeout=20_000):
        slow_upload.opened.set()
    assert len(posts(practice)) == 1


def test_another_run_is_given_up_while_one_is_uploaded(qtbot, interrupted, submits, journal, run, slow_upload):
    other = replace(run, run_id="run-2", phase=Phase.UPLOADED)
    journal.add(other, 1.0)
    submits.resume(interrupted.run_id)
    qtbot.waitUntil(slow_upload.reached.is_set)
    with qtbot.waitSignal(submits.finished) as finished:
        submits.abandon(other.run_id)
    assert finished.args[0].run.phase is Phase.ABANDONED


def test_a_submission_is_under_way_from_its_first_step_to_its_answer(
    qtbot, interrupted, submits, slow_upload, slow_answer,
):
    board, accounts = ActivityBoard(), FakeAccounts()
    work = SubmissionWork(board, submits, as_service(AccountService, accounts))
    submits.resume(interrupted.run_id)
    qtbot.waitUntil(lambda: len(board.activities) == 1)
    assert interrupted.name in board.activities[0].title
    assert board.activities[0].cancel is not None
    accounts.change(current=REAL_ACCOUNT)  # the work goes on in the name of the account it was started with
    assert board.activities[0].title.startswith("Practice")
    slow_upload.opened.set()
    qtbot.waitUntil(slow_answer.reached.is_set, timeout=20_000)
    qtbot.waitUntil(lambda: board.activities[0].cancel is None)
    with qtbot.waitSignal(submits.finished, timeout=20_000):
        slow_answer.opened.set()
    assert board.activities == ()
    del work
