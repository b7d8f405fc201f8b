"""Accounts: tested on entry, kept in the keyring or for the session, never lost to a missing keyring."""

import threading
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    SEGMIND_API_URL,
    Account,
    AccountKind,
    ApiKey,
    Credits,
    KeptIn,
    account_id_of,
)
from segmind_studio.core.errors import ApiProblem, SecretsError, SecretsProblem
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts import account_service, key_testing
from segmind_studio.services.accounts.account_service import KeyringState
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.secrets import Vault
from tests.fakes.connections import HeldAccounts
from tests.fakes.scripted_server import ScriptedServer, json_reply


class MemoryKeyring:
    """A keyring backend that keeps keys in memory, or fails as told; `gate` holds every caller back."""

    def __init__(self):
        self.kept = {}
        self.error = None
        self.gate = threading.Event()
        self.gate.set()

    def _pass(self):
        self.gate.wait(10)
        if self.error is not None:
            raise self.error

    def get_password(self, service, username):
        self._pass()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._pass()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._pass()
        del self.kept[service, username]


class KeyringLocked(Exception):  # noqa: N818  # the keyring library's own name, which the vault goes by
    pass


@pytest.fixture
def backend():
    return MemoryKeyring()


@pytest.fixture
def tasks(qapp):
    runner = TaskRunner()
    yield runner
    assert runner.stop(60_000)  # a check of a key may wait for its time-out


@pytest.fixture
def make(qtbot, tasks, backend, practice, database):
    def build(settings=None, environment=None, **more):
        service = SettingsService(settings or Settings(), lambda _value: None, tasks)
        return HeldAccounts(
            settings=service, keyring=KeyringService(Vault(choose=lambda: backend)), tasks=tasks,
            keys=AccountKeys(database), environment_key=ApiKey(environment) if environment else None,
            **{"api_url": practice.address.api, **more},
        )

    return build


def enter(qtbot, accounts, key, *, remember=True, name="Work"):
    with qtbot.waitSignal(accounts.key_tested, timeout=10_000) as tested:
        accounts.add_account(name, ApiKey(key), remember)
    return tested.args[0]


def test_practice_is_the_default(make, connection):
    accounts = make()
    accounts.start()
    assert accounts.state.connection is None
    accounts.set_practice(connection)
    assert accounts.state.connection == connection
    assert accounts.state.keyring is KeyringState.UNASKED


def test_the_practice_service_is_asked_for_while_its_account_is_chosen_and_it_is_not_there(make, connection):
    accounts = make()
    asked = []
    accounts.practice_wanted.connect(lambda: asked.append(1))
    accounts.start()
    assert asked
    accounts.set_practice(connection)
    before = len(asked)
    accounts.retry_keyring()
    assert len(asked) == before
    accounts.set_practice(None)
    assert len(asked) == before + 1


def test_the_practice_service_is_not_asked_for_with_a_key_of_ones_own(qtbot, make, practice, far):
    accounts = make(environment=practice.address.key, **far)
    asked = []
    accounts.practice_wanted.connect(lambda: asked.append(1))
    accounts.start()
    qtbot.waitUntil(lambda: accounts.state.environment_key_offered)
    assert asked == []
    accounts.use(PRACTICE_ACCOUNT_ID)
    assert asked == [1]


def test_a_good_key_is_kept_and_used(qtbot, make, practice, backend):
    accounts = make()
    accounts.start()
    test = enter(qtbot, accounts, practice.address.key)
    assert test.ok
    assert test.kept_in is KeptIn.KEYRING
    assert test.credits.total > 0
    assert list(backend.kept.values()) == [practice.address.key]
    assert accounts.state.current.name == "Work"
    assert accounts.state.connection.key.reveal() == practice.address.key
    assert practice.address.key not in repr(accounts.settings.value)


def test_a_bad_key_is_not_kept(qtbot, make, backend):
    accounts = make()
    accounts.start()
    test = enter(qtbot, accounts, "SG_0000000000000000")
    assert not test.ok
    assert test.error.problem is ApiProblem.BAD_KEY
    assert backend.kept == {}
    assert len(accounts.state.accounts) == 1


def test_the_key_comes_back_after_a_restart(qtbot, make, practice, backend):
    first = make()
    first.start()
    enter(qtbot, first, practice.address.key)
    again = make(settings=first.settings.value)
    with qtbot.waitSignal(again.connection_changed):
        again.start()
        assert again.state.keyring is KeyringState.WAITING
    assert again.state.connection.key.reveal() == practice.address.key
    assert again.state.keyring is KeyringState.AVAILABLE


@pytest.mark.parametrize(("error", "state"), [
    (KeyringLocked("x"), KeyringState.LOCKED),
    (OSError("broken"), KeyringState.FAILED),
])
def test_a_keyring_that_refuses_leaves_a_key_for_this_session(qtbot, make, practice, backend, error, state):
    accounts = make()
    accounts.start()
    backend.error = error
    test = enter(qtbot, accounts, practice.address.key)
    assert test.ok
    assert test.kept_in is KeptIn.SESSION
    assert isinstance(test.error, SecretsError)
    assert accounts.state.keyring is state
    assert accounts.state.connection.key.reveal() == practice.address.key
    assert accounts.settings.value.accounts == ()


def test_a_prompt_that_nobody_answers_can_be_left(qtbot, make, practice, backend):
    first = make()
    first.start()
    enter(qtbot, first, practice.address.key)
    backend.gate.clear()
    again = make(settings=first.settings.value)
    again.start()
    assert again.state.keyring is KeyringState.WAITING
    again.give_up_keyring()
    assert again.state.keyring is KeyringState.LOCKED
    assert again.state.keyring_problem.problem is SecretsProblem.LOCKED
    assert again.state.connection is None
    backend.gate.set()
    with qtbot.waitSignal(again.connection_changed):
        again.retry_keyring()
    assert again.state.connection is not None


@pytest.fixture
def far(monkeypatch):
    """Segmind's own address, which is not asked here."""
    for module in (account_service, key_testing):
        monkeypatch.setattr(module, "credits_of", lambda _connection: Credits(1.0, None))
    return {"api_url": ""}


def test_the_environments_key_is_used_and_offered_to_be_kept(qtbot, make, practice, backend, far):
    accounts = make(environment=practice.address.key, **far)
    with qtbot.waitSignal(accounts.connection_changed):
        accounts.start()
    assert accounts.state.current.kept_in is KeptIn.ENVIRONMENT
    assert accounts.state.environment_key_offered
    with qtbot.waitSignal(accounts.key_tested):
        accounts.keep_environment_key("Mine")
    assert accounts.state.current.kept_in is KeptIn.KEYRING
    assert not accounts.state.environment_key_offered
    assert [account.name for account in accounts.state.accounts] == ["Practice", "Mine"]
    assert list(backend.kept.values()) == [practice.address.key]


@pytest.mark.parametrize("last", ["practice", "of-a-key-for-that-session"])
def test_with_a_key_in_the_environment_it_does_not_begin_with_practice(
    qtbot, make, practice, connection, far, last,
):
    accounts = make(Settings(current_account=last), environment=practice.address.key, **far)
    seen = []
    accounts.connection_changed.connect(seen.append)
    accounts.start()
    accounts.set_practice(connection)
    qtbot.waitUntil(lambda: accounts.state.environment_key_offered)
    assert [one.account.kind for one in seen] == [AccountKind.SEGMIND]


def test_practice_was_asked_for_although_there_is_a_key(qtbot, make, practice, connection):
    accounts = make(environment=practice.address.key, practice_only=True)
    accounts.start()
    accounts.set_practice(connection)
    assert accounts.state.connection.practice


def test_removing_an_account_forgets_its_key(qtbot, make, practice, backend, connection):
    accounts = make()
    accounts.start()
    accounts.set_practice(connection)
    enter(qtbot, accounts, practice.address.key)
    accounts.remove(accounts.state.current.account_id)
    assert accounts.state.connection.practice
    qtbot.waitUntil(lambda: accounts.settings.value.accounts == ())
    assert backend.kept == {}


def test_an_account_whose_key_stays_in_the_keyring_stays_in_the_list(qtbot, make, practice, backend):
    accounts = make()
    accounts.start()
    enter(qtbot, accounts, practice.address.key, name="Work")
    account = accounts.state.current
    backend.error = KeyringLocked()
    with qtbot.waitSignal(accounts.changed, check_params_cb=lambda state: state.keyring_problem is not None):
        accounts.remove(account.account_id)
    assert accounts.state.keyring is KeyringState.LOCKED
    assert "“Work” is still in the keyring" in accounts.state.keyring_problem.title
    assert account in accounts.state.accounts
    assert accounts.state.current.account_id == "practice"  # it is not used any more
    backend.error = None
    accounts.remove(account.account_id)
    qtbot.waitUntil(lambda: accounts.settings.value.accounts == ())
    assert backend.kept == {}


# -- which account a key belongs to


def test_a_key_for_this_session_is_the_same_account_at_each_start(qtbot, make, practice):
    ids = set()
    for _ in range(2):
        accounts = make()
        accounts.start()
        enter(qtbot, accounts, practice.address.key, remember=False)
        ids.add(accounts.state.current.account_id)
    assert len(ids) == 1
    assert practice.address.key not in str(ids)


def test_removed_and_entered_again_it_is_the_same_account(qtbot, make, practice, backend):
    accounts = make()
    accounts.start()
    enter(qtbot, accounts, practice.address.key)
    before = accounts.state.current.account_id
    accounts.remove(before)
    qtbot.waitUntil(lambda: backend.kept == {})
    enter(qtbot, accounts, practice.address.key)
    assert accounts.state.current.account_id == before


def test_a_new_account_gets_a_colour_that_no_other_has_and_keeps_the_chosen_one(qtbot, make, practice):
    accounts = make(environment="SG_00000000000000aa")
    accounts.start()
    qtbot.waitUntil(lambda: len(accounts.state.accounts) > 1)
    enter(qtbot, accounts, practice.address.key)
    mine = accounts.state.current
    assert sorted(a.colour for a in accounts.state.accounts if a.kind is AccountKind.SEGMIND) == ["blue", "green"]
    accounts.set_colour(mine.account_id, "purple")
    assert accounts.state.current == accounts.settings.value.accounts[0] == replace(mine, colour="purple")
    enter(qtbot, accounts, practice.address.key, name="Once more")
    assert accounts.state.current == replace(mine, name="Once more", colour="purple")
    other = next(a for a in accounts.state.accounts if a.account_id not in {mine.account_id, PRACTICE_ACCOUNT_ID})
    accounts.set_colour(other.account_id, "red")
    assert [a.colour for a in accounts.state.accounts if a.account_id == other.account_id] == ["red"]


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True), (False, False)])
def test_one_key_entered_twice_is_one_account(qtbot, make, practice, first, second):
    accounts = make()
    accounts.start()
    enter(qtbot, accounts, practice.address.key, remember=first)
    enter(qtbot, accounts, practice.address.key, remember=second, name="Once more")
    assert [account.kind for account in accounts.state.accounts].count(AccountKind.SEGMIND) == 1
    assert accounts.state.current.kept_in is (KeptIn.KEYRING if first or second else KeptIn.SESSION)


def test_another_key_in_the_environment_is_another_account(qtbot, make, practice, far):
    ids = set()
    for key in (practice.address.key, "SG_00000000000000ff", practice.address.key):
        accounts = make(environment=key, **far)
        with qtbot.waitSignal(accounts.connection_changed):
            accounts.start()
        assert accounts.state.current.kept_in is KeptIn.ENVIRONMENT
        ids.add(accounts.state.current.account_id)
    assert len(ids) == 2


def test_a_later_key_of_an_account_in_the_environment_is_that_account(qtbot, make, database, far):
    key = "SG_00000000000000ff"
    AccountKeys(database).attach(account_id_of(ApiKey(key), SEGMIND_API_URL), "first", SEGMIND_API_URL)
    kept = Account("first", "Work", AccountKind.SEGMIND, KeptIn.KEYRING)
    listed = Settings(accounts=(kept,), current_account="first")
    for settings, name in ((Settings(), "SEGMIND_API_KEY"), (listed, "Work")):
        accounts = make(settings, environment=key, **far)
        with qtbot.waitSignal(accounts.connection_changed, check_params_cb=lambda it: it is not None):
            accounts.start()
        assert accounts.state.current.account_id == "first"
        assert [account.name for account in accounts.state.accounts] == ["Practice", name]


def test_an_id_is_of_the_key_and_its_address_and_tells_neither():
    key = ApiKey("SG_0123456789abcdef")
    own = account_id_of(key, "https://api.segmind.com")
    assert own == account_id_of(ApiKey(" SG_0123456789abcdef "), "https://api.segmind.com")
    assert own != account_id_of(key, "https://example.org")
    assert len(own) == 32
    assert "0123456789abcdef" not in own


def test_credits_are_asked_for_and_shown(qtbot, make, connection):
    accounts = make()
    accounts.start()
    accounts.set_practice(connection)
    qtbot.waitUntil(lambda: accounts.state.credits is not None)
    assert accounts.state.credits.total == pytest.approx(100.0, abs=1.0)


@pytest.mark.parametrize(("reply", "kept"), [
    (json_reply({"error": "invalid_api_key"}, 401), False), (json_reply({"error": "broken"}, 503), True),
])
def test_who_is_not_let_in_has_no_balance_to_show(qtbot, make, connection, reply, kept):
    accounts = make()
    accounts.start()
    with ScriptedServer([json_reply({"credits": 42.52}), reply]) as server:
        accounts.set_practice(replace(connection, api_url=server.url))
        qtbot.waitUntil(lambda: accounts.state.credits is not None)
        accounts.refresh_credits()
        qtbot.waitUntil(lambda: accounts.state.credits_error is not None)
    assert (accounts.state.credits is not None) is kept


def test_every_key_is_made_known_to_the_log_before_it_is_used(qtbot, make, practice):
    known = []
    accounts = make(know_secret=known.append)
    accounts.start()
    enter(qtbot, accounts, practice.address.key, remember=False)
    assert known[0].reveal() == practice.address.key


@pytest.mark.parametrize("late", [json_reply({"credits": 42.52}), json_reply({"error": "invalid_api_key"}, 401)])
def test_credits_that_come_for_another_account_are_dropped(qtbot, make, tasks, connection, late):
    accounts, asked, gate, ended = make(), threading.Event(), threading.Event(), []
    tasks.ended.connect(ended.append)

    def slow(_seen):
        asked.set()
        assert gate.wait(20)
        return late

    accounts.start()
    with ScriptedServer([slow]) as first, ScriptedServer([json_reply({"credits": 7.0})]) as second:
        accounts.set_practice(replace(connection, api_url=first.url))
        qtbot.waitUntil(asked.is_set)
        accounts.set_practice(replace(connection, api_url=second.url))
        qtbot.waitUntil(lambda: accounts.state.credits is not None)
        gate.set()
        qtbot.waitUntil(lambda: len(ended) == 2)
    assert accounts.state.credits.total == 7.0
    assert accounts.state.credits_error is None


def test_giving_up_takes_a_key_that_is_being_saved_for_the_session_and_a_late_answer_only_says_where_it_is(
    qtbot, make, backend, connection,
):
    accounts = make()
    accounts.start()
    accounts.set_practice(connection)
    backend.gate.clear()
    accounts.add_account("Work", ApiKey(connection.key.reveal()), True)
    qtbot.waitUntil(lambda: accounts.state.keyring is KeyringState.WAITING)
    with qtbot.waitSignal(accounts.key_tested) as tested:
        accounts.give_up_keyring()
    assert (tested.args[0].ok, tested.args[0].kept_in) == (True, KeptIn.SESSION)
    work = accounts.state.current
    assert (work.name, work.kept_in) == ("Work", KeptIn.SESSION)
    accounts.use(PRACTICE_ACCOUNT_ID)
    backend.gate.set()
    qtbot.waitUntil(lambda: accounts.settings.value.accounts != ())
    (kept,) = accounts.settings.value.accounts
    assert (kept.account_id, kept.kept_in) == (work.account_id, KeptIn.KEYRING)
    assert accounts.state.current.account_id == PRACTICE_ACCOUNT_ID
    assert sum(a.account_id == work.account_id for a in accounts.state.accounts) == 1


def test_a_key_that_was_removed_before_it_was_saved_is_not_left_in_the_keyring(qtbot, make, backend, connection):
    accounts = make()
    accounts.start()
    backend.gate.clear()
    accounts.add_account("Work", ApiKey(connection.key.reveal()), True)
    qtbot.waitUntil(lambda: accounts.state.keyring is KeyringState.WAITING)
    accounts.give_up_keyring()
    accounts.remove(accounts.state.current.account_id)
    deleted = []
    remove = backend.delete_password
    backend.delete_password = lambda *names: (remove(*names), deleted.append(names))
    backend.gate.set()
    qtbot.waitUntil(lambda: deleted != [])
    assert (backend.kept, accounts.settings.value.accounts) == ({}, ())


@pytest.mark.parametrize("remember", [True, False])
def test_a_key_that_is_entered_again_while_the_keyring_still_deletes_it_stays(
    qtbot, make, backend, connection, remember,
):
    accounts = make()
    accounts.start()
    key = connection.key.reveal()
    enter(qtbot, accounts, key)
    work = accounts.state.current
    slow = threading.Event()
    delete = backend.delete_password
    backend.delete_password = lambda *names: (slow.wait(10), delete(*names))
    accounts.remove(work.account_id)
    accounts.add_account("Work", ApiKey(key), remember)
    if not remember:
        qtbot.waitUntil(lambda: accounts.state.current.account_id == work.account_id)
    slow.set()
    qtbot.waitUntil(
        lambda: accounts.state.current.account_id == work.account_id and bool(backend.kept) is remember,
    )
    assert [a.account_id for a in accounts.state.accounts] == [PRACTICE_ACCOUNT_ID, work.account_id]
    assert list(backend.kept.values()) == ([key] if remember else [])


def test_an_account_keeps_its_name_when_its_key_is_entered_without_one(qtbot, make, connection):
    accounts = make()
    accounts.start()
    enter(qtbot, accounts, connection.key.reveal(), name="Work of Anna")
    for remember in (True, False):
        tested = enter(qtbot, accounts, connection.key.reveal(), name=" ", remember=remember)
        assert (tested.name, accounts.state.current.name) == ("Work of Anna", "Work of Anna")
