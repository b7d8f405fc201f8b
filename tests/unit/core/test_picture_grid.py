"""The grid: its cells, what is found in the image store, and what is left to ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.picture_grid import (
    MOST_PLANS,
    CellState,
    GridPlan,
    PromptSet,
    Tally,
    TryNotes,
    cells_of,
    left_in,
    prompts_in,
)
from segmind_studio.core.runs import Phase, Run

PLAN = GridPlan(
    "p", "acc", 100.0, ("a cat", "a dog"), (0.8, 1.0), ("anna", "bob"), (7, 8), extras={"bob": '{"guidance": 2}'},
)
MADE, ASKED, FAILED, UNKNOWN = ImageState.MADE, ImageState.ASKED, ImageState.FAILED, ImageState.UNKNOWN


def image(cell: int, state: ImageState = MADE, at: float = 110.0, **fields: object) -> GeneratedImage:
    made = PLAN.request(cell).generated(f"i{cell}-{at}", "acc", at)
    return replace(made, state=state, **{"ended_at": at + 1, **fields})


def test_each_with_each_by_rows() -> None:
    assert PLAN.size == len(PLAN.contents()) == len(set(PLAN.contents())) == 16
    assert PLAN.rows == (("a cat", 7), ("a cat", 8), ("a dog", 7), ("a dog", 8))
    assert PLAN.columns == (("anna", 0.8), ("anna", 1.0), ("bob", 0.8), ("bob", 1.0))
    run = Run("bob", "acc", "Bob", Phase.UNKNOWN, 1.0, 1.0, inference_api_url="https://x/v1/bob", slug="bob")
    request = PLAN.request(7, run)
    assert (request.prompt, request.seed, request.run_id, request.strength) == ("a cat", 8, "bob", 1.0)
    assert (request.extra, request.slug, PLAN.request(5).extra) == ('{"guidance": 2}', "bob", "")


@pytest.mark.parametrize(("found", "state"), [
    ([], CellState.LEFT),
    ([image(3, MADE, 1.0)], CellState.MADE),  # also from long before: it is not asked for again
    ([image(3, ASKED, ended_at=None)], CellState.ASKED),
    ([image(3, UNKNOWN, 1.0)], CellState.UNKNOWN),
    ([image(3, FAILED)], CellState.FAILED),
    ([image(3, FAILED, 99.0)], CellState.LEFT),  # refused before this grid began
    ([image(3, FAILED, ended_at=None)], CellState.LEFT),  # stopped before it was sent
    ([image(3, UNKNOWN, 120.0), image(3, MADE, 110.0)], CellState.MADE),
    ([image(3, FAILED, 120.0), image(3, UNKNOWN, 110.0)], CellState.UNKNOWN),
    ([image(3, MADE, deleted_at=200.0)], CellState.DELETED),  # paid, so nothing asks for it by itself
    ([image(3, MADE, 120.0, deleted_at=200.0), image(3, MADE, 110.0)], CellState.MADE),
    ([image(3, UNKNOWN, deleted_at=200.0)], CellState.UNKNOWN),
    ([image(3, MADE, seed=9)], CellState.LEFT), ([image(3, MADE, extra='{"a": 1}')], CellState.LEFT),
])
def test_a_cell_is_what_the_store_knows_of_its_content(found: list[GeneratedImage], state: CellState) -> None:
    cells = cells_of(PLAN, found)
    assert cells[3].state is state
    assert all(cell.state is CellState.LEFT for number, cell in enumerate(cells) if number != 3)
    assert left_in(cells) == tuple(n for n in range(16) if n != 3 or state is CellState.LEFT)


def test_the_newest_of_several_stands_in_the_cell() -> None:
    cells = cells_of(PLAN, [image(0, at=1.0), image(0, at=50.0), image(0, at=20.0)])
    assert cells[0].image is not None
    assert cells[0].image.asked_at == 50.0


def test_the_tally() -> None:
    cells = cells_of(PLAN, [image(0), image(1, UNKNOWN), image(2, FAILED), image(4, ASKED), image(5)])
    assert Tally.of(cells) == Tally(left=11, asked=1, made=2, unknown=1, failed=1)


def test_notes_keep_what_is_new_and_bound_what_is_old() -> None:
    notes = TryNotes().with_extra("r", '{"a": 1}').with_extra("s", "{}").with_extra("r", " ")
    assert dict(notes.extras) == {"s": "{}"}
    for prompts in (PromptSet("Faces", ("a",)), PromptSet("cats"), PromptSet("faces", ("b",))):
        notes = notes.with_set(prompts)
    assert notes.sets == (PromptSet("cats"), PromptSet("faces", ("b",)))
    assert notes.without_set("cats").sets == (PromptSet("faces", ("b",)),)
    for number in range(MOST_PLANS + 3):
        notes = notes.with_plan(replace(PLAN, plan_id=str(number)))
    notes = notes.with_plan(replace(PLAN, plan_id="9", seeds=(1,)))
    assert (len(notes.plans), notes.plans[0].plan_id, notes.plans[0].seeds) == (MOST_PLANS, "9", (1,))


def test_stored_notes_that_cannot_be_used_are_left_out() -> None:
    notes = TryNotes({"r": 1, "s": "{}"}, plans=(  # type: ignore[dict-item]
        PLAN, replace(PLAN, prompts=()), replace(PLAN, seeds=tuple(range(300))),
        replace(PLAN, extras={"r": 1}),  # type: ignore[dict-item]
    )).checked()
    assert dict(notes.extras) == {"s": "{}"}
    assert notes.plans == (PLAN,)


def test_one_prompt_on_each_line() -> None:
    assert prompts_in(" a cat\n\na dog \na cat\n") == ("a cat", "a dog")
