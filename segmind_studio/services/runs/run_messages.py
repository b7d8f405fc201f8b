"""Messages between the poller, which uses the network, and the run store, which uses the disk. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmind_studio.core.errors import ApiError, StudioError
from segmind_studio.core.runs import Job, Run
from segmind_studio.record import record

if TYPE_CHECKING:
    from segmind_studio.api.values import Listing


@record
class RowsRead:
    """Whether an account's rows could be read, and whether one of the runs is not finished."""

    account_id: str
    active: bool = False
    error: StudioError | None = None


@record
class ListingSeen:
    """A listing that was requested at `asked_at` (seconds since the epoch).

    `number` is the number of the check, for the answer; `same`: the previous listing had the same bytes.
    """

    number: int
    account_id: str
    listing: Listing
    same: bool
    asked_at: float


@record
class RunQuestion:
    """A question of the run store: for a run's details, or for the balance to measure its cost."""

    run: Run
    balance: bool = False


@record
class QuestionAnswer:
    """The service's answer to a question: the details, the balance in US dollars, or the error."""

    number: int
    account_id: str
    question: RunQuestion
    job: Job | None = None
    balance: float | None = None
    error: ApiError | None = None


@record
class Stored:
    """The result of storing a step of a check. The check continues with `question`, and ends without one.

    `left_out`: jobs of the list got no row; `error`: a disk error.
    """

    number: int
    active: bool = False
    question: RunQuestion | None = None
    left_out: StudioError | None = None
    error: StudioError | None = None


@record
class RunActivity:
    """Another worker wrote a row: whether runs are unfinished now, and whether to poll at once."""

    active: bool
    ask: bool


@record
class DetailsSeen:
    """A run's details, after the user requested them or changed the run."""

    run: Run
    job: Job


@record
class EventNews:
    """What webhooks did: some are not confirmed (`pending`), a new one `came`, or a listing `confirmed` one."""

    pending: bool
    came: bool = False
    confirmed: bool = False
