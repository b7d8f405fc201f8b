"""The network route: direct, by the system's settings, or through the user's own proxy."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

from segmind_studio.core.errors import StudioError
from segmind_studio.record import record
from segmind_studio.texts import N_, _

_SCHEME = "http://"
_ADVICE = N_("Use the form http://host:port.")


class ProxyKind(StrEnum):
    """Where the proxy setting comes from."""

    SYSTEM = "system"  # HTTPS_PROXY and NO_PROXY, or the system's network settings
    NONE = "none"
    OWN = "own"


@record
class Proxy:
    """How requests leave this computer. `url` is used for `OWN` only, and never holds a name or password."""

    kind: ProxyKind = ProxyKind.SYSTEM
    url: str = ""


SYSTEM_PROXY = Proxy()


def checked_proxy_url(text: str) -> str:
    """Return a proxy's address as `http://host:port`; StudioError for anything else.

    A name and password are refused: this address is stored in a file that other programs of the user can read.
    """
    typed = text.strip()
    url = (typed if "://" in typed else _SCHEME + typed).rstrip("/")
    if "@" in url:
        raise StudioError(
            _("The name and password of a proxy are not stored here."),
            _("Leave them out, or set HTTPS_PROXY before you start the app and choose the system's proxy."),
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    odd = not url.isascii() or any(char in "?#\\" or char.isspace() for char in url)
    if parts.scheme != "http" or not host or not port or parts.path or odd:
        # The input is not repeated: it may contain a part of a password.
        raise StudioError(_("This is not a valid proxy "
                            "address.") if typed else _("No address yet."), _ADVICE)
    return url
