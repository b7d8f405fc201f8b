"""The tray where the desktop has none, and messages of an icon."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon

from segmind_studio.core.runs import Phase
from segmind_studio.formats import percent
from segmind_studio.services.notices.notice import Notice
from segmind_studio.services.notices.notifications import NotificationService
from segmind_studio.services.system.activity import Activity, ActivityBoard, shared_progress
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.shell.tray import Tray
from tests.fakes.run_services import FakeRuns, make_run
from tests.fakes.shell_services import Shell
from tests.fakes.typed import as_service, child

pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform has none
FAILED = Notice("r1", "my-cat has failed", "Why?", stays=True)


class Notifications(QObject):
    def __init__(self):
        super().__init__()
        self.clicked = []

    def show_by(self, message):
        self.message = message

    def message_clicked(self, run_id):
        self.clicked.append(run_id)


class Desk:
    def __init__(self, qtbot, *runs):
        self.shell = Shell(runs=FakeRuns(runs))
        self.window = self.shell.window
        qtbot.addWidget(self.window)
        self.notifications = Notifications()
        self.tray = Tray(
            self.window, as_service(SettingsService, self.shell.settings), self.shell.board,
            as_service(NotificationService, self.notifications),
        )
        self.window.show()

    @property
    def toasts(self):
        return child(self.window, ToastHost).texts


@pytest.fixture
def desk(qtbot):
    return Desk(qtbot)


def test_without_a_tray_the_user_is_told_and_the_window_closes(desk, qtbot):
    assert not QSystemTrayIcon.isSystemTrayAvailable()  # offscreen
    desk.shell.settings.update(tray=True)
    assert any("no tray" in text for text in desk.toasts)
    assert not desk.tray.holds()
    assert not desk.notifications.message(FAILED)
    with qtbot.waitSignal(desk.window.closing):
        desk.window.close()


@pytest.fixture
def there(monkeypatch):
    """Let Qt say that there is a tray: the offscreen platform has none. A real one is in the desktop tests."""
    for ability in ("isSystemTrayAvailable", "supportsMessages"):
        monkeypatch.setattr(QSystemTrayIcon, ability, staticmethod(lambda: True))


def icon(desk):
    return desk.tray.findChild(QSystemTrayIcon)  # or None


def test_a_message_needs_no_setting_and_its_click_names_the_run(there, desk):
    assert icon(desk) is None
    assert desk.notifications.message(FAILED)
    icon(desk).messageClicked.emit()
    assert desk.notifications.clicked == ["r1"]
    assert not desk.tray.holds()


def test_the_icon_says_how_far_the_work_is(there, desk):
    desk.shell.settings.update(tray=True)
    assert icon(desk).toolTip() == "Segmind Studio"
    plain = icon(desk).icon().cacheKey()
    desk.shell.board.begin("a", "Downloading a & b")
    desk.shell.board.progress("a", 45, 100, "bytes")
    words = f"Downloading a & b, {percent(0.45)}"
    assert icon(desk).toolTip() == f"Segmind Studio: {words}"
    assert icon(desk).icon().cacheKey() != plain
    assert [action.text() for action in icon(desk).contextMenu().actions()][1] == words.replace("&", "&&")
    desk.shell.board.end("a")
    assert icon(desk).toolTip() == "Segmind Studio"


def test_a_hidden_window_quits_by_the_menu(there, desk, qtbot):
    desk.shell.settings.update(tray=True)
    desk.window.close()
    assert desk.window.isHidden()
    assert desk.window.left_behind
    with qtbot.waitSignal(desk.window.closing):
        desk.window.quit()


def test_a_hidden_window_is_shown_to_ask_before_it_breaks_an_upload(there, qtbot):
    desk = Desk(qtbot, make_run("u", Phase.UPLOADING, live=True))
    desk.shell.settings.update(tray=True)
    desk.window.close()
    assert desk.window.left_behind
    desk.window.quit()
    question = child(desk.window, Question)
    assert question.isVisible()
    assert not desk.window.left_behind
    question.reject()
    desk.window.close()
    assert desk.window.left_behind
    desk.window.leave_at_close()


def test_the_end_of_the_session_closes_the_window(there, desk, qtbot):
    desk.shell.settings.update(tray=True)
    desk.window.leave_at_close()
    with qtbot.waitSignal(desk.window.closing):
        desk.window.close()


@pytest.mark.parametrize(("work", "expected"), [
    ((), None),
    ((Activity("a", "A"),), None),
    ((Activity("a", "A", done=1, total=4), Activity("b", "B", done=3, total=4), Activity("c", "C")), 500),
    ((Activity("a", "A", done=1, total=4, here=False),), None),
])
def test_the_progress_of_all_work_in_this_app(work, expected):
    assert shared_progress(work) == expected


def test_a_board_keeps_what_a_transfer_is():
    board = ActivityBoard()
    board.begin("a", "A", transfer=True)
    board.progress("a", 1, 2)
    assert board.activities[0].transfer


def test_a_restart_that_is_not_wanted_after_all_is_forgotten(there, qtbot):
    desk = Desk(qtbot, make_run("u", Phase.UPLOADING, live=True))
    desk.window.restart()
    assert desk.window.restarting
    child(desk.window, Question).reject()
    assert not desk.window.restarting
    desk.window.restart()
    with qtbot.waitSignal(desk.window.closing):
        desk.window.findChildren(Question)[-1].verb.click()
    assert desk.window.restarting
