"""Races: figures that are measured together, with their peers, their limits and their goals."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.rounds import AlwaysCalm, Calm, Rounds, Turn, nobody, take_turns
from tests.benchmarks.rows import Goal, Row

__all__ = ["FRAME", "Goal", "Limit", "Line", "Race"]


@dataclass(frozen=True)
class Limit:
    """The best possible here, by name; its figure in the line's unit, None where the race measures it."""

    what: str
    figure: float | None = None


FRAME = Limit("one frame at 60 Hz", 16.7)


@dataclass(frozen=True)
class Line:
    """One row of the table: the figure of that name, and its goal."""

    what: str
    name: str
    unit: str
    peer: str
    goal: Goal
    limit: Limit | None = None


@dataclass(frozen=True)
class Race:
    """Figures that are measured together, and their rows.

    `limit` measures the best possible. `sized` measures the same as `product` with a given number of items, for
    those of `sizes` below the one that `product` measures, which is the last of them. No further round begins that
    would end after `seconds`. What is not `timed`, such as memory, no other program disturbs.
    """

    lines: Sequence[Line]
    product: Turn
    peer: Turn = nobody
    rounds: int = 7
    limit: Turn = nobody
    sized: Callable[[int], Mapping[str, float]] | None = None
    sizes: Sequence[int] = ()
    seconds: float = 20.0
    timed: bool = True

    def run(self, calm: Calm | AlwaysCalm, seconds: float | None = None) -> list[Row]:
        """Measure; `seconds` are those that are left for all, of which this takes no more than its own.

        With none left there is one round, at one size.
        """
        own = min(self.seconds, self.seconds if seconds is None else seconds)
        smaller: dict[int, Mapping[str, float]] = {}
        if self.sized is not None and own > 0:
            smaller = {size: self.sized(size) for size in self.sizes[:-1]}
        end = time.monotonic() + own
        found = take_turns(
            self.product, self.peer, self.rounds, calm if self.timed else AlwaysCalm(), limit=self.limit, end=end,
        )
        return [self._row(line, found, smaller) for line in self.lines]

    def _row(self, line: Line, found: Rounds, smaller: Mapping[int, Mapping[str, float]]) -> Row:
        own = found.product.get(line.name, [])
        theirs = found.peer.get(line.name, [])
        limit = line.limit or Limit("")
        least = found.limit.get(line.name, []) if limit.figure is None else [limit.figure]
        sizes = {size: [figures[line.name]] for size, figures in smaller.items() if line.name in figures}
        return Row(
            line.what, line.unit, own, line.goal, line.peer if theirs else "", theirs if own else (),
            limit.what, least, {**sizes, self.sizes[-1]: own} if sizes and own else {}, disturbed=found.doubtful,
        )
