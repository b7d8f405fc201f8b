"""The thirteen fields: their rules hold for any value, and their words name what to do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.fields import (
    FIELD_BY_KEY,
    FIELDS,
    LEARNING_RATE_BY_TYPE,
    Field,
    Group,
    Kind,
    is_finite_number,
)

VALUES = st.one_of(
    st.text(), st.integers(), st.floats(), st.booleans(), st.integers(min_value=10**400, max_value=10**401),
)
URL = "https://photos.example.org/set.zip"


def test_the_body_has_exactly_the_fields_of_the_api():
    top = {field.key for field in FIELDS if field.group is Group.TOP}
    advance = {field.key for field in FIELDS if field.group is Group.ADVANCE}
    assert top == {
        "name", "data_source_path", "instance_prompt", "trigger_word", "base_model", "theme", "segmind_public",
    }
    assert advance == {
        "iterations", "captioning", "priority", "finetune_type", "lora_rank", "learning_rate",
    }
    assert Group.ADVANCE.value == "advance_parameters"


def test_the_defaults_are_the_documented_ones():
    assert {field.key: field.default for field in FIELDS} == {
        "theme": "GENERAL", "data_source_path": "", "name": "", "trigger_word": "TOK", "instance_prompt": "",
        "iterations": 300, "finetune_type": "FULL", "lora_rank": 32, "learning_rate": 0.00001,
        "priority": "QUALITY", "captioning": True, "segmind_public": False, "base_model": "FLUX_PRO",
    }
    assert LEARNING_RATE_BY_TYPE == {"FULL": 0.00001, "LORA": 0.0001}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_default_is_right_or_is_missing(field: Field):
    problem = field.problem(field.default)
    assert problem == (f"{field.label} is required." if field.required and field.default == "" else "")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_field_says_what_it_is_and_where_its_rule_comes_from(field: Field):
    assert field.label
    assert str(field.help).endswith(".")
    assert field.source
    if field.pattern is not None:
        assert str(field.pattern_text).endswith(".")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
@given(value=VALUES)
def test_no_value_breaks_a_check_and_what_passes_can_be_sent(field: Field, value: object):
    assert isinstance(value, (str, int, float, bool))
    problem = field.problem(value)
    if problem:
        assert problem.endswith(".")
    else:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("field", [f for f in FIELDS if f.choices], ids=lambda field: field.key)
@given(value=VALUES)
def test_a_choice_takes_its_own_values_and_no_others(field: Field, value: object):
    assert isinstance(value, (str, int, float, bool))
    allowed = [(type(choice.value), choice.value) for choice in field.choices]
    assert all(field.problem(choice.value) == "" for choice in field.choices)
    assert (field.problem(value) == "") == ((type(value), value) in allowed)


@pytest.mark.parametrize("value", [32.0, 16.0, True, "32", 8])
def test_a_rank_is_a_whole_number(value: object):
    assert isinstance(value, (str, int, float, bool))
    assert FIELD_BY_KEY["lora_rank"].problem(value) == "LoRA rank must be one of 16, 32."


@given(value=st.integers())
def test_iterations_are_100_to_1000(value: int):
    problem = FIELD_BY_KEY["iterations"].problem(value)
    expected = "" if 100 <= value <= 1000 else (
        "Iterations must be at least 100." if value < 100 else "Iterations must be at most 1000."
    )
    assert problem == expected


@given(value=st.floats())
def test_a_learning_rate_is_within_its_limits(value: float):
    problem = FIELD_BY_KEY["learning_rate"].problem(value)
    assert (problem == "") == (0.000001 <= value <= 0.005)


@pytest.mark.parametrize(("key", "value", "fine"), [
    ("iterations", 99, False), ("iterations", 100, True), ("iterations", 1000, True), ("iterations", 1001, False),
    ("learning_rate", 0.0000009, False), ("learning_rate", 0.000001, True), ("learning_rate", 0.005, True),
    ("learning_rate", 0.0051, False),
])
def test_the_limits_themselves_are_allowed(*, key: str, value: float, fine: bool):
    assert (FIELD_BY_KEY[key].problem(value) == "") == fine


def test_number_limits_are_written_as_a_person_writes_them():
    assert FIELD_BY_KEY["learning_rate"].problem(0.0000001) == "Learning rate must be at least 0.000001."
    assert FIELD_BY_KEY["learning_rate"].problem(0.05) == "Learning rate must be at most 0.005."


@pytest.mark.parametrize("value", ["300", 300.0, True, float("nan"), float("inf"), 10**400])
def test_odd_iterations_are_worded(value: object):
    assert isinstance(value, (str, int, float, bool))
    assert FIELD_BY_KEY["iterations"].problem(value)


@pytest.mark.parametrize("value", ["0.1", True, float("nan"), float("-inf")])
def test_odd_learning_rates_are_no_numbers(value: object):
    assert isinstance(value, (str, int, float, bool))
    assert FIELD_BY_KEY["learning_rate"].problem(value) == "Learning rate must be a number."


@pytest.mark.parametrize("key", ["captioning", "segmind_public"])
@pytest.mark.parametrize("value", [0, 1, "true", "", 0.0])
def test_on_and_off_are_not_numbers_or_words(key: str, value: object):
    assert isinstance(value, (str, int, float, bool))
    assert FIELD_BY_KEY[key].problem(value).endswith("must be on or off.")


@given(name=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_a_slug_is_a_good_name(name: str):
    assert FIELD_BY_KEY["name"].problem(name) == ""


@pytest.mark.parametrize("name", ["my model", "müller", "a/b", "a.b", "abc\n", "日本", "x" * 65, " ", ""])
def test_other_names_are_refused(name: str):
    assert FIELD_BY_KEY["name"].problem(name)


def test_a_long_name_says_how_long_it_is():
    assert FIELD_BY_KEY["name"].problem("x" * 70) == "Name can have at most 64 characters; this has 70."


@pytest.mark.parametrize("text", ["a\tb", "a\x00b", "a\x7fb", "a\ud800b"])
def test_a_prompt_holds_no_characters_that_cannot_be_sent(text: str):
    assert FIELD_BY_KEY["instance_prompt"].problem(text) == (
        "Prompt contains a character that cannot be sent. Remove it."
    )


def test_only_the_prompt_may_have_lines():
    assert FIELD_BY_KEY["instance_prompt"].problem("a photo of TOK\nin rain") == ""
    assert FIELD_BY_KEY["trigger_word"].problem("TOK\nTOK")


@pytest.mark.parametrize("url", [
    "", URL, "https://example.org:8443/a.zip?sig=1", "HTTPS://example.org/a.zip",
])
def test_a_public_zip_is_an_https_address(url: str):
    assert FIELD_BY_KEY["data_source_path"].problem(url) == ""


@pytest.mark.parametrize("url", [
    "http://example.org/a.zip", "ftp://example.org/a.zip", "example.org/a.zip", "/home/me/a.zip", "https://",
    "https:///a.zip", "https://exa mple.org/a.zip", "https://example.org:x/a.zip", "https://[::1/a.zip", " ",
    "https://example.org/a.zip\n", "https://example.org/" + "a" * 2048,
])
def test_other_addresses_are_refused(url: str):
    assert FIELD_BY_KEY["data_source_path"].problem(url)


@given(value=VALUES)
def test_a_finite_number_can_be_written_as_json(value: object):
    try:
        expected = not isinstance(value, (bool, str)) and json.dumps(value, allow_nan=False) != ""
    except ValueError:
        expected = False
    assert is_finite_number(value) == expected


def test_each_kind_is_used():
    assert {field.kind for field in FIELDS} == set(Kind)
