"""The file with what the Try place remembers: JSON for each model, sets of prompts, and the grids.

Kept apart: it is the only module that accesses that file.
"""

from __future__ import annotations

from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.picture_grid import TryNotes
from segmind_studio.store.private_files import read_text, replace_file, set_aside
from segmind_studio.store.records import from_record, record_text


class TryFile:
    """Load and save `TryNotes`; blocking, for one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> TryNotes:
        """Return what is stored; empty when there is none. StoreError when the disk refuses: then do not `save`.

        A damaged file is renamed to `try.json.damaged-1`, and what is empty is returned.
        """
        try:
            return from_record(TryNotes, decoded_json(read_text(self._path))).checked()
        except FileNotFoundError:
            return TryNotes()
        except OSError as error:
            raise StoreError("The notes of Try cannot be read.", "", error.strerror or str(error)) from error
        except (ValueError, RecursionError):
            set_aside(self._path)
            return TryNotes()

    def save(self, notes: TryNotes) -> None:
        """Replace the file; StoreError when the disk refuses."""
        replace_file(self._path, record_text(notes).encode())
