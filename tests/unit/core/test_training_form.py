"""The form: what is touched, what changed, what follows, what is kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.fields import FIELD_BY_KEY, FIELDS, LINES, plain_line
from segmind_studio.core.form import PRESETS, TrainingForm, form_of_body
from tests.fakes.typed import the

KEYS = st.sampled_from([field.key for field in FIELDS])
VALUES = st.one_of(
    st.text(max_size=20), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.sampled_from([choice.value for field in FIELDS for choice in field.choices]),
)
FORMS = st.dictionaries(KEYS, VALUES, max_size=13).map(lambda values: TrainingForm().with_values(values))
# What a person can bring to the service: right values only.
SENDABLE = st.fixed_dictionaries({
    "theme": st.sampled_from([c.value for c in FIELD_BY_KEY["theme"].choices]),
    "name": st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    "trigger_word": st.sampled_from(["TOK", "1MAN", "sks dog"]),
    "instance_prompt": st.text(st.characters(exclude_categories=("C",)), min_size=1).filter(str.strip),
    "iterations": st.integers(100, 1000),
    "finetune_type": st.sampled_from(["FULL", "LORA"]),
    "lora_rank": st.sampled_from([16, 32]),
    "learning_rate": st.floats(0.000001, 0.005),
    "priority": st.sampled_from([c.value for c in FIELD_BY_KEY["priority"].choices]),
    "captioning": st.booleans(),
    "segmind_public": st.booleans(),
})


def test_an_untouched_form_differs_in_nothing():
    form = TrainingForm()
    assert form.differences() == ()
    assert form.problems() == {"name": "Name is required.", "instance_prompt": "Prompt is required."}


@pytest.mark.parametrize(("kind", "rate"), [("FULL", 0.00001), ("LORA", 0.0001)])
def test_the_learning_rate_follows_the_type_until_it_is_touched(kind: str, rate: float):
    form = TrainingForm().with_value("finetune_type", kind)
    assert form.value("learning_rate") == rate
    assert not form.changed("learning_rate")
    own = form.with_value("learning_rate", 0.002).with_value("finetune_type", "LORA")
    assert own.value("learning_rate") == 0.002
    assert own.without("learning_rate").value("learning_rate") == 0.0001


def test_a_rate_typed_by_hand_stays_though_it_was_the_default():
    form = TrainingForm().with_value("learning_rate", 0.00001)
    assert not form.changed("learning_rate")
    form = form.with_value("finetune_type", "LORA")
    assert form.value("learning_rate") == 0.00001
    assert form.changed("learning_rate")


@given(kind=VALUES)
def test_an_odd_type_still_has_a_rate(kind: object):
    assert isinstance(kind, (str, int, float, bool))
    assert TrainingForm().with_value("finetune_type", kind).value("learning_rate") in {0.00001, 0.0001}


def test_an_unknown_key_is_refused():
    with pytest.raises(KeyError):
        TrainingForm().with_value("iteration", 3)


@given(form=FORMS, key=KEYS, value=VALUES)
def test_setting_one_field_leaves_the_others(form: TrainingForm, key: str, value: object):
    assert isinstance(value, (str, int, float, bool))
    after = form.with_value(key, value)
    assert after.value(key) == (plain_line(value) if key in LINES and isinstance(value, str) else value)
    assert after.touched.keys() == {*form.touched, key}
    for other in form.touched:
        if other != key:
            assert after.value(other) is form.value(other)


@pytest.mark.parametrize("key", sorted(LINES))
@pytest.mark.parametrize(("pasted", "line"), [
    (" ohwx ", "ohwx"), ("ohwx\r\n", "ohwx"), ("\u200bohwx\ufeff", "ohwx"), ("\u202aohwx\u202c", "ohwx"),
    ("oh\u00adwx\u2069", "ohwx"), ("my\u00a0 dog", "my dog"), ("my\n\tdog", "my dog"),
    ("\u200dohwx\u200c", "ohwx"),
    ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
])
def test_a_line_is_sent_as_it_is_seen_whatever_was_pasted(key: str, pasted: str, line: str):
    old = json.dumps({key: pasted})  # of an earlier version
    for form in (TrainingForm().with_value(key, pasted), TrainingForm.from_json(old), form_of_body({key: pasted})):
        if key == "data_source_path" and form.value(key) == "":
            continue  # an address is left out of a form from a body
        assert form.value(key) == form.body()[key] == line


@given(form=FORMS, key=KEYS)
def test_a_reset_gives_the_default(form: TrainingForm, key: str):
    after = form.without(key)
    assert not after.changed(key)
    assert after.value(key) == after.default(key)
    assert key not in after.differences()


def test_a_whole_number_is_not_the_same_as_on():
    form = TrainingForm().with_value("captioning", 1)
    assert form.changed("captioning")
    assert "captioning" in form.problems()


@given(form=FORMS)
def test_differences_are_those_that_changed_in_the_order_of_the_page(form: TrainingForm):
    assert form.differences() == tuple(f.key for f in FIELDS if form.changed(f.key))


@given(form=FORMS)
def test_a_half_filled_form_survives_the_disk(form: TrainingForm):
    again = TrainingForm.from_json(form.to_json())
    assert dict(again.touched) == dict(form.touched)
    assert {k: type(v) for k, v in again.touched.items()} == {k: type(v) for k, v in form.touched.items()}


def test_a_broken_character_survives_the_disk():
    form = TrainingForm().with_value("instance_prompt", "a \ud800 b")
    form.to_json().encode()
    assert TrainingForm.from_json(form.to_json()).text("instance_prompt") == "a \ud800 b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@given(payload=JSON)
def test_any_json_gives_a_form(payload: object):
    form = TrainingForm.from_json(json.dumps(payload))
    assert set(form.touched) <= set(FIELD_BY_KEY)
    form.problems()
    form.body()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"x"', "[" * 100_000, "\x00", '{"name": null}'])
def test_unreadable_drafts_are_empty_forms(text: str):
    assert TrainingForm.from_json(text) == TrainingForm()


def test_older_fields_are_dropped():
    assert TrainingForm.from_json('{"gone": 1, "name": "a"}').touched == {"name": "a"}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_sets_only_fields_one_can_see(preset):
    assert all(not FIELD_BY_KEY[key].folded for key in preset.values)
    form = TrainingForm().with_values(preset.values)
    assert form.preset() == preset.key
    assert form.problems().keys() == TrainingForm().problems().keys()


def test_the_presets_are_the_agreed_ones():
    assert [preset.key for preset in PRESETS] == ["explore", "standard", "thorough"]
    iterations = [the(int, preset.values["iterations"]) for preset in PRESETS]
    assert 100 <= iterations[0] <= 150
    assert iterations[1:] == [300, 600]
    assert TrainingForm().preset() == "standard"
    assert TrainingForm().with_value("iterations", 301).preset() == ""


@settings(max_examples=100)
@given(values=SENDABLE)
def test_run_again_gives_the_form_that_was_sent(values: dict[str, object]):
    form = TrainingForm()
    for key, value in values.items():
        assert isinstance(value, (str, int, float, bool))
        form = form.with_value(key, value)
    assert form.problems() == {}
    again = form_of_body(form.body("https://bucket.example.org/uploads/1/a.zip"))
    assert again.body() == form.body()
    assert again.differences() == form.differences()
    assert set(again.touched) == set(again.differences())


def test_run_again_takes_flat_bodies_and_leaves_odd_values_out():
    form = form_of_body({"iterations": 500, "name": ["a"], "unknown": 1, "advance_parameters": 4})
    assert dict(form.touched) == {"iterations": 500}
