"""Votes on pairs of generated images, in a file of their own that only grows: one JSON line for each.

Kept apart: it is the only module that accesses this file. A vote that was taken back has a second line, with its
id alone. A line that cannot be read, such as one that a crash cut off, is left out.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.votes import Vote
from segmind_studio.store.private_files import make_private_file, make_private_folder, store_error
from segmind_studio.store.records import from_text, json_text, record_text

_log = logging.getLogger(__name__)
_TAKEN_BACK = "taken_back"


class VoteStore:
    """Read and add votes; blocking, for one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def votes(self) -> tuple[Vote, ...]:
        """Return all votes that were not taken back, the oldest first; StoreError when the disk refuses."""
        found: dict[str, Vote] = {}
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise store_error(error, self._path) from error
        for line in lines:
            try:
                gone = _taken_back(line)
                if gone:
                    found.pop(gone, None)
                else:
                    vote = from_text(Vote, line)
                    found[vote.vote_id] = vote
            except ValueError:
                _log.warning("A vote cannot be read")
        return tuple(found.values())

    def add(self, vote: Vote) -> None:
        """Write a vote; StoreError when the disk refuses."""
        self._append(record_text(vote))

    def take_back(self, vote_id: str) -> None:
        """Write that a vote does not count any more; StoreError when the disk refuses."""
        self._append(json_text({_TAKEN_BACK: vote_id}))

    def _append(self, line: str) -> None:
        if not self._path.exists():
            make_private_folder(self._path.parent)
            make_private_file(self._path)
        try:
            with self._path.open("ab") as file:
                start = b"\n" if file.tell() else b""  # a line that was cut off must not swallow this one
                file.write(start + line.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise store_error(error, self._path) from error


def _taken_back(line: str) -> str:
    record = decoded_json(line)
    gone = cast("dict[str, object]", record).get(_TAKEN_BACK) if isinstance(record, dict) else None
    return gone if isinstance(gone, str) else ""
