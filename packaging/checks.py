"""Everything that is checked: the linters, the wheel and hostile inputs, and all tests, whose sum comes last.

Two cores are used: the linters run beside the hostile inputs, the wheel and the catalogues, which take about as
long, and the tests in three processes, because each waits a quarter of its time. Each of these has a desktop of
its own, because a window that is opened takes the focus from all others. Standard library only.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
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
    linters: list[tuple[str, Sequence[str]]] = [
        ("ruff", [str(tool / "ruff"), "check", "."]),
        ("import-linter", [str(tool / "lint-imports")]),
        ("pyright", [str(tool / "pyright")]),
        ("types of the tests", [str(tool / "pyright"), "-p", "tests"]),
    ]
    others: list[tuple[str, Sequence[str]]] = [
        ("fuzz", [str(python), "-m", "tests.fuzz", *FUZZED]),
        ("wheel", [sys.executable, str(ROOT / "packaging" / "check_wheel.py"), str(python)]),
        ("texts", [str(python), str(ROOT / "packaging" / "catalogues.py"), "--check"]),
    ]
    beside = _Beside(others)
    try:
        failed = [name for name, command in linters if not _step(name, command)]
        failed += beside.failed()
    finally:
        beside.stop()
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
    return _judged(name, call(command), time.monotonic() - start)


def _judged(name: str, code: int, seconds: float) -> bool:
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {seconds:.0f} s", flush=True)
    return code == 0


class _Beside:
    """Run commands one after another in a thread while others run; what each says is told at the end."""

    def __init__(self, steps: Sequence[tuple[str, Sequence[str]]]) -> None:
        self._steps = steps
        self._ended: list[tuple[int, float, bytes]] = []  # exit code, seconds, what it said
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """End what still runs."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()
        self._thread.join()

    def failed(self) -> list[str]:
        """Wait for all, tell of each as if it had run only then, and return the names of those that failed."""
        self._thread.join()
        failed: list[str] = []
        for (name, _), (code, seconds, said) in zip(self._steps, self._ended, strict=True):
            print(f"\n== {name}", flush=True)
            print(said.decode(errors="replace"), end="")
            if not _judged(name, code, seconds):
                failed.append(name)
        return failed

    def _run(self) -> None:
        for _name, command in self._steps:
            start = time.monotonic()
            with tempfile.TemporaryFile() as said:  # children of an ended process would hold a pipe
                with self._lock:
                    if self._stopped:
                        return
                    self._process = subprocess.Popen(
                        list(command), cwd=ROOT, env=_environment(), stdout=said, stderr=subprocess.STDOUT,
                    )
                code = self._process.wait()
                said.seek(0)
                self._ended.append((code, time.monotonic() - start, said.read()))
