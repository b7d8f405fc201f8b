"""The grid of Try: prompts, strengths, models and seeds, each with each; what of it is made, and what is left.

A grid stores no progress of its own. Each cell is looked up by its content among the images that were requested,
so nothing is requested twice, and after a crash the grid is as complete as the image store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum
from types import MappingProxyType

from segmind_studio.core.generated_images import GeneratedImage, ImageContent, ImageState
from segmind_studio.core.image_requests import TryRequest, Way
from segmind_studio.core.runs import Run
from segmind_studio.record import record

MOST_CELLS = 200
MOST_PLANS = 12
MOST_SETS = 100
MOST_SET_NAME = 60  # characters
_NO_EXTRAS: Mapping[str, str] = MappingProxyType({})


class CellState(StrEnum):
    """What is known of one cell."""

    LEFT = "left"  # surely never sent
    ASKED = "asked"
    MADE = "made"
    DELETED = "deleted"  # made, and deleted since: only a person asks again
    UNKNOWN = "unknown"  # sent, without an answer: only a person asks again
    FAILED = "failed"  # refused since the grid was started: only a person asks again


_RANK = {
    ImageState.MADE: CellState.MADE, ImageState.ASKED: CellState.ASKED, ImageState.UNKNOWN: CellState.UNKNOWN,
    ImageState.FAILED: CellState.FAILED,
}
_ORDER = (CellState.MADE, CellState.DELETED, *tuple(_RANK.values())[1:])
ASKED_BY_HAND = frozenset({CellState.DELETED, CellState.UNKNOWN, CellState.FAILED})  # one by one


@record
class GridPlan:
    """What a grid compares. `made_at` is in seconds since the epoch, 0 for one that was not started yet.

    A row is a prompt and a seed, a column a run and a strength. `extras` is the JSON of each run, by its id, as
    `image_requests.ExtraJson.canonical`; `negatives` are the runs whose model takes `negative_prompt`.
    """

    plan_id: str = ""
    account_id: str = ""
    made_at: float = 0.0
    prompts: tuple[str, ...] = ()
    strengths: tuple[float, ...] = ()
    run_ids: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    width: int = 1024
    height: int = 1024
    ratio: str = ""
    way: str = ""
    negative_prompt: str = ""
    negatives: tuple[str, ...] = ()
    extras: Mapping[str, str] = field(default_factory=lambda: _NO_EXTRAS)

    @property
    def usable(self) -> bool:
        """Return whether a stored one can be shown: it has cells, not too many, and texts where texts belong."""
        return 0 < self.size <= MOST_CELLS and _only_texts(self.extras) == self.extras

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """Return the prompt and the seed of each row."""
        return tuple((prompt, seed) for prompt in self.prompts for seed in self.seeds)

    @property
    def columns(self) -> tuple[tuple[str, float], ...]:
        """Return the run's id and the strength of each column."""
        return tuple((run_id, strength) for run_id in self.run_ids for strength in self.strengths)

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return len(self.prompts) * len(self.seeds) * len(self.run_ids) * len(self.strengths)

    def request(self, cell: int, run: Run | None = None) -> TryRequest:
        """Return the request of a cell, counted by rows; it can be sent when its `run` is passed."""
        row, column = divmod(cell, len(self.run_ids) * len(self.strengths))
        (prompt, seed), (run_id, strength) = self.rows[row], self.columns[column]
        return TryRequest(
            run_id, prompt, seed, float(strength), self.width, self.height,
            inference_api_url=run.inference_api_url if run else "", slug=run.slug if run else "",
            negative_prompt=self.negative_prompt if run_id in self.negatives else "", ratio=self.ratio,
            extra=self.extras.get(run_id, ""), way=Way(self.way) if self.way in set(Way) else Way.AUTO,
        )

    def contents(self) -> tuple[ImageContent, ...]:
        """Return the content of each cell, by rows."""
        return tuple(self.request(cell).content for cell in range(self.size))


@record
class GridCell:
    """One cell, with the image that stands in it; None while it is left."""

    state: CellState = CellState.LEFT
    image: GeneratedImage | None = None


_LEFT = GridCell()


def cells_of(plan: GridPlan, images: Iterable[GeneratedImage]) -> tuple[GridCell, ...]:
    """Return the cells by rows. Of several images of one content, one that was made is shown, the newest first.

    A refusal of an earlier time counts as nothing, and so does one without an end: it was never sent.
    """
    contents = plan.contents()
    found: dict[ImageContent, GridCell] = {}
    wanted, run_ids = frozenset(contents), frozenset(plan.run_ids)
    for image in images:
        if image.run_id not in run_ids or image.content not in wanted or _means_nothing(plan, image):
            continue
        state = CellState.DELETED if image.deleted and image.state is ImageState.MADE else _RANK[image.state]
        cell, before = GridCell(state, image), found.get(image.content)
        if before is None or _key(cell) < _key(before):
            found[image.content] = cell
    return tuple(found.get(content, _LEFT) for content in contents)


def _means_nothing(plan: GridPlan, image: GeneratedImage) -> bool:
    refused = image.state is ImageState.FAILED
    return refused and (image.ended_at is None or not plan.made_at or image.asked_at < plan.made_at)


def _key(cell: GridCell) -> tuple[int, float]:
    return _ORDER.index(cell.state), -(cell.image.asked_at if cell.image else 0.0)


def left_in(cells: Sequence[GridCell]) -> tuple[int, ...]:
    """Return the cells that were surely never sent."""
    return tuple(number for number, cell in enumerate(cells) if cell.state is CellState.LEFT)


@record
class Tally:
    """How many cells are in each state."""

    left: int = 0
    asked: int = 0
    made: int = 0
    deleted: int = 0
    unknown: int = 0
    failed: int = 0

    @classmethod
    def of(cls, cells: Iterable[GridCell]) -> Tally:
        """Count them."""
        counts: dict[str, int] = {}
        for cell in cells:
            counts[cell.state.value] = counts.get(cell.state.value, 0) + 1
        return cls(**counts)


@record
class PromptSet:
    """A named list of prompts."""

    name: str
    prompts: tuple[str, ...] = ()


@record
class TryNotes:
    """What the Try place remembers: the JSON of each run, by its id, sets of prompts, and grids, newest first."""

    extras: Mapping[str, str] = field(default_factory=lambda: _NO_EXTRAS)
    sets: tuple[PromptSet, ...] = ()
    plans: tuple[GridPlan, ...] = ()

    def checked(self) -> TryNotes:
        """Return what can be used of stored notes."""
        plans = tuple(plan for plan in self.plans if plan.usable)
        return replace(self, extras=MappingProxyType(_only_texts(self.extras)), plans=plans[:MOST_PLANS])

    def with_extra(self, run_id: str, text: str) -> TryNotes:
        """Remember the JSON of a run; a blank one is forgotten."""
        extras = {key: value for key, value in self.extras.items() if key != run_id}
        if text.strip():
            extras[run_id] = text
        return replace(self, extras=MappingProxyType(extras))

    def with_set(self, prompts: PromptSet) -> TryNotes:
        """Add a set, in place of one of the same name; the sets are in the order of their names."""
        others = [other for other in self.sets if other.name.casefold() != prompts.name.casefold()]
        kept = sorted([*others[: MOST_SETS - 1], prompts], key=lambda one: one.name.casefold())
        return replace(self, sets=tuple(kept))

    def without_set(self, name: str) -> TryNotes:
        """Remove a set."""
        return replace(self, sets=tuple(one for one in self.sets if one.name != name))

    def with_plan(self, plan: GridPlan) -> TryNotes:
        """Put a grid first; the oldest is dropped when there are too many."""
        others = [other for other in self.plans if other.plan_id != plan.plan_id]
        return replace(self, plans=(plan, *others)[:MOST_PLANS])


def _only_texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return the texts of a stored mapping, which may hold anything."""
    return {key: value for key, value in values.items() if isinstance(value, str)}


def prompts_in(text: str) -> tuple[str, ...]:
    """Return the prompts of a text, one on each line; empty lines and repeated ones are left out."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
