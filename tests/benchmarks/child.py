"""Measurements that need a process of their own: its memory is measured, or it can only start once."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTED = "SEGMIND_STUDIO_BENCH_STARTED"  # in the child's environment: when it was started, by time.monotonic
_IMPORTED = time.monotonic()
LIMIT_S = 180


def child(module: str, *arguments: object) -> dict[str, float]:
    """Run a module of this folder; return the figures of its last line."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    environment = {**as_installed(), STARTED: repr(time.monotonic())}
    done = subprocess.run(  # noqa: S603  # our own module
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=LIMIT_S,
    )
    return json.loads(done.stdout.splitlines()[-1])


def as_installed() -> dict[str, str]:
    """Return the environment of a program that keeps its bytecode, as one that is installed does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def print_figures(**figures: float) -> None:
    """Print what a child has measured."""
    print(json.dumps(figures), flush=True)


def since_start() -> float:
    """Return the milliseconds since this child's parent started it; by hand, since Python itself had started."""
    return 1000 * (time.monotonic() - float(os.environ.get(STARTED, _IMPORTED)))


def memory() -> float:
    """Return this process's memory in MB, including its share of memory used with other processes (PSS)."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1]) * 1024 / 1e6
    raise OSError("no Pss")
