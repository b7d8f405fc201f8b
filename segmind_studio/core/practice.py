"""The values that the practice service and the window share: its faults and the control protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """A way to misbehave. Each stays on until it is turned off, except those marked once."""

    LOST_ANSWER = "lost-answer"  # once: accepts the submit, then drops the connection
    HTML_ANSWER = "html-answer"  # once: accepts the submit, then answers with a web page
    LAGGING_LIST = "lagging-list"  # a new run is not listed for a while
    RATE_LIMIT = "rate-limit"  # 429 with the reset header
    SERVER_ERROR = "server-error"  # 500 with a JSON error
    UNAVAILABLE = "unavailable"  # 503 in HTML
    SLOW = "slow"  # every answer takes seconds
    EXPIRED_UPLOAD = "expired-upload"  # once: the next upload URL is already expired
    SLOW_DOWN = "slow-down"  # once: S3 answers 503 SlowDown to the next PUT
    TRAINING_FAILS = "training-fails"  # once: the next run started fails with a message
    UNKNOWN_STATUS = "unknown-status"  # runs pass through an undocumented status
    RETIRED = "retired"  # 410: no new runs
    NO_CREDITS = "no-credits"  # 406: too few credits
    TEAM_LIMIT = "team-limit"  # 406: the team may start no more runs
    CUT_DOWNLOAD = "cut-download"  # once: S3 drops the connection half way through a file
    MISSING_ROW = "missing-row"  # once: the next list lacks the newest run
    EMPTY_LIST = "empty-list"  # once: the next list is empty
    FLAPPING_STATUS = "flapping-status"  # every other list shows runs as they were at the beginning
    LATE_CHARGE = "late-charge"  # runs that are started are charged when their training ends
    STORAGE_PAGE = "storage-page"  # once: a page with 200 answers the next upload, and nothing is stored
    MODEL_MOVED = "model-moved"  # S3 redirects downloads to another host name
    NO_FORMS = "no-forms"  # 406 for form bodies; the same as JSON is accepted
    PACKED = "packed-answers"  # answers are gzipped, though uncompressed ones are requested


FAULT_WORDS: dict[Fault, str] = {
    Fault.LOST_ANSWER: "Lose the answer to the next submit",
    Fault.HTML_ANSWER: "Answer the next submit with a web page",
    Fault.LAGGING_LIST: "List new runs late",
    Fault.RATE_LIMIT: "Too many requests (429)",
    Fault.SERVER_ERROR: "Server error (500)",
    Fault.UNAVAILABLE: "Unavailable, in HTML (503)",
    Fault.SLOW: "Slow answers",
    Fault.EXPIRED_UPLOAD: "Next upload address has expired",
    Fault.SLOW_DOWN: "Storage asks to slow down, once",
    Fault.TRAINING_FAILS: "Next training fails",
    Fault.UNKNOWN_STATUS: "A status nobody knows",
    Fault.RETIRED: "Fine-tuning is retired (410)",
    Fault.NO_CREDITS: "No credits left (406)",
    Fault.TEAM_LIMIT: "Limit of the team reached (406)",
    Fault.CUT_DOWNLOAD: "Cut the next download half way",
    Fault.MISSING_ROW: "Leave the newest run out of one list",
    Fault.EMPTY_LIST: "Answer one list with nothing",
    Fault.FLAPPING_STATUS: "Statuses that go back and forth",
    Fault.LATE_CHARGE: "Charge when the training ends",
    Fault.STORAGE_PAGE: "Answer the next upload with a web page",
    Fault.MODEL_MOVED: "Redirect downloads to another host",
    Fault.NO_FORMS: "Refuse form bodies (406)",
    Fault.PACKED: "Packed answers, though unasked",
}


class PracticeControl(Protocol):
    """What the window may tell the practice service, running or not. GUI thread; every call returns at once.

    What is told before the service runs holds once it does.
    """

    def start(self) -> None:
        """Start the service unless it runs."""
        ...

    def faults(self) -> frozenset[Fault]:
        """Return the faults that are on."""
        ...

    def set_fault(self, fault: Fault, *, on: bool) -> None:
        """Turn a fault on or off."""
        ...

    def set_speed(self, speed: float) -> None:
        """Run `speed` times as fast as real time."""
        ...

    def send_sample_webhook(self) -> None:
        """Send the test sample to the registered webhook, as Segmind's console does."""
        ...
