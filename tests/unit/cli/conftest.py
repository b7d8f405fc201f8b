"""A folder of photos, a data folder, and commands run in this process against a real practice service."""

import json
import shutil
from argparse import Namespace
from pathlib import Path

import pytest
from PIL import Image

from segmind_studio.cli.main import run_command
from segmind_studio.cli.session import Surroundings
from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection, KeptIn, account_id_of
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_values import PRACTICE_ACCOUNT
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.paths import app_paths
from segmind_studio.store.secrets import Vault
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.keyrings import MemoryKeyring
from tests.fakes.practice_side import StartedPractice

FAST = 400.0


@pytest.fixture
def practice(tmp_path):
    server = StartedPractice(tmp_path / "service", speed=FAST)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def made_photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for number in range(6):
        Image.effect_noise((512, 512 + number), 40).save(folder / f"photo{number}.jpg")
        (folder / f"photo{number}.txt").write_text(f"TOK number {number}", encoding="utf-8")
    return folder


@pytest.fixture
def photos(made_photos, tmp_path):
    return Path(shutil.copytree(made_photos, tmp_path / "Anna in May"))


class Commands:
    """Run commands on one data folder; the service runs in this process, so that its requests can be counted."""

    def __init__(self, folder, practice, capsys):
        self.folder = folder
        self.paths = app_paths(folder)
        self.practice = practice
        self.keyring = MemoryKeyring()
        self._capsys = capsys
        self.account_id = "practice"
        self.said = Namespace(out="", err="")

    def __call__(self, *words):
        surroundings = Surroundings(lambda _folder, _speed: self, lambda: Vault(choose=lambda: self.keyring))
        self._capsys.readouterr()
        try:
            return run_command([*map(str, words), "--data-dir", str(self.folder)], surroundings)
        finally:
            self.said = self._capsys.readouterr()

    def events(self, *words):
        """Run with --json; return the exit code and the lines."""
        code = self(*words, "--json")
        return code, [json.loads(line) for line in self.said.out.splitlines()]

    def start(self):
        address = self.practice.address
        return Connection(PRACTICE_ACCOUNT, address.api, address.api, ApiKey(address.key), FAST)

    def stop(self):
        """Leave the service running: the next command uses it too."""

    def runs(self, account_id="practice"):
        database = Database(self.paths.database)
        try:
            return Journal(database).runs(account_id)
        finally:
            database.close()

    def pays(self, **settings):
        """Add an account whose key is in the keyring and whose service asks for money; return its id.

        A second one, "Other", is not in use and has a key that the service does not know; its id is made up.
        """
        address = self.practice.address
        accounts = []
        for name, key, account_id in (
            ("Mine", address.key, account_id_of(ApiKey(address.key), address.api)),  # which takes long on purpose
            ("Other", "SG_of_another_account", "other-account"),
        ):
            accounts.append(Account(account_id, name, AccountKind.SEGMIND, KeptIn.KEYRING, address.api))
            self.keyring.set_password("Segmind Studio", accounts[-1].keyring_name, key)
        self.paths.create()
        SettingsFile(self.paths.settings_file).save(Settings(
            accounts=tuple(accounts), current_account=accounts[0].account_id, api_url=address.api, **settings,
        ))
        self.account_id = accounts[0].account_id
        return self.account_id


@pytest.fixture
def command(tmp_path, practice, capsys):
    return Commands(tmp_path / "data", practice, capsys)


@pytest.fixture
def with_model(command, photos, practice, monkeypatch):
    """Return a run of the account that pays, "anna", which is ready."""
    practice.set_speed(8000)
    monkeypatch.setattr("segmind_studio.cli.own_work.pause", lambda _seconds: False)
    command.pays()
    assert command("train", photos, "--name", "anna", "--yes", "--wait") == 0
    return command.runs(command.account_id)[0]
