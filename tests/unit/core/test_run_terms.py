"""The query language over runs: what each term means, where an error is, and what completes a word."""

import pytest

from segmind_studio.core.query_language import QueryError
from segmind_studio.core.run_terms import RunTexts, parse_run_query, run_completion, tag_query
from segmind_studio.core.runs import Phase
from tests.fakes.run_services import make_run

TEXTS = RunTexts(
    words=lambda run: "\n".join((run.name, run.notes, *run.tags)).casefold(),
    status=lambda run: f"{run.stage.value}\n{run.status}".casefold(),
    dataset=lambda run: run.dataset_name.casefold(), model=lambda run: run.base_model.casefold(),
)
RUNS = (
    make_run(
        "anna", status="TRAINING_INITIATED", tags=("Faces", "client Miller"), notes="Too dark.", colour="red",
    ),
    make_run("boat", status="AVAILABLE", archived=True, credits_before=20.0, credits_after=16.0, pinned=True),
    make_run("cup red", Phase.UPLOADING, live=False, tags=("faces 2",)),
    make_run("elsewhere", Phase.ADOPTED, status="FAILED", made_here=False, body={}, dataset_name="",
             image_count=0, base_model="SDXL", public=True, colour="from a later version", archived=True),
)


def found(text):
    query = parse_run_query(text)
    return [run.name for run in RUNS if query.matches(run, TEXTS)]


@pytest.mark.parametrize(("text", "names"), [
    ("", ["anna", "boat", "cup red", "elsewhere"]),
    ("red", ["cup red"]),
    ("dark anna", ["anna"]),  # each word on its own, in whatever order
    ('"dark anna"', []),
    ("status:training", ["anna"]),
    ("status:available", ["boat"]),
    ("tag:faces", ["anna", "cup red"]),
    ('tag:"faces"', ["anna"]),
    (tag_query("client Miller"), ["anna"]),
    ("note:dark", ["anna"]),
    ("trigger:tokman", ["anna", "boat", "cup red"]),
    ("theme:character -name:anna", ["boat", "cup red"]),
    ("dataset:holi iterations:300 photos:12", ["anna", "boat", "cup red"]),
    ("iterations:>300 or cost:<5", ["boat"]),
    ("-cost:<5", ["anna", "cup red", "elsewhere"]),  # an unknown cost is neither below nor above
    ("model:sdxl", ["elsewhere"]),
    ("is:archived", ["boat", "elsewhere"]),
    ("is:archived or -has:note", ["boat", "cup red", "elsewhere"]),
    ("is:waiting", ["cup red"]),
    ("is:elsewhere is:public is:failed", ["elsewhere"]),
    ("has:colour", ["anna"]),
    ("colour:red or is:pinned", ["anna", "boat"]),
])
def test_what_a_query_finds(text, names):
    assert found(text) == names


@pytest.mark.parametrize(("text", "start", "end", "said"), [
    ("red iterations:many", 15, 19, "number"),
    ("is:gone", 3, 7, "archived"),
    ("colour:mauve", 7, 12, "purple"),
    ("tag: red", 0, 4, "word"),
    ("caption:red", 0, 8, "caption"),
    ("(red", 0, 1, "parenthesis"),
])
def test_an_error_is_at_its_place(text, start, end, said):
    with pytest.raises(QueryError, match=said) as caught:
        parse_run_query(text)
    assert (caught.value.start, caught.value.end) == (start, end)


@pytest.mark.parametrize(("text", "words"), [
    ("re", ()), ("ite", ("iterations:",)), ("red -ta", ("tag:",)), ("has:n", ("note",)),
    ("tag:", ("final", '"client Miller"')), ("tag:cl", ('"client Miller"',)), ('tag:"cl', ()),
])
def test_what_completes_a_word(text, words):
    assert run_completion(text, len(text), lambda: ("final", "client Miller")).words == words
