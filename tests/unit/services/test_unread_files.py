"""A small file that cannot be read at the moment is not replaced by what the app knows without it."""

import pytest

from segmind_studio.assembly import Services
from segmind_studio.command_line import Options
from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.errors import StoreError
from segmind_studio.core.webhooks import Webhook
from segmind_studio.services.datasets.folder_watch import FolderWorker
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.watch_times import WatchTimes
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.paths import app_paths
from segmind_studio.store.seen_files import SeenFiles
from segmind_studio.store.try_file import TryFile
from segmind_studio.store.webhook_file import DeletedWebhooksFile
from tests.fakes.connections import connection_to
from tests.fakes.run_services import FakeRuns
from tests.fakes.typed import as_service

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def unread(tmp_path):
    """Return a file that can be replaced and not be read, also by root: a link to itself."""
    path = tmp_path / "d1.json"
    path.symlink_to(path)
    yield path
    assert path.is_symlink(), "it was replaced"


def test_the_settings(tmp_path):
    paths = app_paths(tmp_path)
    paths.create()
    paths.settings_file.symlink_to(paths.settings_file)
    services, failed = Services(Options(), paths, set(), bool), []
    services.settings.failed.connect(failed.append)
    services.settings.update(place="runs")
    assert services.stop()
    assert services.settings_trouble is not None
    assert not failed, "the window says so all the time"
    assert paths.settings_file.is_symlink()


def test_when_the_app_looked(qtbot, unread, caplog):
    runs, tasks, read = FakeRuns(), TaskRunner(), []
    watched = WatchTimes(unread, as_service(RunService, runs), tasks, tasks)
    watched.changed.connect(lambda: read.append(True))
    with caplog.at_level("INFO"):
        watched.start()
        qtbot.waitUntil(lambda: bool(read or caplog.messages))
    watched.set_connection(connection_to("http://127.0.0.1:1"))
    runs.set_watch(WatchState(checked_at=2.0))
    assert watched.spans
    assert tasks.stop()
    watched.write_unsaved()


def test_what_was_seen_in_folders(unread, tmp_path):
    (tmp_path / "trip").mkdir()
    photo = tmp_path / "trip/a.jpg"
    photo.touch()
    worker = FolderWorker(tmp_path / "imports", SeenFiles(tmp_path))
    worker.look(Dataset("d1", "Trip", (Photo("p", photo),)))
    worker.finish()


def test_a_webhook_that_was_deleted(unread):
    file = DeletedWebhooksFile(unread)
    assert file.of("a") is None
    for step in (lambda: file.keep("b", Webhook("w", "https://example.org")), lambda: file.forget("a")):
        with pytest.raises(StoreError):
            step()


def test_the_notes_of_try_also_where_a_damaged_file_cannot_be_renamed(unread, tmp_path, monkeypatch):
    with pytest.raises(StoreError):
        TryFile(unread).load()

    def refuse(_source, _target):
        raise PermissionError(13, "Permission denied")

    damaged = tmp_path / "try.json"
    damaged.write_text("[1, 2")
    monkeypatch.setattr("segmind_studio.store.private_files.rename_file", refuse)
    with pytest.raises(StoreError):
        TryFile(damaged).load()
