"""Small real keyrings: one in memory, one that always fails, one that would write plain text."""
# ruff: noqa: ARG002  # the parameters are those of keyring

from typing import Any, cast

from keyring.backend import KeyringBackend


class MemoryKeyring:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class BrokenKeyring:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self._error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self._error

    def delete_password(self, service: str, username: str) -> None:
        raise self._error


class PlaintextKeyring(KeyringBackend):
    priority = cast("Any", 0.5)  # as keyrings.alt declares for its plain text files; elsewhere it is a property

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("never asked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("never written")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("never asked")


KeyringBackend._classes.discard(PlaintextKeyring)  # chosen by name only, never found
