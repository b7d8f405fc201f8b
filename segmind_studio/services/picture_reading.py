"""Reading a picture for the screen, small or whole. Runs on any thread but the GUI's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageReader, QPainter

from segmind_studio.dataset.inspection import inspect

WHOLE = 0  # the side that asks for the whole picture
WHOLE_PIXELS = 40_000_000  # a larger picture is shown at this size: Qt refuses to allocate much more
_BAND_PIXELS = 256 * 1024  # colour conversion holds the interpreter: a few milliseconds at a time


def read_picture(path: Path, side: int) -> QImage:
    """Read a picture upright, in sRGB, within `side` pixels (0: whole); null when it cannot be read."""
    if inspect(path).endless:
        return QImage()
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isEmpty():
        return QImage()
    wanted = _within(size, side)
    if wanted != size:
        reader.setScaledSize(wanted)
    image = reader.read()
    if image.isNull():
        return image
    if side != WHOLE:
        image.convertTo(_screen_format(image))
    space = image.colorSpace()
    plain = not space.isValid() or space == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    return image if plain else _in_srgb(image)


def _within(size: QSize, side: int) -> QSize:
    if side != WHOLE:
        limit = QSize(side, side)
        if size.boundedTo(limit) == size:
            return size
        return size.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    pixels = size.width() * size.height()
    return size if pixels <= WHOLE_PIXELS else size * (WHOLE_PIXELS / pixels) ** 0.5


def _screen_format(image: QImage) -> QImage.Format:
    return QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32


def _in_srgb(image: QImage) -> QImage:
    """Convert band by band, so that other threads run in between."""
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    result = QImage(image.size(), _screen_format(image))
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    height = max(1, _BAND_PIXELS // max(1, image.width()))
    for top in range(0, image.height(), height):
        band = image.copy(0, top, image.width(), min(height, image.height() - top))
        painter.drawImage(0, top, band.convertedToColorSpace(srgb))
    painter.end()
    return result
