"""Values that the window exchanges with the poller and the run store. No I/O here."""

from __future__ import annotations

from typing import Any, NamedTuple

from segmind_studio.core.accounts import AccountOverlap
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Run, TimelineEntry
from segmind_studio.record import record


@record
class WatchState:
    """The state of the polling. Times are in `clock.monotonic_epoch`; None before the first, or when off.

    The service allows no request until `quiet_until`; None when requests are allowed.
    `unread`: the account's rows cannot be read from this computer; `error` is then the reason.
    """

    checking: bool = False
    checked_at: float | None = None
    next_at: float | None = None
    error: StudioError | None = None
    unread: bool = False
    quiet_until: float | None = None


class RunTimeline(NamedTuple):
    """The history of one run, oldest first."""

    run_id: str
    entries: tuple[TimelineEntry, ...]


class RunFailure(NamedTuple):
    """The error of a request about one run."""

    run_id: str
    error: StudioError


class RunEdit(NamedTuple):
    """The user's change to what is their own of one run; None leaves a field as it is."""

    run_id: str
    notes: str | None = None
    pinned: bool | None = None
    tags: tuple[str, ...] | None = None
    colour: str | None = None
    archived: bool | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields that it changes, as `Run` has them."""
        return {name: value for name, value in self._asdict().items() if name != "run_id" and value is not None}


class AccessChange(NamedTuple):
    """A request to make a model public or private; `run` is its row if known, else None."""

    run_id: str
    public: bool
    run: Run | None


class JoinEnd(NamedTuple):
    """The result of joining two accounts; without an error the joined account's id is `overlap.other_id`."""

    overlap: AccountOverlap
    error: StudioError | None = None


class AccountRows(NamedTuple):
    """All rows of an account, newest first."""

    account_id: str
    runs: tuple[Run, ...]
