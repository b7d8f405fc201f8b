"""Remove secrets from texts and answers, in every form in which they may appear. Pure functions.

Mask last: later cleaning of a text could put the parts of a secret together again. Invisible characters are
skipped while searching, since other programs drop them too.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable

MASK = "…"
_SHORTEST = 4  # characters; masking a shorter text would put marks everywhere
_LEAST = 8  # a shorter text is no key: its other forms appear by chance in half of all answers
_LONGEST = 500  # characters of a secret that are searched for; no key is as long
_GROUP = 3  # bytes that base64 writes as four characters
_UNSEEN_RUN = 8  # invisible characters that are skipped between two of a secret
_UNSEEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_UNSEEN_BYTES = (
    rb"(?:[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f\xad]|\xcd\x8f|\xd8\x9c|\xe1(?:\x85[\x9f\xa0]|\x9e[\xb4\xb5]"
    rb"|\xa0[\x8b-\x8f])|\xe2(?:\x80[\x8b-\x8f\xa8-\xae]|\x81[\xa0-\xaf])|\xe3\x85\xa4|\xef(?:\xb8[\x80-\x8f]"
    rb"|\xbb\xbf|\xbe\xa0|\xbf[\xb0-\xbb])|\xf3\xa0[\x80-\xbf][\x80-\xbf])"
)
_ANY_UNSEEN = re.compile(_UNSEEN)
_ANY_UNSEEN_BYTES = re.compile(_UNSEEN_BYTES)
_USUAL_KEY = re.compile(r"\bSG_[0-9A-Za-z_-]{4,}")
_NAMED = re.compile(
    r"""(?ix)
    ( (?: x-api-key | authorization | x-amz-signature | x-amz-credential | x-amz-security-token )
      (?: ["']?+ \s*+ (?: [=:,] | %3D ) ){1,2}+ \s*+   # a header, a query, a dict or a pair of texts
      (?: b? ["'] )?
      (?: bearer \s++ )?
    )
    [^\s&"',;)}\]]+
    """,
)


def masked_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text with keys, signatures and the known secrets replaced by an ellipsis.

    Where a secret appears only without the invisible characters, these are removed too.
    """
    known = tuple(secrets)
    masked = _masked(text, known)
    if _ANY_UNSEEN.search(masked) is None:
        return masked
    seen_through = _masked(_ANY_UNSEEN.sub("", text), known)  # of the text: half a key may be masked already
    return masked if seen_through == _ANY_UNSEEN.sub("", masked) else seen_through


def _masked(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = _pattern(secret).sub(MASK, text)
    return _NAMED.sub(rf"\g<1>{MASK}", _USUAL_KEY.sub(f"SG_{MASK}", text))


def masked_body(body: bytes, secret: str) -> bytes:
    """Return the bytes with every form of the secret replaced by asterisks.

    The length is kept, so that lengths written elsewhere in a file remain right.
    """
    if len(secret) < _LEAST:
        return body
    through = _ANY_UNSEEN_BYTES.search(body) is not None
    return _bytes_pattern(secret, through=through).sub(lambda found: b"*" * len(found[0]), body)


def masked_line(text: str, secret: str) -> str:
    """Return a header's value with the secret replaced by asterisks."""
    return masked_body(text.encode("utf-8", "surrogateescape"), secret).decode("utf-8", "surrogateescape")


@functools.lru_cache(maxsize=64)
def _pattern(secret: str) -> re.Pattern[str]:
    return re.compile("|".join([_character_by_character(secret), *map(re.escape, _forms(secret))]))


@functools.lru_cache(maxsize=64)
def _bytes_pattern(secret: str, *, through: bool) -> re.Pattern[bytes]:
    """Return the pattern of a secret in bytes; `through` also matches across invisible characters."""
    plain = secret[:_LONGEST]
    between = b"" if not through else _UNSEEN_BYTES + b"{0,%d}+" % _UNSEEN_RUN
    ways = [between.join(_ways(char).encode("utf-8", "replace") for char in plain)]
    ways += [between.join(re.escape(char).encode("utf-8", "replace") for char in form) for form in _forms(secret)]
    return re.compile(b"|".join(ways))


def _character_by_character(secret: str) -> str:
    return "".join(map(_ways, secret[:_LONGEST]))


def _ways(char: str) -> str:
    """Return a pattern of one character as it is and as an address may write it."""
    coded = "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "replace"))
    return f"(?:{re.escape(char)}|(?i:{coded}))"


def _forms(secret: str) -> list[str]:
    """Return its other forms: as JSON, in hex and in base64, the longest first."""
    if len(secret) < _LEAST:
        return []
    plain = secret[:_LONGEST].encode("utf-8", "replace")
    found = {json.dumps(secret[:_LONGEST])[1:-1], plain.hex(), plain.hex().upper()}
    for before in range(_GROUP):  # the position in a group of three bytes changes the base64 text
        coded = base64.b64encode(bytes(before) + plain).decode("ascii")
        part = coded[-(-before * 4 // _GROUP) : (before + len(plain)) * 4 // _GROUP]
        found |= {part, part.replace("+", "-").replace("/", "_")}
    return sorted(found, key=len, reverse=True)
