"""Build a new database from what can be read of a damaged one, and say how much was recovered."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Phase
from segmind_studio.record import record
from segmind_studio.store import schema
from segmind_studio.store.private_files import make_private_file
from segmind_studio.store.records import utf8_text
from segmind_studio.store.salvage import Row, Salvage
from segmind_studio.texts import N_, _, listed, ngettext, sentences

LONGEST_S = 20.0
_TABLES = ("run", "timeline", "dataset", "photo")  # of every version; an older file lacks the later ones
_IMAGE_MARK = b'"strength":'
_UNSENT = frozenset({Phase.PREPARED.value, Phase.UPLOADING.value, Phase.UPLOADED.value})
_IMAGE_STATES = frozenset(state.value for state in ImageState)
_UNSURE = N_(
    "The history was damaged. This run may have been sent since then. Check the list of runs first."
)
_NEW_NAME = N_("Recovered photos")


@record
class Recovered:
    """How much was recovered; `whole` is False when the time ran out before everything was tried."""

    runs: int = 0
    datasets: int = 0
    photos: int = 0
    images: int = 0
    whole: bool = True

    @property
    def text(self) -> str:
        """Return it as a sentence for the user."""
        if not (self.runs or self.datasets or self.images):
            return _("Nothing could be recovered. The app starts with an empty history.")
        said: list[str] = []
        if self.runs:
            said.append(ngettext("{count} run", "{count} runs", self.runs).format(count=self.runs))
        if self.datasets:
            said.append(ngettext("{count} dataset", "{count} datasets", self.datasets).format(count=self.datasets))
        if self.photos:
            said.append(ngettext("{count} photo", "{count} photos", self.photos).format(count=self.photos))
        if self.images:
            words = ngettext("{count} picture made in Try", "{count} pictures made in Try", self.images)
            said.append(words.format(count=self.images))
        end = "" if self.whole else _("There may be more to recover, but reading it would take too long.")
        return sentences(_("Recovered: {things}.").format(things=listed(said)), end)


def recover(
    damaged: Path, target: Path, migrations: Sequence[str] = schema.MIGRATIONS, *, longest_s: float = LONGEST_S,
) -> Recovered:
    """Create `target`, a new file with the newest tables and all readable rows of `damaged`.

    `damaged` and its WAL are only read. An older file's rows go into its own tables first, and the later scripts
    are run on them. Blocking, at most about `longest_s` seconds and the time to copy the file. Raises OSError,
    StoreError or sqlite3.Error when the disk refuses; never for damage.
    """
    copy = target.with_name(f"{target.name}.reading")
    template = target.with_name(f"{target.name}.template")
    try:
        _build(template, migrations, None)
        with Salvage(damaged, copy, template, _TABLES, time.monotonic() + longest_s) as salvage:
            return _build(target, migrations, salvage)
    finally:
        _clear(template)


def _build(path: Path, migrations: Sequence[str], salvage: Salvage | None) -> Recovered:
    _clear(path)
    make_private_file(path)
    newest = len(migrations)
    version = salvage.version if salvage else newest
    version = version if 0 < version <= newest else newest
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        schema.apply(connection, migrations[:version])
        found = _Filling(connection, salvage).fill() if salvage else Recovered()
        schema.apply(connection, migrations[version:])
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    return found


def _clear(path: Path) -> None:
    """Remove the files of an interrupted recovery, with SQLite's files beside them."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


class _Filling:
    """Copy rows, one table after the other; a row with values of wrong types is left out."""

    def __init__(self, connection: sqlite3.Connection, salvage: Salvage) -> None:
        self._connection = connection
        self._salvage = salvage
        self._unsure: list[tuple[str, str]] = []  # runs that may have been sent since, with their new phase
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        here = {str(row[0]) for row in connection.execute(tables)}
        self._ours = set(_TABLES) <= here  # an unknown set of tables has no known types
        self._has_images = "picture" in here
        self._keyed_accounts = "account_key" in here

    def fill(self) -> Recovered:
        """Copy everything and count it."""
        if not self._ours:
            return Recovered()
        runs = self._runs()
        self._timeline(runs)
        datasets = self._datasets()
        photos = self._photos(datasets)
        images = self._images() if self._has_images else 0
        if self._keyed_accounts:
            self._account_keys()
        return Recovered(len(runs), len(datasets), photos, images, self._salvage.in_time)

    def _runs(self) -> set[str]:
        columns = ("run_id", "account_id", "created_at", "body", "record")
        found: set[str] = set()
        for row, rest in self._rows("run", columns):
            number, run_id, account_id, created_at, body, record = row
            fields = _object(record)
            if not (_texts(run_id, account_id) and _number(created_at)) or fields is None or _object(body) is None:
                continue
            unsure = fields.get("phase") in _UNSENT
            if unsure:
                record = _settled(fields, created_at)
            values = (number, run_id, account_id, created_at, body, record)
            if self._insert("run", ("number", *columns), values, rest):
                found.add(str(run_id))
                if unsure:
                    self._unsure.append((str(run_id), str(fields["phase"])))
        return found

    def _timeline(self, runs: set[str]) -> None:
        columns = ("run_id", "at", "what", "detail")
        for row, rest in self._rows("timeline", columns):
            run_id, at, what, detail = row[1:]
            if run_id in runs and _number(at) and _texts(what, detail):
                self._insert("timeline", ("number", *columns), row, rest)
        for run_id, phase in self._unsure:
            self._insert("timeline", columns, (run_id, time.time(), phase, _UNSURE.message), {})

    def _datasets(self) -> set[str]:
        found: set[str] = set()
        for row, rest in self._rows("dataset", ("name", "updated_at"), ("dataset_id",)):
            dataset_id, name, updated_at = row
            if _texts(dataset_id, name) and _number(updated_at):
                self._insert("dataset", ("dataset_id", "name", "updated_at"), row, rest)
                found.add(str(dataset_id))
        return found

    def _photos(self, datasets: set[str]) -> int:
        """Copy photos; those of a lost dataset go into a new one, so that their captions are kept."""
        count = 0
        for row, rest in self._rows("photo", ("position", "record"), ("dataset_id", "photo_id")):
            dataset_id, photo_id, position, record = row
            if not (_texts(dataset_id, photo_id) and type(position) is int) or _object(record) is None:
                continue
            if dataset_id not in datasets:
                self._insert(
                    "dataset", ("dataset_id", "name", "updated_at"), (dataset_id, str(_NEW_NAME), time.time()), {},
                )
                datasets.add(str(dataset_id))
            count += self._insert("photo", ("dataset_id", "photo_id", "position", "record"), row, rest)
        return count

    def _images(self) -> int:
        """Copy generated images, each a call that may have been paid."""
        columns = ("picture_id", "account_id", "asked_at", "ended_at", "state", "record")
        count = 0
        for row, rest in self._rows("picture", columns, mark=_IMAGE_MARK):
            image_id, account_id, asked_at, ended_at, state, record = row[1:]
            good = _texts(image_id, account_id, state) and _number(asked_at)
            if good and (ended_at is None or _number(ended_at)) and state in _IMAGE_STATES and _object(record):
                count += self._insert("picture", ("number", *columns), row, rest)
        return count

    def _account_keys(self) -> None:
        """Copy which keys belong to one account: without it, a key's runs would not be shown."""
        for row, rest in self._rows("account_key", ("account_id", "address"), ("fingerprint",)):
            if _texts(*row):
                self._insert("account_key", ("fingerprint", "account_id", "address"), row, rest)

    def _rows(
        self, table: str, columns: tuple[str, ...], keys: tuple[str, ...] = (), mark: bytes = b"",
    ) -> Iterator[tuple[Row, dict[str, object]]]:
        """Yield rows with the named columns, and the further columns of that version's tables."""
        named = {*keys, *columns, "number"}
        here = [str(row[1]) for row in self._connection.execute(f"PRAGMA table_info({table})")]
        others = tuple(name for name in self._salvage.columns(table) if name in here and name not in named)
        width = len(keys) + len(columns) if keys else len(columns) + 1
        wanted = (*columns, *others)
        salvage = self._salvage
        for row in salvage.keyed(table, keys, wanted) if keys else salvage.numbered(table, wanted, mark):
            yield row[:width], dict(zip(others, row[width:], strict=True))

    def _insert(self, table: str, columns: tuple[str, ...], row: Row, rest: dict[str, object]) -> bool:
        names = (*columns, *rest)
        marks = ", ".join("?" * len(names))
        values = [utf8_text(value) if isinstance(value, str) else value for value in (*row, *rest.values())]
        sql = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # our own names
        if self._connection.execute(sql, values).rowcount > 0:
            return True
        if names[0] != "number":
            return False
        same = f"SELECT {', '.join(names)} FROM {table} WHERE number = ?"  # noqa: S608  # our own names
        if self._connection.execute(same, values[:1]).fetchone() in {None, tuple(values)}:
            return False
        return self._connection.execute(sql, [None, *values[1:]]).rowcount > 0  # a broken row has used its number


def _settled(fields: dict[str, object], created_at: object) -> str:
    """Return the record of an unfinished run so that it cannot be continued: later steps of it may be lost.

    A run whose photos were uploaded may have been sent, so its outcome counts as unknown; the list decides.
    Continuing it as if nothing was sent could be paid twice.
    """
    uploaded = bool(fields.get("data_source_path"))
    changed = fields.get("changed_at")
    fields["phase"] = (Phase.UNKNOWN if uploaded else Phase.ABANDONED).value
    if uploaded and not _number(fields.get("sent_at")):
        fields["sent_at"] = changed if _number(changed) else created_at
    return json.dumps(fields, separators=(",", ":"))


def _object(text: object) -> dict[str, object] | None:
    if not isinstance(text, str):
        return None
    try:
        value = decoded_json(text)
    except ValueError:
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)

