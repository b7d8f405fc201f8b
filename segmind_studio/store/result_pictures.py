"""The files of the pictures that finished models made, in the app's own folder."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import Picture
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.texts import _

_SUFFIXES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"), (b"GIF8", ".gif"))
_ASIDE = ".part"
_ID_LENGTH = 32  # hex digits
_ID_SHOWN = 12


def keep_picture(folder: Path, picture: Picture, image: bytes) -> Path:
    """Write a picture under a new name made of its model, its local time and its id; StoreError in words.

    The file is there whole, or empty or not at all, so that one found after a crash can be trusted.
    """
    suffix = next((suffix for start, suffix in _SUFFIXES if image.startswith(start)), ".bin")
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(picture.asked_at))
    stem = f"{safe_stem(picture.slug or picture.run_id, 'picture')}-{stamp}-{picture.picture_id[:_ID_SHOWN]}"
    aside = folder / f".{picture.picture_id}{_ASIDE}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return write_without_overwriting(aside, folder / f"{stem}{suffix}", image)
    except OSError as error:
        raise StoreError(
            _("The picture could not be saved."), _("Make room on the disk."), error.strerror or str(error),
        ) from None


def kept_file(folder: Path, picture_id: str) -> str:
    """Name the file that was kept for a picture, "" when there is none."""
    if len(picture_id) != _ID_LENGTH:
        return ""
    mark = f"-{picture_id[:_ID_SHOWN]}"
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.stem.endswith(mark) and path.stat().st_size:
                return path.name
    return ""


def path_of(folder: Path, picture: Picture) -> Path | None:
    """Return the file of a picture, None while it has none; never one of another folder."""
    name = Path(picture.file_name).name
    return folder / name if name else None
