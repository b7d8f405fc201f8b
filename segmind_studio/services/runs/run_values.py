"""Values that the Runs place, the poller and the run store exchange. No I/O here."""

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


@dataclass(frozen=True, slots=True)
class RunTimeline:
    """The history of one run, oldest first."""

    run_id: str
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, slots=True)
class RunFailure:
    """The error of a request about one run."""

    run_id: str
    error: StudioError


@dataclass(frozen=True, slots=True)
class RunEdit:
    """The user's change to one run's notes or pin."""

    run_id: str
    notes: str | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class AccessChange:
    """A request to make a model public or private; `run` is its row if known, else None."""

    run_id: str
    public: bool
    run: Run | None


@dataclass(frozen=True, slots=True)
class JoinEnd:
    """The result of joining two accounts; without an error the joined account's id is `overlap.other_id`."""

    overlap: AccountOverlap
    error: StudioError | None = None


# -- between the poller, which uses the network, and the run store, which uses the disk


@dataclass(frozen=True, slots=True)
class AccountRows:
    """All rows of an account, newest first."""

    account_id: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class RowsRead:
    """Whether an account's rows could be read, and whether one of the runs is not finished."""

    account_id: str
    active: bool = False
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class ListingSeen:
    """A listing that was requested at `asked_at` (seconds since the epoch).

    `number` is the number of the check, for the answer; `same`: the previous listing had the same bytes.
    """

    number: int
    account_id: str
    listing: Listing
    same: bool
    asked_at: float


@dataclass(frozen=True, slots=True)
class RunQuestion:
    """A question of the run store: for a run's details, or for the balance to measure its cost."""

    run: Run
    balance: bool = False


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """The service's answer to a question: the details, the balance in US dollars, or the error."""

    number: int
    account_id: str
    question: RunQuestion
    job: Job | None = None
    balance: float | None = None
    error: ApiError | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The result of storing a step of a check. The check continues with `question`, and ends without one.

    `left_out`: jobs of the list got no row; `error`: a disk error.
    """

    number: int
    active: bool = False
    question: RunQuestion | None = None
    left_out: StudioError | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class RunActivity:
    """Another worker wrote a row: whether runs are unfinished now, and whether to poll at once."""

    active: bool
    ask: bool


@dataclass(frozen=True, slots=True)
class DetailsSeen:
    """A run's details, after the user requested them or changed the run."""

    run: Run
    job: Job
