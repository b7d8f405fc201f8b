"""Taking in very many photos, against Pillow's reading of their headers."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from segmind_studio.dataset.scan import scan
from tests.benchmarks.report import Goal, Line, Race
from tests.benchmarks.sets import phone_photos

MANY = 10_000
PHOTO = (1200, 900)
PHOTO_BYTES = 300_000
SOURCES = 28


@contextlib.contextmanager
def races(folder: Path, *, count: int = MANY, sources: int = SOURCES) -> Iterator[list[Race]]:
    """Yield the race: one folder of photos, every second one with a caption beside it."""
    photos, imports = folder / "photos", folder / "imports"
    photos.mkdir()
    imports.mkdir()
    files = phone_photos(folder / "sources", sources, PHOTO, PHOTO_BYTES)
    for number in range(count):
        path = photos / f"photo-{number:05}.jpg"
        os.link(files[number % sources], path)
        if number % 2:
            path.with_suffix(".txt").write_text(f"TOK, photo {number}", encoding="utf-8")

    def product() -> dict[str, float]:
        begun = time.perf_counter()
        report = scan([photos], {}, imports, lambda _progress: None, lambda: False)
        spent = time.perf_counter() - begun
        assert len(report.added) == count
        return {"spent": 1000 * spent}

    def pillow() -> dict[str, float]:
        begun = time.perf_counter()
        sizes = []
        for path in sorted(photos.glob("*.jpg")):
            with Image.open(path) as image:
                sizes.append((image.size, image.getexif().get(_ORIENTATION, 1)))
        spent = time.perf_counter() - begun
        assert len(sizes) == count
        return {"spent": 1000 * spent}

    line = Line("scan of 10,000 photos with captions", "spent", "ms", "Pillow, headers only", Goal(1.5))
    yield [Race([line], product, pillow, rounds=3)]


_ORIENTATION = 0x0112
