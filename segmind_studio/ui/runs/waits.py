"""Waits in words: until the next look, until the service may be asked again, until a run may be sent again."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from segmind_studio.services.run_values import WatchState
from segmind_studio.services.send_again import Patience
from segmind_studio.ui.parts import clock_text

_SOON_S = 5
_MINUTE = 60
_HOURS_FROM_S = 90 * _MINUTE
_HOUR = 3600


def wait_words(watch: WatchState, now: float) -> str:
    """Say in how long the list is asked for again, "" when that is not known or already due."""
    if watch.checking or watch.next_at is None or watch.next_at <= now:
        return ""
    wait = watch.next_at - now
    return _tr("in a moment") if wait < _SOON_S else in_words(wait)


def in_words(wait: float) -> str:
    """Say how many seconds, minutes or hours something is away, "" for what no clock counts."""
    if not math.isfinite(wait):
        return ""
    if wait < _MINUTE:
        return _tr("in {count} s").format(count=int(wait))
    if wait < _HOURS_FROM_S:
        return _tr("in {count} min").format(count=round(wait / _MINUTE))
    return _tr("in {count} h").format(count=round(wait / _HOUR))


def quiet_left(watch: WatchState, now: float) -> float:
    """Give for how many seconds the service is not to be asked; 0 when it may be."""
    return max(0.0, (watch.quiet_until or 0.0) - now)


def quiet_words(watch: WatchState, now: float) -> str:
    """Say until when the service wants quiet, "" when it may be asked."""
    left = quiet_left(watch, now)
    if not left or not math.isfinite(left):
        return ""
    clock = clock_text(math.ceil(now + left), seconds=left < _MINUTE)
    return _tr("the service wants quiet until {clock}, {wait}").format(clock=clock, wait=_whole(left))


def patience_words(patience: Patience, now: float) -> str:
    """Say what is to come before a run may be sent again, "" when nothing is; `now` is as `steady` has it."""
    looks = ""
    if patience.looks:
        looks = _tr("after 1 more look") if patience.looks == 1 else _tr("after {count} more looks")
        looks = looks.format(count=patience.looks)
    left = patience.left(now)
    wait = _about(left) if left else ""
    both = ", ".join(part for part in (wait, looks) if part)
    return _tr("Sending again becomes possible {when}.").format(when=both) if both else ""


def times_words(count: int) -> str:
    """Say how often something happened: "once", "twice", "3 times"."""
    if count == 1:
        return _tr("once")
    return _tr("twice") if count == 2 else _tr("{count} times").format(count=count)  # noqa: PLR2004  # the word


def _whole(left: float) -> str:
    return in_words(math.ceil(left))


def _about(left: float) -> str:
    seconds = math.ceil(left)
    if seconds < _MINUTE:
        return in_words(seconds)
    return _tr("in about {count} min").format(count=math.ceil(seconds / _MINUTE))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Waits", text)
