"""The album: every picture that was asked for, on the disk before its request leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import Picture, PictureState
from segmind_studio.store.database import Database
from segmind_studio.store.records import from_text, record_text
from segmind_studio.texts import N_, _

_log = logging.getLogger(__name__)
_OWN_COLUMNS = frozenset({"picture_id", "account_id", "asked_at", "ended_at", "state"})
_COLUMNS = "picture_id, account_id, asked_at, ended_at, state, record"
_LEFT = N_("The app was closed before the answer came.")


class Album:
    """Keep pictures; blocking, for any thread. StoreError when the disk refuses. The files are not its own."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, picture: Picture) -> None:
        """Write a new picture; StoreError when it is already there: one row is one request."""
        with self._db.transaction() as connection:
            known = connection.execute("SELECT 1 FROM picture WHERE picture_id = ?", (picture.picture_id,))
            if known.fetchone() is not None:
                raise StoreError(_("This picture was asked for already."), detail=picture.picture_id)
            connection.execute(
                f"INSERT INTO picture ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  # constant
                (picture.picture_id, *_values(picture)),
            )

    def save(self, picture: Picture) -> None:
        """Write what became of a known picture; KeyError when it is unknown."""
        with self._db.transaction() as connection:
            done = connection.execute(
                "UPDATE picture SET account_id = ?, asked_at = ?, ended_at = ?, state = ?, record = ? "
                "WHERE picture_id = ?",
                (*_values(picture), picture.picture_id),
            )
            if done.rowcount == 0:
                raise KeyError(picture.picture_id)

    def pictures(self, account_id: str) -> tuple[Picture, ...]:
        """List an account's pictures, newest first. A record that cannot be read is logged and left out."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM picture WHERE account_id = ? ORDER BY asked_at DESC, number DESC",  # noqa: S608  # constant
            (account_id,),
        )
        return tuple(picture for row in rows if (picture := _picture(row)) is not None)

    def texts(self) -> Iterator[str]:
        """Yield all that the person wrote or named: prompts, models, files."""
        for row in self._db.rows(f"SELECT {_COLUMNS} FROM picture"):  # noqa: S608  # constant
            picture = _picture(row)
            if picture is not None:
                yield from (picture.prompt, picture.slug, picture.file_name)

    def settle(self, at: float, file_of: Callable[[str], str]) -> None:
        """End what an earlier start of the app was still waiting for, before anything new is asked.

        `file_of` gives the name of the file that was kept for a picture's id, "" when there is none. With a
        file the picture was made, at a cost that nobody knows; without one its outcome is unknown.
        """
        with self._db.transaction() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM picture WHERE state = ?", (PictureState.ASKED.value,),  # noqa: S608  # constant
            ).fetchall()
            for row in rows:
                picture = _picture(row)
                if picture is None:
                    continue
                name = file_of(picture.picture_id)
                state = PictureState.MADE if name else PictureState.UNKNOWN
                error = "" if name else _LEFT.message
                self.save(replace(picture, state=state, ended_at=at, file_name=name, error=error))


def _values(picture: Picture) -> tuple[object, ...]:
    return (
        picture.account_id, picture.asked_at, picture.ended_at, picture.state.value,
        record_text(picture, without=_OWN_COLUMNS),
    )


def _picture(row: tuple[object, ...]) -> Picture | None:
    picture_id, account_id, asked_at, ended_at, state, record = row
    try:
        return from_text(
            Picture, str(record), picture_id=str(picture_id), account_id=str(account_id),
            asked_at=float(str(asked_at)), ended_at=None if ended_at is None else float(str(ended_at)),
            state=PictureState(str(state)),
        )
    except ValueError as error:
        _log.warning("Picture %s cannot be read: %s", picture_id, error)
        return None
