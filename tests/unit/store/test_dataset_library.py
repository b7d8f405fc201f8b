import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Dataset, DatasetSummary, Photo
from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library
from tests.fakes.typed import known

PHOTOS = tuple(
    Photo(f"p{n}", Path(f"/photos/{n}.jpg"), 4000, 3000, 3_500_000, 1_700_000_000_000_000_000 + n, "JPEG", 6,
          f"caption {n}", f"original {n}", excluded=n == 2)
    for n in range(4)
)
ADA = Dataset("ada", "Ada", PHOTOS, updated_at=50.0, background="#204060")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio.sqlite3"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    db = Database(path)
    yield Library(db)
    db.close()


def test_a_dataset_survives_as_it_is(library: Library) -> None:
    library.save(ADA)
    assert library.load("ada") == ADA
    assert library.load("nobody") is None


def test_an_edit_survives_and_a_damaged_one_is_none(library: Library, path: Path) -> None:
    edited = replace(PHOTOS[0], edit=PhotoEdit(3, mirrored=True, angle=-1.5, crop=Crop(0, 0.25, 0.5, 1)))
    library.save(replace(ADA, photos=(edited, PHOTOS[1])))
    assert known(library.load("ada")).photos == (edited, PHOTOS[1])
    connection = sqlite3.connect(path)
    records = [text for (text,) in connection.execute("SELECT record FROM photo ORDER BY position")]
    assert ['"edit"' in text for text in records] == [True, False]
    connection.execute("UPDATE photo SET record = replace(record, '\"turns\":3', '\"turns\":7')")
    connection.commit()
    connection.close()
    assert known(library.load("ada")).photos == (PHOTOS[0], PHOTOS[1])


def test_all_that_was_read_of_a_caption_is_the_persons_own(library: Library) -> None:
    library.save(replace(ADA, photos=(replace(PHOTOS[0], caption_readings=("one reading", "another")),)))
    assert {"caption 0", "original 0", "one reading", "another"} <= set(library.texts())


def test_saving_again_replaces_photos_and_order(library: Library) -> None:
    library.save(ADA)
    changed = replace(ADA, name="Ada 2", photos=(PHOTOS[3], PHOTOS[0]), updated_at=60.0)
    library.save(changed)
    assert library.load("ada") == changed


def test_saved_photos_keep_their_place_and_new_ones_go_last(library: Library) -> None:
    library.save(ADA)
    new = Photo("new", Path("/photos/new.png"))
    edited = replace(PHOTOS[1], caption="edited")
    library.save_photos("ada", [new, edited])
    loaded = library.load("ada")
    assert loaded == replace(ADA, photos=(PHOTOS[0], edited, PHOTOS[2], PHOTOS[3], new))
    library.save_photos("ada", [], updated_at=70.0)
    assert library.recent()[0].updated_at == 70.0


def test_photos_of_an_unknown_dataset_are_refused(library: Library) -> None:
    with pytest.raises(KeyError):
        library.save_photos("nobody", PHOTOS)


def test_one_photo_may_be_in_two_datasets(library: Library) -> None:
    library.save(ADA)
    library.save(replace(ADA, dataset_id="copy"))
    library.save_photos("copy", [replace(PHOTOS[0], caption="only here")])
    assert library.load("ada") == ADA


def test_recent_lists_the_newest_first(library: Library) -> None:
    for number in range(5):
        library.save(Dataset(f"d{number}", f"Set {number}", PHOTOS[:number], updated_at=float(number)))
    shown = (PHOTOS[0], PHOTOS[1], PHOTOS[3])  # the third is excluded
    assert library.recent(2) == (
        DatasetSummary("d4", "Set 4", 4, 4.0, first=shown, unused=1),
        DatasetSummary("d3", "Set 3", 3, 3.0, first=shown[:2], unused=1),
    )
    assert library.recent()[0].used_count == 3
    library.set_archived("d4", archived=True)
    assert [one.dataset_id for one in library.recent(1)] == ["d3"]
    library.set_archived("d4", archived=False)
    assert len(library.recent()) == 5


def test_all_are_listed_however_many_and_the_archived_ones_last(library: Library) -> None:
    for number in range(30):
        library.save(Dataset(f"d{number}", f"Set {number}", PHOTOS[:number], updated_at=float(number)))
    library.set_archived("d29", archived=True)
    found = library.summaries()
    assert [one.dataset_id for one in found] == [*(f"d{number}" for number in range(28, -1, -1)), "d29"]
    assert found[-1] == DatasetSummary("d29", "Set 29", len(PHOTOS), 29.0, archived=True, unused=1)
    assert library.first_photos("d29") == (PHOTOS[0], PHOTOS[1], PHOTOS[3])
    assert library.first_photos("gone") == ()


def test_a_deleted_dataset_takes_its_photos_along(library: Library, path: Path) -> None:
    library.save(ADA)
    library.delete("ada")
    library.delete("ada")
    assert library.load("ada") is None
    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM photo").fetchone() == (0,)
    other.close()


def test_names_that_utf8_cannot_hold_are_kept(library: Library) -> None:
    photo = Photo("odd", Path("/photos/\udcff.jpg"), caption="half \ud83d", problem="")
    library.save(Dataset("odd", "Folder \udce4", (photo,)))
    loaded = library.load("odd")
    assert loaded is not None
    assert loaded.photos == (photo,)
    assert loaded.name == "Folder ?"


def test_an_unreadable_photo_is_left_out(library: Library, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    library.save(ADA)
    other = sqlite3.connect(path)
    other.execute("UPDATE photo SET record = '[]' WHERE photo_id = 'p1'")
    other.commit()
    other.close()
    loaded = library.load("ada")
    assert loaded is not None
    assert [photo.photo_id for photo in loaded.photos] == ["p0", "p2", "p3"]
    assert "Photo p1 cannot be read" in caplog.text


def test_a_file_of_version_1_gives_its_datasets(path: Path) -> None:
    old = sqlite3.connect(path)
    old.executescript(Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8"))
    old.close()
    db = Database(path)
    loaded = Library(db).load("set-1")
    assert loaded == Dataset("set-1", "Ada", (
        Photo("p-1", Path("/photos/ä.jpg"), 4000, 3000, 3500000, 1700000000000000001, "JPEG", 6, "ADA in a garden",
              "in a garden"),
        Photo("p-2", Path("/photos/b.png"), excluded=True),
    ), 1700000000.5)
    db.close()


def test_a_caption_is_stored_once_and_in_as_many_bytes_as_it_has(library: Library, path: Path) -> None:
    """Also where it was edited to nothing, or where a name holds what UTF-8 cannot."""
    text = "é" * 20_000
    photos = (
        replace(PHOTOS[0], caption=text, original_caption=text),
        replace(PHOTOS[1], caption="", original_caption=text),
        replace(PHOTOS[2], caption=text, original_caption=""), replace(PHOTOS[3], caption="", original_caption=""),
        Photo("odd", Path("/photos/\udcff.jpg"), caption="é", original_caption="é"),
    )
    library.save(replace(ADA, photos=photos))
    library.save_photos("ada", photos[:1])
    assert library.load("ada") == replace(ADA, photos=photos)
    with sqlite3.connect(path) as connection:
        lengths = [row[0] for row in connection.execute("SELECT length(CAST(record AS BLOB)) FROM photo")]
    connection.close()
    assert max(lengths) < len(text.encode()) + 1000


def test_a_photo_of_an_older_version_keeps_both_its_captions(library: Library, path: Path) -> None:
    library.save(replace(ADA, photos=PHOTOS[:1]))
    with sqlite3.connect(path) as connection:
        (record,) = connection.execute("SELECT record FROM photo").fetchone()
        old = json.dumps({**json.loads(record), "caption": "é", "original_caption": ""})
        connection.execute("UPDATE photo SET record = ?", (old,))
    connection.close()
    photo = known(library.load("ada")).photos[0]
    assert (photo.caption, photo.original_caption) == ("é", "")
