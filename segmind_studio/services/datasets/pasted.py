"""A picture without a file of its own, from the clipboard or a browser: it becomes a file of the app's own."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from segmind_studio.core.errors import StoreError
from segmind_studio.file_replacing import replace_file
from segmind_studio.record import record
from segmind_studio.texts import _

_KINDS = (  # of the bytes' beginning; the intake looks at the content, whatever the name says
    (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"RIFF", ".webp"), (b"GIF8", ".gif"), (b"BM", ".bmp"),
    (b"II", ".tif"), (b"MM", ".tif"),
)


@record
class PastedPicture:
    """The encoded bytes of a picture, or, where only pixels were offered, the pixels."""

    data: bytes = b""
    image: QImage | None = None


def written_picture(picture: PastedPicture, imports: Path) -> Path:
    """Write a picture to `imports` in a folder named by its bytes' hash, and return the file, named by the time.

    The same picture is written once. Pixels become a PNG. Blocks; StoreError when the folder cannot be written.
    """
    data = picture.data or _as_png(picture.image)
    folder = imports / blake2b(data, digest_size=16).hexdigest()
    suffix = next((kind for start, kind in _KINDS if data.startswith(start)), ".png")
    aside = folder / f".picture{suffix}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for known in folder.iterdir():
            if known.suffix == suffix and known.stat().st_size == len(data):
                return known
        target = folder / f"{_name()}{suffix}"
        try:
            aside.touch(0o600)
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            replace_file(aside, target)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            _("The picture could not be saved."), _("Free some disk space, then paste the picture again."),
            error.strerror or str(error),
        ) from error
    return target


def _name() -> str:
    # Translators: the name of a file; {time} is a date and a time.
    words = _("Pasted {time}").format(time=datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S"))
    return "".join(char if char.isalnum() or char in " .-_" else "_" for char in words)


def _as_png(image: QImage | None) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image is not None:
        image.save(buffer, "PNG")  # pyright: ignore[reportArgumentType, reportCallIssue]  # the stubs want bytes
    return bytes(buffer.data().data())
