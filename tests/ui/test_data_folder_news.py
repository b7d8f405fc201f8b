"""A folder that changes is noticed, taken in only when asked, and found again after it was moved."""

import shutil

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.store.library import Library
from tests.fakes.data_place import DataPlace
from tests.fakes.image_files import photo
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(3, astronaut="TOK in orange")
    place.start()
    place.take_in(qtbot)
    yield place
    place.stop()


class Looks(QObject):
    """Count the looks at the folders, in this thread."""

    def __init__(self, place) -> None:
        super().__init__(place.screen)
        self.count = 0
        place.datasets._threads.folders.looked.connect(self.add)

    @Slot(object)
    def add(self, _news) -> None:
        self.count += 1


def settled(qtbot, place):
    """Wait until the folder was looked at."""
    looks = Looks(place)
    place.datasets._parts.folders.look()
    qtbot.waitUntil(lambda: looks.count > 0, timeout=10_000)


def test_new_and_lost_files_are_told_and_taken_in_on_request_with_undo(qtbot, place):
    settled(qtbot, place)
    bar = place.parts.folder_news
    assert bar.isHidden()
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):  # the system tells
        photo("coffee.png").save(place.photos_folder / "z.png")
    assert "1 new photo" in bar.accessibleName()
    (place.photos_folder / "chelsea.jpg").unlink()
    qtbot.waitUntil(lambda: "1 missing" in bar.accessibleName(), timeout=10_000)
    assert "1 new photo, 1 missing" in bar.accessibleName()
    assert len(place.datasets.dataset.photos) == 3  # nothing by itself
    with qtbot.waitSignal(place.datasets.scan_finished):
        bar.take.trigger()
    assert [one.path.stem for one in place.datasets.dataset.photos] == ["astronaut", "coffee", "z"]
    qtbot.waitUntil(bar.isHidden, timeout=10_000)
    place.undo.undo()
    place.undo.undo()
    assert [one.path.stem for one in place.datasets.dataset.photos] == ["astronaut", "chelsea", "coffee"]


def test_not_now_stays_said(qtbot, place):
    settled(qtbot, place)
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):
        photo("coffee.png").save(place.photos_folder / "z.png")
    bar = place.parts.folder_news
    looks = Looks(place)
    bar.leave.trigger()
    qtbot.waitUntil(lambda: looks.count > 0, timeout=10_000)
    settled(qtbot, place)
    assert bar.isHidden()
    assert place.datasets._parts.folders.news.added == ()


def test_a_new_subfolder_is_noticed_and_what_came_while_the_app_was_closed(qtbot, tmp_path, place):
    settled(qtbot, place)
    dataset = place.datasets.dataset
    evening = place.photos_folder / "evening"
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):  # the system tells, also of its content
        evening.mkdir()
        settled(qtbot, place)
        photo("coffee.png").save(evening / "z.png")
    assert place.datasets._parts.folders.news.added == (evening / "z.png",)
    place.parts.folder_news.leave.trigger()
    settled(qtbot, place)
    assert place.datasets.stop()
    photo("coffee.png").save(place.photos_folder / "closed.png")
    folders = (tmp_path / name for name in ("imports", "prepared"))
    again = DatasetService(Library(place.database), *folders, seen=tmp_path / "seen")
    try:
        with qtbot.waitSignal(again.folders_changed, timeout=10_000) as told:
            again.start(dataset.dataset_id)
        assert [path.name for path in told.args[0].added] == ["closed.png"]
        again.delete(dataset.dataset_id)
        qtbot.waitUntil(lambda: not any((tmp_path / "seen").iterdir()), timeout=10_000)
    finally:
        assert again.stop()


def test_a_moved_folder_is_located_in_one_step(qtbot, place):
    settled(qtbot, place)
    elsewhere = place.photos_folder.parent / "elsewhere" / "2024"
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):
        shutil.move(place.photos_folder, elsewhere)
    bar, locate = place.parts.folder_news, place.parts.actions.locate
    assert "3 missing" in bar.accessibleName()
    assert bar.isVisible()
    assert locate.isEnabled()
    locate.trigger()
    dialog = child(place.screen, QFileDialog, "data.files")
    with qtbot.waitSignal(place.datasets.located, timeout=10_000):
        dialog.fileSelected.emit(str(elsewhere.parent))
    dialog.close()
    photos = place.datasets.dataset.photos
    assert [one.path.parent for one in photos] == [elsewhere] * 3
    assert photos[0].caption == "TOK in orange"
    assert not any(one.problem for one in photos)
    assert place.toasts[-1] == "3 photos found."
    qtbot.waitUntil(lambda: bar.isHidden() and not locate.isEnabled(), timeout=10_000)
    assert place.undo.undoText() == "Locate 3 photos"
    place.undo.undo()
    assert [one.path.parent for one in place.datasets.dataset.photos] == [place.photos_folder] * 3
    place.undo.redo()
    assert [one.path.parent for one in place.datasets.dataset.photos] == [elsewhere] * 3
