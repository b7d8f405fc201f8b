"""The looks that the gallery shows each surface in, and which surfaces are shown in which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from segmind_studio.resources import resource
from tests.gallery.worlds import WORLDS

MODES = ("light", "dark", "light-high", "dark-high")
USUAL, SMALL, LARGE = (1280, 800), (1024, 768), (1920, 1080)
PSEUDO, RIGHT_TO_LEFT, ENGLISH = "pseudo", "rtl", "en"


@dataclass(frozen=True, slots=True, order=True)
class Look:
    """How the app looks: its data, language, scale in percent, window size in pixels of 100 %, and colours."""

    world: str = "full"
    language: str = ENGLISH
    scale: int = 100
    size: tuple[int, int] = USUAL
    mode: str = "light"

    @property
    def slug(self) -> str:
        """Return its name in file names and on the page."""
        width, height = self.size
        parts = (
            self.mode, "" if self.scale == 100 else str(self.scale),
            "" if self.size == USUAL else f"{width}x{height}",
            "" if self.language == ENGLISH else self.language, "" if self.world == "full" else self.world,
        )
        return "-".join(part for part in parts if part)

    @property
    def session(self) -> Look:
        """Return what one process of the app can show: the rest can be set at its start alone."""
        return replace(self, mode="light")


@dataclass(frozen=True, slots=True)
class Task:
    """What one process shows; its looks differ in colours alone.

    `everything`: all surfaces, else the chosen ones.
    """

    looks: tuple[Look, ...]
    everything: bool

    @property
    def session(self) -> Look:
        """Return the look that the process is started for."""
        return self.looks[0].session


def languages() -> tuple[str, ...]:
    """Return the languages that are shipped besides English."""
    folder = resource("translations")
    return tuple(sorted(path.parents[1].name for path in folder.glob("*/LC_MESSAGES/*.mo")))


def usual_looks(*, quick: bool = False) -> tuple[tuple[Look, bool], ...]:
    """Return the looks, each with whether all surfaces are shown in it."""
    plain = Look()
    found = [(plain, True), (replace(plain, mode="dark"), not quick)]
    if quick:
        return tuple(found)
    found += [(replace(plain, mode=mode), False) for mode in MODES[2:]]
    found += [(replace(plain, size=SMALL), False), (replace(plain, size=LARGE), False)]
    found += [(replace(plain, size=SMALL, mode="dark"), False), (replace(plain, size=LARGE, mode="dark"), False)]
    found += [(replace(plain, scale=200, mode=mode), False) for mode in MODES[:2]]
    found += [(replace(plain, language=PSEUDO), True), (replace(plain, language=RIGHT_TO_LEFT), False)]
    found += [(replace(plain, language=language), True) for language in languages()]
    found += [(replace(plain, world=world, mode=mode), False) for world in WORLDS[1:] for mode in MODES[:2]]
    return tuple(found)


def chosen_look(text: str) -> Look:
    """Read a look such as "dark,200,1024x768,pseudo,empty"; ValueError for a part that is none."""
    look = Look()
    known = (*languages(), PSEUDO, RIGHT_TO_LEFT, ENGLISH)
    for part in filter(None, (part.strip() for part in text.split(","))):
        width, cross, height = part.partition("x")
        if part in MODES:
            look = replace(look, mode=part)
        elif part.isdigit():
            look = replace(look, scale=int(part))
        elif cross and width.isdigit() and height.isdigit():
            look = replace(look, size=(int(width), int(height)))
        elif part in WORLDS:
            look = replace(look, world=part)
        elif part in known:
            look = replace(look, language=part)
        else:
            raise ValueError(f"“{part}” is no part of a look")
    return look


def tasks_of(looks: Iterable[tuple[Look, bool]]) -> list[Task]:
    """Return the processes that show these looks, the longest first."""
    ordered = sorted(looks, key=lambda one: (one[0].session, one[1]))
    tasks = [
        Task(tuple(look for look, _all in group), everything)
        for (_session, everything), group in groupby(ordered, key=lambda one: (one[0].session, one[1]))
    ]
    return sorted(tasks, key=lambda task: (not task.everything, -len(task.looks), task.session))
