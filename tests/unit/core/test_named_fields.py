"""Which fields the service's words name, and what they say of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.named_fields import fields_named

LEAST = "must be at least 100"


@pytest.mark.parametrize(("words", "named"), [
    (f"body.advance_parameters.iterations: {LEAST}", {"iterations": LEAST}),
    (f"iterations: {LEAST}", {"iterations": LEAST}),
    (f"body.advance_parameters.iterations: {LEAST}: body.name: long", {"name": "long", "iterations": LEAST}),
    (f"validation failed: lora_rank: {LEAST}\niterations.0: {LEAST}", {"iterations": LEAST, "lora_rank": LEAST}),
    ("body.name: too short: body.name: not ASCII", {"name": "too short not ASCII"}),
    ("learning_rate must be\nbelow 0.005", {"learning_rate": "learning_rate must be below 0.005"}),
    ("Bad learning rate", {"learning_rate": "Bad learning rate"}),
    ("name is required", {"name": "name is required"}),
    ("name: too long", {"name": "too long"}),
    ("“theme” is not one of these", {"theme": "“theme” is not one of these"}),
    ("Validation failed for field priority", {"priority": "Validation failed for field priority"}),
    ('{"errors":{"iterations":["too few"]}}', {"iterations": '{"errors":{"iterations":["too few"]}}'}),
])
def test_the_fields_that_are_named(words, named):
    assert fields_named(words) == named
    assert list(fields_named(words)) == [key for key in FIELD_BY_KEY if key in named]


@pytest.mark.parametrize("words", [
    "", "Invalid request", "The team's name is not known", "Unknown model name: flux", "A priority queue is full",
    "body: not JSON", "preiterations", "iterationsX failed",
])
def test_a_sentence_that_means_no_field_names_none(words):
    assert fields_named(words) == {}


@given(st.text() | st.lists(st.sampled_from([*FIELD_BY_KEY, ": ", ".", "body", "\n", "'"])).map("".join))
def test_any_words_are_taken(words):
    assert all(said.strip() for said in fields_named(words).values())
