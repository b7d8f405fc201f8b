"""A grid as one picture, with its headers: painted from the stored files, off the GUI thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from segmind_studio.core.errors import StoreError
from segmind_studio.record import record
from segmind_studio.services.images.decoding import reader_of
from segmind_studio.texts import _

_CELL = 384  # pixels across
_MOST_PIXELS = 100_000_000
_GAP = 8
_SIDE = 320
_HEAD = 96
_TEXT = 20  # pixels
_INK, _PAPER, _EMPTY = Qt.GlobalColor.black, Qt.GlobalColor.white, Qt.GlobalColor.lightGray


@record
class GridSheet:
    """What is painted. `cells` are by rows: the file of a picture, or None, and the words in place of one."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Path | None, str], ...]
    shape: tuple[int, int]  # of a picture, across and down


def write_sheet(sheet: GridSheet, target: Path) -> Path:
    """Write a sheet as PNG; StoreError on failure. Blocking, for worker threads. An existing file is replaced."""
    target = target if target.suffix.lower() == ".png" else target.with_name(f"{target.name}.png")
    if not painted(sheet).save(str(target)):
        raise StoreError(_("The grid could not be saved."), _("Free some disk space, or choose another folder."))
    return target


def painted(sheet: GridSheet) -> QImage:
    """Return the sheet as an image; the cells are smaller where it would be too large."""
    across, down = max(1, len(sheet.columns)), max(1, len(sheet.rows))
    width = _CELL
    while width > _CELL // 8 and across * down * width * width * sheet.shape[1] // sheet.shape[0] > _MOST_PIXELS:
        width //= 2
    height = max(1, round(width * sheet.shape[1] / sheet.shape[0]))
    size = QSize(_SIDE + across * (width + _GAP) + _GAP, _HEAD + down * (height + _GAP) + _GAP)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(_PAPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    font = painter.font()
    font.setPixelSize(_TEXT)
    painter.setFont(font)
    painter.setPen(_INK)
    centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    for column, words in enumerate(sheet.columns):
        painter.drawText(QRect(_SIDE + column * (width + _GAP), _GAP, width, _HEAD - 2 * _GAP), centre, words)
    for row, words in enumerate(sheet.rows):
        top = _HEAD + row * (height + _GAP)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRect(2 * _GAP, top, _SIDE - 3 * _GAP, height), flags, words)
    for number, (path, words) in enumerate(sheet.cells):
        row, column = divmod(number, across)
        spot = QRect(_SIDE + column * (width + _GAP), _HEAD + row * (height + _GAP), width, height)
        _paint_cell(painter, spot, path, words)
    painter.end()
    return image


def _paint_cell(painter: QPainter, spot: QRect, path: Path | None, words: str) -> None:
    reader = reader_of(path) if path is not None else None
    picture = QImage()
    if reader is not None:
        size = reader.size()
        if not size.isEmpty():
            reader.setScaledSize(size.scaled(spot.size(), Qt.AspectRatioMode.KeepAspectRatio))
        picture = reader.read()
    if picture.isNull():
        painter.fillRect(spot, _EMPTY)
        painter.setPen(_INK)
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        return
    inside = QRect(spot.topLeft(), picture.size())
    inside.moveCenter(spot.center())
    painter.drawImage(inside, picture)
