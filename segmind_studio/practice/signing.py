"""Presigned addresses: AWS Signature Version 4 in the query, signed and checked by the service itself.

Only what a presigned address needs: one signed header (`host`) and an unsigned payload.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from calendar import timegm
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from segmind_studio.record import record

_ALGORITHM = "AWS4-HMAC-SHA256"
_REGION = "us-east-1"
_LONGEST_S = 604_800
_SAFE = "-_.~"


class BadSignatureError(Exception):
    """An address has a wrong signature."""


class ExpiredError(Exception):
    """An address has expired; holds both times in seconds since the epoch."""

    def __init__(self, expired_at: float, now: float) -> None:
        super().__init__("Request has expired")
        self.expired_at = expired_at
        self.now = now


@record
class Signer:
    """Sign and check addresses with one secret."""

    access_key: str
    secret: str

    def sign(self, method: str, origin: str, path: str, *, at: float, expires_s: int) -> str:
        """Return `origin + path` with a signature that is valid from `at` for `expires_s` seconds."""
        day, moment = _day_and_moment(at)
        query = {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self.access_key}/{day}/{_REGION}/s3/aws4_request",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(expires_s),
            "X-Amz-SignedHeaders": "host",
        }
        host = origin.partition("://")[2]
        query["X-Amz-Signature"] = self._signature(method, host, path, query)
        return f"{origin}{quote(path, safe='/' + _SAFE)}?{urlencode(query, quote_via=quote, safe=_SAFE)}"

    def check(self, method: str, host: str, path: str, query: Mapping[str, str], *, now: float) -> None:
        """Raise BadSignatureError or ExpiredError unless the request has a valid signature."""
        given = query.get("X-Amz-Signature", "")
        rest = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
        try:
            signed_at = timegm(time.strptime(rest["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
            lasts = int(rest["X-Amz-Expires"])
        except (KeyError, ValueError) as error:
            raise BadSignatureError from error
        right = (
            rest.get("X-Amz-Algorithm") == _ALGORITHM
            and rest.get("X-Amz-SignedHeaders") == "host"
            and rest.get("X-Amz-Credential") == f"{self.access_key}/{_day_and_moment(signed_at)[0]}"
                                                f"/{_REGION}/s3/aws4_request"
            and 0 < lasts <= _LONGEST_S
        )
        expected = self._signature(method, host, path, rest)
        if not right or not hmac.compare_digest(expected.encode(), given.encode()):
            raise BadSignatureError
        if now > signed_at + lasts:
            raise ExpiredError(signed_at + lasts, now)

    def _signature(self, method: str, host: str, path: str, query: Mapping[str, str]) -> str:
        names = sorted((quote(k, safe=_SAFE), quote(v, safe=_SAFE)) for k, v in query.items())
        canonical = "\n".join((
            method, quote(path, safe="/" + _SAFE), "&".join(f"{k}={v}" for k, v in names),
            f"host:{host}\n", "host", "UNSIGNED-PAYLOAD",
        ))
        moment = query.get("X-Amz-Date", "")
        scope = f"{moment[:8]}/{_REGION}/s3/aws4_request"
        text = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = f"AWS4{self.secret}".encode()
        for part in (moment[:8], _REGION, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _day_and_moment(at: float) -> tuple[str, str]:
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    return moment[:8], moment
