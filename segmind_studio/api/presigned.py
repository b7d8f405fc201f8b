"""What a presigned S3 URL contains: when it expires and which headers it signs. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from segmind_studio.core.numbers import finite_number, whole_number


def _query(url: str) -> dict[str, str]:
    try:
        return {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
    except ValueError:
        return {}


def expires_at(url: str) -> float | None:
    """Return when a URL expires, in seconds since the epoch (signatures 4 and 2); None when it does not say."""
    query = _query(url)
    try:
        if "x-amz-date" in query:
            made = datetime.strptime(query["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            lasts = whole_number(query["x-amz-expires"])
            return None if lasts is None else made.timestamp() + lasts
        return finite_number(whole_number(query["expires"]))
    except (KeyError, ValueError, OverflowError):
        return None


def binds_content_type(url: str) -> bool:
    """Return whether the signature covers Content-Type, which must then be sent."""
    return "content-type" in _query(url).get("x-amz-signedheaders", "").lower().split(";")
