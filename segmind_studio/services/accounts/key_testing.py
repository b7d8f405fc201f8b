"""Test a key with the service's free call, and find the account that it belongs to.

Kept apart: this runs in a thread of the pool, and `AccountService` in the GUI thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmind_studio.core.accounts import Account, ApiKey, Connection, Credits, account_id_of
from segmind_studio.record import record

if TYPE_CHECKING:
    from segmind_studio.store.account_keys import AccountKeys


@record
class AcceptedKey:
    """A key that the service accepted, the account it belongs to, and whether the keyring is to keep it.

    `joined` is the key's account before it was joined with `account`, None for a key that was entered.
    """

    account: Account
    key: ApiKey
    remember: bool
    credits: Credits | None = None
    replaces: bool = False
    joined: Account | None = None


def credits_of(connection: Connection) -> Credits:
    """Return the balance. Blocking; StudioError when the service refuses the key or cannot be reached."""
    from segmind_studio.api.client import SegmindClient  # noqa: PLC0415  # when first needed

    with SegmindClient(connection) as client:
        return client.credits()


def accept_new_key(connection: Connection, key: ApiKey, keys: AccountKeys, *, remember: bool) -> AcceptedKey:
    """Test a key that was not entered here before, or was removed. Blocking; errors as `credits_of`."""
    found, nameless = credits_of(connection), connection.account
    account_id = keys.learn(account_id_of(key, nameless.address), nameless.address)
    return AcceptedKey(replace(nameless, account_id=account_id), key, remember, found)


def accept_other_key(
    connection: Connection, key: ApiKey, keys: AccountKeys, others: tuple[str, ...], *, remember: bool,
) -> AcceptedKey:
    """Test a key that is to replace that of the connection's account. Blocking; errors as `credits_of`.

    `others` are the ids of the other accounts in the list; StudioError when the key belongs to one of these.
    """
    found, account = credits_of(connection), connection.account
    keys.attach(account_id_of(key, account.address), account.account_id, account.address, others)
    return AcceptedKey(account, key, remember, found, replaces=True)
