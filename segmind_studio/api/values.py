"""What the clients give back, decoded and checked. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

from segmind_studio.core.runs import Job


@dataclass(frozen=True, slots=True)
class Listing:
    """All jobs of the account, of every base model.

    `unchanged` tells that the answer had the same bytes as the one before. `server_time` is the service's
    clock in seconds since the epoch, None when it did not say. `skipped` counts rows without an id. One that is
    not `complete` was too long to be read to its end: it says nothing of what it does not hold.
    """

    jobs: tuple[Job, ...]
    unchanged: bool = False
    server_time: float | None = None
    skipped: int = 0
    complete: bool = True

    def skew_s(self, asked_at: float) -> float | None:
        """Return how far the service's clock is ahead, if it told its time; `asked_at` is by this computer's."""
        return None if self.server_time is None else self.server_time - asked_at


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the service said on taking a job. `raw` is its answer as JSON text."""

    service_id: str
    status: str = ""
    name: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """Where one archive may be put, and by which address the service will know it.

    `presigned_url` is a secret while it is valid. `expires_at` is in seconds since the epoch, None when
    the URL does not say.
    """

    presigned_url: str = field(repr=False)
    s3_url: str
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Generated:
    """One picture made by a model. `cost` and `remaining` are US dollars, None when not told."""

    image: bytes = field(repr=False)
    content_type: str = ""
    cost: float | None = None
    remaining: float | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that came whole. `total` is its size in bytes.

    `sha256` is of the whole file, in hex; "" when a resumed target could not be read back.
    """

    total: int
    etag: str
    sha256: str
    resumed: bool
