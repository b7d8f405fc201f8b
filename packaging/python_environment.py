"""Virtual environments from the locks: created once, renewed when a lock changes. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import system_packages

ROOT = Path(__file__).resolve().parent.parent
LOCK_FOLDER = ROOT / "packaging"
RUN_LOCK = LOCK_FOLDER / "requirements.txt"
TEST_LOCK = LOCK_FOLDER / "requirements-dev.txt"
BUILD_LOCK = LOCK_FOLDER / "requirements-build.txt"
PACKAGE_LOCK = LOCK_FOLDER / "requirements-package.txt"  # what freezes and packs
WINDOWS_LOCK = LOCK_FOLDER / "requirements-windows.txt"  # the Python that goes into the setup program
_STAMP = "segmind-studio.installed"


class Environment:
    """One virtual environment in `folder`; with `helper`, the pip of another one installs into it."""

    def __init__(self, folder: Path, helper: Path | None = None) -> None:
        self.folder = folder
        self._helper = helper
        scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = scripts / ("python.exe" if os.name == "nt" else "python")

    def make(self) -> None:
        """Create it unless it is there and works; a broken one is created again."""
        if self._works():
            return
        if importlib.util.find_spec("ensurepip") is None:  # Debian has it in a separate package
            system_packages.ensure(system_packages.VENV)
        print(f"Making {self.folder.relative_to(ROOT)} with Python {sys.version.split()[0]}", flush=True)
        if self.folder.exists():
            shutil.rmtree(self.folder)
        bare = ["--without-pip"] if self._helper else []
        _check([sys.executable, "-m", "venv", *bare, str(self.folder)])

    def install(self, locks: Sequence[Path], *, project: bool = False) -> None:
        """Install exactly what the locks name and, if asked, the project itself, editable.

        The hash of each file is checked, and nothing is built: all packages are wheels.
        """
        stamp = self.folder / f"{_STAMP}-{'-'.join(lock.stem for lock in locks)}"
        now = _digest([*locks, ROOT / "pyproject.toml"]) if project else _digest(locks)
        if stamp.exists() and stamp.read_text(encoding="ascii") == now:
            return
        names = ", ".join(lock.name for lock in locks)
        print(f"Installing {names} in {self.folder.relative_to(ROOT)}", flush=True)
        wanted = [part for lock in locks for part in ("-r", str(lock))]
        self.pip("install", "--require-hashes", "--only-binary=:all:", "--no-compile", *wanted)
        if project:
            self.pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        stamp.write_text(now, encoding="ascii")

    def pip(self, *arguments: str) -> None:
        """Run pip; it prints only errors."""
        pip = [self._helper, "-m", "pip", "--python", self.python] if self._helper else [self.python, "-m", "pip"]
        quiet = ("--quiet", "--quiet", "--disable-pip-version-check", "--no-input")
        _check([*map(str, pip), *quiet, *arguments])

    def _works(self) -> bool:
        """Return whether its Python runs, is new enough and has pip; a missing pip is installed."""
        recent = "import sys; sys.exit(sys.version_info < (3, 11))"
        if self._helper:
            return self._does("-c", recent)
        return self._does("-c", recent) and (self._does("-m", "pip", "--version") or self._does("-m", "ensurepip"))

    def _does(self, *arguments: str) -> bool:
        if not self.python.exists():
            return False
        return subprocess.run([str(self.python), *arguments], capture_output=True, check=False).returncode == 0


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256(str(ROOT).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _check(command: list[str]) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
        raise system_packages.SetupError(f"This did not work: {' '.join(command)}")
