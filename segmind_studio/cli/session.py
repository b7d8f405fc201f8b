"""What every command works with: folders, settings, the lock, the journal, the account and its connection."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import CommandError, Output
from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    SEGMIND_API_URL,
    SEGMIND_WEBHOOK_URL,
    Account,
    AccountKind,
    ApiKey,
    Connection,
    KeptIn,
    bound_to,
    checked_api_url,
    shown_name,
)
from segmind_studio.core.datasets import PackageOptions
from segmind_studio.core.errors import SecretsError, SecretsProblem, StoreError, StudioError
from segmind_studio.core.proxies import Proxy
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.accounts.account_values import PRACTICE_ACCOUNT, environment_account, environment_key
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database, DatabaseReader
from segmind_studio.store.folder_lock import FolderLock
from segmind_studio.store.journal import Journal
from segmind_studio.store.logs import configure_logging
from segmind_studio.store.paths import app_paths
from segmind_studio.store.secrets import Vault
from segmind_studio.store.settings_file import SettingsFile
from segmind_studio.texts import _

KEYRING_WAIT_S = 60.0  # a locked keyring asks on the desktop, without a time limit
LOCK_TRIES = 10
SHORT_ID = 8  # characters of an id that name a run
LOCK_RETRY_S = 0.2


class ServiceHost(Protocol):
    """The practice service for one command."""

    def start(self) -> Connection:
        """Return the way to it."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


HostMaker = Callable[[Path, float], ServiceHost]


@record
class Surroundings:
    """What a command finds around it: how the practice service is started, the keyring, and whether it logs."""

    host: HostMaker
    vault: Callable[[], Vault] = Vault
    keep_log: bool = False  # in the log file of the data folder


@record
class KeyPlace:
    """The key of the account in use, and where it was found, in words."""

    key: ApiKey | None
    where: str


class Session:
    """One command's use of the data folder. Blocking; one thread. `close` ends everything that it has begun."""

    def __init__(
        self, given: Namespace, output: Output, surroundings: Surroundings, secrets: set[str],
        window_account: Callable[[Session], Account | None] = lambda _session: None,
    ) -> None:
        """Read the settings. `window_account` asks the window that has the folder for the account it uses."""
        self.given = given
        self.output = output
        self._host = surroundings.host
        self._vault = surroundings.vault
        self._keep_log = surroundings.keep_log
        self._secrets = secrets
        self.paths = app_paths(given.data_dir)
        file = SettingsFile(self.paths.settings_file)
        self.settings, note = file.load(only_read=True)  # the app sets a damaged one aside, and says so
        self._unread = file.unread
        if note:
            output.note(note)
        self._environment_key = environment_key()
        if self._environment_key:
            secrets.add(self._environment_key.reveal())
        self._lock = FolderLock(self.paths.data)
        self.owns = False
        self._window_account = window_account
        self.of_window = False  # the account is the one that the open window uses
        self._service: ServiceHost | None = None
        self._database: Database | None = None

    # -- the folder

    def claim(self, *, must: bool = False) -> bool:
        """Take the folder for this process, if no other app has it; then it may write. StoreError."""
        self.paths.create()
        for attempt in range(LOCK_TRIES):
            if not self.owns and self._lock.claim():
                self._close_database()  # it could only be read before
                self.owns = True
            if self.owns or not must:
                break
            if attempt < LOCK_TRIES - 1:
                threading.Event().wait(LOCK_RETRY_S)
        if self.owns and self._keep_log:
            self._keep_log = False  # once
            configure_logging(self.paths.log_file, self.known_secrets)
        return self.owns

    def release(self) -> None:
        """Let other apps use the folder; the rows can still be read."""
        if self.owns:
            self._close_database()
            self.owns = False
            self._lock.release()

    def known_secrets(self) -> tuple[str, ...]:
        """Return the keys that this process knows, to mask them."""
        return tuple(self._secrets)

    @property
    def holder(self) -> str:
        """Return the number of the process that has the folder."""
        return self._lock.holder

    @property
    def database(self) -> Database:
        """Return the app's database; it is only read while another process has the folder."""
        if self._database is None:
            path = self.paths.database
            if not self.owns and not path.exists():
                raise CommandError(ExitCode.USAGE, _("No runs in this data folder yet."))
            self._database = Database(path) if self.owns else DatabaseReader(path)
        return self._database

    @property
    def journal(self) -> Journal:
        """Return the journal of runs."""
        return Journal(self.database)

    @property
    def options(self) -> PackageOptions:
        """Return how archives are made, as the window's settings say."""
        return PackageOptions(strip_metadata=self.settings.strip_metadata)

    # -- the account

    @cached_property
    def account(self) -> Account:
        """Return the account to use: the named one, else the open window's, else the last one. CommandError.

        StoreError where the settings were not read, except for practice: nor is the budget known then.
        """
        wanted = str(self.given.account).strip()
        names = {PRACTICE_ACCOUNT_ID, PRACTICE_ACCOUNT.name.casefold(), shown_name(PRACTICE_ACCOUNT).casefold()}
        if self.given.practice or wanted.casefold() in names:
            return PRACTICE_ACCOUNT
        told = None if self.owns else self._window_account(self)
        if told is not None and (not wanted or _is_named(told, wanted)):  # it pays for what is ordered
            self.of_window = True
            return told
        if self._unread is not None:
            raise StoreError(
                _("The settings could not be read, so your accounts and your budget are not known."),
                _("Check the file and its permissions, then try again."),
                f"{self._unread.title} {self.paths.settings_file}",
            )
        return self._named(wanted) if wanted else self._used_last()

    def _named(self, wanted: str) -> Account:
        if self._environment_key and wanted.casefold() == "segmind_api_key":
            return self._environment_account
        for account in self.settings.accounts:
            if _is_named(account, wanted):
                return account
        raise CommandError(
            ExitCode.USAGE, _("There is no account “{name}”.").format(name=wanted),
            _("Your accounts are in the app's Settings."),
        )

    def _used_last(self) -> Account:
        last = self.settings.current_account
        current = next((one for one in self.settings.accounts if one.account_id == last), None)
        if current is not None and (not self._environment_key or self._stored(current).key):
            return current
        if self._environment_key:
            return self._environment_account
        if last == PRACTICE_ACCOUNT_ID:
            return PRACTICE_ACCOUNT
        # Its key was for one session of the window only. What is stored of it can be read, and nothing is sent.
        return Account(last, "Segmind", AccountKind.SEGMIND, KeptIn.SESSION, bound_to(self._address))

    @cached_property
    def _environment_account(self) -> Account:
        key = self._environment_key
        if key is None:
            raise CommandError(ExitCode.NO_KEY, _("SEGMIND_API_KEY is not set."))
        return environment_account(key, AccountKeys(self.database))

    def key_place(self) -> KeyPlace:
        """Return the account's key and where it is kept. Waits for the keyring; SecretsError."""
        account, of_window = self.account, self.of_window
        if account.kept_in is KeptIn.ENVIRONMENT:
            key = self._environment_key
            if not of_window or (key and self._environment_account.account_id == account.account_id):
                return KeyPlace(key, _("in SEGMIND_API_KEY, for this command only"))
        if account.kind is AccountKind.PRACTICE:
            return KeyPlace(None, _("not stored: practice makes a new one at each start"))
        if account.kept_in is not KeptIn.KEYRING:
            return KeyPlace(None, _("in the open window, for its session only") if of_window else "")
        place = self._stored(account)
        if self._keyring_error is not None:
            raise self._keyring_error
        return place

    _keyring_error: SecretsError | None = None

    def _stored(self, account: Account) -> KeyPlace:
        """Read a key from the keyring, once; an error is kept for `key_place`."""
        found = self._stored_keys.get(account.account_id)
        if found is None:
            try:
                found = self._asked_keyring(account.keyring_name)
            except SecretsError as error:
                self._keyring_error = error
                found = KeyPlace(None, "")
            self._stored_keys[account.account_id] = found
        if found.key:
            self._secrets.add(found.key.reveal())
        return found

    @cached_property
    def _stored_keys(self) -> dict[str, KeyPlace]:
        return {}

    def _asked_keyring(self, name: str) -> KeyPlace:
        answers: list[KeyPlace | Exception] = []

        def ask() -> None:
            vault = self._vault()
            try:
                answers.append(KeyPlace(vault.read(name), vault.where()))
            except Exception as error:  # noqa: BLE001  # it is raised again in the command's thread
                answers.append(error)

        thread = threading.Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        thread.join(KEYRING_WAIT_S)
        if not answers:
            raise SecretsError(
                SecretsProblem.LOCKED, _("The keyring does not respond."),
                _("It may be locked. Unlock it, or set SEGMIND_API_KEY."),
            )
        if isinstance(answers[0], Exception):
            raise answers[0]
        return answers[0]

    # -- the service

    @cached_property
    def connection(self) -> Connection:
        """Return the way to the account's service, which is started for practice. StudioError."""
        account, value = self.account, self.settings
        if account.kind is AccountKind.PRACTICE:
            speed = self.given.practice_speed or value.practice_speed
            self._service = self._host(self.paths.practice, speed)
            connection = self._service.start()
            self._secrets.add(connection.key.reveal())
            return connection
        if account.address != self._address:
            raise CommandError(
                ExitCode.NO_KEY, _("The key of “{name}” was added for another address.").format(name=account.name),
                _("It is not sent to this address. Add a key for this address in the app's Settings."),
            )
        key = self.key_place().key
        if not key:
            raise CommandError(
                ExitCode.NO_KEY, _("There is no key for “{name}”.").format(name=account.name),
                _("Enter it in the app's Settings, or set SEGMIND_API_KEY."),
            )
        return Connection(
            account, account.address, account.api_url or SEGMIND_WEBHOOK_URL, key,
            proxy=Proxy(value.proxy, value.proxy_url),
        )

    @property
    def _address(self) -> str:
        try:
            return self.given.api_url or checked_api_url(self.settings.api_url or SEGMIND_API_URL)
        except StudioError:
            return SEGMIND_API_URL

    # -- runs

    def run_named(self, wanted: str) -> Run:
        """Return the account's run with this id, else the newest with this name, else by the begin of its id.

        CommandError without one.
        """
        runs = self.journal.runs(self.account.account_id)
        ways: tuple[Callable[[Run], bool], ...] = (
            lambda run: wanted in {run.run_id, run.service_id},
            lambda run: run.name.casefold() == wanted.casefold(),
            lambda run: len(wanted) >= SHORT_ID and run.run_id.startswith(wanted.lower()),
        )
        found = next((run for fits in ways for run in runs if fits(run)), None)
        if found is not None:
            return found
        raise CommandError(
            ExitCode.USAGE, _("There is no run “{name}” in the account “{account}”.").format(
                name=wanted, account=shown_name(self.account),
            ), _("See the list: segmind-studio runs"),
        )

    # -- the end

    def _close_database(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def close(self) -> None:
        """End the practice service, close the database, release the folder."""
        if self._service is not None:
            self._service.stop()
            self._service = None
        self._close_database()
        if self.owns:
            self.owns = False
            self._lock.release()


def _is_named(account: Account, wanted: str) -> bool:
    return wanted == account.account_id or wanted.casefold() == account.name.casefold()
