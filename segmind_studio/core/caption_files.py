"""Caption files beside photos, as values: what would be written, or was."""

from __future__ import annotations

from pathlib import Path

from segmind_studio.record import record


@record
class CaptionFile:
    """One caption file that would be written: its bytes now (None: there is none), and then.

    `text` is the caption that these are read as, `photo_ids` are the photos of the dataset that it is read for.
    `proposed` is False where the file has words that the app never read, and would become empty.
    """

    path: Path
    before: bytes | None
    after: bytes
    text: str = ""
    photo_ids: tuple[str, ...] = ()
    proposed: bool = True


@record
class CaptionFiles:
    """What would be written, in the order of the photos, and the files that cannot be, with the reason.

    `saved` is the number of captions whose files need no change, `without_folder` that of captions of photos that
    are in no folder of the user's.
    """

    files: tuple[CaptionFile, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    saved: int = 0
    without_folder: int = 0
