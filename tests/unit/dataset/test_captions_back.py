"""Captions beside the photos: only what was listed is written, and nothing else changes."""

from pathlib import Path

import pytest

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES
from segmind_studio.dataset.captions_back import caption_files, write_captions
from segmind_studio.dataset.scan import scan
from segmind_studio.services.datasets.dataset_changes import with_saved
from tests.fakes.image_files import small_jpeg


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("cat.jpg", "dog.jpg", "cup.jpg", "two.jpg", "two.png", "long.jpg", "link.jpg"):
        (folder / name).write_bytes(b"a picture")
    (folder / "cat.txt").write_bytes(b"TOK, a cat\r\n")
    (folder / "dog.txt").write_bytes("\ufeffold words".encode())
    (folder / "long.txt").write_bytes(b"x" * (MAX_CAPTION_BYTES + 1))
    (tmp_path / "elsewhere.txt").write_bytes(b"elsewhere")
    (folder / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    return folder


def dataset(folder: Path, own: Path) -> Dataset:
    words = {
        "cat.jpg": "TOK, a cat", "dog.jpg": "TOK, a dög", "cup.jpg": "TOK, a cup", "two.jpg": "a",
        "two.png": "b", "long.jpg": "short", "link.jpg": "linked",
    }
    photos = [Photo(name, folder / name, caption=text) for name, text in words.items()]
    return Dataset("d", "d", (*photos, Photo("z", own / "zipped.jpg", caption="z"), Photo("n", folder / "no.jpg")))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_only_what_is_listed_is_written(folder: Path, tmp_path: Path) -> None:
    before = contents(folder)
    found = caption_files(dataset(folder, tmp_path / "own"), tmp_path / "own")
    listed = [(file.path.name, file.before is None) for file in found.files]
    assert listed == [("dog.txt", False), ("cup.txt", True)]
    assert sorted(name for name, _reason in found.refused) == ["link.txt", "long.txt", "two.txt"]
    assert contents(folder) == before  # listing writes nothing
    (folder / "dog.txt").chmod(0o640)
    done = write_captions(found.files)
    assert (done.files, done.refused) == (found.files, ())
    assert contents(folder) == before | {"dog.txt": "TOK, a dög".encode(), "cup.txt": b"TOK, a cup"}
    assert (folder / "dog.txt").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "elsewhere.txt").read_bytes() == b"elsewhere"
    assert caption_files(dataset(folder, tmp_path / "own"), tmp_path / "own").files == ()


def test_files_with_the_photos_whole_name_are_written_since_they_are_read_first(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "b.png"):
        (tmp_path / name).write_bytes(small_jpeg(ord(name[0])))
        (tmp_path / f"{name}.txt").write_text("old words", encoding="utf-8")
    (tmp_path / "a.txt").write_text("older words", encoding="utf-8")
    photos = (Photo(path.name, path, caption=f"TOK, {path.name}") for path in sorted(tmp_path.glob("?.*g")))
    found = caption_files(Dataset("d", "d", tuple(photos)), tmp_path / "own")
    assert [file.path.name for file in found.files] == ["a.jpg.txt", "a.txt", "b.jpg.txt", "b.png.txt"]
    write_captions(found.files)
    again = scan([tmp_path], {}, tmp_path / "own", lambda _step: None, bool)
    assert all(photo.caption == f"TOK, {photo.path.name}" for photo in again.added)


def test_a_file_that_changed_meanwhile_stays(folder: Path, tmp_path: Path) -> None:
    found = caption_files(dataset(folder, tmp_path / "own"), tmp_path / "own")
    (folder / "dog.txt").write_bytes(b"written by another program")
    (folder / "cup.txt").write_bytes(b"new here")
    before = contents(folder)
    done = write_captions(found.files)
    assert done.files == ()
    assert [name for name, _reason in done.refused] == ["dog.txt", "cup.txt"]
    assert contents(folder) == before


def test_what_needs_no_file_has_no_folder_or_shares_one_is_counted(tmp_path: Path) -> None:
    for name, text in (("same.txt", "TOK"), ("mask.txt", "TOK"), ("odd.txt", "TOK")):
        (tmp_path / name).write_text(text)
    (tmp_path / "picture.txt").write_bytes(small_jpeg(1))
    captions = {
        "same.jpg": "TOK", "same.png": "TOK", "new.jpg": "TOK", "new.png": "TOK", "mask.jpg": "TOK",
        "odd.jpg": "TOK", "odd.png": "", "picture.jpg": "TOK", "own/zipped.jpg": "TOK", "own/pasted.png": "TOK",
        "own/none.png": "",
    }
    photos = [Photo(name, tmp_path / name, caption=text) for name, text in captions.items()]
    photos.append(Photo("mask.png", tmp_path / "mask.png", excluded=True))
    before = contents(tmp_path)
    found = caption_files(Dataset("d", "d", tuple(photos)), tmp_path / "own")
    assert [(file.path.name, file.photo_ids) for file in found.files] == [("new.txt", ("new.jpg", "new.png"))]
    assert [name for name, _reason in found.refused] == ["odd.txt", "picture.txt"]
    assert (found.saved, found.without_folder) == (3, 2)
    write_captions(found.files)
    assert contents(tmp_path) == before | {"new.txt": b"TOK"}


def test_a_caption_that_the_user_removed_empties_its_file_and_one_that_was_never_read_only_if_chosen(
    tmp_path: Path,
) -> None:
    text = "\u8d64\u3044\u732b"
    for name in ("emptied", "unread", "listed", "never"):
        (tmp_path / f"{name}.jpg").write_bytes(small_jpeg(1))
    (tmp_path / "emptied.txt").write_bytes(text.encode("cp932"))
    (tmp_path / "listed.caption").write_text("TOK, a cup")
    added = scan([tmp_path], {}, tmp_path / "own", lambda _step: None, bool).added
    (tmp_path / "unread.txt").write_text("written by another program")
    dataset = Dataset("d", "d", tuple(photo.having(caption="") for photo in added))
    found = caption_files(dataset, tmp_path / "own")
    assert {file.path.name: file.proposed for file in found.files} == {
        "emptied.txt": True, "listed.txt": True, "unread.txt": False,
    }
    assert {(file.after, file.text) for file in found.files} == {(b"", "")}
    write_captions(file for file in found.files if file.proposed)
    again = scan([tmp_path], {}, tmp_path / "own", lambda _step: None, bool).added
    assert {photo.path.stem for photo in again if photo.caption} == {"unread"}
    known = Dataset("d", "d", with_saved(dataset, found.files[:2]) + dataset.photos[2:])
    assert [file.path.name for file in caption_files(known, tmp_path / "own").files] == ["unread.txt"]
