"""The races of whole windows, each in a process of its own: lists of runs, the grid, the start, idling."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.child import child
from tests.benchmarks.report import Goal, Growth, Line, Race
from tests.benchmarks.sets import phone_photos

MANY = 10_000
SIZES = (100, 1_000, MANY)
PHOTO = (1200, 900)
PHOTO_BYTES = 300_000
FRAMES = 400


@contextlib.contextmanager
def polls(folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 5) -> Iterator[list[Race | Growth]]:
    """Polls of many runs."""
    numbers = itertools.count()

    def turn(who: str, count: int) -> dict[str, float]:
        own = folder / f"polls-{next(numbers)}"
        own.mkdir()
        return child("polls_turn", who, count, own)

    def product(count: int = sizes[-1]) -> dict[str, float]:
        return turn("product", count)

    peer = "model reset"
    yield [
        Race(
            [
                Line("unchanged poll of 10,000 runs", "unchanged", "ms", peer, Goal(1, own=True)),
                Line("poll with 100 changes of 10,000", "changed", "ms", peer, Goal(0.65)),
                Line("next of 10,000 runs, as by an arrow key", "arrow", "ms", peer, Goal(8, own=True)),
                Line("select all of 10,000 runs", "selected", "ms", peer, Goal(50, own=True)),
            ],
            product, lambda: turn("reset", sizes[-1]), rounds,
        ),
        Growth("unchanged poll", "unchanged", "ms", product, sizes),
        Growth("poll with 1 % changed", "changed", "ms", product, sizes),
    ]


@contextlib.contextmanager
def runs(folder: Path, *, count: int = MANY, rounds: int = 3) -> Iterator[list[Race]]:
    """Many runs in the journal: the Runs place on them, their memory, a list with a few changes."""
    numbers = itertools.count()

    def turn() -> dict[str, float]:
        own = folder / f"runs-{next(numbers)}"
        own.mkdir()
        return child("runs_turn", count, own)

    yield [Race(
        [
            Line("Runs with 10,000 runs, made when idle: longest hold", "opened", "ms", "", Goal(50, own=True)),
            Line("memory of one of 10,000 stored runs", "held", "KB", "", Goal(4, own=True)),
            Line("merge of a list of 10,000, 1 % changed, for one run", "poll", "µs", "", Goal(10, own=True)),
        ],
        turn, rounds=rounds,
    )]


@contextlib.contextmanager
def grid(
    folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 5, frames: int = FRAMES,
) -> Iterator[list[Race | Growth]]:
    """Thumbnails by the thousand."""
    photos = folder / "grid-photos"
    phone_photos(photos, 28, PHOTO, PHOTO_BYTES)

    def product(count: int = sizes[-1]) -> dict[str, float]:
        return child("grid_turn", "product", count, photos, frames)

    peer = "QListWidget"
    yield [
        Race(
            [
                Line("10,000 thumbnails: first paint", "first", "ms", peer, Goal(50, own=True)),
                Line("10,000 thumbnails: frame while scrolling, p99", "p99", "ms", peer, Goal(1.0)),
                Line("10,000 thumbnails: memory", "memory", "MB", peer, Goal(0.2)),
            ],
            product, lambda: child("grid_turn", "peer", sizes[-1], photos, frames), rounds,
        ),
        Growth("first paint of thumbnails", "first", "ms", product, sizes),
        Growth("frame while scrolling, p99", "p99", "ms", product, sizes),
        Growth("memory with thumbnails", "memory", "MB", product, sizes),
    ]


@contextlib.contextmanager
def holds(folder: Path, *, count: int = MANY, rounds: int = 3) -> Iterator[list[Race]]:
    """The longest that the Data place holds the window, whatever one does there with many photos."""
    photos, numbers = folder / "holds-photos", itertools.count()
    phone_photos(photos, 12, PHOTO, PHOTO_BYTES)

    def turn() -> dict[str, float]:
        own = folder / f"holds-{next(numbers)}"
        own.mkdir()
        return child("holds_turn", count, own, photos)

    yield [Race(
        [
            Line("10,000 photos: longest hold of the window, one photo", "one", "ms", "", Goal(50, own=True)),
            Line("10,000 photos: longest hold, all of them changed", "all", "ms", "", Goal(50, own=True)),
            Line("10,000 photos: key in the preview of an edit of all", "typed", "ms", "", Goal(8, own=True)),
            Line("10,000 photos: look for garbage", "garbage", "ms", "", Goal(8, own=True)),
        ],
        turn, rounds=rounds,
    )]


@contextlib.contextmanager
def gallery(folder: Path, *, count: int = MANY, rounds: int = 3) -> Iterator[list[Race]]:
    """The longest that the gallery of Try holds the window with many pictures."""
    photos, numbers = folder / "gallery-photos", itertools.count()
    phone_photos(photos, 12, PHOTO, PHOTO_BYTES)

    def turn() -> dict[str, float]:
        own = folder / f"gallery-{next(numbers)}"
        own.mkdir()
        return child("gallery_turn", count, own, photos)

    yield [Race(
        [
            Line("10,000 pictures of Try: longest hold of the window", "longest", "ms", "", Goal(50, own=True)),
            Line("10,000 pictures of Try: longest hold while scrolling", "scroll", "ms", "", Goal(16, own=True)),
        ],
        turn, rounds=rounds,
    )]


@contextlib.contextmanager
def start(folder: Path, *, rounds: int = 9) -> Iterator[list[Race]]:
    """From the start of the process to the painted window."""
    peer = "bare PySide6 window"
    child("start_turn", "product", folder / "start", "paint")  # compiles, and makes its folders
    yield [Race(
        [Line("start, to the first paint", "first", "ms", peer, Goal(2.0))],
        lambda: child("start_turn", "product", folder / "start", "paint"),
        lambda: child("start_turn", "peer", folder, "paint"), rounds,
    )]


@contextlib.contextmanager
def rest(folder: Path, *, rounds: int = 3) -> Iterator[list[Race]]:
    """The cost of the app while nobody uses it."""
    peer = "bare PySide6 window"
    yield [Race(
        [
            Line("memory at rest", "memory", "MB", peer, Goal(95, own=True)),
            Line("processor at rest, minimized", "idle", "%", "", Goal(0.3, own=True)),
        ],
        lambda: child("start_turn", "product", folder / "rest", "rest"),
        lambda: {"memory": child("start_turn", "peer", folder, "rest")["memory"]}, rounds,
    )]
