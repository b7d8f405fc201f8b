"""A folder that changes is noticed, taken in only when asked, and found again after it was moved."""

import shutil
from contextlib import contextmanager
from functools import partial

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from segmind_studio.dataset.captions_back import caption_files, write_captions
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.store.library import Library
from segmind_studio.store.seen_files import SeenFiles
from segmind_studio.ui.data.captions_back import CaptionsBackDialog
from segmind_studio.ui.parts import ActionButton
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
    place.datasets.folder_watch.look()
    qtbot.waitUntil(lambda: looks.count > 0, timeout=10_000)


@contextmanager
def reopened(folder, place):
    """Yield a service like the place's, as after a restart; not started yet."""
    folders = (folder / name for name in ("imports", "prepared"))
    again = DatasetService(Library(place.database), *folders, seen=folder / "seen")
    try:
        yield again
    finally:
        assert again.stop()


def marks(folder, datasets):
    """Return what is kept on disk about the caption files that were read."""
    return SeenFiles(folder / "seen").load(datasets.dataset.dataset_id).texts


def test_news_from_before_the_place_was_built_are_in_it(qtbot, place):
    settled(qtbot, place)
    with qtbot.waitSignals([place.datasets.folders_changed, place.datasets.captions_found], timeout=10_000):
        photo("coffee.png").save(place.photos_folder / "z.png")
        (place.photos_folder / "chelsea.txt").write_text("TOK the cat")
    later = place.built_screen()
    qtbot.addWidget(later)
    assert later._parts.folder_news.isVisibleTo(later)
    assert later._parts.offers.lines == (("", "TOK the cat"),)


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
        bar.add.trigger()
    assert [one.path.stem for one in place.datasets.dataset.photos] == ["astronaut", "chelsea", "coffee", "z"]
    qtbot.waitUntil(lambda: offered(bar) == [place.parts.actions.locate, bar.remove, bar.leave], timeout=10_000)
    bar.remove.trigger()
    assert [one.path.stem for one in place.datasets.dataset.photos] == ["astronaut", "coffee", "z"]
    qtbot.waitUntil(bar.isHidden, timeout=10_000)
    place.undo.undo()
    assert [one.path.stem for one in place.datasets.dataset.photos] == ["astronaut", "chelsea", "coffee", "z"]


def offered(bar):
    """Return the actions of the buttons, in order."""
    return [button.action for button in bar.findChildren(ActionButton) if not button.isHidden()]


def test_a_renamed_photo_is_recognised_and_keeps_its_caption(qtbot, place):
    settled(qtbot, place)
    bar = place.parts.folder_news
    (place.photos_folder / "chelsea.jpg").unlink()
    inner = place.photos_folder / "best"
    inner.mkdir()
    photo("coffee.png").save(inner / "z.png")
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):
        (place.photos_folder / "astronaut.jpg").rename(inner / "woman.jpg")
        settled(qtbot, place)
    assert offered(bar) == [bar.follow, place.parts.actions.locate, bar.add, bar.remove, bar.leave]
    with qtbot.waitSignal(place.datasets.scan_finished):
        bar.add.trigger()
    assert place.shown == ["astronaut", "chelsea", "coffee", "z"]
    with qtbot.waitSignal(place.datasets.located, timeout=10_000):
        bar.follow.trigger()
    assert place.named("woman").caption == "TOK in orange"
    assert place.undo.undoText() == "Locate 1 photo"
    qtbot.waitUntil(lambda: offered(bar) == [place.parts.actions.locate, bar.remove, bar.leave], timeout=10_000)


def test_not_now_is_also_said_of_what_was_moved(qtbot, place):
    settled(qtbot, place)
    bar, inner = place.parts.folder_news, place.photos_folder / "best"
    inner.mkdir()
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):
        (place.photos_folder / "astronaut.jpg").rename(inner / "astronaut.jpg")
        settled(qtbot, place)
    assert not bar.isHidden()
    bar.leave.trigger()
    settled(qtbot, place)
    assert place.datasets.folder_watch.news.gone == (place.named("astronaut").photo_id,)
    assert bar.isHidden()
    assert place.parts.actions.locate.isEnabled()


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
    assert place.datasets.folder_watch.news.added == ()


def test_a_new_subfolder_is_noticed_and_what_came_while_the_app_was_closed(qtbot, tmp_path, place):
    settled(qtbot, place)
    dataset = place.datasets.dataset
    evening = place.photos_folder / "evening"
    with qtbot.waitSignal(place.datasets.folders_changed, timeout=10_000):  # the system tells, also of its content
        evening.mkdir()
        settled(qtbot, place)
        photo("coffee.png").save(evening / "z.png")
    assert place.datasets.folder_watch.news.added == (evening / "z.png",)
    place.parts.folder_news.leave.trigger()
    settled(qtbot, place)
    assert place.datasets.stop()
    photo("coffee.png").save(place.photos_folder / "closed.png")
    with reopened(tmp_path, place) as again:
        with qtbot.waitSignal(again.folders_changed, timeout=10_000) as told:
            again.start(dataset.dataset_id)
        assert [path.name for path in told.args[0].added] == ["closed.png"]
        again.delete(dataset.dataset_id)
        qtbot.waitUntil(lambda: not any((tmp_path / "seen").iterdir()), timeout=10_000)


def test_a_caption_file_that_another_program_writes_is_offered(qtbot, tmp_path, place):
    settled(qtbot, place)
    offers, found = place.parts.offers, place.datasets.captions_found
    with qtbot.waitSignal(found, timeout=10_000):  # the system tells
        (place.photos_folder / "chelsea.txt").write_text("TOK the cat")
    assert offers.lines == (("", "TOK the cat"),)
    with (place.photos_folder / "astronaut.txt").open("a") as file:
        file.write(" and white")  # in place: the system does not tell
    with qtbot.waitSignal(found, timeout=10_000):
        place.datasets.check_files()  # as when the window is in front again
    assert offers.lines == (("TOK in orange", "TOK in orange and white"), ("", "TOK the cat"))
    assert place.named("chelsea").caption == ""  # nothing by itself
    offers.take.trigger()
    assert offers.isHidden()
    assert place.named("chelsea").caption == "TOK the cat"
    place.undo.undo()
    assert place.named("chelsea").caption == ""
    place.undo.redo()
    place.parts.editor.type_caption(place.named("coffee").photo_id, "TOK a cup")
    before = marks(tmp_path, place.datasets)
    (place.photos_folder / "coffee.txt").write_text("TOK a cup")
    qtbot.waitUntil(lambda: marks(tmp_path, place.datasets) != before, timeout=10_000)
    assert offers.isHidden()  # it says the same


def test_an_offer_ends_when_the_file_is_as_it_was_or_gone_again(qtbot, place):
    settled(qtbot, place)
    offers, found = place.parts.offers, place.datasets.captions_found
    first, second = (place.photos_folder / f"{stem}.txt" for stem in ("astronaut", "chelsea"))
    read = first.read_text()
    with qtbot.waitSignal(found, timeout=10_000):
        second.write_text("TOK the cat")
    with qtbot.waitSignal(found, timeout=10_000):
        first.write_text("TOK in white")
        place.datasets.check_files()
    assert len(offers.lines) == 2
    with qtbot.waitSignal(found, timeout=10_000):
        first.write_text(read)
        place.datasets.check_files()
    assert offers.lines == (("", "TOK the cat"),)
    with qtbot.waitSignal(found, timeout=10_000):
        second.unlink()
    assert offers.isHidden()
    with qtbot.waitSignal(found, timeout=10_000):
        second.write_text("TOK the cat")
    with qtbot.waitSignal(found, timeout=10_000):
        first.unlink()
        second.unlink()
    assert offers.isHidden()
    later = place.built_screen()
    qtbot.addWidget(later)
    assert later._parts.offers.isHidden()


def test_what_the_app_wrote_is_no_news_and_what_others_write_after_it_is(qtbot, place, tmp_path):
    offers, found = place.parts.offers, place.datasets.captions_found
    mine, others = (place.photos_folder / f"{stem}.txt" for stem in ("astronaut", "chelsea"))
    astronaut = place.named("astronaut").photo_id
    before = mine.read_text()
    place.datasets.set_captions({astronaut: "TOK in white"})
    settled(qtbot, place)
    look = partial(caption_files, place.datasets.dataset, tmp_path / "imports")
    dialog = CaptionsBackDialog(look, write_captions, place.tasks, place.screen)
    dialog.saved.connect(place.datasets.note_saved_captions)
    qtbot.waitUntil(dialog.write.isEnabled)
    with qtbot.waitSignals([dialog.saved, found], timeout=10_000):
        dialog.write.click()
    place.datasets.set_captions({astronaut: "TOK in white and orange"})
    with qtbot.waitSignal(found, timeout=10_000):
        others.write_text("TOK the cat")
    assert offers.lines == (("", "TOK the cat"),)
    with qtbot.waitSignal(place.datasets.scan_finished):
        place.datasets.add([place.photos_folder])
    assert offers.lines == (("", "TOK the cat"),)
    with qtbot.waitSignal(found, timeout=10_000):
        mine.write_text(before)
        place.datasets.check_files()
    assert offers.lines == (("TOK in white and orange", before), ("", "TOK the cat"))


def test_captions_that_changed_while_the_app_was_closed_are_offered_until_answered(qtbot, tmp_path, place):
    settled(qtbot, place)
    dataset_id = place.datasets.dataset.dataset_id
    assert place.datasets.stop()
    file, text = place.photos_folder / "astronaut.txt", "TOK in white"
    file.write_text(text)
    for _time in range(2):
        with reopened(tmp_path, place) as again, qtbot.waitSignal(again.captions_found, timeout=10_000) as found:
            again.start(dataset_id)
        assert found.args[0].offered == ((file.with_suffix(".jpg"), text),)
    with reopened(tmp_path, place) as again:
        with qtbot.waitSignal(again.captions_found, timeout=10_000):
            again.start(dataset_id)
        photo_id = next(one.photo_id for one in again.dataset.photos if one.path.stem == file.stem)
        again.write_captions({photo_id: text}, {})
        before = marks(tmp_path, again)
        file.write_text(f"{text}\n")
        again.check_files()
        qtbot.waitUntil(lambda: marks(tmp_path, again) != before, timeout=10_000)


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
