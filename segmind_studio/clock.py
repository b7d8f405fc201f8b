"""Time that nobody can set: for how long something was waited for, whatever happens to the computer's clock."""

from __future__ import annotations

import sys
import time


def monotonic_seconds() -> float:
    """Return seconds since some moment; only differences mean something. Sleep of the computer counts too."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


_EPOCH = time.time() - monotonic_seconds()


def monotonic_epoch() -> float:
    """Return seconds since the epoch as the clock stood when the app began: never back, never ahead.

    For moments of this process that are only compared with each other, like "checked 10 s ago".
    """
    return _EPOCH + monotonic_seconds()
