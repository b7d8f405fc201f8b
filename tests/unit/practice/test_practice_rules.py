from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.fields import FIELDS, Kind
from segmind_studio.core.form import TrainingForm
from segmind_studio.practice.answers import RefusalError
from segmind_studio.practice.rules import read_order
from tests.fakes.typed import the

GOOD = {"name": "a-Name_1", "data_source_path": "http://127.0.0.1/x.zip", "instance_prompt": "TOK runs"}


def refusal(**changes) -> dict[str, Any]:
    with pytest.raises(RefusalError) as caught:
        read_order({**GOOD, **changes})
    assert caught.value.status == 400
    return the(dict, caught.value.body)


def advance(**changes):
    return refusal(advance_parameters=changes)


def test_the_documented_defaults_are_filled_in():
    order = read_order(GOOD)
    assert (order.trigger_word, order.base_model, order.theme, order.segmind_public) == (
        "TOK", "FLUX_PRO", "GENERAL", False)
    assert (order.iterations, order.captioning, order.priority) == (300, True, "QUALITY")
    assert (order.finetune_type, order.lora_rank, order.learning_rate) == ("FULL", 32, 0.00001)
    assert read_order({**GOOD, "advance_parameters": {"finetune_type": "LORA"}}).learning_rate == 0.0001


def test_unknown_fields_are_ignored_even_a_misspelt_object():
    order = read_order({**GOOD, "advanced_parameters": {"iterations": 1}, "train_type": 3})
    assert order.iterations == 300


def test_every_missing_field_is_named():
    with pytest.raises(RefusalError) as caught:
        read_order({"instance_prompt": None})
    assert caught.value.body == {"detail": [
        {"loc": ["body", key], "msg": "Field required"} for key in ("name", "data_source_path", "instance_prompt")
    ]}


@pytest.mark.parametrize("name", ["a b", "ü", "a/b", "x" * 65, "a\n"])
def test_a_bad_name_has_a_message(name):
    assert "name" in refusal(name=name)["message"]


@pytest.mark.parametrize(("key", "value"), [
    ("theme", "PERSON"), ("theme", "general"), ("theme", 3), ("base_model", "SDXL"),
])
def test_words_outside_a_list_are_refused(key, value):
    assert refusal(**{key: value})["error"].startswith(f"{key} must be one of")


@pytest.mark.parametrize(("key", "value"), [
    ("iterations", 99), ("iterations", 1001), ("lora_rank", 8), ("lora_rank", 32.0), ("lora_rank", True),
    ("learning_rate", 0), ("learning_rate", 0.0051), ("learning_rate", float("nan")),
    ("learning_rate", float("inf")), ("learning_rate", 10**400), ("priority", "FAST"), ("finetune_type", "lora"),
])
def test_values_outside_a_range_are_refused(key, value):
    assert advance(**{key: value})["error"].startswith(f"{key} must be")


@pytest.mark.parametrize(("key", "value"), [
    ("iterations", "300"), ("iterations", 300.0), ("iterations", True), ("captioning", "true"),
    ("learning_rate", "0.1"), ("learning_rate", False),
])
def test_wrong_types_are_located(key, value):
    assert advance(**{key: value})["detail"][0]["loc"] == ["body", "advance_parameters", key]


@pytest.mark.parametrize(("key", "value"), [
    ("segmind_public", "False"), ("segmind_public", 0), ("trigger_word", 5), ("instance_prompt", ["x"]),
    ("advance_parameters", "x"), ("advance_parameters", None),
])
def test_wrong_types_at_the_top_are_located(key, value):
    assert refusal(**{key: value})["detail"][0]["loc"] == ["body", key]


@pytest.mark.parametrize("key", ["trigger_word", "instance_prompt", "data_source_path", "name"])
def test_texts_are_not_empty(key):
    assert refusal(**{key: "  "}) == {"error": f"{key} must not be empty"}


@pytest.mark.parametrize(("iterations", "cents"), [
    (100, 200), (149, 200), (150, 400), (500, 400), (501, 600), (1000, 600),
])
def test_the_price_follows_upstreams_list(iterations, cents):
    assert read_order({**GOOD, "advance_parameters": {"iterations": iterations}}).price_cents == cents


def _values(field):
    if field.kind is Kind.CHOICE:
        return st.sampled_from([choice.value for choice in field.choices])
    if field.kind is Kind.BOOL:
        return st.booleans()
    if field.kind is Kind.INT:
        return st.integers(int(field.minimum), int(field.maximum))
    if field.kind is Kind.FLOAT:
        return st.floats(field.minimum, field.maximum)
    if field.pattern:
        return st.from_regex(field.pattern, fullmatch=True).filter(lambda text: len(text) <= field.max_length)
    return st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip)


@settings(max_examples=100)
@given(st.fixed_dictionaries({field.key: _values(field) for field in FIELDS if field.kind is not Kind.SOURCE}))
def test_whatever_the_form_lets_pass_is_taken_as_it_is(values):
    form = TrainingForm().with_values(values)
    assert not form.problems()
    order = read_order(form.body("http://127.0.0.1/x.zip"))
    assert {key: getattr(order, key) for key in values} == {key: form.value(key) for key in values}
