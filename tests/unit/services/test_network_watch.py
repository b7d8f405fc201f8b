"""The network's state: who is believed, and when runs and credits are asked for again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation

from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.runs.run_service import RunService, WatchState
from segmind_studio.services.system.network import LOOK_EVERY_S, SLEEP_S, NetworkWatch, SystemNetwork, known
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, FakeAccounts
from tests.fakes.typed import as_service

NOT_SENT = ApiError(ApiProblem.OFFLINE, "The service could not be reached.")
BROKEN = ApiError(ApiProblem.SERVER, "The service has a problem.", http_status=503)
UNANSWERED = ApiError(ApiProblem.UNANSWERED, "The service did not answer in time.")
LIMITED = ApiError(ApiProblem.RATE_LIMITED, "Too many requests.", http_status=429)


class Watched(QObject):
    """The part of RunService that is used."""

    watch_changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.watch = WatchState()
        self.resumed = 0

    def resume(self):
        self.resumed += 1

    def set_watch(self, **fields):
        self.watch = WatchState(**fields)
        self.watch_changed.emit(self.watch)


class System(QObject):
    """An operating system that says what it is told."""

    changed = Signal(object)
    running = False

    def start(self):
        self.running = True

    def stop(self):
        self.running = False


class Place:
    def __init__(self):
        self.runs, self.accounts, self.system = Watched(), FakeAccounts(ON_REAL), System()
        self.now = 1000.0
        self.network = NetworkWatch(
            as_service(RunService, self.runs), as_service(AccountService, self.accounts),
            as_service(SystemNetwork, self.system), clock=lambda: self.now,
        )
        self.told = []
        self.network.changed.connect(self.told.append)

    @property
    def asked(self):
        """How often the runs were gone on with, and the credits asked for."""
        return self.runs.resumed, self.accounts.asked.count(("refresh_credits",))


@pytest.fixture
def it(qapp):
    place = Place()
    yield place
    place.network.stop()


def test_the_network_goes_and_comes_back(it):
    it.system.changed.emit(True)
    it.system.changed.emit(True)
    assert (it.told, it.asked) == ([True], (0, 0))
    it.system.changed.emit(False)
    assert it.network.online is False
    assert it.asked == (0, 0)
    it.system.changed.emit(True)
    assert it.told == [True, False, True]
    assert it.asked == (1, 1)


def test_back_behind_a_log_in_page_is_tried_too(it):
    it.system.changed.emit(False)
    it.system.changed.emit(None)
    assert it.network.online is None
    assert it.asked == (1, 1)


def test_where_the_system_says_nothing_the_checks_decide(it):
    assert it.network.online is None
    it.runs.set_watch(checked_at=5.0, error=NOT_SENT)
    assert it.network.online is False
    it.runs.set_watch(checked_at=5.0, error=NOT_SENT, checking=True)
    it.runs.set_watch(checked_at=5.0, error=UNANSWERED)
    assert it.network.online is False
    it.runs.set_watch(checked_at=6.0)
    assert it.told == [False, True]
    assert it.asked == (0, 1)  # the list has just come, the credits have not
    it.runs.set_watch(checked_at=7.0)
    assert it.asked == (0, 1)


def test_an_error_that_the_service_itself_sent_came_over_a_network(it):
    it.runs.set_watch(error=NOT_SENT)
    it.runs.set_watch(error=BROKEN)
    assert it.network.online is True
    assert it.asked == (0, 0)


def test_a_failed_check_does_not_overrule_the_system(it):
    it.system.changed.emit(True)
    it.runs.set_watch(checked_at=5.0, error=NOT_SENT)
    assert it.network.online is True


def test_a_check_that_got_through_overrules_the_system_until_it_says_something_new(it):
    it.system.changed.emit(False)
    it.runs.set_watch(checked_at=5.0)
    assert it.network.online is True
    it.system.changed.emit(True)
    it.system.changed.emit(False)
    assert it.network.online is False
    it.runs.set_watch(checked_at=5.0, next_at=9.0)  # told again, not asked again
    assert it.network.online is False


def test_for_a_service_on_this_computer_none_of_it_matters(it):
    it.system.changed.emit(False)
    it.accounts.become(ON_PRACTICE)
    assert it.network.online is None
    it.system.changed.emit(True)
    it.system.changed.emit(False)
    assert it.asked == (0, 0)
    it.accounts.become(ON_REAL)
    assert it.network.online is False
    it.accounts.become(replace(ON_REAL, connection=None))
    assert it.told == [False, None, False, None]


def test_what_was_learned_of_another_account_is_forgotten(it):
    it.runs.set_watch(error=NOT_SENT)
    it.runs.set_watch()
    assert it.network.online is None


@pytest.mark.parametrize("state", [ON_REAL, ON_PRACTICE])
def test_after_sleep_it_goes_on_at_once(it, state):
    it.accounts.become(state)
    it.now += LOOK_EVERY_S + SLEEP_S + 1
    it.network.look()
    assert it.asked == (1, 1)
    it.now += LOOK_EVERY_S
    it.network.look()
    assert it.asked == (1, 1)


def test_a_clock_that_is_set_back_is_no_sleep(it):
    it.now -= 3600
    it.network.look()
    it.now += LOOK_EVERY_S + SLEEP_S
    it.network.look()
    assert it.asked == (0, 0)


def test_while_the_service_wants_quiet_the_credits_are_left_too(it):
    it.runs.set_watch(error=LIMITED, next_at=it.now + 400)
    it.now += 100
    it.network.look()
    assert it.asked == (1, 0)
    it.now += 400
    it.network.look()
    assert it.asked == (2, 1)


def test_an_error_without_words_of_the_network_changes_nothing(it):
    it.runs.set_watch(error=StudioError("The disk is full."))
    assert it.told == []


def test_it_looks_seldom_and_only_between_start_and_stop(it):
    assert not it.network._timer.isActive()
    it.network.start()
    assert it.system.running
    assert it.network._timer.isActive()
    assert it.network._timer.interval() >= 30_000
    it.network.stop()
    assert not it.system.running
    assert not it.network._timer.isActive()


@pytest.mark.parametrize(("said", "heard"), [
    (QNetworkInformation.Reachability.Online, True), (QNetworkInformation.Reachability.Disconnected, False),
    (QNetworkInformation.Reachability.Local, None), (QNetworkInformation.Reachability.Site, None),
    (QNetworkInformation.Reachability.Unknown, None),
])
def test_the_systems_words_are_understood(said, heard):
    assert known(said.name) is heard


def test_qt_is_listened_to_until_the_end(qtbot):
    system = SystemNetwork()
    told = []
    system.changed.connect(told.append)
    system.start()
    information = QNetworkInformation.instance()
    if information is None:
        assert told == []  # a system without a backend: nobody ever tells
        return
    assert told == [known(information.reachability().name)]
    information.reachabilityChanged.emit(QNetworkInformation.Reachability.Disconnected)
    assert told[1:] == [False]
    system.stop()
    information.reachabilityChanged.emit(QNetworkInformation.Reachability.Online)
    assert told[1:] == [False]
