"""The client and the practice service, two readings of one contract, speak with each other over real sockets."""

import io
import json
import threading
import zipfile

import pytest
from PIL import Image

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.safetensors import metadata_of, read_header
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Stage, stage_of_status
from tests.fakes.connections import connection_to
from tests.fakes.practice_side import StartedPractice
from tests.fakes.typed import known

P = ApiProblem
FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat", "iterations": 100})
FAST = 5000.0


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    server = StartedPractice(tmp_path_factory.mktemp("practice"), speed=FAST)
    yield server
    server.stop()


@pytest.fixture
def client(practice):
    address = practice.address
    connection = connection_to(address.api, kind=AccountKind.PRACTICE, key=address.key)
    with SegmindClient(connection, timeout=10.0) as client:
        yield client
    for fault in practice.faults():
        practice.set_fault(fault, on=False)
    assert not practice.breaches()


@pytest.fixture(scope="module")
def archive():
    packed = io.BytesIO()
    picture = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((512, 512)).save(picture, "JPEG")
    with zipfile.ZipFile(packed, "w") as file:
        for number in range(6):
            file.writestr(f"{number}.jpg", picture.getvalue() + bytes([number]))
            file.writestr(f"{number}.txt", "TOK, a cat")
    return packed.getvalue()


def put(ticket, archive):
    with StorageClient(loopback=True) as storage:
        return storage.put(
            ticket.presigned_url, [archive[:1000], archive[1000:]], len(archive), lambda _sent: None, bool,
        )


def uploaded(client, archive):
    ticket = client.upload_ticket("dataset.zip")
    assert put(ticket, archive)
    return ticket.s3_url


def from_queue(client, slug, params):
    return client.queued_image(client.queue_image(slug, params), cancelled=bool, wait=lambda _seconds: None)


def until_ready(client, service_id):
    pause, status = threading.Event(), ""
    for _ in range(500):
        job = client.details(service_id)
        status = job.status
        if stage_of_status(status, job.error_message) in {Stage.READY, Stage.FAILED}:
            return job
        pause.wait(0.02)
    raise AssertionError(status)


def failure(action):
    with pytest.raises(ApiError) as caught:
        action()
    return caught.value


def test_the_whole_way(client, archive, tmp_path):
    before = client.credits().total
    ticket = client.upload_ticket("dataset.zip")
    assert ticket.expires_at is not None
    assert put(ticket, archive)
    taken = client.submit(FORM.body(ticket.s3_url))
    assert taken.status == "REQUESTED"
    listed = {job.service_id: job for job in client.list_jobs().jobs}
    assert listed[taken.service_id].data_source_path == ticket.s3_url
    job = until_ready(client, taken.service_id)
    assert job.inference_api_url
    assert client.credits().total < before

    link = client.weights_link(job.cloud_storage_url or job.trained_model_url)
    path = tmp_path / "w.safetensors"
    with StorageClient(loopback=True) as storage, path.open("w+b") as file:
        whole = storage.download(link, file, progress=lambda *_seen: None, cancelled=bool)
    assert whole.total == path.stat().st_size
    assert metadata_of(read_header(path))["trigger_word"] == "TOK"
    with path.open("r+b") as file:
        file.truncate(100_000)
        with StorageClient(loopback=True) as storage:
            again = storage.download(
                link, file, offset=100_000, etag=whole.etag, progress=lambda *_seen: None, cancelled=bool,
            )
    assert (again.sha256, again.resumed) == (whole.sha256, True)

    made = client.generate(job.inference_api_url, {"prompt": "TOK, a cat", "width": 256, "height": 256})
    assert Image.open(io.BytesIO(made.image)).size == (256, 256)
    assert made.cost
    assert client.generate(job.slug, {"prompt": "TOK"}).remaining == pytest.approx(client.credits().total)
    queued = from_queue(client, job.slug, {"prompt": "TOK"})
    assert queued.image[:2] == b"\xff\xd8"
    assert queued.cost
    error = failure(lambda: from_queue(client, job.slug, {"prompt": "nsfw"}))
    assert "moderated" in error.detail

    client.set_public(taken.service_id, public=True)
    assert client.details(taken.service_id).public is True


def test_lists_are_unchanged_while_nothing_happens(client, archive):
    until_ready(client, client.submit(FORM.body(uploaded(client, archive))).service_id)
    client.list_jobs()
    again = client.list_jobs()
    assert again.unchanged
    assert again.server_time


@pytest.mark.parametrize(("fault", "expected"), [
    (Fault.LOST_ANSWER, (P.UNANSWERED, True)),
    (Fault.RATE_LIMIT, (P.RATE_LIMITED, False)),
    (Fault.SERVER_ERROR, (P.SERVER, True)),
    (Fault.UNAVAILABLE, (P.SERVER, True)),
    (Fault.RETIRED, (P.RETIRED, False)),
    (Fault.NO_CREDITS, (P.NO_CREDITS, False)),
    (Fault.TEAM_LIMIT, (P.TEAM_LIMIT, False)),
    (Fault.HTML_ANSWER, (P.ODD_ANSWER, True)),
])
def test_faults_on_submit(client, practice, archive, fault, expected):
    body = FORM.body(uploaded(client, archive))
    before = {job.service_id for job in client.list_jobs().jobs}
    practice.set_fault(fault, on=True)
    error = failure(lambda: client.submit(body))
    practice.set_fault(fault, on=False)
    assert (error.problem, error.may_have_arrived) == expected
    new = [job for job in client.list_jobs().jobs if job.service_id not in before]
    assert len(new) == (fault in {Fault.LOST_ANSWER, Fault.HTML_ANSWER})
    if fault is Fault.RATE_LIMIT:
        assert 0 < known(error.retry_after) <= 10


@pytest.mark.parametrize(("fault", "problem"), [
    (Fault.EXPIRED_UPLOAD, P.UPLOAD_EXPIRED), (Fault.SLOW_DOWN, P.SLOW_DOWN),
])
def test_faults_on_upload(client, practice, archive, fault, problem):
    practice.set_fault(fault, on=True)
    assert failure(lambda: put(client.upload_ticket("dataset.zip"), archive)).problem is problem
    assert put(client.upload_ticket("dataset.zip"), archive)


def test_a_failed_training_and_an_unknown_status(client, practice, archive):
    practice.set_fault(Fault.TRAINING_FAILS, on=True)
    failed = client.submit(FORM.body(uploaded(client, archive))).service_id
    assert until_ready(client, failed).error_message
    practice.set_fault(Fault.UNKNOWN_STATUS, on=True)
    odd = client.submit(FORM.body(uploaded(client, archive))).service_id
    assert until_ready(client, odd).status == "AVAILABLE"


def test_wrong_keys_and_wrong_ids(client, practice):
    address = practice.address
    with SegmindClient(connection_to(address.api, key="SG_ffffffffffffffff")) as stranger:
        assert failure(stranger.credits).problem is P.BAD_KEY
    assert failure(lambda: client.details("nothing")).problem is P.NOT_FOUND
    assert failure(lambda: client.generate("nothing", {"prompt": "x"})).problem is P.NOT_FOUND
    assert failure(lambda: client.weights_link(f"{address.s3}/x/y")).problem is P.NOT_FOUND
    body = {**FORM.body("https://x/y.zip"), "theme": "NONE"}
    assert failure(lambda: client.submit(body)).problem is P.BAD_REQUEST


def test_webhooks(client, practice):
    assert client.webhooks() == ()
    client.add_webhook("http://127.0.0.1:9/hook", ("FINETUNE",))
    (hook,) = client.webhooks()
    assert hook.types == ("FINETUNE",)
    assert failure(lambda: client.add_webhook("http://127.0.0.1:9/other", ("FINETUNE",))).problem is P.BAD_REQUEST
    client.update_webhook(hook.webhook_id, "http://127.0.0.1:9/new", ("FINETUNE",))
    assert client.webhooks()[0].url == "http://127.0.0.1:9/new"
    practice.send_sample_webhook()
    pause = threading.Event()
    rows = client.dispatch_logs(hook.webhook_id)
    for _ in range(200):
        if rows:
            break
        pause.wait(0.02)
        rows = client.dispatch_logs(hook.webhook_id)
    assert json.dumps(rows[0])
    client.remove_webhook(hook.webhook_id)
    assert client.webhooks() == ()
