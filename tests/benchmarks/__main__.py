"""Measure the product against its peers and print the results.

  python -m tests.benchmarks [NAME…] [--installed PROGRAM] [--json FILE]
  python -m tests.benchmarks --compare BEFORE.json AFTER.json

The rows go to build/bench.json too, with all repeats; `--compare` prints what changed between two such files. It
ends within eight minutes where nothing else runs: each row has its seconds, and the last ones get what is left.
The exit code is 0 whenever it could measure: a missed goal is reported, not an error.
"""

import argparse
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.benchmarks import downloads, fits, likeness, scans, thumbnails, uploads, windows
from tests.benchmarks.child import ROOT
from tests.benchmarks.compare import HEAD as CHANGES_HEAD
from tests.benchmarks.compare import Report, changes
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.rounds import Calm
from tests.benchmarks.rows import HEAD, Row, table

BENCHMARKS = {
    "start": windows.start, "polls": windows.polls, "runs": windows.runs, "grid": windows.grid,
    "holds": windows.holds, "gallery": windows.gallery, "practice": windows.practice, "upload": uploads.races,
    "download": downloads.races, "thumbnails": thumbnails.races, "scan": scans.races, "likeness": likeness.races,
    "fit": fits.races, "rest": windows.rest, "installed": windows.installed,
}
ALL_SECONDS = 430.0  # of all rows; what then is left has one round


def main(arguments: list[str]) -> int:
    """Read the command line, measure, print the table."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure the product against its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--installed", default="", metavar="PROGRAM", help="a program to start, as installed")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="FILE")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"), help="two files of --json")
    given = parser.parse_args(arguments)
    if given.compare:
        try:
            before, after = map(Report.read, given.compare)
        except (OSError, ValueError) as problem:
            parser.error(str(problem))
        print_changes(before, after)
        return 0
    names = given.names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(BENCHMARKS)}")
    begun = time.monotonic()
    rows = measure(names, given.installed)
    worked = sum(os.times()[:4])
    print(f"  all: {time.monotonic() - begun:.0f} s, of which the processor worked {worked:.0f} s", flush=True)
    print(f"\n{table(HEAD, [row.cells() for row in rows])}")
    Report(rows, machine(), versions()).write(given.json)
    return 0


def measure(names: list[str], program: str) -> list[Row]:
    """Measure all rows of these benchmarks, within the time that all have."""
    end, calm = time.monotonic() + ALL_SECONDS, Calm()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name in names:
            own = Path(folder, name)
            own.mkdir()
            begun = time.monotonic()
            make = partial(windows.installed, program=program) if name == "installed" else BENCHMARKS[name]
            with make(own) as races:
                for race in races:
                    for row in race.run(calm, max(0.0, end - time.monotonic())):
                        rows.append(row)
                        print("·", *row.cells(), flush=True)
            print(f"  {name}: {time.monotonic() - begun:.0f} s", flush=True)
    return rows


def print_changes(before: Report, after: Report) -> None:
    """Print what changed, and on what it was measured."""
    for old, new in ((before.machine, after.machine), (before.versions, after.versions)):
        for name in {**old, **new}:
            if old.get(name) != new.get(name):
                print(f"{name}: {old.get(name, '-')} → {new.get(name, '-')}")
    rows = changes(before, after)
    left = [row for row in rows if row[-1] != "gone"]
    print(f"\n{table(CHANGES_HEAD, left)}")
    if len(left) < len(rows):
        print(f"\nOnly measured before: {len(rows) - len(left)} rows.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
