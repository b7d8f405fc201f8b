"""Taking in very many photos, against Pillow's reading of their headers."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from segmind_studio.dataset.scan import scan
from tests.benchmarks.report import Goal, Limit, Line, Race
from tests.benchmarks.sets import phone_photos

SIZES = (100, 1_000)
MANY = 10_000
PHOTO = (1200, 900)
PHOTO_BYTES = 300_000
SOURCES = 28


@contextlib.contextmanager
def races(folder: Path, *, count: int = MANY, sources: int = SOURCES) -> Iterator[list[Race]]:
    """Yield the race: one folder of photos, every second one with a caption beside it."""
    imports = folder / "imports"
    imports.mkdir()
    files = phone_photos(folder / "sources", sources, PHOTO, PHOTO_BYTES)
    sizes = tuple(size for size in SIZES if size < count)
    for size in (*sizes, count):
        photos = folder / str(size)
        photos.mkdir()
        for number in range(size):
            path = photos / f"photo-{number:05}.jpg"
            os.link(files[number % sources], path)
            if number % 2:
                path.with_suffix(".txt").write_text(f"TOK, photo {number}", encoding="utf-8")
    photos = folder / str(count)

    def product(size: int = count) -> dict[str, float]:
        begun = time.perf_counter()
        report = scan([folder / str(size)], {}, imports, lambda _progress: None, lambda: False)
        spent = time.perf_counter() - begun
        assert len(report.added) == size
        return {"spent": 1000 * spent}

    def pillow() -> dict[str, float]:
        begun = time.perf_counter()
        found = []
        for path in sorted(photos.glob("*.jpg")):
            with Image.open(path) as image:
                found.append((image.size, image.getexif().get(_ORIENTATION, 1)))
        spent = time.perf_counter() - begun
        assert len(found) == count
        return {"spent": 1000 * spent}

    def opened() -> dict[str, float]:
        begun = time.perf_counter()
        for path in os.scandir(photos):
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # the quickest
                file.read(4096)
        return {"spent": 1000 * (time.perf_counter() - begun)}

    line = Line(
        "scan of 10,000 photos with captions", "spent", "ms", "Pillow, headers only", Goal(1.5),
        Limit("opening each file"),
    )
    yield [Race(
        [line], product, pillow, rounds=3, limit=opened, sized=product, sizes=(*sizes, count) if sizes else (),
        seconds=15,
    )]


_ORIENTATION = 0x0112
