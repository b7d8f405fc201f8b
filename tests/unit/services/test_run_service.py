"""The runs: watched over the network on a thread of their own, kept in the journal, told by difference."""

import contextlib
import sqlite3
import time
from dataclasses import replace
from threading import Event

import pytest
from PIL import Image

from segmind_studio.api.client import SegmindClient
from segmind_studio.clock import monotonic_epoch
from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StoreError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.services.runs import run_poller
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import RunEdit
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitRequest
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import HANG, ScriptedServer, json_reply
from tests.fakes.typed import known

FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})


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
    service.confirmed.connect(runs.take_confirmed)
    service.unwritten.connect(runs.drop_unwritten)
    yield service
    assert service.stop()


@pytest.fixture
def dataset(photos):
    return Dataset("d1", "Cats", tuple(
        Photo(str(n), path, 640, 640, path.stat().st_size, path.stat().st_mtime_ns, "JPEG")
        for n, path in enumerate(photos)
    ))


def phase_of(runs, run_id):
    run = runs.run(run_id)
    return run.phase if run else None


def connect(qtbot, connection, *services):
    for service in services:
        service.set_connection(connection)


def test_a_submission_is_watched_until_it_is_ready(qtbot, runs, submits, connection, dataset):
    stages = []
    runs.changed.connect(lambda rows: stages.extend(row.stage for row in rows))
    connect(qtbot, connection, runs, submits)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    assert finished.args[0].error is None
    qtbot.waitUntil(lambda: runs.run(run_id) is not None and runs.run(run_id).ready, timeout=20_000)
    assert len(runs.runs) == 1
    assert runs.run(run_id).weights_url
    assert not runs.run(run_id).live
    order = [Stage.PREPARING, Stage.UPLOADING, Stage.SENDING, Stage.REQUESTED, Stage.READY]
    positions = [stages.index(stage) for stage in order if stage in stages]
    assert positions == sorted(positions)


def test_a_row_read_before_another_worker_wrote_it_again_is_not_shown(
    qtbot, runs, database, connection, monkeypatch,
):
    """The disk's thread has read the first state, and the window hears of it only after the second."""
    journal = Journal(database)
    first_read, second_asked = Event(), Event()
    plain_get = Journal.get

    def get(reader, run_id):
        if first_read.is_set():
            second_asked.set()
        run = plain_get(reader, run_id)
        first_read.set()
        return run

    with qtbot.waitSignal(runs.replaced, timeout=20_000):
        connect(qtbot, connection, runs)
    prepared = Run("a", connection.account.account_id, "mine", Phase.PREPARED, 1.0, 1.0)
    journal.add(prepared, 1.0)
    phases = []
    runs.changed.connect(lambda rows: phases.extend(row.phase for row in rows))
    monkeypatch.setattr(Journal, "get", get)
    runs.accept_row(prepared)
    assert first_read.wait(20)
    uploading = journal.change("a", 2.0, phase=Phase.UPLOADING)
    runs.accept_row(uploading)
    assert second_asked.wait(20)  # what was read first is in the window's queue now
    with qtbot.waitSignal(runs.timeline_ready, timeout=20_000):
        runs.load_timeline("a")
    assert phases == [Phase.PREPARED, Phase.UPLOADING]


def test_a_lost_answer_is_adopted_and_there_is_one_run(qtbot, runs, submits, connection, dataset, practice):
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    connect(qtbot, connection, runs, submits)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    assert finished.args[0].error is not None
    qtbot.waitUntil(lambda: phase_of(runs, run_id) is Phase.ADOPTED, timeout=20_000)
    with SegmindClient(connection) as client:
        assert len(client.list_jobs().jobs) == 1
    assert len(runs.runs) == 1


def test_an_unchanged_list_tells_nothing(qtbot, runs, connection):
    connect(qtbot, connection, runs)
    qtbot.waitUntil(lambda: runs.watch.checked_at is not None)
    with qtbot.assertNotEmitted(runs.changed), qtbot.assertNotEmitted(runs.replaced):
        first = runs.watch.checked_at
        runs.check_now()
        qtbot.waitUntil(lambda: runs.watch.checked_at is not None and runs.watch.checked_at > first)


def test_a_failing_list_is_told_and_recovers(qtbot, runs, connection, practice):
    practice.set_fault(Fault.UNAVAILABLE, on=True)
    connect(qtbot, connection, runs)
    qtbot.waitUntil(lambda: runs.watch.error is not None)
    assert not runs.watch.checking
    practice.set_fault(Fault.UNAVAILABLE, on=False)
    runs.check_now()
    qtbot.waitUntil(lambda: runs.watch.error is None and runs.watch.checked_at is not None)


def test_quiet_is_kept_when_the_service_asks_for_it(qtbot, runs, connection, practice):
    practice.set_fault(Fault.RATE_LIMIT, on=True)
    connect(qtbot, connection, runs)
    qtbot.waitUntil(lambda: runs.watch.error is not None and runs.watch.next_at is not None)
    assert runs.watch.error.problem is ApiProblem.RATE_LIMITED
    asked = len(practice.requests())
    before = runs.watch.next_at
    with qtbot.waitSignal(runs.watch_changed):
        runs.check_now()
    assert len(practice.requests()) == asked
    assert runs.watch.next_at >= time.time()
    assert runs.watch.next_at == pytest.approx(before, abs=30)


def test_another_account_has_its_own_runs(qtbot, runs, connection, database):
    journal = Journal(database)
    mine = Run("a", "practice", "mine", Phase.ABANDONED, 1.0, 1.0)
    other = replace(mine, run_id="b", account_id="other", name="other")
    for run in (mine, other):
        journal.add(run, 1.0)
    with qtbot.waitSignal(runs.replaced) as replaced:
        connect(qtbot, connection, runs)
    assert [run.name for run in replaced.args[0]] == ["mine"]


def test_notes_and_pins_are_kept(qtbot, runs, connection, database):
    journal = Journal(database)
    journal.add(Run("a", "practice", "mine", Phase.ABANDONED, 1.0, 1.0), 1.0)
    with qtbot.waitSignal(runs.replaced):
        connect(qtbot, connection, runs)
    with qtbot.waitSignal(runs.changed):
        runs.set_notes("a", "the blurry one")
    with qtbot.waitSignal(runs.changed):
        runs.set_pinned("a", True)
    kept = known(journal.get("a"))
    assert (kept.notes, kept.pinned) == ("the blurry one", True)


def test_labels_and_the_archive_of_many_are_kept_in_one_step(qtbot, runs, connection, database):
    journal = Journal(database)
    for run_id in ("a", "b"):
        journal.add(Run(run_id, "practice", run_id, Phase.ABANDONED, 1.0, 1.0, tags=("old",)), 1.0)
    with qtbot.waitSignal(runs.replaced):
        connect(qtbot, connection, runs)
    told: list[tuple[str, ...]] = []
    runs.changed.connect(lambda changed: told.append(tuple(run.run_id for run in changed)))
    with qtbot.waitSignal(runs.changed):
        runs.edit((
            RunEdit("a", tags=("new",), archived=True), RunEdit("gone", tags=("x",)), RunEdit("b", colour="red"),
        ))
    assert told == [("a", "b")]
    kept = [known(journal.get(run_id)) for run_id in ("a", "b")]
    assert [(run.tags, run.colour, run.archived) for run in kept] == [
        (("new",), "", True), (("old",), "red", False),
    ]
    assert journal.timeline("a")[1:] == ()  # no event of the run
    assert "new" in set(journal.texts())  # a support bundle leaves it out


def test_a_run_of_another_account_is_not_edited(qtbot, runs, connection, database):
    journal = Journal(database)
    for run_id, account_id in (("a", "practice"), ("b", "another")):
        journal.add(Run(run_id, account_id, run_id, Phase.ABANDONED, 1.0, 1.0), 1.0)
    with qtbot.waitSignal(runs.replaced):
        connect(qtbot, connection, runs)
    with qtbot.waitSignal(runs.failed) as failed:
        runs.edit((RunEdit("a", notes="mine"), RunEdit("b", notes="yours")))
    assert (failed.args[0].run_id, "another account" in failed.args[0].error.title) == ("a", True)
    assert [known(journal.get(run_id)).notes for run_id in ("a", "b")] == ["", ""]  # all or none


def test_usual_times_are_read_with_the_rows_and_again_when_a_run_became_ready(qtbot, runs, connection, database):
    journal = Journal(database)
    for number in range(4):
        run = Run(f"r{number}", "practice", "mine", Phase.ACCEPTED, 1.0 + number, 1.0, service_id=f"s{number}")
        journal.add(run, 10.0)
        journal.change(run.run_id, 20.0, status="TRAINING_INITIATED")
        if number < 2:
            journal.change(run.run_id, 80.0 + 10 * number, status="AVAILABLE")
    with qtbot.waitSignal(runs.usual_changed):
        connect(qtbot, connection, runs)
    assert runs.usual_times.ranges == {}  # of two runs
    with qtbot.waitSignal(runs.usual_changed):
        runs.accept_row(journal.change("r2", 120.0, status="AVAILABLE"))
    assert runs.usual_times.ranges == {Stage.REQUESTED: (10.0, 10.0), Stage.TRAINING: (60.0, 100.0)}


def test_requests_before_the_start_are_done_after_it_in_their_order(qtbot, database, live, connection, practice):
    journal = Journal(database)
    journal.add(Run("a", "practice", "mine", Phase.ABANDONED, 1.0, 1.0), 1.0)
    runs = RunService(database, live)
    runs.set_polling(on=False)
    runs.set_connection(connection)
    runs.set_notes("a", "the first")
    runs.set_notes("a", "the blurry one")
    runs.set_pinned("a", True)
    runs.check_now()
    runs.load_timeline("a")
    with qtbot.waitSignal(runs.timeline_ready, timeout=10_000):
        runs.start()
    qtbot.waitUntil(lambda: runs.watch.checked_at is not None, timeout=10_000)
    kept = known(journal.get("a"))
    assert (kept.notes, kept.pinned) == ("the blurry one", True)
    assert runs.watch.next_at is None, "the background checks are on"
    assert len(practice.requests()) == 1
    assert runs.stop()


def test_a_service_that_was_never_started_ends(database, live, connection):
    runs = RunService(database, live)
    runs.set_connection(connection)
    assert runs.stop()


def test_access_is_changed_and_read_back(qtbot, runs, submits, connection, dataset):
    connect(qtbot, connection, runs, submits)
    (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    qtbot.waitUntil(lambda: runs.run(run_id) is not None and runs.run(run_id).ready, timeout=20_000)
    assert runs.run(run_id).public is False
    runs.set_public(run_id, True)
    qtbot.waitUntil(lambda: runs.run(run_id).public is True)


@pytest.mark.parametrize(("public_model", "said"), [
    (False, "still says that the model is private"), (None, "does not say"),
])
def test_a_change_of_access_that_is_not_confirmed_is_an_error(qtbot, runs, journal, public_model, said):
    journal.add(Run("a", "a1", "mine", Phase.ACCEPTED, 1.0, 1.0, service_id="f1", status="AVAILABLE"), 1.0)
    job = {"id": "f1", "finetune_id": "f1", "name": "mine", "status": "AVAILABLE", "public_model": public_model}

    def answer(seen):
        return json_reply({} if seen.method == "PUT" else job if "details" in seen.path else [job])

    with ScriptedServer([answer]) as server:
        with qtbot.waitSignal(runs.replaced):
            runs.set_connection(connection_to(server.url))
        with qtbot.waitSignal(runs.failed) as failed:
            runs.set_public("a", True)
        assert failed.args[0].run_id == "a"
        assert said in failed.args[0].error.title
        qtbot.waitUntil(lambda: runs.run("a").public is public_model)
        assert runs.stop()


def test_a_run_the_service_does_not_know_fails_in_words(qtbot, runs, connection, database):
    Journal(database).add(Run("a", "practice", "mine", Phase.ABANDONED, 1.0, 1.0), 1.0)
    with qtbot.waitSignal(runs.replaced):
        connect(qtbot, connection, runs)
    with qtbot.waitSignal(runs.failed) as failed:
        runs.refresh_details("a")
    assert failed.args[0].run_id == "a"
    assert failed.args[0].error.advice


def test_a_pin_a_note_a_new_row_and_a_timeline_do_not_wait_for_the_network(qtbot, runs, journal):
    for run_id in ("a", "b"):
        journal.add(Run(run_id, "a1", "mine", Phase.ABANDONED, 1.0, 1.0), 1.0)
    with ScriptedServer([HANG]) as server:
        runs.set_connection(connection_to(server.url))
        qtbot.waitUntil(lambda: bool(server.seen))
        with qtbot.waitSignal(runs.changed, timeout=10_000):
            runs.set_pinned("a", True)
        with qtbot.waitSignal(runs.changed, timeout=10_000):
            runs.set_notes("a", "the blurry one")
        with qtbot.waitSignal(runs.timeline_ready, timeout=10_000):
            runs.load_timeline("a")
        with qtbot.waitSignal(runs.changed, timeout=10_000):
            runs.accept_row(journal.change("b", 2.0, name="another"))
        assert runs.watch.checking, "the list was answered"
        assert (journal.get("a").pinned, journal.get("a").notes) == (True, "the blurry one")
        assert runs.stop(8000)


def test_a_confirmed_run_is_known_at_once_and_forgotten_when_it_cannot_be_written(
    qtbot, runs, submits, connection, dataset, database,
):
    connect(qtbot, connection, runs, submits)
    qtbot.waitUntil(lambda: runs.loaded)
    (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    assert (runs.run(run_id).live, runs.run(run_id).stage) == (True, Stage.PREPARING)
    with qtbot.waitSignal(submits.finished, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: runs.run(run_id).phase is Phase.ACCEPTED)
    database.close()
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        (lost,) = submits.submit(SubmitRequest(FORM, dataset))
        assert runs.run(lost).live
    assert isinstance(finished.args[0].error, StoreError)
    assert runs.run(lost) is None
    assert runs.run(run_id) is not None


def test_nothing_is_taken_without_a_connection(qtbot, submits, dataset):
    with qtbot.waitSignal(submits.refused) as refused:
        assert submits.submit(SubmitRequest(FORM, dataset)) == ()
    assert refused.args[0].advice


def test_abandoned_by_the_person(qtbot, runs, submits, connection, journal):
    journal.add(Run("a", "practice", "mine", Phase.UPLOADED, 1.0, 1.0), 1.0)
    connect(qtbot, connection, runs, submits)
    with qtbot.waitSignal(submits.finished):
        submits.abandon("a")
    qtbot.waitUntil(lambda: runs.run("a") is not None and runs.run("a").stage is Stage.ABANDONED)


def test_a_sending_row_left_by_a_crash_is_settled_by_listing(qtbot, runs, connection, journal, submits, dataset):
    """The process died between the POST and its answer: the service has the job, the disk says "sending"."""
    connect(qtbot, connection, runs, submits)
    (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    qtbot.waitUntil(lambda: runs.run(run_id) is not None and bool(runs.run(run_id).service_id), timeout=20_000)
    service_id = runs.run(run_id).service_id
    runs.set_connection(None)
    journal.change(run_id, time.time(), phase=Phase.SENDING, service_id="", status="", raw="")
    runs.set_connection(connection)
    qtbot.waitUntil(lambda: phase_of(runs, run_id) is Phase.ADOPTED, timeout=20_000)
    assert runs.run(run_id).service_id == service_id
    assert len(runs.runs) == 1


def test_what_was_chosen_about_metadata_is_what_is_sent(qtbot, runs, submits, connection, dataset, photos):
    for photo in photos:
        exif = Image.Exif()
        exif[0x010F] = "A camera of the test"
        Image.open(photo).convert("RGB").save(photo, exif=exif)
    with_exif = replace(dataset, photos=tuple(
        replace(photo, size=photo.path.stat().st_size, mtime_ns=photo.path.stat().st_mtime_ns)
        for photo in dataset.photos
    ))
    connect(qtbot, connection, runs, submits)
    sizes = []
    for strip in (True, False):
        submits.set_options(PackageOptions(strip_metadata=strip))
        with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
            submits.submit(SubmitRequest(FORM, with_exif))
        sizes.append(finished.args[0].run.archive_size)
    assert sizes[0] < sizes[1]


def test_cancel_ends_a_wait_that_the_storage_asked_for(qtbot, submits, connection, dataset, monkeypatch):
    def busy(*_arguments):
        raise ApiError(ApiProblem.SLOW_DOWN, "The storage is busy.", retry_after=100.0)

    monkeypatch.setattr(Submission, "_put", busy)
    connect(qtbot, connection, submits)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
        submits.row_changed.connect(lambda run: run.phase is Phase.UPLOADING and submits.cancel(run_id))
    assert type(finished.args[0].error) is CancelledError
    assert finished.args[0].run.stage is Stage.INTERRUPTED


def test_a_row_that_turns_out_to_be_ours_goes(qtbot, runs, journal, connection, practice, submits, dataset):
    """The list first shows a job that cannot be told to be ours, and later says where its photos are."""
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    connect(qtbot, connection, submits)
    with qtbot.waitSignal(submits.finished, timeout=20_000):
        (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    with SegmindClient(connection) as client:
        (job,) = client.list_jobs().jobs
    journal.save(Run(
        "row", "practice", "made elsewhere", Phase.ADOPTED, 1.0, 1.0, service_id=job.service_id, made_here=False,
    ), 1.0)
    connect(qtbot, connection, runs)
    qtbot.waitUntil(lambda: phase_of(runs, run_id) is Phase.ADOPTED, timeout=20_000)
    qtbot.waitUntil(lambda: len(runs.runs) == 1)
    assert runs.run("row") is None
    assert journal.get("row") is None


def test_a_run_is_given_up_and_nothing_is_sent(qtbot, journal, submits, connection, practice):
    journal.add(Run("a", "practice", "mine", Phase.UPLOADED, 1.0, 1.0, data_source_path="https://x/y.zip"), 1.0)
    connect(qtbot, connection, submits)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        submits.abandon("a")
    assert finished.args[0].run.phase is Phase.ABANDONED
    assert not any(entry.method == "POST" for entry in practice.requests())


def test_a_run_is_sent_again_once(qtbot, journal, submits, connection, practice):
    journal.add(Run(
        "a", "practice", "mine", Phase.UNKNOWN, 1.0, 1.0, data_source_path="https://127.0.0.1/y.zip",
        body=FORM.body(), sent_at=1.0,
    ), 1.0)
    connect(qtbot, connection, submits)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        submits.send_again("a")
        submits.send_again("a")  # a second click, while the first is being done
    assert finished.args[0].run.phase is Phase.UNKNOWN  # that zip cannot be read; the first request stays open
    assert sum(entry.path == "/finetune/request/submit" for entry in practice.requests()) == 1


# -- the service wants quiet


def test_the_quiet_that_the_service_wants_is_told_and_ends(qtbot, runs, connection, practice):
    runs.set_polling(on=False)
    runs.set_connection(connection)
    qtbot.waitUntil(lambda: runs.loaded)
    practice.set_fault(Fault.RATE_LIMIT, on=True)
    runs.check_now()
    qtbot.waitUntil(lambda: runs.watch.quiet_until is not None)
    left = runs.watch.quiet_until - monotonic_epoch()
    assert 0 < left <= 60
    asked = len(practice.requests())
    runs.check_now()
    practice.set_fault(Fault.RATE_LIMIT, on=False)
    qtbot.waitUntil(lambda: runs.watch.quiet_until is None, timeout=int(left * 1000) + 5000)
    assert len(practice.requests()) == asked, "it was asked although it wanted quiet"
    runs.check_now()
    qtbot.waitUntil(lambda: runs.watch.checked_at is not None)


def test_a_clock_that_is_set_back_does_not_lengthen_the_quiet(qtbot, runs, connection, practice, monkeypatch):
    runs.set_polling(on=False)
    runs.set_connection(connection)
    qtbot.waitUntil(lambda: runs.loaded)
    practice.set_fault(Fault.RATE_LIMIT, on=True)
    runs.check_now()
    qtbot.waitUntil(lambda: runs.watch.quiet_until is not None)
    until, real = runs.watch.quiet_until, time.time
    monkeypatch.setattr(run_poller.time, "time", lambda: real() - 86400.0)
    with qtbot.waitSignal(runs.watch_changed):
        runs.set_polling(on=False)
    assert abs(runs.watch.quiet_until - until) < 1.0


# -- the journal cannot be used


def write_version(database_file, version):
    """Make the file look as if a newer app had written it, or bring it back."""
    with contextlib.closing(sqlite3.connect(database_file)) as other:
        other.execute(f"PRAGMA user_version = {version}")


@pytest.fixture
def newer(tmp_path):
    """A database with one interrupted run, from a newer version of the app; returns what brings it back."""
    path = tmp_path / "studio.sqlite3"
    database = Database(path)
    Journal(database).add(Run("a", "practice", "mine", Phase.UPLOADED, 1.0, 1.0), 1.0)
    database.close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        version = other.execute("PRAGMA user_version").fetchone()[0]
    write_version(path, 99)
    return lambda: write_version(path, version)


def test_a_start_that_cannot_be_written_down_is_told_and_sends_nothing(
    qtbot, newer, submits, connection, dataset, practice,
):
    submits.set_connection(connection)
    with qtbot.waitSignal(submits.finished, timeout=20_000) as finished:
        submits.submit(SubmitRequest(FORM, dataset))
    outcome = finished.args[0]
    assert isinstance(outcome.error, StoreError)
    assert "newer version" in outcome.error.title
    assert (outcome.run.name, outcome.run.live) == ("cat", False)
    assert not practice.requests()


def test_an_order_about_a_row_that_cannot_be_read_is_refused_in_words(qtbot, newer, submits, connection, live):
    submits.set_connection(connection)
    for order in (submits.resume, submits.send_again):
        with qtbot.waitSignal(submits.refused, timeout=20_000) as refused:
            order("a")
        assert isinstance(refused.args[0], StoreError)
        assert "a" not in live
    with qtbot.waitSignal(submits.failed, timeout=20_000) as failed:
        submits.abandon("a")
    assert isinstance(failed.args[0].error, StoreError)


def test_rows_that_cannot_be_read_are_told_and_come_once_they_can(qtbot, newer, runs, connection, practice):
    runs.set_connection(connection)
    qtbot.waitUntil(lambda: runs.watch.unread)
    assert "newer version" in str(runs.watch.error)
    assert not runs.loaded
    with qtbot.waitSignal(runs.watch_changed):
        runs.check_now()
    assert runs.watch.unread
    assert not practice.requests(), "what would be found could not be written down"
    newer()
    runs.check_now()
    qtbot.waitUntil(lambda: runs.loaded and runs.watch.checked_at is not None)
    assert [run.run_id for run in runs.runs] == ["a"]
    assert (runs.watch.unread, runs.watch.error) == (False, None)


def test_the_rows_of_the_account_before_do_not_stay_when_the_next_ones_cannot_be_read(
    qtbot, runs, connection, database, journal, tmp_path,
):
    journal.add(Run("a", "practice", "mine", Phase.UPLOADED, 1.0, 1.0), 1.0)
    runs.set_connection(connection)
    qtbot.waitUntil(lambda: bool(runs.runs))
    database.close()
    with qtbot.waitSignal(runs.replaced) as replaced:
        runs.set_connection(replace(connection, account=replace(connection.account, account_id="other")))
    assert replaced.args[0] == runs.runs == ()
    assert runs.watch.unread


def test_what_the_service_asked_to_wait_outlasts_a_new_colour_and_a_look_at_another_account(qtbot, runs):
    def limited(seen):
        return json_reply({"error": "slow down"}, 429, Retry_After="300")

    with ScriptedServer([limited]) as server, ScriptedServer([json_reply([])]) as other:
        one = connection_to(server.url)
        with qtbot.waitSignal(runs.watch_changed, check_params_cb=lambda watch: watch.quiet_until is not None):
            runs.set_connection(one)
        for colour in ("green", "red"):
            runs.set_connection(replace(one, account=replace(one.account, colour=colour)))
        another = connection_to(other.url)
        runs.set_connection(replace(another, account=replace(another.account, account_id="other")))
        qtbot.waitUntil(lambda: any("request" in seen.path for seen in other.seen))
        with qtbot.waitSignal(runs.watch_changed, check_params_cb=lambda watch: watch.quiet_until is not None):
            runs.set_connection(one)
        assert len(server.seen) == 1
