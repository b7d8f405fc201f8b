"""News of a run while another place is shown: a toast, a dot on the rail, and once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractButton

from segmind_studio.services.notices.notifications import NotificationService
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.shell.run_news import RunNews
from tests.fakes.shell_services import Shell
from tests.fakes.typed import as_service, child


class Notifications(QObject):
    """Stand in for NotificationService."""

    clicked = Signal(str)
    shown_in_app = Signal(str, str)
    attention_wanted = Signal()
    news = Signal(str, str)

    def came_to_front(self):
        pass


class Desk:
    def __init__(self, qtbot):
        self.shell = Shell()
        self.window = self.shell.window
        qtbot.addWidget(self.window)
        self.notifications = Notifications()
        self.news = RunNews(as_service(NotificationService, self.notifications), self.window, self.window)
        self.unseen, self.wanted = [], []
        self.news.unseen_changed.connect(self.unseen.append)
        self.news.run_wanted.connect(self.wanted.append)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def toasts(self):
        return child(self.window, ToastHost)

    @property
    def rail(self):
        return child(self.window, QAbstractButton, "rail.runs")


@pytest.fixture
def desk(qtbot):
    return Desk(qtbot)


def test_it_is_told_once_with_what_can_be_done(desk):
    desk.window.show_place("data")
    desk.notifications.news.emit("my-cat is ready.", "a")
    assert desk.toasts.texts == ("my-cat is ready.",)
    assert "my-cat is ready." in desk.rail.accessibleName()
    assert desk.unseen == [("a",)]
    next(button for button in desk.toasts.findChildren(QAbstractButton) if button.text() == "Show").click()
    assert desk.wanted == ["a"]
    desk.window.show_place("runs")
    assert desk.rail.accessibleName() == "Runs"
    assert desk.unseen == [("a",), ()]
    desk.window.show_place("data")
    assert desk.toasts.texts == ()


def test_where_its_row_is_seen_nothing_covers_it(desk):
    desk.window.show_place("runs")
    desk.notifications.news.emit("my-cat is ready.", "a")
    assert desk.toasts.texts == ()
    assert desk.unseen == []
    assert desk.rail.accessibleName() == "Runs"


def test_a_number_of_decisions_and_news_are_both_said(desk):
    desk.rail.set_count(2, "2 runs need a decision")
    desk.window.show_place("data")
    desk.notifications.news.emit("my-cat is ready.", "a")
    assert desk.rail.count == 2
    assert all(words in desk.rail.accessibleName() for words in ("2 runs", "my-cat"))
