"""The only access to the files of `resources/`, from the source tree, a wheel or a frozen program."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    inside = package / "_resources"  # a wheel, and the frozen program
    return inside if inside.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder; FileNotFoundError when it was not packaged."""
    path = _root().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"Not packaged: {'/'.join(parts)}")
    return path
