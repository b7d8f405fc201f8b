"""The races of whole windows, each in a process of its own: lists of runs, the grid, the start, idling."""

import contextlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.child import ROOT, as_installed, child
from tests.benchmarks.polls_turn import job
from tests.benchmarks.report import FRAME, Goal, Limit, Line, Race
from tests.benchmarks.sets import phone_photos

MANY = 10_000
SIZES = (100, 1_000, MANY)
PHOTO = (1200, 900)
PHOTO_BYTES = 300_000
FRAMES = 300
BARE = "bare PySide6 window"
PRACTICE_RUNS = 60  # more than its first money pays
MADE = 8  # pictures
INSTALLED_LIMIT_S = 60.0
LOOK_S = 0.005


@contextlib.contextmanager
def polls(folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 5) -> Iterator[list[Race]]:
    """Polls of many runs."""
    numbers = itertools.count()
    answer = json.dumps([job(number) for number in range(sizes[-1])]).encode()
    again = bytes(bytearray(answer))

    def turn(who: str, count: int) -> dict[str, float]:
        own = folder / f"polls-{next(numbers)}"
        own.mkdir()
        return child("polls_turn", who, count, own)

    def compared() -> dict[str, float]:
        begun = time.perf_counter()
        assert answer == again
        return {"unchanged": 1000 * (time.perf_counter() - begun)}

    peer, each = "model reset", partial(turn, "product")
    yield [Race(
        [
            Line(
                "unchanged poll of 10,000 runs", "unchanged", "ms", peer, Goal(1, own=True),
                Limit("comparing the bytes"),
            ),
            Line("poll with 100 changes of 10,000", "changed", "ms", peer, Goal(0.65), FRAME),
            Line("next of 10,000 runs, as by an arrow key", "arrow", "ms", peer, Goal(8, own=True), FRAME),
            Line("select all of 10,000 runs", "selected", "ms", peer, Goal(50, own=True), FRAME),
        ],
        lambda: each(sizes[-1]), lambda: turn("reset", sizes[-1]), rounds,
        limit=compared, sized=each, sizes=sizes, seconds=25,
    )]


@contextlib.contextmanager
def runs(folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 3) -> Iterator[list[Race]]:
    """Many runs in the journal: the Runs place on them, their memory, a list with a few changes."""
    numbers = itertools.count()

    def turn(count: int = sizes[-1]) -> dict[str, float]:
        own = folder / f"runs-{next(numbers)}"
        own.mkdir()
        return child("runs_turn", count, own)

    yield [Race(
        [
            Line("Runs with 10,000, made when idle: longest hold", "opened", "ms", "", Goal(50, own=True), FRAME),
            Line("memory of one of 10,000 stored runs", "held", "KB", "", Goal(3, own=True)),
            Line("merge of a list of 10,000, 1 % changed, for one run", "poll", "µs", "", Goal(10, own=True)),
            Line("write-ahead log after writing 10,000 runs", "wal", "MB", "", Goal(4.2, own=True)),
        ],
        turn, rounds=rounds, sized=turn, sizes=sizes, seconds=25,
    )]


@contextlib.contextmanager
def grid(
    folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 5, frames: int = FRAMES,
) -> Iterator[list[Race]]:
    """Thumbnails by the thousand."""
    photos = folder / "grid-photos"
    phone_photos(photos, 28, PHOTO, PHOTO_BYTES)

    def product(count: int = sizes[-1]) -> dict[str, float]:
        return child("grid_turn", "product", count, photos, frames)

    peer = "QListWidget"
    yield [Race(
        [
            Line("10,000 thumbnails: first paint", "first", "ms", peer, Goal(50, own=True), FRAME),
            Line("10,000 thumbnails: frame while scrolling, p99", "p99", "ms", peer, Goal(1.0), FRAME),
            Line("10,000 thumbnails: work in a frame while scrolling, p99", "work", "ms", peer, Goal(1.0), FRAME),
            Line("10,000 thumbnails: memory", "memory", "MB", peer, Goal(0.2)),
        ],
        product, lambda: child("grid_turn", "peer", sizes[-1], photos, frames), rounds, sized=product, sizes=sizes,
        seconds=60,
    )]


@contextlib.contextmanager
def holds(folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 3) -> Iterator[list[Race]]:
    """The longest that the Data place holds the window, whatever one does there with many photos."""
    turn = _on_photos("holds_turn", folder)
    yield [Race(
        [
            Line("10,000 photos: longest hold, one photo", "one", "ms", "", Goal(50, own=True), FRAME),
            Line("10,000 photos: longest hold, all of them changed", "all", "ms", "", Goal(50, own=True), FRAME),
            Line("10,000 photos: key in the preview of an edit", "typed", "ms", "", Goal(8, own=True), FRAME),
            Line("10,000 photos: look for garbage", "garbage", "ms", "", Goal(8, own=True), FRAME),
        ],
        lambda: turn(sizes[-1]), rounds=rounds, sized=turn, sizes=sizes, seconds=35,
    )]


@contextlib.contextmanager
def gallery(folder: Path, *, sizes: tuple[int, ...] = SIZES, rounds: int = 3) -> Iterator[list[Race]]:
    """The longest that the gallery of Try holds the window with many pictures."""
    turn = _on_photos("gallery_turn", folder)
    yield [Race(
        [
            Line("10,000 pictures of Try: longest hold", "longest", "ms", "", Goal(50, own=True), FRAME),
            Line("10,000 pictures of Try: scrolling", "scroll", "ms", "", Goal(16, own=True), FRAME),
            Line("Try with 10,000, shown before it is made", "at_once", "ms", "", Goal(100, own=True), FRAME),
        ],
        lambda: turn(sizes[-1]), rounds=rounds, sized=turn, sizes=sizes, seconds=20,
    )]


def _on_photos(module: str, folder: Path) -> Callable[[int], dict[str, float]]:
    """Return a turn of a module that needs photographs which stand for all, and a new folder each time."""
    photos, numbers = folder / "photos", itertools.count()
    phone_photos(photos, 12, PHOTO, PHOTO_BYTES)

    def turn(count: int) -> dict[str, float]:
        own = folder / f"{module}-{next(numbers)}"
        own.mkdir()
        return child(module, count, own, photos)

    return turn


@contextlib.contextmanager
def start(folder: Path, *, rounds: int = 7, count: int = MANY, more: bool = True) -> Iterator[list[Race]]:
    """From the start of the process to the painted window; with `more`, until it can be used, at all sizes."""
    empty = folder / "start"

    def bare() -> dict[str, float]:
        return child("start_turn", "peer", folder, "paint")

    child("start_turn", "product", empty, "paint")  # compiles, and makes its folders
    races = [Race(
        [
            Line("start, to the first paint", "first", "ms", BARE, Goal(1.5), Limit("the peer")),
            Line("start, to the first paint: processor", "first cpu", "ms", BARE, Goal(1.5), Limit("the peer")),
        ],
        lambda: child("start_turn", "product", empty, "paint"), bare, rounds, seconds=15,
    )]
    if not more:
        yield races
        return
    stored = {size: filled(folder / f"runs-{size}", folder, runs=size) for size in (*SIZES[:-1], count)}

    def usable(size: int = count) -> dict[str, float]:
        return child("start_turn", "product", stored[size], "usable")

    def as_begun() -> dict[str, float]:
        figures = bare()
        return {"begun": figures["first"], "begun cpu": figures["first cpu"]}

    yield [
        *races,
        Race(
            [
                Line("start, until usable, empty", "begun", "ms", "", Goal(400, own=True), Limit(BARE)),
                Line("start, until usable: processor", "begun cpu", "ms", "", Goal(400, own=True), Limit(BARE)),
            ],
            lambda: child("start_turn", "product", empty, "usable"), rounds=5, limit=as_begun, seconds=12,
        ),
        Race(
            [
                Line("start, until 10,000 runs of practice are there", "usable", "ms", "", Goal(600, own=True)),
                Line("until 10,000 runs are there: processor", "usable cpu", "ms", "", Goal(600, own=True)),
            ],
            usable, rounds=3, sized=usable, sizes=tuple(stored), seconds=12,
        ),
        Race(
            [
                Line("longest step of what is made in idle time", "step", "ms", "", Goal(16, own=True), FRAME),
                Line("first visit of a place, once all is made", "visit", "ms", "", Goal(16, own=True), FRAME),
                *(
                    Line(f"first visit of {place.title()}", f"visit {place}", "ms", "", Goal(16, own=True), FRAME)
                    for place in ("train", "try", "settings")
                ),
            ],
            lambda: child("start_turn", "product", empty, "visits"), rounds=3, seconds=15,
        ),
    ]


def filled(folder: Path, pictures: Path, **sizes: int) -> Path:
    """Return a data folder with so many photos, runs or made pictures."""
    command = [sys.executable, "-m", "tests.benchmarks.scale_turn", "fill", folder, pictures, json.dumps(
        {"photos": 0, **sizes},
    )]
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True)  # noqa: S603  # our own module
    return folder


@contextlib.contextmanager
def rest(folder: Path, *, rounds: int = 1) -> Iterator[list[Race]]:
    """The cost of the app while nobody uses it."""
    photos = folder / "photos"
    phone_photos(photos, 12, PHOTO, PHOTO_BYTES)
    many = filled(folder / "many", photos, photos=MANY)
    idle = ("minimised", "runs minimised", "hidden", "shown", "runs")
    yield [
        Race(
            [
                Line("memory at rest", "memory", "MB", BARE, Goal(110, own=True), Limit("the peer")),
                *(
                    Line(f"processor at rest, {name}", f"idle {name}", "%", "", Goal(
                        0.05 if "minimised" in name or name == "hidden" else 0.2, own=True,
                    ))
                    for name in idle
                ),
            ],
            lambda: child("start_turn", "product", folder / "rest", "idle"),
            lambda: {"memory": child("start_turn", "peer", folder, "memory")["memory"]}, rounds, seconds=60,
        ),
        Race(
            [Line("memory with 10,000 photos", "memory", "MB", "", Goal(130, own=True))],
            lambda: child("start_turn", "product", many, "memory"), rounds=3, seconds=12, timed=False,
        ),
    ]


@contextlib.contextmanager
def practice(folder: Path, *, count: int = PRACTICE_RUNS, rounds: int = 3) -> Iterator[list[Race]]:
    """The practice service: what it costs the window and the disk."""
    photo, = phone_photos(folder / "photos", 1, PHOTO, PHOTO_BYTES)
    numbers = itertools.count()

    def own() -> Path:
        made = folder / f"practice-{next(numbers)}"
        made.mkdir()
        return made

    yield [
        Race(
            [Line("starting a practice run: longest hold", "event", "ms", "", Goal(16, own=True), FRAME)],
            lambda: child("start_turn", "product", own(), "practice"), rounds=rounds, seconds=15,
        ),
        Race(
            [
                Line("a made picture arrives: latest turn", "late", "ms", "", Goal(4, own=True), FRAME),
                Line("a made picture arrives: longest hold", "hold", "ms", "", Goal(4, own=True), FRAME),
            ],
            lambda: child("made_turn", MADE, own()), rounds=rounds, seconds=12,
        ),
        Race(
            [
                Line("folder of practice after 60 runs of 6 MB", "size", "MB", "", Goal(150, own=True)),
                Line("practice runs refused of 60, for want of money", "refused", "", "", Goal(0, own=True)),
            ],
            lambda: child("practice_turn", count, own(), photo), rounds=1, timed=False,
        ),
    ]


@contextlib.contextmanager
def installed(folder: Path, *, program: str, rounds: int = 5) -> Iterator[list[Race]]:
    """The start of an installed program, against that of the source tree; without one, nothing."""
    if not program:
        yield []
        return
    numbers = itertools.count()

    def begun(command: Sequence[str]) -> dict[str, float]:
        """Return when its services have begun: the first that reads makes the database."""
        own, pause = folder / f"installed-{next(numbers)}", threading.Event()
        at = time.monotonic()
        with subprocess.Popen(  # noqa: S603  # ours
            [*command, "--practice", "--data-dir", str(own)], cwd=ROOT, env=as_installed(),
        ) as process:
            try:
                while not (own / "data" / "studio.sqlite3").exists():
                    if process.poll() is not None or time.monotonic() > at + INSTALLED_LIMIT_S:
                        raise RuntimeError(f"{command[0]} did not start")
                    pause.wait(LOOK_S)
                return {"begun": 1000 * (time.monotonic() - at)}
            finally:
                process.terminate()

    yield [Race(
        [Line("installed program, start to usable", "begun", "ms", "the source tree", Goal(1.2))],
        lambda: begun([program]), lambda: begun([sys.executable, "-m", "segmind_studio"]), rounds, seconds=40,
    )]
