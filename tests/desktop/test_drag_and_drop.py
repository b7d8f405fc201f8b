"""Real drags from another process, with the pointer of the X server: what a file manager does."""

import socket
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from drag_source import SIDE
from open_studio import open_studio
from PIL import Image
from PySide6.QtCore import QPoint, QProcess
from PySide6.QtWidgets import QAbstractItemView

from segmind_studio.ui.parts import ToastHost
from tests.fakes.typed import child

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(120)]


class Pointer:
    """The X server's pointer; the app goes on living while it moves."""

    def __init__(self, driver):
        self._driver = driver

    def do(self, *steps):
        process = QProcess()
        process.start("xdotool", [str(word) for step in steps for word in step])
        self._driver.wait(lambda: process.state() is QProcess.ProcessState.NotRunning, "the pointer")
        assert process.exitCode() == 0, process.readAllStandardError().data()

    def drag(self, start, end, moves=10):
        """Press at the start, leave it with small steps as a hand does, and hold at the end."""
        way = [start + (end - start) * n / moves for n in range(1, moves + 1)]
        near = [start + QPoint(4 * n, 4 * n) for n in range(1, 5)]
        steps = [("mousemove", start.x(), start.y()), ("sleep", "0.1"), ("mousedown", 1), ("sleep", "0.1")]
        for point in (*near, *way, end + QPoint(2, 0)):
            steps += [("mousemove", point.x(), point.y()), ("sleep", "0.04")]
        self.do(*steps)

    def let_go(self, at):
        self.do(("mousemove", at.x(), at.y()), ("sleep", "0.1"), ("mouseup", 1))


class Source(QProcess):
    """The other window, from which files are dragged; it prints what becomes of them."""

    def __init__(self):
        super().__init__()
        self._said = b""

    def says(self, word):
        self._said += bytes(self.readAllStandardOutput().data())
        return word in self._said


@pytest.fixture
def drag(tmp_path):
    """Return a function that opens the app and holds these files over it; it is asked what then happens."""
    sources = []

    def begin(studio, *paths):
        driver = studio.driver
        studio.window.move(SIDE + 80, 60)
        source = Source()
        source.start(sys.executable, [str(Path(__file__).with_name("drag_source.py")), *map(str, paths)])
        sources.append(source)
        driver.wait(lambda: source.says(b"ready"), "the other window")
        driver.settle()
        target = studio.window.mapToGlobal(studio.window.rect().center())
        pointer = Pointer(driver)
        pointer.drag(QPoint(SIDE // 2, SIDE // 2), target)
        return source, pointer, target

    yield begin
    for source in sources:
        source.kill()
        source.waitForFinished()


@pytest.fixture
def folder(tmp_path):
    """A folder of photos with another one inside, a caption, and a file that is none of the app's."""
    top = tmp_path / "Holiday, übung"
    (top / "more").mkdir(parents=True)
    for number, place in enumerate((top, top, top / "more")):
        Image.effect_noise((640, 600 + number), 60).save(place / f"photo {number}.jpg")
    (top / "photo 0.txt").write_text("TOK, the first", encoding="utf-8")
    (top / "notes.pdf").write_bytes(b"%PDF-1.4")
    return top


def test_a_folder_is_dragged_from_another_program(qapp, tmp_path, folder, drag):
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        source, pointer, target = drag(studio, folder)
        veil = studio.window._drops.veil
        studio.driver.wait(veil.isVisible, "the veil")
        assert veil.title.startswith("Drop to add to")
        pointer.let_go(target)
        studio.driver.wait(lambda: source.says(b"dropped CopyAction"), "the drop")
        datasets = studio.services.datasets
        studio.driver.wait(lambda: len(datasets.dataset.photos) == 3 and not datasets.scanning, "the photos")
        assert not veil.isVisible()
        assert studio.window.place == "data"
        assert "TOK, the first" in [photo.caption for photo in datasets.dataset.photos]


def test_a_picture_of_a_browser_is_answered_with_what_to_do(qapp, tmp_path, folder, drag):
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        host = socket.gethostname()
        source, pointer, target = drag(studio, "https://example.com/cat.jpg", f"file://{host}{quote(str(folder))}")
        studio.driver.wait(studio.window._drops.veil.isVisible, "the veil")
        pointer.let_go(target)
        studio.driver.wait(lambda: source.says(b"dropped CopyAction"), "the drop")
        toasts = child(studio.window, ToastHost)
        studio.driver.wait(lambda: any("Save the picture first" in text for text in toasts.texts), "the word")
        studio.driver.wait(lambda: len(studio.services.datasets.dataset.photos) == 3, "the folder beside it")


def test_what_cannot_be_used_is_told(qapp, tmp_path, folder, drag):
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        source, pointer, target = drag(studio, folder / "notes.pdf")
        veil = studio.window._drops.veil
        studio.driver.wait(veil.isVisible, "the veil")
        pointer.let_go(target)
        studio.driver.wait(lambda: source.says(b"dropped CopyAction"), "the drop")
        studio.driver.wait(lambda: not veil.isVisible(), "the veil to go")
        told = child(studio.window, QAbstractItemView, "data.skipped")
        studio.driver.wait(lambda: told is not None and told.model().rowCount() > 0, "the report")
        assert studio.services.datasets.dataset.photos == ()
