"""The fault matrix as a command: `python tests/faults --cases N --seed S`, see matrix.py.

It is a folder's __main__ so that multiprocessing does not import it again in each child.
"""

import argparse
import sys
import tempfile
import time

import mutations
from fault_plan import EVERY, cases
from matrix import carry_out


def main():
    """Read the command line, run the cases or the mutations, end with one line."""
    parser = argparse.ArgumentParser(description="Kill and disturb submissions; count runs paid twice or lost.")
    parser.add_argument("--cases", type=int, default=EVERY)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutations", action="store_true", help="break the app on purpose, and see it found")
    parser.add_argument("--mutation", help=argparse.SUPPRESS)  # the process that --mutations starts for each
    given = parser.parse_args()
    if given.mutations:
        return 0 if mutations.run_all() else 1
    if given.mutation:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            print(mutations.carry_out_mutated(given.mutation, folder))
        return 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        outcome = carry_out(cases(given.cases, given.seed), folder)
    print("ends:", ", ".join(f"{phase} {count}" for phase, count in sorted(outcome.ends.items())))
    print("random moments:", ", ".join(f"{step} {count}" for step, count in outcome.moments.most_common()))
    print(f"{outcome.struck} cases met all of their troubles; {time.monotonic() - begun:.0f} s")
    print(outcome, flush=True)
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
