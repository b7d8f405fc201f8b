"""What was measured of photos is kept, bounded, and begun anew when it cannot be read."""

from __future__ import annotations

import sqlite3
import stat

import pytest

from segmind_studio.core.likeness import PictureMeasures
from segmind_studio.core.picture_traits import PictureTraits
from segmind_studio.store import measure_store
from segmind_studio.store.measure_store import MeasureStore

TRAITS = PictureTraits(8.25, 1.5, (1, 2, 250, 255), bytes(range(48)), placed=True, grey=bytes(6), grey_width=3)
MEASURED = PictureMeasures(2**64 - 1, 3, 12.5, b"a look", TRAITS)
TINY = PictureMeasures(0, 0, 0.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "measures.sqlite3"


def test_another_session_has_what_was_stored(path):
    store = MeasureStore(path)
    assert store.load([b"one"]) == {}
    assert not path.exists()  # asking makes no file
    store.save({b"one": MEASURED, b"two": TINY})
    store.save_parts(b"set", [(0, 2), (1, 2)])
    again = MeasureStore(path)
    assert again.load([b"one", b"two", b"three"]) == {b"one": MEASURED, b"two": TINY}
    assert again.load_parts(b"set") == [(0, 2), (1, 2)]
    assert again.load_parts(b"other") is None
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_the_oldest_go_first(path, monkeypatch):
    monkeypatch.setattr(measure_store, "_MOST_KEPT", 3)
    store = MeasureStore(path)
    for number in range(5):
        store.save({bytes([number]): TINY})
    assert set(store.load([bytes([number]) for number in range(5)])) == {b"\2", b"\3", b"\4"}


def without_tables() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA user_version = 1")
    return database.serialize()


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"", without_tables()])
def test_a_file_that_cannot_be_read_is_begun_anew(path, damage, caplog):
    path.write_bytes(damage)
    store = MeasureStore(path)
    assert store.load([b"one"]) == {}
    store.save({b"one": MEASURED})
    assert store.load([b"one"]) == {b"one": MEASURED}
    caplog.clear()


def test_measures_of_another_version_and_torn_ones_are_not_used(path):
    store = MeasureStore(path)
    store.save({b"one": MEASURED, b"two": MEASURED})
    store.save_parts(b"set", [(0, 1)])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE measure SET value = substr(value, 1, 60) WHERE key = ?", (b"one",))
        database.execute("UPDATE parts SET pairs = ?", (b"odd",))
    assert store.load([b"one", b"two"]) == {b"two": MEASURED}
    assert store.load_parts(b"set") is None
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    assert store.load([b"two"]) == {}


def test_a_disk_that_refuses_is_no_error(tmp_path, caplog):
    store = MeasureStore(tmp_path / "missing" / "measures.sqlite3")
    store.save({b"one": MEASURED})
    assert store.load([b"one"]) == {}
    assert "could not be read or written" in caplog.text
    caplog.clear()
