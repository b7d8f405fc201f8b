"""Caption files beside photos, as values: what would be written, or was."""

from __future__ import annotations

from pathlib import Path

from segmind_studio.record import record


@record
class CaptionFile:
    """One caption file that would be written: its bytes now (None: there is none), and then.

    `text` is the caption that these are read as, `photo_ids` are the photos of the dataset that it is read for.
    """

    path: Path
    before: bytes | None
    after: bytes
    text: str = ""
    photo_ids: tuple[str, ...] = ()


@record
class CaptionFiles:
    """What would be written, in the order of the photos, and the files that cannot be, with the reason."""

    files: tuple[CaptionFile, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
