"""The Runs place with the real services, against the practice service: from the first upload to the file."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QPushButton

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection, KeptIn
from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountsState
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitRequest
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.ui.runs.empty_states import PageState
from segmind_studio.ui.runs.handlers import ConfirmDialog
from tests.fakes.practice_side import StartedPractice
from tests.fakes.run_services import FakeSettings
from tests.fakes.runs_place import make_runs_screen
from tests.fakes.try_service import make_budget_service
from tests.fakes.typed import child

SPEED = 200.0
FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat", "iterations": 120})
PRACTICE = Account("practice", "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)


class OneAccount(QObject):
    """The part of AccountService that the place reads: one account, connected."""

    changed = Signal(object)

    def __init__(self, connection):
        super().__init__()
        self.state = AccountsState((PRACTICE,), PRACTICE, connection)


@pytest.fixture
def server(tmp_path):
    server = StartedPractice(tmp_path / "practice", speed=SPEED)
    yield server
    server.stop()


@pytest.fixture
def dataset(tmp_path):
    photos = []
    for number in range(3):
        path = tmp_path / f"photo{number}.jpg"
        Image.new("RGB", (640, 640), (40 * number, 90, 120)).save(path)
        stat = path.stat()
        photos.append(Photo(str(number), path, 640, 640, stat.st_size, stat.st_mtime_ns, "JPEG"))
    return Dataset("d1", "Cats", tuple(photos))


@pytest.fixture
def parts(qapp, tmp_path):
    """Return the services of the runs, the submissions and the downloads."""
    database = Database(tmp_path / "studio.sqlite3")
    journal, live = Journal(database), LiveRuns()
    runs, downloads = RunService(database, live), DownloadService(journal)
    submits = SubmissionService(journal, tmp_path / "prepared", live)
    downloads.row_changed.connect(runs.accept_row)
    yield runs, submits, downloads
    database.close()


@pytest.fixture
def place(qtbot, tmp_path, server, parts):
    runs, submits, downloads = parts
    connection = Connection(PRACTICE, server.address.api, server.address.api, ApiKey(server.address.key), SPEED)
    settings = FakeSettings(Settings(download_folder=str(tmp_path / "files")))
    (tmp_path / "files").mkdir()
    budgets = make_budget_service(runs, settings, submits)
    screen = make_runs_screen(runs, submits, downloads, OneAccount(connection), settings, budgets)
    model = screen.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    qtbot.addWidget(screen)
    screen.resize(1200, 760)
    screen.show()
    runs.start()
    for service in (runs, submits, downloads):
        service.set_connection(connection)
    yield screen
    assert downloads.stop()
    assert submits.stop()
    assert runs.stop()


def press(qtbot, place, name):
    button = child(place, QPushButton, name)
    qtbot.waitUntil(button.isEnabled, timeout=20_000)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_from_nothing_to_a_file(qtbot, place, parts, dataset, tmp_path):
    runs, submits, downloads = parts
    qtbot.waitUntil(lambda: place.list.middle.state is PageState.NO_RUNS, timeout=20_000)
    (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    place.select(run_id)
    qtbot.waitUntil(lambda: place.list.table.selected_ids() == (run_id,), timeout=20_000)
    resets = QSignalSpy(place.list.model.modelReset)
    qtbot.waitUntil(lambda: runs.run(run_id).ready, timeout=20_000)
    qtbot.waitUntil(lambda: place.inspector.run is not None and place.inspector.run.ready, timeout=20_000)
    assert resets.count() == 0
    qtbot.waitUntil(lambda: place.inspector.overview.stepper.steps[5].at is not None, timeout=20_000)
    facts = {fact.label: fact.value for fact in place.inspector.dataset.facts.facts}
    assert (facts["Name"], facts["Photos"]) == ("Cats", "3")
    with qtbot.waitSignal(downloads.finished, timeout=20_000):
        press(qtbot, place, "runs.download")
    qtbot.waitUntil(lambda: bool(runs.run(run_id).result_path), timeout=20_000)
    assert (tmp_path / "files" / "cat.safetensors").is_file()
    qtbot.waitUntil(lambda: len(place.inspector.files.saved.facts) == 2, timeout=20_000)
    assert not place.list.error_banner.isVisible()


def test_a_lost_answer_is_an_amber_row_until_it_is_found(qtbot, place, parts, server, dataset):
    runs, submits, _ = parts
    qtbot.waitUntil(lambda: runs.loaded, timeout=20_000)
    runs.set_polling(on=False)
    server.set_fault(Fault.LOST_ANSWER, on=True)
    seen = []

    def look(changed):  # connected after the place, so the place has shown it by now
        seen.extend((run.phase, place.inspector.overview.choices.isVisible()) for run in changed)

    runs.changed.connect(look)
    with qtbot.waitSignal(submits.finished, timeout=20_000):
        (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    qtbot.waitUntil(lambda: runs.run(run_id).phase is Phase.ADOPTED, timeout=20_000)
    assert not place.list.error_banner.isVisible()  # the row tells it, and better
    assert (Phase.UNKNOWN, True) in seen
    assert place.list.model.rowCount() == 1
    assert not place.inspector.overview.choices.isVisible()


def test_making_public_and_notes_reach_the_journal_and_the_service(qtbot, place, parts, dataset):
    runs, submits, _ = parts
    qtbot.waitUntil(lambda: runs.loaded, timeout=20_000)
    with qtbot.waitSignal(submits.finished, timeout=20_000):
        (run_id,) = submits.submit(SubmitRequest(FORM, dataset))
    qtbot.waitUntil(lambda: runs.run(run_id) is not None and runs.run(run_id).ready, timeout=20_000)
    press(qtbot, place, "runs.public")
    qtbot.mouseClick(child(place, ConfirmDialog).verb_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: runs.run(run_id).public is True, timeout=20_000)
    qtbot.waitUntil(lambda: child(place, QPushButton, "runs.public").text() == "Make private", timeout=20_000)
    qtbot.keyClicks(place.inspector.overview.notes, "the good one")
    qtbot.waitUntil(lambda: runs.run(run_id).notes == "the good one", timeout=20_000)
    place.commands.pin.trigger()
    qtbot.waitUntil(lambda: runs.run(run_id).pinned, timeout=20_000)


def test_a_service_that_does_not_answer_is_told_and_forgotten_when_it_does(qtbot, place, parts, server):
    runs, _, _ = parts
    qtbot.waitUntil(lambda: place.list.middle.state is PageState.NO_RUNS, timeout=20_000)
    server.set_fault(Fault.UNAVAILABLE, on=True)
    runs.check_now()
    qtbot.waitUntil(place.list.list_banner.isVisible, timeout=20_000)
    assert place.list.middle.state is PageState.FAILED
    server.set_fault(Fault.UNAVAILABLE, on=False)
    press(qtbot, place, "runs.check")
    qtbot.waitUntil(lambda: not place.list.list_banner.isVisible(), timeout=20_000)
    assert place.list.middle.state is PageState.NO_RUNS
