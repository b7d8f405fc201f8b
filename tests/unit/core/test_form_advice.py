"""Advice across fields and photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.advice import Advice, DatasetFacts, advice
from segmind_studio.core.datasets import Dataset, PackageInfo, Photo, Severity
from segmind_studio.core.fields import FIELDS
from segmind_studio.core.form import TrainingForm

GOOD = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})
TEN = DatasetFacts(10, ("",) * 10, 5_000_000)


def at(key: str, form: TrainingForm, facts: DatasetFacts = TEN) -> list[Advice]:
    return [item for item in advice(form, facts) if item.key == key]


def test_a_good_form_gets_no_advice():
    assert advice(GOOD, TEN) == ()


def test_without_photos_nothing_can_be_sent():
    [item] = at("data_source_path", GOOD, DatasetFacts())
    assert item.severity is Severity.MUST
    assert "No photos" in item.text


def test_a_public_zip_needs_no_photos():
    form = GOOD.with_value("data_source_path", "https://example.org/a.zip")
    assert advice(form, DatasetFacts()) == ()
    assert advice(form, DatasetFacts(40, ("x",) * 40, 200_000_000)) == ()


@pytest.mark.parametrize(("size", "too_large"), [
    (99_999_999, False), (100_000_000, True), (123_456_789, True),
])
def test_the_package_is_under_100_mb(*, size: int, too_large: bool):
    found = at("data_source_path", GOOD, replace(TEN, size=size))
    assert [item.severity for item in found] == ([Severity.MUST] if too_large else [])


def test_the_size_is_named():
    [item] = at("data_source_path", GOOD, replace(TEN, size=123_456_789))
    assert "123.5 MB" in item.text


@pytest.mark.parametrize(("count", "advised"), [(1, True), (5, True), (6, False), (20, False), (21, True)])
def test_six_to_twenty_photos_are_advised(*, count: int, advised: bool):
    found = at("data_source_path", GOOD, DatasetFacts(count, ("",) * count, 1000))
    assert [item.severity for item in found] == ([Severity.SHOULD] if advised else [])


def test_one_photo_is_one_photo():
    [item] = at("data_source_path", GOOD, DatasetFacts(1, ("",), 10))
    assert item.text.startswith("Only 1 photo:")


@pytest.mark.parametrize(("prompt", "told"), [
    ("a photo of TOK", False), ("a photo of tok, smiling", False), ("a photo of a man", True),
    ("a photo of TOKYO", True), ("", False), ("  ", False),
])
def test_the_prompt_holds_the_trigger_word(*, prompt: str, told: bool):
    found = at("instance_prompt", GOOD.with_value("instance_prompt", prompt))
    assert bool(found) == told


def test_captions_without_the_trigger_word_are_counted():
    facts = DatasetFacts(6, ("TOK laughs", "a man", "", "the sea", "TOK", "tok"), 1000)
    [item] = at("trigger_word", GOOD, facts)
    assert item.text.startswith("2 of 5 captions")
    assert at("trigger_word", GOOD.with_value("trigger_word", ""), facts) == []


@pytest.mark.parametrize(("rate", "kind", "loud"), [
    (0.005, "FULL", True), (0.001, "FULL", True), (0.0009, "FULL", False), (0.00001, "FULL", False),
    (0.005, "LORA", True), (0.002, "LORA", True), (0.001, "LORA", False), (0.0001, "LORA", False),
])
def test_a_rate_that_ruins_the_model_is_said_loudly(*, rate: float, kind: str, loud: bool):
    form = GOOD.with_values({"learning_rate": rate, "finetune_type": kind})
    assert bool(at("learning_rate", form)) == loud


def test_segminds_own_sample_rate_is_500_times_the_default():
    [item] = at("learning_rate", GOOD.with_value("learning_rate", 0.005))
    assert "500 times" in item.text


@pytest.mark.parametrize(("captions", "on", "told"), [
    (("a", "b"), True, True), (("a", ""), True, True), (("a", "b"), False, False), (("", ""), True, False),
    (("", " "), False, True), (("a", ""), False, False), ((), False, False),
])
def test_captions_and_automatic_captions(*, captions: tuple[str, ...], on: bool, told: bool):
    facts = DatasetFacts(len(captions), captions, 100)
    assert bool(at("captioning", GOOD.with_value("captioning", on), facts)) == told


@pytest.mark.parametrize(("values", "captions", "key"), [
    ({"instance_prompt": "a man"}, ("",), "instance_prompt"), ({"learning_rate": 0.005}, ("",), "learning_rate"),
    ({"captioning": True}, ("TOK",), "captioning"), ({"captioning": False}, ("",), "captioning"),
    ({"trigger_word": "SKS", "instance_prompt": "SKS"}, ("TOK, a", "TOK, b"), "trigger_word"),
])
def test_one_press_does_what_is_advised(values, captions, key):
    form, facts = GOOD.with_values(values), DatasetFacts(len(captions), captions, 100)
    [item] = at(key, form, facts)
    fix = item.fixes[0]
    assert at(fix.key, form.with_value(fix.key, fix.value), facts) == []


VALUES = st.one_of(st.text(max_size=5), st.integers(), st.floats(), st.booleans(), st.just(10**400))


@given(
    values=st.dictionaries(st.sampled_from([f.key for f in FIELDS]), VALUES),
    captions=st.lists(st.text(max_size=5), max_size=30), size=st.integers(0, 2 * 10**8),
)
def test_any_form_can_be_advised_on_and_the_worst_comes_first(values, captions, size):
    found = advice(TrainingForm().with_values(values), DatasetFacts(len(captions), tuple(captions), size))
    ranks = [list(Severity).index(item.severity) for item in found]
    assert ranks == sorted(ranks)
    assert all(item.text.endswith(".") for item in found)


def test_facts_count_only_what_is_sent():
    photos = (
        Photo("1", Path("1.jpg"), caption="one"), Photo("2", Path("2.jpg"), caption="two", excluded=True),
        Photo("3", Path("3.jpg"), caption="three", problem="It cannot be read."), Photo("4", Path("4.jpg")),
    )
    facts = DatasetFacts.of(Dataset("d", "d", photos), PackageInfo(size=77))
    assert facts == DatasetFacts(2, ("one", ""), 77)
