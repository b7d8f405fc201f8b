"""In which order photos are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from math import prod
from typing import Any

from segmind_studio.core.datasets import Photo

_DIGITS = re.compile(r"[0-9]+")
_LONGEST_NUMBER = 24  # digits; longer ones sort as text


class PhotoOrder(StrEnum):
    """What photos are sorted by."""

    ADDED = "added"  # as in the dataset
    NAME = "name"  # numbers by their value: 2 before 10
    TIME = "time"  # of the file's last change
    SIZE = "size"  # pixels, with the crop
    WORDS = "words"  # of the caption
    SHARPNESS = "sharpness"
    NOISE = "noise"
    LIKENESS = "likeness"  # each beside those that look most like it


MEASURED_ORDERS = frozenset({PhotoOrder.SHARPNESS, PhotoOrder.NOISE, PhotoOrder.LIKENESS})


def sorted_photos(
    photos: Iterable[Photo], order: PhotoOrder, *, descending: bool = False,
    measured: Mapping[str, float] | None = None,
) -> list[Photo]:
    """Return the photos in an order; equal ones stay as added.

    `measured` are the numbers by photo id for the orders that no photo carries itself; photos without one come
    last, in both directions.
    """
    listed = list(photos)
    if order is PhotoOrder.ADDED:
        return listed[::-1] if descending else listed
    if order in MEASURED_ORDERS:
        known = measured or {}
        with_number = [photo for photo in listed if photo.photo_id in known]
        without = [photo for photo in listed if photo.photo_id not in known]
        return sorted(with_number, key=lambda photo: known[photo.photo_id], reverse=descending) + without
    return sorted(listed, key=_KEYS[order], reverse=descending)


def _by_name(photo: Photo) -> str:
    return _DIGITS.sub(_filled, photo.path.name.casefold())


def _filled(number: re.Match[str]) -> str:
    """Return a number with zeros in front, so that texts sort by its value: far quicker than lists."""
    return number[0].zfill(_LONGEST_NUMBER)


_KEYS: dict[PhotoOrder, Callable[[Photo], Any]] = {
    PhotoOrder.NAME: _by_name,
    PhotoOrder.TIME: lambda photo: photo.mtime_ns,
    PhotoOrder.SIZE: lambda photo: prod(photo.edited_size),
    PhotoOrder.WORDS: lambda photo: len(photo.caption.split()),
}
