"""The files of generated images, in the app's own folder."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.store.file_names import safe_stem, write_without_overwriting

_SUFFIXES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"), (b"GIF8", ".gif"))
_ASIDE = ".part"
_ID_LENGTH = 32  # hex digits
_ID_SHOWN = 12


def save_image(folder: Path, image: GeneratedImage, content: bytes) -> Path:
    """Write an image under a new name made of its model, its local time and its id; StoreError on failure.

    The file is complete, or empty, or missing, so that one found after a crash can be trusted.
    """
    suffix = next((suffix for start, suffix in _SUFFIXES if content.startswith(start)), ".bin")
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(image.asked_at))
    stem = f"{safe_stem(image.slug or image.run_id, 'picture')}-{stamp}-{image.image_id[:_ID_SHOWN]}"
    aside = folder / f".{image.image_id}{_ASIDE}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return write_without_overwriting(aside, folder / f"{stem}{suffix}", content)
    except OSError as error:
        raise StoreError(
            "The picture could not be saved.", "Make room on the disk.", error.strerror or str(error),
        ) from None


def kept_file(folder: Path, image_id: str) -> str:
    """Return the name of the file that was stored for an image, "" when there is none."""
    if len(image_id) != _ID_LENGTH:
        return ""
    mark = f"-{image_id[:_ID_SHOWN]}"
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.stem.endswith(mark) and path.stat().st_size:
                return path.name
    return ""


def path_of(folder: Path, image: GeneratedImage) -> Path | None:
    """Return the file of an image, None while it has none; never one of another folder."""
    name = Path(image.file_name).name
    return folder / name if name else None
