"""Feed hostile inputs to every reader of foreign data.

  python -m tests.fuzz [SECONDS] [SEED] [--input FILE]

Failing inputs are saved in build/fuzz/ under their reader's name; with --input one is tried again. Seed and counts
are printed, so that the same inputs can be made again.
"""

import argparse
import logging
import random
import sys
from pathlib import Path

from tests.fuzz.runner import Runner
from tests.fuzz.targets import every

FOLDER = Path(__file__).resolve().parents[2] / "build" / "fuzz"


def main(arguments):
    """Read the command line, run, print; return 1 when something failed."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description="Throw hostile inputs at every reader.")
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("seed", nargs="?", type=int, default=random.randrange(1_000_000))  # noqa: S311  # no secret
    parser.add_argument("--input", type=Path, metavar="FILE", help="try this saved input again")
    given = parser.parse_args(arguments)
    logging.disable()
    runner = Runner(every(), given.seed, FOLDER)
    if given.input:
        name = given.input.name.rpartition("-")[0]
        (target,) = [one for one in every() if one.name == name]
        runner.try_one(target, 0, given.input.read_bytes())
    else:
        print(f"Seed {given.seed}, {given.seconds:.0f} s; the input under way is {FOLDER / 'current'}", flush=True)
        runner.run(given.seconds)
    print(f"inputs={runner.tried} failures={len(runner.failures)} seed={given.seed}", flush=True)
    return 1 if runner.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
