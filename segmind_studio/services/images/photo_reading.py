"""Read a photo's picture as the archive will contain it, read as plain RGB.

Where the archive uses the file's own bytes, Qt decodes them and ignores any profile; all else comes from the
archive's converter. Nothing is written to disk.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from segmind_studio.core.datasets import WHITE
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit
from segmind_studio.dataset.conversion import Pixels, exact_changes_of, plain_on_screen, screen_pixels
from segmind_studio.dataset.edits import edited_pixels
from segmind_studio.dataset.exif import UPRIGHT
from segmind_studio.dataset.layout import BrokenImageError, Layout, SlowImageError
from segmind_studio.dataset.strip import layout_of
from segmind_studio.services.images.decoding import reader_of

WHOLE = 0  # the `side` value for the whole picture
WHOLE_PIXELS = 40_000_000  # a larger picture is shown at this size: Qt refuses to allocate much more
_BAND_PIXELS = 256 * 1024
_SAME_WITH_A_FIT = 640  # pixels of a side
_ACROSS, _UPSIDE_DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_TURNS = {
    2: (0, _ACROSS), 3: (0, _ACROSS | _UPSIDE_DOWN), 4: (0, _UPSIDE_DOWN), 5: (90, _ACROSS), 6: (90, None),
    7: (90, _UPSIDE_DOWN), 8: (270, None),
}


def read_image(  # noqa: PLR0913  # all that makes another picture of one file
    path: Path, side: int, background: str = WHITE, edit: PhotoEdit = NO_EDIT, fit: PhotoFit = NO_FIT, *,
    stripped: bool = True,
) -> QImage:
    """Read a picture upright, in sRGB, within `side` pixels (0: whole); null when it cannot be read.

    Transparent parts are laid over `background` ("#rrggbb"). A damaged picture is shown without its edit. A fit is
    shown where it can be seen: a smaller picture than any fit makes is the same with it. `stripped` is whether
    metadata is left out: then a fit may be in vain that is not with it.
    """
    try:
        layout = _layout(path)
    except SlowImageError:
        return QImage()
    if fit and layout is not None and (side == WHOLE or side > _SAME_WITH_A_FIT):
        fitted = _fitted(path, side, background, edit, fit, stripped=stripped)
        if fitted is not None:
            return _image_of(fitted)
    if edit and layout is not None:
        edited = edited_pixels(path, edit, background, side, WHOLE_PIXELS)
        if edited is not None:
            return _image_of(edited)
    if layout is None or plain_on_screen(layout):
        image = _plain(path, side, layout.orientation if layout else UPRIGHT)
        if layout is None or not image.isNull():
            return image  # else Qt uses metadata, which the archive leaves out
    size = _within(QSize(layout.width, layout.height), side)
    pixels = screen_pixels(path, layout, (size.width(), size.height()), background)
    if pixels is None:
        return QImage()
    return _image_of(pixels)


def _fitted(  # noqa: PLR0913  # as above
    path: Path, side: int, background: str, edit: PhotoEdit, fit: PhotoFit, *, stripped: bool,
) -> Pixels | None:
    from segmind_studio.dataset.prepare import Recipe, fitted_pixels  # noqa: PLC0415  # when first needed

    try:
        with path.open("rb") as file:
            layout = layout_of(file, path.stat().st_size, whole=True)
            changes = exact_changes_of(file, layout)
    except (OSError, BrokenImageError):
        return None
    recipe = Recipe(layout, changes, background, keep_metadata=not stripped, edit=edit, fit=fit)
    return fitted_pixels(path, recipe, side)


def _image_of(pixels: Pixels) -> QImage:
    """Create the QImage in bands, so that other threads can run in between."""
    result = QImage(pixels.width, pixels.height, QImage.Format.Format_RGB32)
    painter = QPainter(result)
    line = 3 * pixels.width
    height = max(1, _BAND_PIXELS // pixels.width)
    for top in range(0, pixels.height, height):
        data = pixels.data[top * line : (top + height) * line]  # Qt holds no reference to it
        band = QImage(data, pixels.width, len(data) // line, line, QImage.Format.Format_RGB888)
        painter.drawImage(0, top, band)
    painter.end()
    return result


def _layout(path: Path) -> Layout | None:
    try:
        with path.open("rb") as file:
            return layout_of(file, path.stat().st_size, whole=False)
    except SlowImageError:
        raise
    except (OSError, ValueError, BrokenImageError):
        return None


def _plain(path: Path, side: int, orientation: int) -> QImage:
    """Decode the bytes with Qt as they are; a damaged file is shown as far as Qt can read it."""
    reader = reader_of(path)
    if reader is None:
        return QImage()
    reader.setAutoTransform(False)  # Qt reads only EXIF
    size = reader.size()
    if size.isEmpty():
        return QImage()
    wanted = _within(size, side)
    if wanted != size:
        reader.setScaledSize(wanted)
    image = _turned(reader.read(), orientation)
    if not image.isNull() and side != WHOLE:
        image.convertTo(QImage.Format.Format_RGB32)
    return image


def _turned(image: QImage, orientation: int) -> QImage:
    """Apply an EXIF orientation: first the quarter turn, then the mirror."""
    if image.isNull():
        return image
    degrees, over = _TURNS.get(orientation, (0, None))
    if degrees:
        image = image.transformed(QTransform().rotate(degrees))
    return image.flipped(over) if over is not None else image


def _within(size: QSize, side: int) -> QSize:
    if side != WHOLE:
        limit = QSize(side, side)
        if size.boundedTo(limit) == size:
            return size
        return size.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    pixels = size.width() * size.height()
    return size if pixels <= WHOLE_PIXELS else size * (WHOLE_PIXELS / pixels) ** 0.5
