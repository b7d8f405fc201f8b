"""Files are dragged out of the window into another process, with the pointer of the X server."""

import shutil
import sys
from pathlib import Path

import pytest
from drag_source import SIDE
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PySide6.QtCore import QPoint, QProcess, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFrame, QListView
from test_drag_and_drop import Pointer

from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.resources import resource
from segmind_studio.services.images.image_service import TryRequest
from segmind_studio.ui.parts.files_out import FileHandle
from segmind_studio.ui.runs.inspector.inspector import RunInspector
from tests.fakes.typed import child, known

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(150)]


class Target:
    """The other window, and what it took."""

    def __init__(self, studio):
        self._driver = studio.driver
        self._window = studio.window
        self._process = QProcess()
        self._process.start(sys.executable, [str(Path(__file__).with_name("drop_target.py"))])
        self._said = ""
        self._driver.wait(lambda: self.lines == ["ready"], "the other window")
        self._window.move(SIDE + 80, 60)
        self._driver.settle()

    @property
    def lines(self):
        self._said += bytes(self._process.readAllStandardOutput().data()).decode()
        return self._said[: self._said.rfind("\n") + 1].splitlines()

    def drag(self, widget, at):
        """Drag from a point of a widget into the other window, and return what that took."""
        before = len(self.lines)
        start, end = widget.mapToGlobal(at), QPoint(SIDE // 2, SIDE // 2)
        Pointer(self._driver).drag(start, end, drop=True)
        self._driver.wait(lambda: len(self.lines) > before, "the drop")
        return self.lines[-1].split()

    def end(self):
        self._process.kill()
        self._process.waitForFinished()


@pytest.fixture
def target():
    started = []

    def begin(studio):
        started.append(Target(studio))
        return started[-1]

    yield begin
    for one in started:
        one.end()


def address(path):
    return bytes(QUrl.fromLocalFile(str(path)).toEncoded().data()).decode()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "Fotos, übung"
    shutil.copytree(resource("sample"), folder)
    return folder


def test_photos_and_the_exported_zip_go_out_as_copies(qapp, tmp_path, photos, target):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photos)
        other = target(studio)
        grid = studio.driver.find(QListView, "data.grid")
        shown = studio.services.datasets.dataset.photos
        middle = grid.visualRect(grid.model().index(1, 0)).center()
        assert other.drag(grid.viewport(), middle) == ["took", "CopyAction", address(shown[1].path)]
        grid.selectAll()
        everything = other.drag(grid.viewport(), middle)
        assert everything == ["took", "CopyAction", *(address(photo.path) for photo in shown)]
        assert all(photo.path.exists() for photo in shown)
        assert len(studio.services.datasets.dataset.photos) == len(shown)  # on the way over its window
        datasets = studio.services.datasets
        datasets.set_edits({shown[1].photo_id: PhotoEdit(turns=1)})
        studio.driver.settle()
        grid.setCurrentIndex(grid.model().index(1, 0))
        took, action, edited = other.drag(grid.viewport(), middle)  # the file is made while the pointer moves
        assert (took, action) == ("took", "CopyAction")
        made = Path(QUrl(edited).toLocalFile())
        assert made.name == shown[1].path.name
        assert QImage(str(made)).size().toTuple() == (shown[1].height, shown[1].width)
        zip_path = tmp_path / "cat photos.zip"
        studio.services.datasets.export(zip_path)
        handle = child(studio.window, FileHandle, "data.exported")
        studio.driver.wait(handle.isVisible, "the zip's handle")
        studio.driver.settle()
        assert other.drag(handle, handle.rect().center()) == ["took", "CopyAction", address(zip_path)]
        assert not handle.isDown()


def test_the_trained_file_and_a_picture_go_out(qapp, tmp_path, photos, target):
    with open_studio(tmp_path / "app", practice=True) as studio:
        driver = studio.driver
        take_in(studio, photos)
        fill_in_the_form(studio)
        run_id = start_run(studio)
        driver.wait(lambda: known(studio.services.runs.run(run_id)).ready, "the model", 100)
        model = tmp_path / "my model.safetensors"
        ended = []
        studio.services.downloads.finished.connect(ended.append)
        studio.services.downloads.download(run_id, model)
        driver.wait(lambda: bool(ended), "the file")
        driver.wait(lambda: bool(known(studio.services.runs.run(run_id)).result_path), "the file's place")
        other = target(studio)
        driver.click("rail.runs")
        handle = child(studio.window, FileHandle, "runs.file")
        inspector = child(studio.window, RunInspector)
        inspector.tabs.setCurrentIndex(next(n for n in range(9) if inspector.tabs.tabText(n) == "Files"))
        driver.wait(handle.isVisible, "the file's handle")
        driver.settle()
        assert other.drag(handle, handle.rect().center()) == ["took", "CopyAction", address(model)]
        driver.click("rail.try")
        made = []
        studio.services.tryouts.finished.connect(made.append)
        run = studio.services.runs.run(run_id)
        studio.services.tryouts.generate(TryRequest(run_id, "TOK, a cat", slug=known(run).slug))
        driver.wait(lambda: bool(made), "the picture")
        picture = driver.find(QFrame, "try.picture")
        driver.settle()
        assert other.drag(picture, picture.rect().center()) == ["took", "CopyAction", address(made[0].path)]
        studio.studio._actions().pictures.copy.trigger()
        copied = QGuiApplication.clipboard().mimeData()
        assert copied.urls() == [QUrl.fromLocalFile(str(made[0].path))]
        assert copied.hasImage()
