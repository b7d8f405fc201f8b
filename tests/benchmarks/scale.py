"""Measure the real window with 100, 1,000 and 10,000 photos, runs and made pictures, and print what held it.

  python -m tests.benchmarks.scale [SIZE…] [--json FILE]

One row for each thing that one does: the longest turn of the GUI thread in its own time, at each size, and what
held the longest. The rows go to build/scale.json too, which `dev.py bench --compare` reads as well.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.child import ROOT
from tests.benchmarks.compare import Report
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.report import FRAME
from tests.benchmarks.rounds import Calm
from tests.benchmarks.rows import Goal, Row, table
from tests.benchmarks.sets import phone_photos
from tests.benchmarks.windows import PHOTO, PHOTO_BYTES, SIZES, filled

LONGEST_S = 400.0  # of one size
HOLD = Goal(50, own=True)
VISIT = Goal(16, own=True)
COSTS = {  # beside the holds: the unit, and the most that is allowed at 10,000
    "late": ("latest turn by the clock", "ms", Goal(100, own=True)),
    "memory": ("memory", "MB", Goal(180, own=True)),  # 130 with photos, 3 KB a run, 2 KB a made picture
    "handles": ("open files", "", Goal(64, own=True)),
    "threads": ("threads", "", Goal(32, own=True)),
}


def main(arguments: list[str]) -> int:
    """Read the command line, measure each size, print the table."""
    parser = argparse.ArgumentParser(prog="dev.py scale", description="Measure the window with very much in it.")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="SIZE")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "scale.json", metavar="FILE")
    given = parser.parse_args(arguments)
    calm = Calm()
    found: dict[int, dict[str, Any]] = {}
    quiet = True
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        for size in sorted(given.sizes):
            quiet = calm.wait() and quiet
            print(f"· {size:,}", flush=True)
            found[size] = session(Path(folder), size)
            quiet = calm.now() and quiet
    rows = rows_of(found, disturbed=not quiet)
    head = ("what", *(f"{size:,}" for size in found), "goal", "held longest by", "")
    print(f"\n{table(head, [cells(row) for row in rows])}")
    Report(rows, machine(), versions()).write(given.json)
    return 0


def session(folder: Path, size: int) -> dict[str, Any]:
    """Return what one session with so many of everything has measured."""
    pictures = folder / f"pictures-{size}"
    phone_photos(pictures, 12, PHOTO, PHOTO_BYTES)
    data = filled(folder / str(size), pictures, photos=size, runs=size, made=size, looked=0)
    command = [sys.executable, "-m", "tests.benchmarks.scale_turn", str(size), str(data), str(pictures)]
    done = subprocess.run(  # noqa: S603  # our own module
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=LONGEST_S,
    )
    return json.loads(done.stdout.splitlines()[-1])


def rows_of(found: dict[int, dict[str, Any]], *, disturbed: bool) -> list[Row]:
    """Return a row for each step, and one for each cost; own figures are those of the largest size."""
    most = found[max(found)]
    rows = []
    for step, (hold, held) in most["steps"].items():
        sizes = {size: [figures["steps"][step][0]] for size, figures in found.items()}
        goal = VISIT if "visit" in step else HOLD
        limit = [FRAME.figure or 0.0]
        rows.append(Row(
            step, "ms", [hold], goal, limit=FRAME.what, least=limit, sizes=sizes, held=held, disturbed=disturbed,
        ))
    for name, (what, unit, goal) in COSTS.items():
        sizes = {size: [figures[name]] for size, figures in found.items()}
        rows.append(Row(what, unit, [most[name]], goal, sizes=sizes, disturbed=disturbed and name == "late"))
    return rows


def cells(row: Row) -> list[str]:
    """Return a row of the table."""
    return [
        row.what, *(f"{figures[0]:.3g} {row.unit}".strip() for figures in row.sizes.values()),
        row.goal.text(row.unit), row.held or "-", row.state,
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
