"""Finding the near duplicates among many photos, once their fingerprints are known."""

import contextlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

from segmind_studio.core.likeness import PictureMeasures, alike_groups
from tests.benchmarks.report import Goal, Line, Race

SIZES = (100, 1_000)
MANY = 10_000


@contextlib.contextmanager
def races(_folder: Path, *, count: int = MANY) -> Iterator[list[Race]]:
    """Yield the measurement: every tenth photo is a copy with two bits changed."""
    def found(size: int) -> dict[int, PictureMeasures]:
        rand = random.Random(1)  # noqa: S311  # pictures, not secrets
        measures = {n: PictureMeasures(rand.getrandbits(64), rand.getrandbits(64), 1.0) for n in range(size)}
        for number in range(0, size - 1, 10):
            near = measures[number].fingerprint ^ 1 << 5 ^ 1 << 50
            measures[number + 1] = PictureMeasures(near, rand.getrandbits(64), 1.0)
        return measures

    sets = {size: found(size) for size in sorted({*SIZES, count})}

    def match(size: int = count) -> dict[str, float]:
        begun = time.perf_counter()
        groups = alike_groups(sets[size])
        spent = time.perf_counter() - begun
        assert len(groups) == len(range(0, size - 1, 10))
        return {"spent": 1000 * spent}

    line = Line("near duplicates among 10,000", "spent", "ms", "", Goal(100, own=True))
    yield [Race([line], match, sized=match, sizes=tuple(sets))]
