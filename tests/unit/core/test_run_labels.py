"""Tags and colours of runs: how they are stored, changed for many, and kept when two rows become one."""

import pytest

from segmind_studio.core.label_colours import RunColour
from segmind_studio.core.reconcile import merge_rows
from segmind_studio.core.run_labels import LabelChange, clean_tags, known_tags
from segmind_studio.core.runs import Phase
from tests.fakes.run_services import make_run


def test_tags_are_short_and_each_there_once():
    assert clean_tags(["  Faces ", "faces", "a, b", "", " , ", "two   words"]) == ("Faces", "a", "b", "two words")
    assert clean_tags(["\u732b\uff0c\u72ac\u3001\u9ce5", "\u0642\u0637\u0629\u060c \u0643\u0644\u0628"]) == (
        "\u732b", "\u72ac", "\u9ce5", "\u0642\u0637\u0629", "\u0643\u0644\u0628",
    ), "keyboards have other commas too"
    assert clean_tags(["x" * 99]) == ("x" * 40,)
    assert len(clean_tags(str(number) for number in range(99))) == 20


def test_the_tags_of_most_runs_are_offered_first():
    runs = [make_run("1", tags=("b", "a")), make_run("2", tags=("B", "c")), make_run("3", tags=("c", "b"))]
    assert known_tags(runs) == ("b", "c", "a")


def test_a_change_of_many_touches_only_what_it_names():
    change = LabelChange(add=("final",), remove=("Old",), colour="red")
    run = make_run(tags=("old", "mine"))
    assert change.tags_of(run) == ("mine", "final")
    assert change.touches(run)
    assert not change.touches(make_run(tags=("mine", "final"), colour="red"))
    assert not LabelChange(add=("MINE",)).touches(run)


def test_labels_survive_when_a_row_becomes_part_of_another():
    kept = make_run("kept", tags=("a",), archived=True)
    merged = merge_rows(kept, make_run("left", tags=("b", "A"), colour="blue"))
    assert (merged.tags, merged.colour, merged.archived) == (("a", "b"), "blue", False)
    assert RunColour.of(make_run(colour="mauve")) is RunColour.NONE


@pytest.mark.parametrize(("phase", "fields", "hidden"), [
    (Phase.ACCEPTED, {"status": "AVAILABLE"}, True),
    (Phase.ACCEPTED, {"status": "FAILED"}, True),
    (Phase.REFUSED, {}, True),
    (Phase.ACCEPTED, {"status": "TRAINING_INITIATED"}, False),  # it came back to life
    (Phase.ACCEPTED, {"status": "TRAINING_INITIATED", "vanished": True}, True),
    (Phase.UNKNOWN, {"live": False}, False),
    (Phase.UPLOADED, {"live": False}, False),  # waits for a decision
])
def test_only_a_run_at_rest_is_put_away(phase, fields, hidden):
    assert make_run("a", phase, archived=True, **fields).put_away is hidden
