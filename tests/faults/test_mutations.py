"""The matrix detects rules that are broken on purpose. All of them: `python tests/faults --mutations`."""

import pytest
from broken_rules import MUTATIONS
from mutations import PACKAGE, found, mutate, named, outcome_of


@pytest.mark.parametrize("name", [
    "sent before it is written", "unknown taken as refused", "a step that does not look where the run stands",
])
@pytest.mark.timeout(300)
def test_a_broken_rule_is_found(name):
    lines = outcome_of(named(name))
    assert found(lines), lines
    assert any(line.startswith(("DUPLICATE", "LOSS")) for line in lines)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_every_mutation_fits_the_code(tmp_path, mutation):
    mutate(mutation, tmp_path)
    for file, _, new in mutation.changes:
        changed = tmp_path / PACKAGE.name / file
        assert new in changed.read_text(encoding="utf-8")
        compile(changed.read_bytes(), file, "exec")
    assert mutation.seen or mutation.why


def test_only_a_duplicate_or_a_loss_counts_as_found():
    assert found(["cases=1 duplicates=1 losses=0"])
    assert found(["LOSS …", "cases=2 duplicates=0 losses=1"])
    assert not found(["cases=1 duplicates=0 losses=0"])
    assert not found(["it broke: []"])
