"""Our exceptions. Every foreign exception is turned into one of these where it first appears."""

from __future__ import annotations

from enum import StrEnum

from segmind_studio.texts import Text, _, sentences


class StudioError(Exception):
    """A problem with a text for the user.

    `title` is a short sentence, `advice` says what to do, `detail` holds the service's or the system's own message
    (plain text, never markup, never a key).
    """

    def __init__(self, title: str | Text, advice: str | Text = "", detail: str = "") -> None:
        super().__init__(str(title))
        self.title = str(title)
        self.advice = str(advice)
        self.detail = detail

    def __str__(self) -> str:
        return sentences(self.title, self.advice)


def unexpected(error: Exception) -> StudioError:
    """Return a StudioError for an unexpected error, without its text, which may contain private data."""
    return StudioError(
        _("Something unexpected went wrong in the app."),
        _("Nothing was sent again. The details are in the log. Please report this error."),
        type(error).__name__,
    )


class DatasetError(StudioError):
    """A photo, caption, zip or folder cannot be used."""


class SourceChangedError(DatasetError):
    """A source file has changed since the archive was planned."""


class StoreError(StudioError):
    """The app's own files cannot be read or written (full disk, damage, no permission)."""


class MovedOnError(StoreError):
    """A row has changed: another process or thread has written it in the meantime."""


class CancelledError(StudioError):
    """The user stopped the work; never shown."""

    def __init__(self, title: str = "") -> None:
        super().__init__(title or _("Cancelled."))


class HeldBackError(CancelledError):
    """A run was not started because another run of the same start failed; its row says so."""


class SecretsProblem(StrEnum):
    """Why the keyring did not answer."""

    MISSING = "missing"  # there is no keyring service on this computer
    LOCKED = "locked"  # it is there and was not unlocked
    FAILED = "failed"  # it is there and failed


class SecretsError(StudioError):
    """The OS keyring cannot be used, and why."""

    def __init__(
        self, problem: SecretsProblem, title: str | Text, advice: str | Text = "", detail: str = "",
    ) -> None:
        super().__init__(title, advice, detail)
        self.problem = problem


class ApiProblem(StrEnum):
    """What went wrong with a request, by what the app must do about it."""

    BAD_REQUEST = "bad_request"  # 400, 422, 500 with a message: show it at the form
    MISSING_KEY = "missing_key"  # 401 without a key in the request
    BAD_KEY = "bad_key"  # 401: ask for the key
    FORBIDDEN = "forbidden"  # 403: not a key problem
    NOT_FOUND = "not_found"  # 404
    CONTENT_TYPE = "content_type"  # 406 by content type: our mistake
    NO_CREDITS = "no_credits"  # 406: top up
    TEAM_LIMIT = "team_limit"  # 406: a team's limit
    RETIRED = "retired"  # 410 or a message to that effect: no new runs, never retry
    RATE_LIMITED = "rate_limited"  # 429: wait
    SERVER = "server"  # 5xx
    ODD_ANSWER = "odd_answer"  # a 2xx that cannot be understood, HTML instead of JSON
    OFFLINE = "offline"  # nothing left the machine: DNS, refused, TLS
    UNANSWERED = "unanswered"  # the request may have arrived: time-out, reset
    UPLOAD_EXPIRED = "upload_expired"  # S3: ask for a fresh URL
    UPLOAD_REFUSED = "upload_refused"  # S3: anything else
    UPLOAD_UNSURE = "upload_unsure"  # an answer to an upload that does not prove it
    SLOW_DOWN = "slow_down"  # S3 503


class ApiError(StudioError):
    """A request failed.

    `may_have_arrived` is True when the service may have acted on the request although no usable answer came
    (time-out, reset, 5xx, an unreadable 2xx): for a submit that means *unknown*. `retry_after` is in seconds, None
    when the service gave none. `http_status` is 0 without an answer.
    """

    def __init__(  # noqa: PLR0913  # one parameter for each value that callers use
        self,
        problem: ApiProblem,
        title: str | Text,
        advice: str | Text = "",
        detail: str = "",
        *,
        http_status: int = 0,
        retry_after: float | None = None,
        may_have_arrived: bool = False,
    ) -> None:
        super().__init__(title, advice, detail)
        self.problem = problem
        self.http_status = http_status
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived
