"""The photos that a run was made of, and whether their files are still as they were when they were sent."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path, PurePath

from segmind_studio.core.runs import ManifestItem, manifest_items
from segmind_studio.record import record


class SentFileState(StrEnum):
    """What became of the file of a photo since it was sent."""

    SAME = "same"
    CHANGED = "changed"  # another size or time: the picture may be another one
    GONE = "gone"


@record
class SentPhoto:
    """One photo as it was sent, with its crop and its caption, and the state of its file now."""

    item: ManifestItem
    state: SentFileState

    @property
    def name(self) -> str:
        """Return the file's name."""
        return PurePath(self.item.path).name


def sent_photos(manifest: str) -> tuple[SentPhoto, ...]:
    """Return the photos of a manifest in their order, () for a damaged one.

    It looks at each file, so it may take long where a disk is slow or asleep: not for the GUI thread.
    """
    try:
        items = manifest_items(manifest) if manifest else ()
    except ValueError:
        return ()
    return tuple(SentPhoto(item, _state(item)) for item in items)


def first_sent(manifest: str, count: int) -> tuple[ManifestItem, ...]:
    """Return the first photos of a manifest, () for a damaged one. The whole text is decoded, but no file read."""
    try:
        return manifest_items(manifest)[:count] if manifest else ()
    except ValueError:
        return ()


def _state(item: ManifestItem) -> SentFileState:
    path = Path(item.path)
    if not path.is_absolute():  # from a run sheet, which names files without their folders
        return SentFileState.GONE
    try:
        found = path.stat()
    except (OSError, ValueError):
        return SentFileState.GONE
    same = (found.st_size, found.st_mtime_ns) == (item.size, item.mtime_ns)
    return SentFileState.SAME if same else SentFileState.CHANGED
