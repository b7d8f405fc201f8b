"""What was seen in the folders of each dataset's photos, so that new files are noticed after a restart.

Kept apart: it is the only module that accesses these files. One JSON file for each dataset; without it, or with a
damaged one, everything that is in the folders counts as seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.store.private_files import replace_file

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class SeenFiles:
    """Load and save names by folder; blocking, for one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, dataset_id: str) -> Mapping[str, frozenset[str]]:
        """Return the names that were seen in each folder; empty when nothing usable is stored. Never raises."""
        try:
            loaded = decoded_json(self._path(dataset_id).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        folders = cast("dict[object, object]", loaded) if isinstance(loaded, dict) else {}
        return {
            folder: frozenset(name for name in cast("list[object]", names) if isinstance(name, str))
            for folder, names in folders.items() if isinstance(folder, str) and isinstance(names, list)
        }

    def save(self, dataset_id: str, seen: Mapping[str, Collection[str]]) -> None:
        """Replace what is stored for a dataset; StoreError when the disk refuses."""
        text = json.dumps({folder: sorted(names) for folder, names in sorted(seen.items())})
        replace_file(self._path(dataset_id), text.encode("ascii"))

    def forget(self, dataset_id: str) -> None:
        """Delete what is stored for a dataset; a file that cannot be deleted stays."""
        with suppress(OSError, ValueError):
            self._path(dataset_id).unlink(missing_ok=True)

    def _path(self, dataset_id: str) -> Path:
        if not _ID.fullmatch(dataset_id):
            raise ValueError(dataset_id)
        return self._folder / f"{dataset_id}.json"
