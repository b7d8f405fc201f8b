"""Accounts, keys and the connection that requests are made with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import final
from urllib.parse import quote, urlsplit

from segmind_studio.core.errors import StudioError
from segmind_studio.core.proxies import SYSTEM_PROXY, Proxy
from segmind_studio.record import record
from segmind_studio.texts import _

SEGMIND_API_URL = "https://api.segmind.com"
SEGMIND_WEBHOOK_URL = "https://api.spotprod.segmind.com"
PRACTICE_ACCOUNT_ID = "practice"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
_KEY_SHAPE = re.compile(r"SG_[0-9a-fA-F]{16}")


@final
class ApiKey:
    """Hold an API key so that printing, logging or comparing texts never shows it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def reveal(self) -> str:
        """Return the key itself; only for request headers and the keyring."""
        return self._text

    @property
    def masked(self) -> str:
        """Return a text that may be shown: the first three and the last two characters."""
        return f"{self._text[:3]}…{self._text[-2:]}" if len(self._text) > 8 else "…"  # noqa: PLR2004

    @property
    def looks_usual(self) -> bool:
        """Return whether it has Segmind's usual shape, `SG_` and 16 hex digits (docs, second-hand)."""
        return _KEY_SHAPE.fullmatch(self._text) is not None

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and other._text == self._text

    def __hash__(self) -> int:
        return hash((ApiKey, self._text))

    def __repr__(self) -> str:
        return "ApiKey(…)"

    def __reduce__(self) -> str:
        raise TypeError("A key is never pickled.")


def account_id_of(key: ApiKey, address: str) -> str:
    """Return a key's fingerprint; takes some 50 ms, so never call it in the GUI thread.

    It is the id of the account that begins with this key. A later key that replaces another belongs to the account
    that `store.account_keys` holds for its fingerprint. So the same key always leads to the same runs, and no
    other key does. The fingerprint is stored and the key is not, hence a slow derivation: trying all keys takes
    too long.
    """
    import hashlib  # noqa: PLC0415  # when first needed

    salt = f"Segmind Studio account at {address}".encode()
    return hashlib.scrypt(key.reveal().encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex()


class AccountKind(StrEnum):
    """Which service an account belongs to."""

    PRACTICE = "practice"
    SEGMIND = "segmind"


class KeptIn(StrEnum):
    """Where the key of an account is kept."""

    KEYRING = "keyring"
    SESSION = "session"  # this session only
    ENVIRONMENT = "environment"  # SEGMIND_API_KEY
    NOWHERE = "nowhere"  # practice has a key of its own


@record
class Account:
    """One named account; the key is not part of it.

    `api_url` is the address that its key belongs to, "" for Segmind's own. The key is never sent to another
    address. `colour` is the value of a `run_labels.RunColour`, which marks it beside its name.
    """

    account_id: str
    name: str
    kind: AccountKind
    kept_in: KeptIn = KeptIn.KEYRING
    api_url: str = ""
    colour: str = ""

    @property
    def address(self) -> str:
        """Return the address that its key belongs to."""
        return self.api_url or SEGMIND_API_URL

    @property
    def keyring_name(self) -> str:
        """Return the name of its key in the keyring.

        The address is a part of it: whatever is written into the settings, a key is never found for another
        address. An id with a space could be mistaken for an id with an address, so characters outside of our ids
        are encoded.
        """
        name = quote(self.account_id, safe="")
        return f"{name} {self.api_url}" if self.api_url else name


@record
class AccountOverlap:
    """Two accounts that may be the same: the list of `account_id` holds runs that `other_id` has as its own.

    `address` is that of both, `names` are of some of the `shared` runs.
    """

    account_id: str
    other_id: str
    address: str
    shared: int
    names: tuple[str, ...] = ()


@record
class Connection:
    """Everything a client needs to make requests for one account. Its `repr` shows no key."""

    account: Account
    api_url: str
    webhook_url: str
    key: ApiKey
    speed: float = 1.0  # how many times faster than real time the practice service runs; 1 for Segmind
    proxy: Proxy = SYSTEM_PROXY

    @property
    def practice(self) -> bool:
        """Return whether this is the practice service, where nothing is ever paid."""
        return self.account.kind is AccountKind.PRACTICE

    @property
    def place(self) -> tuple[str, str]:
        """Return whose connection this is, and where: its name, colour, key, proxy and speed may change."""
        return self.account.account_id, self.api_url

    @property
    def loopback(self) -> bool:
        """Return whether the service is on this computer; only then may addresses in its answers be http."""
        return (urlsplit(self.api_url).hostname or "") in LOOPBACK_HOSTS


@record
class Credits:
    """A balance in US dollars, as the credits call reports it; None where an amount is missing."""

    paid: float | None
    free: float | None

    @property
    def total(self) -> float | None:
        """Return the sum of both, None when neither is known."""
        known = [value for value in (self.paid, self.free) if value is not None]
        return sum(known) if known else None


def shown_name(account: Account) -> str:
    """Return an account's name; that of practice is in the language in use."""
    return _("Practice") if account.kind is AccountKind.PRACTICE else account.name


def account_name(account_id: str, accounts: Mapping[str, Account]) -> str:
    """Return the name of a run's or an image's account; `accounts` are those in the settings, by id."""
    if account_id == PRACTICE_ACCOUNT_ID:
        return _("Practice")
    account = accounts.get(account_id)
    return _("Removed account") if account is None else account.name


def bound_to(address: str) -> str:
    """Return the `api_url` that an account stores for an address: "" for Segmind's own."""
    return "" if address == SEGMIND_API_URL else address


def checked_api_url(text: str) -> str:
    """Return the base URL without a trailing slash, or raise StudioError: https, or http on loopback only."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_HOSTS)
    odd = any(char in "@?#\\" or char.isspace() for char in url)
    if not host or not allowed or odd:
        raise StudioError(
            _("A key cannot be sent to this address."),  # not repeated: it may hold a password
            _("Enter an https:// address, or an http:// address on this computer (127.0.0.1, localhost)."),
        )
    return url
