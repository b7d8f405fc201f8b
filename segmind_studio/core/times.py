"""Times as services write them."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds_of(stamp: str) -> float | None:
    """Read an ISO 8601 time as seconds since the epoch; None when it is none. No zone means UTC."""
    try:
        moment = datetime.fromisoformat(stamp)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
