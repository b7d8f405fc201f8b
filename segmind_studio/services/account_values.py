"""What the window is told of accounts. Values; nothing is asked here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    SEGMIND_API_URL,
    Account,
    AccountKind,
    Connection,
    Credits,
    KeptIn,
)
from segmind_studio.core.errors import StudioError

PRACTICE_ACCOUNT = Account(PRACTICE_ACCOUNT_ID, "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)


class KeyringState(StrEnum):
    """What is known of the OS keyring."""

    UNASKED = "unasked"
    WAITING = "waiting"
    AVAILABLE = "available"
    LOCKED = "locked"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AccountsState:
    """Everything the window shows of accounts. `connection` is None until the key or practice is there.

    `address` is where a Segmind account's requests go; `address_fixed` tells that the command line says so.
    """

    accounts: tuple[Account, ...]
    current: Account
    connection: Connection | None = None
    keyring: KeyringState = KeyringState.UNASKED
    keyring_where: str = ""
    keyring_problem: StudioError | None = None
    credits: Credits | None = None
    credits_error: StudioError | None = None
    environment_key_offered: bool = False
    address: str = SEGMIND_API_URL
    address_fixed: bool = False

    @property
    def elsewhere(self) -> bool:
        """Tell whether the current account's key was given for another address, and so is not used."""
        return self.current.kind is AccountKind.SEGMIND and self.current.address != self.address


@dataclass(frozen=True, slots=True)
class KeyTest:
    """How the entry of a key ended. A key that could not be kept still works: `kept_in` says for how long."""

    name: str
    ok: bool
    credits: Credits | None = None
    kept_in: KeptIn = KeptIn.SESSION
    error: StudioError | None = None
