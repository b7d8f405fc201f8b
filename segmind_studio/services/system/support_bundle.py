"""The support bundle for the window: made and written by the task pool, with a signal when it is complete."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QLocale, QObject, QSysInfo, Signal, Slot, qVersion

from segmind_studio import __version__
from segmind_studio.core.errors import ApiError, StudioError
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.network import NetworkWatch
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.paths import AppPaths
from segmind_studio.store.private_files import replace_private
from segmind_studio.store.sheets import iso
from segmind_studio.store.support_bundle import SupportSource, bundle_bytes

SUFFIX = ".zip"
_LIBRARIES = ("httpx", "httpcore", "keyring", "pillow", "aiohttp", "platformdirs", "jeepney")
_VARIABLES = (  # only whether they are set is written; an address in them may contain a password
    "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "QT_SCALE_FACTOR", "QT_QPA_PLATFORM", "QT_STYLE_OVERRIDE",
    "PYTHON_KEYRING_BACKEND",
)
_DESKTOP = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")


class SupportService(QObject):
    """Save a bundle to a chosen file. GUI thread.

    `secrets` returns the known keys; it is called on a worker thread.

    Signals:
        saved(object): Path. failed(object): StudioError.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(  # noqa: PLR0913  # what it reports, each by name
        self, *, database: Database, paths: AppPaths, settings: SettingsService, accounts: AccountService,
        runs: RunService, network: NetworkWatch, tasks: TaskRunner, secrets: Callable[[], Iterable[str]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._paths = paths
        self._settings = settings
        self._accounts = accounts
        self._runs = runs
        self._network = network
        self._tasks = tasks
        self._secrets = secrets
        self._saving = False

    @property
    def saving(self) -> bool:
        """Return whether a bundle is being made."""
        return self._saving

    @staticmethod
    def default_name() -> str:
        """Return the file name that is proposed."""
        return f"segmind-studio-support-{time.strftime('%Y-%m-%d')}{SUFFIX}"

    def save(self, target: Path, window: Mapping[str, object]) -> None:
        """Make a bundle and write it; a file of that name is replaced as a whole, the user was asked.

        `window` has the facts from the window: screens, scale, style.
        """
        if self._saving:
            return
        self._saving = True
        state = self._accounts.state
        source = SupportSource(
            self._database, self._paths, self._settings.value, time.time(), state.accounts,
            computer={**computer(), "window": dict(window), "network": self._network_report(state)},
            accounts=accounts_report(state),
        )
        self._tasks.run(partial(_save, source, self._secrets, target), self._done, self._failed)

    def _network_report(self, state: AccountsState) -> dict[str, object]:
        watch, value = self._runs.watch, self._settings.value
        return {
            "online": self._network.online,
            "api_address": state.address, "set_by_command_line": state.address_fixed,
            "connected": state.connection is not None,
            "proxy": value.proxy.value, "proxy_address": value.proxy_url,
            "checked_at": iso(watch.checked_at), "last_check": _error_report(watch.error),
            "last_credits": _error_report(state.credits_error),
        }

    @Slot(object)
    def _done(self, target: Path) -> None:
        self._saving = False
        self.saved.emit(target)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self._saving = False
        self.failed.emit(error)


def computer() -> dict[str, object]:
    """Describe the app, its libraries and the system."""
    return {
        "app": __version__, "frozen": bool(getattr(sys, "frozen", False)),
        "python": platform.python_version(), "qt": qVersion(), "pyside": pyside_version,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "system": QSysInfo.prettyProductName(), "platform": platform.platform(),
        "architecture": QSysInfo.currentCpuArchitecture(), "locale": QLocale().name(),
        "desktop": {name: os.environ.get(name, "") for name in _DESKTOP},
        "variables_set": [name for name in _VARIABLES if os.environ.get(name)],
    }


def accounts_report(state: AccountsState) -> dict[str, object]:
    """Return where keys are stored: no name, no id and no key."""
    return {
        "accounts": [
            {
                "number": number, "kind": account.kind.value, "kept_in": account.kept_in.value,
                "address": account.address if account.api_url else "",
                "in_use": account.account_id == state.current.account_id,
            }
            for number, account in enumerate(state.accounts, 1)
        ],
        "keyring": {
            "state": state.keyring.value, "name": state.keyring_where,
            "problem": _error_report(state.keyring_problem),
        },
    }


def _error_report(error: StudioError | None) -> dict[str, object] | None:
    if error is None:
        return None
    report: dict[str, object] = {"kind": type(error).__name__, "title": error.title}
    if isinstance(error, ApiError):
        report |= {"problem": error.problem.value, "http_status": error.http_status}
    return report


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except Exception:  # noqa: BLE001  # a damaged installation is what a bundle is for
        return ""


def _save(source: SupportSource, secrets: Callable[[], Iterable[str]], target: Path) -> Path:
    replace_private(target, bundle_bytes(replace(source, secrets=tuple(secrets()))))
    return target
