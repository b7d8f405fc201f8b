"""Model files: fetched in a worker, checked, never overwriting, continued after a break, gone after a cancel."""

import hashlib
import io
import json
import os
import shutil
import struct
import zipfile
from dataclasses import replace

import pytest
from PIL import Image

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.cadence import LONGEST_WORK_WAIT_S
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StoreError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.runs import download_steps
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.store import part_file
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import HANG, Reply, ScriptedServer, json_reply, text_reply

pytestmark = pytest.mark.usefixtures("qapp")


def weights(size=3_000_000):
    head = json.dumps({
        "__metadata__": {"trigger_word": "TOK"}, "a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]},
    }).encode()
    return struct.pack("<Q", len(head)) + head + os.urandom(size)


def small_zip():
    picture, archive = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (64, 64), "#b05030").save(picture, "JPEG")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.jpg", picture.getvalue())
    return archive.getvalue()


BODY = weights()
SHA = hashlib.sha256(BODY).hexdigest()


class Segmind:
    """A service with one trained job, and a storage whose next answers a test may set."""

    def __init__(self):
        self.api = ScriptedServer([self._answer])
        self.storage = ScriptedServer([Reply(200, BODY, {"ETag": '"v1"'})])
        self.link = text_reply(f"{self.storage.url}/w.safetensors?X-Amz-Signature=s")
        self.details = {"finetune_id": "f1", "status": "AVAILABLE", "cloud_storage_url": f"{self.storage.url}/w"}

    def _answer(self, seen):
        if seen.path.endswith("/file/download"):
            return self.link
        return json_reply({"finetune": self.details})

    def stores(self, *replies):
        self.storage.replies[:] = replies


@pytest.fixture
def segmind():
    service = Segmind()
    with service.api, service.storage:
        yield service


@pytest.fixture
def board():
    return ActivityBoard()


@pytest.fixture
def downloads(journal, segmind, board, monkeypatch):
    monkeypatch.setattr(download_steps, "PAUSE_S", 0.0)
    service = DownloadService(journal, board)
    service.set_connection(connection_to(segmind.api.url))
    yield service
    assert service.stop()


@pytest.fixture(autouse=True)
def run(journal, segmind):
    run = Run(
        "r1", "a1", "my cat", Phase.ACCEPTED, 1.0, 1.0, service_id="f1", status="AVAILABLE",
        cloud_storage_url=segmind.details["cloud_storage_url"],
    )
    journal.add(run, 1.0)
    return run


@pytest.fixture
def target(tmp_path):
    return tmp_path / "models" / "cat.safetensors"


def finished(qtbot, downloads, target, run_id="r1"):
    with qtbot.waitSignal(downloads.finished, timeout=10_000) as signal:
        downloads.download(run_id, target)
    return signal.args[0]


def failed(qtbot, downloads, target, run_id="r1"):
    with qtbot.waitSignal(downloads.failed, timeout=10_000) as signal:
        downloads.download(run_id, target)
    assert signal.args[0].run_id == run_id
    assert not downloads.running
    return signal.args[0].error


def rest_from(start):
    headers = {"ETag": '"v1"', "Content-Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"}
    return Reply(206, BODY[start:], headers)


def names(target):
    return sorted(path.name for path in target.parent.iterdir()) if target.parent.exists() else []


def test_a_file_arrives(qtbot, downloads, journal, target):
    rows, progress = [], []
    downloads.row_changed.connect(rows.append)
    downloads.progress.connect(progress.append)
    result = finished(qtbot, downloads, target)
    assert (result.run_id, result.path, result.size, result.sha256) == ("r1", target, len(BODY), SHA)
    assert result.metadata == {"trigger_word": "TOK"}
    assert target.read_bytes() == BODY
    assert names(target) == ["cat.safetensors"]
    stored = journal.get("r1")
    assert (stored.result_path, stored.result_sha256) == (str(target), SHA)
    assert rows == [stored]
    assert (progress[-1].received, progress[-1].total) == (len(BODY), len(BODY))
    assert not downloads.running


def test_the_storage_never_sees_the_key(qtbot, downloads, segmind, target):
    finished(qtbot, downloads, target)
    assert all("x-api-key" not in seen.headers for seen in segmind.storage.seen)
    assert all("x-api-key" in seen.headers for seen in segmind.api.seen)


def test_nothing_is_overwritten(qtbot, downloads, target):
    target.parent.mkdir()
    target.write_bytes(b"mine")
    target.with_name("cat (2).safetensors").write_bytes(b"mine too")
    assert finished(qtbot, downloads, target).path.name == "cat (3).safetensors"
    assert target.read_bytes() == b"mine"
    assert names(target) == ["cat (2).safetensors", "cat (3).safetensors", "cat.safetensors"]


def test_a_name_taken_meanwhile_is_not_overwritten(qtbot, downloads, segmind, target):
    def meanwhile(_seen):
        target.write_bytes(b"mine")
        return Reply(200, BODY)

    segmind.stores(meanwhile)
    assert finished(qtbot, downloads, target).path.name == "cat (2).safetensors"
    assert target.read_bytes() == b"mine"


def test_somebody_elses_part_is_left_alone(qtbot, downloads, target):
    target.parent.mkdir()
    other = target.with_name("cat.safetensors.part")
    other.write_bytes(b"not ours")
    assert finished(qtbot, downloads, target).path.name == "cat (2).safetensors"
    assert other.read_bytes() == b"not ours"


def test_without_an_address_the_details_are_asked(qtbot, downloads, journal, segmind, target):
    journal.add(Run("r2", "a1", "cat", Phase.ACCEPTED, 1.0, 1.0, service_id="f1", status="AVAILABLE"), 1.0)
    finished(qtbot, downloads, target, "r2")
    assert journal.get("r2").cloud_storage_url == segmind.details["cloud_storage_url"]


def test_no_address_at_all_is_said(qtbot, downloads, journal, segmind, target):
    journal.add(Run("r2", "a1", "cat", Phase.ACCEPTED, 1.0, 1.0, service_id="f1", status="AVAILABLE"), 1.0)
    del segmind.details["cloud_storage_url"]
    assert "no file" in failed(qtbot, downloads, target, "r2").title
    assert names(target) == []


def test_a_trained_model_is_fetched_directly_where_there_is_no_link(qtbot, downloads, journal, segmind, target):
    journal.change("r1", 2.0, cloud_storage_url="", trained_model_url=f"{segmind.storage.url}/direct")
    segmind.link = json_reply({"detail": "unknown"}, 404)
    finished(qtbot, downloads, target)
    assert segmind.storage.seen[0].target == "/direct"


def test_another_accounts_run_is_not_fetched(qtbot, downloads, journal, target):
    journal.add(Run("r3", "somebody", "cat", Phase.ACCEPTED, 1.0, 1.0), 1.0)
    assert "another account" in failed(qtbot, downloads, target, "r3").title
    assert "another account" in failed(qtbot, downloads, target, "unknown").title


def test_without_a_connection(qtbot, downloads, target):
    downloads.set_connection(None)
    assert "account" in failed(qtbot, downloads, target).title


def test_a_break_is_continued_where_it_was(qtbot, downloads, segmind, target):
    cut = 1_234_567
    segmind.stores(Reply(200, BODY, {"ETag": '"v1"'}, cut=cut), rest_from(cut))
    result = finished(qtbot, downloads, target)
    assert result.sha256 == SHA
    assert target.read_bytes() == BODY
    assert segmind.storage.seen[1].headers["range"] == f"bytes={cut}-"


def test_a_download_that_the_practice_service_cuts_is_continued(
    qtbot, downloads, journal, connection, practice, target,
):
    form = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK"})
    with SegmindClient(connection) as client, StorageClient(loopback=True) as storage:
        ticket = client.upload_ticket("dataset.zip")
        data = small_zip()
        storage.put(ticket.presigned_url, [data], len(data), lambda _sent: None, lambda: False)
        job = client.submit(form.body(ticket.s3_url)).service_id
        qtbot.waitUntil(lambda: client.details(job).status == "AVAILABLE", timeout=10_000)
    journal.add(Run("r2", "practice", "cat", Phase.ACCEPTED, 1.0, 1.0, service_id=job), 1.0)
    downloads.set_connection(connection)
    practice.set_fault(Fault.CUT_DOWNLOAD, on=True)
    result = finished(qtbot, downloads, target, "r2")
    assert result.metadata["name"] == "cat"
    assert hashlib.sha256(target.read_bytes()).hexdigest() == result.sha256
    assert names(target) == ["cat.safetensors"]
    cut, rest = [seen for seen in practice.requests() if seen.path.endswith(".safetensors")]
    assert (cut.status, rest.status) == (0, 206)
    assert {"range", "if-range"} <= set(rest.headers)
    assert not {"range", "if-range"} & set(cut.headers)


def test_an_expired_link_is_asked_for_again(qtbot, downloads, segmind, target):
    expired = Reply(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    segmind.stores(expired, Reply(200, BODY))
    finished(qtbot, downloads, target)
    assert len([seen for seen in segmind.api.seen if seen.path.endswith("/file/download")]) == 2


def test_after_too_many_breaks_the_part_waits_for_the_next_time(qtbot, downloads, segmind, target):
    segmind.stores(Reply(200, BODY, {"ETag": '"v1"'}, cut=1000), *[Reply(503)] * download_steps.TRIES)
    error = failed(qtbot, downloads, target)
    assert error.problem is ApiProblem.SLOW_DOWN
    assert names(target) == ["cat.safetensors.part", "cat.safetensors.part.json"]
    assert target.with_name("cat.safetensors.part").read_bytes() == BODY[:1000]
    segmind.stores(rest_from(1000))
    assert finished(qtbot, downloads, target).sha256 == SHA
    assert names(target) == ["cat.safetensors"]


def test_the_others_do_not_wait_behind_a_storage_that_asks_for_a_day(qtbot, downloads, segmind, target):
    segmind.stores(Reply(200, BODY, {"ETag": '"v1"'}, cut=1000), Reply(503, b"", {"Retry-After": "86400"}))
    assert failed(qtbot, downloads, target).retry_after > LONGEST_WORK_WAIT_S
    segmind.stores(rest_from(1000))
    assert finished(qtbot, downloads, target).sha256 == SHA


def test_a_part_that_cannot_be_continued_is_removed(qtbot, downloads, segmind, target):
    segmind.stores(Reply(200, BODY, {"ETag": 'W/"weak"'}, cut=1000), *[Reply(503)] * download_steps.TRIES)
    failed(qtbot, downloads, target)
    assert names(target) == []


@pytest.mark.parametrize("body", [b"<html>log in</html>", BODY[:-5], b""])
def test_what_is_no_whole_model_gets_no_name(qtbot, downloads, segmind, target, body):
    segmind.stores(Reply(200, body, {"ETag": '"v1"'}))
    assert "safetensors" in failed(qtbot, downloads, target).title
    assert names(target) == []


def test_a_cancel_leaves_nothing(qtbot, downloads, segmind, target):
    segmind.stores(Reply(200, BODY, {"ETag": '"v1"'}, cut=1_000_000), HANG)
    with qtbot.waitSignal(downloads.failed, timeout=10_000) as signal:
        downloads.download("r1", target)
        qtbot.waitUntil(lambda: len(segmind.storage.seen) == 2, timeout=10_000)
        assert downloads.running == {"r1"}
        downloads.cancel("r1")
    assert isinstance(signal.args[0].error, CancelledError)
    assert names(target) == []


def test_cancelling_one_that_waits_for_its_turn(qtbot, downloads, journal, run, target):
    journal.add(replace(run, run_id="r2"), 1.0)
    outcomes = []
    downloads.failed.connect(outcomes.append)
    downloads.finished.connect(outcomes.append)
    downloads.download("r1", target)
    downloads.download("r2", target.with_name("dog.safetensors"))
    assert downloads.running == {"r1", "r2"}
    downloads.cancel("r2")
    qtbot.waitUntil(lambda: len(outcomes) == 2, timeout=10_000)
    assert [outcome.run_id for outcome in outcomes] == ["r1", "r2"]
    assert names(target) == ["cat.safetensors"]


def test_leaving_the_app_keeps_what_came(qtbot, downloads, segmind, target):
    segmind.stores(Reply(200, BODY, {"ETag": '"v1"'}, cut=1_000_000), HANG)
    downloads.download("r1", target)
    qtbot.waitUntil(lambda: len(segmind.storage.seen) == 2, timeout=10_000)
    assert downloads.stop()
    assert target.with_name("cat.safetensors.part").read_bytes() == BODY[:1_000_000]


def test_the_same_run_twice_is_one_download(qtbot, downloads, journal, run, target):
    journal.add(replace(run, run_id="r2"), 1.0)
    downloads.download("r1", target)
    downloads.download("r1", target)
    outcomes = []
    downloads.finished.connect(outcomes.append)
    downloads.download("r2", target.with_name("dog.safetensors"))
    qtbot.waitUntil(lambda: not downloads.running, timeout=10_000)
    assert [outcome.run_id for outcome in outcomes] == ["r1", "r2"]


def test_a_disk_without_room_is_said_before_the_first_byte(qtbot, downloads, target, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(100, 100, 1000))
    error = failed(qtbot, downloads, target)
    assert isinstance(error, StoreError)
    assert "disk" in error.title
    assert "safetensors" not in str(names(target))


@pytest.mark.parametrize("length", [True, False])
def test_a_disk_that_fills_meanwhile_is_left_some_room(qtbot, downloads, segmind, target, monkeypatch, length):
    """Also by a file without a length, which may have no end: what came of that one is not kept."""
    room = 10_000_000
    segmind.stores(Reply(200, bytes(40_000_000), {"ETag": '"v1"'}, length=length))
    monkeypatch.setattr(part_file, "_SPARE_BYTES", 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(
        100, 100, 40_000_000 if held(folder) < 1000 else room - held(folder)))
    error = failed(qtbot, downloads, target)
    assert isinstance(error, StoreError)
    assert "disk" in error.title
    assert held(target.parent) < 40_000_000
    assert (held(target.parent) > 1000) == length


def held(folder):
    return sum(path.stat().st_size for path in folder.iterdir())


def test_a_folder_that_cannot_be_made_is_said(qtbot, downloads, tmp_path):
    (tmp_path / "file").write_text("x")
    error = failed(qtbot, downloads, tmp_path / "file" / "cat.safetensors")
    assert isinstance(error, StoreError)


def test_the_board_shows_it_and_can_stop_it(qtbot, downloads, board, segmind, target):
    segmind.stores(HANG)
    downloads.download("r1", target)
    (work,) = board.activities
    assert target.name in work.title
    with qtbot.waitSignal(downloads.failed, timeout=10_000):
        work.cancel()
    assert board.activities == ()


def test_bytes_are_on_the_board(qtbot, downloads, board, target):
    seen = []
    board.changed.connect(seen.extend)
    finished(qtbot, downloads, target)
    assert any(work.unit == "bytes" and work.total == len(BODY) for work in seen)
    assert board.activities == ()


def test_a_bad_key_is_told(qtbot, downloads, segmind, target):
    segmind.link = json_reply({"error": "invalid_api_key"}, 401)
    error = failed(qtbot, downloads, target)
    assert isinstance(error, ApiError)
    assert error.problem is ApiProblem.BAD_KEY
    assert names(target) == []


@pytest.mark.parametrize(("name", "file"), [
    ("my cat", "my-cat.safetensors"), ("../../etc/x", "etc-x.safetensors"), ("", "model.safetensors"),
    ("Bär 🐻", "Bär-🐻.safetensors"), ("con", "con-model.safetensors"), ("x" * 300, "x" * 120 + ".safetensors"),
    (".hidden", "hidden.safetensors"), ("a/b\\c:d", "a-b-c-d.safetensors"),
])
def test_default_names_are_safe(downloads, run, tmp_path, name, file):
    assert downloads.default_target(replace(run, name=name), tmp_path) == tmp_path / file
