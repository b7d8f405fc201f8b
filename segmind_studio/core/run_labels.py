"""What a person puts on runs to find them again: tags and a colour. They stay on this computer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from segmind_studio.core.numbers import LIST_COMMAS
from segmind_studio.core.runs import Run
from segmind_studio.record import record

_COMMA = re.compile(f"[{LIST_COMMAS}]")
LONGEST_TAG = 40  # characters
MOST_TAGS = 20  # of one run


def listed_parts(text: str) -> list[str]:
    """Return what commas of whatever script separate in a line, trimmed; empty parts are left out."""
    return [words for part in _COMMA.split(text) if (words := " ".join(part.split()))]


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are stored: short, without commas and repeated spaces, each once in whatever case."""
    found: dict[str, str] = {}
    for text in tags:
        for part in listed_parts(text):
            tag = part[:LONGEST_TAG].rstrip()
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]


def known_tags(runs: Iterable[Run]) -> tuple[str, ...]:
    """Return the tags that runs have, the most frequent first; of spellings that differ in case, the first."""
    spelling: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for run in runs:
        for tag in run.tags:
            counts[tag.casefold()] += 1
            spelling.setdefault(tag.casefold(), tag)
    return tuple(spelling[folded] for folded, _count in sorted(counts.items(), key=_rank))


def _rank(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


@record
class LabelChange:
    """A change to the labels of several runs: tags to add, tags to remove, a new colour (None changes none)."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    colour: str | None = None

    def tags_of(self, run: Run) -> tuple[str, ...]:
        """Return the tags that a run has after the change."""
        gone = {tag.casefold() for tag in self.remove}
        return clean_tags((*(tag for tag in run.tags if tag.casefold() not in gone), *self.add))

    def touches(self, run: Run) -> bool:
        """Return whether it changes this run."""
        return self.tags_of(run) != run.tags or (self.colour is not None and self.colour != run.colour)


def tag_shares(runs: Sequence[Run]) -> dict[str, int]:
    """Return how many of these runs have each of their tags, by the tag in lower case."""
    return Counter(tag.casefold() for run in runs for tag in run.tags)
