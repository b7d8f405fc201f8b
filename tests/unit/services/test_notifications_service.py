"""Who is told what and when, with a board in memory and the real thread between."""

import os

import pytest

from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.services.notices.notice import NoticeError
from segmind_studio.services.notices.notifications import NotificationService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.send_again import SEND_AGAIN_AFTER_S, SendAgainWaits
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from tests.fakes.notice_boards import FakeBoard
from tests.fakes.run_services import make_run

TRAINING, READY = make_run(status="TRAINING_INITIATED"), make_run(status="AVAILABLE")
FAILED = make_run(status="FAILED", error="see https://bucket.example/log?X-Amz-Signature=abc")
SENDING = make_run(phase=Phase.SENDING)
UNDECIDED = make_run(phase=Phase.UNKNOWN, live=False, listings_missed=3, sent_at=1.0)
UNKNOWN = make_run(phase=Phase.UNKNOWN, live=False, listings_missed=2, sent_at=1.0)
ADOPTED = make_run(phase=Phase.ADOPTED, status="TRAINING_INITIATED")


class Place:
    """The service and all that is round it."""

    def __init__(self, database, open_board):
        self.monotonic_seconds = 0.0
        self.runs = RunService(database, LiveRuns(), waits=SendAgainWaits(lambda: self.monotonic_seconds))
        self.written = []
        self.tasks = TaskRunner()
        self.settings = SettingsService(Settings(), self.written.append, self.tasks)
        self.in_front = False
        self.service = NotificationService(self.runs, self.settings, lambda: self.in_front, open_board)
        self.in_app, self.attention, self.news = [], [], []
        self.service.news.connect(lambda text, run_id: self.news.append((text, run_id)))
        self.service.shown_in_app.connect(lambda text, run_id: self.in_app.append((text, run_id)))
        self.service.attention_wanted.connect(lambda: self.attention.append(1))

    def see(self, *runs):
        """Let each run be the next that the watch tells."""
        for run in runs:
            self.runs.patience(run)  # as the service does when it hears of it
            self.runs.changed.emit((run,))

    def stop(self):
        assert self.service.stop()
        self.settings.ask_stop()
        self.settings.write_unsaved()
        assert self.tasks.stop()


@pytest.fixture
def board():
    board = FakeBoard()
    yield board
    board.end()


@pytest.fixture
def place(qapp, database, board):
    place = Place(database, board.open)
    yield place
    place.stop()


@pytest.fixture
def place_without(qapp, database):
    place = Place(database, None)
    yield place
    place.stop()


def shown(board):
    return [(notice.title, notice.stays) for notice, _ in board.shown]


def test_a_run_that_becomes_ready_is_told_and_fades(place, board, qtbot):
    place.see(TRAINING, READY)
    qtbot.waitUntil(lambda: bool(board.shown))
    assert shown(board) == [("r1 is ready", False)]


def test_a_failure_stays_and_says_nothing_of_the_service_s_words(place, board, qtbot):
    place.see(TRAINING, FAILED)
    qtbot.waitUntil(lambda: bool(board.shown))
    notice = board.shown[0][0]
    assert (notice.title, notice.stays) == ("r1 has failed", True)
    assert "http" not in notice.text


def test_nothing_is_told_of_runs_first_seen_nor_of_a_loaded_list(place, board, qtbot):
    place.see(READY)
    place.runs.replaced.emit((make_run("old", status="AVAILABLE"), make_run("other", status="TRAINING_INITIATED")))
    place.see(make_run("old", status="AVAILABLE", notes="n"), make_run("new", status="FAILED"))
    place.see(make_run("other", status="AVAILABLE"))
    qtbot.waitUntil(lambda: bool(board.shown))
    assert shown(board) == [("other is ready", False)]


def test_nothing_is_told_while_the_window_is_in_front_or_the_switch_is_off(place, board, qtbot):
    place.in_front = True
    place.see(TRAINING, READY)
    place.in_front = False
    place.settings.update(notifications=False)
    place.see(TRAINING, FAILED)
    place.settings.update(notifications=True)
    place.see(make_run("b", status="DEPLOYING"), make_run("b", status="AVAILABLE"))
    qtbot.waitUntil(lambda: bool(board.shown))
    assert shown(board) == [("b is ready", False)]
    told = [text.split()[-1] for text, _run_id in place.news]
    assert told == ["ready.", "failed.", "ready."]  # the window itself tells of each
    assert not place.in_app


def test_a_decision_is_told_once_and_taken_back_when_the_run_is_found(place, board, qtbot):
    again = make_run(phase=Phase.UNKNOWN, live=False, listings_missed=4, sent_at=1.0)
    place.see(SENDING, UNKNOWN)
    place.monotonic_seconds = SEND_AGAIN_AFTER_S
    place.see(UNDECIDED, again, ADOPTED)
    qtbot.waitUntil(lambda: bool(board.withdrawn))
    assert shown(board) == [("r1 needs a decision", True)]
    assert board.withdrawn == [1]


def test_a_decision_known_from_before_is_not_told(place, board, qtbot):
    place.runs.replaced.emit((UNDECIDED,))
    place.monotonic_seconds = SEND_AGAIN_AFTER_S
    place.see(make_run(phase=Phase.UNKNOWN, live=False, listings_missed=4, sent_at=1.0))
    place.see(make_run("b", status="DEPLOYING"), make_run("b", status="AVAILABLE"))
    qtbot.waitUntil(lambda: bool(board.shown))
    assert shown(board) == [("b is ready", False)]


def test_news_of_the_same_run_replaces_the_earlier_until_it_was_closed(place, board, qtbot):
    place.see(TRAINING, FAILED, TRAINING, READY)
    qtbot.waitUntil(lambda: len(board.shown) == 2)
    assert [replaced for _, replaced in board.shown] == [0, 1]
    board.happen(2, clicked=False)
    board.happen(7, clicked=True)
    qtbot.waitUntil(lambda: not board._events)
    place.see(TRAINING, READY)
    qtbot.waitUntil(lambda: len(board.shown) == 3)
    assert board.shown[2][1] == 0


def test_a_click_names_the_run_and_hands_on_the_desktop_s_token(place, board, qtbot, monkeypatch):
    permit = "t-1"
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")
    place.see(TRAINING, READY)
    qtbot.waitUntil(lambda: bool(board.shown))
    with qtbot.waitSignal(place.service.clicked) as clicked:
        board.happen(1, clicked=True, token=permit)
    assert clicked.args == ["r1"]
    assert os.environ["XDG_ACTIVATION_TOKEN"] == permit


def test_without_a_daemon_it_is_tried_once_and_kept_until_the_person_comes_back(qapp, database, qtbot):
    tries = []

    def no_daemon():
        tries.append(1)
        raise NoticeError("nobody has this name")

    place = Place(database, no_daemon)
    place.see(TRAINING, READY, make_run("b", status="DEPLOYING"), make_run("b", status="FAILED"))
    qtbot.waitUntil(lambda: len(place.attention) == 2)
    assert not place.service.available
    place.see(make_run("c", status="DEPLOYING"), make_run("c", status="AVAILABLE"))
    assert len(place.attention) == 3
    assert not place.in_app
    place.service.came_to_front()
    assert place.in_app == [("r1 is ready.", "r1"), ("b has failed.", "b"), ("c is ready.", "c")]
    place.service.came_to_front()
    assert len(place.in_app) == 3
    assert len(tries) == 1
    place.stop()


def test_where_the_app_has_no_way_to_the_desktop_the_newest_three_are_kept(place_without):
    for name in "abcd":
        place_without.see(make_run(name, status="DEPLOYING"), make_run(name, status="AVAILABLE"))
    place_without.service.came_to_front()
    assert [run_id for _, run_id in place_without.in_app] == ["b", "c", "d"]


def test_what_the_daemon_refuses_is_shown_in_the_app_and_the_next_is_tried_anew(place, board, qtbot):
    board.refusing = True
    place.see(TRAINING, READY)
    qtbot.waitUntil(lambda: bool(place.attention))
    board.refusing = False
    place.see(TRAINING, FAILED)
    qtbot.waitUntil(lambda: bool(board.shown))
    assert (board.opened, board.closed, place.service.available) == (2, 1, True)


def test_a_daemon_that_dies_is_let_go_and_opened_anew(place, board, qtbot):
    place.see(TRAINING, READY)
    qtbot.waitUntil(lambda: bool(board.shown))
    board.vanish()
    qtbot.waitUntil(lambda: board.closed == 1)
    board.gone = False
    place.see(TRAINING, READY)
    qtbot.waitUntil(lambda: len(board.shown) == 2)
    assert board.opened == 2
    assert board.shown[1][1] == 0


def test_after_the_stop_nothing_is_told_and_the_board_is_closed(place, board, qtbot):
    place.see(TRAINING, READY, make_run("b", status="DEPLOYING"))
    qtbot.waitUntil(lambda: bool(board.shown))
    assert place.service.stop()
    assert board.closed == 1
    place.see(make_run("b", status="AVAILABLE"))
    assert place.service.stop()
    assert len(board.shown) == 1
