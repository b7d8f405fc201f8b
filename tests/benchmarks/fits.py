"""Making photos smaller for a size in bytes, against ImageMagick with its size hint, at equal SSIM."""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PIL import Image

from segmind_studio.core.datasets import Dataset, PackageOptions
from segmind_studio.core.fit_plan import FLOOR_PIXELS
from segmind_studio.core.photo_fit import PhotoFit, fitted_size
from segmind_studio.dataset.archive import PlanCache, manifest_of, plan
from segmind_studio.dataset.fit_trial import on_all_cores
from segmind_studio.dataset.fitting import likeness
from tests.benchmarks.report import Goal, Limit, Line, Race
from tests.benchmarks.sets import as_photos, phone_photos
from tests.benchmarks.thumbnails import djpeg

R = TypeVar("R")
FIT = PhotoFit(FLOOR_PIXELS, 92)
CORES = 2
MOST_APART = 0.02  # equal to the eye; the peer differs by about 0.01


def ours(folder: Path, paths: Sequence[Path]) -> dict[str, float]:
    """Make the copies as the app does, into an empty cache."""
    prepared, plans = folder / "prepared", PlanCache()
    shutil.rmtree(prepared, ignore_errors=True)
    photos = tuple(replace(photo, fit=FIT) for photo in as_photos(list(paths)))
    made, spent = timed(len(paths), lambda: on_all_cores(
        photos, lambda photo: plan(manifest_of(Dataset("", "", (photo,))), PackageOptions(), prepared, plans),
        lambda _done, _total: None, lambda: False,
    ))
    copies = [entry.source for archive in made for entry in archive.entries[:1] if entry.source is not None]
    return {**spent, "apart": apart(paths, copies)}


def mogrify(folder: Path, paths: Sequence[Path]) -> dict[str, float]:
    """Let ImageMagick do it, with the hint that lets it decode a smaller picture, as many at a time."""
    target = folder / "mogrify"
    target.mkdir(exist_ok=True)
    with Image.open(paths[0]) as first:
        wide, high = fitted_size(*first.size, FIT)
    command = [
        "xargs", "-P", str(CORES), "-I{}", "mogrify", "-path", str(target), "-define", f"jpeg:size={wide}x{high}",
        "-resize", f"{wide}x{high}!", "-quality", str(FIT.quality), "{}",
    ]
    given = "\n".join(map(str, paths))
    _done, spent = timed(len(paths), lambda: subprocess.run(command, input=given, text=True, check=True))  # noqa: S603  # the peer
    return {**spent, "apart": apart(paths, [target / path.name for path in paths])}


def timed(count: int, work: Callable[[], R]) -> tuple[R, dict[str, float]]:
    """Do it; return its answer, and the milliseconds for each of `count` by the clock and of the processor.

    ImageMagick works on more threads than we do: where other programs want the cores, it gets more of them.
    """
    begun, worked = time.perf_counter(), sum(os.times()[:4])
    answer = work()
    spent, worked = time.perf_counter() - begun, sum(os.times()[:4]) - worked
    return answer, {"each": 1000 * spent / count, "processor": 1000 * worked / count}


def apart(paths: Sequence[Path], copies: Sequence[Path]) -> float:
    """Return what is missing to an SSIM of 1, of some copies with their photos scaled as well as can be."""
    found = []
    for path, copy in list(zip(paths, copies, strict=True))[:3]:
        with Image.open(copy) as sent, Image.open(path) as whole:
            found.append(likeness(whole.convert("L").resize(sent.size, Image.Resampling.LANCZOS), sent))
    return 1 - statistics.fmean(found)


@contextlib.contextmanager
def races(folder: Path, *, count: int = 12, size: tuple[int, int] = (4000, 3000)) -> Iterator[list[Race]]:
    """Yield the race; none, with a word, where ImageMagick is missing."""
    if shutil.which("mogrify") is None:
        print("fit: ImageMagick's mogrify is not installed (apt install imagemagick).", file=sys.stderr)
        yield []
        return
    paths = phone_photos(folder / "photos", count, size)
    yield [Race(
        [
            Line(
                "photo of 12 megapixels made smaller", "each", "ms", "mogrify with its size hint", Goal(0.30),
                Limit("djpeg -scale 1/8, decoding alone"),
            ),
            Line(
                "photo of 12 megapixels made smaller: processor", "processor", "ms", "mogrify with its size hint",
                Goal(0.30),
            ),
            Line("its difference from the photo, 1 - SSIM", "apart", "", "mogrify", Goal(MOST_APART, own=True)),
        ],
        lambda: ours(folder, paths), lambda: mogrify(folder, paths), rounds=5, limit=lambda: djpeg(paths),
    )]
