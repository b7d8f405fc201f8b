"""The values that the practice service and the window share: its faults and the control protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from segmind_studio.texts import N_, Text


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
    WEBHOOK_TWICE = "webhook-twice"  # every event is delivered twice
    WEBHOOK_LATE = "webhook-late"  # events are delivered minutes after the list shows them
    WEBHOOK_SHUFFLED = "webhook-shuffled"  # the events of a run are delivered at its end, the last one first
    PACKED = "packed-answers"  # answers are gzipped, though uncompressed ones are requested


FAULT_WORDS: dict[Fault, Text] = {
    Fault.LOST_ANSWER: N_("Lose the answer to the next submit"),
    Fault.HTML_ANSWER: N_("Web page instead of the answer"),
    Fault.LAGGING_LIST: N_("List new runs late"),
    Fault.RATE_LIMIT: N_("Too many requests (429)"),
    Fault.SERVER_ERROR: N_("Server error (500)"),
    Fault.UNAVAILABLE: N_("Unavailable, in HTML (503)"),
    Fault.SLOW: N_("Slow answers"),
    Fault.EXPIRED_UPLOAD: N_("Next upload address has expired"),
    Fault.SLOW_DOWN: N_("Storage asks once to slow down"),
    Fault.TRAINING_FAILS: N_("Next training fails"),
    Fault.UNKNOWN_STATUS: N_("An unknown status"),
    Fault.RETIRED: N_("Fine-tuning is retired (410)"),
    Fault.NO_CREDITS: N_("No credits left (406)"),
    Fault.TEAM_LIMIT: N_("Team limit reached (406)"),
    Fault.CUT_DOWNLOAD: N_("Break off the next download"),
    Fault.MISSING_ROW: N_("One list without the newest run"),
    Fault.EMPTY_LIST: N_("One empty list"),
    Fault.FLAPPING_STATUS: N_("Statuses that go back"),
    Fault.LATE_CHARGE: N_("Charge when the training ends"),
    Fault.STORAGE_PAGE: N_("Web page instead of storage"),
    Fault.MODEL_MOVED: N_("Redirect downloads to another host"),
    Fault.NO_FORMS: N_("Refuse form bodies (406)"),
    Fault.WEBHOOK_TWICE: N_("Deliver every webhook twice"),
    Fault.WEBHOOK_LATE: N_("Deliver webhooks late"),
    Fault.WEBHOOK_SHUFFLED: N_("Deliver webhooks in the wrong order"),
    Fault.PACKED: N_("Compressed answers, although not requested"),
}


class PracticeControl(Protocol):
    """The settings of the practice service that the window can change, running or not.

    GUI thread; every call returns at once. What is set before the service runs is used when it starts.
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
