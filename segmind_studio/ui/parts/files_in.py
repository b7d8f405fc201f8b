"""Pictures that come into the window without a file: from the clipboard, or dragged out of a browser."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

if TYPE_CHECKING:
    from segmind_studio.services.datasets.pasted import PastedPicture

_TYPES = (  # those offered as they are: no program decodes and encodes them on the way
    "image/png", "image/jpeg", "image/webp", "image/avif", "image/heic", "image/heif", "image/tiff", "image/gif",
    "image/bmp",
)
_INLINE = ("data:image/", ";base64,")


def has_picture(mime: QMimeData) -> bool:
    """Return whether the data hold a picture, by its types alone."""
    return mime.hasImage() or any(mime.hasFormat(kind) for kind in _TYPES) or bool(_inline(mime))


def picture_of(mime: QMimeData) -> PastedPicture | None:
    """Return the picture, encoded where it is offered so; None without one. Nothing is decoded here or fetched."""
    from PySide6.QtGui import QImage  # noqa: PLC0415  # when first needed

    from segmind_studio.services.datasets.pasted import PastedPicture  # noqa: PLC0415  # likewise

    for kind in _TYPES:
        if mime.hasFormat(kind) and (data := bytes(mime.data(kind).data())):
            return PastedPicture(data)
    if inline := _inline(mime):
        try:
            return PastedPicture(b64decode(inline.partition(_INLINE[1])[2], validate=True))
        except binascii.Error:
            return None
    image = mime.imageData() if mime.hasImage() else None
    return PastedPicture(image=image) if isinstance(image, QImage) and not image.isNull() else None


def _inline(mime: QMimeData) -> str:
    """Return an address that holds its picture, "" without one."""
    addresses = (bytes(url.toEncoded().data()).decode() for url in mime.urls())
    return next((one for one in addresses if one.startswith(_INLINE[0]) and _INLINE[1] in one), "")
