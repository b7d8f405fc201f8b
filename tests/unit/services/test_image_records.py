"""Each picture is on the disk before its request leaves, and what becomes of it is told after any crash."""

import io
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from typing_extensions import override

from segmind_studio.core.errors import ApiError, StoreError
from segmind_studio.core.generated_images import KEPT_DELETED_DAYS, RESUMED_FOR_S, GeneratedImage, ImageState
from segmind_studio.core.image_requests import Way
from segmind_studio.services.images.image_service import ImageService, TryRequest
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import kept_file, path_of, remove_file, save_image
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import CLOSE, HANG, RESET, Reply, ScriptedServer, json_reply

pytestmark = pytest.mark.usefixtures("qapp")
ROOT = Path(__file__).resolve().parents[3]
ASKED = TryRequest("r1", "TOK, a cat", seed=7, strength=1.5, width=512, height=768, slug="cat-1")
A, MADE, FAILED, UNKNOWN = ImageState.ASKED, ImageState.MADE, ImageState.FAILED, ImageState.UNKNOWN
WHOLE_ID = "0123456789abcdef" * 2


def png(size=(64, 48)):
    out = io.BytesIO()
    Image.new("RGB", size, "#3060a0").save(out, "PNG")
    return out.getvalue()


PICTURE = Reply(200, png(), {"Content-Type": "image/png", "x-cost": "0.06"})


class Bench:
    """The disk and a service; `start` is a start of the app."""

    def __init__(self, qtbot, tmp_path):
        self.qtbot = qtbot
        self.folder = tmp_path / "results"
        self.path = tmp_path / "studio.sqlite3"
        self.database = Database(self.path)
        self.image_store = ImageStore(self.database)
        self.services = []

    def start(self, url="http://127.0.0.1:1", image_store=None):
        service = ImageService(self.folder, image_store or self.image_store)
        self.services.append(service)
        with self.qtbot.waitSignal(service.replaced, check_params_cb=lambda _: service.loaded, timeout=10_000):
            service.set_connection(connection_to(url))
        return service

    def ask(self, service, request=ASKED):
        """Ask for a picture and give the failure, None when it came."""
        failures = []
        service.failed.connect(failures.append)
        service.generate(request)
        self.qtbot.waitUntil(lambda: not service.busy, timeout=10_000)
        return failures[0] if failures else None

    def on_disk(self):
        """Read the rows as another process would."""
        with sqlite3.connect(self.path) as connection:
            rows = connection.execute("SELECT state FROM picture ORDER BY number").fetchall()
        connection.close()
        return [state for (state,) in rows]


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, tmp_path)
    yield made
    for service in made.services:
        assert service.stop()
    made.database.close()


def test_the_intent_is_on_the_disk_before_the_request_leaves(bench):
    seen = []

    def look(_request):
        seen.extend(bench.on_disk())
        return PICTURE

    with ScriptedServer([look]) as server:
        assert bench.ask(bench.start(server.url)) is None
    assert seen == ["asked"]
    (generated,) = bench.image_store.images("a1")
    assert (generated.state, generated.cost, generated.run_id) == (MADE, 0.06, "r1")
    assert generated.ended_at >= generated.asked_at


@pytest.mark.parametrize(("reply", "state"), [
    (RESET, UNKNOWN), (CLOSE, UNKNOWN), (json_reply({"error": "boom"}, 500), UNKNOWN),
    (Reply(503, b"<html>"), UNKNOWN), (json_reply({"nothing": 1}), UNKNOWN),
    (json_reply({"output": "http://127.0.0.1:1/gone.png"}), UNKNOWN),
    (json_reply({"error": "Insufficient credits"}, 406), FAILED), (json_reply({"error": "no"}, 400), FAILED),
    (json_reply({"error": "slow down"}, 429), FAILED), (json_reply({"error": "bad key"}, 401), FAILED),
])
def test_only_a_sure_no_is_unpaid(bench, reply, state):
    with ScriptedServer([reply]) as server:
        service = bench.start(server.url)
        failure = bench.ask(service)
        assert len(server.seen) == 1
    (generated,) = bench.image_store.images("a1")
    assert generated.state is state
    assert generated.error
    assert failure.generated == generated
    assert service.images == (generated,)


def test_a_picture_whose_address_holds_none_was_paid_all_the_same(bench):
    with ScriptedServer([Reply(200, b"<html>")]) as storage, ScriptedServer(
        [json_reply({"output": f"{storage.url}/p.png"})],
    ) as server:
        failure = bench.ask(bench.start(server.url))
    assert isinstance(failure.error, ApiError)
    assert failure.error.may_have_arrived
    assert [generated.state for generated in bench.image_store.images("a1")] == [UNKNOWN]


def test_without_a_network_nothing_was_paid(bench):
    bench.ask(bench.start())
    assert bench.on_disk() == ["failed"]


def test_what_waits_in_turn_is_not_written_before_it_is_its_turn(bench):
    with ScriptedServer([HANG]) as server:
        service = bench.start(server.url)
        failures = []
        service.failed.connect(failures.append)
        service.generate(ASKED)
        service.generate(ASKED)
        bench.qtbot.waitUntil(lambda: bool(server.seen), timeout=10_000)
        assert bench.on_disk() == ["asked"]
        assert [generated.state for generated in service.images] == [A, A]  # both may be paid without asking again
        service.cancel()
        bench.qtbot.waitUntil(lambda: not service.busy, timeout=10_000)
    assert bench.on_disk() == ["unknown"]
    assert [failure.generated is None for failure in failures] == [False, True]
    assert failures[0].generated.error == "You stopped waiting."
    assert sorted(generated.state for generated in service.images) == [FAILED, UNKNOWN]


class FullDisk(ImageStore):
    """An image store on a disk without room."""

    @override
    def add(self, image):  # as the store has it
        raise StoreError("The disk is full.")


def test_what_cannot_be_written_down_is_not_asked_for(bench):
    with ScriptedServer([PICTURE]) as server:
        service = bench.start(server.url, FullDisk(bench.database))
        failure = bench.ask(service)
        assert server.seen == []
    assert failure.error.title == "The disk is full."
    assert failure.generated is None
    assert [generated.may_be_paid for generated in service.images] == [False]


class FullLater(ImageStore):
    """An image store on a disk that is full once the answer is there."""

    @override
    def save(self, image):  # likewise
        raise StoreError("The disk is full.")


def test_a_picture_whose_end_cannot_be_written_is_shown_and_found_by_the_next_start(bench):
    with ScriptedServer([PICTURE]) as server:
        service = bench.start(server.url, FullLater(bench.database))
        results = []
        service.finished.connect(results.append)
        assert bench.ask(service) is None
    (result,) = results
    assert (result.generated.state, result.path.is_file()) == (MADE, True)
    assert bench.on_disk() == ["asked"]
    (generated,) = bench.start().images
    assert (generated.state, generated.file_name, generated.cost) == (MADE, result.path.name, None)


def test_a_cost_below_nothing_is_no_cost(bench):
    with ScriptedServer([Reply(200, png(), {"Content-Type": "image/png", "x-cost": "-4"})]) as server:
        bench.ask(bench.start(server.url))
    assert [generated.cost for generated in bench.image_store.images("a1")] == [None]


CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from segmind_studio.core.image_requests import Way
from segmind_studio.services.images.image_service import TryRequest, ImageService
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.database import Database
from tests.fakes.connections import connection_to

app = QCoreApplication(sys.argv)
service = ImageService(Path(sys.argv[1]), ImageStore(Database(Path(sys.argv[2]))))
service.set_connection(connection_to(sys.argv[3]))
service.generate(TryRequest("r1", "TOK, a cat", seed=7, slug="cat-1"))
app.exec()
"""


def test_an_app_that_is_killed_while_it_waits_knows_that_it_asked(bench):
    """A real process with the real service is killed; the next start must not ask again."""
    with ScriptedServer([HANG]) as server:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        child = subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-c", CHILD, str(bench.folder), str(bench.path), server.url], env=environment,
        )
        try:
            bench.qtbot.waitUntil(lambda: bool(server.seen), timeout=30_000)
        finally:
            child.kill()
            child.wait(10)
        assert bench.on_disk() == ["asked"]
        (generated,) = bench.start(server.url).images
        assert len(server.seen) == 1
    assert (generated.state, generated.prompt, generated.seed) == (UNKNOWN, "TOK, a cat", 7)
    assert generated.error == "The app was closed before the answer came."
    assert bench.on_disk() == ["unknown"]


class Queue:
    """The queue of a service: one ticket for each POST, and no image before `ready`."""

    def __init__(self):
        self.ready = False
        self.failed = False
        self.posts = 0
        self.looked = False
        self.state_on_disk = None
        self.watch: Callable[[], object] = bool

    def __call__(self, seen):
        base = f"http://{seen.headers['host']}/v2/requests/q1"
        if seen.method == "POST":
            self.posts += 1
            return json_reply({"request_id": "q1", "status_url": f"{base}/status", "response_url": base})
        self.state_on_disk = self.watch()
        self.looked = True
        if self.failed:
            return json_reply({"status": "FAILED", "error": "moderated"}, 422)
        if not self.ready:
            return json_reply({"status": "QUEUED"})
        return json_reply({"status": "COMPLETED"}) if seen.target.endswith("/status") else PICTURE


QUEUED = replace(ASKED, way=Way.QUEUED)


def test_a_queued_picture_is_polled_and_its_id_is_on_the_disk_before_the_first_look(bench):
    queue = Queue()
    queue.ready = True
    queue.watch = lambda: [image.request_id for image in bench.image_store.images("a1")]
    with ScriptedServer([queue]) as server:
        assert bench.ask(bench.start(server.url), QUEUED) is None
        assert server.seen[0].target == "/v2/cat-1"
    assert queue.state_on_disk == ["q1"]
    (generated,) = bench.image_store.images("a1")
    assert (generated.state, generated.request_id, generated.cost, queue.posts) == (MADE, "q1", 0.06, 1)


def test_a_failed_queued_picture_served_with_422_is_told_and_unpaid(bench):
    queue = Queue()
    queue.failed = True
    with ScriptedServer([queue]) as server:
        failure = bench.ask(bench.start(server.url), QUEUED)
    assert failure.error.detail == "moderated"
    assert failure.generated.state is FAILED


def test_an_app_that_is_killed_while_it_polls_finds_the_picture_without_a_second_payment(bench):
    queue = Queue()
    with ScriptedServer([queue]) as server:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        child = subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-c", CHILD.replace('"cat-1"', '"cat-1", way=Way.QUEUED'), str(bench.folder),
             str(bench.path), server.url], env=environment,
        )
        try:
            bench.qtbot.waitUntil(lambda: queue.looked, timeout=30_000)
        finally:
            child.kill()
            child.wait(10)
        assert bench.on_disk() == ["asked"]
        queue.ready = True
        bench.image_store.mark([replace(row, deleted_at=1.0) for row in bench.image_store.images("a1")])
        service = ImageService(bench.folder, bench.image_store)
        bench.services.append(service)
        with bench.qtbot.waitSignal(service.looked, timeout=20_000) as signal:
            service.set_connection(connection_to(server.url))
        result = signal.args[0]
        assert not result.generated.deleted  # what was paid and came after all is seen
        assert (result.generated.state, result.path.read_bytes()) == (MADE, png())
        assert (queue.posts, service.busy) == (1, False)
    assert bench.on_disk() == ["made"]


def given_up(bench, server, queue):
    """Return the service of an app that no longer waits for a queued picture."""
    service = bench.start(server.url)
    service.generate(QUEUED)
    bench.qtbot.waitUntil(lambda: queue.looked, timeout=10_000)
    service.cancel()
    bench.qtbot.waitUntil(lambda: not service.busy, timeout=10_000)
    return service


def test_a_queued_picture_that_is_not_waited_for_can_be_looked_for_again(bench):
    queue = Queue()
    with ScriptedServer([queue]) as server:
        service = given_up(bench, server, queue)
        (lost,) = service.images
        assert (lost.state, service.can_look(lost)) == (UNKNOWN, True)
        queue.failed = True
        with bench.qtbot.waitSignal(service.looked, timeout=10_000):
            service.look(lost)
            assert not service.can_look(lost)
    assert bench.on_disk() == ["failed"]
    assert (queue.posts, service.images[0].state) == (1, FAILED)


def test_a_card_that_is_deleted_during_a_look_stays_deleted(bench):
    queue = Queue()
    with ScriptedServer([queue]) as server:
        service = given_up(bench, server, queue)
        service.look(service.images[0])
        deleted = replace(service.images[0], deleted_at=5.0, rating=2)
        service.accept([deleted])
        bench.image_store.mark([deleted])
        queue.failed = True
        with bench.qtbot.waitSignal(service.looked, timeout=10_000) as looked:
            pass
    (stored,) = bench.image_store.images("a1")
    for known in (stored, service.images[0], looked.args[0].generated):
        assert (known.state, known.deleted_at, known.rating) == (FAILED, 5.0, 2)


def test_an_old_queued_picture_is_not_looked_for(bench):
    old = GeneratedImage(WHOLE_ID, "a1", "r1", time.time() - RESUMED_FOR_S - 1, status_url="http://127.0.0.1:1/s")
    bench.image_store.add(old)
    service = bench.start()
    (generated,) = service.images
    assert (generated.state, service.can_look(generated)) == (UNKNOWN, False)


def test_an_app_that_is_killed_after_the_file_was_kept_finds_it(bench):
    asked = GeneratedImage(WHOLE_ID, "a1", "r1", time.time(), slug="cat-1")
    bench.image_store.add(asked)
    path = save_image(bench.folder, asked, png())
    service = bench.start()
    (generated,) = service.images
    assert (generated.state, generated.file_name) == (MADE, path.name)
    assert service.result_of(generated).path == path


def test_half_a_file_is_never_taken_for_a_picture(bench):
    asked = GeneratedImage(WHOLE_ID, "a1", "r1", time.time())
    bench.folder.mkdir()
    (bench.folder / f".{WHOLE_ID}.part").write_bytes(png()[:20])
    (bench.folder / f"cat-1-{WHOLE_ID[:12]}.png").touch()
    bench.image_store.add(asked)
    assert [generated.state for generated in bench.start().images] == [UNKNOWN]


def test_leaving_while_a_picture_is_made_is_told_as_such(bench):
    with ScriptedServer([HANG]) as server:
        service = bench.start(server.url)
        service.generate(ASKED)
        bench.qtbot.waitUntil(lambda: bool(server.seen), timeout=10_000)
        assert service.stop()
    (generated,) = bench.image_store.images("a1")
    assert (generated.state, generated.error) == (UNKNOWN, "The app was closed.")


def test_a_restart_brings_the_pictures_back_with_their_settings(bench):
    with ScriptedServer([PICTURE]) as server:
        first = bench.start(server.url)
        bench.ask(first)
        bench.ask(first, TryRequest("r2", "at sea", slug="dog-1"))
    service = bench.start()
    new, old = service.images
    assert (new.prompt, new.run_id) == ("at sea", "r2")
    assert (old.prompt, old.seed, old.strength, old.width, old.height) == ("TOK, a cat", 7, 1.5, 512, 768)
    result = service.result_of(old)
    assert result.path.read_bytes() == png()
    assert result.image.isNull()  # it is decoded when somebody looks


def test_a_deleted_picture_keeps_its_row_and_loses_its_file_after_a_while(bench):
    """Of four: deleted long ago, a moment ago, long ago and restored, never."""
    with ScriptedServer([PICTURE] * 4) as server:
        service = bench.start(server.url)
        for seed in range(4):
            bench.ask(service, replace(ASKED, seed=seed))
    now, long_ago = time.time(), time.time() - (KEPT_DELETED_DAYS + 1) * 24 * 3600
    old, new, back, kept = sorted(service.images, key=lambda image: image.seed)
    marked = [replace(old, deleted_at=long_ago), replace(new, deleted_at=now), replace(back, deleted_at=long_ago)]
    bench.image_store.mark(marked)
    bench.image_store.mark([back])
    paths = {image.image_id: bench.folder / image.file_name for image in (old, new, back, kept)}
    again = bench.start()
    by_id = {image.image_id: image for image in again.images}
    assert [paths[image.image_id].exists() for image in (old, new, back, kept)] == [False, True, True, True]
    assert [by_id[image.image_id].gone for image in (old, new, back, kept)] == [True, False, False, False]
    assert [image.cost for image in again.images] == [0.06] * 4  # what was paid stays paid
    assert len(bench.image_store.images("acc" if False else old.account_id)) == 4


def test_a_file_that_cannot_be_removed_is_tried_again(bench):
    bench.folder.mkdir()
    bench.image_store.add(GeneratedImage("p1", "acc", "r1", 1.0, MADE, file_name="a.png", deleted_at=2.0))
    bench.image_store.drop_files(3.0, lambda _image: False)
    assert bench.image_store.images("acc")[0].file_name == "a.png"
    (bench.folder / "a.png").mkdir()  # no file: it cannot be unlinked
    assert not remove_file(bench.folder, bench.image_store.images("acc")[0])
    (bench.folder / "a.png").rmdir()
    bench.image_store.drop_files(3.0, partial(remove_file, bench.folder))
    assert bench.image_store.images("acc")[0].gone


def test_each_account_has_its_own_album(bench):
    bench.image_store.add(GeneratedImage("mine", "a1", "r1", 1.0, MADE))
    bench.image_store.add(GeneratedImage("theirs", "a2", "r1", 2.0, MADE))
    service = bench.start()
    assert [generated.image_id for generated in service.images] == ["mine"]
    service.set_connection(None)
    assert service.images == ()
    assert not service.loaded


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd"])
def test_a_name_in_the_database_leads_to_no_other_folder(tmp_path, name):
    assert path_of(tmp_path, GeneratedImage("p", "a1", "r", 1.0, file_name=name)) == tmp_path / "passwd"
    assert path_of(tmp_path, GeneratedImage("p", "a1", "r", 1.0)) is None


def test_a_short_id_is_no_name_of_a_file(tmp_path):
    (tmp_path / "cat-.png").write_bytes(b"x")
    assert kept_file(tmp_path, "") == ""
    assert kept_file(tmp_path / "none", WHOLE_ID) == ""
