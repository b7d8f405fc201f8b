"""Undo steps on disk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core import undo_history
from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.undo_history import UndoHistory, UndoStep, difference
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library

PHOTO = Photo("p", Path("/photos/\udc80.jpg"), 40, 30, 100, 1, "JPEG", caption="c")
ADA = Dataset("ada", "Ada", (PHOTO,))
CHANGE = difference(ADA, replace(ADA, photos=(replace(PHOTO, caption="„neu“ \ud800", changes=("tail",)),)))


def step(number: int) -> UndoStep:
    return UndoStep(number, f"step {number} \ud800", float(number), CHANGE)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    db = Database(tmp_path / "studio.sqlite3")
    Library(db).save(ADA)
    yield db
    db.close()


def test_steps_come_back_as_they_were(database: Database) -> None:
    library = Library(database)
    library.save_history("ada", (step(1), step(2), step(3)), keep_to=3, current=2)
    library.save(replace(ADA, name="saved whole"))  # this must not take the steps along
    history = library.history("ada")
    assert [known.difference for known in history.steps] == [CHANGE] * 3
    assert (history.current, history.applied) == (2, 2)
    library.save_history("ada", (replace(step(3), name="another"),), keep_to=3, current=3)
    assert [known.name for known in library.history("ada").steps][-1] == "another"
    library.save_history("ada", (), keep_to=1, current=1)
    assert [known.number for known in library.history("ada").steps] == [1]


def test_the_oldest_steps_go_when_there_are_too_many_or_too_much(
    database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:
    from segmind_studio.store import undo_steps  # noqa: PLC0415  # the module whose limit is changed

    library = Library(database)
    most = undo_history.MOST_STEPS
    library.save_history("ada", map(step, range(1, most + 6)), keep_to=most + 5, current=most + 5)
    kept = library.history("ada").steps
    assert (len(kept), kept[0].number, kept[-1].number) == (most, 6, most + 5)
    monkeypatch.setattr(undo_steps, "MOST_STEP_CHARACTERS", 3000)
    library.save_history("ada", (step(most + 6),), keep_to=most + 6, current=most + 6)
    few = library.history("ada").steps
    assert 0 < len(few) < 10
    assert few[-1].number == most + 6


def test_a_damaged_step_ends_the_history_before_it(database: Database) -> None:
    library = Library(database)
    library.save_history("ada", (step(1), step(2), step(3)), keep_to=3, current=3)
    with database.transaction() as connection:
        connection.execute("UPDATE undo_step SET record = '{' WHERE number = 2")
    assert [known.number for known in library.history("ada").steps] == [3]


def test_steps_belong_to_a_stored_dataset(database: Database) -> None:
    library = Library(database)
    with pytest.raises(KeyError):
        library.save_history("nobody", (step(1),), keep_to=1, current=1)
    library.save_history("ada", (step(1),), keep_to=1, current=1)
    library.delete("ada")
    assert library.history("ada") == UndoHistory()
    assert database.rows("SELECT count(*) FROM undo_step") == [(0,)]
