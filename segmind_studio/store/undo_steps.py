"""The undo steps of datasets on disk: written one by one, the oldest removed when there are too many."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from segmind_studio.core.undo_history import (
    MOST_STEP_CHARACTERS,
    MOST_STEPS,
    Difference,
    UndoHistory,
    UndoStep,
)
from segmind_studio.store.database import Database
from segmind_studio.store.records import from_text, record_text, utf8_text

_log = logging.getLogger(__name__)


def read_history(db: Database, dataset_id: str) -> UndoHistory:
    """Return the steps of a dataset. One that cannot be read ends them: older ones would not fit any more."""
    heads = db.rows("SELECT current_step FROM dataset WHERE dataset_id = ?", (dataset_id,))
    rows = db.rows(
        "SELECT number, name, at, record FROM undo_step WHERE dataset_id = ? ORDER BY number DESC", (dataset_id,),
    )
    steps: list[UndoStep] = []
    for number, name, at, record in rows:
        try:
            step = UndoStep(int(str(number)), str(name), float(str(at)), from_text(Difference, str(record)))
        except ValueError as error:
            _log.warning("An undo step cannot be read: %s", type(error).__name__)
            break
        steps.append(step)
    return UndoHistory(tuple(reversed(steps)), int(str(heads[0][0])) if heads else 0)


def write_history(
    db: Database, dataset_id: str, steps: Iterable[UndoStep], *, keep_to: int, current: int,
) -> None:
    """Write steps by number, remove those after `keep_to` that are not among them, and note the current one.

    At most `MOST_STEPS` and `MOST_STEP_CHARACTERS` are kept. KeyError when the dataset is not stored.
    """
    records = [(dataset_id, s.number, utf8_text(s.name), s.at, record_text(s.difference)) for s in steps]
    with db.transaction() as connection:
        known = connection.execute(
            "UPDATE dataset SET current_step = ? WHERE dataset_id = ?", (current, dataset_id),
        )
        if known.rowcount == 0:
            raise KeyError(dataset_id)
        connection.execute("DELETE FROM undo_step WHERE dataset_id = ? AND number > ?", (dataset_id, keep_to))
        connection.executemany(
            "INSERT INTO undo_step (dataset_id, number, name, at, record) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (dataset_id, number) DO UPDATE SET name = excluded.name, "
            "at = excluded.at, record = excluded.record",
            records,
        )
        left = 0
        sizes = connection.execute(
            "SELECT number, length(record) FROM undo_step WHERE dataset_id = ? ORDER BY number DESC",
            (dataset_id,),
        ).fetchall()
        for place, (number, size) in enumerate(sizes):
            left += size
            if place >= MOST_STEPS or left > MOST_STEP_CHARACTERS:
                connection.execute(
                    "DELETE FROM undo_step WHERE dataset_id = ? AND number <= ?", (dataset_id, number),
                )
                break
