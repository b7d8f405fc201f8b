"""Real files are filled, damaged in many ways and opened: nothing raises, and what SQLite could read is there."""

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.runs import Phase, Run
from segmind_studio.store import recovery
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library

RUNS, PHOTOS, PICTURES, PAGE = 50, 120, 90, 4096
ACCOUNT = "acc"
Damage = Callable[[bytearray, random.Random], bytes | bytearray]


def ident(source: random.Random) -> str:
    return UUID(int=source.getrandbits(128)).hex


def fill(path: Path) -> None:
    """Write 50 runs, one dataset with captions and 90 pictures, in the ids the app makes."""
    source = random.Random(7)  # noqa: S311  # the same file each time
    db = Database(path)
    journal, library = Journal(db), Library(db)
    dataset_id = ident(source)
    photos = tuple(
        Photo(ident(source), Path(f"/photos/{n}.jpg"), caption=f"caption {n} " + "word " * source.randrange(80))
        for n in range(PHOTOS)
    )
    library.save(Dataset(dataset_id, "Ada", photos, 5.0))
    last = ""
    for n in range(RUNS):
        raw = "x" * source.randrange(6000) if n % 5 == 0 else "{}"
        made = Run(
            ident(source), ACCOUNT, f"run {n}", Phase.ACCEPTED, 100.0 + n, 100.0 + n, service_id=f"s{n}", raw=raw,
            body={"name": f"run {n}"}, dataset_id=dataset_id,
        )
        journal.add(made, made.created_at, "sent")
        last = made.run_id
        for step in ("REQUESTED", "TRAINING_INITIATED", "AVAILABLE"):
            journal.change(made.run_id, 200.0 + n, status=step)
    image_store = ImageStore(db)
    for n in range(PICTURES):
        state = ImageState.UNKNOWN if n % 7 == 0 else ImageState.MADE
        image_store.add(GeneratedImage(
            ident(source), ACCOUNT, last, 300.0 + n, state, 310.0 + n, f"picture {n} " + "word " * (n % 50),
            seed=n if n % 2 else None, cost=0.06, file_name=f"p{n}.jpg",
        ))
    db.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "studio.sqlite3"
    fill(path)
    return path


def readable(path: Path, whole: Path) -> dict[str, set[tuple[object, ...]]]:
    """Ask SQLite for each row that was there, one by one, and keep those it gives as they were."""
    probe = path.with_name("probe.sqlite3")
    shutil.copyfile(path, probe)
    keys = {
        "run": ("number",), "timeline": ("number",), "photo": ("dataset_id", "photo_id"), "picture": ("number",),
    }
    found: dict[str, set[tuple[object, ...]]] = {table: set() for table in keys}
    with (
        contextlib.closing(sqlite3.connect(whole)) as good,
        contextlib.closing(sqlite3.connect(probe, isolation_level=None)) as bad,
    ):
        for table, names in keys.items():
            columns = [row[1] for row in good.execute(f"PRAGMA table_info({table})")]
            places = [columns.index(name) for name in names]
            question = f"SELECT * FROM {table} WHERE " + " AND ".join(f"{name} = ?" for name in names)  # noqa: S608
            for row in good.execute(f"SELECT * FROM {table}"):  # noqa: S608
                with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
                    if bad.execute(question, [row[place] for place in places]).fetchone() == row:
                        found[table].add(row)
    for ending in ("", "-wal", "-shm"):
        probe.with_name(probe.name + ending).unlink(missing_ok=True)
    return found


def rows(db: Database, table: str) -> set[tuple[object, ...]]:
    return set(db.rows(f"SELECT * FROM {table}"))  # noqa: S608


def unnumbered(found: Iterable[tuple[object, ...]]) -> set[tuple[object, ...]]:
    return {row[1:] for row in found}


def open_damaged(path: Path, content: bytes, whole: Path) -> tuple[Database, dict[str, set[tuple[object, ...]]]]:
    path.write_bytes(content)
    could = readable(path, whole)
    db = Database(path)
    db.open()
    return db, could


def check(db: Database, path: Path, content: bytes, could: dict[str, set[tuple[object, ...]]]) -> None:
    if db.note:
        kept = path.with_name(f"{path.name}.damaged-1")
        assert kept.read_bytes() == content
        assert str(kept) in db.note
    known = {row[1] for row in could["run"]}
    lost = {
        "run": unnumbered(could["run"]) - unnumbered(rows(db, "run")),
        "photo": could["photo"] - rows(db, "photo"),
        "timeline": unnumbered(row for row in could["timeline"] if row[1] in known)
        - unnumbered(rows(db, "timeline")),
        "picture": unnumbered(could["picture"]) - unnumbered(rows(db, "picture")),
    }
    assert {table: len(left) for table, left in lost.items()} == dict.fromkeys(lost, 0)
    ImageStore(db).images(ACCOUNT)
    Journal(db).runs(ACCOUNT)
    library = Library(db)
    for summary in library.recent():
        assert library.load(summary.dataset_id) is not None
    journal = Journal(db)
    journal.add(Run("new", ACCOUNT, "n", Phase.PREPARED, 9.0, 9.0), 9.0)
    assert journal.get("new") is not None
    left = {file.name for file in path.parent.iterdir()}
    assert not {name for name in left if "recovering" in name or "reading" in name}


def zeroed(content: bytearray, source: random.Random) -> bytearray:
    for _ in range(source.randrange(1, 5)):
        page = source.randrange(1, len(content) // PAGE)
        content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    return content


def scribbled(content: bytearray, source: random.Random) -> bytearray:
    for _ in range(source.randrange(1, 12)):
        at = source.randrange(len(content) - 64)
        content[at : at + 64] = source.randbytes(64)
    return content


def flipped(content: bytearray, source: random.Random) -> bytearray:
    for _ in range(40):
        content[source.randrange(PAGE, len(content))] ^= 1 << source.randrange(8)
    return content


def cut(content: bytearray, source: random.Random) -> bytearray:
    return content[: source.randrange(1, len(content))]


def swapped(content: bytearray, source: random.Random) -> bytearray:
    """Two pages in each other's place: the tree may have loops."""
    one, two = (source.randrange(1, len(content) // PAGE) * PAGE for _ in range(2))
    first = content[one : one + PAGE]
    content[one : one + PAGE] = content[two : two + PAGE]
    content[two : two + PAGE] = first
    return content


def garbage(content: bytearray, source: random.Random) -> bytes:
    return source.randbytes(len(content))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("damage", [zeroed, scribbled, flipped, cut, swapped])
def test_nothing_that_can_be_read_is_lost(damage: Damage, seed: int, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    content = bytes(damage(bytearray(whole.read_bytes()), random.Random(seed)))  # noqa: S311
    db, could = open_damaged(path, content, whole)
    check(db, path, content, could)
    db.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_file_of_garbage_gives_an_empty_database_and_a_note(seed: int, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    content = garbage(bytearray(whole.read_bytes()), random.Random(seed))  # noqa: S311
    db, could = open_damaged(path, bytes(content), whole)
    check(db, path, bytes(content), could)
    assert "Nothing could be recovered" in db.note
    db.close()


@pytest.mark.parametrize("count", [16, 100, PAGE])
def test_behind_a_spoilt_first_page_everything_comes_back(count: int, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    content = b"\xa5" * count + whole.read_bytes()[count:]
    db, _could = open_damaged(path, content, whole)
    for table in ("run", "timeline", "photo", "dataset", "picture"):
        good = sqlite3.connect(whole)
        assert rows(db, table) == set(good.execute(f"SELECT * FROM {table}"))  # noqa: S608
        good.close()
    back = f"{RUNS} runs, 1 dataset, {PHOTOS} photos, {PICTURES} pictures made in Try."
    assert f"Recovered: {back}" in db.note
    assert path.with_name("studio.sqlite3.damaged-1").read_bytes() == content
    db.close()


def leaf_of(path: Path, marks: bytes) -> int:
    """Return the page on which some bytes stand."""
    return path.read_bytes().index(marks) // PAGE


def test_one_bad_page_costs_its_rows_only(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    content = bytearray(whole.read_bytes())
    page = leaf_of(whole, b'"name":"run 22"')
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    db, could = open_damaged(path, bytes(content), whole)
    check(db, path, bytes(content), could)
    names = {run.name for run in Journal(db).runs(ACCOUNT)} - {"n"}
    assert "run 22" not in names
    assert {"run 0", f"run {RUNS - 1}"} <= names
    assert f"{len(names)} runs" in db.note
    assert len(names) > RUNS - 15
    db.close()


def test_photos_without_their_dataset_make_a_new_one(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    content = bytearray(whole.read_bytes())
    with contextlib.closing(sqlite3.connect(whole)) as good:
        root = good.execute("SELECT rootpage FROM sqlite_master WHERE name = 'dataset'").fetchone()[0]
    content[(root - 1) * PAGE : root * PAGE] = bytes(PAGE)
    db, _could = open_damaged(path, bytes(content), whole)
    (summary,) = Library(db).recent()
    assert (summary.name, summary.image_count) == ("Recovered photos", PHOTOS)
    dataset = Library(db).load(summary.dataset_id)
    assert dataset is not None
    assert dataset.photos[3].caption.startswith("caption 3 ")
    db.close()


def crashed(whole: Path, tmp_path: Path) -> Path:
    """Return a file whose last run is in the WAL only, as after a crash."""
    path = tmp_path / "studio.sqlite3"
    shutil.copyfile(whole, tmp_path / "live.sqlite3")
    db = Database(tmp_path / "live.sqlite3")
    Journal(db).add(Run("in-the-wal", ACCOUNT, "late", Phase.UNKNOWN, 999.0, 999.0), 999.0)
    for ending in ("", "-wal"):
        shutil.copyfile(tmp_path / f"live.sqlite3{ending}", tmp_path / f"studio.sqlite3{ending}")
    db.close()
    return path


def test_what_stands_in_the_wal_comes_back_too(whole: Path, tmp_path: Path) -> None:
    path = crashed(whole, tmp_path)
    content, wal = bytearray(path.read_bytes()), (tmp_path / "studio.sqlite3-wal").read_bytes()
    page = leaf_of(path, b'"caption":"caption 60 ')
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    db = Database(path)
    assert Journal(db).get("in-the-wal") is not None
    assert f"{RUNS + 1} runs" in db.note
    assert path.with_name("studio.sqlite3.damaged-1").read_bytes() == content
    assert path.with_name("studio.sqlite3.damaged-1-wal").read_bytes() == wal
    db.close()


@pytest.mark.parametrize("wal", [None, b"", b"\x5a" * 9000])
def test_a_lost_or_spoilt_wal_costs_what_stood_in_it_only(wal: bytes | None, whole: Path, tmp_path: Path) -> None:
    path = crashed(whole, tmp_path)
    beside = tmp_path / "studio.sqlite3-wal"
    beside.unlink()
    if wal is not None:
        beside.write_bytes(wal)
    db = Database(path)
    assert len(Journal(db).runs(ACCOUNT)) == RUNS
    db.close()


@pytest.mark.parametrize(("phase", "address", "after"), [
    (Phase.PREPARED, "", Phase.ABANDONED),
    (Phase.UPLOADING, "", Phase.ABANDONED),
    (Phase.UPLOADED, "https://s3/x.zip", Phase.UNKNOWN),
    (Phase.SENDING, "https://s3/x.zip", Phase.SENDING),
    (Phase.UNKNOWN, "https://s3/x.zip", Phase.UNKNOWN),
])
def test_a_run_whose_last_steps_may_be_lost_cannot_be_continued(
    phase: Phase, address: str, after: Phase, tmp_path: Path,
) -> None:
    path = tmp_path / "studio.sqlite3"
    db = Database(path)
    made = Run("r", ACCOUNT, "ada", phase, 50.0, 60.0, data_source_path=address)
    Journal(db).add(made, 50.0)
    db.close()
    content = bytearray(path.read_bytes())
    content[:16] = bytes(16)
    path.write_bytes(content)
    db = Database(path)
    found = Journal(db).get("r")
    assert found is not None
    assert found == replace(made, phase=after, sent_at=60.0 if phase is Phase.UPLOADED else None)
    details = [entry.detail for entry in Journal(db).timeline("r")]
    assert any("may have been sent" in detail for detail in details) == (after is not phase)
    db.close()


def test_rows_with_values_of_the_wrong_type_stay_out(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    shutil.copyfile(whole, path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE run SET created_at = 'yesterday' WHERE number = 3")
        connection.execute("UPDATE run SET record = 'torn' WHERE number = 4")
        connection.execute("UPDATE photo SET record = x'ff' WHERE position = 0")
        connection.execute("UPDATE picture SET state = 'painted' WHERE number = 5")
        connection.execute("UPDATE picture SET ended_at = 'soon' WHERE number = 6")
        connection.execute("UPDATE picture SET record = '[]' WHERE number = 7")
        connection.commit()
    path.write_bytes(bytes(16) + path.read_bytes()[16:])
    db = Database(path)
    assert len(Journal(db).runs(ACCOUNT)) == RUNS - 2
    assert len(ImageStore(db).images(ACCOUNT)) == PICTURES - 3
    assert f"{RUNS - 2} runs, 1 dataset, {PHOTOS - 1} photos, {PICTURES - 3} pictures" in db.note
    db.close()


def test_it_ends_when_its_time_is_over(whole: Path, tmp_path: Path) -> None:
    found = recovery.recover(whole, tmp_path / "new.sqlite3", longest_s=0.0)
    assert not found.whole
    assert [file.name for file in tmp_path.iterdir()] == ["new.sqlite3"]


def test_a_disk_without_room_for_it_leaves_an_empty_database(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "studio.sqlite3"
    content = bytes(16) + whole.read_bytes()[16:]
    path.write_bytes(content)
    monkeypatch.setattr("segmind_studio.store.salvage.shutil.copyfile", full)
    db = Database(path)
    assert Journal(db).runs(ACCOUNT) == ()
    assert "Nothing could be recovered" in db.note
    assert path.with_name("studio.sqlite3.damaged-1").read_bytes() == content
    db.close()


@pytest.mark.parametrize("renamed", [0, 1])
def test_an_app_that_was_killed_while_recovering_goes_on(
    renamed: int, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "studio.sqlite3"
    path.write_bytes(bytes(16) + whole.read_bytes()[16:])
    rename, calls = Path.rename, []

    def killed(source: Path, target: Path) -> Path:
        if len(calls) == renamed:
            raise OSError(5, "killed")
        calls.append(target)
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(StoreError):
            Database(path).open()
    db = Database(path)
    assert len(Journal(db).runs(ACCOUNT)) == RUNS
    assert "damaged" in db.note
    db.close()
