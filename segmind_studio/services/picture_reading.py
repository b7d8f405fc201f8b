"""Reading a picture for the screen, small or whole. Runs on any thread but the GUI's.

What is shown is what goes into the archive, read as plain RGB. Where the file's own bytes are right, Qt decodes
them and heeds no profile; everything else comes from the converter that the archive uses too.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QTransform

from segmind_studio.core.datasets import WHITE
from segmind_studio.dataset.conversion import Pixels, plain_on_screen, screen_pixels
from segmind_studio.dataset.exif import UPRIGHT
from segmind_studio.dataset.layout import BrokenPictureError, EndlessPictureError, Layout
from segmind_studio.dataset.strip import layout_of

WHOLE = 0  # the side that asks for the whole picture
WHOLE_PIXELS = 40_000_000  # a larger picture is shown at this size: Qt refuses to allocate much more
_BAND_PIXELS = 256 * 1024
_ACROSS, _UPSIDE_DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_TURNS = {
    2: (0, _ACROSS), 3: (0, _ACROSS | _UPSIDE_DOWN), 4: (0, _UPSIDE_DOWN), 5: (90, _ACROSS), 6: (90, None),
    7: (90, _UPSIDE_DOWN), 8: (270, None),
}


def read_picture(path: Path, side: int, background: str = WHITE) -> QImage:
    """Read a picture upright, in sRGB, within `side` pixels (0: whole); null when it cannot be read.

    Transparent parts are laid over `background` ("#rrggbb").
    """
    try:
        layout = _layout(path)
    except EndlessPictureError:
        return QImage()
    if layout is None or plain_on_screen(layout):
        image = _plain(path, side, layout.orientation if layout else UPRIGHT)
        if layout is None or not image.isNull():
            return image  # else Qt minds something beside the pixels, which the archive leaves out
    size = _within(QSize(layout.width, layout.height), side)
    pixels = screen_pixels(path, layout, (size.width(), size.height()), background)
    if pixels is None:
        return QImage()
    return _image_of(pixels)


def _image_of(pixels: Pixels) -> QImage:
    """Make Qt's picture band by band, so that other threads run in between."""
    result = QImage(pixels.width, pixels.height, QImage.Format.Format_RGB32)
    painter = QPainter(result)
    line = 3 * pixels.width
    height = max(1, _BAND_PIXELS // pixels.width)
    for top in range(0, pixels.height, height):
        data = pixels.data[top * line : (top + height) * line]  # Qt does not keep it alive
        band = QImage(data, pixels.width, len(data) // line, line, QImage.Format.Format_RGB888)
        painter.drawImage(0, top, band)
    painter.end()
    return result


def _layout(path: Path) -> Layout | None:
    try:
        with path.open("rb") as file:
            return layout_of(file, path.stat().st_size, whole=False)
    except EndlessPictureError:
        raise
    except (OSError, ValueError, BrokenPictureError):
        return None


def _plain(path: Path, side: int, orientation: int) -> QImage:
    """Let Qt decode the bytes as they are; a file that is no good picture is shown as far as Qt can."""
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(False)  # Qt looks into EXIF alone
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
    """Turn as EXIF numbers it: by a quarter, then over."""
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
