"""Pictures from finished models: asked for once, decoded off the GUI thread, kept, never lost."""

import io
import threading
import zipfile
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QThread

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from segmind_studio.core.form import TrainingForm
from segmind_studio.services.images.image_service import ImageService, TryRequest
from segmind_studio.store.image_store import ImageStore
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import HANG, RESET, Reply, ScriptedServer, json_reply

pytestmark = pytest.mark.usefixtures("qapp")


def picture_bytes(kind="PNG", size=(64, 48)):
    out = io.BytesIO()
    Image.new("RGB", size, "#3060a0").save(out, kind)
    return out.getvalue()


PNG = picture_bytes()
PICTURE = Reply(200, PNG, {"Content-Type": "image/png", "x-cost": "0.06", "x-remaining-credits": "9.4"})
ASKED = TryRequest("r1", "TOK, a cat", seed=7, strength=1.5, width=512, height=768, slug="cat-1")


@pytest.fixture
def server():
    with ScriptedServer([PICTURE]) as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def image_store(database):
    return ImageStore(database)


def started(qtbot, folder, image_store, connection):
    """Return the service as a start of the app makes it, once it has read the image store."""
    service = ImageService(folder, image_store)
    with qtbot.waitSignal(service.replaced, check_params_cb=lambda _: service.loaded, timeout=10_000):
        service.set_connection(connection)
    return service


@pytest.fixture
def tryouts(qtbot, server, folder, image_store):
    service = started(qtbot, folder, image_store, connection_to(server.url))
    yield service
    assert service.stop()


def finished(qtbot, tryouts, request=ASKED):
    with qtbot.waitSignal(tryouts.finished, timeout=10_000) as signal:
        tryouts.generate(request)
    return signal.args[0]


def failed(qtbot, tryouts, request=ASKED):
    with qtbot.waitSignal(tryouts.failed, timeout=10_000) as signal:
        tryouts.generate(request)
    asked = signal.args[0].request
    assert replace(asked, seed=request.seed) == request
    assert asked.seed is not None
    return signal.args[0].error


def rows(image_store):
    return [(generated.prompt, generated.state, generated.cost) for generated in image_store.images("a1")]


def test_a_picture_comes_and_is_kept(qtbot, tryouts, server, folder):
    result = finished(qtbot, tryouts)
    assert (result.image.width(), result.image.height()) == (64, 48)
    assert (result.generated.cost, result.remaining) == (0.06, 9.4)
    assert result.path.parent == folder
    assert result.path.name.startswith("cat-1-")
    assert result.path.suffix == ".png"
    assert result.path.read_bytes() == PNG
    (seen,) = server.seen
    assert seen.target == "/v1/cat-1"
    assert seen.json() == {
        "prompt": "TOK, a cat", "seed": 7, "finetune_strength": 1.5, "width": 512, "height": 768,
    }


def test_the_address_of_the_run_comes_first(qtbot, tryouts, server):
    finished(qtbot, tryouts, TryRequest("r1", "x", inference_api_url=f"{server.url}/v1/mine", slug="cat-1"))
    assert server.seen[0].target == "/v1/mine"


def test_a_seed_that_was_left_open_is_drawn_sent_and_known_afterwards(qtbot, tryouts, server, image_store):
    """So that the picture can be repeated."""
    for _turn in range(3):
        finished(qtbot, tryouts, TryRequest("r1", "x", slug="cat-1"))
    sent = [seen.json()["seed"] for seen in server.seen]
    assert [generated.seed for generated in reversed(image_store.images("a1"))] == sent
    assert len(set(sent)) > 1
    assert all(0 <= seed < 2**31 for seed in sent)


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_other_formats(qtbot, tryouts, server, kind, suffix):
    server.replies[:] = [Reply(200, picture_bytes(kind), {"Content-Type": f"image/{kind.lower()}"})]
    result = finished(qtbot, tryouts)
    assert result.path.suffix == suffix
    assert result.generated.cost is None


def test_two_pictures_have_two_names(qtbot, tryouts, folder):
    paths = {finished(qtbot, tryouts).path for _ in range(3)}
    assert len(paths) == 3
    assert len(list(folder.iterdir())) == 3


def test_a_slug_is_no_path(qtbot, tryouts, folder, server):
    request = TryRequest("../../r", "x", inference_api_url=f"{server.url}/v1/a", slug="../../evil")
    assert finished(qtbot, tryouts, request).path.parent == folder


@pytest.mark.parametrize(("reply", "problem"), [
    (json_reply({"error": "Insufficient credits"}, 406), ApiProblem.NO_CREDITS),
    (json_reply({"error": "boom"}, 500), ApiProblem.SERVER),
    (RESET, ApiProblem.UNANSWERED),
])
def test_a_failure_is_told_once_and_nothing_is_asked_again(qtbot, tryouts, server, reply, problem):
    server.replies[:] = [reply]
    error = failed(qtbot, tryouts)
    assert isinstance(error, ApiError)
    assert error.problem is problem
    assert len(server.seen) == 1
    assert not tryouts.busy


def test_a_model_without_an_address(qtbot, tryouts, server):
    assert "cannot be used" in failed(qtbot, tryouts, TryRequest("r1", "x")).title
    assert not server.seen


def test_a_foreign_address_never_hears_of_it(qtbot, tryouts):
    with ScriptedServer([PICTURE]) as other:
        failed(qtbot, tryouts, TryRequest("r1", "x", inference_api_url=f"{other.url}/v1/x"))
        assert not other.seen


def test_without_a_connection(qtbot, tryouts):
    tryouts.set_connection(None)
    assert "account" in failed(qtbot, tryouts).title


def test_a_paid_picture_is_shown_even_where_it_cannot_be_kept(qtbot, tryouts, folder):
    folder.write_text("a file where the folder should be")
    result = finished(qtbot, tryouts)
    assert result.path is None
    assert not result.image.isNull()


def test_a_picture_that_cannot_be_read_is_kept_all_the_same(qtbot, tryouts, server, folder):
    server.replies[:] = [Reply(200, PNG[:40], {"Content-Type": "image/png"})]
    error = failed(qtbot, tryouts)
    (kept,) = folder.iterdir()
    assert kept.name in error.advice
    assert kept.read_bytes() == PNG[:40]


def test_several_wishes_are_done_in_turn(qtbot, tryouts):
    results, busy = [], []
    tryouts.finished.connect(results.append)
    tryouts.busy_changed.connect(busy.append)
    wishes = [TryRequest("r1", f"prompt {number}", slug="cat-1") for number in range(3)]
    for wish in wishes:
        tryouts.generate(wish)
    assert tryouts.waiting == 3
    qtbot.waitUntil(lambda: len(results) == 3, timeout=10_000)
    assert [result.generated.prompt for result in results] == [wish.prompt for wish in wishes]
    assert busy == [True, False]


def test_cancelling_stops_the_waiting(qtbot, tryouts, server):
    server.replies[:] = [HANG]
    failures = []
    tryouts.failed.connect(failures.append)
    tryouts.generate(ASKED)
    tryouts.generate(ASKED)
    qtbot.waitUntil(lambda: bool(server.seen), timeout=10_000)
    tryouts.cancel()
    qtbot.waitUntil(lambda: not tryouts.busy, timeout=10_000)
    assert [type(failure.error) for failure in failures] == [CancelledError, CancelledError]
    assert len(server.seen) == 1


def test_leaving_does_not_wait_for_a_picture(qtbot, tryouts, server):
    server.replies[:] = [HANG]
    tryouts.generate(ASKED)
    qtbot.waitUntil(lambda: bool(server.seen), timeout=10_000)
    assert tryouts.stop()
    tryouts.generate(ASKED)
    assert len(server.seen) == 1


def test_the_answer_arrives_in_the_gui_thread(qtbot, tryouts, qapp):
    threads = []
    tryouts.finished.connect(lambda _result: threads.append(QThread.currentThread()))
    finished(qtbot, tryouts)
    assert threads == [qapp.thread()]
    assert threading.current_thread() is threading.main_thread()


@pytest.fixture
def ready_job(connection, photos):
    """A finished run of the practice service."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in photos:
            archive.write(path, path.name)
    form = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})
    pause = threading.Event()
    with SegmindClient(connection) as client, StorageClient(loopback=True) as storage:
        ticket = client.upload_ticket("dataset.zip")
        body = packed.getvalue()
        storage.put(ticket.presigned_url, [body], len(body), lambda _sent: None, bool)
        service_id = client.submit(form.body(ticket.s3_url)).service_id
        while not client.details(service_id).inference_api_url:
            pause.wait(0.05)
        return client.details(service_id)


def test_against_the_practice_service(qtbot, tryouts, connection, ready_job):
    with qtbot.waitSignal(tryouts.replaced, check_params_cb=lambda _: tryouts.loaded, timeout=10_000):
        tryouts.set_connection(connection)
    request = TryRequest("r1", "TOK, a cat", width=256, height=256, inference_api_url=ready_job.inference_api_url)
    result = finished(qtbot, tryouts, request)
    assert result.image.width() == 256
    assert result.generated.cost
