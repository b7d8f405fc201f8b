"""The commands of a developer, from a bare machine with Python 3.11 or newer.

  python3 packaging/dev.py run [-- ARGUMENTS OF THE APP]
  python3 packaging/dev.py test [ARGUMENTS OF PYTEST]
  python3 packaging/dev.py faults [--cases N] [--seed S] [--mutations]
  python3 packaging/dev.py fuzz [SECONDS] [SEED] [--input FILE]
  python3 packaging/dev.py bench [NAME…] [--installed PROGRAM] [--json FILE]
  python3 packaging/dev.py bench --compare BEFORE.json AFTER.json
  python3 packaging/dev.py scale [SIZE…] [--json FILE]
  python3 packaging/dev.py gallery [--surface NAME…] [--look LOOK…] [--quick] [--keep] [--publish]
  python3 packaging/dev.py bare [ARGUMENTS OF PYTEST]
  python3 packaging/dev.py package deb|rpm|tar|windows|macos… [--again]
  python3 packaging/dev.py package-test deb|rpm|tar|windows…
  python3 packaging/dev.py lock [--upgrade]
  python3 packaging/dev.py texts [LANGUAGE…]

`run` opens the app on the practice service with sample photos; without a display it runs the tour on a virtual
one. `test` runs every check, the tests in three processes, or one if a file is named or with -n0. `faults` kills
and disturbs submissions at every step and counts what was paid twice or lost; with `--mutations` it breaks the app
on purpose and reports which of these faults are found. `fuzz` feeds hostile inputs to every reader of foreign
data; failing inputs are saved in build/fuzz/. `bench` measures the speed against named peers, side by side, into
build/bench.json, and compares two such files. `scale` opens the real window with 100, 1,000 and 10,000 photos,
runs and made pictures, and names what held it. `gallery` renders every place, dialog and menu in many looks, for
the page build/gallery/index.html, and compares the pictures with those that were last kept by `--keep`;
`--publish` writes those of the README. `bare` makes a bare Debian in `build/bare`, runs `run` and `test` in it,
prints what failed, and removes it; it needs Linux and root. `package` makes installers in dist/, with a bill of
materials and checksums; `--again` makes them twice and compares the bytes. `package-test` installs and uses them
on a system where nothing else is installed. `texts` extracts the texts, updates and compiles the catalogues, and
fails on a missing or fuzzy entry; a named language gets a catalogue. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

import bare_machine
import checks
import locks
import package_commands
import system_packages
from python_environment import BUILD_LOCK, ROOT, RUN_LOCK, TEST_LOCK, Environment

BUILD = ROOT / "build"
TOUR = BUILD / "tour"


def run(arguments: Sequence[str]) -> int:
    """Open the app with sample photos on the practice service, or run the tour without a display."""
    given = [argument for argument in arguments if argument != "--"]
    shown = _has_display()
    system_packages.ensure({**system_packages.WINDOW, **({} if shown else system_packages.SCREEN)})
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([RUN_LOCK, BUILD_LOCK], project=True)
    app = [str(studio.python), "-m", "segmind_studio"]
    if shown:
        return checks.call([*app, "--practice", "--sample", *given])
    print("There is no display here: the tour runs on a virtual one, its pictures go to build/tour/.", flush=True)
    shutil.rmtree(TOUR, ignore_errors=True)
    TOUR.mkdir(parents=True)
    return checks.call([*checks.SESSION, "--bare", "--size", "1600x1000", "--", *app, "--tour", str(TOUR), *given])


def test(arguments: Sequence[str]) -> int:
    """Run the linters, the build of the wheel, hostile inputs and all tests; pytest's output is last."""
    system_packages.ensure({**system_packages.WINDOW, **system_packages.SCREEN, **system_packages.DESKTOP})
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([TEST_LOCK, BUILD_LOCK], project=True)
    return checks.check(studio.python, arguments)


def faults(arguments: Sequence[str]) -> int:
    """Run the fault matrix, whose last line is `cases=N duplicates=0 losses=0`, or its mutations."""
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([TEST_LOCK, BUILD_LOCK], project=True)
    return checks.call([str(studio.python), str(ROOT / "tests" / "faults"), *arguments])


def fuzz(arguments: Sequence[str]) -> int:
    """Feed hostile inputs to the readers for some seconds; the last line has the counts and the seed."""
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([TEST_LOCK, BUILD_LOCK], project=True)
    return checks.call([str(studio.python), "-m", "tests.fuzz", *arguments])


def bench(arguments: Sequence[str]) -> int:
    """Measure against the peers, on a virtual screen where possible; a missed goal is reported, not an error."""
    return _measured("tests.benchmarks", arguments)


def scale(arguments: Sequence[str]) -> int:
    """Measure the real window with very many photos, runs and made pictures; the same screen as for `bench`."""
    return _measured("tests.benchmarks.scale", arguments)


def gallery(arguments: Sequence[str]) -> int:
    """Render the surfaces of the app into one page of pictures; the last line counts what has changed."""
    system_packages.ensure({**system_packages.WINDOW, **system_packages.SCREEN})
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([TEST_LOCK, BUILD_LOCK], project=True)
    return checks.call([str(studio.python), "-m", "tests.gallery", *arguments])


def _measured(module: str, arguments: Sequence[str]) -> int:
    system_packages.ensure({**system_packages.WINDOW, **system_packages.SCREEN, **system_packages.PEERS})
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([TEST_LOCK, BUILD_LOCK], project=True)
    session = [*checks.SESSION, "--bare", "--size", "1600x1000", "--"] if sys.platform == "linux" else []
    return checks.call([*session, str(studio.python), "-m", module, *arguments])


def bare(arguments: Sequence[str]) -> int:
    """Run both commands of the README on a machine where nothing was ever installed."""
    return bare_machine.try_all(arguments)


def lock(arguments: Sequence[str]) -> int:
    """Write the three locks again, with `--upgrade` to the newest versions."""
    locks.write(upgrade="--upgrade" in arguments)
    return 0


def texts(arguments: Sequence[str]) -> int:
    """Extract the texts, update and compile the catalogues; fails on an entry that is missing or fuzzy."""
    studio = Environment(ROOT / ".venv")
    studio.make()
    studio.install([TEST_LOCK, BUILD_LOCK], project=True)
    return checks.call([str(studio.python), str(ROOT / "packaging" / "catalogues.py"), *arguments])


def _has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: Sequence[str]) -> int:
    """Run the command of the command line; return the exit code."""
    commands = {
        "run": run, "test": test, "faults": faults, "fuzz": fuzz, "bench": bench, "bare": bare, "lock": lock,
        "gallery": gallery, "scale": scale,
        "package": package_commands.package, "package-test": package_commands.package_test,
        "texts": texts,
    }
    if sys.version_info < (3, 11):  # noqa: UP036  # it is started by any Python
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except system_packages.SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
