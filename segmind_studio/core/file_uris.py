"""`file:` URIs: drags, command lines and other starts of the app name files by them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes

_WITH_HOST = re.compile(r"file://(?P<host>[^/]*)(?P<path>/.*)", re.IGNORECASE | re.DOTALL)
_WITHOUT_HOST = re.compile(r"file:(?P<host>)(?P<path>/(?!/).*)", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"/[A-Za-z]:")


def local_path(uri: str) -> Path | None:
    """Return the path that a `file:` URI names on this computer; None for every other text (RFC 8089).

    A host is this computer when it is empty, `localhost` or its own name. Escapes stand for bytes, which need not
    be UTF-8. "?" and "#" belong to the name: no file has a query. The disk is not accessed.
    """
    found = _WITH_HOST.fullmatch(uri.strip()) or _WITHOUT_HOST.fullmatch(uri.strip())
    if found is None:
        return None
    path = os.fsdecode(unquote_to_bytes(os.fsencode(found["path"])))
    if os.name == "nt" and _DRIVE.match(path):
        path = path[1:]
    if _is_here(found["host"]):
        return Path(path)
    return Path(f"//{found['host']}{path}") if os.name == "nt" else None  # a share, where the system has them


def local_paths(uris: Iterable[str]) -> tuple[Path, ...]:
    """Return the paths of those that name files on this computer, each once, in their order."""
    paths = (local_path(uri) for uri in uris)
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def _is_here(host: str) -> bool:
    import socket  # noqa: PLC0415  # when first needed

    own = socket.gethostname().casefold()
    name = own.partition(".")[0]
    return host.casefold().rstrip(".") in {"", "localhost", "127.0.0.1", "[::1]", own, name, f"{name}.local"}
