"""Images made by finished models: one paid call each, from the request on disk to the file."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TypeAlias, TypedDict

from segmind_studio.record import record

ImageContent: TypeAlias = tuple[str | int | float | None, ...]
RESUMED_FOR_S = 24 * 3600  # how long after its request a queued image is still looked for

HIGHEST_RATING = 5
KEPT_DELETED_DAYS = 30  # how long the file of a deleted image stays


class ImageState(StrEnum):
    """The state of a generated image."""

    ASKED = "asked"  # written before the request is sent; it may be paid from now on
    MADE = "made"  # an image was received
    FAILED = "failed"  # the service refused, or the request was never sent: surely not paid
    UNKNOWN = "unknown"  # the request was sent and no usable answer came; nothing is repeated automatically


@record
class GeneratedImage:
    """One row of the image store. Times are seconds since the epoch, UTC.

    `cost` is in US dollars, as the service reported it with the image; None when it reported none. `file_name` is
    a name in the app's own folder of images, "" while there is none. `width` and `height` are what was requested,
    in pixels; with a `ratio` that was sent in their place. `extra` is the JSON object that was added to the body,
    as text, and `way` how the model was called (`core.image_requests.Way`). `request_id`, `status_url` and
    `response_url` are the service's answer to a queued request: it was accepted, and is polled, never sent again.
    `rating` is 1 to `HIGHEST_RATING`, 0 for none; `tags` are the user's own words. `deleted_at` is 0.0 while it is
    not deleted; the row of a deleted one stays for ever, since it was paid, and loses its file after
    `KEPT_DELETED_DAYS`.
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
    negative_prompt: str = ""
    ratio: str = ""
    extra: str = ""
    way: str = ""
    request_id: str = ""
    status_url: str = ""
    response_url: str = ""
    rating: int = 0
    tags: tuple[str, ...] = ()
    deleted_at: float = 0.0

    @property
    def deleted(self) -> bool:
        """Return whether it is only shown among the deleted ones."""
        return self.deleted_at > 0

    @property
    def gone(self) -> bool:
        """Return whether it was deleted and has no file any more: nothing of it can be shown again."""
        return self.deleted and self.state is ImageState.MADE and not self.file_name

    @property
    def content(self) -> ImageContent:
        """Return what decides how the image looks: the model and everything of the body."""
        size = (self.ratio,) if self.ratio else (self.width, self.height)
        return (
            self.run_id, self.prompt, self.negative_prompt, self.strength, self.seed, self.extra, *size,
        )

    def can_be_looked_for(self, now: float) -> bool:
        """Return whether the service accepted it for its queue, and may still have it: looking costs nothing."""
        return self.unanswered and bool(self.status_url) and now - self.asked_at < RESUMED_FOR_S

    @property
    def may_be_paid(self) -> bool:
        """Return whether it counts as spent."""
        return self.state is not ImageState.FAILED

    @property
    def unanswered(self) -> bool:
        """Return whether it counts as spent although no image was received."""
        return self.state in {ImageState.ASKED, ImageState.UNKNOWN}


class ImageMarks(TypedDict):
    """What a person says about an image, and what may change after its end."""

    rating: int
    tags: tuple[str, ...]
    deleted_at: float


def marks_of(image: GeneratedImage) -> ImageMarks:
    """Return what a person said about an image, for `dataclasses.replace`."""
    return {"rating": image.rating, "tags": image.tags, "deleted_at": image.deleted_at}


def with_marks_of(ended: GeneratedImage, known: GeneratedImage | None) -> GeneratedImage:
    """Return an image that has ended, with what a person said about it meanwhile; one that was made is shown."""
    marked = ended if known is None else replace(ended, **marks_of(known))
    return replace(marked, deleted_at=0.0) if ended.state is ImageState.MADE else marked
