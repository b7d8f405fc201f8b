"""Which photos look nearly alike, found by 64-bit fingerprints of their pictures.

A fingerprint says of neighbouring places in a small picture which is the brighter one, so it survives scaling and
another compression. Two within `ALIKE_BITS` bits are nearly alike. Only photos that agree in one of five bands of
their fingerprints are compared: up to four differing bits always leave one band untouched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import prod
from typing import TypeVar

from segmind_studio.core.datasets import Photo
from segmind_studio.core.picture_traits import PictureTraits
from segmind_studio.record import record

MEASURED_SIDE = 512  # pixels: about half of the size that training uses
ALIKE_BITS = 4
BLURRED = 100.0
_BANDS = ((0, 13), (13, 13), (26, 13), (39, 13), (52, 12))  # first bit and number of bits
_MOST_COMPARED = 64  # in one band: of photos without structure thousands can agree

K = TypeVar("K")


@record
class PictureMeasures:
    """What was measured of a picture: its fingerprint, that of its mirror image, its sharpness and its look.

    `sharpness` is the variance of the edges at 512 pixels; below about `BLURRED` a photo looks blurred. `look` has
    the colours of a few places, for a map; a mirrored picture has the same. `traits` is what else was measured,
    None for a picture of less than 3 by 3 pixels.
    """

    fingerprint: int
    mirrored: int
    sharpness: float
    look: bytes = b""
    traits: PictureTraits | None = None


def alike_groups(measures: Mapping[K, PictureMeasures]) -> tuple[tuple[K, ...], ...]:
    """Return the keys of photos that look nearly alike, mirrored ones too, in groups of two and more.

    Some hundredths of a second for 10,000 photos, so not for the GUI thread.
    """
    above: dict[K, K] = {}  # of each photo with a near one another of its group; the first one is above itself
    for first, second in _pairs(measures):
        one, other = _root(above, first), _root(above, second)
        above[other] = one
    groups: dict[K, list[K]] = {}
    for name in measures:
        if name in above:
            groups.setdefault(_root(above, name), []).append(name)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _root(above: dict[K, K], name: K) -> K:
    while (higher := above.setdefault(name, name)) != name:
        above[name] = above[higher]
        name = higher
    return name


def _pairs(measures: Mapping[K, PictureMeasures]) -> list[tuple[K, K]]:
    """Return pairs of near photos that link all of each group."""
    pairs: list[tuple[K, K]] = []
    first: dict[int, K] = {}  # of each fingerprint
    for name, found in measures.items():
        known = first.setdefault(found.fingerprint, name)
        if known is not name:
            pairs.append((known, name))
    mirrored = [(found.mirrored, name) for name, found in measures.items()]
    for shift, bits in _BANDS:
        buckets: list[list[int] | None] = [None] * (1 << bits)
        pairs += [(first[one], first[other]) for one, other in _near_ones(first, buckets, shift)]
        mask = (1 << bits) - 1
        pairs += [
            (first[other], name)
            for one, name in mirrored if (bucket := buckets[one >> shift & mask]) is not None
            for other in bucket if (other ^ one).bit_count() <= ALIKE_BITS
        ]
    return pairs


def _near_ones(
    fingerprints: Iterable[int], buckets: list[list[int] | None], shift: int,
) -> list[tuple[int, int]]:
    """Return the fingerprints that agree in a band and are nearly alike; fill the band's buckets."""
    near: list[tuple[int, int]] = []
    mask = len(buckets) - 1
    for one in fingerprints:
        place = one >> shift & mask
        bucket = buckets[place]
        if bucket is None:
            buckets[place] = [one]
            continue
        for other in bucket:
            if (other ^ one).bit_count() <= ALIKE_BITS:
                near.append((other, one))  # noqa: PERF401  # a comprehension for each bucket is slower
        if len(bucket) < _MOST_COMPARED:
            bucket.append(one)
    return near


def all_but_the_best(
    group: Sequence[Photo], measures: Mapping[str, PictureMeasures], parts: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the ids of the photos of a group that may go: all but the largest.

    One that is cut out of another photo, named in `parts`, stays only where all are. Of equally large ones a photo
    with a caption stays, then the sharpest; of very many photos, the measures of some may be gone.
    """
    def worth(photo: Photo) -> tuple[bool, int, bool, float]:
        measured = measures.get(photo.photo_id)
        sharpness = measured.sharpness if measured else 0.0
        return photo.photo_id not in parts, prod(photo.edited_size), bool(photo.caption.strip()), sharpness

    best = max(group, key=worth)
    return tuple(photo.photo_id for photo in group if photo is not best)


def likeness_ranks(groups: Iterable[Sequence[str]]) -> dict[str, float]:
    """Return numbers that sort the photos of each group beside each other, the largest group first."""
    largest_first = sorted(groups, key=len, reverse=True)
    return {name: float(number) for number, group in enumerate(largest_first) for name in group}
