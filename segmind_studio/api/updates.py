"""Ask which version of the app is the newest: a GET of one JSON file that says nothing about who asks.

Kept apart: it is the only request that goes to neither Segmind nor its storage, and carries no key.
"""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlsplit

from segmind_studio.api.answers import Call
from segmind_studio.core.accounts import LOOPBACK_HOSTS
from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.proxies import Proxy
from segmind_studio.core.releases import Release
from segmind_studio.texts import _

_LIMIT = 64 * 1024
_READ_S = 10.0
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,3}")
_LONGEST_PAGE = 500
_HEADERS = {"User-Agent": "segmind-studio", "Accept": "application/json"}  # no version, system or language


def newest_release(address: str, proxy: Proxy) -> Release:
    """Return what the file at an address names: `{"version": "1.2.3", "page": "https://…"}`. Blocking.

    StudioError when there is no answer, or one that cannot be understood. Redirects are not followed.
    """
    from segmind_studio.api.transport import Transport  # noqa: PLC0415  # httpx takes long to import

    loopback = (urlsplit(address).hostname or "") in LOOPBACK_HOSTS
    transport = Transport(loopback=loopback, proxy=proxy)
    try:
        answer = transport.send(Call("GET", address, _HEADERS, read_timeout=_READ_S, limit=_LIMIT))
    finally:
        transport.close()
    release = _read(answer.body) if answer.status == 200 else None  # noqa: PLR2004
    if release is None:
        raise StudioError(
            _("The update check returned no usable answer."), _("Try again later."), f"HTTP {answer.status}",
        )
    return release


def _read(body: bytes) -> Release | None:
    try:
        document: object = decoded_json(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    fields = cast("dict[str, object]", document)
    version, page = fields.get("version"), fields.get("page", "")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return None
    if not isinstance(page, str) or not page.startswith("https://") or not page.isprintable():
        page = ""
    return Release(version, page if len(page) < _LONGEST_PAGE else "")
