"""Pictures of finished models: one paid call each, from the intent on disk to the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ImageState(StrEnum):
    """How far a picture is."""

    ASKED = "asked"  # written before the request leaves; it may be paid from now on
    MADE = "made"  # a picture came
    FAILED = "failed"  # the service said no, or the request never left: surely not paid
    UNKNOWN = "unknown"  # the request left and no usable answer came; nothing is asked again by itself


@dataclass(frozen=True, slots=True)
class GeneratedImage:
    """One row of the album. Times are seconds since the epoch, UTC.

    `cost` is in US dollars, as the service told it with the picture; None when it told none. `file_name` is
    a name in the app's own folder of pictures, "" while there is none. `width` and `height` are what was
    asked for, in pixels.
    """

    image_id: str
    account_id: str
    run_id: str
    asked_at: float
    state: ImageState = ImageState.ASKED
    ended_at: float | None = None
    prompt: str = ""
    seed: int | None = None
    strength: float = 1.0
    width: int = 1024
    height: int = 1024
    slug: str = ""
    file_name: str = ""
    cost: float | None = None
    error: str = ""

    @property
    def may_be_paid(self) -> bool:
        """Return whether it counts as spent."""
        return self.state is not ImageState.FAILED

    @property
    def unanswered(self) -> bool:
        """Return whether it counts as spent although no picture came."""
        return self.state in {ImageState.ASKED, ImageState.UNKNOWN}
