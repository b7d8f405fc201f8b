"""Pair captions with photos by their names alone: the same for folders, zips and single files.

Equal names belong together. Names that differ in what a disk may change (how an accent is composed, capitals) do
so only where the match is unique; the rest is reported with all candidate names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pairs:
    """The photo's name for each caption's name that has one.

    `unsure` are captions with the names that they could also mean: photos, other captions, or both. `left` are
    captions without a photo of a similar name.
    """

    owners: dict[str, str] = field(default_factory=dict[str, str])
    unsure: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    left: tuple[str, ...] = ()


def pair(captions: Iterable[str], photos: Iterable[str]) -> Pairs:
    """Pair names: exactly, then by composed accents, then without case; each step only where it is unambiguous."""
    names = tuple(dict.fromkeys(photos))
    wanted = dict.fromkeys(names)
    found = Pairs()
    for caption in (waiting := dict.fromkeys(captions)):
        if caption in wanted:
            found.owners[caption] = caption
    for alike in (_composed, _folded) if len(found.owners) < len(waiting) else ():
        taken = frozenset(found.owners.values())
        free = _classes((name for name in names if name not in taken), alike)
        for kind, same in _classes((name for name in waiting if name not in found.owners), alike).items():
            if len(same) == len(free.get(kind, ())) == 1:
                found.owners[same[0]] = free[kind][0]
    rest = [name for name in waiting if name not in found.owners]
    if rest:
        _sort_out(rest, names, found)
    return found


def _sort_out(rest: list[str], names: tuple[str, ...], found: Pairs) -> None:
    """Return which names each caption without a photo could mean."""
    like = _classes(names, _folded)
    rivals = _classes((*found.owners, *rest), _folded)
    for caption in rest:
        kind = _folded(caption)
        if kind in like:
            found.unsure[caption] = tuple(dict.fromkeys(
                name for name in (*like[kind], *rivals[kind]) if name != caption
            ))
    found.left = tuple(name for name in rest if name not in found.unsure)


def _classes(names: Iterable[str], alike: Callable[[str], str]) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {}
    for name in names:
        classes.setdefault(alike(name), []).append(name)
    return classes


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else _composed(_composed(name).casefold())
