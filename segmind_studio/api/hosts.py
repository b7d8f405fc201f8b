"""Which addresses may be opened, and which may receive the key. Pure functions."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from segmind_studio.core.accounts import LOOPBACK_HOSTS, Connection

_PLAIN = re.compile(r"[!-\[\]-~]+")  # printable ASCII; parsers differ over blanks and backslashes
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")
_DEFAULT_PORTS = {"https": 443, "http": 80}
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Origin = tuple[str, str, int]


def _parts(url: str) -> SplitResult | None:
    if not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    return parts


def origin(url: str) -> Origin | None:
    """Return scheme, host and port of an http(s) address; None when it is none or is ambiguous."""
    parts = _parts(url)
    if parts is None:
        return None
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS[parts.scheme]


def safe_url(text: str, *, loopback: bool) -> str:
    """Return an address from an answer if it may be opened, else "".

    Only https; http on this computer too when the connection itself is on this computer.
    """
    place = origin(text)
    if place is None:
        return ""
    if place[0] == "https" or (loopback and place[1] in LOOPBACK_HOSTS):
        return text
    return ""


def redirected(url: str, location: str, *, loopback: bool) -> str:
    """Return the target of a redirect, "" when it may not be opened; for requests without a key only."""
    try:
        return safe_url(urljoin(url, location), loopback=loopback) if location else ""
    except ValueError:
        return ""


def may_have_key(url: str, connection: Connection) -> bool:
    """Return whether the key of this connection may be sent to `url`.

    Allowed are the connection's own API and webhook service: for Segmind's key its two API hosts, and none of the
    hosts of its blog, documentation and images. A key for another address goes to that origin alone; so does a
    practice key.
    """
    place = origin(url)
    return place is not None and place in {origin(connection.api_url), origin(connection.webhook_url)}
