"""All pictures of Try in one grid: found, rated, tagged, and it stays so."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from segmind_studio.core.generated_images import ImageState
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.ui.data.inspector.comparison import PhotoComparison
from segmind_studio.ui.tryout.judging import TagDialog
from segmind_studio.ui.tryout.result_views import ResultGrid, StarPicker
from segmind_studio.ui.tryout.sheet_dialog import SheetDialog
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_judging, make_try_screen
from tests.fakes.typed import Kind, child

MANY = 10_000


class Bench:
    """A Try place that shows all pictures; they are on the disk, as are what is said of them."""

    def __init__(self, qtbot, folder, images) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.database = Database(folder / "studio.sqlite3")
        self.store = ImageStore(self.database)
        for image in images[:20]:
            self.store.add(image)
        self.tryouts = FakeTryouts(images)
        picture = folder / "picture.png"
        red = QImage(60, 40, QImage.Format.Format_RGB32)
        red.fill(QColor("red"))
        assert red.save(str(picture))
        self.tryouts.files = {image.image_id: picture for image in images if image.state is ImageState.MADE}
        self.runs = FakeRuns([make_run(name, status="AVAILABLE", slug=name) for name in ("anna", "bob")])
        self.settings = FakeSettings()
        self.judging = make_judging(self.tryouts, self.database, folder)
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.screen = make_try_screen(
            self.tryouts, self.runs, self.settings, self.budgets, judging=self.judging,
        )
        hosted(qtbot, self.screen, 1200, 900)
        self.action("All pictures").setChecked(True)
        self.grid.setFocus()

    def find(self, name: str, kind: type[Kind] = QWidget) -> Kind:
        return child(self.screen, kind, name)

    def action(self, text):
        return next(action for _menu, action in self.screen.menu_actions() if action.text() == text)

    @property
    def grid(self):
        return self.find("try.grid", ResultGrid)

    @property
    def count(self):
        return self.find("try.count", QLabel).text()

    def choose(self, name, text):
        combo = self.find(name, QComboBox)
        combo.setCurrentIndex(combo.findText(text))

    def select(self, *numbers):
        self.grid.select(frozenset(f"{number:032x}" for number in numbers))

    def stored(self):
        """Return the numbers of stars and the tags on the disk, the newest picture first."""
        return [(image.rating, image.tags) for image in self.store.images("real")]

    def end(self):
        assert self.judging.stop()
        self.database.close()


@pytest.fixture
def make_bench(qtbot, tmp_path):
    made = []

    def make(images):
        made.append(Bench(qtbot, tmp_path, images))
        return made[-1]

    yield make
    for bench in made:
        bench.end()


def images(count, **fields):
    now = time.time()
    return [
        make_image(f"{n:032x}", **{
            "run_id": ("anna", "bob")[n % 2], "slug": "flux", "asked_at": now - n, "prompt": f"prompt {n}",
            "file_name": "picture.png", **fields,
        }) for n in range(count)
    ]


def test_ten_thousand_pictures_are_all_there_and_few_of_them_are_touched(make_bench):
    """No time is measured: what is done at once is counted."""
    bench = make_bench(images(MANY))
    grid = bench.grid
    assert grid.model().rowCount() == MANY
    assert bench.count == "10,000 pictures"
    asked = []
    result_of = bench.tryouts.result_of
    bench.tryouts.result_of = lambda generated: (asked.append(generated), result_of(generated))[1]
    bench.screen._show_images()
    grid.scrollToBottom()
    grid.viewport().grab()

    def at_the_end():  # the lines are laid out in steps
        QTest.keyClick(grid, Qt.Key.Key_End)
        return grid.current_name == f"{MANY - 1:032x}"

    bench.qtbot.waitUntil(at_the_end)
    QTest.keyClick(grid, Qt.Key.Key_Home)
    grid.viewport().grab()
    assert 0 < len(asked) < 400

    def first_is_red():
        grid.scrollToTop()
        shown, place = grid.viewport().grab().toImage(), grid.visualRect(grid.model().index(0, 0)).center()
        return shown.rect().contains(place) and shown.pixelColor(place) == QColor("red")

    bench.qtbot.waitUntil(first_is_red)


def test_pictures_are_found_by_prompt_model_rating_tag_and_answer(make_bench):
    some = images(8)
    some[2] = make_image(f"{2:032x}", ImageState.UNKNOWN, asked_at=some[2].asked_at, prompt="lost")
    bench = make_bench(some)
    for filters, numbers in (
        ([("try.filter.run", "bob")], [1, 3, 5, 7]), ([("try.filter.state", "No answer")], [2]),
        ([("try.order", "Oldest first")], [7, 6, 5, 4, 3, 2, 1, 0]),
        ([("try.filter.rating", "Not rated")], range(8)),
    ):
        for name, text in filters:
            bench.choose(name, text)
        assert [int(image.image_id, 16) for image in bench.screen._view.gallery.model.shown] == [*numbers]
        bench.screen._view.gallery._bar.clear()
        bench.choose("try.order", "Newest first")
    search = bench.find("try.search", QLineEdit)
    search.setText("PROMPT 3")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert bench.count == "1 of 8 pictures"
    assert bench.grid.hasFocus()
    search.setText("nowhere")
    QTest.keyClick(search, Qt.Key.Key_Return)
    labels = bench.screen.findChildren(QLabel)
    assert any(label.text() == "Nothing matches" and label.isVisible() for label in labels)


def test_keys_rate_what_is_selected_and_it_is_on_the_disk(make_bench):
    bench = make_bench(images(4))
    bench.select(0, 2)
    QTest.keyClick(bench.grid, Qt.Key.Key_4)
    bench.qtbot.waitUntil(lambda: [rating for rating, _tags in bench.stored()] == [4, 0, 4, 0])
    bench.select(2)
    QTest.keyClick(bench.grid, Qt.Key.Key_0)
    bench.qtbot.waitUntil(lambda: [rating for rating, _tags in bench.stored()] == [4, 0, 0, 0])
    assert bench.action("Undo rating").isEnabled()
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    override.ignore()
    QApplication.sendEvent(bench.grid, override)
    assert override.isAccepted()  # the window's Undo, which is for photos, does not get the key
    QTest.keyClick(bench.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    bench.qtbot.waitUntil(lambda: [rating for rating, _tags in bench.stored()] == [4, 0, 4, 0])
    bench.choose("try.order", "Best rated first")
    assert [image.rating for image in bench.screen._view.gallery.model.shown] == [4, 4, 0, 0]
    bench.choose("try.filter.rating", "3 stars or more")
    assert bench.count == "2 of 4 pictures"
    QTest.keyClick(bench.grid, Qt.Key.Key_1)
    assert bench.grid.model().rowCount() == 2  # it does not go away under the eyes


def test_a_digit_in_a_text_field_is_text(make_bench):
    bench = make_bench(images(2))
    bench.select(0)
    search = bench.find("try.search", QLineEdit)
    search.setFocus()
    QTest.keyClick(search, Qt.Key.Key_3)
    assert search.text() == "3"
    assert bench.tryouts.images[0].rating == 0


def test_the_large_view_rates_the_one_that_is_shown(make_bench):
    bench = make_bench(images(3))
    bench.select(1)
    QTest.keyClick(bench.grid, Qt.Key.Key_Return)
    stars = bench.find("try.stars", StarPicker)
    assert stars.isVisible()
    QTest.mouseClick(stars, Qt.MouseButton.LeftButton, pos=stars.rect().center())
    bench.qtbot.waitUntil(lambda: [rating for rating, _tags in bench.stored()] == [0, 3, 0])
    assert stars.accessibleDescription() == "3 stars"
    QTest.keyClick(bench.find("try.strip"), Qt.Key.Key_Escape)
    assert bench.grid.isVisible()


def test_tags_are_added_to_all_and_each_keeps_its_own(make_bench):
    some = images(3)
    some[0] = make_image(some[0].image_id, asked_at=some[0].asked_at, tags=("cover", "moon"))
    some[1] = make_image(some[1].image_id, asked_at=some[1].asked_at, tags=("cover",))
    bench = make_bench(some)
    bench.select(0, 1)
    bench.action("Tags…").trigger()
    line = bench.find("try.tags.line", QLineEdit)
    assert line.text() == "cover"
    line.setText("best,  of all , best")
    QTest.mouseClick(child(bench.screen, TagDialog).save_button, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: [tags for _rating, tags in bench.stored()] == [
        ("moon", "best", "of all"), ("best", "of all"), (),
    ])
    bench.choose("try.filter.tag", "moon")
    assert bench.count == "1 of 3 pictures"
    bench.action("Undo tags").trigger()
    bench.qtbot.waitUntil(lambda: bench.stored()[0][1] == ("cover", "moon"))


def test_deleted_pictures_go_are_found_and_come_back(make_bench, qtbot):
    bench = make_bench(images(6, cost=0.06))
    shown = bench.screen._view.gallery.model
    bench.select(1, 2)
    with qtbot.waitSignal(bench.screen.offer) as offered:
        QTest.keyClick(bench.grid, Qt.Key.Key_Delete)
    words, undo = offered.args
    assert words == "2 pictures deleted. Their files stay for 30 days."
    assert [int(image.image_id, 16) for image in shown.shown] == [0, 3, 4, 5]
    assert int(bench.grid.current_name, 16) == 3  # the one that took their place
    assert bench.count == "4 pictures"
    qtbot.waitUntil(lambda: sum(image.deleted for image in bench.store.images("real")) == 2)
    bench.choose("try.filter.state", "Deleted")
    assert (bench.count, bench.grid.model().rowCount()) == ("2 deleted pictures", 2)
    bench.select(2)
    restore = bench.action("Restore picture")
    qtbot.waitUntil(restore.isEnabled)
    assert not any(bench.action(name).isEnabled() for name in ("Delete picture", "Rate with 5 stars"))
    restore.trigger()
    assert bench.count == "1 deleted picture"
    bench.screen._view.gallery._bar.clear()
    assert [int(image.image_id, 16) for image in shown.shown] == [0, 2, 3, 4, 5]
    undo.trigger()
    undo.trigger()
    assert bench.count == "6 pictures"
    qtbot.waitUntil(lambda: not any(image.deleted for image in bench.store.images("real")))
    assert bench.budgets.image_cost(bench.runs.run("anna")).dollars == pytest.approx(0.06)


def test_without_any_picture_left_the_deleted_ones_are_still_in_reach(make_bench, qtbot):
    bench = make_bench(images(1))
    bench.action("All pictures").setChecked(False)
    bench.action("Delete picture").trigger()
    assert not bench.find("try.strip").isVisible()
    assert bench.action("All pictures").isEnabled()
    bench.action("Undo delete").trigger()
    assert bench.find("try.strip").isVisible()


def test_what_cannot_be_written_is_taken_back_and_said(make_bench):
    bench = make_bench(images(2))
    with bench.database.transaction() as connection:
        connection.execute("DROP TABLE picture")
    bench.select(0)
    QTest.keyClick(bench.grid, Qt.Key.Key_5)
    bench.qtbot.waitUntil(lambda: bench.find("try.error").isVisible())
    assert bench.tryouts.images[0].rating == 0
    assert bench.screen._view.gallery.model.shown[0].rating == 0


def test_several_pictures_are_copied_with_their_files(make_bench):
    bench = make_bench(images(3))
    bench.select(0, 1)
    bench.action("Copy picture").trigger()
    assert len(QGuiApplication.clipboard().mimeData().urls()) == 2


def test_two_pictures_are_compared_over_the_whole_window(make_bench):
    bench = make_bench(images(4, seed=7))
    bench.select(0, 2)
    QTest.keyClick(bench.grid, Qt.Key.Key_C)
    over = child(bench.screen.window(), PhotoComparison)
    assert over.isVisible()
    assert over.size() == bench.screen.window().size()
    words = [label.text() for label in over.findChildren(QLabel)]
    assert words == ["anna · strength 1 · seed 7 · prompt 0", "anna · strength 1 · seed 7 · prompt 2"]
    bench.qtbot.waitUntil(lambda: min(over.canvas.target(side).width() for side in (0, 1)) > 0)
    assert over.canvas.target(0).width() / over.canvas.target(0).height() == pytest.approx(1.5)  # as the file is
    over.canvas.zoom_by(4)
    assert over.canvas.target(0).size() == over.canvas.target(1).size()
    QTest.keyClick(over, Qt.Key.Key_W)
    assert over.wipe.isChecked()
    QTest.keyClick(over, Qt.Key.Key_Escape)
    assert bench.grid.hasFocus()


def test_a_contact_sheet_is_chosen_seen_and_saved(make_bench):
    bench = make_bench(images(3, seed=7))
    bench.select(0, 1)
    QTest.keyClick(bench.grid, Qt.Key.Key_P)
    dialog = child(bench.screen, SheetDialog)
    bench.qtbot.waitUntil(lambda: not dialog.preview.image.isNull())
    assert [cell.lines for cell in dialog.order.cells] == [
        ("prompt 0", "anna · strength 1 · seed 7"), ("prompt 1", "bob · strength 1 · seed 7"),
    ]
    before = dialog.preview.image
    child(dialog, QComboBox, "try.sheet.columns").setCurrentIndex(0)
    bench.qtbot.waitUntil(lambda: dialog.preview.image.size() != before.size())
    target = bench.folder / "sheet.png"
    dialog.save(str(target))
    bench.qtbot.waitUntil(lambda: bench.count.startswith("Saved as"))
    assert target.read_bytes().startswith(b"\x89PNG")
    assert not bench.screen.findChildren(SheetDialog) or not dialog.isVisible()
