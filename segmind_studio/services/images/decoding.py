"""Decode pictures with Qt, in a format that is found here and passed to Qt.

To find the format itself, Qt asks each plugin, and that of SVG connects a signal. This takes one of Qt's locks
while PySide holds the interpreter's; the GUI thread may wait for them the other way round, and both wait for ever.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageReader

_SIGNATURES = {
    b"\xff\xd8": b"jpeg", b"\x89PNG": b"png", b"RIFF": b"webp", b"GIF8": b"gif", b"BM": b"bmp", b"II*\0": b"tiff",
    b"MM\0*": b"tiff",
}
_LONGEST = max(map(len, _SIGNATURES))


def decoded(data: bytes) -> QImage:
    """Decode a picture; null when it cannot be read, or is of a format that is not used. For any thread."""
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    kind = _kind_of(data)
    return _reader(buffer, kind).read() if kind else QImage()


def reader_of(path: Path) -> QImageReader | None:
    """Return a reader of a file; None when it cannot be opened, or is of a format that is not used."""
    try:
        with path.open("rb") as file:
            kind = _kind_of(file.read(_LONGEST))
    except OSError:
        return None
    return _reader(str(path), kind) if kind else None


def _reader(source: QBuffer | str, kind: bytes) -> QImageReader:
    reader = QImageReader(source, kind)
    reader.setAutoDetectImageFormat(False)
    return reader


def _kind_of(data: bytes) -> bytes:
    return next((kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)), b"")
