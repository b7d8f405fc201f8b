"""Look at one picture file: its size as displayed, its format, and whether it can be used. Decodes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG

from segmind_studio.core.datasets import Photo
from segmind_studio.dataset.exif import displayed
from segmind_studio.dataset.layout import BrokenPictureError
from segmind_studio.dataset.strip import layout_of

MAX_PIXELS = 89_000_000  # more is a decompression bomb to the decoders (Pillow's own first limit)
GONE = "This file is no longer there."


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a file is; `problem` is "" for a good picture, else a sentence."""

    width: int = 0
    height: int = 0
    size: int = 0
    mtime_ns: int = 0
    image_format: str = ""
    orientation: int = 1
    problem: str = ""


def inspect(path: Path) -> PictureFacts:
    """Look at a file; never raises. Reads headers, and the whole file only when its end is in doubt."""
    try:
        stat = path.stat()
        if not S_ISREG(stat.st_mode):
            return PictureFacts(problem="This is a folder or a device, not a file.")  # a pipe would block
        with path.open("rb") as file:
            facts = PictureFacts(size=stat.st_size, mtime_ns=stat.st_mtime_ns)
            try:
                layout = layout_of(file, stat.st_size, whole=False)
            except BrokenPictureError as error:
                return replace(facts, problem=error.title)
    except FileNotFoundError:
        return PictureFacts(problem=GONE)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        words = error.strerror if isinstance(error, OSError) else ""
        return PictureFacts(problem=f"This file cannot be opened: {words or error}.")
    if layout.width * layout.height > MAX_PIXELS:
        megapixels = layout.width * layout.height // 1_000_000
        return replace(facts, problem=f"This picture has {megapixels} megapixels, too many to open safely.")
    width, height = displayed(layout.width, layout.height, layout.orientation)
    return replace(
        facts, width=width, height=height, image_format=layout.image_format, orientation=layout.orientation
    )


def look_again(photo: Photo) -> Photo:
    """Give the photo with the facts of its file as they are now; the same object when nothing changed."""
    try:
        stat = photo.path.stat()
        same = (stat.st_size, stat.st_mtime_ns) == (photo.size, photo.mtime_ns)
    except (OSError, ValueError):
        same = False
    if same and photo.problem != GONE:
        return photo
    facts = inspect(photo.path)
    if facts.problem == GONE:
        return photo if photo.problem == GONE else replace(photo, problem=GONE, looked=False)
    return replace(
        photo, width=facts.width, height=facts.height, size=facts.size, mtime_ns=facts.mtime_ns,
        image_format=facts.image_format, orientation=facts.orientation, problem=facts.problem,
        looked=False, changes=(),
    )
