"""Several runs compared over the whole place: settings, photos and captions, pictures of the same prompt."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton

from segmind_studio.core.run_images import same_requests
from segmind_studio.core.runs import ManifestItem, manifest_text
from segmind_studio.core.versions import photo_rows
from segmind_studio.ui.data.inspector.comparison import PhotoComparison
from segmind_studio.ui.runs.compare.pictures import PictureTable
from segmind_studio.ui.runs.compare.settings import compare
from tests.fakes.run_services import FORM, NOW, make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.try_service import make_image
from tests.fakes.typed import child, known


def item(name: str, caption: str = "TOK a cat") -> ManifestItem:
    return ManifestItem(f"/photos/{name}.jpg", 10, 10, caption)


FIRST = (item("same"), item("words", "TOK a red cat"), item("removed"))
SECOND = (item("same"), item("words", "TOK a blue cat"), item("added"))


def texts(table: PictureTable) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in line.cells) for line in table.lines]


def test_comparison_tells_what_differs():
    other = FORM.with_values({"iterations": 600}).body("https://x")
    rows = {row.label: row for row in compare([make_run("a"), make_run("b", body=other)])}
    assert rows["Iterations"].values == ("300", "600")
    assert rows["Iterations"].differs
    assert not rows["Theme"].differs
    assert compare([make_run("a"), make_run("c", body={})])[0].values == ("Character", "—")


def test_photos_of_several_runs_are_found_again_also_in_another_folder():
    moved = ManifestItem("/elsewhere/same.jpg", 10, 99, "TOK a cat")
    rows = {row.name: row for row in photo_rows((FIRST, SECOND, (moved,)))}
    assert rows["same.jpg"].items == (FIRST[0], SECOND[0], moved)
    assert not rows["same.jpg"].differs
    assert rows["words.jpg"].differs
    assert rows["added.jpg"].items == (None, SECOND[2], None)
    assert rows["removed.jpg"].before(2) == FIRST[2]
    assert [row.differs for row in photo_rows((FIRST, SECOND))] == [True, True, True, False]


def test_requests_are_the_same_whatever_the_trigger_word():
    first = [
        make_image("a1", seed=5, prompt="TOK  on a beach", file_name="x"), make_image("a2", seed=5, prompt="TOK"),
        make_image("a3", seed=None, prompt="TOK on a beach"),
    ]
    second = [
        make_image("b1", seed=5, prompt="CAT on a beach"), make_image("b2", seed=6, prompt="CAT on a beach"),
        make_image("b3", seed=5, prompt="CAT on a beach", strength=0.5),
        make_image("b4", seed=5, prompt="CAT on a beach", width=512),
    ]
    rows = same_requests((first, second), ("TOK", "CAT"))
    assert [tuple(image.image_id if image else "" for image in row.images) for row in rows if row.count > 1] == [
        ("a1", "b1"),
    ]
    assert len(rows) == 5


def test_runs_are_compared_over_the_whole_place_and_escape_goes_back(qtbot):
    other = FORM.with_values({"iterations": 600}).body("x")
    bench = make_bench(
        qtbot, make_run("a", created_at=NOW, manifest=manifest_text(FIRST)),
        make_run("b", created_at=NOW + 1, manifest=manifest_text(SECOND), body=other), make_run("c"),
    )
    commands, view = bench.screen.commands, bench.screen.compare
    assert not commands.compare.isEnabled()
    assert commands.compare in [action for _menu, action in bench.screen.menu_actions()]
    bench.screen.list.table.select_runs(("a", "b"))
    qtbot.mouseClick(child(bench.screen, QPushButton, "runs.compare_runs"), Qt.MouseButton.LeftButton)
    assert (view.isVisible(), bench.screen.list.isVisible()) == (True, False)
    labels = [known(view.settings.verticalHeaderItem(row)).text() for row in range(view.settings.rowCount())]
    assert labels == ["Iterations"]
    qtbot.waitUntil(lambda: len(view.photos.lines) == 3)
    assert view.tabs.tabText(1) == "Photos and captions (3)"
    assert texts(view.photos) == [
        ("TOK a red cat", "TOK a blue cat"), ("TOK a cat", "not included"), ("not included", "added: TOK a cat"),
    ]
    words = view.photos.lines[0].cells[1].html
    assert ("line-through" in words, "underline" in words) == (True, True)
    view.same_too.setChecked(True)
    assert len(view.photos.lines) == 4
    assert view.settings.rowCount() > 10
    view.tabs.setCurrentIndex(1)
    qtbot.keyClick(view.photos, Qt.Key.Key_Escape)
    assert bench.screen.list.isVisible()
    assert set(bench.selected) == {"a", "b"}
    commands.compare.trigger()
    bench.runs.put(make_run("a", created_at=NOW, manifest=manifest_text(FIRST), name="renamed"))
    assert known(view.settings.horizontalHeaderItem(0)).text() == "renamed"
    bench.screen.select("c")
    assert not view.isVisible()


def test_the_same_prompts_stand_side_by_side_and_two_of_them_fill_the_window(qtbot, tmp_path):
    bench = make_bench(qtbot, make_run("a", created_at=NOW), make_run("b", created_at=NOW + 1))
    for name, colour in (("a", "#ff0000"), ("b", "#0000ff")):
        image = QImage(64, 64, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        assert image.save(str(tmp_path / f"{name}.png"))
        bench.tryouts.files[f"p{name}"] = tmp_path / f"{name}.png"
        bench.tryouts.put(make_image(f"p{name}", run_id=name, file_name=f"{name}.png", seed=7, prompt="TOKMAN"))
    bench.screen.list.table.select_runs(("a", "b"))
    bench.screen.commands.compare.trigger()
    view = bench.screen.compare
    view.tabs.setCurrentIndex(2)
    table = view.requests
    assert [line.name for line in table.lines] == ["TOKMAN"]
    model = table.model()

    def shown() -> list[str]:
        boxes = (table.visualRect(model.index(0, column)) for column in range(2))
        images = (table.grab(box.translated(0, table.horizontalHeader().height())).toImage() for box in boxes)
        return [image.pixelColor(30, 40).name() for image in images]

    qtbot.waitUntil(lambda: shown() == ["#ff0000", "#0000ff"])
    assert "TOKMAN, b, TOKMAN, seed 7" in str(model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole))
    table.setCurrentIndex(model.index(0, 1))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    large = child(bench.screen, PhotoComparison, "data.comparison")
    assert large.isVisible()
    qtbot.keyClick(large, Qt.Key.Key_W)
    assert large.canvas.wiping
    qtbot.keyClick(large, Qt.Key.Key_Escape)
    assert (large.isVisible(), view.isVisible()) == (False, True)
