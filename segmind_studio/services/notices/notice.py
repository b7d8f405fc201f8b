"""The content of a notification, and the interface to what shows it. Values and rules; nothing is shown here."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from segmind_studio.core.masks import masked_text
from segmind_studio.core.runs import Run, Stage
from segmind_studio.record import record

LONGEST_NAME = 60


class News(StrEnum):
    """The news about a run that a notification can show."""

    READY = "ready"
    FAILED = "failed"
    REFUSED = "refused"
    DECISION = "decision"  # the request got no answer, and the run was not found in the list


@record
class Notice:
    """One notification in plain text. With `stays` it is shown until closed; others disappear after a time."""

    run_id: str
    title: str
    text: str
    stays: bool


@record
class NoticeEvent:
    """An event of a shown notification: it was clicked, or it was closed.

    `token` allows the window to come to the front on desktops that need one (Wayland); "" elsewhere.
    """

    number: int
    clicked: bool
    token: str = ""


class NoticeError(Exception):
    """The desktop did not accept a notification."""


class NoticeBoard(Protocol):
    """The interface to the desktop's notifications. One thread; every method raises NoticeError."""

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when an event has come."""
        ...

    def show(self, notice: Notice, replaces: int) -> int:
        """Show a notice that replaces the one numbered `replaces` (0: none). Return its number, never 0."""
        ...

    def withdraw(self, number: int) -> None:
        """Close a notification."""
        ...

    def events(self) -> tuple[NoticeEvent, ...]:
        """Return the events since the last call; never waits."""
        ...

    def close(self) -> None:
        """Close the connection; shown notifications stay."""
        ...


def news_of(before: Run, run: Run, *, undecided: bool) -> News | None:
    """Return the news in the change of a known run; None when there is none.

    `undecided`: the run may be sent again, so that the user must decide. A decision is returned each time until it
    is made; the caller remembers that it has shown it.
    """
    if undecided:
        return News.DECISION
    if not before.active:
        return None
    return {Stage.READY: News.READY, Stage.FAILED: News.FAILED, Stage.REFUSED: News.REFUSED}.get(run.stage)


def plain_name(name: str) -> str:
    """Return a run's name for a notification: one short line without a key; "" for an address.

    A run that was not made in this app may have any text as its name.
    """
    line = masked_text(" ".join("".join(mark if mark.isprintable() else " " for mark in name).split()))
    if "://" in line:
        return ""
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME - 1].rstrip()}…"
