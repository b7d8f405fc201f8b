"""Clean texts for files that users pass on: no key, no signature, no home folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast
from urllib.parse import unquote_plus

from segmind_studio.core.masks import MASK, masked_text
from segmind_studio.store.records import utf8_text

DEEPEST = 40  # levels of a decoded JSON value; deeper ones are left out
_ADDRESS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)([^\s\"'<>?#]*)([?#][^\s\"'<>]*)?")
_BARE_LOGIN = re.compile(r"""\b[^\s:@/"'<>]{1,100}+:[^\s@/"'<>]{1,200}+@(?=[\w\[])""")  # as for proxies
_SECRET_NAME = re.compile(
    r"(?i)amz|signature|^sig$|token|secret|passw|credential|policy|api[-_]?key|access[-_]?key|key-?pair|authorization|"
    r"^auth$|^key$|cookie|googleaccessid|^expires$|^se$|^sp$|^sv$",
)
_SECRET_FIELD = re.compile(
    r"(?i)^(x-)?api[-_]?key$|authorization|secret|passw|(access|refresh|auth|security|session|bearer)[-_]?token|^token$"
    r"|cookie|signature",
)


def clean_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without keys, signed queries, names and passwords in addresses, and the home folder."""
    home = str(Path.home())
    text = _BARE_LOGIN.sub(f"{MASK}@", _ADDRESS.sub(_clean_address, utf8_text(text)))
    if len(home) > 1:
        text = text.replace(home, "~")
    return masked_text(text, secrets)  # last: no later step can put a key together again


def clean_value(value: object, secrets: Iterable[str] = (), *, deepest: int = DEEPEST) -> object:
    """Return a decoded JSON value with all texts and names cleaned; values under a secret's name are masked."""
    if isinstance(value, str):
        return clean_text(value, secrets)
    if isinstance(value, Mapping):
        if deepest <= 0:
            return MASK
        return {
            clean_text(str(name), secrets): MASK if _SECRET_FIELD.search(str(name)) and item
            else clean_value(item, secrets, deepest=deepest - 1)
            for name, item in cast("Mapping[object, object]", value).items()
        }
    if isinstance(value, (list, tuple)):
        items = cast("Iterable[object]", value)
        return [clean_value(item, secrets, deepest=deepest - 1) for item in items] if deepest > 0 else MASK
    return value


def _clean_address(found: re.Match[str]) -> str:
    scheme, place, rest = found[1], found[2], found[3] or ""
    host, slash, path = place.partition("/")
    port = host.rpartition(":")[2]
    if "@" not in host and ":" in host and not (port.isdecimal() or not port or host.endswith("]")):
        # In place of a port there may be the beginning of a password that was not encoded, or all of it.
        after = f"{slash}{path}{rest}".rpartition("@")[2] if "@" in path + rest else ""
        return f"{scheme}{MASK}{'@' if after else ''}{after}"
    names = (part.partition("=")[0] for part in re.split(r"[?&;#]|\\u0026", rest) if part)
    if any(_SECRET_NAME.search(unquote_plus(name)) for name in names):
        rest = ""
    return f"{scheme}{host.rpartition('@')[2]}{slash}{path}{rest}"
