"""One submission against the practice service: every way it can go, and what the disk holds then."""

import os
import time
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import Account, AccountKind
from segmind_studio.core.datasets import PackageOptions
from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    DatasetError,
    SourceChangedError,
    StoreError,
    StudioError,
)
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.possible_duplicates import refused_for_good
from segmind_studio.core.practice import Fault
from segmind_studio.core.reconcile import merge
from segmind_studio.core.runs import Phase, Stage, manifest_items, manifest_text
from segmind_studio.core.versions import sent_files
from segmind_studio.dataset.archive import PlanCache, plan
from segmind_studio.services.runs import submission_steps as steps
from segmind_studio.services.runs.giving_up import TOO_LATE, give_up
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.store.journal import Journal
from tests.fakes.connections import connection_to
from tests.fakes.damaged_image_files import short_png
from tests.fakes.practice_side import jobs
from tests.fakes.scripted_server import Reply, ScriptedServer, json_reply

FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})


def test_all_goes_well(submission, journal, run, connection):
    assert submission.drive(run.run_id) is None
    assert submission.phases == [Phase.UPLOADING, Phase.UPLOADED, Phase.SENDING, Phase.ACCEPTED]
    done = journal.get(run.run_id)
    (job,) = jobs(connection)
    assert done.service_id == job.service_id
    assert done.data_source_path == job.data_source_path == done.body["data_source_path"]
    assert len(done.archive_sha256) == 64
    files = sent_files(done.contents)
    assert sum(file.name.endswith(".jpg") for file in files) == 3
    assert {len(file.sha256) for file in files} == {64}
    assert len(done.fingerprint) == 64
    assert done.archive_size > 0
    assert done.image_count == 3
    assert done.cost == pytest.approx(4.0)  # upstream's list price for 300 iterations, which practice charges


def test_the_archive_arrives_as_planned_and_without_the_key(submission, run, practice):
    assert submission.drive(run.run_id) is None
    puts = [entry for entry in practice.requests() if entry.method == "PUT"]
    assert len(puts) == 1
    names = set(puts[0].headers)
    assert "content-length" in names
    assert not names & {"x-api-key", "transfer-encoding", "content-type"}


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HTML_ANSWER])
def test_a_lost_answer_is_unknown_and_found_by_listing(submission, journal, run, connection, practice, fault):
    practice.set_fault(fault, on=True)
    error = submission.drive(run.run_id)
    assert isinstance(error, ApiError)
    assert error.may_have_arrived
    assert journal.get(run.run_id).phase is Phase.UNKNOWN
    assert submission.drive(run.run_id) is None  # driving it again sends nothing
    assert len(jobs(connection)) == 1
    (found,) = merge("practice", journal.runs("practice"), jobs(connection), time.time())
    assert (found.run_id, found.phase) == (run.run_id, Phase.ADOPTED)
    assert found.service_id == jobs(connection)[0].service_id


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.UNAVAILABLE])
def test_a_server_error_at_the_submit_is_unknown_and_not_repeated(
    submission, journal, run, connection, practice, fault,
):
    uploaded = journal.change(
        run.run_id, time.time(), phase=Phase.UPLOADED, data_source_path="https://example.com/photos.zip",
    )
    practice.set_fault(fault, on=True)
    error = submission.drive(run.run_id)
    practice.set_fault(fault, on=False)
    assert isinstance(error, ApiError)
    assert journal.get(uploaded.run_id).phase is Phase.UNKNOWN
    posts = [entry for entry in practice.requests() if entry.path == "/finetune/request/submit"]
    assert len(posts) == 1


HUGE = "9" * 20_000


@pytest.mark.parametrize(("status", "kind", "body", "phase"), [
    (400, "text/html", f"<h1>no &#{HUGE};</h1>", Phase.REFUSED),
    (400, "application/xml", f"<Error><Message>no &#{HUGE};</Message></Error>", Phase.REFUSED),
    (400, "application/json", f'{{"error": "no", "code": {HUGE}}}', Phase.REFUSED),
    (410, "application/json", f'{{"detail": [{{"loc": [{HUGE}], "msg": "no"}}]}}', Phase.REFUSED),
    (200, "application/json", f'{{"finetune_id": "job-1", "cost": {HUGE}, "rate": 1e{HUGE}}}', Phase.ACCEPTED),
    (200, "application/json", f'{{"finetune_id": {HUGE}}}', Phase.UNKNOWN),
    (500, "text/html", f"&#{HUGE};", Phase.UNKNOWN),
])
def test_an_answer_with_numbers_of_thousands_of_digits_leaves_no_run_as_sending(
    make_submission, journal, run, status, kind, body, phase,
):
    ready = {"account_id": "a1", "phase": Phase.UPLOADED, "data_source_path": "https://example.org/p.zip"}
    journal.save(replace(journal.get(run.run_id), **ready), time.time())
    balance = json_reply({"credits": 5})
    answer = Reply(status, body.encode(), {"Content-Type": kind, "Retry-After": HUGE})
    with ScriptedServer([balance, answer, balance]) as server:
        make_submission(connection_to(server.url)).drive(run.run_id)
    assert journal.get(run.run_id).phase is phase


def test_an_expired_address_is_replaced_by_a_fresh_one(submission, run, connection, practice, pauses):
    practice.set_fault(Fault.EXPIRED_UPLOAD, on=True)
    assert submission.drive(run.run_id) is None
    assert pauses == [0.0]
    assert len(jobs(connection)) == 1


def test_an_observer_that_fails_stops_no_step(submission, run, connection, caplog):
    submission.phases = None  # nothing can be noted there
    assert submission.drive(run.run_id) is None
    assert len(jobs(connection)) == 1
    assert "could not be shown" in caplog.text


def test_a_busy_storage_is_given_time(submission, run, connection, practice, pauses):
    practice.set_fault(Fault.SLOW_DOWN, on=True)
    assert submission.drive(run.run_id) is None
    assert len(pauses) == 1
    assert pauses[0] > 0
    assert len(jobs(connection)) == 1


@pytest.mark.parametrize(("fault", "problem"), [
    (Fault.NO_CREDITS, ApiProblem.NO_CREDITS), (Fault.TEAM_LIMIT, ApiProblem.TEAM_LIMIT),
])
def test_without_credits_or_room_in_the_team_the_upload_is_kept_and_the_run_can_be_continued(
    submission, journal, run, connection, practice, fault, problem,
):
    practice.set_fault(fault, on=True)
    error = submission.drive(run.run_id)
    assert error.problem is problem
    waiting = journal.get(run.run_id)
    assert (waiting.phase, waiting.stage) == (Phase.UPLOADED, Stage.INTERRUPTED)
    assert error.detail
    assert error.detail in waiting.error  # what the service said, with its figures, stays with the row
    practice.set_fault(fault, on=False)
    assert submission.drive(run.run_id) is None
    assert journal.get(run.run_id).phase is Phase.ACCEPTED
    assert not journal.get(run.run_id).error
    assert sum(entry.method == "PUT" for entry in practice.requests()) == 1
    assert len(jobs(connection)) == 1


def test_a_retired_service_refuses_and_nothing_is_retried(submission, journal, run, connection, practice):
    practice.set_fault(Fault.RETIRED, on=True)
    assert submission.drive(run.run_id).problem is ApiProblem.RETIRED
    refused = journal.get(run.run_id)
    assert (refused.phase, refused.stage) == (Phase.REFUSED, Stage.REFUSED)
    assert refused.manifest == run.manifest
    assert refused.retired
    assert refused_for_good([refused]) == refused
    practice.set_fault(Fault.RETIRED, on=False)
    taken = replace(refused, phase=Phase.ACCEPTED, service_id="x", sent_at=refused.sent_at + 1)
    assert refused_for_good([refused, taken]) is None
    assert jobs(connection) == ()


def test_a_bad_value_is_refused_with_the_services_words(submission, journal, run):
    body = {**FORM.body(), "theme": "DOG"}
    journal.change(run.run_id, time.time(), body=body)
    assert submission.drive(run.run_id).problem is ApiProblem.BAD_REQUEST
    assert journal.get(run.run_id).phase is Phase.REFUSED
    assert "theme" in journal.get(run.run_id).error.lower()


def test_no_network_leaves_everything_ready_to_continue(submission, journal, run, practice):
    practice.stop()
    error = submission.drive(run.run_id)
    assert error.problem is ApiProblem.OFFLINE
    assert journal.get(run.run_id).stage is Stage.INTERRUPTED


def test_cancelled_before_anything_is_paid(journal, connection, run, tmp_path):
    submission = Submission(
        journal, connection, tmp_path / "prepared", changed=lambda _run: None, progress=lambda *_: None,
        cancelled=lambda run_id: journal.get(run_id).phase is Phase.UPLOADING,
        pause=lambda _run_id, _seconds: False,
    )
    assert isinstance(submission.drive(run.run_id), CancelledError)
    assert journal.get(run.run_id).phase is Phase.UPLOADING
    assert jobs(connection) == ()


def test_a_photo_that_changed_unseen_since_it_was_planned_is_not_sent_until_it_was_read_again(
    make_submission, journal, run, photos, connection, tmp_path,
):
    """The plan of the package's size is used; a photo of the same size and time is known by its bytes."""
    plans, before = PlanCache(), photos[1].stat()
    plan(manifest_items(run.manifest), PackageOptions(), tmp_path / "prepared", plans)
    photos[1].write_bytes(photos[1].read_bytes()[:-64] + b"x" * 62 + b"\xff\xd9")
    os.utime(photos[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    submission = make_submission(connection, plans=plans)
    error = submission.drive(run.run_id)
    assert isinstance(error, SourceChangedError)
    assert photos[1].name in str(error)
    assert jobs(connection) == ()
    assert submission.drive(run.run_id) is None
    sent = {file.name: file.sha256 for file in sent_files(journal.get(run.run_id).contents)}
    fresh = plan(manifest_items(run.manifest), PackageOptions(), tmp_path / "prepared")
    assert sent == {file.name: file.sha256 for file in fresh.files(bool)}


def test_a_changed_photo_is_named_and_nothing_is_sent(submission, journal, run, photos, connection):
    photos[1].write_bytes(photos[2].read_bytes() + b"more")
    error = submission.drive(run.run_id)
    assert isinstance(error, SourceChangedError)
    assert photos[1].name in str(error)
    assert journal.get(run.run_id).stage is Stage.INTERRUPTED
    assert jobs(connection) == ()


def test_a_public_zip_is_not_uploaded(submission, journal, run, practice):
    form = FORM.with_value("data_source_path", "https://example.com/photos.zip")
    journal.change(run.run_id, time.time(), body=form.body(), manifest="")
    submission.drive(run.run_id)
    assert not any(entry.method == "PUT" for entry in practice.requests())
    assert journal.get(run.run_id).data_source_path == "https://example.com/photos.zip"


def test_a_damaged_manifest_is_worded(submission, journal, run):
    journal.change(run.run_id, time.time(), manifest="{")
    assert isinstance(submission.drive(run.run_id), DatasetError)


def test_a_run_is_never_sent_by_another_account(submission, journal, run, connection):
    journal.save(replace(run, account_id="other"), time.time())
    error = submission.drive(run.run_id)
    assert "another account" in str(error)
    assert jobs(connection) == ()
    assert Account("other", "x", AccountKind.SEGMIND) != connection.account


@pytest.mark.parametrize("overtaken_in", [Phase.UPLOADING, Phase.UPLOADED])
def test_who_is_overtaken_by_another_process_sends_nothing_and_changes_nothing(
    submission, journal, run, connection, practice, database, tmp_path, overtaken_in,
):
    others = []

    def let_another_one_do_it(_run_id):
        if journal.get(run.run_id).phase is overtaken_in and not others:
            others.append(Submission(
                Journal(database), connection, tmp_path / "other", changed=lambda _run: None,
                progress=lambda *_: None, cancelled=lambda _id: False, pause=lambda *_: False,
            ))
            assert others[0].drive(run.run_id) is None
        return False

    submission._cancelled = let_another_one_do_it
    error = submission.drive(run.run_id)
    assert isinstance(error, StoreError)
    assert "has changed in the meantime" in str(error)
    done = journal.get(run.run_id)
    assert (done.phase, done.error, done.stage is not Stage.FAILED) == (Phase.ACCEPTED, "", True)
    assert done.service_id == jobs(connection)[0].service_id
    assert done.cost == pytest.approx(4.0)
    assert not any("has changed in the meantime" in entry.detail for entry in journal.timeline(run.run_id))
    posts = [entry for entry in practice.requests() if entry.path == "/finetune/request/submit"]
    assert len(posts) == len(jobs(connection)) == 1


def test_a_cost_that_cannot_be_written_makes_no_failure_of_an_accepted_run(
    submission, journal, run, connection, monkeypatch,
):
    change = Journal.change

    def full_disk(self, *arguments, **fields):
        if fields.get("credits_after") is not None:
            raise StoreError("The disk is full.")
        return change(self, *arguments, **fields)

    monkeypatch.setattr(Journal, "change", full_disk)
    assert submission.drive(run.run_id) is None
    done = journal.get(run.run_id)
    assert (done.phase, done.error, done.cost) == (Phase.ACCEPTED, "", None)


def test_the_balance_of_an_earlier_try_makes_no_cost(journal, run, tmp_path):
    journal.change(
        run.run_id, time.time(), phase=Phase.UPLOADED, data_source_path="https://example.com/a.zip",
        credits_before=50.0,
    )
    balances = [json_reply({"credits": None}), json_reply({"credits": 10.0})]

    def answer(seen):
        return balances.pop(0) if seen.path.endswith("credits") else json_reply({"finetune_id": "job-1"})

    with ScriptedServer([answer]) as server:
        journal.save(replace(journal.get(run.run_id), account_id="a1"), time.time())
        submission = Submission(
            journal, connection_to(server.url), tmp_path, changed=lambda _run: None, progress=lambda *_: None,
            cancelled=lambda _run_id: False, pause=lambda *_: False,
        )
        assert submission.drive(run.run_id) is None
    done = journal.get(run.run_id)
    assert (done.phase, done.credits_before, done.credits_after, done.cost) == (Phase.ACCEPTED, None, 10.0, None)


def test_only_a_run_that_was_not_sent_can_be_given_up(journal, run):
    assert give_up(journal, run.run_id).phase is Phase.ABANDONED
    for phase in (Phase.ABANDONED, Phase.SENDING, Phase.UNKNOWN, Phase.ACCEPTED):
        journal.change(run.run_id, time.time(), phase=phase)
        with pytest.raises(StudioError) as told:
            give_up(journal, run.run_id)
        assert (told.value.title == str(TOO_LATE[0])) is (phase is not Phase.ABANDONED)
        assert journal.get(run.run_id).phase is phase


def test_a_page_in_the_storages_place_is_no_upload_and_nothing_is_paid_for_it(
    submission, journal, run, practice, connection, monkeypatch,
):
    monkeypatch.setattr(steps, "UPLOAD_TRIES", 1)
    practice.set_fault(Fault.STORAGE_PAGE, on=True)
    error = submission.drive(run.run_id)
    assert error.problem is ApiProblem.UPLOAD_UNSURE
    assert (journal.get(run.run_id).phase, journal.get(run.run_id).stage) == (Phase.UPLOADING, Stage.INTERRUPTED)
    assert not jobs(connection)
    assert submission.drive(run.run_id) is None  # to a fresh address
    assert len(jobs(connection)) == 1


# -- a disk that is full when it matters


def test_the_id_of_a_paid_run_is_written_as_soon_as_there_is_room(submission, journal, run, pauses, monkeypatch):
    change, left = type(journal).change, [2]

    def full_for_a_while(self, *arguments, **values):
        if values.get("phase") is Phase.ACCEPTED and left[0]:
            left[0] -= 1
            raise StoreError("“studio.sqlite3” could not be used.", "The disk is full or faulty.")
        return change(self, *arguments, **values)

    monkeypatch.setattr(type(journal), "change", full_for_a_while)
    assert submission.drive(run.run_id) is None
    assert pauses == [0.5, 1.0]
    assert journal.get(run.run_id).phase is Phase.ACCEPTED


def test_where_there_is_no_room_the_person_is_told_not_to_send_again(
    submission, journal, run, connection, monkeypatch,
):
    change = type(journal).change

    def full(self, *arguments, **values):
        if values.get("phase") is Phase.ACCEPTED or values.get("error"):
            raise StoreError("“studio.sqlite3” could not be used.", "The disk is full or faulty.", "disk is full")
        return change(self, *arguments, **values)

    monkeypatch.setattr(type(journal), "change", full)
    error = submission.drive(run.run_id)
    (job,) = jobs(connection)
    assert "Do not send it again" in error.advice
    assert job.service_id in error.detail
    held = journal.get(run.run_id)
    assert (held.phase, held.stage) == (Phase.SENDING, Stage.UNKNOWN)
    assert submission.drive(run.run_id) is None  # nothing more is sent
    assert len(jobs(connection)) == 1


# -- waiting


def test_a_storage_that_wants_an_hour_is_left_to_the_person(submission, journal, run, pauses, monkeypatch):
    def busy(*_arguments):
        raise ApiError(ApiProblem.SLOW_DOWN, "The storage is busy.", retry_after=3600.0)

    monkeypatch.setattr(Submission, "_put", busy)
    assert submission.drive(run.run_id).problem is ApiProblem.SLOW_DOWN
    assert pauses == []
    assert journal.get(run.run_id).stage is Stage.INTERRUPTED


# -- damage is found before it is paid for


@pytest.mark.parametrize("phase", [Phase.PREPARED, Phase.UPLOADING])
def test_a_damaged_photo_is_named_before_anything_is_uploaded(
    submission, journal, run, photos, connection, practice, phase,
):
    photos[1].write_bytes(short_png(0.55))
    items = manifest_items(run.manifest)
    stat = photos[1].stat()
    damaged = replace(items[1], size=stat.st_size, mtime_ns=stat.st_mtime_ns, image_format="PNG")
    journal.change(
        run.run_id, time.time(), manifest=manifest_text((items[0], damaged, items[2])), phase=phase,
    )
    error = submission.drive(run.run_id)
    assert isinstance(error, DatasetError)
    assert photos[1].name in str(error)
    assert "lower 45 %" in str(error)
    assert journal.get(run.run_id).stage is Stage.INTERRUPTED
    assert not any(entry.method in {"PUT", "POST"} for entry in practice.requests())
    assert jobs(connection) == ()
