"""What the Runs place asks of the watching and hears from it. Values; nothing is asked here."""

from __future__ import annotations

from dataclasses import dataclass

from segmind_studio.core.accounts import AccountOverlap
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import TimelineEntry


@dataclass(frozen=True, slots=True)
class WatchState:
    """The state of the polling. Times are from `clock.monotonic_epoch`; None before the first, or when off.

    Until `quiet_until` the service wants not to be asked; None when it may be.
    `unread` says that the account's rows cannot be read from this computer, and `error` then why.
    """

    checking: bool = False
    checked_at: float | None = None
    next_at: float | None = None
    error: StudioError | None = None
    unread: bool = False
    quiet_until: float | None = None


@dataclass(frozen=True, slots=True)
class RunTimeline:
    """What was seen of one run, oldest first."""

    run_id: str
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, slots=True)
class RunFailure:
    """Why something asked for one run did not work."""

    run_id: str
    error: StudioError


@dataclass(frozen=True, slots=True)
class RunEdit:
    """A change of the person's own to one run's notes or pin."""

    run_id: str
    notes: str | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class AccessChange:
    """The wish to make a model public or private."""

    run_id: str
    public: bool


@dataclass(frozen=True, slots=True)
class JoinEnd:
    """How the joining of two accounts ended; without an error they are one, and its id is `overlap.other_id`."""

    overlap: AccountOverlap
    error: StudioError | None = None
