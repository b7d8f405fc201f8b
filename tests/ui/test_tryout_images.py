"""The gallery after a restart: the last pictures with their prompts and settings, decoded when somebody looks."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image
from PySide6.QtCore import Qt, QThread
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QListView, QPlainTextEdit, QWidget

from segmind_studio.core.generated_images import ImageState
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images import thumbnails
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.ui.tryout.large_view import ResultView
from tests.fakes.connections import connection_to
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.scripted_server import RESET, Reply, ScriptedServer
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_try_screen
from tests.fakes.typed import Kind, as_service, child, known

COLOURS = ("red", "green", "blue")


def ready(run_id="anna", **fields):
    return make_run(run_id, status="AVAILABLE", slug=run_id, **fields)


class Bench:
    """A Try place with stored images on the disk, the newest first."""

    def __init__(self, qtbot, folder, *images, runs=None) -> None:
        self.qtbot = qtbot
        self.tryouts = FakeTryouts(images)
        for number, generated in enumerate(images):
            if generated.state is ImageState.MADE:
                path = folder / f"{generated.image_id}.png"
                image = QImage(120, 80, QImage.Format.Format_RGB32)
                image.fill(QColor(COLOURS[number % 3]))
                assert image.save(str(path))
                self.tryouts.files[generated.image_id] = path
        self.runs = FakeRuns(runs or [ready()])
        self.settings = FakeSettings()
        self.runs.loaded = True
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.screen = make_try_screen(self.tryouts, self.runs, self.settings, self.budgets)

    def open(self):
        hosted(self.qtbot, self.screen, 1200, 900)
        return self

    def find(self, name: str, kind: type[Kind] = QWidget) -> Kind:
        return child(self.screen, kind, name)

    @property
    def strip(self):
        return self.find("try.strip", QListView)

    def colour(self):
        image = self.find("try.picture", ResultView).image
        return None if image.isNull() else image.pixelColor(5, 5)

    def wait_for(self, colour):
        self.qtbot.waitUntil(lambda: self.colour() == QColor(colour), timeout=10_000)

    def says(self, words):
        return any(words in label.text() for label in self.screen.findChildren(QLabel) if label.isVisible())


def images(count, **fields):
    now = time.time()
    return [make_image(f"{n:032x}", asked_at=now - n, prompt=f"prompt {n}", **fields) for n in range(count)]


def test_the_last_pictures_are_there_again_with_what_is_known_of_them(qtbot, tmp_path):
    first, second = images(2, cost=0.06, seed=7, strength=1.5, width=832, height=1216)
    bench = Bench(qtbot, tmp_path, first, second).open()
    assert bench.strip.model().rowCount() == 2
    bench.wait_for("red")
    assert bench.says("prompt 0")
    assert bench.says("anna · 832\u00a0×\u00a01216 · strength 1.5 · seed 7 · cost $0.06")  # noqa: RUF001  # the sign for it
    bench.strip.setCurrentIndex(bench.strip.model().index(1, 0))
    bench.wait_for("green")
    assert bench.says("prompt 1")


def test_nothing_is_read_from_the_disk_before_somebody_looks_nor_in_the_gui_thread(qtbot, tmp_path, monkeypatch):
    threads = []

    def reading(*arguments, **options):
        threads.append(QThread.currentThread())
        return read(*arguments, **options)

    read = thumbnails.read_image
    monkeypatch.setattr(thumbnails, "read_image", reading)
    bench = Bench(qtbot, tmp_path, *images(3))
    bench.tryouts.load(*bench.tryouts.images)
    assert threads == []
    bench.open()
    bench.wait_for("red")
    qtbot.waitUntil(lambda: len(threads) >= 4, timeout=10_000)  # three small ones and a large one
    assert bench.screen.thread() not in threads


def test_thumbnails_come_when_they_are_decoded(qtbot, tmp_path):
    bench = Bench(qtbot, tmp_path, *images(2)).open()
    strip = bench.strip

    def centre(row):
        shown = strip.viewport().grab().toImage()
        return shown.pixelColor(strip.visualRect(strip.model().index(row, 0)).center())

    qtbot.waitUntil(lambda: (centre(0), centre(1)) == (QColor("red"), QColor("green")), timeout=10_000)


def test_the_settings_of_an_old_picture_are_used_again_with_its_model(qtbot, tmp_path):
    old = make_image("a", run_id="bob", prompt="BOB at sea", seed=9, strength=0.5, width=1216, height=832)
    bench = Bench(qtbot, tmp_path, old, runs=[ready("anna"), ready("bob")]).open()
    bench.screen.choose("anna")
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Reuse settings"].trigger()
    assert bench.find("try.run", QComboBox).currentText() == "bob"
    QTest.mouseClick(bench.find("try.generate", QAbstractButton), Qt.MouseButton.LeftButton)
    (asked,) = bench.tryouts.asked
    assert (asked.run_id, asked.prompt, asked.seed, asked.strength) == ("bob", "BOB at sea", 9, 0.5)
    assert (asked.width, asked.height) == (1216, 832)


@pytest.mark.parametrize("gone", ["deleted", "broken"])
def test_a_file_that_is_gone_is_said_and_its_settings_stay(qtbot, tmp_path, gone):
    (generated,) = images(1)
    bench = Bench(qtbot, tmp_path, generated)
    path = bench.tryouts.files[generated.image_id]
    path.unlink() if gone == "deleted" else path.write_bytes(b"no picture")
    bench.open()
    view, words = bench.find("try.picture"), "The file of this picture could not be read."
    qtbot.waitUntil(lambda: view.accessibleDescription() == words, timeout=10_000)
    assert bench.says("prompt 0")


def test_lost_answers_come_back_as_cards_and_refusals_do_not(qtbot, tmp_path):
    now = time.time()
    lost = make_image("lost", ImageState.UNKNOWN, asked_at=now, error="The app was closed.")
    no = make_image("no", ImageState.FAILED, asked_at=now + 1)
    under_way = make_image("now", ImageState.ASKED, asked_at=now + 2)
    bench = Bench(qtbot, tmp_path, under_way, no, lost).open()
    assert bench.strip.model().rowCount() == 1
    assert bench.find("try.lost").isVisible()
    assert bench.says("The app was closed.")
    assert bench.says("counts as paid")


def test_pictures_stay_in_sight_without_a_ready_model(qtbot, tmp_path):
    bench = Bench(qtbot, tmp_path, *images(1), runs=[make_run("anna", status="TRAINING_INITIATED")]).open()
    bench.wait_for("red")
    assert not bench.find("try.generate").isEnabled()


def test_another_account_has_other_pictures(qtbot, tmp_path):
    bench = Bench(qtbot, tmp_path, *images(2)).open()
    bench.wait_for("red")
    bench.tryouts.load()
    assert bench.strip.model().rowCount() == 0
    assert bench.colour() is None
    assert not bench.strip.isVisible()


def test_a_picture_that_was_made_just_now_comes_first(qtbot, tmp_path):
    bench = Bench(qtbot, tmp_path, *images(2)).open()
    bench.find("try.prompt", QPlainTextEdit).setPlainText("new")
    QTest.mouseClick(bench.find("try.generate", QAbstractButton), Qt.MouseButton.LeftButton)
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("yellow"))
    bench.tryouts.make(image)
    assert bench.colour() == QColor("yellow")
    assert bench.strip.model().rowCount() == 3
    bench.strip.setCurrentIndex(bench.strip.model().index(1, 0))
    bench.wait_for("red")


def test_from_a_press_to_the_next_start(qtbot, tmp_path):
    """The real service, over HTTP and on the disk: what was made and what was lost is there again."""
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "#0000ff").save(made, "PNG")
    generated = Reply(200, made.getvalue(), {"Content-Type": "image/png", "x-cost": "0.06"})
    database = Database(tmp_path / "studio.sqlite3")

    def start(url):
        bench = Bench(qtbot, tmp_path, runs=[ready(account_id="a1")])
        tryouts = ImageService(tmp_path / "results", ImageStore(database))
        bench.budgets = BudgetService(
            as_service(RunService, bench.runs), tryouts, as_service(SettingsService, bench.settings),
        )
        bench.screen = make_try_screen(tryouts, bench.runs, bench.settings, bench.budgets)
        tryouts.set_connection(connection_to(url))
        qtbot.waitUntil(lambda: tryouts.loaded, timeout=10_000)
        return bench.open(), tryouts

    with ScriptedServer([generated, RESET]) as server:
        bench, tryouts = start(server.url)
        for prompt in ("on the moon", "at sea"):
            bench.find("try.prompt", QPlainTextEdit).setPlainText(prompt)
            QTest.mouseClick(bench.find("try.generate", QAbstractButton), Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: not tryouts.busy, timeout=10_000)
        assert bench.find("try.lost").isVisible()
        assert tryouts.stop()
        again, tryouts = start(server.url)
        assert again.strip.model().rowCount() == 2
        assert again.find("try.lost").isVisible()
        assert again.find("try.price", QLabel).text() == "1 paid request, about $0.06"
        assert known(again.budgets.spent("a1")).today.text == "about $0.12"
        again.strip.setCurrentIndex(again.strip.model().index(1, 0))
        again.wait_for("blue")
        assert again.says("on the moon")
        assert len(server.seen) == 2
        assert tryouts.stop()
    database.close()
