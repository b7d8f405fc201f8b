"""Scale photos down for a fit and say how they are encoded; how alike two pictures are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from segmind_studio.core.photo_fit import PhotoFit, fitted_size
from segmind_studio.dataset.conversion import as_stored, rendered
from segmind_studio.dataset.exif import displayed
from segmind_studio.dataset.layout import Layout

if TYPE_CHECKING:
    from PIL.Image import Image

_FULL_CHROMA_FROM = 90  # quality; below it, half the chroma costs less than its bytes are worth
_4_2_0 = 2
_COLOURS = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})  # modes
_BLOCK = 4  # pixels; a window of SSIM is two by two blocks
_STEADY_MEAN, _STEADY_SPREAD = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # C1 and C2 of the paper


def scaled_image(file: BinaryIO, layout: Layout, fit: PhotoFit, background: str) -> Image:
    """Return an image upright and scaled down as the fit says, decoded only as large as needed.

    With a `background` ("#rrggbb") its colours are converted to sRGB, with "" they are right as they are.
    BrokenImageError when it cannot be decoded.
    """
    size = fitted_size(layout.width, layout.height, fit)
    if background:
        return rendered(file, layout, background, size)
    return resized(as_stored(file, layout, size), displayed(*size, layout.orientation))


def resized(image: Image, size: tuple[int, int]) -> Image:
    """Return an image at a size not above its own, with little ringing and no false patterns."""
    from PIL.Image import Resampling  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    if image.size == size:
        return image
    return unpacked(image).resize(size, Resampling.HAMMING)  # else palette numbers would be averaged


def unpacked(image: Image) -> Image:
    """Return an image whose values are its colours: grey for single bits, RGB for a palette."""
    return image if image.mode in _COLOURS else image.convert("L" if image.mode == "1" else "RGB")


def fitted_way(kind: str, quality: int, sampling: int, layout: Layout) -> dict[str, Any]:
    """Return Pillow's parameters for a fitted image; `sampling` is the chroma sampling at high quality."""
    if kind == "JPEG":
        return {"quality": quality, "subsampling": sampling if quality >= _FULL_CHROMA_FROM else _4_2_0}
    if kind == "WEBP":
        return {"lossless": True, "exact": True} if layout.lossless else {"lossless": False, "quality": quality}
    return {}


def likeness(one: Image, other: Image) -> float:
    """Return SSIM of the brightness of two images of the same size: 1 for equal ones, lower for others.

    Structural similarity by Wang, Bovik, Sheikh and Simoncelli, IEEE Transactions on Image Processing 13, 2004:
    the mean over windows of 8 by 8 pixels, one each 4 pixels, all pixels of a window counting the same.
    """
    from PIL import ImageMath  # noqa: PLC0415  # as above

    width, height = (side - side % _BLOCK for side in one.size)
    if min(width, height) < 2 * _BLOCK:
        enlarged = max(2 * _BLOCK, one.width), max(2 * _BLOCK, one.height)
        return likeness(one.convert("L").resize(enlarged), other.convert("L").resize(enlarged))
    box = (0, 0, width, height)
    x, y = (image.convert("L").crop(box).convert("F") for image in (one, other))

    def _of(formula: Callable[[dict[str, Any]], Any], **images: Image) -> Image:
        return cast("Image", ImageMath.lambda_eval(formula, **images))

    def windows(image: Image) -> Image:
        blocks = image.reduce(_BLOCK)
        wide, high = blocks.width - 1, blocks.height - 1
        corners = {
            name: blocks.crop((left, top, left + wide, top + high))
            for name, left, top in (("a", 0, 0), ("b", 1, 0), ("c", 0, 1), ("d", 1, 1))
        }
        return _of(lambda args: (args["a"] + args["b"] + args["c"] + args["d"]) / 4, **corners)

    found = _of(
        lambda args: (
            (2 * args["mx"] * args["my"] + _STEADY_MEAN)
            * (2 * (args["xy"] - args["mx"] * args["my"]) + _STEADY_SPREAD)
            / (
                (args["mx"] * args["mx"] + args["my"] * args["my"] + _STEADY_MEAN)
                * (args["xx"] - args["mx"] * args["mx"] + args["yy"] - args["my"] * args["my"] + _STEADY_SPREAD)
            )
        ),
        mx=windows(x), my=windows(y),
        xx=windows(_of(lambda args: args["x"] * args["x"], x=x)),
        yy=windows(_of(lambda args: args["y"] * args["y"], y=y)),
        xy=windows(_of(lambda args: args["x"] * args["y"], x=x, y=y)),
    )
    return _mean(found)


def _mean(image: Image) -> float:
    """Return the mean of an image in mode F."""
    from array import array  # noqa: PLC0415  # not before it is needed

    values = array("f", image.tobytes())
    return sum(values) / len(values)
