"""New and lost files in the folders of a dataset, and files that were moved."""

import os
import shutil

import pytest

from segmind_studio.core.datasets import Dataset, PastCaption, Photo
from segmind_studio.core.errors import CancelledError
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.core.photo_fit import PhotoFit
from segmind_studio.dataset.folder_news import FolderMemory, moved, relocated
from segmind_studio.dataset.inspection import inspect
from tests.fakes.image_files import small_jpeg

YEAR_2100 = 4.1e9


@pytest.fixture
def home(tmp_path):
    for shade, name in enumerate(("trip/a.jpg", "trip/b.jpg", "trip/day/a.jpg", "trip/day/c.jpg")):
        (path := tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(small_jpeg(shade * 40) + bytes(shade))
    return tmp_path


def known(*paths, updated_at=YEAR_2100):
    photos = []
    for path in paths:
        facts = inspect(path)
        photos.append(Photo(str(path), path, facts.width, facts.height, facts.size, facts.mtime_ns, "JPEG",
                            caption=f"TOK {path.stem}", excluded=path.stem == "b"))
    return Dataset("d", "Trip", tuple(photos), updated_at)


def test_what_is_there_at_the_first_look_was_seen_and_what_came_while_closed_is_new(home):
    one = home / "trip/a.jpg"
    memory = FolderMemory(home / "imports")
    assert memory.look(known(one, updated_at=1.0), bool).added == ()
    kept = memory.listing
    old = home / "trip/old.jpg"
    shutil.copy2(one, old)
    os.utime(old, (1.0, 1.0))  # a copy keeps its time: it says nothing
    (home / "trip/evening").mkdir()
    shutil.copy2(one, home / "trip/evening/x.jpg")
    later = FolderMemory(home / "imports")
    later.recall("d", kept)
    assert later.look(known(one), bool).added == (home / "trip/evening/x.jpg", old)
    assert later.look(known(), bool).added == ()  # without a photo of it, the folder is not looked at
    assert FolderMemory(home / "imports").look(known(one), bool).added == ()


def test_a_removed_photo_is_not_new(home):
    memory, one, two = FolderMemory(home / "imports"), home / "trip/a.jpg", home / "trip/new.jpg"
    memory.look(known(one), bool)
    shutil.copy2(one, two)
    assert memory.look(known(one), bool).added == (two,)
    assert memory.look(known(one, two), bool).added == memory.look(known(one), bool).added == ()


def test_a_new_subfolder_is_looked_through_and_watched_until_it_is_dismissed(home):
    memory, one = FolderMemory(home / "imports"), home / "trip/a.jpg"
    memory.look(known(one), bool)
    inner = home / "trip/new/deeper"
    inner.mkdir(parents=True)
    assert memory.look(known(one), bool).added == ()
    assert set(memory.watched) == {str(home / "trip"), str(inner.parent), str(inner)}
    shutil.copy2(one, inner / "x.jpg")
    shutil.copy2(one, inner.parent / "y.jpg")
    assert set(memory.look(known(one), bool).added) == {inner / "x.jpg", inner.parent / "y.jpg"}
    assert memory.look(known(one, inner.parent / "y.jpg"), bool).added == (inner / "x.jpg",)
    memory.dismiss()
    shutil.copy2(one, inner / "z.jpg")
    assert memory.look(known(one), bool).added == ()
    assert memory.watched == (str(home / "trip"),)


def test_what_appears_is_new_until_it_is_taken_dismissed_or_gone(home):
    memory, one = FolderMemory(home / "imports"), home / "trip/a.jpg"
    memory.look(known(one), bool)
    new = home / "trip/new.HEIC"
    new.write_bytes(b"x")
    (home / "trip/notes.txt").write_text("x", encoding="utf-8")
    assert memory.look(known(one), bool).added == memory.look(known(one), bool).added == (new,)
    memory.dismiss()
    assert memory.look(known(one), bool).added == ()
    one.unlink()
    assert memory.look(known_of(one), bool).gone == (str(one),)


def known_of(path):
    return Dataset("d", "Trip", (Photo(str(path), path),), YEAR_2100)


def test_the_apps_own_copies_are_no_folder_of_the_user(home):
    memory = FolderMemory(home / "trip/day")
    assert memory.folders(known(home / "trip/a.jpg", home / "trip/day/c.jpg")) == (str(home / "trip"),)


def test_a_moved_folder_is_found_by_names_and_a_renamed_file_by_its_time(home):
    before = known(*(home / "trip" / name for name in ("a.jpg", "b.jpg", "day/a.jpg", "day/c.jpg"))).photos
    shutil.move(home / "trip", home / "holidays")
    (home / "holidays/b.jpg").rename(home / "holidays/renamed.jpg")
    (home / "holidays/day/c.jpg").write_bytes(b"another file")
    found = relocated(before, [home / "holidays"], bool)
    assert [(one.photo_id, one.path.relative_to(home).as_posix()) for one in found] == [
        (str(home / "trip/a.jpg"), "holidays/a.jpg"), (str(home / "trip/b.jpg"), "holidays/renamed.jpg"),
        (str(home / "trip/day/a.jpg"), "holidays/day/a.jpg"),
    ]
    assert [(one.problem, one.caption, one.excluded) for one in found[:2]] == [
        ("", "TOK a", False), ("", "TOK b", True),
    ]


def test_of_equal_names_the_one_in_the_like_folder_wins_and_no_file_is_used_twice(home):
    data = (home / "trip/a.jpg").read_bytes()
    (home / "trip/day/a.jpg").write_bytes(data)
    before = known(home / "trip/a.jpg", home / "trip/day/a.jpg").photos
    shutil.move(home / "trip", home / "x")
    first, second = relocated(before, [home], bool)
    assert (first.path, second.path) == (home / "x/a.jpg", home / "x/day/a.jpg")
    (home / "x/day/a.jpg").unlink()
    assert len(relocated(before, [home], bool)) == 1


def test_a_lost_photo_is_told_apart_from_one_that_was_renamed_or_moved(home):
    trip = home / "trip"
    dataset = known(*(trip / name for name in ("a.jpg", "b.jpg", "day/c.jpg")))
    memory = FolderMemory(home / "imports")
    memory.look(dataset, bool)
    (trip / "a.jpg").rename(trip / "renamed.jpg")
    (trip / "new").mkdir()
    (trip / "b.jpg").rename(trip / "new/b.jpg")
    os.utime(trip / "new/b.jpg", (1.0, 1.0))
    shutil.copy2(trip / "day/a.jpg", trip / "new/x.jpg")
    (trip / "day/c.jpg").unlink()
    news = memory.look(dataset, bool)
    assert news.moved == ((str(trip / "a.jpg"), trip / "renamed.jpg"), (str(trip / "b.jpg"), trip / "new/b.jpg"))
    assert (news.added, news.gone) == ((trip / "new/x.jpg",), (str(trip / "day/c.jpg"),))
    found = relocated(dataset.photos, [path for _id, path in news.moved], bool)
    assert tuple((one.photo_id, one.path) for one in found) == news.moved
    memory.dismiss()
    later = memory.look(dataset, bool)
    assert (later.moved, set(later.gone)) == ((), set(news.lost))


def test_what_the_user_wrote_meanwhile_stays(home):
    (before,) = known(home / "trip/a.jpg").photos
    photo = before.having(
        edit=PhotoEdit(turns=1), accepted=("small:",), caption_past=(PastCaption("was", "file", 1.0),),
        model_caption="TOK a", fit=PhotoFit(1_000_000, 80),
    )
    there = before.having(path=home / "b.jpg", width=5, height=6, caption="old")
    now = moved(photo, {photo.photo_id: there})
    assert now == photo.having(path=home / "b.jpg", width=5, height=6)


def test_a_search_can_be_cancelled(home):
    with pytest.raises(CancelledError):
        relocated(known(home / "trip/a.jpg").photos, [home], lambda: True)
