"""Break the app on purpose, one rule at a time: a matrix that does not detect that proves nothing.

Each mutation changes a copy of the package in a folder of its own, and a process of its own runs the cases that
test the rule. `python tests/faults --mutations` runs them all, after the same cases on the unchanged app.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import matrix
from broken_rules import MUTATIONS

import segmind_studio

PACKAGE = Path(segmind_studio.__file__).parent
LIMIT_S = 300


def named(name):
    return next(mutation for mutation in MUTATIONS if mutation.name == name)


def mutate(mutation, folder):
    """Write a mutated copy of the package into `folder`; ValueError when the code has changed meanwhile."""
    copy = Path(folder) / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for file, old, new in mutation.changes:
        text = (copy / file).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"“{mutation.name}” no longer fits {file}, which has changed: {old!r}")
        (copy / file).write_text(text.replace(old, new), encoding="utf-8")


def outcome_of(mutation):
    """Run the cases of a mutation on a mutated copy, in a process of its own; return its output."""
    with tempfile.TemporaryDirectory(prefix="mutated-") as folder:
        mutate(mutation, folder)
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, str(Path(__file__).parent), "--mutation", mutation.name],
            cwd=folder,  # the process that children are forked from imports from here first
            env={**os.environ, "PYTHONPATH": folder}, capture_output=True, text=True, check=False, timeout=LIMIT_S,
        )
    return done.stdout.strip().splitlines() or [f"it broke: {done.stderr.strip().splitlines()[-1:]}"]


def found(lines):
    """Return whether the matrix detected something, by the last line of an outcome."""
    return lines[-1].startswith("cases=") and not lines[-1].endswith("duplicates=0 losses=0")


def carry_out_mutated(name, folder):
    """Run the cases of a mutation on the imported package, in its process."""
    mutation = named(name)
    for file, _, new in mutation.changes:
        if new not in (PACKAGE / file).read_text(encoding="utf-8"):
            raise ValueError(f"{PACKAGE} is not mutated")
    return matrix.carry_out(mutation.cases, folder, workers=1)


def run_all(say=print):
    """Run every mutation; return True when the matrix accepts the unchanged app and detects all it can."""
    every = [case for mutation in MUTATIONS for case in mutation.cases]
    every = [replace(case, number=number) for number, case in enumerate(every)]
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        outcome = matrix.carry_out(every, folder, say)
    say(f"the app as it is: {outcome}")
    right = outcome.good
    for mutation in MUTATIONS:
        lines = outcome_of(mutation)
        caught = found(lines)
        right = right and caught is mutation.seen and lines[-1].startswith("cases=")
        verdict = "caught" if caught else "not seen" + (f", as expected: {mutation.why}" if mutation.why else "")
        say(f"{mutation.name}: {verdict} ({lines[-1]})")
    return right
