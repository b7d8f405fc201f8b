"""Convert one image to what the user should see: sRGB, 8 bits, upright, nothing transparent.

Both the archive and the window get an image from here wherever its bytes alone, read as RGB, would look different;
`exact_changes` says where and why. Pillow is loaded when the first image is decoded.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from segmind_studio.core.conversions import WRITTEN_AS, Conversion, change, kind_of
from segmind_studio.core.datasets import WHITE
from segmind_studio.dataset.colours import source_of, to_srgb
from segmind_studio.dataset.exif import MAX_EXIF_BYTES, UPRIGHT, displayed
from segmind_studio.dataset.jpeg_tail import has_tail
from segmind_studio.dataset.layout import MAX_PIXELS, BrokenImageError, Layout, Part, opened_parts
from segmind_studio.dataset.strip import layout_of
from segmind_studio.record import record
from segmind_studio.texts import _

if TYPE_CHECKING:
    from PIL.Image import Image, ImagePointTransform

_BYTE = 8
_PRINT = 4  # channels
_ABOUT_THE_PHOTO = {270, 271, 272, 305, 306, 315, 33432}  # description, camera, program, time, artist, rights
_DIRECTORIES = {0x8769, 0x8825}  # of the camera's settings and of the place
_BESIDE_THE_PIXELS = {Conversion.TURNED, Conversion.PROFILE, Conversion.TAIL}


@record
class Pixels:
    """A decoded image: three bytes per pixel, red first, row by row without gaps."""

    width: int
    height: int
    data: bytes


def possible_changes(layout: Layout) -> tuple[str, ...]:
    """Return the changes by the headers; an image that may be transparent counts as transparent."""
    if not _needs_a_look(layout):
        return ()
    changes = [change(Conversion.FORMAT, layout.image_format)] if layout.image_format in WRITTEN_AS else []
    if layout.several:
        changes.append(change(Conversion.FIRST))
    changes += source_of(layout).changes
    if layout.depth > _BYTE:
        changes.append(change(Conversion.DEPTH))
    if layout.alpha:
        changes.append(change(Conversion.TRANSPARENT))
    if layout.orientation != UPRIGHT:
        changes.append(change(Conversion.TURNED))
    return tuple(changes)


def exact_changes(path: Path) -> tuple[str, ...]:
    """Return the changes for the archive; () when the bytes are kept.

    Decodes an image that may be transparent. BrokenImageError when it cannot be decoded, OSError when the file
    cannot be read. Blocks, for any thread or process.
    """
    with path.open("rb") as file:
        return exact_changes_of(file, layout_of(file, file.seek(0, os.SEEK_END), whole=True))


def exact_changes_of(file: BinaryIO, layout: Layout) -> tuple[str, ...]:
    """Return the changes of an open file whose layout was read completely."""
    changes = possible_changes(layout)
    if layout.alpha and _opaque(file, layout):
        changes = tuple(text for text in changes if kind_of(text) is not Conversion.TRANSPARENT)
    if layout.image_format == "JPEG" and has_tail(file, layout):
        changes += (change(Conversion.TAIL),)
    return changes


def keeps_its_pixels(changes: tuple[str, ...]) -> bool:
    """Return whether the image's stored colours are right, whatever its orientation."""
    return all(kind_of(text) in _BESIDE_THE_PIXELS for text in changes)


def plain_on_screen(layout: Layout) -> bool:
    """Return whether Qt shows it right except for the orientation: no colours to convert, nothing transparent.

    Grey with a profile, and a profile that cannot be used, would be right too, with a warning for each image.
    """
    if layout.refused or layout.short_palette or layout.alpha or layout.channels == _PRINT:
        return False
    if layout.channels == 1 and layout.profile:
        return False
    return all(kind_of(text) is Conversion.TURNED for text in possible_changes(layout))


def opens(file: BinaryIO, layout: Layout, parts: tuple[Part, ...]) -> bool:
    """Return whether a usual trainer can open some parts of a valid image, including everything beside it."""
    from PIL import Image  # noqa: PLC0415  # as below

    try:
        with Image.open(opened_parts(file, parts)) as image:
            if layout.late:
                image.load()
    except Exception:  # noqa: BLE001  # whatever it is, the trainer would get it too
        return False
    return True


def decodes(file: BinaryIO, layout: Layout) -> bool:
    """Return whether an image can be decoded to its end; blocks for up to some seconds."""
    try:
        with _decoding(), _opened(file, layout) as image:
            image.load()
    except BrokenImageError:
        return False
    return True


def rendered(
    file: BinaryIO, layout: Layout, background: str, size: tuple[int, int] | None = None, *, smooth: bool = False,
) -> Image:
    """Return a decoded image as RGB; `size` is the target size before turning, None for its own.

    `smooth` scales so that no edges arise that were not there. The layout must have been read completely.
    BrokenImageError when it cannot be decoded.
    """
    from PIL import Image  # noqa: PLC0415  # 13 ms, not needed at the start of the app

    with _decoding():
        image = _opened(file, layout)
        if size is not None:
            image.draft(None, size)
        colours, mask = _split(image, file, layout)
        colours = to_srgb(colours, source_of(layout).profile)
        if mask is not None:
            colours = Image.composite(colours, Image.new("RGB", colours.size, background), mask)
        if size is not None and size != colours.size:
            way = Image.Resampling.BILINEAR if smooth else Image.Resampling.BOX  # by averaging, as Qt does
            colours = colours.resize(size, way)
        return turned(colours, layout.orientation)


def as_stored(file: BinaryIO, layout: Layout, size: tuple[int, int] | None = None) -> Image:
    """Return an image in its own mode, with its stored colours, turned upright.

    With a `size` (before turning), a JPEG may be decoded smaller, but not below it.
    """
    with _decoding():
        image = _opened(file, layout)
        if size is not None:
            image.draft(None, size)
        image.load()
        return turned(image, layout.orientation)


def exif_inside(file: BinaryIO, layout: Layout) -> bytes:
    """Return the EXIF of a file in a format that is written as another one; b"" without any.

    Of a TIFF, what describes the photo: the rest of its entries describe the file.
    """
    from PIL import Image  # noqa: PLC0415  # as above

    if layout.image_format not in WRITTEN_AS:
        return b""
    try:
        image = _opened(file, layout)
        if layout.image_format != "TIFF":
            return cast("bytes", image.info.get("exif", b""))[:MAX_EXIF_BYTES]
        found, kept = image.getexif(), Image.Exif()
        for tag in _ABOUT_THE_PHOTO & found.keys():
            kept[tag] = found[tag]
        for tag in _DIRECTORIES & found.keys():
            kept[tag] = found.get_ifd(tag)
        return kept.tobytes() if len(kept) else b""
    except (BrokenImageError, OSError, SyntaxError, ValueError, TypeError, KeyError, OverflowError, struct.error):
        return b""


def screen_pixels(
    path: Path, layout: Layout, size: tuple[int, int], background: str = WHITE, *, smooth: bool = False,
) -> Pixels | None:
    """Return an upright image for the window, scaled to `size` before turning; None when it cannot be decoded.

    `smooth` is as in `rendered`.
    """
    try:
        with path.open("rb") as file:
            whole = layout_of(file, file.seek(0, os.SEEK_END), whole=True)
            image = rendered(file, whole, background, size, smooth=smooth)
    except (OSError, BrokenImageError):
        return None
    return Pixels(*displayed(*size, layout.orientation), image.tobytes())


def turned(image: Image, orientation: int) -> Image:
    """Return the image turned upright."""
    from PIL.Image import Transpose  # noqa: PLC0415  # as above

    way = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE, 6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }.get(orientation)
    return image if way is None else image.transpose(way)


def _needs_a_look(layout: Layout) -> bool:
    """Return whether anything must be examined; for usual images this costs nothing."""
    return bool(
        layout.image_format in WRITTEN_AS or layout.profile or layout.profile_trouble or layout.colours.codes
        or layout.colours.gamma or layout.colours.corners or layout.depth > _BYTE or layout.alpha
        or layout.orientation != UPRIGHT
    )


@contextmanager
def _decoding() -> Generator[None]:
    """Turn Pillow's exceptions for bad files into BrokenImageError."""
    from PIL.Image import DecompressionBombError  # noqa: PLC0415  # as above

    try:
        yield
    except BrokenImageError:
        raise
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, MemoryError, EOFError, RuntimeError,
            struct.error, DecompressionBombError) as error:
        raise BrokenImageError(_("This picture is damaged and cannot be opened."), detail=str(error)) from error


def _opened(file: BinaryIO, layout: Layout) -> Image:
    """Open only the image's own parts: Pillow refuses files for texts and profiles that do not matter here."""
    from PIL import Image  # noqa: PLC0415  # as above

    if layout.width * layout.height > MAX_PIXELS:
        raise BrokenImageError(_("This picture is too large to open safely."))
    if layout.image_format == "HEIF":
        _know_heif()
    image = Image.open(opened_parts(file, layout.bare_parts), formats=(layout.image_format,))
    if layout.image_format in WRITTEN_AS:
        if image.size != (layout.width, layout.height):
            raise BrokenImageError(_("This picture is damaged and cannot be opened."))
        return image
    if image.mode != "P":
        image.info.pop("transparency", None)  # Pillow compares it wrongly in all but 8 bits; see `_split`
    return image


def _opaque(file: BinaryIO, layout: Layout) -> bool:
    with _decoding():
        return _split(_opened(file, layout), file, layout)[1] is None


def _split(image: Image, file: BinaryIO, layout: Layout) -> tuple[Image, Image | None]:
    """Split an image into its colours in L, RGB or CMYK, 8 bits each, and its mask, None when all is opaque."""
    if layout.image_format in WRITTEN_AS:
        image = _plain(image)
    if image.mode in {"LA", "RGBA"}:
        mask = image.getchannel("A")
        colours = image.convert(image.mode[:-1])
    elif image.mode == "P":
        entries = image.convert("RGBA")
        colours, mask = entries.convert("RGB"), entries.getchannel("A") if layout.clear else None
    elif image.mode.startswith("I"):
        deep = image.convert("I")
        colours = deep.point(_eight_bits).convert("L")
        mask = deep.point(_all_but(_clear_values(layout)[0], 65_536), "L") if layout.clear else None
    else:
        colours = image.convert("L") if image.mode == "1" else image
        colours.load()
        mask = _mask_of_one_colour(colours, file, layout) if layout.clear else None
    if mask is not None and cast("tuple[int, int]", mask.getextrema())[0] == 255:  # noqa: PLR2004
        mask = None
    return colours, mask


def _plain(image: Image) -> Image:
    """Decode an image of a converted format; return it in L, LA, RGB, RGBA, CMYK or 16 bits of grey."""
    image.load()
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if "transparency" in image.info or image.mode in {"PA", "RGBa"}:
        return image.convert("RGBA")
    if image.mode == "La":
        return image.convert("LA")
    return image if image.mode in {"1", "L", "LA", "RGB", "RGBA", "CMYK"} or image.mode.startswith("I;16") \
        else image.convert("RGB")


@cache
def _know_heif() -> None:
    """Let Pillow open HEIF; once, when the first one is decoded: the start of the app need not load it."""
    import pi_heif  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    register = cast("Any", pi_heif).register_heif_opener
    register(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _mask_of_one_colour(image: Image, file: BinaryIO, layout: Layout) -> Image | None:
    """Return the mask of an image in which one colour is transparent, compared in all its bits."""
    from PIL import ImageChops  # noqa: PLC0415  # as above

    values = _clear_values(layout)
    channels = [(image, [value >> 8 if layout.depth > _BYTE else value for value in values])]
    if image.mode == "L":
        channels = [(image, [values[0] * 255 // (2**layout.depth - 1)])]
    elif layout.depth > _BYTE:
        low = cast("Any", _opened(file, layout))
        low.tile = [low.tile[0]._replace(args="RGB;16L")]  # in the other byte order, these are the low bytes
        channels.append((low, [value & 255 for value in values]))
    mask = None
    for plane, wanted in channels:
        for band, value in zip(plane.split(), wanted, strict=True):
            here = band.point(_all_but(value, 256))
            mask = here if mask is None else ImageChops.lighter(mask, here)
    return mask


def _clear_values(layout: Layout) -> list[int]:
    """Return tRNS of an image without a palette: 16 bits for each channel; missing ones match nothing."""
    values = [int.from_bytes(layout.clear[at : at + 2], "big") for at in range(0, len(layout.clear) - 1, 2)]
    return (values + [1 << 16] * layout.channels)[: layout.channels]


def _all_but(value: int, count: int) -> list[int]:
    """Return a table that makes every value but one opaque."""
    return [0 if n == value else 255 for n in range(count)]


def _eight_bits(value: ImagePointTransform) -> ImagePointTransform:
    return value / 257 + 0.5
