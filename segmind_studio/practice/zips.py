"""The zip of a run: check it, check its images, and make small copies for generated images.

Blocking: for the service's worker threads.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from struct import error as StructError  # noqa: N812  # a class in small letters

from PIL import Image, ImageOps

from segmind_studio.practice.answers import RefusalError, refused

MAX_ZIP_BYTES = 100_000_000  # "under 100 MB"
COPY_SIDE_PIXELS = 1024
RUNS_WITH_COPIES = 12  # the newest runs, that keep all their copies
_MOST_COPIES = 8
_MOST_IMAGE_BYTES = 100_000_000
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_FORMATS = ("JPEG", "PNG", "WEBP")
_BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, StructError, ValueError,
)
_BROKEN_IMAGE = (*_BROKEN_ZIP, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)


def copy_images(path: Path, folder: Path) -> int:
    """Check the zip at `path` and write small copies of its first images to `folder`.

    Returns the number of images. Raises RefusalError with the reason, and then leaves no folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _checked(archive, folder)
    except RefusalError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except _BROKEN_ZIP as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise refused("data_source_path is not a valid zip file") from error


def thin_copies(folders: Iterable[Path]) -> None:
    """Keep only the first copy in each folder: what these models make then shows that photo."""
    for folder in folders:
        for path in sorted(folder.glob("*.jpg"))[1:]:
            with suppress(OSError):  # Windows removes no file that is open
                path.unlink(missing_ok=True)


def _checked(archive: zipfile.ZipFile, folder: Path) -> int:
    images = [info for info in archive.infolist() if _is_picture(info)]
    if not images:
        raise refused("the zip holds no images (jpg, jpeg, png or webp)")
    for made in (folder.parent, folder):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, info in enumerate(images):
        target = folder / f"{number:02}.jpg" if number < _MOST_COPIES else None
        try:
            _open_one(archive, info, target)
        except _BROKEN_IMAGE as error:
            raise refused(f"{info.filename} in the zip cannot be opened as an image") from error
    return len(images)


def _is_picture(info: zipfile.ZipInfo) -> bool:
    place = PurePosixPath(info.filename)
    hidden = any(part == "__MACOSX" or part.startswith(".") for part in place.parts)
    return not info.is_dir() and not hidden and place.suffix.lower() in _SUFFIXES


def _open_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path | None) -> None:
    """Read the header of an image; decode it only where a copy of it is wanted, and then at a reduced size."""
    if info.file_size > _MOST_IMAGE_BYTES:
        raise ValueError(info.filename)
    with archive.open(info) as file, Image.open(file, formats=_FORMATS) as image:
        if target is None:
            return
        image.draft("RGB", (COPY_SIDE_PIXELS, COPY_SIDE_PIXELS))
        image.thumbnail((COPY_SIDE_PIXELS * 2, COPY_SIDE_PIXELS * 2), Image.Resampling.BOX)
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((COPY_SIDE_PIXELS, COPY_SIDE_PIXELS))
        target.touch(0o600)
        upright.convert("RGB").save(target, "JPEG", quality=88)
