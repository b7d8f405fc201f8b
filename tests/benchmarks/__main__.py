"""Measure the product against its peers and print the results.

  python -m tests.benchmarks [NAME…]

NAME is one of: upload, download, thumbnails, polls, runs, grid, holds, gallery, scan, start, rest, likeness, fit;
all of them without one.
The exit code is 0 whenever it could measure: a missed goal is reported, not an error.
"""

import argparse
import platform
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import downloads, fits, likeness, report, scans, thumbnails, uploads, windows
from tests.benchmarks.report import Growth
from tests.benchmarks.rounds import Calm

BENCHMARKS = {
    "upload": uploads.races, "download": downloads.races, "thumbnails": thumbnails.races,
    "polls": windows.polls, "runs": windows.runs, "grid": windows.grid, "holds": windows.holds,
    "gallery": windows.gallery, "scan": scans.races, "start": windows.start, "rest": windows.rest,
    "likeness": likeness.races, "fit": fits.races,
}


def main(arguments: list[str]) -> int:
    """Read the command line, measure, print the tables."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure the product against its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args(arguments).names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(BENCHMARKS)}")
    calm = Calm()
    rows, growth = [], []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, BENCHMARKS[name](Path(folder)) as races:
            for race in races:
                if isinstance(race, Growth):
                    growth.append(race.run(calm))
                    print("·", *growth[-1], flush=True)
                    continue
                for row in race.run(calm):
                    rows.append(row)
                    print("·", *row, flush=True)
    print(f"\n{platform.system()} {platform.machine()}, Python {platform.python_version()}\n")
    print(report.table(report.HEAD, rows))
    if growth:
        print(f"\n{report.table(report.GROWTH_HEAD, growth)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
