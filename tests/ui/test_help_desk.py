"""What the Help menu opens: the page of the place, the log, About, and updates that are off at first."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPlainTextEdit, QPushButton

from segmind_studio import __version__
from segmind_studio.core.releases import Release
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.services.system.update_check import VARIABLE, update_address
from segmind_studio.ui.help.desk import HelpDesk
from segmind_studio.ui.help.log_window import LogWindow
from segmind_studio.ui.help.window import HelpWindow
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.theme.theme import Theme
from tests.fakes.run_services import FakeSettings
from tests.fakes.shell_services import Shell
from tests.fakes.typed import as_service, child, the


class Desk:
    def __init__(self, qtbot, qapp, tmp_path, value):
        self.shell = Shell(FakeSettings(value))
        self.window, self.settings = self.shell.window, self.shell.settings
        self.tasks = TaskRunner()
        self.log = tmp_path / "studio.log"
        self.desk = HelpDesk(
            self.window, settings=as_service(SettingsService, self.settings),
            accounts=as_service(AccountService, self.shell.accounts), tasks=self.tasks, theme=Theme(qapp),
            paths={"Datasets and runs": "/home/of/data", "Log": str(self.log)}, log=self.log,
        )
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def help_menu(self):
        menu = the(QMenu, next(a.menu() for a in self.window.menuBar().actions() if a.text() == "&Help"))
        return [action.text() for action in menu.actions() if action.text() and action.isVisible()]

    def toasts(self):
        return child(self.window, ToastHost).texts


@pytest.fixture
def make(qtbot, qapp, tmp_path):
    made = []

    def build(value=None):
        made.append(Desk(qtbot, qapp, tmp_path, value or Settings()))
        return made[-1]

    yield build
    for desk in made:
        desk.window.close()
        desk.tasks.stop()


def test_the_menu_offers_all_of_it_and_no_updates_without_an_address(qtbot, make):
    desk = make()
    with qtbot.waitSignal(desk.tasks.ended):
        desk.desk.begin()
    assert desk.help_menu() == [
        "Help for this page", "Find a command…", "Keyboard shortcuts", "Tour", "Log", "About Segmind Studio",
    ]


def test_f1_opens_the_page_of_the_place_that_is_shown(qtbot, make):
    desk = make()
    desk.window.show_place("train")
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    QTest.keySequence(desk.window, QKeySequence("F1"))
    pages = desk.window.findChild(HelpWindow)
    qtbot.waitUntil(lambda: pages.page == "train")
    assert pages.isVisible()
    desk.window.show_place("try")
    desk.window.commands.help.trigger()  # its key needs the window to be in front of the help, which may refuse
    qtbot.waitUntil(lambda: pages.page == "try")
    desk.window.close()
    assert not pages.isVisible()


def test_the_log_is_shown_once(qtbot, make):
    desk = make()
    desk.log.write_text("2026-11-28 02:12:03,123 WARNING MainThread studio: odd\n")
    desk.window.commands.log.trigger()
    desk.window.commands.log.trigger()
    (log,) = desk.window.findChildren(LogWindow)
    qtbot.waitUntil(lambda: log.shown.endswith("studio: odd"))


def test_about_names_versions_folders_and_licences_and_copies_them(make):
    desk = make()
    desk.window.commands.about.trigger()
    dialog = desk.window.findChild(QDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for part in (f"Version {__version__}", "MIT", "Lucide", "LGPL", "not a Segmind product"):
        assert part in words
    dialog.findChild(QPushButton, "about.copy").click()
    copied = QApplication.clipboard().text()
    assert dialog.findChild(QPlainTextEdit, "about.facts").toPlainText() == copied
    lines = (f"Segmind Studio: {__version__}\n", "Qt: 6.", "Datasets and runs: /home/of/data\n", str(desk.log))
    for part in lines:
        assert part in copied
    dialog.close()


# -- updates


class Server:
    """A real server that answers with one body, and records each request with all of its headers."""

    def __init__(self):
        self.status, self.body, self.seen = 200, b"{}", []
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                told.seen.append((self.requestline, dict(self.headers)))
                self.send_response(told.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Set-Cookie", "who=you")
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, format, *args):  # noqa: A002, ARG002  # as the base class has it
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/newest.json"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def server(monkeypatch):
    made = Server()
    monkeypatch.setenv(VARIABLE, made.address)
    yield made
    made.stop()


def begin(qtbot, desk):
    with qtbot.waitSignal(desk.desk.updates.offered):
        desk.desk.begin()


def test_with_an_address_it_is_offered_and_asks_nothing_by_itself(qtbot, make, server):
    desk = make()
    begin(qtbot, desk)
    names = ["Check for updates", "Check for updates at start", "About Segmind Studio"]
    assert desk.help_menu()[-3:] == names
    assert not desk.window.commands.updates_at_start.isChecked()
    assert server.seen == []
    desk.window.commands.updates_at_start.trigger()
    assert desk.settings.value.update_check


def test_a_check_sends_nothing_about_the_person(qtbot, make, server):
    server.body = b'{"version": "99.1", "page": "https://example.org/99"}'
    desk = make()
    begin(qtbot, desk)
    with qtbot.waitSignal(desk.desk.updates.found) as found:
        desk.window.commands.updates.trigger()
    assert found.args == [Release("99.1", "https://example.org/99")]
    assert desk.toasts() == ("Segmind Studio 99.1 is available. Your version stays until you install it.",)
    ((line, headers),) = server.seen
    assert line == "GET /newest.json HTTP/1.1"
    assert headers == {
        "Host": server.address.split("/")[2], "User-Agent": "segmind-studio", "Accept": "application/json",
        "Accept-Encoding": "identity", "Connection": "keep-alive",
    }


def test_turned_on_it_asks_at_the_start_and_speaks_only_of_news(qtbot, make, server):
    server.body = json.dumps({"version": __version__}).encode()
    desk = make(Settings(update_check=True))
    begin(qtbot, desk)
    qtbot.waitUntil(lambda: len(server.seen) == 1)
    qtbot.waitUntil(lambda: not desk.desk.updates.asking)
    assert desk.toasts() == ()
    with qtbot.waitSignal(desk.desk.updates.current):
        desk.window.commands.updates.trigger()
    assert desk.toasts() == ("You have the newest version.",)


@pytest.mark.parametrize(("status", "body"), [
    (200, b"<html>"), (200, b"[1]"), (200, b'{"version": "newest"}'), (200, b'{"version": 3}'),
    (200, b"9" * 70_000), (302, b'{"version": "99.1"}'), (500, b'{"version": "99.1"}'),
])
def test_an_answer_that_is_none_is_told_to_who_asked(qtbot, make, server, status, body):
    server.status, server.body = status, body
    desk = make()
    begin(qtbot, desk)
    with qtbot.waitSignal(desk.desk.updates.failed):
        desk.window.commands.updates.trigger()
    assert len(desk.toasts()) == 1
    assert all(line.startswith("GET /newest.json") for line, _headers in server.seen)


def test_a_page_that_is_not_https_is_not_offered(qtbot, make, server):
    server.body = json.dumps({"version": "99.1", "page": "file:///etc/passwd"}).encode()
    desk = make()
    begin(qtbot, desk)
    with qtbot.waitSignal(desk.desk.updates.found) as found:
        desk.window.commands.updates.trigger()
    assert found.args == [Release("99.1")]


@pytest.mark.parametrize("text", ["", "  ", "http://example.org/newest.json", "ftp://example.org", "newest.json"])
def test_only_https_or_this_computer_is_an_address(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    assert update_address() == ""


@pytest.mark.parametrize(("one", "other", "newer"), [
    ("0.10.0", "0.9.9", True), ("1.0", "1.0.0", False), ("0.2.0", "0.2.0", False), ("0.2.1", "0.2.0", True),
])
def test_versions_are_compared_by_their_numbers(one, other, newer):
    assert Release(one).is_newer_than(other) is newer
