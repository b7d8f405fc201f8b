"""The detail of a run shows the photos that were sent and the images made with it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel

from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.core.runs import ManifestItem, manifest_text
from segmind_studio.ui.runs.pictures import PictureTiles
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.try_service import make_image
from tests.fakes.typed import child


def picture(path: Path, left: str, right: str) -> ManifestItem:
    """Write a picture of two colours, and return it as it would be sent."""
    image = QImage(120, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(left))
    for x in range(60, 120):
        for y in range(60):
            image.setPixelColor(x, y, QColor(right))
    assert image.save(str(path))
    return ManifestItem(str(path), path.stat().st_size, path.stat().st_mtime_ns, f"TOK {path.stem}")


def colours_of(tiles: PictureTiles, row: int) -> set[str]:
    """Return the clear colours of a tile as it is painted."""
    image = tiles.grab(tiles.visualRect(tiles.model().index(row, 0))).toImage()
    found = {image.pixelColor(x, image.height() // 2).name() for x in range(8, image.width() - 8)}
    return {"#ff0000", "#0000ff", "#00ff00"} & found


def spoken(tiles: PictureTiles) -> list[str]:
    role = Qt.ItemDataRole.AccessibleTextRole
    return [tiles.model().index(row, 0).data(role) for row in range(tiles.model().rowCount(QModelIndex()))]


def test_the_photos_are_shown_as_they_were_sent_and_lost_ones_say_so(qtbot, tmp_path):
    whole = picture(tmp_path / "whole.png", "#ff0000", "#0000ff")
    cut = replace(
        picture(tmp_path / "cut.png", "#ff0000", "#0000ff"), edit=PhotoEdit(crop=Crop(0.5, 0.0, 1.0, 1.0)),
    )
    changed = picture(tmp_path / "changed.png", "#00ff00", "#00ff00")
    os.utime(changed.path, ns=(1, 1))
    gone = ManifestItem(str(tmp_path / "gone.png"), 1, 1, "")
    bench = make_bench(qtbot, make_run("a", manifest=manifest_text((whole, cut, changed, gone))))
    bench.screen.inspector.tabs.setCurrentIndex(2)
    page = bench.screen.inspector.dataset
    tiles = child(bench.screen, PictureTiles, "runs.sent_photos")
    qtbot.waitUntil(lambda: len(tiles.tiles) == 4)
    assert spoken(tiles) == [
        "whole.png: TOK whole", "cut.png: TOK cut", "changed.png: TOK changed · file changed",
        "gone.png: no caption · file missing",
    ]
    qtbot.waitUntil(lambda: [colours_of(tiles, row) for row in range(4)] == [
        {"#ff0000", "#0000ff"}, {"#0000ff"}, {"#00ff00"}, set(),
    ])
    assert any(label.text().startswith("2 photos cannot be shown") for label in page.findChildren(QLabel))
    tiles.setFocus()
    qtbot.keyClick(tiles, Qt.Key.Key_Right)
    assert [label.text() for label in page.findChildren(QLabel) if label.text().startswith("TOK")] == ["TOK cut"]
    overview = bench.screen.inspector.overview.pictures
    assert [tile.name for tile in overview.sent.tiles] == ["whole.png", "cut.png", "changed.png", "gone.png"]
    bench.runs.put(make_run("a", manifest="damaged"))
    qtbot.waitUntil(lambda: not tiles.tiles and not overview.sent.tiles)


def test_the_overview_shows_the_newest_images_of_this_run_and_new_ones_at_once(qtbot, tmp_path):
    bench = make_bench(qtbot, make_run("a"), make_run("b"))
    bench.screen.select("a")
    pictures = bench.screen.inspector.overview.pictures
    assert not pictures.isVisible()
    for number, run_id in enumerate(("a", "a", "b")):
        picture(tmp_path / f"{number}.png", "#ff0000", "#ff0000")
        bench.tryouts.files[f"p{number}"] = tmp_path / f"{number}.png"
        bench.tryouts.put(make_image(
            f"p{number}", run_id=run_id, asked_at=float(number), file_name=f"{number}.png", prompt=f"TOK {number}",
        ))
    assert [tile.name for tile in pictures.made.tiles] == ["TOK 1", "TOK 0"]
    assert pictures.made.isVisible()
    qtbot.waitUntil(lambda: colours_of(pictures.made, 0) == {"#ff0000"})
    bench.screen.select("b")
    assert [tile.name for tile in pictures.made.tiles] == ["TOK 2"]


def test_the_table_shows_four_photos_of_a_run_and_its_best_picture_once_there_is_one(qtbot, tmp_path):
    colours = ("#ff0000", "#0000ff", "#00ff00", "#ff00ff", "#00ffff")
    sent = tuple(picture(tmp_path / f"{n}.png", colour, colour) for n, colour in enumerate(colours))
    bench = make_bench(qtbot, make_run("a", manifest=manifest_text(sent)), make_run("b", manifest="damaged"))
    table, model = bench.screen.list.table, bench.screen.list.model

    def seen():
        image = table.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        there = set(memoryview(image.constBits()).cast("I"))
        return {colour for colour in colours if QColor(colour).rgb() in there}

    assert model.rowCount() == 2
    qtbot.waitUntil(lambda: seen() == set(colours[:4]))
    picture(tmp_path / "best.png", colours[4], colours[4])
    bench.tryouts.files["p"] = tmp_path / "best.png"
    bench.tryouts.put(make_image("p", run_id="a", file_name="best.png"))
    qtbot.waitUntil(lambda: seen() == {colours[4]})
