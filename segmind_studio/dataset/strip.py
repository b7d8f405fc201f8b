"""Remove metadata from an image without changing a pixel: select the bytes of the file that stay.

JPEG loses EXIF (with GPS), XMP, comments, thumbnails and everything after its end; PNG and WebP lose all but the
image and its colours. Nothing is copied: the result is spans of the source file.
"""

from __future__ import annotations

from typing import BinaryIO

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES
from segmind_studio.dataset.converted import is_converted, read_converted
from segmind_studio.dataset.jpeg import SIGNATURE as JPEG
from segmind_studio.dataset.jpeg import read_jpeg
from segmind_studio.dataset.layout import TOO_LARGE, Layout, NotAnImageError, SlowImageError
from segmind_studio.dataset.png import SIGNATURE as PNG
from segmind_studio.dataset.png import read_png
from segmind_studio.dataset.webp import is_webp, read_webp
from segmind_studio.texts import N_, _, sentences

HEAD_BYTES = 16
_OTHERS = {
    b"%PDF": N_("This file is a PDF."),
    b"8BPS": N_("This file is a Photoshop file."),
    b"\xff\x0a": N_("This file is a JPEG XL picture."),
}


def layout_of(file: BinaryIO, size: int, *, whole: bool) -> Layout:
    """Return the layout of an image, whatever its name says; BrokenImageError when it cannot be used.

    A file of `size` bytes that is too large to send is not read: finding a lost end may take minutes.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if size >= MAX_ARCHIVE_BYTES and starts_like_an_image(head):
        raise SlowImageError(TOO_LARGE)
    if head.startswith(JPEG):
        return read_jpeg(file, size, whole=whole)
    if head.startswith(PNG):
        return read_png(file, size)
    if is_webp(head):
        return read_webp(file, size)
    if is_converted(head):
        return read_converted(file, size, head)
    raise NotAnImageError(unsupported_text(head))


def starts_like_an_image(head: bytes) -> bool:
    """Return by the first 16 bytes whether it may be a picture of a format that is taken."""
    return head.startswith((JPEG, PNG)) or is_webp(head) or is_converted(head)


def unsupported_text(head: bytes) -> str:
    """Return, by the first 16 bytes, a sentence that says what an unsupported file is."""
    if not head:
        return _("This file is empty.")
    what = next((words for start, words in _OTHERS.items() if head.startswith(start)), None)
    if head[4:8] == b"ftyp":
        what = N_("This file is a film or a picture of another kind.")
    if what is not None:
        return sentences(what, _("Save it as a JPEG, PNG or WebP."))
    a_zip = head.startswith(b"PK\x03\x04")
    return _("This file is a zip, not a picture.") if a_zip else _("This file is not a picture.")
