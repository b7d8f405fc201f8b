"""What is on the screen of the grid of photos, which is painted in parts and moved, is what all of it would be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QCursor, QFont, QImage
from pytestqt.exceptions import TimeoutError as WaitedTooLong
from pytestqt.qtbot import QtBot

from segmind_studio.core.datasets import Check, Dataset, Finding, Photo, Severity
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.view import PhotoGrid
from segmind_studio.ui.parts import tile_painting
from segmind_studio.ui.parts.density import DENSITIES, Density
from segmind_studio.ui.theme.tokens import DARK


class OnScreen:
    """A grid of pictures that is shown, and what a new grid with the same photos paints."""

    def __init__(self, qtbot: QtBot, folder: Path, density: Density) -> None:
        self._qtbot = qtbot
        self.model, self.thumbnails = PhotoModel(), Thumbnails()
        self.dataset = Dataset("d", "Anna", tuple(made(folder, number) for number in range(120)))
        self.model.set_dataset(self.dataset)
        self.grid = PhotoGrid(self.model, self.thumbnails)
        qtbot.addWidget(self.grid)
        self.grid.set_density(density)
        self.grid.setGeometry(200, 150, 700, 500)
        QCursor.setPos(0, 0)  # no photo is under it
        with qtbot.waitExposed(self.grid):
            self.grid.show()

    def change(self, number: int, **fields: object) -> None:
        """Change one photo."""
        photos = list(self.dataset.photos)
        photos[number] = photos[number].having(**fields)
        self.dataset = Dataset("d", "Anna", tuple(photos))
        self.model.set_dataset(self.dataset)

    def is_right(self) -> bool:
        """Return whether the screen shows what a new grid paints."""
        new = PhotoGrid(self.model, self.thumbnails)
        self._qtbot.addWidget(new)
        new.setFont(self.grid.font())
        new.set_density(self.grid.density)
        new.resize(self.grid.size())
        new.grab()  # all is laid out
        new.select(self.grid.selected_names, self.grid.current_name)
        new.verticalScrollBar().setValue(self.grid.verticalScrollBar().value())
        screen = self.grid.screen().grabWindow(self.grid.winId()).toImage()
        return screen.copy(self.grid.viewport().geometry()) == new.viewport().grab().toImage()


def made(folder: Path, number: int) -> Photo:
    """Write a small picture."""
    path = folder / f"photo-{number}.png"
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(3 * number, 200, 200))
    image.save(str(path))
    caption = f"TOK, a photo of number {number}" if number % 3 else ""
    return Photo(f"p{number}", path, 64, 48, mtime_ns=1, caption=caption, looked=True)


@pytest.fixture(params=["LeftToRight", "RightToLeft"])
def direction(qapp, request):
    """Set the direction of reading."""
    before = qapp.layoutDirection()
    qapp.setLayoutDirection(Qt.LayoutDirection[request.param])
    yield
    qapp.setLayoutDirection(before)


@pytest.mark.usefixtures("direction")
@pytest.mark.parametrize("density", DENSITIES, ids=lambda density: density.name)
def test_the_screen_shows_what_a_new_grid_paints_whatever_changes(qtbot, tmp_path, monkeypatch, density):
    shown = OnScreen(qtbot, tmp_path, density)
    grid, model, bar = shown.grid, shown.model, shown.grid.verticalScrollBar()
    problem = Finding(Check.SMALL, Severity.MUST, "small", photo_ids=("p2", "p40"))
    larger = QFont(grid.font())
    larger.setPointSizeF(1.5 * larger.pointSizeF())

    def darken() -> None:
        monkeypatch.setattr(tile_painting, "tones_of", lambda: DARK)
        grid.viewport().update()

    for name, change in {
        "shown": lambda: None, "down": lambda: bar.setValue(40), "a page": lambda: bar.setValue(440),
        "up": lambda: bar.setValue(300), "top": lambda: bar.setValue(0),
        "select": lambda: grid.select(frozenset({"p1", "p2"}), "p2"), "select all": grid.selectAll,
        "down with all selected": lambda: bar.setValue(200), "select none": grid.clearSelection,
        "exclude": lambda: shown.change(1, excluded=True), "caption": lambda: shown.change(3, caption="TOK, new"),
        "finding": lambda: model.set_findings((problem,)), "to the end": lambda: bar.setValue(bar.maximum()),
        "dark": darken, "larger words": lambda: grid.setFont(larger),
        "wider": lambda: grid.resize(900, 420), "remove": lambda: model.set_dataset(
            shown.dataset.without(frozenset({"p5", "p100"})),
        ),
    }.items():
        change()
        try:
            qtbot.waitUntil(shown.is_right)
        except WaitedTooLong:
            pytest.fail(name)
    assert shown.thumbnails.stop()
