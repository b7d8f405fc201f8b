"""The facts of this machine and the versions of what ran on it; no names of hosts, users or folders."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import PySide6
from PySide6.QtCore import qVersion

from segmind_studio import __version__

_VERSION = re.compile(r"\d\.\d")
ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {
    "zip": "-v", "curl": "--version", "7zz": "i", "djpeg": "-version", "mogrify": "--version",
}


def machine() -> dict[str, str]:
    """Return what decides how quick it is."""
    return {
        "system": platform.system(), "kernel": platform.release(), "machine": platform.machine(),
        "processor": _line_of("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": str(os.cpu_count()), "memory": _line_of("/proc/meminfo", "MemTotal"),
    }


def versions() -> dict[str, str]:
    """Return those of the product, its libraries, and the peers."""
    found = {
        "segmind-studio": __version__, "revision": _first_line("git", "-C", str(ROOT), "rev-parse", "HEAD"),
        "Python": platform.python_version(), "PySide6": PySide6.__version__, "Qt": qVersion(),
    }
    return found | {name: _first_line(name, how) for name, how in PROGRAMS.items()}


def _line_of(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _first_line(program: str, *arguments: str) -> str:
    """Return the first line with a version that it prints; "" where it is not installed."""
    if shutil.which(program) is None:
        return ""
    done = subprocess.run(  # noqa: S603  # the peers and git
        [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=20,
    )
    found = (line.strip()[:100] for line in done.stdout.splitlines() if program == "git" or _VERSION.search(line))
    return next(found, "") if not done.returncode else ""
