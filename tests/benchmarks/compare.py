"""What changed between two runs of the bench, and what of it is more than noise.

The noise of a figure is the spread of its repeats: from the lowest to the highest, without the highest where there
are five or more, since what disturbs makes everything slower. A row has changed where the two spreads do not touch
and the medians are at least `LEAST` apart. With fewer than `REPEATS` repeats, or disturbed, nothing is concluded;
nor from own figures of different machines, whose ratios to the peers can still be compared.
"""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.rows import FORMAT, Row

REPEATS = 3
MANY_REPEATS = 5
LEAST = 0.03
HEAD = ("what", "before", "after", "change", "noise", "")


@dataclass(frozen=True)
class Report:
    """One run: its rows, the facts of the machine, and the versions."""

    rows: Sequence[Row]
    machine: Mapping[str, str]
    versions: Mapping[str, str]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        value = {
            "format": FORMAT, "machine": self.machine, "versions": self.versions,
            "rows": [row.to_json() for row in self.rows],
        }
        path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @staticmethod
    def read(path: Path) -> "Report":
        """Read what `write` wrote; ValueError for anything else, OSError without the file."""
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        try:
            if value["format"] != FORMAT:
                raise ValueError(f"{path}: another format")
            return Report(list(map(Row.from_json, value["rows"])), value["machine"], value["versions"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} was not written by the bench: {error!r}") from error


def changes(before: Report, after: Report) -> list[list[str]]:
    """Return the cells of all rows that either has."""
    old, new = ({row.what: row for row in report.rows} for report in (before, after))
    same = before.machine == after.machine
    return [
        _both(old[what], new[what], same_machine=same) if what in old and what in new
        else [what, "-", "-", "-", "-", "new" if what in new else "gone"]
        for what in dict.fromkeys((*old, *new))
    ]


def spread(figures: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and the highest that count."""
    ordered = sorted(figures)
    return ordered[0], ordered[-2 if len(ordered) >= MANY_REPEATS else -1]


def verdict(before: Sequence[float], after: Sequence[float]) -> str:
    """Return what the repeats of one figure prove; less is better."""
    if min(len(before), len(after)) < REPEATS:
        return "too few repeats"
    (low, high), (new_low, new_high) = spread(before), spread(after)
    middle = statistics.median(before)
    if abs(statistics.median(after) - middle) < LEAST * abs(middle):
        return "same"
    return "better" if new_high < low else "WORSE" if new_low > high else "within the noise"


def _both(old: Row, new: Row, *, same_machine: bool) -> list[str]:
    ratio = bool(old.ratios and new.ratios and not new.goal.own)
    before, after = (old.ratios, new.ratios) if ratio else (old.own, new.own)
    unit = "" if ratio else f" {new.unit}"
    if not before or not after:
        return [new.what, "-", "-", "-", "-", "?"]
    middle, now = statistics.median(before), statistics.median(after)
    words = verdict(before, after)
    if not ratio and not same_machine:
        words = "other machine"
    elif old.disturbed or new.disturbed:
        words = "disturbed"
    (low, high), (new_low, new_high) = spread(before), spread(after)
    return [
        new.what, f"{middle:.3g}{unit}", f"{now:.3g}{unit}", f"{now / middle - 1:+.0%}" if middle else "-",
        f"{low:.3g} to {high:.3g}, {new_low:.3g} to {new_high:.3g}", words,
    ]
