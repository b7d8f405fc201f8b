"""The grid of photos as it is painted: only what is new, however many photos there are."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject
from PySide6.QtGui import QColor, QFont, QImage, QPaintEvent
from typing_extensions import override

from segmind_studio.core.datasets import Check, Dataset, Photo
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.tile import TileLook, TilePainter
from segmind_studio.ui.data.grid.view import PhotoGrid
from segmind_studio.ui.parts import tiles
from segmind_studio.ui.parts.density import LIST, MEDIUM, cells
from segmind_studio.ui.theme.tokens import tones_of

MANY = 10_000
PHOTOS = tuple(Photo(f"p{number}", Path(f"/pictures/photo-{number}.jpg")) for number in range(MANY))


class CountingModel(PhotoModel):
    """Count how often it is asked for its number of rows, which Qt does for each index."""

    asked = 0

    @override
    def rowCount(self, parent=QModelIndex()):  # noqa: B008  # as Qt has it
        self.asked += 1
        return super().rowCount(parent)


class Painted(QObject):
    """Add up how much of a widget is painted, in its own size, and how often."""

    def __init__(self, widget):
        super().__init__(widget)
        self._whole = widget
        self.share, self.times = 0.0, 0
        widget.installEventFilter(self)

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            parts = event.region()
            pixels = sum(
                part.width() * part.height()
                for part in parts  # pyright: ignore[reportGeneralTypeIssues]  # missing in the stubs
            )
            self.times += 1
            self.share += pixels / (self._whole.width() * self._whole.height())
        return False


@pytest.fixture
def grid(qtbot):
    model, thumbnails = CountingModel(), Thumbnails()
    grid = PhotoGrid(model, thumbnails)
    qtbot.addWidget(grid)
    grid.resize(700, 600)
    model.set_dataset(Dataset("d", "Anna", PHOTOS))
    grid.show()
    qtbot.waitUntil(lambda: not grid.visualRect(model.index(MANY - 1)).isEmpty())  # all of them are laid out
    yield grid
    thumbnails.stop()


def test_scrolling_paints_only_the_lines_that_come_into_view(qtbot, grid):
    painted, bar = Painted(grid.viewport()), grid.verticalScrollBar()

    def scrolled():
        QCoreApplication.sendPostedEvents()
        painted.share = 0.0
        bar.setValue(bar.value() + 20)
        QCoreApplication.sendPostedEvents()
        return 0 < painted.share < 1 / 4  # a desktop may ask for the whole window again after it is shown

    qtbot.waitUntil(scrolled)


def test_what_changes_out_of_view_is_not_looked_at(qtbot, grid):
    model, painted = grid.model(), Painted(grid.viewport())
    model.asked = 0
    model.set_dataset(Dataset("d", "Anna", tuple(photo.having(caption="TOK") for photo in PHOTOS)))
    assert model.asked < MANY / 20
    qtbot.waitUntil(lambda: painted.share > 0)  # what is in view is painted again


@pytest.fixture
def drawn(grid, monkeypatch):
    """Return the photos whose cells are painted from now on."""
    found: set[str] = set()
    paint = TilePainter.paint

    def noted(self, look, *pictures):
        found.add(look.photo.photo_id)
        return paint(self, look, *pictures)

    monkeypatch.setattr(TilePainter, "paint", noted)
    return found


def names_of_line(grid, line):
    columns = grid.cells.columns
    return {f"p{row}" for row in range(line * columns, (line + 1) * columns)}


def line_below(grid, line):
    return line + math.ceil(grid.viewport().height() / grid.cells.height + 0.01)


def test_cells_are_painted_before_they_come_into_view(qtbot, grid, drawn):
    for way, line in ((1, 8), (1, 9), (-1, 8)):  # which is the first in view
        grid.verticalScrollBar().setValue(line * grid.cells.height + way)
        names = names_of_line(grid, line_below(grid, line) if way > 0 else line - 1)
        qtbot.waitUntil(lambda names=names: names <= drawn)


def test_what_comes_next_is_painted_between_two_frames_that_leave_no_idle_turn(qtbot, grid, drawn, monkeypatch):
    for most in ("_PREPARING_S", "_AT_LATEST_S"):
        monkeypatch.setattr(tiles, most, 60)
    grid._idle.timeout.disconnect(grid._prepare)
    with qtbot.waitSignal(grid._settle.timeout):
        grid.verticalScrollBar().setValue(8 * grid.cells.height + 1)
    assert names_of_line(grid, line_below(grid, 8)) <= drawn


def test_pictures_that_come_together_are_shown_together(qtbot, grid):
    painted = Painted(grid.viewport())

    def come():
        QCoreApplication.sendPostedEvents()
        painted.times = 0
        for number in range(6):
            grid._thumbnails.ready.emit(ThumbnailReady(f"p{number}"))
            QCoreApplication.sendPostedEvents()
        return painted.times < 2  # a desktop may ask for the whole window again after it is shown

    qtbot.waitUntil(come)
    qtbot.waitUntil(lambda: painted.times > 0)


@pytest.mark.parametrize("density", [MEDIUM, LIST], ids=lambda density: density.name)
@pytest.mark.parametrize("ratio", [1, 1.25, 2])
def test_a_picture_that_arrives_is_painted_as_in_a_new_cell_and_the_words_stay(qapp, density, ratio):
    image = QImage(96, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    painter = TilePainter(cells(density, 500, 40), ratio, tones_of(), QFont())
    for photo in (Photo("a", Path("a.jpg"), caption="a cat, a chair"), Photo("b", Path("b.jpg"), excluded=True)):
        look = TileLook(photo, Check.SMALL, selected=False)
        whole = painter.paint(look, image).toImage()
        assert painter.paint(look, image, painter.paint(look, None)).toImage() == whole
        assert painter.paint(look, QImage(), painter.paint(look, image)).toImage() == \
            painter.paint(look, QImage()).toImage()
