"""One account with several keys, on a practice service that changes its key: no run is out of sight or doubled."""

import shutil
import time
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import ApiKey, KeptIn
from segmind_studio.core.errors import ApiProblem, SecretsError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.secrets import Vault
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.keyrings import BrokenKeyring, MemoryKeyring
from tests.fakes.practice_side import StartedPractice

NEW = "SG_00000000000000ff"
OTHER_ADDRESS = "https://proxy.example.org"


class Bench:
    """The services as the app connects them, with one keyring and one database over several starts."""

    def __init__(self, qtbot, practice, database, tmp_path):
        self.qtbot, self.database, self.folder = qtbot, database, tmp_path
        self.practice: StartedPractice = practice
        self.old, self.keyring, self.busy, self.started = practice.address.key, MemoryKeyring(), False, []
        self.file = SettingsFile(tmp_path / "settings.json")

    def start(self, value=None, **more):
        self.tasks, self.live = TaskRunner(), LiveRuns()
        self.settings = SettingsService(value or Settings(), self.file.save, self.tasks)
        self.runs = RunService(self.database, self.live)
        self.tryouts = ImageService(self.folder / "results", ImageStore(self.database))
        self.accounts = AccountService(
            settings=self.settings, keyring=KeyringService(Vault(choose=lambda: self.keyring)), tasks=self.tasks,
            keys=AccountKeys(self.database), busy=lambda: self.busy,
            **{"api_url": self.practice.address.api, **more},
        )
        self.budgets = BudgetService(self.runs, self.tryouts, self.settings)
        for service in (self.runs, self.tryouts):
            self.accounts.connection_changed.connect(service.set_connection)
        self.runs.overlap_found.connect(self.accounts.offer_join)
        self.accounts.join_wanted.connect(self.runs.join)
        self.runs.accounts_joined.connect(self.accounts.join_ended)
        self.started.append((self.runs, self.tryouts, self.tasks))
        self.runs.start()
        self.accounts.start()
        return self

    def stop(self):
        while self.started:
            for service in self.started.pop():
                assert service.stop(8000)

    def restart(self, **more):
        self.settings.ask_stop()
        self.settings.write_unsaved()
        self.stop()
        return self.start(self.file.load()[0], **more)

    def _tested(self, ask):
        with self.qtbot.waitSignal(self.accounts.key_tested, timeout=10_000) as tested:
            ask()
        return tested.args[0]

    def enter(self, key, name, *, remember=True):
        test = self._tested(lambda: self.accounts.add_account(name, ApiKey(key), remember))
        assert test.ok
        return self.current

    def replace(self, account, key=NEW, *, remember=True):
        return self._tested(lambda: self.accounts.replace_key(account.account_id, ApiKey(key), remember))

    def row(self, run_id):
        """Return the row of a run that the service knows, once it is shown."""
        settled = (Phase.ACCEPTED, Phase.ADOPTED)
        self.qtbot.waitUntil(
            lambda: any(run.run_id == run_id and run.phase in settled for run in self.runs.runs), timeout=10_000,
        )
        return self.runs.run(run_id)

    @property
    def current(self):
        return self.accounts.state.current

    @property
    def names(self):
        return [account.name for account in self.accounts.state.accounts]

    def change_key(self, key=NEW):
        """Let the same service know another key from now on, at the same address."""
        api = self.practice.address.api
        self.practice.stop()
        self.practice = StartedPractice(self.folder / "practice", speed=200.0, key=key)
        assert self.practice.address.api == api

    def offer(self):
        self.qtbot.waitUntil(lambda: self.accounts.state.join_offer is not None, timeout=10_000)
        return self.accounts.state.join_offer

    def join(self):
        self.offer()
        with self.qtbot.waitSignal(self.runs.accounts_joined, timeout=10_000):
            self.accounts.join()
        self.qtbot.waitUntil(lambda: self.accounts.state.connection is not None and self.runs.loaded)

    def kept(self):
        return {name: key for (_service, name), key in self.keyring.kept.items()}


@pytest.fixture
def bench(qtbot, practice, database, tmp_path):
    bench = Bench(qtbot, practice, database, tmp_path)
    yield bench
    bench.stop()
    bench.practice.stop()


@pytest.fixture
def paid(bench, journal, run, make_submission):
    """Start a run in the name of an account; it is taken by the service, and "lost" when its answer is not."""

    def pay(account, *, lost=False):
        journal.save(replace(run, account_id=account.account_id, notes="good light"), time.time())
        assert bench.live.add(run.run_id)  # else a poll settles it before its answer is stored
        assert make_submission(bench.accounts.state.connection).drive(run.run_id) is None
        bench.live.discard(run.run_id)
        if lost:
            journal.change(run.run_id, time.time(), phase=Phase.UNKNOWN, service_id="", status="")
        return run.run_id

    return pay


@pytest.mark.parametrize("remember", [True, False])
def test_another_key_keeps_runs_notes_and_costs_and_settles_what_is_unknown(bench, paid, remember):
    account = bench.start().enter(bench.old, "Work", remember=remember)
    run_id = paid(account, lost=True)
    spent = bench.budgets.spent
    bench.change_key()
    test = bench.replace(account, remember=remember)
    assert (test.ok, test.replaced, bench.current, bench.names) == (True, True, account, ["Practice", "Work"])
    assert bench.row(run_id).phase is Phase.ADOPTED
    assert [(run.run_id, run.notes) for run in bench.runs.runs] == [(run_id, "good light")]
    bench.qtbot.waitUntil(lambda: spent(account.account_id) is not None)
    assert spent(account.account_id).today.dollars > 0
    assert bench.accounts.state.join_offer is None
    assert bench.kept() == ({account.keyring_name: NEW} if remember else {})
    bench.restart()
    if not remember:
        assert bench.enter(NEW, "Again", remember=False).account_id == account.account_id
    bench.qtbot.waitUntil(lambda: bench.accounts.state.connection is not None)
    assert bench.accounts.state.connection.key.reveal() == NEW
    assert bench.accounts.state.connection.account.account_id == account.account_id


def test_removed_and_entered_again_the_newer_key_finds_the_account(bench):
    account = bench.start().enter(bench.old, "Work")
    bench.change_key()
    assert bench.replace(account).ok
    bench.accounts.remove(account.account_id)
    bench.qtbot.waitUntil(lambda: bench.kept() == {} and bench.names == ["Practice"])
    assert bench.enter(NEW, "Once more").account_id == account.account_id
    written = bench.database.rows("SELECT * FROM account_key")
    assert not any(key in f"{written} {bench.settings.value}" for key in (bench.old, NEW))


@pytest.mark.parametrize("trouble", ["bad key", "keyring"])
def test_the_old_key_is_there_until_the_new_one_is_kept(bench, trouble):
    account = bench.start().enter(bench.old, "Work")
    if trouble == "bad key":
        test = bench.replace(account)
        assert (test.ok, test.error.problem) == (False, ApiProblem.BAD_KEY)
        assert bench.accounts.state.connection.key.reveal() == bench.old
    else:
        memory, bench.keyring = bench.keyring, BrokenKeyring(OSError("broken"))
        bench.change_key()
        bench.restart()
        bench.qtbot.waitUntil(lambda: bench.accounts.state.keyring_problem is not None)
        test = bench.replace(account)
        assert (test.ok, test.kept_in, type(test.error)) == (True, KeptIn.SESSION, SecretsError)
        bench.keyring = memory
        with bench.qtbot.waitSignal(bench.accounts.changed, check_params_cb=lambda it: it.keyring_where != ""):
            bench.accounts.retry_keyring()
        assert bench.accounts.state.connection.key.reveal() == NEW  # what was just entered stays in use
    assert bench.kept() == {account.keyring_name: bench.old}
    assert bench.settings.value.accounts == (account,)


def test_an_account_keeps_its_address(bench):
    account = bench.start().enter(bench.old, "Work")
    bench.restart(api_url=OTHER_ADDRESS)
    test = bench.replace(account)
    assert not test.ok
    assert OTHER_ADDRESS in str(test.error)
    assert bench.kept() == {account.keyring_name: bench.old}


def test_the_key_of_another_account_is_refused_in_words(bench):
    first = bench.start().enter(bench.old, "Work")
    bench.change_key()
    second = bench.enter(NEW, "New")
    test = bench.replace(first)
    assert (test.ok, test.error is not None, bench.current) == (False, True, second)
    assert bench.kept() == {first.keyring_name: bench.old, second.keyring_name: NEW}


# -- a new key that was added as an account of its own


def added(bench, paid, *, old=True, new=True, lost=False):
    """Pay a run with one key, then add the next key of the same account as another one."""
    account = bench.start().enter(bench.old, "Work", remember=old)
    run_id = paid(account, lost=lost)
    bench.change_key()
    return account, bench.enter(NEW, "New", remember=new), run_id


@pytest.mark.parametrize(("old", "new", "lost"), [
    (True, True, False), (True, True, True), (False, True, True), (True, False, False), (False, False, True),
])
def test_two_that_are_one_are_joined_by_a_press(bench, paid, old, new, lost):
    account, other, run_id = added(bench, paid, old=old, new=new, lost=lost)
    assert other.account_id != account.account_id
    offer = bench.offer()
    assert (offer.account, offer.other, offer.overlap.names) == (other, account, ("cat",))
    assert bench.runs.run(run_id) is None  # nothing is joined by itself
    (listed,) = bench.runs.runs
    bench.runs.set_notes(listed.run_id, "from the new key")
    bench.qtbot.waitUntil(lambda: bench.runs.run(listed.run_id).notes != "")
    ImageStore(bench.database).add(GeneratedImage("p", other.account_id, listed.run_id, 5.0, ImageState.MADE, 6.0))
    bench.join()
    kept = {account.keyring_name: NEW if new else bench.old} if old or new else {}
    bench.qtbot.waitUntil(lambda: bench.names == ["Practice", "Work"] and bench.kept() == kept)
    assert bench.current.account_id == account.account_id
    assert bench.accounts.state.connection.key.reveal() == NEW
    bench.row(run_id)
    bench.qtbot.waitUntil(lambda: [run.run_id for run in bench.runs.runs] == [run_id])
    assert all(note in bench.runs.run(run_id).notes for note in ("good light", "from the new key"))
    assert [generated.run_id for generated in ImageStore(bench.database).images(account.account_id)] == [run_id]
    spent = bench.budgets.spent
    bench.qtbot.waitUntil(lambda: spent(account.account_id) is not None)
    assert spent(account.account_id).today.dollars > 0
    assert bench.accounts.state.join_offer is None
    bench.restart()
    if new:
        bench.qtbot.waitUntil(lambda: bench.accounts.state.connection is not None)
    else:
        bench.enter(NEW, "New", remember=False)
    assert bench.accounts.state.connection.account.account_id == account.account_id
    assert bench.accounts.state.connection.key.reveal() == NEW


def test_runs_of_an_account_that_is_no_longer_in_the_list_are_found_too(bench, paid):
    account = bench.start().enter(bench.old, "Work")
    run_id = paid(account)
    bench.accounts.remove(account.account_id)
    bench.qtbot.waitUntil(lambda: bench.kept() == {})
    bench.change_key()
    bench.enter(NEW, "New")
    assert bench.offer().other is None
    bench.join()
    bench.qtbot.waitUntil(lambda: bench.names == ["Practice", "New"] and list(bench.kept().values()) == [NEW])
    assert bench.current.account_id == account.account_id
    bench.qtbot.waitUntil(lambda: [run.run_id for run in bench.runs.runs] == [run_id])


@pytest.mark.parametrize("trouble", ["busy", "sending", "disk"])
def test_what_stands_against_it_is_said_and_nothing_is_joined(bench, paid, trouble):
    account, other, run_id = added(bench, paid)
    bench.offer()
    bench.busy = trouble == "busy"
    if trouble == "sending":
        assert bench.live.add("another run")
    if trouble == "disk":
        bench.database.rows("CREATE TRIGGER stop BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'full'); END")
    if bench.busy:
        bench.accounts.join()
    else:  # the account is connected again, and its list shows the same once more
        with bench.qtbot.waitSignal(bench.runs.overlap_found, timeout=10_000):
            bench.accounts.join()
    assert (bench.current, bench.names) == (other, ["Practice", "Work", "New"])
    bench.qtbot.waitUntil(lambda: len(bench.runs.runs) == 1)
    assert run_id != bench.runs.runs[0].run_id
    assert bench.kept() == {account.keyring_name: bench.old, other.keyring_name: NEW}
    assert bench.offer().error is not None


def test_accounts_that_are_left_apart_are_not_offered_again(bench, paid):
    added(bench, paid)
    overlap = bench.offer().overlap
    bench.accounts.leave_apart()
    bench.accounts.offer_join(overlap)
    assert bench.accounts.state.join_offer is None
    assert bench.names == ["Practice", "Work", "New"]


@pytest.mark.parametrize("change", [
    {"address": OTHER_ADDRESS}, {"account_id": "not in use"},
])
def test_an_offer_for_another_address_or_account_is_dropped(bench, paid, change):
    added(bench, paid)
    overlap = bench.offer().overlap
    bench.accounts.use("practice")
    bench.accounts.use(overlap.account_id)
    bench.accounts.offer_join(replace(overlap, **{"other_id": "unlisted", **change}))
    offer = bench.accounts.state.join_offer
    assert offer is None or offer.overlap.other_id == overlap.other_id


def test_settings_without_the_new_table_open_as_they_were(bench, tmp_path):
    """Accounts of earlier versions keep the id that was their key's."""
    account = bench.start().enter(bench.old, "Work")
    bench.settings.ask_stop()
    bench.settings.write_unsaved()
    bench.stop()
    bench.database.rows("DELETE FROM account_key")
    shutil.copyfile(tmp_path / "settings.json", tmp_path / "before.json")
    bench.start(SettingsFile(tmp_path / "before.json").load()[0])
    bench.qtbot.waitUntil(lambda: bench.accounts.state.connection is not None)
    assert bench.accounts.state.connection.account == account
    assert bench.enter(bench.old, "Work").account_id == account.account_id
