"""The strip: account, credits, freshness and what is under way."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QProgressBar, QPushButton

from segmind_studio.core.accounts import Credits
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.label_colours import RunColour
from segmind_studio.formats import clock_text
from segmind_studio.services.accounts.account_service import AccountService, KeyringState
from segmind_studio.services.runs.run_service import RunService, WatchState
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.network import NetworkWatch
from segmind_studio.ui.shell.activity import ActivityButton
from segmind_studio.ui.shell.status_strip import StatusStrip
from segmind_studio.ui.theme.colour_shapes import colour_icon
from tests.fakes.run_services import FakeRuns
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, FakeAccounts, FakeNetwork
from tests.fakes.typed import as_service, child

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform cannot


class Strip:
    def __init__(self, qtbot) -> None:
        self.accounts, self.runs, self.board = FakeAccounts(), FakeRuns(), ActivityBoard()
        self.network = FakeNetwork()
        self.strip = StatusStrip(
            as_service(AccountService, self.accounts), as_service(RunService, self.runs), self.board,
            as_service(NetworkWatch, self.network),
        )
        qtbot.addWidget(self.strip)
        self.strip.show()

    def button(self, name):
        return child(self.strip, QPushButton, f"strip.{name}")

    def text(self, name):
        return self.button(name).text()


@pytest.fixture
def it(qtbot):
    return Strip(qtbot)


def test_practice_is_named(it):
    assert (it.text("account"), it.text("credits")) == ("Practice", "Practice balance $25.00")
    it.accounts.become(replace(ON_PRACTICE, connection=None))
    assert it.text("account") == "Practice: starting…"


def test_an_account_has_its_mark_in_the_strip_and_in_the_menu(it):
    green = colour_icon(RunColour.GREEN).cacheKey()
    mine = replace(ON_REAL.current, colour="green")
    it.accounts.become(replace(ON_REAL, accounts=(ON_REAL.accounts[0], mine), current=mine))
    button = it.button("account")
    button.menu().aboutToShow.emit()
    assert (button.text(), button.icon().cacheKey()) == ("My account", green)
    marks = {action.text(): action.icon().cacheKey() for action in button.menu().actions()}
    assert marks["My account"] == green != marks["Practice"]
    it.accounts.become(replace(ON_REAL, current=mine, connection=None, keyring=KeyringState.LOCKED))
    assert button.icon().cacheKey() != green  # that it does not work is more important


@pytest.mark.parametrize(("keyring", "words"), [
    (KeyringState.WAITING, "My account: waiting for the keyring…"), (KeyringState.LOCKED, "My account: no key"),
    (KeyringState.MISSING, "My account: no key"), (KeyringState.AVAILABLE, "My account: no key"),
])
def test_an_account_without_its_key_says_why(it, keyring, words):
    it.accounts.become(replace(ON_REAL, connection=None, keyring=keyring, credits=None))
    assert it.text("account") == words
    assert not it.button("credits").isEnabled()


def test_credits_are_the_sum_or_unknown(it):
    it.accounts.become(ON_REAL)
    assert it.text("credits") == "Balance $12.51"
    it.accounts.change(credits=Credits(None, None))
    assert it.text("credits") == "Balance unknown"
    it.accounts.change(credits=None, credits_error=StudioError("It did not answer.", "Wait."))
    assert it.text("credits") == "Balance unknown"
    assert it.button("credits").toolTip() == "It did not answer. Wait."


def test_a_press_asks_again(qtbot, it):
    qtbot.mouseClick(it.button("credits"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(it.button("updated"), Qt.MouseButton.LeftButton)
    assert it.accounts.asked == [("refresh_credits",)]
    assert it.runs.asked == [("check_now",)]


def test_the_account_menu_chooses_and_leads_to_the_settings(it):
    it.accounts.become(ON_REAL)
    menu = it.button("account").menu()
    menu.aboutToShow.emit()
    practice, real, _line, more = menu.actions()
    assert [(a.text(), a.isChecked()) for a in (practice, real)] == [("Practice", False), ("My account", True)]
    practice.trigger()
    assert it.accounts.asked == [("use", "practice")]
    spy = QSignalSpy(it.strip.settings_wanted)
    more.trigger()
    assert spy.count() == 1


def test_freshness_is_told_and_kept(it, stopped_clock):
    assert it.text("updated") == "Not checked yet"
    it.runs.set_watch(WatchState(checked_at=time.time() - 12.5))
    assert it.text("updated") == "Updated 10 s ago"
    it.runs.set_watch(WatchState(checking=True, checked_at=time.time() - 12.5))
    assert it.text("updated") == "Checking…"


@pytest.mark.parametrize(("problem", "words"), [
    (ApiProblem.OFFLINE, "No connection, updated 3 min ago"),
    (ApiProblem.UNANSWERED, "No connection, updated 3 min ago"),
    (ApiProblem.BAD_KEY, "Check failed, updated 3 min ago"),
])
def test_a_failed_check_says_what_it_was(it, problem, words, stopped_clock):
    it.runs.set_watch(WatchState(checked_at=time.time() - 190, error=ApiError(problem, "It failed.", "Do this.")))
    assert it.text("updated") == words
    assert it.button("updated").toolTip().startswith("It failed. Do this.")


def test_without_a_network_it_says_so_and_what_still_works(it, stopped_clock):
    it.network.become(False)
    assert it.text("updated") == "Offline"
    it.runs.set_watch(WatchState(
        checked_at=time.time() - 190, error=ApiError(ApiProblem.OFFLINE, "The service could not be reached."),
    ))
    assert it.text("updated") == "Offline, updated 3 min ago"
    words = " ".join(it.button("updated").toolTip().splitlines())  # long lines are wrapped
    assert "You can still work with photos and captions" in words
    assert " The service could not be reached." in words
    it.network.become(True)
    assert it.text("updated") == "No connection, updated 3 min ago"
    it.runs.set_watch(WatchState(checked_at=time.time() - 190))
    assert it.text("updated") == "Updated 3 min ago"


def test_while_the_service_wants_quiet_it_cannot_be_pressed(it):
    until = time.time() + 3600
    it.runs.set_watch(WatchState(error=ApiError(ApiProblem.RATE_LIMITED, "Too many requests."), quiet_until=until))
    assert not it.button("updated").isEnabled()
    assert f"wait until {clock_text(until)}" in it.button("updated").toolTip()
    it.runs.set_watch(WatchState(checked_at=time.time()))
    assert it.button("updated").isEnabled()
    assert it.button("updated").toolTip().endswith("Press to check now.")


def test_nothing_under_way_is_said_calmly(it):
    assert it.text("activity") == "Nothing in progress"


def test_work_shows_its_title_and_percent_and_many_are_counted(it):
    it.board.begin("u", "Uploading photos")
    assert it.text("activity") == "Uploading photos"
    it.board.progress("u", 43, 100, "bytes")
    assert it.text("activity") == "Uploading photos, 43 %"
    it.board.begin("s", "Adding photos")
    assert it.text("activity") == "2 tasks"
    it.board.end("u")
    it.board.end("s")
    assert it.text("activity") == "Nothing in progress"


def test_what_goes_on_at_the_service_is_named_but_moves_no_bar(it):
    """It takes hours: a bar that never stands still would cost processor time all the while."""
    it.board.begin("r", "3 runs at the service", here=False)
    assert it.text("activity") == "3 runs at the service"
    button = child(it.strip, ActivityButton)
    assert button.popup  # with a bar of its own
    bars = button.findChildren(QProgressBar)
    assert len(bars) == 2
    assert all(bar.isHidden() for bar in bars)
    it.board.begin("u", "Uploading photos")
    assert it.text("activity") == "Uploading photos"
    assert sum(not bar.isHidden() for bar in bars) == 1


def test_the_list_of_work_keeps_its_rows_and_can_cancel(qtbot, it):
    cancelled = []
    it.board.begin("u", "Uploading photos", lambda: cancelled.append("u"))
    it.board.progress("u", 12_300_000, 34_500_000, "bytes")
    it.board.begin("s", "Adding photos")
    it.board.progress("s", 7, None, "photos")
    popup = child(it.strip, ActivityButton).popup
    upload, scan = popup.rows
    assert upload.progress_words(it.board.activities[0]) == "12.3 MB of 34.5 MB"
    assert scan.progress_words(it.board.activities[1]) == "7 photos"
    assert (upload.cancel.isHidden(), scan.cancel.isHidden()) == (False, True)
    qtbot.mouseClick(it.button("activity"), Qt.MouseButton.LeftButton)
    assert popup.isVisible()
    it.board.progress("u", 20_000_000, 34_500_000, "bytes")
    assert popup.rows[0] is upload
    qtbot.mouseClick(upload.cancel, Qt.MouseButton.LeftButton)
    assert cancelled == ["u"]
    assert not upload.cancel.isEnabled()
    it.board.end("u")
    assert popup.rows == (scan,)
    popup.hide()


def test_every_button_can_be_reached_and_is_named(it):
    for button in it.strip.findChildren(QAbstractButton):
        assert button.text()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
