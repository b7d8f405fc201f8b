"""What the Runs place, the poller and the run store say to one another. Values; nothing is asked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmind_studio.core.accounts import AccountOverlap
from segmind_studio.core.errors import ApiError, StudioError
from segmind_studio.core.runs import Job, Run, TimelineEntry

if TYPE_CHECKING:
    from segmind_studio.api.values import Listing


@dataclass(frozen=True, slots=True)
class WatchState:
    """How the watching goes. Times are as `clock.monotonic_epoch` has them; None before the first, or when off.

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
    """The wish to make a model public or private; `run` is its row as it is known, None when it is not."""

    run_id: str
    public: bool
    run: Run | None


@dataclass(frozen=True, slots=True)
class JoinEnd:
    """How the joining of two accounts ended; without an error they are one, and its id is `overlap.other_id`."""

    overlap: AccountOverlap
    error: StudioError | None = None


# -- between the poller, which speaks to the network, and the run store, which speaks to the disk


@dataclass(frozen=True, slots=True)
class AccountRows:
    """All rows of an account, newest first."""

    account_id: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class RowsRead:
    """Whether an account's rows could be read, and whether one of them is still under way."""

    account_id: str
    active: bool = False
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class ListingSeen:
    """A listing that was asked for at `asked_at` (seconds since the epoch).

    `number` is that of the check, for the answer; `same` says that the one before had the same bytes.
    """

    number: int
    account_id: str
    listing: Listing
    same: bool
    asked_at: float


@dataclass(frozen=True, slots=True)
class RunQuestion:
    """What the run store wants to know besides: a run's details, or the balance as its cost."""

    run: Run
    balance: bool = False


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """What the service said to a question: the details, the balance in US dollars, or why not."""

    number: int
    account_id: str
    question: RunQuestion
    job: Job | None = None
    balance: float | None = None
    error: ApiError | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """How far a check is on the disk. The check goes on with the `question`, and ends without one.

    `left_out` says that jobs of the list got no row; `error` that the disk refused.
    """

    number: int
    active: bool = False
    question: RunQuestion | None = None
    left_out: StudioError | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class Stirred:
    """A row was written by somebody else: whether runs are under way now, and whether to ask for it at once."""

    active: bool
    ask: bool


@dataclass(frozen=True, slots=True)
class DetailsSeen:
    """A run's details, after the person asked for them or changed something."""

    run: Run
    job: Job
