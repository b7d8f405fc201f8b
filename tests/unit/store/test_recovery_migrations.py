"""Every version that was ever released has left files on people's disks: each must open with this one."""

import sqlite3
from pathlib import Path

import pytest

from segmind_studio.core.accounts import SEGMIND_API_URL
from segmind_studio.core.datasets import WHITE
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.runs import Phase, Run
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.store.schema import MIGRATIONS

VERSIONS = range(1, len(MIGRATIONS) + 1)
IMAGES_SINCE, BACKGROUND_SINCE, ACCOUNT_KEYS_SINCE, UNDO_STEPS_SINCE = 2, 3, 4, 5
PAGE = 4096


def fixture_of(version: int) -> Path:
    return Path(__file__).with_name(f"version_{version}.sql")


def write(version: int, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(fixture_of(version).read_text(encoding="utf-8"))
    assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    connection.close()


def look(db: Database, version: int) -> None:
    """Find what the file of a version holds."""
    journal = Journal(db)
    assert [run.run_id for run in journal.runs("acc-1")] == ["run-2", "run-1"]
    first = journal.get("run-1")
    assert first is not None
    assert (first.phase, first.body["trigger_word"]) == (Phase.UNKNOWN, "ADA")
    assert [entry.what for entry in journal.timeline("run-1")] == ["prepared", "sending", "unknown"]
    dataset = Library(db).load("set-1")
    assert dataset is not None
    assert [photo.caption for photo in dataset.photos] == ["ADA in a garden", ""]
    assert dataset.background == (WHITE if version < BACKGROUND_SINCE else "#204060")
    names = ["Edit caption"] if version >= UNDO_STEPS_SINCE and not db.note else []  # recovery leaves steps behind
    assert [step.name for step in Library(db).history("set-1").steps] == names
    assert db.rows("PRAGMA user_version") == [(len(MIGRATIONS),)]
    look_at_images(ImageStore(db), version)
    owner = AccountKeys(db).owner("key-2", SEGMIND_API_URL)
    assert owner == ("key-2" if version < ACCOUNT_KEYS_SINCE else "acc-1")


def look_at_images(image_store: ImageStore, version: int) -> None:
    mine = image_store.images("acc-1")
    if version < IMAGES_SINCE:
        assert mine == ()
        return
    assert [(generated.image_id, generated.state) for generated in mine] == [
        ("pic-3", ImageState.ASKED), ("pic-2", ImageState.UNKNOWN), ("pic-1", ImageState.MADE),
    ]
    made = mine[-1]
    assert (made.prompt, made.seed, made.cost) == ("ADA in a spacesuit, „Umlaut“", 7, 0.06)
    assert made.file_name == "ada-2-20231114-222000-pic-1.jpg"
    assert [generated.state for generated in image_store.images("practice")] == [ImageState.FAILED]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_every_version_is_kept_for_this_test(version: int) -> None:
    assert fixture_of(version).is_file(), f"write version_{version}.sql: what version {version} leaves on a disk"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_every_version_opens(version: int, tmp_path: Path) -> None:
    write(version, tmp_path / "studio.sqlite3")
    db = Database(tmp_path / "studio.sqlite3")
    look(db, version)
    assert db.note == ""
    db.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_damaged_file_of_every_version_comes_back(version: int, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    write(version, path)
    path.write_bytes(bytes(16) + path.read_bytes()[16:])
    db = Database(path)
    look(db, version)
    back = "3 runs, 1 dataset, 2 photos."
    if version >= IMAGES_SINCE:
        back = "3 runs, 1 dataset, 2 photos, 4 pictures made in Try."
    assert f"Recovered: {back}" in db.note
    db.close()


def test_behind_a_lost_first_page_an_upgraded_file_comes_back_too(tmp_path: Path) -> None:
    """What an upgrade added begins elsewhere than in a new file, whose first page stands in for the lost one."""
    path = tmp_path / "studio.sqlite3"
    old = Database(path, MIGRATIONS[:1])
    for number in range(60):
        Journal(old).add(Run(f"run-{number}", "acc-1", "n", Phase.REFUSED, 1.0, 1.0, notes="long " * 60), 1.0)
    old.close()
    db = Database(path)
    for number in range(40):
        ImageStore(db).add(GeneratedImage(f"pic-{number}", "acc-1", "run-1", 5.0, prompt="word " * number))
    db.close()
    path.write_bytes(bytes(PAGE) + path.read_bytes()[PAGE:])
    db = Database(path)
    assert len(Journal(db).runs("acc-1")) == 60
    assert {generated.image_id for generated in ImageStore(db).images("acc-1")} == {f"pic-{n}" for n in range(40)}
    assert db.note.count("60 runs, 40 pictures made in Try") == 1
    db.close()


def test_rows_of_an_older_version_go_through_the_later_scripts(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    write(1, path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    content[8 * 4096 - 8 :] = bytes(len(content[8 * 4096 - 8 :]))  # the last page: an index
    path.write_bytes(content)
    later = [*MIGRATIONS, "ALTER TABLE run ADD shout TEXT;\nUPDATE run SET shout = upper(run_id);"]
    db = Database(path, later)
    assert db.rows("SELECT shout FROM run ORDER BY number") == [("RUN-1",), ("RUN-2",), ("RUN-3",)]
    assert "damaged" in db.note
    db.close()
