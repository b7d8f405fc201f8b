"""A run of unknown outcome that the person sends again: the first request may have started one all the same."""

import time

import pytest

from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Stage
from segmind_studio.services.runs.submission_steps import Submission
from tests.fakes.practice_side import jobs, posts, uploads


@pytest.fixture
def unknown(journal, run):
    """A run whose request left a while ago, and of which the service knows nothing."""
    return journal.change(
        run.run_id, time.time(), phase=Phase.UNKNOWN, data_source_path="https://bucket.example.org/up/1-a.zip",
        archive_sha256="ab" * 32, sent_at=time.time() - 600, listings_missed=5,
    )


@pytest.fixture
def uploaded(submission, journal, run, connection, practice):
    """A run whose photos are there and whose first request was lost before it reached the service."""
    practice.set_fault(Fault.NO_CREDITS, on=True)
    submission.drive(run.run_id)
    practice.set_fault(Fault.NO_CREDITS, on=False)
    return journal.change(run.run_id, time.time(), phase=Phase.UNKNOWN, sent_at=time.time() - 600)


def test_sent_again_it_is_one_run(submission, journal, uploaded, connection, practice):
    assert submission.send_again(uploaded.run_id) is None
    done = journal.get(uploaded.run_id)
    assert (done.phase, done.unanswered_at) == (Phase.ACCEPTED, (uploaded.sent_at,))
    assert len(jobs(connection)) == 1
    assert uploads(practice) == 1


def test_what_is_in_the_list_by_now_is_taken_and_not_sent_again(submission, journal, run, connection, practice):
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    submission.drive(run.run_id)
    assert submission.send_again(run.run_id) is None
    done = journal.get(run.run_id)
    assert (done.phase, done.service_id) == (Phase.ADOPTED, jobs(connection)[0].service_id)
    assert posts(practice) == len(jobs(connection)) == 1


@pytest.mark.parametrize("fault", [Fault.RATE_LIMIT, Fault.UNAVAILABLE, Fault.SERVER_ERROR])
def test_while_the_list_cannot_be_asked_for_nothing_is_sent_again(submission, journal, unknown, practice, fault):
    practice.set_fault(fault, on=True)
    error = submission.send_again(unknown.run_id)
    waiting = journal.get(unknown.run_id)
    assert (waiting.phase, waiting.stage, waiting.sent_at) == (Phase.UNKNOWN, Stage.UNKNOWN, unknown.sent_at)
    assert waiting.error.startswith(error.title)
    assert posts(practice) == 0


def test_while_it_is_sent_again_it_shows_no_reason_of_an_earlier_try(
    submission, journal, unknown, practice, monkeypatch,
):
    practice.set_fault(Fault.UNAVAILABLE, on=True)
    submission.send_again(unknown.run_id)
    shown, look = [], Submission._found
    monkeypatch.setattr(
        Submission, "_found", lambda *given: shown.append(journal.get(unknown.run_id).error) or look(*given),
    )
    assert journal.get(unknown.run_id).error
    submission.send_again(unknown.run_id)
    assert shown == [""]


@pytest.mark.parametrize("fault", [Fault.NO_CREDITS, Fault.RETIRED])
def test_a_second_request_that_is_refused_says_nothing_of_the_first(
    submission, journal, uploaded, connection, practice, fault,
):
    practice.set_fault(fault, on=True)
    before = posts(practice)
    error = submission.send_again(uploaded.run_id)
    assert posts(practice) == before + 1
    waiting = journal.get(uploaded.run_id)
    assert (waiting.phase, waiting.stage) == (Phase.UNKNOWN, Stage.UNKNOWN)
    assert waiting.error.startswith(error.title)
    assert (waiting.sent_at, waiting.unanswered_at) == (uploaded.sent_at, ())
    assert waiting.listings_missed == 0  # the person may not send a third time before it was looked for again


def test_a_second_lost_answer_remembers_the_first_request(submission, journal, uploaded, practice):
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    submission.send_again(uploaded.run_id)
    first = journal.get(uploaded.run_id)
    assert (first.phase, first.unanswered_at) == (Phase.UNKNOWN, (uploaded.sent_at,))
    submission.send_again(uploaded.run_id)  # it is in the list now
    assert journal.get(uploaded.run_id).phase is Phase.ADOPTED
    assert journal.get(uploaded.run_id).unanswered_at == (uploaded.sent_at,)


@pytest.mark.parametrize("phase", [Phase.UPLOADED, Phase.SENDING, Phase.ACCEPTED, Phase.ADOPTED, Phase.REFUSED])
def test_only_a_run_of_unknown_outcome_is_sent_again(submission, journal, run, practice, phase):
    journal.change(run.run_id, time.time(), phase=phase)
    assert "has changed in the meantime" in str(submission.send_again(run.run_id))
    assert journal.get(run.run_id).phase is phase
    assert posts(practice) == 0


def test_a_run_that_was_found_meanwhile_is_not_sent_again(submission, journal, unknown, practice, monkeypatch):
    """The listing of another thread adopts it after our own look: the step to sending must see that."""
    look = Submission._found

    def found_late(self, client, run):
        answer = look(self, client, run)
        journal.change(run.run_id, time.time(), phase=Phase.ADOPTED, service_id="job-1")
        return answer

    monkeypatch.setattr(Submission, "_found", found_late)
    assert "has changed in the meantime" in str(submission.send_again(unknown.run_id))
    assert journal.get(unknown.run_id).phase is Phase.ADOPTED
    assert posts(practice) == 0
