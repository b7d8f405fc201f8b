"""Values that pass between the wire and the decoders. No httpx here, nothing is decoded here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from segmind_studio.record import record

JSON_LIMIT = 32 * 1024 * 1024  # bytes; a list of 10,000 jobs has about 3 MB
MOST_ITEMS = 1_000_000  # values in one answer; 10,000 jobs of forty fields have 400,000
IMAGE_LIMIT = 64 * 1024 * 1024
KEY_HEADER = "x-api-key"
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@record
class Call:
    """One request, ready to be sent.

    `acts` is True when the request changes something at the service (submit, generate, delete): such a call is
    never repeated automatically, and when its answer is lost it may have arrived. `read_timeout` is in seconds
    between two pieces of the answer; `limit` is the most bytes of body that are read. A longer body is an error,
    or is cut at the limit where its beginning is enough: `partly`.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS, repr=False)
    content: bytes = field(default=b"", repr=False)
    acts: bool = False
    read_timeout: float = 20.0
    limit: int = JSON_LIMIT
    partly: bool = False

    @property
    def secret(self) -> str:
        """Return the key that the call carries, "" when it carries none."""
        return self.headers.get(KEY_HEADER, "") or self.headers.get("Authorization", "").removeprefix("Bearer ")

    @property
    def path(self) -> str:
        """Return the URL without scheme, host and query: the part that may be logged."""
        return "/" + self.url.partition("://")[2].partition("?")[0].partition("/")[2]


@record
class Answer:
    """One complete answer. Header names are lower case; `acts` is that of the call.

    `secret` is the key that the call carried: no text made from the answer may hold it. The transport has already
    masked it in the body and the headers (`masking`). `cut` is True when the body is only a beginning.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    body: bytes = b""
    acts: bool = False
    secret: str = field(default="", repr=False)
    cut: bool = False

    @property
    def ok(self) -> bool:
        """Return whether the status is a success, any 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def content_type(self) -> str:
        """Return the media type alone, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        """Return whether the body is an HTML page: by its type or by its first characters."""
        start = self.body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return "html" in self.content_type or start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
