"""A practice service, a journal and real photos for the services under test."""

import time

import pytest
from PIL import Image

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection, KeptIn
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import ManifestItem, Phase, Run, manifest_text
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from tests.fakes.practice_side import StartedPractice

FAST = 200.0
FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})


@pytest.fixture
def practice(tmp_path):
    server = StartedPractice(tmp_path / "practice", speed=FAST)
    yield server
    server.stop()


@pytest.fixture
def connection(practice):
    account = Account("practice", "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)
    address = practice.address
    return Connection(account, address.api, address.api, ApiKey(address.key), FAST)


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "studio.sqlite3")
    yield database
    database.close()


@pytest.fixture
def journal(database):
    return Journal(database)


@pytest.fixture
def photos(tmp_path):
    """Three small JPEG files, the first with a caption."""
    folder = tmp_path / "photos"
    folder.mkdir()
    paths = []
    for number, colour in enumerate(("#b05030", "#3060a0", "#50a060")):
        path = folder / f"photo{number}.jpg"
        Image.linear_gradient("L").resize((640, 640)).convert("RGB").point(lambda v: v).save(path, quality=90)
        grey = Image.open(path).convert("RGB")
        Image.blend(grey, Image.new("RGB", grey.size, colour), 0.5).save(path, quality=90)
        paths.append(path)
    paths[0].with_suffix(".txt").write_text("TOK, a photo", encoding="utf-8")
    return tuple(paths)


@pytest.fixture
def run(journal, photos):
    items = tuple(
        ManifestItem(str(path), path.stat().st_size, path.stat().st_mtime_ns, "TOK", 1, "JPEG") for path in photos
    )
    run = Run(
        run_id="run-1", account_id="practice", name="cat", phase=Phase.PREPARED,
        created_at=time.time(), changed_at=time.time(), body=FORM.body(), manifest=manifest_text(items),
    )
    journal.add(run, run.created_at)
    return run


@pytest.fixture
def pauses():
    return []


class NotedSubmission(Submission):
    """The steps, with a list of the phases that they reported."""

    def __init__(self, *parts, **ways):
        self.phases = []
        super().__init__(*parts, changed=lambda run: self.phases.append(run.phase), **ways)


@pytest.fixture
def make_submission(journal, tmp_path, pauses):
    def make(connection, **more):
        return NotedSubmission(
            journal, connection, tmp_path / "prepared",
            progress=lambda *_: None, cancelled=lambda _run_id: False,
            pause=lambda _run_id, seconds: bool(pauses.append(seconds)), **more,
        )

    return make


@pytest.fixture
def submission(make_submission, connection):
    return make_submission(connection)


@pytest.fixture
def runs(qapp, database):
    """Runs that are watched as soon as they have a connection."""
    service = RunService(database, LiveRuns())
    service.start()
    yield service
    assert service.stop()
