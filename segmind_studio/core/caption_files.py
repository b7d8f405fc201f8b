"""Caption files beside photos, as values: what would be written, or was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """One caption file that would be written: its bytes now (None: there is none), and then."""

    path: Path
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class CaptionFiles:
    """What would be written, in the order of the photos, and the files that cannot be, with the reason."""

    files: tuple[CaptionFile, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
