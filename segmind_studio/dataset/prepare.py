"""Turn pictures upright: a re-encoded copy in the app's cache, made once for the same bytes.

Only pictures whose EXIF says that they lie come here; all others go into the archive byte for byte.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

from segmind_studio.core.errors import StoreError
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.layout import BrokenPictureError
from segmind_studio.dataset.strip import layout_of

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
CACHE_BYTES = 1_000_000_000
_RECIPE = "1"  # count up when the encoding changes, so that older copies are not taken
_PIECE = 512 * 1024
_ASIDE = ".part"
_ORIENTATION = 0x0112
_QUARTER_TURNS = frozenset({5, 6, 7, 8})
_4_4_4, _4_2_2 = 0, 1
_publishing = threading.Lock()  # the cache is this process's alone; its threads may make one copy at one time


def upright_copy(source: Path, image_format: str, orientation: int, folder: Path, *, keep_metadata: bool) -> Path:
    """Give a picture turned by its EXIF orientation: JPEG q95 with the same chroma sampling, PNG and lossless
    WebP without loss, other WebP q95.

    The same bytes give the same file. BrokenPictureError when it cannot be decoded, StoreError when the
    cache cannot be written, OSError when the source cannot be read. Blocks for up to a second per picture.
    """  # noqa: D205  # the first sentence is a list
    target = folder / f"{_digest(source, orientation, keep_metadata=keep_metadata)}{SUFFIX[image_format]}"
    if _whole(target):
        # What was used last goes last when the cache is trimmed. The time of the change stays: a plan that is
        # being sent knows the file by it.
        os.utime(target, ns=(time.time_ns(), target.stat().st_mtime_ns))
        return target
    with source.open("rb") as file:
        turned = _turned(file, image_format, orientation, keep_metadata=keep_metadata)
    _write(turned, target)
    return target


def trim(folder: Path, limit: int = CACHE_BYTES) -> None:
    """Remove the copies not used for longest until `limit` bytes are left; one that cannot go stays."""
    try:
        found = [(path, path.stat()) for path in folder.iterdir() if path.is_file()]
    except OSError:
        return
    total = sum(stat.st_size for _path, stat in found)
    for path, stat in sorted(found, key=_worth):
        if total <= limit and path.suffix != _ASIDE:
            return
        with suppress(OSError):
            path.unlink()
            total -= stat.st_size


def _worth(item: tuple[Path, os.stat_result]) -> tuple[bool, int]:
    """Sort what was left half-written first, then by the time of the last use."""
    return item[0].suffix != _ASIDE, item[1].st_atime_ns


def _digest(source: Path, orientation: int, *, keep_metadata: bool) -> str:
    digest = blake2b(f"{_RECIPE} {orientation} {keep_metadata}".encode(), digest_size=16)
    with source.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Turned:
    image: Image
    image_format: str
    options: dict[str, Any]


def _turned(file: BinaryIO, image_format: str, orientation: int, *, keep_metadata: bool) -> _Turned:
    """Decode and turn; what was said about colours goes along."""
    from PIL import Image, JpegImagePlugin  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    way = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }[orientation]
    try:
        lossless = layout_of(file, file.seek(0, os.SEEK_END), whole=False).lossless
        with Image.open(file) as image:
            sampling = JpegImagePlugin.get_sampling(image) if image_format == "JPEG" else _4_4_4
            options: dict[str, Any] = {"icc_profile": image.info.get("icc_profile")}
            if keep_metadata:
                exif = image.getexif()
                exif.pop(_ORIENTATION, None)
                options["exif"] = exif.tobytes()
            turned = image.transpose(way)
            # Pillow writes comments and the like out again by itself; only what the pixels mean may stay.
            turned.info = {key: value for key, value in image.info.items() if key == "transparency"}
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, MemoryError,
            Image.DecompressionBombError) as error:
        raise BrokenPictureError("This picture is damaged and cannot be opened.", detail=str(error)) from error
    if image_format == "JPEG":
        sideways = sampling == _4_2_2 and orientation in _QUARTER_TURNS  # its halves would lie the other way
        options |= {"quality": 95, "subsampling": _4_4_4 if sampling < 0 or sideways else sampling}
    elif image_format == "WEBP":
        options |= {"lossless": lossless, "exact": lossless, "quality": 95}
    return _Turned(turned, image_format, options)


def _whole(target: Path) -> bool:
    return target.is_file() and not inspect(target).problem


def _write(turned: _Turned, target: Path) -> None:
    """Write aside, then rename, so that a half-written copy is never taken for a whole one.

    A whole copy that another thread has made meanwhile stays: a plan that is being sent knows it by its times.
    """
    aside = target.with_name(f"{target.stem}.{uuid4().hex}{_ASIDE}")
    try:
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside.touch(0o600, exist_ok=False)
            with aside.open("wb") as file:
                turned.image.save(file, turned.image_format, **turned.options)
                file.flush()
                os.fsync(file.fileno())
            with _publishing:
                if not _whole(target):
                    aside.replace(target)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
    except ValueError as error:
        raise BrokenPictureError("This picture cannot be turned upright.", detail=str(error)) from error
    except OSError as error:
        raise StoreError(
            "The app's folder for prepared photos cannot be written.",
            "Make some room on the disk, then try again.",
            error.strerror or str(error),
        ) from error
