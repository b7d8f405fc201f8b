"""Convert images whose bytes alone would look different: a copy in the app's cache, one for the same bytes.

All others go into the archive byte for byte; `dataset.conversion` decides which.
"""

from __future__ import annotations

import os
import struct
import threading
import time
from contextlib import suppress
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

from segmind_studio.core.conversions import WRITTEN_AS, Conversion, kind_of
from segmind_studio.core.errors import StoreError
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fitted_size, written_kind
from segmind_studio.dataset.conversion import Pixels, as_stored, exif_inside, keeps_its_pixels, opens, rendered
from segmind_studio.dataset.edits import edited
from segmind_studio.dataset.exif import EXIF_HEAD, TRANSPOSED
from segmind_studio.dataset.fitting import fitted_way, resized, scaled_image, unpacked
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.layout import BrokenImageError, Layout, Part, Span, opened_parts, size_of
from segmind_studio.file_replacing import replace_file
from segmind_studio.record import record
from segmind_studio.texts import _

if TYPE_CHECKING:
    from PIL.Image import Image

_SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}  # of the kinds that are written
CACHE_BYTES = 1_000_000_000
_RECIPE = "2"  # increase when the encoding changes, so that older copies are not used
_PIECE = 512 * 1024
_ASIDE = ".part"
_LEFT_AFTER_S = 3600.0  # without a change: nobody writes an incomplete copy any more
_ORIENTATION = 0x0112
_4_4_4, _4_2_2 = 0, 1
_LOSS = 2.0  # of 255 in the mean; wide colours lose more than that to half the chroma
_publishing = threading.Lock()  # the cache belongs to this process; its threads may make one copy at one time


@record
class Recipe:
    """How one image is converted: `changes` are its exact ones, the background is "#rrggbb"."""

    layout: Layout
    changes: tuple[str, ...]
    background: str
    keep_metadata: bool
    edit: PhotoEdit = NO_EDIT
    fit: PhotoFit = NO_FIT

    @property
    def kind(self) -> str:
        """Return as what it is written: "JPEG", "PNG" or "WEBP"."""
        return written_kind(self.layout.image_format, self.fit)

    @property
    def as_it_is(self) -> bool:
        """Return whether the stored colours are right, so that the image keeps its mode."""
        return keeps_its_pixels(self.changes) and not self.layout.alpha and not self.edit.angle

    @property
    def key(self) -> bytes:
        """Return everything that makes another copy of the same bytes."""
        more = tuple(value for value in (self.edit, self.fit) if value)  # copies of older versions stay in use
        now = ("exif",) if self.keep_metadata and self.layout.image_format in WRITTEN_AS else ()  # once left out
        return repr((_RECIPE, self.changes, self.background, self.keep_metadata, *more, *now)).encode()


def prepared_copy(source: Path, recipe: Recipe, folder: Path) -> Path:
    """Return a converted copy of the same format: JPEG and WebP q95, or better where that loses too much, PNG
    and lossless WebP without loss; upright, in sRGB, 8 bits, nothing transparent, without a profile. A format that
    a trainer does not read becomes the one in `core.conversions.WRITTEN_AS`. A fit sets the size and the quality.

    The same bytes give the same file. BrokenImageError when it cannot be decoded, StoreError when the cache cannot
    be written, OSError when the source cannot be read. Blocks for up to a second per image.
    """  # noqa: D205  # the first sentence is a list
    target = folder / f"{_digest(source, recipe)}{_SUFFIX[recipe.kind]}"
    if _whole(target):
        # The access time decides what the cache removes first. The modification time stays: a plan that is being
        # sent checks it.
        os.utime(target, ns=(time.time_ns(), target.stat().st_mtime_ns))
        return target
    with source.open("rb") as file:
        converted = converted_bytes(file, recipe)
    _write(converted, target)
    return target


def sent_suffix(image_format: str) -> str:
    """Return the suffix of a photo of this format in the archive, without a fit."""
    return _SUFFIX[written_kind(image_format)]


def trim(folder: Path, limit: int = CACHE_BYTES) -> None:
    """Remove the copies not used for longest until `limit` bytes are left; a copy that cannot be removed stays.

    Incomplete copies go too, but not new ones: another thread, or the window's process, may be writing them.
    """
    try:
        found = [(path, path.stat()) for path in folder.iterdir() if path.is_file()]
    except OSError:
        return
    total = sum(stat.st_size for _path, stat in found)
    left_since = time.time() - _LEFT_AFTER_S
    for path, stat in sorted(found, key=_worth):
        if path.suffix == _ASIDE:
            if stat.st_mtime > left_since:
                continue
        elif total <= limit:
            return
        with suppress(OSError):
            path.unlink()
            total -= stat.st_size


def _worth(item: tuple[Path, os.stat_result]) -> tuple[bool, int]:
    """Return a sort key: incomplete copies first, then by the time of the last use."""
    return item[0].suffix != _ASIDE, item[1].st_atime_ns


def _digest(source: Path, recipe: Recipe) -> str:
    digest = blake2b(recipe.key, digest_size=16)
    with source.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def fitted_pixels(path: Path, recipe: Recipe, side: int) -> Pixels | None:
    """Return a fitted photo for the window, from the bytes that are sent, within `side` pixels (0: whole).

    None when it cannot be decoded, or when its own bytes are sent. Blocks, for any thread.
    """
    from PIL import Image  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    try:
        with path.open("rb") as file:
            data = converted_bytes(file, recipe)
            kept = kept_parts(file, recipe)
        if fits_in_vain(recipe, len(data), kept):
            return None
        with Image.open(BytesIO(data)) as sent:
            shown = sent.convert("RGB")
    except (OSError, BrokenImageError):
        return None
    if side:
        shown.thumbnail((side, side), Image.Resampling.BOX)
    return Pixels(*shown.size, shown.tobytes())


def kept_parts(file: BinaryIO, recipe: Recipe) -> tuple[Part, ...]:
    """Return the parts of an image that are sent unchanged, () when it must be converted; a fit is not considered.

    Metadata that keeps a trainer from opening an image is left out; an image that loses nothing by it is encoded
    again, with its EXIF.
    """
    layout, changes, keep = recipe.layout, recipe.changes, recipe.keep_metadata
    if recipe.edit:
        return ()
    ways: list[tuple[Part, ...]] = []
    if keep and not changes and not layout.refused:
        ways.append((Span(0, file.seek(0, os.SEEK_END)),))
    written_anew = keep and (changes or layout.lossless)
    if not written_anew and all(kind_of(text) is Conversion.PROFILE for text in changes):
        ways.append(layout.bare_parts if changes else layout.parts)
    return next((parts for parts in ways if opens(file, layout, parts)), ())


def fits_in_vain(recipe: Recipe, fitted: int, kept: tuple[Part, ...]) -> bool:
    """Return whether a fit scaled nothing and made `fitted` bytes, no fewer than those that may be kept.

    The window and the archive must both ask this, with the `kept_parts` of the same recipe.
    """
    small = recipe.layout.width * recipe.layout.height <= recipe.fit.pixels
    return small and bool(kept) and fitted >= sum(map(size_of, kept))


def recipe_image(file: BinaryIO, recipe: Recipe) -> Image:
    """Decode and convert. An image that is only turned keeps its mode: a palette stays a palette."""
    layout = recipe.layout
    if recipe.fit and not recipe.edit:
        return scaled_image(file, layout, recipe.fit, "" if recipe.as_it_is else recipe.background)
    image = as_stored(file, layout) if recipe.as_it_is else rendered(file, layout, recipe.background)
    if recipe.edit:
        image = edited(image, recipe.edit)
    return resized(image, fitted_size(*image.size, recipe.fit))


def converted_bytes(file: BinaryIO, recipe: Recipe) -> bytes:
    """Decode, convert and encode; BrokenImageError when that fails. The same bytes give the same result."""
    layout = recipe.layout
    image = recipe_image(file, recipe)
    image.info = {}  # Pillow would write comments and the like again
    ways: list[dict[str, Any]] = [{}]
    target = recipe.kind
    if target == "JPEG":
        image = unpacked(image)  # a PNG that a fit makes a JPEG may have a palette, for which that has no room
    if recipe.fit:
        own = recipe.as_it_is and layout.image_format == "JPEG"
        ways = [fitted_way(target, recipe.fit.quality, _sampling(file, recipe) if own else _4_4_4, layout)]
    elif target == "JPEG":
        ways = [{"quality": 95, "subsampling": _sampling(file, recipe) if recipe.as_it_is else _4_4_4},
                {"quality": 100, "subsampling": _4_4_4}]
    elif target == "WEBP":
        ways = [{"lossless": False, "quality": 95}] if not layout.lossless else []
        ways += [{"lossless": True, "exact": True}]
    found = (layout.exif or exif_inside(file, layout)) if recipe.keep_metadata else b""
    exif = {"exif": _exif(found)} if found else {}
    try:
        return _close_enough(image, target, [way | exif for way in ways])
    except (OSError, ValueError) as error:
        raise BrokenImageError(_("This photo could not be converted."), detail=str(error)) from error


def _close_enough(image: Image, image_format: str, ways: list[dict[str, Any]]) -> bytes:
    """Return the first encoding that loses little; the last one in any case."""
    from PIL import Image, ImageChops, ImageStat  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    data = b""
    for way in ways:
        target = BytesIO()
        image.save(target, image_format, **way)
        data = target.getvalue()
        if way is not ways[-1]:
            with Image.open(target) as lossy:
                apart = ImageStat.Stat(ImageChops.difference(lossy.convert("RGB"), image.convert("RGB")))
            if max(apart.mean) <= _LOSS:
                break
    return data


def _sampling(file: BinaryIO, recipe: Recipe) -> int:
    """Return the file's own chroma sampling; with another one, its colours would lose more."""
    from PIL import Image, JpegImagePlugin  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    layout = recipe.layout
    file.seek(0)
    with Image.open(opened_parts(file, layout.bare_parts), formats=("JPEG",)) as image:
        sampling = JpegImagePlugin.get_sampling(image)
    sideways = (layout.orientation in TRANSPOSED) != bool(recipe.edit.turns % 2)
    halved_otherwise = sampling == _4_2_2 and sideways
    return _4_4_4 if sampling < 0 or halved_otherwise else sampling


def _exif(block: bytes) -> bytes:
    """Return EXIF without the orientation, b"" when Pillow cannot write it."""
    from PIL import Image  # noqa: PLC0415  # as above

    exif = Image.Exif()
    try:
        exif.load(EXIF_HEAD + block.removeprefix(EXIF_HEAD))
        exif.pop(_ORIENTATION, None)
        return exif.tobytes()
    except (SyntaxError, ValueError, TypeError, KeyError, OverflowError, OSError, struct.error):
        return b""


def _whole(target: Path) -> bool:
    return target.is_file() and not inspect(target).problem


def _write(converted: bytes, target: Path) -> None:
    """Write a temporary file, then rename it, so that an incomplete copy is never used.

    A complete copy that another thread has made meanwhile stays: a plan that is being sent checks its times.
    """
    aside = target.with_name(f"{target.stem}.{uuid4().hex}{_ASIDE}")
    try:
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside.touch(0o600, exist_ok=False)
            with aside.open("wb") as file:
                file.write(converted)
                file.flush()
                os.fsync(file.fileno())
            with _publishing:
                if not _whole(target):
                    replace_file(aside, target)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            _("The app's folder for prepared photos is not writable."),
            _("Free some disk space, then try again."),
            error.strerror or str(error),
        ) from error
