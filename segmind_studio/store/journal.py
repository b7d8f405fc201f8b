"""The journal of runs: every paid job and each intent to start one, on the disk before anything is sent."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from segmind_studio.core.errors import MovedOnError, StoreError
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.moments import EARLIEST, plausible_time
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Phase, Run, TimelineEntry, manifest_items
from segmind_studio.store.database import Database
from segmind_studio.store.records import from_text, json_text, plain, record_text, utf8_text
from segmind_studio.texts import N_, _

_log = logging.getLogger(__name__)
MOST_TIMES = 2  # how often one status with one text is entered in a timeline
PAID_LATE_S = 120.0  # a service may charge some time after its answer
MOST_ENTRIES = 1000  # of one run's timeline; its own phases are written beyond that too
_NO_MORE = N_("The service keeps changing this run. Further changes are not recorded.")
_OWN_COLUMNS = frozenset({"run_id", "account_id", "created_at", "body", "live", "reported"})
WRITTEN_FIELDS = ("name", "instance_prompt", "trigger_word")  # the parts of a body that the user wrote
_NEWEST = "SELECT coalesce(max(number), 0) FROM run_change"
_COLUMNS = "run_id, account_id, created_at, body, record"


class Journal:
    """Store runs and their timelines; blocking, for any thread.

    A timeline entry is written whenever the phase, the status or the error differs from what was stored.
    `Run.live` and `Run.reported` are not stored: they are False and "" on every run that is read.
    One that `remembers` reads only the rows again that were written since `runs` last read them, and returns the
    same objects for the others; one thread may use it.
    """

    def __init__(self, db: Database, *, remembers: bool = False) -> None:
        self._db = db
        self._remembers = remembers
        self._known: _Known | None = None

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Do the following writes together: all of them, on the disk, or none."""
        try:
            with self._db.transaction() as connection:
                yield connection
        except BaseException:
            self._known = None  # it may hold what was not written after all
            raise

    def add(self, run: Run, at: float, detail: str = "") -> None:
        """Write a new run; StoreError when it is already there or the disk refuses."""
        self.add_all((run,), at, detail)

    def add_all(self, runs: Iterable[Run], at: float, detail: str = "") -> None:
        """Write new runs, all or none; StoreError when one is already there or the disk refuses."""
        with self._db.transaction() as connection:
            for run in runs:
                if _stored(connection, run.run_id) is not None:
                    raise StoreError(_("This run is already stored."), detail=run.run_id)
                _write(connection, run, None, at, detail)

    def save(self, run: Run, at: float, detail: str = "") -> None:
        """Write a run, new or known, as first seen in this state at `at` (seconds, UTC)."""
        with self._db.transaction() as connection:
            _write(connection, run, _stored(connection, run.run_id), at, detail)

    def save_many(self, runs: Iterable[Run], at: float, stored: Mapping[str, Run] | None = None) -> None:
        """Write all of the runs or none.

        `stored` are all runs as they were read in the same transaction, so that no row is read again.
        """
        with self.transaction() as connection:
            known = self._known if self._known is not None and self._known.newest == _newest(connection) else None
            new = tuple(runs)
            for run in new:
                before = _stored(connection, run.run_id) if stored is None else stored.get(run.run_id)
                _write(connection, run, before, at, "")
            if known is not None:
                moved = [known.put(_as_read(run)) for run in new if run.account_id == known.account_id]
                known.order(self._ids(known.account_id) if any(moved) else None)
                known.newest = _newest(connection)

    def supersede(self, became: Mapping[str, str]) -> None:
        """Remove rows with their timelines that belong to another row: `became` maps each one to that row.

        Images and other runs that refer to them refer to the other row from now on.
        """
        with self._db.transaction() as connection:
            for left, kept in became.items():
                for table, field in (("picture", "run_id"), ("run", "paid_twin"), ("run", "parent_id")):
                    before, after = (f'"{field}":{json_text(run_id)}' for run_id in (left, kept))
                    connection.execute(
                        f"UPDATE {table} SET record = replace(record, ?, ?) WHERE instr(record, ?)",  # noqa: S608  # our own names
                        (before, after, before),
                    )
            connection.executemany("DELETE FROM run WHERE run_id = ?", [(run_id,) for run_id in became])

    def change(
        self, run_id: str, at: float, detail: str = "", *, expected: Phase | None = None, **fields: Any,
    ) -> Run:
        """Change some fields of a stored run in one transaction, and return the new run.

        A new phase, status or error sets `changed_at` to `at` unless it is given. KeyError when the run is
        unknown; StoreError, and nothing written, when it is no longer in the `expected` phase.
        """
        with self._db.transaction() as connection:
            stored = _stored(connection, run_id)
            if stored is None:
                raise KeyError(run_id)
            if expected is not None and stored.phase is not expected:
                raise MovedOnError(_("This run has changed in the meantime."), _("See its row in Runs."))
            run = replace(stored, **fields)
            if "changed_at" not in fields and _state(run) != _state(stored):
                run = replace(run, changed_at=at)
            _write(connection, run, stored, at, detail)
            return run

    def write_history(self, run: Run, entries: Iterable[TimelineEntry]) -> None:
        """Write a run, new or known, with exactly these entries in place of existing ones."""
        with self._db.transaction() as connection:
            _write(connection, run, run, 0.0, "")
            connection.execute("DELETE FROM timeline WHERE run_id = ?", (run.run_id,))
            for entry in entries:
                _enter(connection, run.run_id, entry.at, entry.what, entry.detail)

    def holds(self, run_id: str) -> bool:
        """Return whether a run has this id, in any account, readable or not."""
        return bool(self._db.rows("SELECT 1 FROM run WHERE run_id = ?", (run_id,)))

    def get(self, run_id: str) -> Run | None:
        """Return the run with this id, None without one."""
        rows = self._db.rows(f"SELECT {_COLUMNS} FROM run WHERE run_id = ?", (run_id,))  # noqa: S608  # constant
        return _run(rows[0]) if rows else None

    def runs(self, account_id: str) -> tuple[Run, ...]:
        """Return the runs of an account, newest first. A record that cannot be read is logged and left out."""
        if not self._remembers:
            return tuple(self._read(account_id))
        ((newest,),) = self._db.rows(_NEWEST)
        known = self._known
        if known is None or known.account_id != account_id:
            known = self._known = _Known(account_id, newest, {run.run_id: run for run in self._read(account_id)})
        elif known.newest != newest:
            self._read_changed(known)
            known.newest = newest
        return known.ordered

    def _read(self, account_id: str) -> Iterator[Run]:
        share = _Shared()
        for row in self._db.each_row(
            f"SELECT {_COLUMNS} FROM run WHERE account_id = ? ORDER BY created_at DESC, number DESC",  # noqa: S608  # constant
            (account_id,),
        ):
            run = _run(row)
            if run is not None:
                yield share.texts_of(run)

    def _read_changed(self, known: _Known) -> None:
        """Read the rows that were written since `known.newest`."""
        moved = False
        for row in self._db.each_row(
            f"SELECT {_COLUMNS} FROM run_change LEFT JOIN run USING (run_id) WHERE run_change.number > ?",  # noqa: S608  # constant
            (known.newest,),
        ):
            run = _run(row) if row[1] == known.account_id else None
            moved = (known.drop(str(row[0])) if run is None else known.put(run)) or moved
        known.order(self._ids(known.account_id) if moved else None)

    def _ids(self, account_id: str) -> Iterator[str]:
        """Yield the ids of an account's runs, newest first."""
        for (run_id,) in self._db.each_row(
            "SELECT run_id FROM run WHERE account_id = ? ORDER BY created_at DESC, number DESC", (account_id,),
        ):
            yield str(run_id)

    def account_ids(self) -> tuple[str, ...]:
        """Return the accounts that have runs."""
        return tuple(str(row[0]) for row in self._db.rows("SELECT DISTINCT account_id FROM run"))

    def names(self, account_id: str) -> dict[str, str]:
        """Return the names of an account's runs, by id; without reading the rest of their records."""
        rows = self._db.rows(
            "SELECT run_id, json_extract(record, '$.name') FROM run WHERE account_id = ? AND json_valid(record)",
            (account_id,),
        )
        return {str(run_id): name for run_id, name in rows if isinstance(name, str)}

    def alone(self, run: Run, since: float, until: float) -> bool:
        """Return whether nothing else of its account may have been paid in a period, neither run nor image.

        A run that was sent shortly before and has no measured cost may be charged late, and a run that was not
        charged yet when its training ends. A run that was sent after it may have been paid whatever the times say:
        the clock may have been set back.
        """
        for other in self.runs(run.account_id):
            times = (other.sent_at, *other.unanswered_at) if other.made_here else (other.created_at,)
            first = since if other.cost or not other.made_here else since - PAID_LATE_S
            if other.run_id == run.run_id:
                continue
            owes = other.uncharged and (other.active or other.changed_at >= first)
            later = 0 < run.sent_number < other.sent_number
            if owes or later or any(at is not None and first <= at <= until for at in times):
                return False
        return not self._db.rows(
            "SELECT 1 FROM picture WHERE account_id = ? AND state <> ? AND asked_at <= ? "
            "AND coalesce(ended_at, ?) >= ? LIMIT 1",
            (run.account_id, ImageState.FAILED.value, until, until, since),
        )

    def sweep(self, run: Run) -> tuple[Run, ...]:
        """Return the runs that were started together with this one, itself included, oldest first."""
        if not run.sweep_id:
            return ()
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM run WHERE account_id = ? AND instr(record, ?) ORDER BY number",  # noqa: S608  # constant
            (run.account_id, run.sweep_id),
        )
        found = (_run(row) for row in rows)
        return tuple(one for one in found if one is not None and one.sweep_id == run.sweep_id)

    def recent(self, most: int) -> tuple[Run, ...]:
        """Return the newest runs of all accounts."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM run ORDER BY created_at DESC, number DESC LIMIT ?", (most,),  # noqa: S608  # constant
        )
        return tuple(run for row in rows if (run := _run(row)) is not None)

    def texts(self) -> Iterator[str]:
        """Yield all that the user wrote or named: runs, prompts, notes, tags, datasets, captions, files."""
        for row in self._db.rows(f"SELECT {_COLUMNS} FROM run"):  # noqa: S608  # constant
            run = _run(row)
            if run is not None:
                yield from (run.name, run.notes, run.dataset_name, run.slug, PurePath(run.result_path).name)
                yield from run.tags
                yield from (str(run.body.get(field) or "") for field in WRITTEN_FIELDS)
                yield from _manifest_texts(run.manifest)

    def timeline(self, run_id: str) -> tuple[TimelineEntry, ...]:
        """Return the events of a run, oldest first."""
        rows = self._db.rows("SELECT at, what, detail FROM timeline WHERE run_id = ? ORDER BY number", (run_id,))
        return tuple(TimelineEntry(float(str(at)), str(what), str(detail)) for at, what, detail in rows)

    def timelines(self, account_id: str) -> Mapping[str, tuple[TimelineEntry, ...]]:
        """Return the events of all runs of an account by run, oldest first, without their details."""
        found: dict[str, list[TimelineEntry]] = {}
        for run_id, at, what in self._db.rows(
            "SELECT timeline.run_id, at, what FROM timeline JOIN run USING (run_id) WHERE account_id = ? "
            "ORDER BY timeline.number", (account_id,),
        ):
            found.setdefault(str(run_id), []).append(TimelineEntry(float(str(at)), str(what)))
        return {run_id: tuple(entries) for run_id, entries in found.items()}


def _manifest_texts(manifest: str) -> Iterator[str]:
    try:
        items = manifest_items(manifest) if manifest else ()
    except ValueError:
        return
    for item in items:
        path = PurePath(item.path)
        yield from (path.name, str(path.parent), item.caption)


class _Known:
    """The runs of an account as they were last read, newest first; `newest` is their last change."""

    def __init__(self, account_id: str, newest: object, runs: dict[str, Run]) -> None:
        self.account_id = account_id
        self.newest = newest
        self.ordered = tuple(runs.values())
        self._runs = runs

    def put(self, run: Run) -> bool:
        """Enter a run, new or known; return whether the order may have changed."""
        before = self._runs.get(run.run_id)
        if run != before:
            self._runs[run.run_id] = _with_texts_of(before, run)
        return before is None or before.created_at != run.created_at

    def drop(self, run_id: str) -> bool:
        """Remove a run; return whether it was there."""
        return self._runs.pop(run_id, None) is not None

    def order(self, run_ids: Iterable[str] | None) -> None:
        """Make `ordered` anew: in the order of these ids, or in the one that it had."""
        if run_ids is not None:
            self._runs = {run_id: self._runs[run_id] for run_id in run_ids if run_id in self._runs}
        self.ordered = tuple(self._runs.values())


_SHARED = (
    "manifest", "contents", "dataset_name", "dataset_id", "account_id", "fingerprint", "status", "base_model",
)


class _Shared:
    """Let runs have equal texts in common: those of one dataset have the same photos, which are most of a run."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def texts_of(self, run: Run) -> Run:
        """Return the run, which has its texts in common with others from now on; it is not in use yet."""
        for name in _SHARED:
            text: str = getattr(run, name)
            if text:
                object.__setattr__(run, name, self._texts.setdefault(text, text))  # equal: nobody can tell
        return run


def _with_texts_of(before: Run | None, run: Run) -> Run:
    """Return a run, which has its texts in common with what it was `before`."""
    for name in _SHARED if before is not None else ():
        if getattr(run, name) == getattr(before, name):
            object.__setattr__(run, name, getattr(before, name))  # equal: nobody can tell
    return run


def _newest(connection: sqlite3.Connection) -> object:
    """Return the number of the last change of a run."""
    return connection.execute(_NEWEST).fetchone()[0]


def _as_read(run: Run) -> Run:
    """Return a run that was written as it will be read."""
    return _with_plausible_times(replace(run, live=False, reported="") if run.live or run.reported else run)


def _stored(connection: sqlite3.Connection, run_id: str) -> Run | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM run WHERE run_id = ?", (run_id,)).fetchone()  # noqa: S608  # constant
    return None if row is None else _run(row)


def _run(row: tuple[object, ...]) -> Run | None:
    run_id, account_id, created_at, body, record = row
    if not (isinstance(created_at, float) and isinstance(account_id, str)):
        _log.warning("Run %s has values of the wrong type", run_id)
        return None
    try:
        run = from_text(
            Run, str(record),
            run_id=run_id, account_id=account_id, created_at=created_at, body=decoded_json(str(body)), live=False,
            reported="",
        )
    except ValueError as error:
        _log.warning("Run %s cannot be read: %s", run_id, error)
        return None
    return _with_plausible_times(run)


def _with_plausible_times(run: Run) -> Run:
    """Return a run with plausible times only; an implausible start is replaced by the last change."""
    created, changed, sent, checked = (
        plausible_time(at, 0.0) for at in (run.created_at, run.changed_at, run.sent_at, run.last_checked_at)
    )
    if (created, changed, sent, checked) == (run.created_at, run.changed_at, run.sent_at, run.last_checked_at):
        return run
    known = next((at for at in (created, changed) if at is not None), EARLIEST)
    return replace(
        run, created_at=known if created is None else created, changed_at=known if changed is None else changed,
        sent_at=sent, last_checked_at=checked,
    )


def _write(connection: sqlite3.Connection, run: Run, stored: Run | None, at: float, detail: str) -> None:
    connection.execute(
        f"INSERT INTO run ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET "  # noqa: S608  # constant
        "account_id = excluded.account_id, created_at = excluded.created_at, body = excluded.body, "
        "record = excluded.record",
        (run.run_id, run.account_id, run.created_at, json_text(plain(run.body)),
         record_text(run, without=_OWN_COLUMNS)),
    )
    new_phase = stored is None or run.phase is not stored.phase
    for place, (what, words) in enumerate(_news(run, stored, detail)):
        if not new_phase and _is_known(connection, run.run_id, what, words):
            continue
        left = MOST_ENTRIES if new_phase and place == 0 else _entries_left(connection, run.run_id)
        if left > 0:
            _enter(connection, run.run_id, at, what, words if left > 1 else _NO_MORE.message)


def _entries_left(connection: sqlite3.Connection, run_id: str) -> int:
    row = connection.execute("SELECT count(*) FROM timeline WHERE run_id = ?", (run_id,)).fetchone()
    return MOST_ENTRIES - int(row[0])


def _is_known(connection: sqlite3.Connection, run_id: str, what: str, detail: str) -> bool:
    """Return whether a status was entered often enough: one that alternates adds nothing new."""
    (count,) = connection.execute(
        "SELECT count(*) FROM timeline WHERE run_id = ? AND what = ? AND detail = ?",
        (run_id, utf8_text(what), utf8_text(detail)),
    ).fetchone()
    return int(count) >= MOST_TIMES


def _enter(connection: sqlite3.Connection, run_id: str, at: float, what: str, detail: str) -> None:
    connection.execute(
        "INSERT INTO timeline (run_id, at, what, detail) VALUES (?, ?, ?, ?)",
        (run_id, at, utf8_text(what), utf8_text(detail)),
    )


def _news(run: Run, stored: Run | None, detail: str) -> list[tuple[str, str]]:
    """Return the new entries: the phase first, then the status with the service's error."""
    news: list[tuple[str, str]] = []
    if stored is None or run.phase is not stored.phase:
        news.append((run.phase.value, detail))
        detail = ""
    status, error = (stored.status, stored.error) if stored else ("", "")
    if (run.status, run.error) != (status, error):
        news.append((run.status, detail or run.error))
    return news


def _state(run: Run) -> tuple[object, ...]:
    return run.phase, run.status, run.error
