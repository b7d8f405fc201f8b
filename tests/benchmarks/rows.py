"""Rows of the table: what was measured, its peer, what is possible at all, and how it grows; and their JSON."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.benchmarks.rounds import share

GROWN = 1.1  # the cost of one item may grow by this factor: the noise of measuring
FORMAT = 1  # of the JSON


@dataclass(frozen=True)
class Goal:
    """The maximum: a ratio to the peer, or the product's own figure in the row's unit."""

    most: float
    own: bool = False

    def text(self, unit: str) -> str:
        return f"≤ {self.most:g} {unit}" if self.own else f"≤ {self.most:.2f}"


@dataclass(frozen=True)
class Row:
    """One row with the figures of all repeats, in `unit`; less is better in each.

    `theirs` are those of `peer`, one beside each of `own`; `least` those of `limit`, what the machine can do at
    all. `sizes` are own figures by the number of items. `held` names what held the window in the longest turn.
    """

    what: str
    unit: str
    own: Sequence[float]
    goal: Goal
    peer: str = ""
    theirs: Sequence[float] = ()
    limit: str = ""
    least: Sequence[float] = ()
    sizes: Mapping[int, Sequence[float]] = field(default_factory=dict)
    held: str = ""
    disturbed: bool = False

    @property
    def ratios(self) -> list[float]:
        """Return the ratio to the peer of each round; none without a peer."""
        return [share(mine, theirs) for mine, theirs in zip(self.own, self.theirs, strict=False)]

    @property
    def judged(self) -> Sequence[float]:
        """Return the figures that the goal is about."""
        return self.own if self.goal.own else self.ratios

    @property
    def met(self) -> bool | None:
        """Return whether the goal is reached; None where this system does not have the figure."""
        return statistics.median(self.judged) <= self.goal.most if self.judged else None

    @property
    def growth(self) -> float | None:
        """Return what one item of the most costs, as a multiple of one of the fewest; None at one size."""
        if len(self.sizes) < 2:
            return None
        fewest, most = min(self.sizes), max(self.sizes)
        return share(statistics.median(self.sizes[most]) / most, statistics.median(self.sizes[fewest]) / fewest)

    @property
    def state(self) -> str:
        """Return the verdict in words."""
        words = ["?" if self.met is None else "met" if self.met else "NOT MET"]
        if self.growth is not None and self.growth > GROWN:
            words.append("grows")
        if self.disturbed:
            words.append("disturbed")
        return ", ".join(words)

    def cells(self) -> list[str]:
        """Return the row of the table."""
        return [
            self.what, _figure(self.own, self.unit), _named(self.theirs, self.unit, self.peer),
            _named(self.least, self.unit, self.limit),
            f"{statistics.median(self.ratios):.2f}" if self.ratios else "-",
            self.goal.text(self.unit), self._grown(), self.state,
        ]

    def _grown(self) -> str:
        if self.growth is None:
            return "-"
        figures = " · ".join(f"{statistics.median(self.sizes[size]):.3g}" for size in sorted(self.sizes))
        return f"{figures} ({self.growth:.2g})"

    def to_json(self) -> dict[str, Any]:
        """Return it with the verdict, for people who read the file."""
        return asdict(self) | {"ratios": self.ratios, "state": self.state}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "Row":
        """Read a row of `to_json`; KeyError or TypeError for anything else."""
        known = {name: value[name] for name in Row.__dataclass_fields__}
        sizes = {int(size): figures for size, figures in value["sizes"].items()}
        return Row(**known | {"goal": Goal(**value["goal"]), "sizes": sizes})


HEAD = ("what", "ours", "peer", "possible", "ratio", "goal", "at 100 · 1,000 · 10,000 (an item)", "")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return cells as a Markdown table that is also readable in a terminal."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def written(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"

    line = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written(head), line, *map(written, rows)])


def _figure(figures: Sequence[float], unit: str) -> str:
    return f"{statistics.median(figures):.3g} {unit}".strip() if figures else "-"


def _named(figures: Sequence[float], unit: str, name: str) -> str:
    if not figures:
        return name or "-"
    return f"{_figure(figures, unit)} ({name})" if name else _figure(figures, unit)
