"""Everything that is checked: the linters, the wheel and hostile inputs, and all tests, whose sum comes last.

Two cores are used: the hostile inputs run beside the linters, and the tests in three processes, because each waits
a quarter of its time. Each of these has a desktop of its own, because a window that is opened takes the focus from
all others. Standard library only.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from python_environment import ROOT

SESSION = (sys.executable, str(ROOT / "packaging" / "desktop_session.py"))
PROCESSES = 3
FUZZED = ("60", "1")  # seconds and seed: the same inputs for each change
ON_DESKTOP = "SEGMIND_STUDIO_DESKTOP"  # the tests of tests/desktop look for it
_ALONE = ("-n", "--numprocesses", "--pdb", "--trace")  # arguments of pytest that are for one process


def check(python: Path, arguments: Sequence[str]) -> int:
    """Run all checks with the Python of an environment; `arguments` go to pytest. Return the exit code."""
    tool = python.parent
    steps: list[tuple[str, Sequence[str]]] = [
        ("ruff", [str(tool / "ruff"), "check", "."]),
        ("import-linter", [str(tool / "lint-imports")]),
        ("pyright", [str(tool / "pyright")]),
        ("types of the tests", [str(tool / "pyright"), "-p", "tests"]),
        ("texts", [str(python), str(ROOT / "packaging" / "catalogues.py"), "--check"]),
        ("wheel", [sys.executable, str(ROOT / "packaging" / "check_wheel.py"), str(python)]),
    ]
    with _beside("fuzz", [str(python), "-m", "tests.fuzz", *FUZZED]) as fuzz_passed:
        failed = [name for name, command in steps if not _step(name, command)]
        if not fuzz_passed():
            failed.append("fuzz")
    if failed:
        print(f"\nFailed before the tests: {', '.join(failed)}", flush=True)
    print("\n== pytest", flush=True)
    passed = call(tests(python, arguments), {ON_DESKTOP: "1"} if sys.platform == "linux" else {}) == 0
    return 0 if passed and not failed else 1


def tests(python: Path, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs the tests, in three processes unless a file is named or one is asked for."""
    files = [argument for argument in arguments if argument.partition("::")[0].endswith(".py")]
    command = [str(python), "-m", "pytest"]
    if files or any(argument.startswith(_ALONE) for argument in arguments):
        return in_session([*command, *arguments])
    worker = f"//python={shlex.join(in_session([str(python)]))}" if sys.platform == "linux" else ""
    return [*command, "--dist", "worksteal", "--tx", f"{PROCESSES}*popen{worker}", *arguments]


def in_session(command: Sequence[str]) -> list[str]:
    """Return the command that runs another one on a desktop of its own; other systems than Linux have one."""
    return [*SESSION, "--keyring", "unlocked", "--", *command] if sys.platform == "linux" else list(command)


def call(command: Sequence[str], more: Mapping[str, str] | None = None) -> int:
    """Run a command in the checkout, and return its exit code."""
    return subprocess.run(list(command), cwd=ROOT, env=_environment(more), check=False).returncode


def _environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(more or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each of many hundred processes would compile all
    return environment


def _step(name: str, command: Sequence[str]) -> bool:
    print(f"\n== {name}", flush=True)
    start = time.monotonic()
    return _judged(name, call(command), start)


def _judged(name: str, code: int, start: float) -> bool:
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True)
    return code == 0


@contextmanager
def _beside(name: str, command: Sequence[str]) -> Generator[Callable[[], bool]]:
    """Run a command while others run; give what waits for it, and tells all of it as if it had begun only then."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as said, subprocess.Popen(
        list(command), cwd=ROOT, env=_environment(), stdout=said, stderr=subprocess.STDOUT,
    ) as process:

        def told() -> bool:
            print(f"\n== {name}", flush=True)
            code = process.wait()
            said.seek(0)
            print(said.read().decode(errors="replace"), end="")
            return _judged(name, code, start)

        try:
            yield told
        finally:
            process.kill()
