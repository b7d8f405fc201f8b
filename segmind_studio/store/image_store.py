"""The store of generated images: every image that was requested, on the disk before its request is sent."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage, ImageState, marks_of, with_marks_of
from segmind_studio.store.database import Database
from segmind_studio.store.records import from_text, record_text
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
_OWN_FIELDS = frozenset({"image_id", "account_id", "asked_at", "ended_at", "state"})
_COLUMNS = "picture_id, account_id, asked_at, ended_at, state, record"
_LEFT = "The app was closed before the answer came."


class ImageStore:
    """Store rows of images, without their files; blocking, for any thread. StoreError when the disk refuses."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, image: GeneratedImage) -> None:
        """Write a new image; StoreError when it is already there: one row is one request."""
        with self._db.transaction() as connection:
            known = connection.execute("SELECT 1 FROM picture WHERE picture_id = ?", (image.image_id,))
            if known.fetchone() is not None:
                raise StoreError(_("This picture was already requested."), detail=image.image_id)
            connection.execute(
                f"INSERT INTO picture ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  # constant
                (image.image_id, *_values(image)),
            )

    def save(self, image: GeneratedImage) -> None:
        """Write the changed row of a known image; KeyError when it is unknown."""
        with self._db.transaction() as connection:
            done = connection.execute(
                "UPDATE picture SET account_id = ?, asked_at = ?, ended_at = ?, state = ?, record = ? "
                "WHERE picture_id = ?",
                (*_values(image), image.image_id),
            )
            if done.rowcount == 0:
                raise KeyError(image.image_id)

    def end(self, image: GeneratedImage) -> GeneratedImage:
        """Write how a known image ended, and return it; KeyError when it is unknown.

        What a person said about it meanwhile stays, except that one that came after all is not deleted.
        """
        with self._db.transaction() as connection:
            ended = with_marks_of(image, _stored(connection, image.image_id))
            self.save(ended)
            return ended

    def mark(self, images: Iterable[GeneratedImage]) -> None:
        """Write rating, tags and deletion of known images; all else stays as it is stored."""
        with self._db.transaction() as connection:
            for image in images:
                known = _stored(connection, image.image_id)
                if known is not None:
                    marked = replace(known, **marks_of(image))
                    connection.execute(
                        "UPDATE picture SET record = ? WHERE picture_id = ?",
                        (record_text(marked, without=_OWN_FIELDS), image.image_id),
                    )

    def images(self, account_id: str) -> tuple[GeneratedImage, ...]:
        """Return an account's images, newest first. A record that cannot be read is logged and left out."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM picture WHERE account_id = ? ORDER BY asked_at DESC, number DESC",  # noqa: S608  # constant
            (account_id,),
        )
        return tuple(image for row in rows if (image := _image(row)) is not None)

    def account_ids(self) -> tuple[str, ...]:
        """Return the accounts that images were requested with."""
        return tuple(str(row[0]) for row in self._db.rows("SELECT DISTINCT account_id FROM picture"))

    def texts(self) -> Iterator[str]:
        """Yield all that the user wrote or named: prompts, models, files, tags."""
        for row in self._db.rows(f"SELECT {_COLUMNS} FROM picture"):  # noqa: S608  # constant
            image = _image(row)
            if image is not None:
                yield from (
                    image.prompt, image.negative_prompt, image.extra, image.slug, image.file_name, *image.tags,
                )

    def settle(self, at: float, file_of: Callable[[str], str]) -> None:
        """End requests that an earlier start of the app was waiting for; call it before new requests.

        `file_of` returns the name of the file that was stored for an image's id, "" when there is none. With a
        file the image was made, at an unknown cost; without one its outcome is unknown. One that the service took
        into its queue stays as it is while it can be looked for.
        """
        with self._db.transaction() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM picture WHERE state = ?", (ImageState.ASKED.value,),  # noqa: S608  # constant
            ).fetchall()
            for row in rows:
                image = _image(row)
                name = file_of(image.image_id) if image is not None else ""
                if image is None or (not name and image.can_be_looked_for(at)):
                    continue
                state = ImageState.MADE if name else ImageState.UNKNOWN
                error = "" if name else _LEFT
                self.save(replace(image, state=state, ended_at=at, file_name=name, error=error))


    def drop_files(self, before: float, remove: Callable[[GeneratedImage], bool]) -> None:
        """Take the files from images that were deleted before a time; call it before their images are read.

        `remove` removes the file of one, and returns False when it is still there: the next call tries it again.
        An image that is restored meanwhile waits, or keeps its file.
        """
        with self._db.transaction() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM picture WHERE json_valid(record) "  # noqa: S608  # constant
                "AND json_extract(record, '$.deleted_at') > 0 AND json_extract(record, '$.deleted_at') < ?",
                (before,),
            ).fetchall()
            for row in rows:
                image = _image(row)
                if image is not None and image.file_name and remove(image):
                    self.save(replace(image, file_name=""))


def _values(image: GeneratedImage) -> tuple[object, ...]:
    return (
        image.account_id, image.asked_at, image.ended_at, image.state.value,
        record_text(image, without=_OWN_FIELDS),
    )


def _stored(connection: sqlite3.Connection, image_id: str) -> GeneratedImage | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM picture WHERE picture_id = ?", (image_id,),  # noqa: S608  # constant
    ).fetchone()
    return _image(row) if row is not None else None


def _image(row: tuple[object, ...]) -> GeneratedImage | None:
    image_id, account_id, asked_at, ended_at, state, record = row
    try:
        return from_text(
            GeneratedImage, str(record), image_id=str(image_id), account_id=str(account_id),
            asked_at=float(str(asked_at)), ended_at=None if ended_at is None else float(str(ended_at)),
            state=ImageState(str(state)),
        )
    except ValueError as error:
        _log.warning("Picture %s cannot be read: %s", image_id, error)
        return None
