"""What was measured of pictures beside their likeness, and which of a set stand out by it.

Blur and noise are judged against the rest of the set, since a style may be soft or grainy as a whole; exposure by
itself. The limits are ours, found with photographs that were blurred, darkened and so on by known amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import TypeVar

from segmind_studio.core.datasets import ADVISED_MIN_IMAGES, Check
from segmind_studio.record import record

SOFT_SHARE = 1 / 3  # of the set's middle focus: below it a picture is blurred
NEVER_SHARP = 2.0  # of the focus: less is blurred in every set
SURELY_SHARP = 8.0  # more is blurred in no set
NOISY_TIMES = 3.0  # the set's middle noise
CALM_NOISE = 15.0  # less is noisy in no set
DARK_LEVEL = 60  # of 255: nineteen of twenty pixels are darker
BRIGHT_LEVEL = 170  # nineteen of twenty pixels are brighter
LOW_CONTRAST = 70  # between the darkest and the brightest pixels, without the last fiftieth of each
SAME_SCENE = 16.0  # of 255: how much the colours at the same places of one scene differ on average
MOST_IN_SCENES = 500  # photos; among more, scenes are not looked for
PHOTOS_OF_A_SCENE = 5  # advised at most

K = TypeVar("K")


@record
class PictureTraits:
    """Measures of a picture at 512 pixels.

    `focus` is the strength of the edges where it is sharpest, for its contrast: 8 and more is sharp. `noise` is
    that of its calmest parts. `levels` are brightnesses (0 to 255) that 2, 5, 95 and 98 % of the pixels are below.
    `colours` are the mean colours of four by four parts, as 48 bytes. `placed` is True when its file says where it
    was taken. `grey` is a small grey copy, row by row, of `grey_width` pixels each.
    """

    focus: float
    noise: float
    levels: tuple[int, int, int, int]
    colours: bytes
    placed: bool = False
    grey: bytes = b""
    grey_width: int = 0


def standing_out(
    traits: Mapping[K, PictureTraits], among: tuple[float, float] | None = None,
) -> dict[Check, tuple[K, ...]]:
    """Return the pictures that stand out, worst first, by what is wrong with them; only checks that find any.

    `among` is what is `usual` in the set, of these pictures without it.
    """
    if not traits:
        return {}
    usual_focus, usual_noise = usual(traits.values()) if among is None else among
    soft = max(NEVER_SHARP, min(SURELY_SHARP, SOFT_SHARE * usual_focus))
    noisy = max(CALM_NOISE, NOISY_TIMES * usual_noise)
    badness: dict[Check, list[tuple[float, K]]] = {}
    for name, found in traits.items():
        low, dark, bright, high = found.levels
        contrast, between = high - low, bright >= DARK_LEVEL and dark <= BRIGHT_LEVEL
        for check, wrong, how_bad in (
            (Check.BLURRED, found.focus < soft and contrast >= LOW_CONTRAST, -found.focus),
            (Check.NOISY, found.noise > noisy, found.noise),
            (Check.DARK, bright < DARK_LEVEL and high < DARK_LEVEL * 1.5, -bright),
            (Check.BRIGHT, dark > BRIGHT_LEVEL, dark),
            (Check.WASHED_OUT, contrast < LOW_CONTRAST and between, -contrast),
        ):
            if wrong:
                badness.setdefault(check, []).append((how_bad, name))
    return {
        check: tuple(name for _bad, name in sorted(found, key=_first, reverse=True))
        for check, found in badness.items()
    }


def _first(pair: tuple[float, object]) -> float:
    return pair[0]


def usual(traits: Iterable[PictureTraits]) -> tuple[float, float]:
    """Return the middle focus and the middle noise of a set; zeros of an empty one."""
    known = list(traits)
    if not known:
        return 0.0, 0.0
    return median(found.focus for found in known), median(found.noise for found in known)


def scenes_of(traits: Mapping[K, PictureTraits]) -> tuple[tuple[K, ...], ...]:
    """Return the pictures in groups with similar colours at the same places, the largest group first.

    Each is compared with the first of every group, so the time grows with photos times scenes; nothing is returned
    for more than MOST_IN_SCENES. Not for the GUI thread.
    """
    if len(traits) > MOST_IN_SCENES:
        return ()
    scenes: list[tuple[bytes, list[K]]] = []
    for name, found in traits.items():
        for colours, names in scenes:
            if _distance(colours, found.colours) <= SAME_SCENE:
                names.append(name)
                break
        else:
            scenes.append((found.colours, [name]))
    return tuple(tuple(names) for _colours, names in sorted(scenes, key=_size, reverse=True))


def _distance(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / max(1, len(one))


def _size(scene: tuple[bytes, list[K]]) -> int:
    return len(scene[1])


def too_few_scenes(photos: int, scenes: int) -> bool:
    """Return whether a set of so many photos shows too few different scenes."""
    return photos >= ADVISED_MIN_IMAGES and 0 < scenes * PHOTOS_OF_A_SCENE <= photos


def scene_ranks(scenes: Iterable[Sequence[str]], groups: Iterable[Sequence[str]]) -> dict[str, float]:
    """Return numbers that sort the photos of each scene beside each other, and near duplicates side by side."""
    group_of = {name: number for number, group in enumerate(groups, 1) for name in group}
    held = 1 + len(group_of)
    return {
        name: number + group_of.get(name, 0) / held for number, scene in enumerate(scenes) for name in scene
    }
