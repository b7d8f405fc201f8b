"""Values that describe accounts to the window, and the key and account that the environment names."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    SEGMIND_API_URL,
    Account,
    AccountKind,
    AccountOverlap,
    ApiKey,
    Connection,
    Credits,
    KeptIn,
    account_id_of,
)
from segmind_studio.core.errors import SecretsProblem, StudioError
from segmind_studio.record import record

if TYPE_CHECKING:
    from segmind_studio.store.account_keys import AccountKeys

PRACTICE_ACCOUNT = Account(PRACTICE_ACCOUNT_ID, "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)
ENVIRONMENT_NAME = "SEGMIND_API_KEY"


def environment_key() -> ApiKey | None:
    """Return SEGMIND_API_KEY, None when it is not set; child processes do not inherit it further."""
    text = os.environ.pop(ENVIRONMENT_NAME, "").strip()
    return ApiKey(text) if text else None


def environment_account(key: ApiKey, keys: AccountKeys) -> Account:
    """Return the account of a key without an address, which is Segmind's. Slow: it calls `account_id_of`."""
    account_id = keys.owner(account_id_of(key, SEGMIND_API_URL), SEGMIND_API_URL)
    return Account(account_id, ENVIRONMENT_NAME, AccountKind.SEGMIND, KeptIn.ENVIRONMENT)


class KeyringState(StrEnum):
    """The known state of the OS keyring."""

    UNASKED = "unasked"
    WAITING = "waiting"
    AVAILABLE = "available"
    LOCKED = "locked"
    MISSING = "missing"
    FAILED = "failed"


STATE_BY_PROBLEM = {
    SecretsProblem.LOCKED: KeyringState.LOCKED,
    SecretsProblem.MISSING: KeyringState.MISSING,
    SecretsProblem.FAILED: KeyringState.FAILED,
}


@record
class JoinOffer:
    """The account in use seems to be the same as `other`, a known account; None when it is not in the list.

    `error` is why they could not be joined.
    """

    overlap: AccountOverlap
    account: Account
    other: Account | None = None
    error: StudioError | None = None


@record
class AccountsState:
    """Everything the window shows of accounts. `connection` is None until the key or practice is there.

    `address` is where a Segmind account's requests go; `address_fixed`: the command line sets it.
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
    join_offer: JoinOffer | None = None

    @property
    def other_address(self) -> bool:
        """Return whether requests go to an address that is not Segmind's."""
        return self.address != SEGMIND_API_URL

    @property
    def elsewhere(self) -> bool:
        """Return whether the current account's key belongs to another address, so it is not used."""
        return self.current.kind is AccountKind.SEGMIND and self.current.address != self.address


class KeyTest(NamedTuple):
    """The result of entering a key. A key that could not be stored still works: `kept_in` is where it is held.

    `replaced`: it replaced another key of its account.
    """

    name: str
    ok: bool
    credits: Credits | None = None
    kept_in: KeptIn = KeptIn.SESSION
    error: StudioError | None = None
    replaced: bool = False
