"""What was seen in the folders of each dataset's photos, so that changes are noticed after a restart.

Kept apart: it is the only module that accesses these files. One JSON file for each dataset; without it, or with a
damaged one, everything that is in the folders counts as seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.record import record
from segmind_studio.store.private_files import READ, read_text, replace_file, store_error

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_TEXTS = ""  # no folder's name


@record
class Seen:
    """The names of pictures and subfolders by folder, and a mark of each folder's text files."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])


class SeenFiles:
    """Load and save what was seen; blocking, for one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, dataset_id: str) -> Seen:
        """Return what was seen in each folder; empty without a usable file. StoreError: the disk refuses."""
        try:
            loaded = decoded_json(read_text(self._path(dataset_id)))
        except (FileNotFoundError, ValueError, RecursionError):
            return Seen()
        except OSError as error:
            raise store_error(error, self._path(dataset_id), READ) from error
        folders = cast("dict[object, object]", loaded) if isinstance(loaded, dict) else {}
        texts = folders.pop(_TEXTS, None)
        return Seen({
            folder: frozenset(name for name in cast("list[object]", names) if isinstance(name, str))
            for folder, names in folders.items() if isinstance(folder, str) and isinstance(names, list)
        }, {
            folder: mark for folder, mark in cast("dict[object, object]", texts).items()
            if isinstance(folder, str) and isinstance(mark, str)
        } if isinstance(texts, dict) else {})

    def save(self, dataset_id: str, seen: Seen) -> None:
        """Replace what is stored for a dataset; StoreError when the disk refuses."""
        stored: dict[str, object] = {folder: sorted(names) for folder, names in sorted(seen.names.items())}
        text = json.dumps({**stored, _TEXTS: dict(sorted(seen.texts.items()))})
        replace_file(self._path(dataset_id), text.encode("ascii"))

    def forget(self, dataset_id: str) -> None:
        """Delete what is stored for a dataset; a file that cannot be deleted stays."""
        with suppress(OSError, ValueError):
            self._path(dataset_id).unlink(missing_ok=True)

    def _path(self, dataset_id: str) -> Path:
        if not _ID.fullmatch(dataset_id):
            raise ValueError(dataset_id)
        return self._folder / f"{dataset_id}.json"
