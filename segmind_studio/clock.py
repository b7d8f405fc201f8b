"""Clocks that no user or time server can set: for waits and ages, whatever happens to the computer's clock."""

from __future__ import annotations

import sys
import time


def monotonic_seconds() -> float:
    """Return seconds of a monotonic clock; only differences have a meaning. Sleep of the computer counts."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


_EPOCH = time.time() - monotonic_seconds()


def monotonic_epoch() -> float:
    """Return monotonic seconds as an epoch time: the clock at the start of the app plus what has passed since.

    It never goes back, and ignores later clock changes. For times of this process that are only compared with each
    other, such as "checked 10 s ago"; not for anything that is stored.
    """
    return _EPOCH + monotonic_seconds()
