"""The photos for measurements: scikit-image's, noise-free, four in one, as large as a phone's."""

import bisect
import io
import itertools
import os
from pathlib import Path

from PIL import Image

from segmind_studio.core.datasets import Photo
from segmind_studio.dataset.inspection import inspect
from tests.fakes.image_files import photo

SOURCES = (
    "astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "retina.jpg", "ihc.png",
    "hubble_deep_field.jpg",
)
PHONE = (4000, 3000)
PHONE_BYTES = 3_500_000
QUALITIES = (85, 90, 93, 95, 97, 98)


def phone_photos(
    folder: Path, count: int = 28, size: tuple[int, int] = PHONE, weight: int = PHONE_BYTES,
) -> list[Path]:
    """Write `count` different JPEGs of this size in pixels, each as near as possible to `weight` bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    made = _MADE.setdefault((size, weight), [])
    if len(made) < count or not all(path.exists() for path in made[:count]):
        made[:] = _written(folder, count, size, weight)
        return list(made)
    paths = []
    for path in made[:count]:
        paths.append(folder / path.name)
        os.link(path, paths[-1])
    return paths


_MADE: dict[tuple[tuple[int, int], int], list[Path]] = {}  # of this process, for other benchmarks


def _written(folder: Path, count: int, size: tuple[int, int], weight: int) -> list[Path]:
    half = size[0] // 2, size[1] // 2
    quarters = [photo(name).resize(half, Image.Resampling.BICUBIC) for name in SOURCES]
    paths = []
    for number, four in enumerate(itertools.islice(itertools.combinations(quarters, 4), count)):
        whole = Image.new("RGB", size)
        for place, quarter in enumerate(four):
            whole.paste(quarter, (place % 2 * half[0], place // 2 * half[1]))
        path = folder / f"photo-{number:03}.jpg"
        path.write_bytes(encoded(whole, weight))
        paths.append(path)
    return paths


def encoded(image: Image.Image, weight: int) -> bytes:
    """Return the image encoded with the quality that is nearest to `weight` bytes."""
    tries: dict[int, bytes] = {}

    def size_at(quality: int) -> int:
        target = io.BytesIO()
        image.save(target, "JPEG", quality=quality)
        tries[quality] = target.getvalue()
        return len(tries[quality])

    bisect.bisect(QUALITIES, weight, key=size_at)  # it tries what is around it
    return min(tries.values(), key=lambda data: abs(len(data) - weight))


def as_photos(paths: list[Path]) -> tuple[Photo, ...]:
    """Inspect the files as the app does when they are added."""
    photos = []
    for number, path in enumerate(paths):
        facts = inspect(path)
        photos.append(Photo(
            f"{number:05}", path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format,
            facts.orientation, caption="TOK, a photo",
        ))
    return tuple(photos)
