"""Small stand-ins for the services of the Train place: same signals and names, no threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    Account,
    AccountKind,
    ApiKey,
    Connection,
    Credits,
    KeptIn,
)
from segmind_studio.core.datasets import Dataset, Finding, PackageInfo, Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.services.accounts.account_service import AccountsState

PRACTICE = Account(PRACTICE_ACCOUNT_ID, "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)
REAL = Account("real", "My Segmind", AccountKind.SEGMIND)
KEY = "SG_0123456789abcdef"


def connection_of(account: Account, key: str = KEY) -> Connection:
    """Return a connection to no server."""
    return Connection(account, "https://api.segmind.com", "https://hooks.segmind.com", ApiKey(key))


def photos(count: int, captions: int = 0) -> tuple[Photo, ...]:
    """Return good photos, the first ones with captions that hold TOK."""
    texts = [f"TOK in a garden, {n}" for n in range(captions)] + [""] * (count - captions)
    return tuple(
        Photo(f"p{n}", Path(f"{n}.jpg"), 1024, 1024, 900_000, caption=text) for n, text in enumerate(texts)
    )


class FakePackageWatch(QObject):
    """Stand in for PackageWatch."""

    answered = Signal()
    current = True


class FakeDatasets(QObject):
    """Stand in for DatasetService."""

    dataset_changed = Signal(object)
    package_changed = Signal(object)

    def __init__(self, count: int = 0, captions: int = 0, name: str = "Holiday photos") -> None:
        super().__init__()
        self.dataset = Dataset("d1", name, photos(count, captions))
        self.package = PackageInfo(count, captions, 0, count * 900_000)
        self.package_watch = FakePackageWatch()

    def show(
        self, count: int, captions: int = 0, findings: tuple[Finding, ...] = (), size: int | None = None,
    ) -> None:
        """Show other photos, measured at once."""
        self.dataset = replace(self.dataset, photos=photos(count, captions))
        self.dataset_changed.emit(self.dataset)
        self.package = PackageInfo(count, captions, 0, count * 900_000 if size is None else size, findings)
        self.package_changed.emit(self.package)


class FakeAccounts(QObject):
    """Stand in for AccountService, on the real AccountsState."""

    changed = Signal(object)

    def __init__(self, account: Account = REAL, dollars: float | None = 12.5, *, connected: bool = True) -> None:
        super().__init__()
        self.asked = 0
        self.state = AccountsState(
            (PRACTICE, REAL), account, connection_of(account) if connected else None,
            credits=None if dollars is None else Credits(dollars, 0.0),
        )

    def choose(self, account: Account, *, connected: bool = True) -> None:
        """Change the account."""
        self.state = replace(
            self.state, current=account, connection=connection_of(account) if connected else None,
        )
        self.changed.emit(self.state)

    def refresh_credits(self) -> None:
        """Record the call; `answer` answers it."""
        self.asked += 1

    def answer(self, dollars: float | None = None, error: StudioError | None = None) -> None:
        """Answer the question for the balance."""
        found = None if dollars is None else Credits(dollars, 0.0)
        self.state = replace(self.state, credits=found or self.state.credits, credits_error=error)
        self.changed.emit(self.state)
