"""The library: every dataset with its photos, captions and order. The image files stay where they are."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from operator import attrgetter
from typing import cast

from segmind_studio.core.datasets import SUMMARY_PHOTOS, Dataset, DatasetSummary, Photo, background_of
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.undo_history import UndoHistory, UndoStep
from segmind_studio.store.database import Database
from segmind_studio.store.records import from_record, record_text, utf8_text
from segmind_studio.store.undo_steps import read_history, write_history

_log = logging.getLogger(__name__)
_ORIGINAL = "original_caption"
_SUMMARIES = (
    "SELECT dataset_id, name, (SELECT count(*) FROM photo WHERE photo.dataset_id = dataset.dataset_id), "
    "updated_at, archived, (SELECT count(*) FROM photo WHERE photo.dataset_id = dataset.dataset_id AND "
    "CASE WHEN json_valid(record) "
    "THEN json_extract(record, '$.excluded') OR json_extract(record, '$.problem') <> '' ELSE 1 END) FROM dataset"
)
_NEWEST = "ORDER BY updated_at DESC, dataset_id"


class Library:
    """Store datasets; blocking, for any thread. StoreError when the disk refuses."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save(self, dataset: Dataset) -> None:
        """Write a complete dataset: its name, its background, its photos and their order."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO dataset (dataset_id, name, updated_at, background) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (dataset_id) DO UPDATE SET name = excluded.name, "
                "updated_at = excluded.updated_at, background = excluded.background",
                (dataset.dataset_id, utf8_text(dataset.name), dataset.updated_at, dataset.background),
            )
            connection.execute("DELETE FROM photo WHERE dataset_id = ?", (dataset.dataset_id,))
            _insert(connection, dataset.dataset_id, enumerate(dataset.photos))

    def save_photos(
        self, dataset_id: str, photos: Iterable[Photo], *, updated_at: float | None = None,
    ) -> None:
        """Write some photos by id: known ones keep their place, new ones go to the end.

        KeyError when the dataset is unknown. `updated_at` (seconds, UTC) stays unchanged when it is None.
        """
        with self._db.transaction() as connection:
            if connection.execute("SELECT 1 FROM dataset WHERE dataset_id = ?", (dataset_id,)).fetchone() is None:
                raise KeyError(dataset_id)
            new: list[Photo] = []
            for photo in photos:
                known = connection.execute(
                    "UPDATE photo SET record = ? WHERE dataset_id = ? AND photo_id = ?",
                    (_record(photo), dataset_id, photo.photo_id),
                )
                if known.rowcount == 0:
                    new.append(photo)
            if new:
                question = "SELECT coalesce(max(position), -1) + 1 FROM photo WHERE dataset_id = ?"
                end = connection.execute(question, (dataset_id,)).fetchone()[0]
                _insert(connection, dataset_id, enumerate(new, end))
            if updated_at is not None:
                connection.execute(
                    "UPDATE dataset SET updated_at = ? WHERE dataset_id = ?", (updated_at, dataset_id),
                )

    def load(self, dataset_id: str) -> Dataset | None:
        """Return a dataset, None without one; a photo that cannot be read is logged and left out."""
        heads = self._db.rows(
            "SELECT name, updated_at, background FROM dataset WHERE dataset_id = ?", (dataset_id,),
        )
        if not heads:
            return None
        name, updated_at, background = heads[0]
        rows = self._db.rows(
            "SELECT photo_id, record FROM photo WHERE dataset_id = ? ORDER BY position", (dataset_id,),
        )
        photos = tuple(photo for row in rows if (photo := _photo(row)) is not None)
        return Dataset(dataset_id, str(name), photos, float(str(updated_at)), background_of(str(background)))

    def recent(self, limit: int = 20) -> tuple[DatasetSummary, ...]:
        """Return the datasets changed last, newest first, with their first photos; none that was put away."""
        rows = self._db.rows(f"{_SUMMARIES} WHERE archived = 0 {_NEWEST} LIMIT ?", (limit,))
        return tuple(replace(one, first=self.first_photos(one.dataset_id)) for one in map(_summary, rows))

    def summaries(self) -> tuple[DatasetSummary, ...]:
        """Return all datasets, newest first, those that were put away at the end; without photos."""
        found = tuple(map(_summary, self._db.rows(f"{_SUMMARIES} {_NEWEST}")))
        return tuple(sorted(found, key=attrgetter("archived")))

    def first_photos(self, dataset_id: str) -> tuple[Photo, ...]:
        """Return the first used photos of a dataset, to show beside its name; () for an unknown one."""
        rows = self._db.rows(
            "SELECT photo_id, record FROM photo WHERE dataset_id = ? ORDER BY position LIMIT ?",
            (dataset_id, 3 * SUMMARY_PHOTOS),  # some may be excluded or damaged
        )
        photos = (photo for row in rows if (photo := _photo(row)) is not None and photo.used)
        return tuple(islice(photos, SUMMARY_PHOTOS))

    def set_archived(self, dataset_id: str, *, archived: bool) -> None:
        """Put a dataset away, or take it back; nothing of it changes."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE dataset SET archived = ? WHERE dataset_id = ?", (int(archived), dataset_id),
            )

    def texts(self) -> Iterator[str]:
        """Yield all that the user wrote or named: datasets, captions, files and their folders."""
        for (name,) in self._db.rows("SELECT name FROM dataset"):
            yield str(name)
        for row in self._db.rows("SELECT photo_id, record FROM photo"):
            photo = _photo(row)
            if photo is not None:
                yield from (photo.path.name, str(photo.path.parent), photo.caption, photo.original_caption)
                yield from photo.caption_readings
                yield from (past.text for past in photo.caption_past)

    def history(self, dataset_id: str) -> UndoHistory:
        """Return the undo steps of a dataset; empty without any."""
        return read_history(self._db, dataset_id)

    def save_history(
        self, dataset_id: str, steps: Iterable[UndoStep], *, keep_to: int, current: int,
    ) -> None:
        """Write undo steps as `store.undo_steps.write_history` does; KeyError when the dataset is unknown."""
        write_history(self._db, dataset_id, steps, keep_to=keep_to, current=current)

    def delete(self, dataset_id: str) -> None:
        """Delete a dataset and its captions; the image files stay on the disk."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM dataset WHERE dataset_id = ?", (dataset_id,))


def _summary(row: tuple[object, ...]) -> DatasetSummary:
    dataset_id, name, count, updated_at, archived, unused = row
    return DatasetSummary(
        str(dataset_id), str(name), int(str(count)), float(str(updated_at)), bool(archived),
        unused=int(str(unused)),
    )


def _insert(connection: sqlite3.Connection, dataset_id: str, placed: Iterable[tuple[int, Photo]]) -> None:
    connection.executemany(
        "INSERT INTO photo (dataset_id, photo_id, position, record) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (dataset_id, photo_id) DO UPDATE SET record = excluded.record",
        ((dataset_id, photo.photo_id, position, _record(photo)) for position, photo in placed),
    )


def _record(photo: Photo) -> str:
    """Return a photo as JSON; a caption that was not edited is written once, an edit or a fit if any."""
    same = {_ORIGINAL} if photo.caption == photo.original_caption else set[str]()
    same |= {name for name in ("edit", "fit") if not getattr(photo, name)}
    return record_text(photo, without=frozenset(same))


def _photo(row: tuple[object, ...]) -> Photo | None:
    photo_id, record = row
    try:
        loaded = decoded_json(str(record))
        photo = from_record(Photo, loaded)
    except ValueError as error:
        _log.warning("Photo %s cannot be read: %s", photo_id, error)
        return None
    kept_once = _ORIGINAL not in cast("dict[str, object]", loaded)
    return replace(photo, original_caption=photo.caption) if kept_once else photo
