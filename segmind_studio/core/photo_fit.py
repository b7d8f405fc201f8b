"""How one photo is made smaller for the archive: a limit in pixels, a quality. `core.fit_plan` chooses them."""

from __future__ import annotations

import math
from typing import cast

from segmind_studio.core.conversions import WRITTEN_AS
from segmind_studio.record import record

_MOST_QUALITY = 100


@record
class PhotoFit:
    """What makes one photo smaller; the default is nothing. ValueError when a value is out of range.

    A photo of more than `pixels` (after its edit) is scaled down to about so many. `quality` is that of JPEG and
    of WebP with loss, 1 to 100. With `as_jpeg`, what would be a PNG becomes a JPEG. Where nothing is scaled and
    the result is not smaller, the photo's bytes are kept.
    """

    pixels: int = 0
    quality: int = 0
    as_jpeg: bool = False

    def __post_init__(self) -> None:
        if self.pixels < 0 or not 0 <= self.quality <= _MOST_QUALITY or bool(self.pixels) != bool(self.quality):
            raise ValueError(self)

    def __bool__(self) -> bool:
        return self.pixels > 0


NO_FIT = PhotoFit()


def fitted_size(width: int, height: int, fit: PhotoFit) -> tuple[int, int]:
    """Return the size in pixels with a fit; never larger, the shape is kept."""
    if not fit or width * height <= fit.pixels:
        return width, height
    scale = math.sqrt(fit.pixels / (width * height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def written_kind(image_format: str, fit: PhotoFit = NO_FIT) -> str:
    """Return as what a photo of this format is written: "JPEG", "PNG" or "WEBP"."""
    kind = WRITTEN_AS.get(image_format, image_format)
    return "JPEG" if fit.as_jpeg and kind == "PNG" else kind


def fit_values(fit: PhotoFit) -> list[int]:
    """Return a fit as plain numbers: pixels, quality, and 1 when PNG becomes JPEG."""
    return [fit.pixels, fit.quality, int(fit.as_jpeg)]


def fit_with_values(values: object) -> PhotoFit:
    """Return the fit that `fit_values` wrote; ValueError for anything else."""
    try:
        pixels, quality, as_jpeg = cast("list[int]", values)
    except TypeError as error:
        raise ValueError(str(error)) from error
    if any(type(value) is not int for value in (pixels, quality, as_jpeg)):
        raise ValueError(values)
    return PhotoFit(pixels, quality, bool(as_jpeg))
