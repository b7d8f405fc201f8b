import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import SecretsError, SecretsProblem
from segmind_studio.store.secrets import SERVICE_NAME, Keyring, Vault, keyring_modules, own_keyring_module
from tests.fakes.keyrings import BrokenKeyring, MemoryKeyring

KEY = ApiKey("SG_0123456789abcdef")


def problem_of(vault: Vault) -> SecretsProblem:
    with pytest.raises(SecretsError) as caught:
        vault.read("acc")
    assert caught.value.title
    assert caught.value.advice
    return caught.value.problem


def test_a_key_is_kept_replaced_and_forgotten() -> None:
    keyring = MemoryKeyring()
    vault = Vault(choose=lambda: keyring)
    assert vault.read("acc") is None
    vault.write("acc", ApiKey("SG_old"))
    vault.write("acc", KEY)
    vault.write("other", ApiKey("SG_other"))
    assert vault.read("acc") == KEY
    assert keyring.kept[SERVICE_NAME, "acc"] == KEY.reveal()
    vault.delete("acc")
    vault.delete("acc")
    assert vault.read("acc") is None
    assert vault.read("other") == ApiKey("SG_other")


def locked_on_creation() -> Exception:
    error = InitError("Failed to create the collection: Prompt dismissed..")
    error.__cause__ = type("PromptDismissedException", (Exception,), {})()
    return error


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (KeyringLocked("Failed to unlock the collection!"), SecretsProblem.LOCKED),
        (locked_on_creation(), SecretsProblem.LOCKED),
        (NoKeyringError("none"), SecretsProblem.MISSING),
        (InitError("Failed to create the collection"), SecretsProblem.FAILED),
        (ConnectionResetError("the bus is gone"), SecretsProblem.FAILED),
    ],
)
def test_foreign_errors_are_told_apart(error: Exception, problem: SecretsProblem) -> None:
    vault = Vault(choose=lambda: BrokenKeyring(error))
    assert problem_of(vault) is problem
    with pytest.raises(SecretsError):
        vault.write("acc", KEY)
    with pytest.raises(SecretsError):
        vault.delete("acc")


def test_no_error_shows_the_key() -> None:
    vault = Vault(choose=lambda: BrokenKeyring(ConnectionResetError("the bus is gone")))
    with pytest.raises(SecretsError) as caught:
        vault.write("acc", KEY)
    assert KEY.reveal() not in f"{caught.value} {caught.value.detail}"


def test_a_keyring_that_appears_later_is_found() -> None:
    answers: list[Keyring | None] = [None, BrokenKeyring(KeyringLocked("locked")), MemoryKeyring()]
    vault = Vault(choose=lambda: answers.pop(0))
    assert problem_of(vault) is SecretsProblem.MISSING
    assert problem_of(vault) is SecretsProblem.LOCKED
    vault.write("acc", KEY)
    assert vault.read("acc") == KEY


@pytest.mark.parametrize("kind", [null.Keyring, fail.Keyring])
def test_a_backend_that_keeps_nothing_counts_as_missing(
    monkeypatch: pytest.MonkeyPatch, kind: type[object],
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{kind.__module__}.Keyring")
    assert problem_of(Vault()) is SecretsProblem.MISSING


def test_plain_text_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyrings.PlaintextKeyring")
    assert problem_of(Vault()) is SecretsProblem.MISSING


def test_a_backend_that_does_not_exist_fails_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.Keyring")
    assert problem_of(Vault()) is SecretsProblem.FAILED


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a keyring")
def test_without_a_session_bus_the_keyring_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert problem_of(Vault()) is SecretsProblem.MISSING


def test_the_back_end_of_this_system_is_found() -> None:
    assert own_keyring_module() in keyring_modules()


class ModulesOfOthers(dict[str, ModuleType]):
    """The imported modules, while another thread imports one more at each look."""

    def __iter__(self) -> Iterator[str]:
        for name in super().__iter__():
            self[f"imported_{len(self)}"] = ModuleType("imported")
            yield name


def test_back_ends_are_looked_for_while_another_thread_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    found = keyring_modules()
    monkeypatch.setattr(sys, "modules", ModulesOfOthers(sys.modules))
    assert keyring_modules() == found


def test_importing_the_store_does_not_import_keyring() -> None:
    script = (
        "import sys, segmind_studio.store.secrets, segmind_studio.store.journal\n"
        "print([name for name in ('keyring', 'jeepney', 'secretstorage') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60,
    )
    assert done.stdout.strip() == "[]"
