"""The images that were made with runs: the best ones of a run, and those of several runs with the same request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.record import record

_TRIGGER = "\0"  # stands for each run's own trigger word, which is the same request in other words


@record
class SameRequest:
    """One request that was made with several runs: an image for each of them, None where there is none.

    `prompt` is as it was written for the first run that has an image. Sizes are pixels.
    """

    prompt: str
    seed: int
    strength: float
    width: int
    height: int
    images: tuple[GeneratedImage | None, ...]

    @property
    def count(self) -> int:
        """Return how many of the runs have an image."""
        return sum(image is not None for image in self.images)


def images_by_run(images: Iterable[GeneratedImage]) -> Mapping[str, tuple[GeneratedImage, ...]]:
    """Return the images that have a file by their run, the best rated first, of equal ones the newest."""
    found: dict[str, list[GeneratedImage]] = {}
    for image in images:
        if image.state is ImageState.MADE and image.file_name and not image.deleted:
            found.setdefault(image.run_id, []).append(image)
    return {
        run_id: tuple(sorted(made, key=_rank, reverse=True)) if len(made) > 1 else tuple(made)
        for run_id, made in found.items()
    }


def same_requests(
    columns: Sequence[Iterable[GeneratedImage]], trigger_words: Sequence[str],
) -> tuple[SameRequest, ...]:
    """Return the requests of several runs that agree in prompt, seed, strength and size, the most common first.

    `columns` are each run's images, the best first, and `trigger_words` each run's trigger word: two prompts that
    differ only in that are the same. An image without a seed cannot be made again and is left out.
    """
    found: dict[tuple[object, ...], list[GeneratedImage | None]] = {}
    for column, (images, word) in enumerate(zip(columns, trigger_words, strict=True)):
        for image in images:
            if image.seed is None:
                continue
            prompt = image.prompt.replace(word, _TRIGGER) if word else image.prompt
            key = (" ".join(prompt.split()), image.seed, image.strength, image.width, image.height)
            row = found.setdefault(key, [None] * len(columns))
            row[column] = row[column] or image
    requests = [_request(row) for row in found.values()]
    return tuple(sorted(requests, key=_commonness, reverse=True))


def _request(row: Sequence[GeneratedImage | None]) -> SameRequest:
    first = next(image for image in row if image is not None)
    seed = first.seed or 0
    return SameRequest(first.prompt, seed, first.strength, first.width, first.height, tuple(row))


def _commonness(request: SameRequest) -> tuple[int, float]:
    return request.count, max(image.asked_at for image in request.images if image is not None)


def _rank(image: GeneratedImage) -> tuple[float, float]:
    rating: object = getattr(image, "rating", 0)
    return (float(rating) if isinstance(rating, int | float) else 0.0), image.asked_at
