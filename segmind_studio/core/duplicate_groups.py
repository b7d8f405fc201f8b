"""What a person decides about photos that look nearly alike: which of a group stay, and which are no copies.

Which photos look alike is found in `likeness`. That a group is of different photos is stored with each of them, as
a name that they share; a photo that comes later does not have it, so the group is shown again with that one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from segmind_studio.core.datasets import Check, Photo
from segmind_studio.core.likeness import PictureMeasures, all_but_the_best

IGNORED_KEY = f"{Check.NEAR_DUPLICATE}:"  # the key of a finding about near duplicates


def undecided(groups: Iterable[Sequence[Photo]]) -> list[list[Photo]]:
    """Return the groups without ignored photos, and without those that were said to be different."""
    found = ([photo for photo in group if not photo.ignores(Check.NEAR_DUPLICATE)] for group in groups)
    return [group for group in found if len(group) > 1 and not _said_different(group)]


def with_cutouts(
    groups: Iterable[Sequence[Photo]], cutouts: Iterable[tuple[Photo, Photo]],
) -> list[list[Photo]]:
    """Return groups to which the photos that are cut out of others were added; cut-outs alone make groups too."""
    found = [list(group) for group in groups]
    at = {photo.photo_id: group for group in found for photo in group}
    for part, whole in cutouts:
        one, other = (at.setdefault(photo.photo_id, [photo]) for photo in (whole, part))
        if one is not other:
            one += other
            at.update((photo.photo_id, one) for photo in other)
            other.clear()
        if not any(group is one for group in found):
            found.append(one)
    return [group for group in found if group]


def different_key(group: Iterable[Photo]) -> str:
    """Return what is added to `Photo.accepted` of each of these photos when they are different."""
    names = "\n".join(sorted(photo.photo_id for photo in group))
    return IGNORED_KEY + blake2b(names.encode(), digest_size=8).hexdigest()


def _said_different(group: Sequence[Photo]) -> bool:
    shared = set(group[0].accepted)
    for photo in group[1:]:
        shared &= set(photo.accepted)
    return any(key.startswith(IGNORED_KEY) for key in shared)


def staying(
    group: Iterable[Photo], alike: Iterable[Sequence[Photo]], parts: Collection[str],
    measures: Mapping[str, PictureMeasures],
) -> frozenset[str]:
    """Return the ids of the photos of a group that stay unless a person chooses others.

    `alike` are the groups of photos that look nearly alike: one of each stays. Photos that are only cut out of
    others, `parts` by their ids, are no copies, so all of them stay, and so do those that they are cut out of.
    """
    names = frozenset(photo.photo_id for photo in group)
    out = {name for copies in undecided(alike) for name in all_but_the_best(copies, measures, parts)}
    return names - out
