import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.store.database import Database
from segmind_studio.store.schema import MIGRATIONS

NOTES = "CREATE TABLE note (words TEXT);"
FULL_DISK = """
import resource, sys
from pathlib import Path
from segmind_studio.core.errors import StoreError
from segmind_studio.store.database import Database
db = Database(Path(sys.argv[1]), ["CREATE TABLE note (words TEXT);"])
with db.transaction() as connection:
    connection.execute("INSERT INTO note VALUES ('first')")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
try:
    with db.transaction() as connection:
        connection.execute("INSERT INTO note VALUES (?)", ("x" * 200_000,))
except StoreError as error:
    print(error.advice)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
with db.transaction() as connection:
    connection.execute("INSERT INTO note VALUES ('after')")
print(db.rows("SELECT words FROM note"))
db.close()
"""
CLOSED_UNDER_READERS = """
import sys, threading
from pathlib import Path
from segmind_studio.core.errors import StoreError
from segmind_studio.store.database import Database
sys.setswitchinterval(1e-5)
def read(database, reading):
    try:
        while True:
            database.rows("SELECT words FROM note")
            reading.set()
    except StoreError:
        pass
for _ in range(150):
    database = Database(Path(sys.argv[1]), ["CREATE TABLE note (words TEXT);"])
    with database.transaction() as connection:
        connection.executemany("INSERT INTO note VALUES (?)", [("x",)] * 5)
    reading = threading.Event()
    threads = [threading.Thread(target=read, args=(database, reading)) for _ in range(3)]
    for thread in threads:
        thread.start()
    reading.wait(30)
    database.close()
    for thread in threads:
        thread.join(30)
print("whole")
"""
CRASH = """
import os, sys
from pathlib import Path
from segmind_studio.store.database import Database
db = Database(Path(sys.argv[1]), ["CREATE TABLE note (words TEXT);"])
with db.transaction() as connection:
    connection.execute("INSERT INTO note VALUES ('committed')")
with db.transaction() as connection:
    connection.execute("INSERT INTO note VALUES ('not committed')")
    os._exit(9)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "studio.sqlite3"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    database = Database(path, [NOTES])
    yield database
    database.close()


def words(db: Database) -> list[object]:
    return [row[0] for row in db.rows("SELECT words FROM note ORDER BY rowid")]


def test_the_files_are_private_and_what_is_written_is_synced(db: Database, path: Path) -> None:
    with db.transaction() as connection:
        connection.execute("INSERT INTO note VALUES ('kept')")
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert db.note == ""


def fail_after_writing(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("INSERT INTO note VALUES ('lost')")
        raise KeyError("x")


def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    with pytest.raises(KeyError):
        fail_after_writing(db)
    assert words(db) == []
    with db.transaction() as connection:
        connection.execute("INSERT INTO note VALUES ('next')")
    assert words(db) == ["next"]


def test_bad_sql_is_worded(db: Database) -> None:
    with pytest.raises(StoreError):
        db.rows("SELECT nothing FROM nowhere")
    with pytest.raises(StoreError), db.transaction() as connection:
        connection.execute("INSERT INTO nowhere VALUES (1)")


def test_threads_write_side_by_side(db: Database) -> None:
    def write() -> None:
        for _ in range(20):
            with db.transaction() as connection:
                count = connection.execute("SELECT count(*) FROM note").fetchone()[0]
                connection.execute("INSERT INTO note VALUES (?)", (f"{count}",))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert words(db) == [str(number) for number in range(80)]


def test_closing_reaches_the_connections_of_other_threads(db: Database, path: Path) -> None:
    thread = threading.Thread(target=words, args=(db,))
    thread.start()
    thread.join(30)
    words(db)
    db.close()
    db.close()
    assert [file.name for file in path.parent.iterdir()] == ["studio.sqlite3"]
    with pytest.raises(StoreError, match="closed"):
        words(db)


def test_migrations_run_once_and_in_order(path: Path) -> None:
    for steps in ([NOTES], [NOTES, "ALTER TABLE note ADD at REAL;\nUPDATE note SET at = 1.5;"]):
        db = Database(path, steps)
        with db.transaction() as connection:
            connection.execute("INSERT INTO note (words) VALUES ('a')")
        db.close()
    db = Database(path, steps)
    assert db.rows("SELECT words, at FROM note") == [("a", 1.5), ("a", None)]
    assert db.rows("PRAGMA user_version") == [(2,)]
    db.close()


def test_a_failing_migration_changes_nothing(path: Path) -> None:
    Database(path, [NOTES]).open()
    db = Database(path, [NOTES, "CREATE TABLE extra (x);\nALTER TABLE missing ADD y;"])
    with pytest.raises(StoreError):
        db.open()
    db.close()
    db = Database(path, [NOTES])
    assert db.rows("SELECT name FROM sqlite_master") == [("note",)]
    db.close()


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    Database(path, [NOTES, "CREATE TABLE extra (x);"]).open()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        Database(path, [NOTES]).open()
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"x" * 5000, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    db = Database(path, [NOTES])
    assert words(db) == []
    assert "studio.sqlite3.damaged-1" in db.note
    db.close()
    assert path.with_name("studio.sqlite3.damaged-1").read_bytes() == content


def test_damage_inside_is_found_on_opening(path: Path) -> None:
    db = Database(path, [NOTES, "CREATE INDEX by_words ON note (words);"])
    with db.transaction() as connection:
        connection.executemany("INSERT INTO note VALUES (?)", [(f"{n:0500}",) for n in range(100)])
    db.close()
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\x5a" * 4096
    path.write_bytes(content)
    db = Database(path, [NOTES, "CREATE INDEX by_words ON note (words);"])
    assert words(db) == []
    assert "damaged" in db.note
    db.close()


def test_an_empty_file_is_a_new_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    db = Database(path, [NOTES])
    assert words(db) == []
    assert db.note == ""
    db.close()


def child(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False, timeout=60,
    )


def test_a_full_disk_is_worded_and_the_next_write_works(path: Path) -> None:
    done = child(FULL_DISK, path)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "The disk is full or faulty. Free some disk space, then try again.", "[('first',), ('after',)]",
    ]


def test_a_crash_loses_only_what_was_not_committed(path: Path) -> None:
    assert child(CRASH, path).returncode == 9
    db = Database(path, [NOTES])
    assert words(db) == ["committed"]
    db.close()


def test_the_released_script_has_not_changed(tmp_path: Path) -> None:
    """The fixture was written by version 1; its tables must be what the first script makes."""
    fixture = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")
    old = sqlite3.connect(tmp_path / "old.sqlite3")
    old.executescript(fixture)
    new = sqlite3.connect(tmp_path / "new.sqlite3")
    new.executescript(MIGRATIONS[0])
    question = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    assert old.execute(question).fetchall() == new.execute(question).fetchall()
    old.close()
    new.close()




def test_the_log_of_a_large_write_does_not_stay_large(tmp_path: Path) -> None:
    db = Database(tmp_path / "studio.sqlite3", [NOTES])
    log = tmp_path / "studio.sqlite3-wal"
    with db.transaction() as connection:
        connection.executemany("INSERT INTO note VALUES (?)", [("x" * 100_000,)] * 200)
    assert log.stat().st_size > 15_000_000
    for _write in range(2):  # the first moves what is in it, the next begins it again
        with db.transaction() as connection:
            connection.execute("INSERT INTO note VALUES ('small')")
    assert log.stat().st_size <= 4 * 1024 * 1024
    db.close()


def test_a_file_may_be_closed_while_other_threads_read(path: Path) -> None:
    """In a process of its own: SQLite would end it."""
    done = child(CLOSED_UNDER_READERS, path)
    assert (done.returncode, done.stdout.split()) == (0, ["whole"]), done.stderr
