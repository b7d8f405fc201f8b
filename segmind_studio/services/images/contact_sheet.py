"""Contact sheets: many pictures with their settings on one PNG, or on the pages of a PDF. Made off the GUI thread.

Both have one layout, in units of a page that is PAGE_WIDTH wide; the painter is scaled to the file or the preview.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from segmind_studio.core.errors import StudioError
from segmind_studio.record import record
from segmind_studio.services.images.decoding import reader_of
from segmind_studio.services.system.tasks import Task, TaskRunner
from segmind_studio.store.png_text import with_texts
from segmind_studio.store.private_files import replace_private
from segmind_studio.store.records import json_text
from segmind_studio.texts import N_, _

PAGE_WIDTH = 1600.0
MOST_COLUMNS = 10
MOST_PIXELS = 100_000_000  # of a PNG: what other programs still open
_PAGE_HEIGHT = PAGE_WIDTH * 297 / 210  # A4
_MARGIN, _GAP = 48.0, 24.0
_TEXT, _TITLE = 20, 34  # pixels of a letter, in units of the page
_LONGEST = 600  # characters below one picture
_PDF_DOTS = 300  # for each inch
_PREVIEW_HEIGHT = 1.2  # of its width
_INK, _MUTED, _PAPER = "#1b1b1f", "#55555e", "#ffffff"


@record
class SheetCell:
    """One picture: its file, the lines below it, and what makes it again, for the PNG's text."""

    path: Path
    lines: tuple[str, ...]
    settings: Mapping[str, object] = field(default_factory=dict[str, object])


@record
class SheetOrder:
    """A sheet to make. `family` is the face of its text; other letters come from the system's faces."""

    cells: tuple[SheetCell, ...]
    columns: int
    title: str = ""
    family: str = ""


@record
class _Row:
    cells: tuple[SheetCell, ...]
    picture: float  # the height of its pictures
    height: float


class ContactSheets(QObject):
    """Make contact sheets, one preview at a time. GUI thread; `tasks` does the work.

    Signals (GUI thread): previewed(object): QImage, of the newest order; saved(object): Path;
    failed(object): StudioError.
    """

    previewed = Signal(object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._preview: Task | None = None

    def preview(self, order: SheetOrder, width: int) -> None:
        """Make a picture of the top of the sheet, `width` pixels wide; it replaces one that is being made."""
        if self._preview is not None:
            self._preview.cancel()
        self._preview = self._tasks.run(partial(preview_of, order, width), self._previewed, self._failed)

    def save(self, order: SheetOrder, target: Path) -> None:
        """Write the sheet, as a PDF where the name ends so, else as a PNG. What was there is replaced."""
        self._tasks.run(partial(write_sheet, order, target), self._saved, self._failed)

    @Slot(object)
    def _previewed(self, image: QImage) -> None:
        self._preview = None
        self.previewed.emit(image)

    @Slot(object)
    def _saved(self, target: Path) -> None:
        self.saved.emit(target)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(error)


def write_sheet(order: SheetOrder, target: Path) -> Path:
    """Write a sheet and return its path; StudioError when it is too large for a PNG, or the disk refuses."""
    pdf = target.suffix.lower() == ".pdf"
    if not pdf and target.suffix.lower() != ".png":
        target = target.with_name(target.name + ".png")
    replace_private(target, _pdf(order) if pdf else _png(order))
    return target


def preview_of(order: SheetOrder, width: int) -> QImage:
    """Return the top of a sheet."""
    scale = width / PAGE_WIDTH
    rows = tuple(_rows(order, PAGE_WIDTH * _PREVIEW_HEIGHT))
    height = min(_height(order, rows), PAGE_WIDTH * _PREVIEW_HEIGHT)
    image = _blank(QSize(width, max(1, round(height * scale))))
    _paint(image, order, rows, scale)
    return image


def _png(order: SheetOrder) -> bytes:
    rows = tuple(_rows(order))
    size = QSize(round(PAGE_WIDTH), round(_height(order, rows)))
    if size.width() * size.height() > MOST_PIXELS:
        raise StudioError(
            _("The contact sheet is too long for a PNG."),
            _("Save it as a PDF, or choose fewer pictures or more columns."),
        )
    image = _blank(size)
    _paint(image, order, rows, 1.0)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportArgumentType, reportCallIssue]  # the stubs know bytes only
    texts = {"Software": "Segmind Studio", "segmind-studio": json_text([cell.settings for cell in order.cells])}
    if order.title:
        texts["Title"] = order.title
    return with_texts(bytes(buffer.data().data()), texts)


def _pdf(order: SheetOrder) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("Segmind Studio")
    writer.setTitle(order.title)
    writer.setResolution(_PDF_DOTS)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(writer.pageLayout().margins() * 0, QPageLayout.Unit.Point)
    scale = writer.width() / PAGE_WIDTH
    painter = QPainter(writer)
    painter.scale(scale, scale)
    top = _paint_title(painter, order)
    for row in _rows(order):
        if top + row.height > _PAGE_HEIGHT - _MARGIN and top > _MARGIN:
            writer.newPage()
            top = _MARGIN
        _paint_row(painter, order, row, top, scale)
        top += row.height + _GAP
    painter.end()
    return bytes(buffer.data().data())


def _blank(size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(_PAPER))
    return image


def _paint(image: QImage, order: SheetOrder, rows: Sequence[_Row], scale: float) -> None:
    painter = QPainter(image)
    painter.scale(scale, scale)
    top = _paint_title(painter, order)
    for row in rows:
        _paint_row(painter, order, row, top, scale)
        top += row.height + _GAP
    painter.end()


def _font(order: SheetOrder, pixels: int) -> QFont:
    font = QFont(order.family) if order.family else QFont()
    font.setPixelSize(pixels)
    return font


def _width(order: SheetOrder) -> float:
    columns = min(max(order.columns, 1), MOST_COLUMNS)
    return (PAGE_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns


def _words(cell: SheetCell) -> str:
    text = "\n".join(" ".join(line.split()) for line in cell.lines if line)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _rows(order: SheetOrder, until: float = float("inf")) -> Iterator[_Row]:
    """Yield the rows, down to a height; each is as high as its highest picture and its longest text."""
    width, columns = _width(order), min(max(order.columns, 1), MOST_COLUMNS)
    metrics, top = QFontMetricsF(_font(order, _TEXT)), 0.0
    for start in range(0, len(order.cells), columns):
        cells = order.cells[start : start + columns]
        room = QRectF(0, 0, width, _PAGE_HEIGHT)
        text = max(_bounds(metrics, room, _words(cell)) for cell in cells)
        most = _PAGE_HEIGHT - 2 * _MARGIN - _TITLE * 2 - text - _GAP
        picture = min(max(_shape(cell.path) for cell in cells) * width, max(most, width / 2))
        row = _Row(cells, picture, picture + _GAP / 3 + text)
        yield row
        top += row.height + _GAP
        if top > until:
            return


def _wrapping(metrics: QFontMetricsF, text: str, width: float) -> Qt.TextFlag:
    """Return how to break a text: between its words, but anywhere where one is wider than the line."""
    widest = max((metrics.horizontalAdvance(word) for word in text.split()), default=0.0)
    return Qt.TextFlag.TextWrapAnywhere if widest > width else Qt.TextFlag.TextWordWrap


def _bounds(metrics: QFontMetricsF, room: QRectF, text: str) -> float:
    return metrics.boundingRect(room, _wrapping(metrics, text, room.width()).value, text).height()


def _shape(path: Path) -> float:
    """Return a picture's height for a width of 1; that of a square where it cannot be read."""
    reader = reader_of(path)
    size = reader.size() if reader is not None else QSize()
    return size.height() / size.width() if not size.isEmpty() else 1.0


def _height(order: SheetOrder, rows: Sequence[_Row]) -> float:
    title = _TITLE * 2 if order.title else 0.0
    return 2 * _MARGIN + title + sum(row.height for row in rows) + _GAP * max(0, len(rows) - 1)


def _paint_title(painter: QPainter, order: SheetOrder) -> float:
    """Paint the title, and return where the first row begins."""
    if not order.title:
        return _MARGIN
    painter.setFont(_font(order, _TITLE))
    painter.setPen(QColor(_INK))
    room = QRectF(_MARGIN, _MARGIN, PAGE_WIDTH - 2 * _MARGIN, _TITLE * 1.5)
    short = QFontMetricsF(painter.font()).elidedText(order.title, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
    return _MARGIN + _TITLE * 2


def _paint_row(painter: QPainter, order: SheetOrder, row: _Row, top: float, scale: float) -> None:
    width = _width(order)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(_font(order, _TEXT))
    metrics = QFontMetricsF(painter.font())
    for place, cell in enumerate(row.cells):
        box = QRectF(_MARGIN + place * (width + _GAP), top, width, row.picture)
        image = _picture(cell.path, box, scale)
        painter.setPen(QColor(_MUTED))
        if image.isNull():
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, str(_UNREADABLE))
        else:
            size = image.size().toSizeF().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            frame = QRectF(box.topLeft(), size)
            frame.moveBottom(box.bottom())  # its words are right below it
            painter.drawImage(frame, image)
        painter.setPen(QColor(_INK))
        below = QRectF(box.left(), box.bottom() + _GAP / 3, width, row.height - row.picture)
        painter.drawText(below, _wrapping(metrics, _words(cell), width), _words(cell))


_UNREADABLE = N_("The file of this picture could not be read.")


def _picture(path: Path, box: QRectF, scale: float) -> QImage:
    """Read a picture no larger than it is painted."""
    reader = reader_of(path)
    if reader is None:
        return QImage()
    size = reader.size()
    wanted = size.scaled((box.size() * scale).toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    if not size.isEmpty() and wanted.width() < size.width():
        reader.setScaledSize(wanted.expandedTo(QSize(1, 1)))
    return reader.read()
