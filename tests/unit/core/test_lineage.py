"""Families of runs: what was made from what, and what changed."""

from __future__ import annotations

import sys
from typing import Any

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.lineage import FamilyStep, changed_settings, family
from segmind_studio.core.runs import Run
from tests.fakes.run_services import FORM, NOW, make_run


def a_run(run_id: str, at: int, settings: dict[str, Any] | None = None, **fields: Any) -> Run:
    body = FORM.with_values({"name": run_id, **(settings or {})}).body("x")
    return make_run(run_id, created_at=NOW + at, body=body, **fields)


ROOT = a_run("root", 0, manifest="[1]")
AGAIN = a_run("again", 1, {"iterations": 600}, parent_id="root", manifest="[2]")
SWEEP = tuple(
    a_run(f"s{n}", 2 + n, {"lora_rank": rank}, parent_id="again", sweep_id="s", sweep_key="lora_rank")
    for n, rank in enumerate((64, 32))
)
TWIN = a_run("twin", 5, paid_twin="s1")
ALONE = a_run("alone", 9)
ALL = (ALONE, TWIN, *SWEEP, AGAIN, ROOT)


def test_a_family_is_the_same_seen_from_each_of_its_runs():
    lines = [
        (one.run.run_id if one.run else None, one.depth, one.step, one.changed) for one in family(SWEEP[1], ALL)
    ]
    assert lines == [
        ("root", 0, FamilyStep.FIRST, ()),
        ("again", 1, FamilyStep.AGAIN, ("iterations",)),
        (None, 2, FamilyStep.SWEEP, ()),
        ("s0", 3, FamilyStep.SWEEP, ("iterations", "lora_rank")),
        ("s1", 3, FamilyStep.SWEEP, ("iterations",)),
        ("twin", 4, FamilyStep.TWICE, ()),
    ]
    assert family(ROOT, ALL)[2].run_ids == ("s0", "s1")
    assert family(ROOT, ALL)[1].photos_changed
    assert all(family(run, ALL) == family(ROOT, ALL) for run in ALL if run is not ALONE)
    assert family(ALONE, ALL) == ()
    assert changed_settings(AGAIN, ROOT) == ("iterations",)


def test_older_comparisons_without_a_parent_are_a_family_and_a_lost_parent_is_none():
    old = tuple(a_run(f"o{n}", n, {"iterations": 100 + n}, sweep_id="o", sweep_key="iterations") for n in range(3))
    found = family(old[1], old)
    assert [one.depth for one in found] == [0, 1, 1, 1]
    assert found[0].run_ids == ("o0", "o1", "o2")
    orphan = a_run("orphan", 3, parent_id="deleted")
    assert family(orphan, (orphan,)) == ()


def test_a_circle_and_a_very_long_line_end():
    one, two = a_run("one", 0, parent_id="two"), a_run("two", 1, parent_id="one")
    assert len(family(one, (one, two))) <= 2
    count = sys.getrecursionlimit() + 100
    line = [make_run(f"r{n}", created_at=NOW + n, parent_id=f"r{n - 1}" if n else "") for n in range(count)]
    assert len(family(line[0], line)) == count


def test_a_form_keeps_its_parent_over_edits_and_a_restart():
    form = TrainingForm(parent_id="root").with_values({"iterations": 100}).without("iterations")
    assert form.parent_id == "root"
    assert TrainingForm.from_json(form.to_json()).parent_id == "root"
    assert TrainingForm.from_json('{"parent_id": 5}').parent_id == ""
