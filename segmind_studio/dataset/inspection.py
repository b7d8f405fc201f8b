"""Inspect one image file: its size as displayed, its format, and whether it can be used. Decodes nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import DatasetError
from segmind_studio.dataset.conversion import possible_changes
from segmind_studio.dataset.exif import displayed
from segmind_studio.dataset.files import open_regular
from segmind_studio.dataset.layout import (
    MAX_PIXELS,
    BrokenImageError,
    NotAnImageError,
    SlowImageError,
)
from segmind_studio.dataset.strip import layout_of
from segmind_studio.record import record
from segmind_studio.texts import N_, _

FILE_MISSING = N_("This file is no longer there.")


@record
class ImageFacts:
    """The facts of a file; `problem` is "" for a good image, else a sentence.

    `changes` are those by the headers. `not_an_image` is True when it does not begin like a picture, or
    could not be opened. `too_slow` is True when decoding would take too long, so the image is never decoded.
    """

    width: int = 0
    height: int = 0
    size: int = 0
    mtime_ns: int = 0
    image_format: str = ""
    orientation: int = 1
    problem: str = ""
    changes: tuple[str, ...] = ()
    not_an_image: bool = False
    too_slow: bool = False


def inspect(path: Path, *, listed: bool = False) -> ImageFacts:
    """Return the facts of a file; never raises. Reads headers, and the whole file if its end is in doubt.

    `listed` says that it was a regular file when its folder was listed, a moment ago.
    """
    try:
        with open_regular(path, listed=listed) as file:
            stat = os.fstat(file.fileno())
            try:
                layout = layout_of(file, stat.st_size, whole=False)
            except BrokenImageError as error:
                return ImageFacts(
                    size=stat.st_size, mtime_ns=stat.st_mtime_ns, problem=error.title,
                    not_an_image=isinstance(error, NotAnImageError), too_slow=isinstance(error, SlowImageError),
                )
    except DatasetError as error:
        return ImageFacts(problem=error.title, not_an_image=True)
    except FileNotFoundError:
        return ImageFacts(problem=FILE_MISSING.message, not_an_image=True)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        words = error.strerror if isinstance(error, OSError) else ""
        return ImageFacts(
            problem=_("This file cannot be opened: {words}.").format(words=words or error), not_an_image=True
        )
    if layout.width * layout.height > MAX_PIXELS:
        megapixels = layout.width * layout.height // 1_000_000
        return ImageFacts(
            size=stat.st_size, mtime_ns=stat.st_mtime_ns,
            problem=_("This picture has {megapixels} megapixels, too many to open safely.").format(
                megapixels=megapixels
            ),
        )
    width, height = displayed(layout.width, layout.height, layout.orientation)
    return ImageFacts(
        width, height, stat.st_size, stat.st_mtime_ns, layout.image_format, layout.orientation,
        changes=possible_changes(layout),
    )


def look_again(photo: Photo) -> Photo:
    """Return the photo with the current facts of its file; the same object when nothing changed."""
    try:
        stat = photo.path.stat()
        same = (stat.st_size, stat.st_mtime_ns) == (photo.size, photo.mtime_ns)
    except (OSError, ValueError):
        same = False
    if same and photo.problem != FILE_MISSING.message:
        return photo
    facts = inspect(photo.path)
    if facts.problem == FILE_MISSING.message:
        missing = replace(photo, problem=FILE_MISSING.message, looked=False)
        return photo if photo.problem == FILE_MISSING.message else missing
    return replace(
        photo, width=facts.width, height=facts.height, size=facts.size, mtime_ns=facts.mtime_ns,
        image_format=facts.image_format, orientation=facts.orientation, problem=facts.problem,
        looked=False, changes=facts.changes,
    )
