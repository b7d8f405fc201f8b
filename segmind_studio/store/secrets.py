"""The only access to the OS keyring. Keys are stored there or nowhere: never in a file, never as plain text."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, cast

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import SecretsError, SecretsProblem
from segmind_studio.store.secret_service import secret_service_name
from segmind_studio.texts import _

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend  # keyring is slow to import: only a worker thread does it

SERVICE_NAME = "Segmind Studio"
_SAFE_PRIORITY = 1  # keyring's own scale: below it a backend is "not recommended", such as plain text
_NO_STORES = frozenset({"keyring.backends.fail", "keyring.backends.null", "keyring.backends.chainer"})
_LOCKED_ERRORS = frozenset({"KeyringLocked", "LockedException", "PromptDismissedException"})
_MISSING_ERRORS = frozenset({"NoKeyringError", "SecretServiceNotAvailableException"})
_NAMES = {
    "keyring.backends.Windows": "Windows Credential Locker",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.kwallet": "KWallet",
}
_OF_SYSTEM = {"win32": "keyring.backends.Windows", "darwin": "keyring.backends.macOS"}
_ANY_KEYRING = "the desktop's keyring"
_searching = threading.Lock()  # keyring's list of back-ends grows while one thread imports them


class Keyring(Protocol):
    """The methods of a keyring backend that the vault uses."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret, None when there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete a secret."""
        ...


class Vault:
    """Read and write the keys of accounts in the OS keyring.

    Every method may block without limit on the keyring's own prompt: call them on a worker thread only. They raise
    SecretsError, which distinguishes a missing, a locked and a failing keyring. After an error the keyring is
    searched again, so that one which was started or unlocked meanwhile is found.
    """

    def __init__(
        self, service: str = SERVICE_NAME, choose: Callable[[], Keyring | None] | None = None,
    ) -> None:
        self._service = service
        self._choose = choose or safe_keyring
        self._lock = threading.Lock()
        self._found: Keyring | None = None

    def read(self, name: str) -> ApiKey | None:
        """Return the key stored under a name (`Account.keyring_name`), None when the keyring has none."""
        backend = self._backend()
        try:
            text = backend.get_password(self._service, name)
        except Exception as error:
            raise self._worded(error) from error
        return ApiKey(text) if text else None

    def write(self, name: str, key: ApiKey) -> None:
        """Store a key under a name, in place of an older one."""
        backend = self._backend()
        try:
            backend.set_password(self._service, name, key.reveal())
        except Exception as error:
            raise self._worded(error) from error

    def delete(self, name: str) -> None:
        """Delete the key under a name; it is no error when there is none."""
        backend = self._backend()
        try:
            if backend.get_password(self._service, name) is not None:
                backend.delete_password(self._service, name)
        except Exception as error:
            raise self._worded(error) from error

    def where(self) -> str:
        """Return the keyring's usual name, such as "GNOME Keyring"."""
        module = type(self._backend()).__module__
        if module in {"keyring.backends.SecretService", "keyring.backends.libsecret"}:
            return secret_service_name() or _ANY_KEYRING
        return _NAMES.get(module, _ANY_KEYRING)

    def _backend(self) -> Keyring:
        with self._lock:
            if self._found is None:
                try:
                    found = self._choose()
                except Exception as error:
                    raise _error_of(error) from error
                if found is None:
                    raise _missing("")
                self._found = found
            return self._found

    def _worded(self, error: Exception) -> SecretsError:
        with self._lock:
            self._found = None
        return _error_of(error)


def safe_keyring() -> Keyring | None:
    """Return the backend the user configured, else the best one available now; None without a safe one."""
    from keyring import backend, core  # noqa: PLC0415  # slow, see above

    configured = core.load_env() or core.load_config()
    if configured is not None:
        return cast("Keyring", configured) if _safe(type(configured)) else None
    with _searching:
        backend.get_all_keyring()  # loads the backends' modules; its own list is made once and becomes outdated
        kinds = [kind for kind in backend.KeyringBackend.get_viable_backends() if _safe(kind)]
    return cast("Keyring", max(kinds, key=_priority)()) if kinds else None


def keyring_modules() -> dict[str, bool]:
    """Return the back-ends that keyring finds, by module, and whether each could be used now. Blocks for a moment.

    A frozen program that lost the list of them finds none.
    """
    from keyring import backend  # noqa: PLC0415  # slow, see above

    with _searching:
        backend.get_all_keyring()
        viable = {kind.__module__ for kind in backend.KeyringBackend.get_viable_backends() if _safe(kind)}
    modules = sys.modules.copy()  # in one step: other threads import meanwhile
    found = {name for name in modules if name.startswith("keyring.backends.")} - _NO_STORES
    return {name: name in viable for name in sorted(found)}


def own_keyring_module() -> str:
    """Return the module of the back-end that this system's keyring needs."""
    return _OF_SYSTEM.get(sys.platform, "keyring.backends.SecretService")


def _safe(kind: type[KeyringBackend]) -> bool:
    return kind.__module__ not in _NO_STORES and _priority(kind) >= _SAFE_PRIORITY


def _priority(kind: type[KeyringBackend]) -> float:
    return float(kind.priority)


def _error_of(error: Exception) -> SecretsError:
    names = {type(cause).__name__ for cause in _causes(error)}
    detail = f"{type(error).__name__}: {error}"
    if names & _LOCKED_ERRORS:
        return SecretsError(
            SecretsProblem.LOCKED, _("The keyring is locked."),
            _("Unlock it with your login password, then try again, or use the key for this session only."), detail,
        )
    if names & _MISSING_ERRORS:
        return _missing(detail)
    return SecretsError(
        SecretsProblem.FAILED, _("The keyring returned an error."),
        _("Try again, or use the key for this session only."), detail,
    )


def _missing(detail: str) -> SecretsError:
    if sys.platform == "linux":
        advice = _("Install one, such as GNOME Keyring or KWallet, or use the key for this session only.")
    else:
        advice = _("Use the key for this session only.")
    return SecretsError(
        SecretsProblem.MISSING, _("This computer has no keyring to store the key."), advice, detail
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
