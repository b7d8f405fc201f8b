"""Where a file dialog opens."""

from __future__ import annotations

from pathlib import Path


def existing_folder(wanted: str | Path) -> Path:
    """Return the nearest folder above that is there: one that is not opens the dialog just anywhere.

    A disk that was pulled out or a folder that was deleted leaves the settings as they were.
    """
    place = Path(wanted) if str(wanted) else Path.home()
    for folder in (place, *place.parents):
        try:
            if folder.is_dir() and folder != Path(folder.anchor):
                return folder
        except OSError:
            continue
    return Path.home()


def file_filter(kind: str, patterns: str) -> str:
    """Return a line of a file dialog: the name of the kind and its patterns, such as "*.png *.jpg"."""
    return f"{kind} ({patterns})"
