"""What a notification says, and the door to whatever shows it. Values and rules; nothing is shown here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from segmind_studio.core.masks import masked_text
from segmind_studio.core.runs import Run, Stage

LONGEST_NAME = 60


class News(StrEnum):
    """What a person who looks elsewhere is told about a run."""

    READY = "ready"
    FAILED = "failed"
    REFUSED = "refused"
    DECISION = "decision"  # no answer came, and looking for the run did not find it


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification in plain text. One that `stays` waits until it is closed, the others fade."""

    run_id: str
    title: str
    text: str
    stays: bool


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """What became of a shown notification: it was clicked, or it is gone.

    `token` lets the window come to the front where the desktop wants one (Wayland); "" elsewhere.
    """

    number: int
    clicked: bool
    token: str = ""


class NoticeError(Exception):
    """Tell that the desktop did not take a notification."""


class NoticeBoard(Protocol):
    """The door to the desktop's notifications. One thread; every method raises NoticeError."""

    def fileno(self) -> int:
        """Return the descriptor that turns readable when an event came."""
        ...

    def show(self, notice: Notice, replaces: int) -> int:
        """Show a notice in place of an earlier one (0: of none); returns its number, never 0."""
        ...

    def withdraw(self, number: int) -> None:
        """Take a notification back."""
        ...

    def events(self) -> tuple[NoticeEvent, ...]:
        """Return what came since the last time; never waits."""
        ...

    def close(self) -> None:
        """Let go of it; what is shown stays."""
        ...


def news_of(before: Run, run: Run, *, undecided: bool) -> News | None:
    """Return what is worth telling about a known run that changed.

    `undecided` says that it may be sent again, so that the person has to decide. A decision stays news until it
    is made: whoever tells it remembers that it was told.
    """
    if undecided:
        return News.DECISION
    if not before.active:
        return None
    return {Stage.READY: News.READY, Stage.FAILED: News.FAILED, Stage.REFUSED: News.REFUSED}.get(run.stage)


def plain_name(name: str) -> str:
    """Return a run's name fit for a notification: one short line, no key, "" instead of an address.

    A run that was made elsewhere may have any text as its name.
    """
    line = masked_text(" ".join("".join(mark if mark.isprintable() else " " for mark in name).split()))
    if "://" in line:
        return ""
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME - 1].rstrip()}…"
