"""The colours that mark runs and accounts, beside their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from segmind_studio.texts import N_

if TYPE_CHECKING:
    from segmind_studio.core.runs import Run


class RunColour(StrEnum):
    """The colours that a run can have; each also has a shape and a name, so that none is told by hue alone."""

    NONE = ""
    RED = "red"
    ORANGE = "orange"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    GREY = "grey"

    @classmethod
    def of(cls, run: Run) -> RunColour:
        """Return the colour of a run; one that this version does not know is none."""
        return cls.named(run.colour)

    @classmethod
    def named(cls, text: str) -> RunColour:
        """Return the colour with a stored name; one that this version does not know is none."""
        return _BY_VALUE.get(text, cls.NONE)


_BY_VALUE = {colour.value: colour for colour in RunColour}
COLOUR_WORDS = {
    RunColour.NONE: N_("No colour"),
    RunColour.RED: N_("Red"),
    RunColour.ORANGE: N_("Orange"),
    RunColour.GREEN: N_("Green"),
    RunColour.BLUE: N_("Blue"),
    RunColour.PURPLE: N_("Purple"),
    RunColour.GREY: N_("Grey"),
}


_FOR_ACCOUNTS = (  # red and orange last: they look like a warning
    RunColour.BLUE, RunColour.GREEN, RunColour.PURPLE, RunColour.GREY, RunColour.ORANGE, RunColour.RED,
)


def free_colour(used: Iterable[str]) -> RunColour:
    """Return a colour for a new account: the first that the others use least."""
    counts = Counter(used)
    return min(_FOR_ACCOUNTS, key=lambda colour: counts[colour.value])
