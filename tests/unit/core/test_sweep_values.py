"""A comparison: which runs it makes, how they are named, what is wrong with it, and how it is kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.advice import DatasetFacts, advice
from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY, NAME_PATTERN
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate, together
from segmind_studio.core.sweep import MOST_RUNS, SWEEP_KEYS, Sweep

FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
)


def comparing(key, *values, name="cat"):
    return TrainingForm(FORM.with_value("name", name).touched, Sweep(key, values))


def test_each_value_makes_a_run_that_differs_in_it_and_in_its_name():
    forms = comparing("iterations", 120, 300, 600).forms
    assert [form.text("name") for form in forms] == ["cat-it120", "cat-it300", "cat-it600"]
    assert [form.value("iterations") for form in forms] == [120, 300, 600]
    bodies = [{**form.body(), "name": ""} for form in forms]
    for body in bodies:
        body["advance_parameters"] = {**body["advance_parameters"], "iterations": 0}
    assert bodies[0] == bodies[1] == bodies[2]
    assert not any(form.sweep.on for form in forms)


def test_without_a_comparison_it_is_one_run_under_its_own_name():
    assert FORM.forms == (FORM,)
    assert comparing("iterations").forms == (FORM,)  # begun, no value yet


def test_a_rate_that_follows_the_type_follows_it_in_each_run():
    full, lora = comparing("finetune_type", "FULL", "LORA").forms
    assert (full.value("learning_rate"), lora.value("learning_rate")) == (0.00001, 0.0001)


@pytest.mark.parametrize("key", SWEEP_KEYS)
def test_what_a_comparison_begins_with_can_be_started(key):
    form = TrainingForm(FORM.touched, FORM.opening_sweep(key))
    assert form.problems() == {}
    names = [single.text("name") for single in form.forms]
    assert len(set(names)) == len(names) >= 2
    assert all(re.fullmatch(NAME_PATTERN, name) for name in names)
    assert all(single.problems() == {} for single in form.forms)


@pytest.mark.parametrize(("sweep", "name", "words"), [
    (Sweep("iterations", (300,)), "cat", "at least two"),
    (Sweep("iterations", ()), "cat", "at least two"),
    (Sweep("iterations", (300, 300)), "cat", "twice"),
    (Sweep("iterations", (300, 99)), "cat", "at least 100"),
    (Sweep("iterations", (300, "many")), "cat", "whole number"),
    (Sweep("iterations", (100, 150, 200, 250, 300, 350)), "cat", f"At most {MOST_RUNS}"),
    (Sweep("learning_rate", (0.00001, 0.5)), "cat", "at most 0.005"),
    (Sweep("iterations", (300, 1000)), "c" * 58, "at most 57 characters"),
])
def test_what_cannot_be_started_is_said(sweep, name, words):
    form = TrainingForm(FORM.with_value("name", name).touched, sweep)
    assert words in form.problems()["sweep"]


def test_the_longest_name_that_fits_is_taken():
    assert comparing("iterations", 300, 1000, name="c" * 57).problems() == {}


def test_the_value_in_the_form_does_not_matter_while_it_is_compared():
    form = comparing("iterations", 100, 200).with_value("iterations", 5)
    assert form.problems() == {}
    assert [single.value("iterations") for single in form.forms] == [100, 200]


def test_warnings_of_every_run_are_given_once():
    form = comparing("learning_rate", 0.00001, 0.002, 0.003)
    said = advice(form, DatasetFacts(8, ("",) * 8, 1000))
    loud = [item.text for item in said if item.key == "learning_rate"]
    assert len(loud) == 2
    assert "200 times" in loud[0]
    assert advice(comparing("iterations", 100, 200), DatasetFacts(3, ("",) * 3, 1)) == advice(
        FORM, DatasetFacts(3, ("",) * 3, 1),
    )
    assert all(item.severity is Severity.SHOULD for item in said)


def test_costs_add_up_and_say_of_how_many_runs():
    both = together((CostEstimate(2.0, "A list price."), CostEstimate(4.0, "A list price.")))
    assert both == CostEstimate(6.0, "2 runs. A list price.")
    assert together((CostEstimate(2.0, "a"), CostEstimate(None, "b"))).dollars is None
    assert together((CostEstimate(2.0, "a"),)) == CostEstimate(2.0, "a")


@pytest.mark.parametrize("key", SWEEP_KEYS)
def test_it_is_kept_with_the_form(key):
    form = TrainingForm(FORM.touched, FORM.opening_sweep(key))
    again = TrainingForm.from_json(form.to_json())
    assert again == form
    assert [type(value) for value in again.sweep.values] == [type(value) for value in form.sweep.values]


@given(JSON)
def test_anything_kept_is_read_or_left_out(loaded):
    sweep = Sweep.of(loaded)
    assert sweep == Sweep() or sweep.key in FIELD_BY_KEY
    assert isinstance(TrainingForm(FORM.touched, sweep).problems(), dict)
