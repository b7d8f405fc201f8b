"""What the clients return, decoded and checked. No I/O."""

from __future__ import annotations

from dataclasses import field

from segmind_studio.core.runs import Job
from segmind_studio.record import record


@record
class Listing:
    """All jobs of the account, of every base model.

    `unchanged` is True when the answer had the same bytes as the one before. `server_time` is the service's clock
    in seconds since the epoch, None when it was not given. `skipped` is the number of rows without an id. A list
    that is not `complete` was too long to be read to its end: nothing follows from a job that it lacks.
    """

    jobs: tuple[Job, ...]
    unchanged: bool = False
    server_time: float | None = None
    skipped: int = 0
    complete: bool = True

    def skew_s(self, asked_at: float) -> float | None:
        """Return how many seconds the service's clock is ahead of `asked_at`'s, None if unknown."""
        return None if self.server_time is None else self.server_time - asked_at


@record
class Submitted:
    """The service's answer to a submit. `raw` is that answer as JSON text."""

    service_id: str
    status: str = ""
    name: str = ""
    raw: str = ""


@record
class UploadTicket:
    """Where one archive can be uploaded, and the address by which the service will know it.

    `presigned_url` is a secret while it is valid. `expires_at` is in seconds since the epoch, None when the URL
    does not say.
    """

    presigned_url: str = field(repr=False)
    s3_url: str
    expires_at: float | None = None


@record
class Generated:
    """One image made by a model. `cost` and `remaining` are US dollars, None when not given."""

    image: bytes = field(repr=False)
    content_type: str = ""
    cost: float | None = None
    remaining: float | None = None
    request_id: str = ""


@record
class QueueTicket:
    """What the service answered when it took an image into its queue; `cost` and `remaining` as in `Generated`."""

    request_id: str
    status_url: str
    response_url: str
    cost: float | None = None
    remaining: float | None = None


@record
class Downloaded:
    """A completely downloaded file. `total` is its size in bytes.

    `sha256` is of the whole file, in hex; "" when a resumed target could not be read back.
    """

    total: int
    etag: str
    sha256: str
    resumed: bool
