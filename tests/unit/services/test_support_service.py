"""A support bundle saved where the person wants it: whole, private, or not at all and said in words."""

import json
import os
import resource
import stat
import zipfile
from pathlib import Path

import pytest

from segmind_studio.core.accounts import Account, AccountKind, ApiKey
from segmind_studio.core.errors import ApiError, ApiProblem, SecretsError, SecretsProblem
from segmind_studio.core.proxies import ProxyKind
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService, AccountsState, KeyringState
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_service import RunService, WatchState
from segmind_studio.services.system.network import NetworkWatch, SystemNetwork
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.support_bundle import SupportService, accounts_report, computer
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.paths import app_paths
from segmind_studio.store.secrets import Vault
from tests.fakes.keyrings import MemoryKeyring
from tests.fakes.typed import keep, the

KEY = ApiKey("SG_0123456789abcdef")
ACCOUNT = Account("my-id-0123", "My own name", AccountKind.SEGMIND)


class HeldSupport(SupportService):
    """The service, with the runs at hand."""

    def __init__(self, *, runs, **parts):
        super().__init__(runs=runs, **parts)
        self.runs = runs


@pytest.fixture
def support(qapp, tmp_path, database):
    tasks = TaskRunner()
    value = Settings(accounts=(ACCOUNT,), proxy=ProxyKind.OWN, proxy_url="http://127.0.0.1:3128")
    settings = SettingsService(value, lambda _value: None, tasks)
    accounts = AccountService(
        settings=settings, keyring=KeyringService(Vault(choose=MemoryKeyring)), tasks=tasks,
        keys=AccountKeys(database),
        environment_key=KEY,
    )
    runs = RunService(database, LiveRuns())
    service = HeldSupport(
        database=database, paths=app_paths(tmp_path / "app"), settings=settings, accounts=accounts, runs=runs,
        network=NetworkWatch(runs, accounts, SystemNetwork()), tasks=tasks, secrets=lambda: (KEY.reveal(),),
    )
    keep(service, accounts, settings)
    yield service
    assert tasks.stop(8000)


def saved(qtbot, support, target, **window):
    with qtbot.waitSignal(support.saved, timeout=15_000) as told:
        support.save(target, window)
    return told.args[0]


def failure(qtbot, support, target):
    with qtbot.waitSignal(support.failed, timeout=15_000) as told:
        support.save(target, {})
    return told.args[0]


def part(target, name):
    with zipfile.ZipFile(target) as archive:
        return json.loads(archive.read(name))


def test_it_is_written_whole_and_private_and_the_folder_keeps_its_rights(qtbot, support, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    folder.chmod(0o755)  # whatever the umask is
    target = folder / "b.zip"
    assert saved(qtbot, support, target, scale=2.0) == target
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert [path.name for path in folder.iterdir()] == ["b.zip"]
    told = part(target, "computer.json")
    assert (told["window"], told["network"]["proxy"], told["network"]["proxy_address"]) == (
        {"scale": 2.0}, "own", "http://127.0.0.1:3128",
    )
    assert told["qt"]
    assert told["libraries"]["httpx"]
    assert not support.saving


def test_a_file_of_that_name_is_replaced_as_a_whole(qtbot, support, tmp_path):
    target = tmp_path / "b.zip"
    target.write_bytes(b"old")
    saved(qtbot, support, target)
    assert zipfile.is_zipfile(target)


def test_two_presses_make_one_bundle(qtbot, support, tmp_path):
    support.save(tmp_path / "one.zip", {})
    assert support.saving
    saved(qtbot, support, tmp_path / "two.zip")
    assert [path.name for path in tmp_path.glob("*.zip")] == ["one.zip"]


def test_a_folder_that_vanished_is_said(qtbot, support, tmp_path):
    error = failure(qtbot, support, tmp_path / "gone" / "b.zip")
    assert error.title == "“b.zip” could not be saved."
    assert "does not exist" in error.advice
    assert not (tmp_path / "gone").exists()
    assert not support.saving


def test_a_folder_without_rights_is_said(qtbot, support, tmp_path, monkeypatch):
    """The tests may run as root, whom no rights hold back: the system's answer is given by hand."""
    def refused(*_arguments):
        raise PermissionError(13, "Permission denied")

    target = tmp_path / "b.zip"
    target.write_bytes(b"old")
    monkeypatch.setattr("segmind_studio.store.private_files.os.open", refused)
    error = failure(qtbot, support, target)
    monkeypatch.undo()
    assert "not allowed to use" in error.advice
    assert target.read_bytes() == b"old"


def test_a_full_disk_leaves_no_half_of_a_file(qtbot, support, tmp_path):
    """Files may not grow beyond some bytes now, as on a full disk."""
    target = tmp_path / "b.zip"
    target.write_bytes(b"old")
    support._database.rows("SELECT 1")  # made before there is no room
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
    try:
        error = failure(qtbot, support, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "disk is full" in error.advice
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("studio.sqlite3")] == ["b.zip"]


def test_accounts_are_told_without_name_id_and_key():
    error = SecretsError(SecretsProblem.LOCKED, "The keyring is locked.", "Unlock it.")
    state = AccountsState((ACCOUNT,), ACCOUNT, keyring=KeyringState.LOCKED, keyring_problem=error)
    told = accounts_report(state)
    assert told["accounts"] == [
        {"number": 1, "kind": "segmind", "kept_in": "keyring", "address": "", "in_use": True},
    ]
    assert the(dict, told["keyring"])["problem"] == {"kind": "SecretsError", "title": "The keyring is locked."}
    assert ACCOUNT.name not in json.dumps(told)
    assert ACCOUNT.account_id not in json.dumps(told)


def test_of_variables_it_is_told_only_that_they_are_set(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret-word@127.0.0.1:3128")
    told = computer()
    assert "HTTPS_PROXY" in the(list, told["variables_set"])
    assert "secret-word" not in json.dumps(told)


def test_the_last_check_is_told_by_its_kind(qtbot, support, tmp_path):
    error = ApiError(ApiProblem.OFFLINE, "The service could not be reached.")
    support.runs._take_watch(WatchState(error=error))
    told = part(saved(qtbot, support, tmp_path / "b.zip"), "computer.json")["network"]["last_check"]
    assert told == {
        "kind": "ApiError", "title": "The service could not be reached.", "problem": "offline", "http_status": 0,
    }


def test_the_proposed_name_says_what_and_when(support):
    assert Path(support.default_name()).match("segmind-studio-support-20??-??-??.zip")
    assert os.sep not in support.default_name()
