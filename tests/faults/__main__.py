"""The fault matrix as a command: `python tests/faults --cases N --seed S`, see matrix.py.

It is a folder's __main__ so that multiprocessing does not import it once more in each child.
"""

import argparse
import sys
import tempfile
import time

from fault_plan import cases
from matrix import carry_out


def main():
    """Read the command line, carry the cases out, end with one line."""
    parser = argparse.ArgumentParser(description="Kill and disturb submissions; count runs paid twice or lost.")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        outcome = carry_out(cases(given.cases, given.seed), folder)
    print("ends:", ", ".join(f"{phase} {count}" for phase, count in sorted(outcome.ends.items())))
    print("random moments:", ", ".join(f"{step} {count}" for step, count in outcome.moments.most_common()))
    print(f"{outcome.struck} cases met all of their troubles; {time.monotonic() - begun:.0f} s")
    print(outcome, flush=True)
    return 1 if outcome.duplicates or outcome.losses else 0


if __name__ == "__main__":
    sys.exit(main())
