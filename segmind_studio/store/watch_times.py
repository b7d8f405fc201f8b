"""When the app looked at each account's runs: one JSON file, replaced as a whole.

Kept apart: it is the only module that accesses that file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from segmind_studio.core.moments import plausible_time
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.run_timeline import MOST_SPANS, WatchSpan
from segmind_studio.store.private_files import READ, read_text, replace_file, store_error
from segmind_studio.store.records import from_record, plain


class WatchTimesFile:
    """Load and save spans; blocking, for one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[WatchSpan, ...]:
        """Return the spans, oldest first; a damaged one is left out. StoreError when the disk refuses."""
        try:
            loaded = decoded_json(read_text(self._path))
        except (FileNotFoundError, ValueError, RecursionError):
            return ()
        except OSError as error:
            raise store_error(error, self._path, READ) from error
        rows = cast("list[object]", loaded) if isinstance(loaded, list) else []
        found: list[WatchSpan] = []
        for row in rows[-MOST_SPANS:]:
            try:
                span = from_record(WatchSpan, row)
            except ValueError:
                continue
            if plausible_time(span.begin, 0.0) is not None and span.begin <= span.end:
                found.append(span)
        return tuple(found)

    def save(self, spans: Sequence[WatchSpan]) -> None:
        """Replace the file; StoreError when the disk refuses."""
        replace_file(self._path, json.dumps([plain(span) for span in spans]).encode("ascii"))
