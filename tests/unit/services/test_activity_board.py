"""The one list of long work."""

import pytest
from PySide6.QtGui import QImage

from segmind_studio.core.runs import Phase
from segmind_studio.services.images.image_service import ImageService, TryRequest
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, UploadProgress
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.work_under_way import UnderWay
from tests.fakes.run_services import FakeRuns, FakeSubmits, make_run
from tests.fakes.try_service import FakeTryouts
from tests.fakes.typed import as_service


def test_work_is_listed_moves_on_and_leaves(qtbot):
    board = ActivityBoard()
    seen = []
    board.changed.connect(seen.append)
    board.begin("a", "Uploading")
    board.progress("a", 5, 10, "bytes")
    board.begin("b", "Reading")
    board.end("a")
    assert [[work.key for work in list_] for list_ in seen] == [["a"], ["a"], ["a", "b"], ["b"]]
    assert (seen[1][0].done, seen[1][0].total, seen[1][0].unit) == (5, 10, "bytes")


def test_late_answers_are_dropped(qtbot):
    board = ActivityBoard()
    with qtbot.assertNotEmitted(board.changed):
        board.progress("gone", 1, 2)
        board.end("gone")
    assert board.activities == ()


class Place:
    """The board, and all that puts something on it."""

    def __init__(self):
        self.board = ActivityBoard()
        self.runs, self.submits, self.tryouts = FakeRuns(), FakeSubmits(), FakeTryouts()
        self.under_way = UnderWay(
            self.board, runs=as_service(RunService, self.runs),
            submits=as_service(SubmissionService, self.submits), tryouts=as_service(ImageService, self.tryouts),
        )

    def titles(self):
        return [work.title for work in self.board.activities]


@pytest.fixture
def place(qapp):
    return Place()


def test_a_run_that_is_sent_is_on_the_board_with_its_bytes_and_can_be_stopped(place):
    sending = make_run("r1", Phase.PREPARED, name="my cat", live=True, service_id="", status="")
    place.runs.load(sending)
    place.submits.progress.emit(UploadProgress("r1", 5, 10))
    (work,) = place.board.activities
    assert "my cat" in work.title
    assert (work.done, work.total, work.unit, work.here) == (5, 10, "bytes", True)
    work.cancel()
    assert place.submits.asked == [("cancel", "r1")]
    place.runs.load()  # another account
    assert len(place.board.activities) == 1
    place.submits.finished.emit(SubmitOutcome(sending, None))
    assert place.board.activities == ()


def test_runs_at_the_service_are_counted_while_they_are_active(place):
    active = [make_run(f"r{n}", status="TRAINING") for n in range(19)]
    place.runs.load(*active, make_run("old", status="AVAILABLE"))
    (work,) = place.board.activities
    assert "19" in work.title
    assert (work.here, work.cancel) == (False, None)
    place.runs.put(make_run("r0", status="AVAILABLE"))
    assert "18" in place.titles()[0]
    place.runs.load()
    assert place.board.activities == ()


def test_a_picture_that_is_made_is_on_the_board(place):
    place.tryouts.generate(TryRequest("r1", "x", slug="cat-1"))
    (work,) = place.board.activities
    work.cancel()
    assert place.tryouts.cancelled == 1
    place.tryouts.make(QImage())
    assert place.board.activities == ()
