"""Races, their goals, and the tables of their results."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.rounds import AlwaysCalm, Calm, Rounds, Turn, nobody, share, take_turns

GROWN = 1.1  # the cost of one item may grow by this factor: the noise of measuring


@dataclass(frozen=True)
class Goal:
    """The maximum: a ratio to the peer, or the product's own figure in the line's unit."""

    most: float
    own: bool = False

    def text(self, unit: str) -> str:
        return f"≤ {self.most:g} {unit}" if self.own else f"≤ {self.most:.2f}"


@dataclass(frozen=True)
class Line:
    """One line of the table: the figure of that name, and its goal."""

    what: str
    name: str
    unit: str
    peer: str
    goal: Goal


@dataclass(frozen=True)
class Race:
    """Figures that are measured together, and their lines of the table."""

    lines: Sequence[Line]
    product: Turn
    peer: Turn = nobody
    rounds: int = 7

    def run(self, calm: Calm | AlwaysCalm) -> list[list[str]]:
        """Measure, and return the table's cells."""
        found = take_turns(self.product, self.peer, self.rounds, calm)
        return [cells(line, found) for line in self.lines]


@dataclass(frozen=True)
class Growth:
    """One figure at several sizes: the cost of one item must not grow."""

    what: str
    name: str
    unit: str
    turn: Callable[[int], Mapping[str, float]]
    sizes: Sequence[int] = (100, 1_000, 10_000)
    rounds: int = 3

    def run(self, calm: Calm | AlwaysCalm) -> list[str]:
        """Measure each size against the smallest, and return the table's cells."""
        least, most = self.sizes[0], self.sizes[-1]
        seen: dict[int, list[float]] = {size: [] for size in self.sizes}
        for size in self.sizes[1:]:
            found = take_turns(lambda size=size: self.turn(size), lambda: self.turn(least), self.rounds, calm)
            seen[size] = found.product[self.name]
            seen[least] += found.peer[self.name]
        middle = {size: statistics.median(figures) for size, figures in seen.items()}
        each = share(middle[most] / most, middle[least] / least)
        figures = [f"{middle[size]:.3g} {self.unit}" for size in self.sizes]
        return [self.what, *figures, f"{each:.2f}", "met" if each <= GROWN else "NOT MET"]


def cells(line: Line, found: Rounds) -> list[str]:
    """Return one line's cells; "?" where this system does not have that figure."""
    figures = found.product.get(line.name)
    mine = statistics.median(figures) if figures else None
    ratio = found.ratio(line.name)
    theirs = statistics.median(found.peer[line.name]) if ratio is not None else None
    reached = mine if line.goal.own else ratio
    met = "?" if reached is None else "met" if reached <= line.goal.most else "NOT MET"
    return [
        line.what,
        "-" if mine is None else f"{mine:.3g} {line.unit}",
        "-" if theirs is None else f"{theirs:.3g} {line.unit} ({line.peer})",
        "-" if ratio is None else f"{ratio:.2f}",
        line.goal.text(line.unit),
        met + (" (disturbed)" if found.doubtful else ""),
    ]


HEAD = ("what", "product", "peer", "ratio", "goal", "")
GROWTH_HEAD = ("growth", "100", "1,000", "10,000", "cost of one item", "")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return cells as a Markdown table that is also readable in a terminal."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def written(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"

    line = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written(head), line, *map(written, rows)])
