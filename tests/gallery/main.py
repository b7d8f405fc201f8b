"""The command: render, compare, write the page; keep the pictures, or publish those of the README.

  dev.py gallery [--surface NAME…] [--look LOOK…] [--quick] [--keep] [--publish]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.gallery.compare import Change, compare_folders, counts
from tests.gallery.looks import Look, Task, chosen_look, tasks_of, usual_looks
from tests.gallery.page import page_of
from tests.gallery.published import MODES as PUBLISHED_MODES
from tests.gallery.published import PUBLISHED, publish
from tests.gallery.shots import Order, environment_of

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "gallery"
PROCESSES = 2
_NOISE = ("This plugin does not support", "QStandardPaths:")  # of a platform that has no windows


def main(arguments: Sequence[str]) -> int:
    """Read the command line and do it; return 1 when a surface could not be shown."""
    given = _options(arguments)
    began = time.monotonic()
    looks = usual_looks(quick=given.quick)
    patterns = tuple(given.surface)
    if given.publish:
        looks, patterns = tuple((Look(mode=mode), False) for mode in PUBLISHED_MODES), tuple(PUBLISHED)
    elif given.look:
        every = bool(patterns) or given.all
        looks = tuple((look, every) for look in given.look)
    now, kept = BUILD / "now", BUILD / "kept"
    shutil.rmtree(now, ignore_errors=True)
    failures = render(tasks_of(looks), patterns, BUILD, now)
    partial = bool(given.look or patterns or given.quick)
    found = compare_folders(now, kept, BUILD / "difference", partial=partial)
    page = BUILD / "index.html"
    page.write_text(page_of(found, failures), encoding="utf-8")
    numbers = counts(found)
    for one in found:
        if one.change in {Change.CHANGED, Change.GONE}:
            print(f"{one.change}: {one.name} {'' if one.pixels < 0 else f'{one.pixels} pixels'}")
    tally = ", ".join(f"{numbers[change]} {change}" for change in Change)
    print(f"{tally}, {failures} failed, {time.monotonic() - began:.0f} s: {page}", flush=True)
    if given.keep:
        kept.mkdir(exist_ok=True)
        if not partial:
            shutil.rmtree(kept)
        shutil.copytree(now, kept, dirs_exist_ok=True)
    if given.publish and not failures:
        for path in publish(now, ROOT / "packaging" / "pictures"):
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    return int(failures > 0)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py gallery",
        description="Render the surfaces of the app, and compare them with the kept pictures.",
    )
    parser.add_argument("--surface", nargs="+", default=[], metavar="NAME",
                        help="a place, or a surface such as data/crop or 'menus/*'")
    parser.add_argument("--look", nargs="+", default=[], type=chosen_look, metavar="LOOK",
                        help="such as dark,200,1024x768,pseudo,long: colours, percent, size, language, data")
    parser.add_argument("--all", action="store_true", help="with --look: every surface, not the chosen ones")
    parser.add_argument("--quick", action="store_true", help="all in light, and the places in dark")
    parser.add_argument("--keep", action="store_true", help="compare with these pictures from now on")
    parser.add_argument("--publish", action="store_true", help="write the pictures of the README and the packages")
    return parser.parse_args(arguments)


def render(tasks: Sequence[Task], patterns: Sequence[str], build: Path, target: Path) -> int:
    """Render pictures into `target`, several processes at a time; return how many surfaces failed."""
    target.mkdir(parents=True, exist_ok=True)
    (build / "data").mkdir(parents=True, exist_ok=True)
    for world in dict.fromkeys(task.session.world for task in tasks):
        _make(build, world)
    numbers = {session: number for number, session in enumerate(_sessions(tasks))}
    orders = [Order(task, numbers[task.session], str(build), str(target), tuple(patterns)) for task in tasks]
    with ThreadPoolExecutor(PROCESSES) as pool:
        return sum(pool.map(_run, orders))


def _sessions(tasks: Sequence[Task]) -> list[Look]:
    """Return the sessions in an order that does not depend on what is chosen, for numbers that stay."""
    usual = [look.session for look, _all in usual_looks()]
    return list(dict.fromkeys([*usual, *(task.session for task in tasks)]))


def _make(build: Path, world: str) -> None:
    """Make a world, in a process with the gallery's clock."""
    code = (
        "import sys; from pathlib import Path; from tests.gallery.session import stop_clocks; stop_clocks();"
        "from tests.gallery.shots import world_folder; world_folder(Path(sys.argv[1]), sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(build), world]
    subprocess.run(command, cwd=ROOT, check=True, env=_with_path(os.environ))  # noqa: S603  # our own program


def _with_path(environment) -> dict[str, str]:
    paths = (str(ROOT), environment.get("PYTHONPATH", ""))
    return {**environment, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _run(order: Order) -> int:
    with tempfile.TemporaryDirectory(prefix="gallery-") as home:
        process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "tests.gallery", "--shoot", order.to_json()], cwd=ROOT,
            env=_with_path(environment_of(order, Path(home))), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            for line in process.stdout or ():
                if not line.startswith(_NOISE):
                    print(line, end="", flush=True)
        return process.returncode

