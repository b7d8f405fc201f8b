"""Keep the pictures that finished models made, in the app's own folder."""

from __future__ import annotations

import time
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.services.file_names import free_names, safe_stem

_SUFFIXES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"), (b"GIF8", ".gif"))


def keep_picture(folder: Path, name: str, image: bytes, at: float) -> Path:
    """Write a picture under a new name made of `name` and the local time of `at`; StoreError in words."""
    suffix = next((suffix for start, suffix in _SUFFIXES if image.startswith(start)), ".bin")
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(at))
    wanted = folder / f"{safe_stem(name, 'picture')}-{stamp}{suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in free_names(wanted):
            if _written(path, image):
                return path
    except OSError as error:
        raise StoreError(
            "The picture could not be saved.", "Make room on the disk.", error.strerror or str(error),
        ) from None
    raise StoreError("The picture could not be saved.", "There are too many of the same name.")


def _written(path: Path, image: bytes) -> bool:
    try:
        path.touch(0o600, exist_ok=False)
    except FileExistsError:
        return False
    try:
        with path.open("wb") as file:
            file.write(image)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True
