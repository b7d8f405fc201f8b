"""Which generated images are shown, in which order, and what is written about one in the files made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from segmind_studio.core.fields import number_text
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.run_labels import listed_parts
from segmind_studio.record import record

UNRATED = -1
_LONGEST_TAG = 40  # characters


class ResultOrder(StrEnum):
    """What the images are sorted by; equal ones by age, the newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RATING = "rating"


@record
class ResultFilter:
    """What is looked for; an empty part wants every image.

    `words` must all occur in the prompt, the tags or the model's name, in any case. `rating` is the least number
    of stars, or UNRATED. `state` is the one that an image must be in. Only deleted images are shown where those
    are wanted, and only others where not.
    """

    words: str = ""
    run_id: str = ""
    rating: int = 0
    tag: str = ""
    state: ImageState | None = None
    account_id: str = ""
    deleted: bool = False

    def test(self) -> Callable[[GeneratedImage], bool]:
        """Return what says of an image whether it is wanted; made once for many images."""
        wanted = self.words.casefold().split()

        def passes(image: GeneratedImage) -> bool:
            if (image.deleted_at > 0) is not self.deleted or (self.deleted and image.gone):
                return False
            for value, known in ((self.account_id, image.account_id), (self.run_id, image.run_id)):
                if value and value != known:
                    return False
            other_state = self.state is not None and image.state is not self.state
            if other_state or (self.rating == UNRATED and image.rating) or image.rating < self.rating:
                return False
            if self.tag and self.tag not in image.tags:
                return False
            if not wanted:
                return True
            text = "\n".join((image.prompt, image.slug, *image.tags)).casefold()
            return all(word in text for word in wanted)

        return passes


def ordered(images: Iterable[GeneratedImage], order: ResultOrder) -> list[GeneratedImage]:
    """Sort images."""
    newest = sorted(images, key=_asked_at, reverse=order is not ResultOrder.OLDEST)
    if order is ResultOrder.RATING:
        newest.sort(key=_rating, reverse=True)
    return newest


def _asked_at(image: GeneratedImage) -> float:
    return image.asked_at


def _rating(image: GeneratedImage) -> int:
    return image.rating


def tags_in(images: Iterable[GeneratedImage]) -> list[str]:
    """Return every tag once, sorted."""
    return sorted({tag for image in images for tag in image.tags}, key=str.casefold)


def read_tags(text: str) -> tuple[str, ...]:
    """Return the tags in a line, parted by commas: trimmed, each once, in the order written."""
    return tuple(dict.fromkeys(part[:_LONGEST_TAG] for part in listed_parts(text)))


def settings_of(image: GeneratedImage, model: str) -> dict[str, object]:
    """Return what makes an image again, for the files made of it: no account, no key and no place on a disk."""
    return {
        "prompt": image.prompt, "model": model or image.slug, "finetune_strength": image.strength,
        "seed": image.seed, "width": image.width, "height": image.height,
    }


def parameters_text(image: GeneratedImage, model: str) -> str:
    """Return the settings in the form that viewers of generated images read: the prompt, and a line of pairs."""
    pairs: Sequence[tuple[str, object]] = (
        ("Seed", image.seed), ("Size", f"{image.width}x{image.height}"), ("Model", model or image.slug),
        ("Finetune strength", number_text(image.strength)),
    )
    line = ", ".join(f"{name}: {value}" for name, value in pairs if value not in {None, ""})
    return f"{image.prompt}\n{line}"
