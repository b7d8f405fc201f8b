"""A key belongs to the address it was given for: no setting, file or command line sends it to another."""

from dataclasses import replace

import pytest

from segmind_studio.core.accounts import (
    SEGMIND_API_URL,
    SEGMIND_WEBHOOK_URL,
    Account,
    AccountKind,
    ApiKey,
    Credits,
    KeptIn,
)
from segmind_studio.core.proxies import Proxy, ProxyKind
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts import account_service, key_testing
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.secrets import Vault
from tests.fakes.connections import HeldAccounts
from tests.fakes.keyrings import MemoryKeyring

OURS = Account("ours", "Ours", AccountKind.SEGMIND)
OTHERS = "https://gateway.example.org/segmind"
KEY = "SG_00112233445566aa"


@pytest.fixture
def backend():
    keyring = MemoryKeyring()
    keyring.kept["Segmind Studio", "ours"] = KEY
    return keyring


@pytest.fixture
def make(qapp, backend, database):
    runner = TaskRunner()

    def build(value, **more):
        settings = SettingsService(value, lambda _value: None, runner)
        accounts = HeldAccounts(
            settings=settings, keyring=KeyringService(Vault(choose=lambda: backend)), tasks=runner,
            keys=AccountKeys(database), **more,
        )
        accounts.refresh_credits = lambda: None  # these addresses are not to be asked
        return accounts

    yield build
    assert runner.stop(8000)


def started(qtbot, accounts):
    with qtbot.waitSignal(accounts.changed, check_params_cb=lambda state: state.keyring_where != ""):
        accounts.start()
    return accounts


KEPT = Settings(accounts=(OURS,), current_account="ours")


def test_segminds_key_goes_to_segmind(qtbot, make):
    state = started(qtbot, make(KEPT)).state
    assert state.connection.key.reveal() == KEY
    assert (state.connection.api_url, state.connection.webhook_url) == (SEGMIND_API_URL, SEGMIND_WEBHOOK_URL)
    assert (state.address, state.address_fixed, state.elsewhere) == (SEGMIND_API_URL, False, False)


@pytest.mark.parametrize("way", ["settings", "command line"])
def test_another_address_gets_no_key_that_was_given_for_segmind(qtbot, make, way):
    accounts = make(replace(KEPT, api_url=OTHERS)) if way == "settings" else make(KEPT, api_url=OTHERS)
    state = started(qtbot, accounts).state
    assert state.connection is None
    assert (state.address, state.address_fixed, state.elsewhere) == (OTHERS, way == "command line", True)


def test_the_address_can_be_changed_and_put_back_while_the_app_runs(qtbot, make):
    accounts = started(qtbot, make(KEPT))
    seen = []
    accounts.connection_changed.connect(seen.append)
    accounts.settings.update(api_url=OTHERS)
    between = accounts.state
    assert between.connection is None
    accounts.settings.update(api_url="")
    assert accounts.state.connection.api_url == SEGMIND_API_URL
    assert [connection and connection.api_url for connection in seen] == [None, SEGMIND_API_URL]


@pytest.mark.parametrize("address", ["http://evil.example.org", "ftp://x", "https://a@evil.example.org", "junk"])
def test_an_unsafe_address_that_was_written_by_hand_is_no_address(qtbot, make, address):
    state = started(qtbot, make(replace(KEPT, api_url=address))).state
    assert state.address == SEGMIND_API_URL
    assert state.connection.api_url == SEGMIND_API_URL


def test_an_account_that_was_rewritten_by_hand_finds_no_key(qtbot, make):
    """The address is a part of the key's name in the keyring."""
    forged = replace(KEPT, accounts=(replace(OURS, api_url=OTHERS),), api_url=OTHERS)
    state = started(qtbot, make(forged)).state
    assert state.current.address == state.address == OTHERS
    assert state.connection is None


def test_a_key_given_for_another_address_is_kept_used_and_removed_for_that_address(qtbot, make, backend, practice):
    accounts = started(qtbot, make(replace(KEPT, api_url=practice.address.api)))
    with qtbot.waitSignal(accounts.key_tested, timeout=10_000):
        accounts.add_account("Gateway", ApiKey(practice.address.key), True)
    account = accounts.state.current
    assert (account.name, account.api_url, account.kept_in) == ("Gateway", practice.address.api, KeptIn.KEYRING)
    assert accounts.state.connection.api_url == accounts.state.connection.webhook_url == practice.address.api
    name = f"{account.account_id} {practice.address.api}"
    assert backend.kept["Segmind Studio", name] == practice.address.key
    again = started(qtbot, make(accounts.settings.value))
    assert again.state.connection.key.reveal() == practice.address.key
    accounts.settings.update(api_url="")
    assert (accounts.state.connection, accounts.state.elsewhere) == (None, True)
    accounts.remove(account.account_id)
    qtbot.waitUntil(lambda: ("Segmind Studio", name) not in backend.kept)
    assert backend.kept["Segmind Studio", "ours"] == KEY


@pytest.mark.parametrize(("settings", "more", "address"), [
    (Settings(), {}, SEGMIND_API_URL), (Settings(api_url=OTHERS), {}, None),
    (Settings(), {"api_url": OTHERS}, None), (Settings(), {"api_url": "http://127.0.0.1:9"}, None),
])
def test_the_environments_key_is_segminds_alone(qtbot, make, settings, more, address):
    accounts = make(settings, environment_key=ApiKey(KEY), **more)
    accounts.start()
    qtbot.waitUntil(lambda: accounts.state.environment_key_offered)
    connection = accounts.state.connection
    assert (connection.api_url if connection else None) == address
    assert accounts.state.elsewhere == (address is None)


def test_the_environments_key_goes_elsewhere_by_a_press_and_is_not_kept(qtbot, make, backend, practice):
    accounts = make(Settings(), environment_key=ApiKey(practice.address.key), api_url=practice.address.api)
    before, kept = len(practice.requests()), dict(backend.kept)
    accounts.start()
    qtbot.waitUntil(lambda: accounts.state.environment_key_offered)
    assert len(practice.requests()) == before
    with qtbot.waitSignal(accounts.key_tested, timeout=10_000):
        accounts.use_environment_key_here()
    assert accounts.state.connection.api_url == practice.address.api
    assert (accounts.state.current.kept_in, backend.kept) == (KeptIn.SESSION, kept)


def test_keeping_the_environments_key_tests_it_where_it_belongs(qtbot, make, monkeypatch):
    """It was given for Segmind, whatever address is in use now; nothing but the address is looked at here."""
    asked = []

    def tell(connection):
        asked.append(connection.api_url)
        return Credits(1.0, None)

    monkeypatch.setattr(key_testing, "credits_of", tell)
    monkeypatch.setattr(account_service, "credits_of", lambda _connection: Credits(1.0, None))
    accounts = make(Settings(api_url=OTHERS), environment_key=ApiKey(KEY))
    accounts.start()
    with qtbot.waitSignal(accounts.key_tested, timeout=10_000):
        accounts.keep_environment_key("Mine")
    assert asked == [SEGMIND_API_URL]
    assert (accounts.state.current.api_url, accounts.state.elsewhere) == ("", True)


def test_another_proxy_is_taken_at_once(qtbot, make):
    accounts = started(qtbot, make(KEPT))
    assert accounts.state.connection.proxy == Proxy()
    accounts.settings.update(proxy=ProxyKind.OWN, proxy_url="http://127.0.0.1:3128")
    assert accounts.state.connection.proxy == Proxy(ProxyKind.OWN, "http://127.0.0.1:3128")
    with qtbot.assertNotEmitted(accounts.connection_changed):
        accounts.settings.update(density="small")
