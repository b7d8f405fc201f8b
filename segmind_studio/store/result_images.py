"""The files of generated images: in the app's own folder, and exported to where the person wants them."""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.store.png_text import with_texts
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
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
            _("The picture could not be saved."), _("Free some disk space."), error.strerror or str(error),
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


def suffix_of(stored: Path | None) -> str:
    """Return the suffix of an image's stored file, ".png" where it has none."""
    return stored.suffix if stored is not None and stored.suffix else ".png"


def export_image(
    stored: Path | None, target: Path, encode: Callable[[Path], bool], texts: Mapping[str, str],
) -> Path:
    """Copy the stored file to `target`, which may exist, and return that; StoreError on failure. Blocking.

    For another format, or without a stored file, `encode` writes the image and returns whether it could. A target
    without a suffix gets that of the stored file. A PNG gets `texts`, by keyword; its pixels stay as they came.
    """
    target = target if target.suffix else target.with_suffix(suffix_of(stored))
    try:
        same = stored is not None and stored.exists() and target.exists() and stored.samefile(target)
        if same:
            return target
        if stored is not None and stored.suffix.lower() == target.suffix.lower() and stored.exists():
            shutil.copyfile(stored, target)
            reason = ""
        else:
            reason = "" if encode(target) else f"Qt cannot write {target.name}"
        if not reason and target.suffix.lower() == ".png":
            target.write_bytes(with_texts(target.read_bytes(), texts))
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        raise StoreError(
            _("The picture could not be saved."), _("Choose another folder, or a name that ends in .png or .jpg."),
            reason,
        )
    return target


def path_of(folder: Path, image: GeneratedImage) -> Path | None:
    """Return the file of an image, None while it has none; never one of another folder."""
    name = Path(image.file_name).name
    return folder / name if name else None


def remove_file(folder: Path, image: GeneratedImage) -> bool:
    """Remove the file of an image; return False when it is still there."""
    path = path_of(folder, image)
    try:
        if path is not None:
            path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("The file of a deleted image stays: %s", error.strerror)
        return False
    return True
