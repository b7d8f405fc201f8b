"""The command with which this program starts itself again, for work in a process of its own. Without Qt.

Kept apart: the full looks and the practice service start in the same way, and neither needs the other's imports.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import segmind_studio


def child_command(switch: str) -> tuple[str, ...]:
    """Return the command that starts this program with a hidden switch; a frozen one is its own interpreter."""
    if getattr(sys, "frozen", False):
        return (sys.executable, switch)
    return (sys.executable, "-P", "-m", "segmind_studio", switch)  # -P: nothing is imported from the folder


def start_command(given: Sequence[str]) -> tuple[str, ...]:
    """Return the command that opens the app with these arguments."""
    if getattr(sys, "frozen", False):
        return (sys.executable, *given)
    return (sys.executable, "-m", "segmind_studio", *given)


def python_path() -> str:
    """Return a PYTHONPATH with which the child process finds this same package."""
    home = str(Path(segmind_studio.__file__).resolve().parents[1])
    return os.pathsep.join(part for part in (home, os.environ.get("PYTHONPATH", "")) if part)
