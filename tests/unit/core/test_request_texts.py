"""The request as JSON and as curl: exactly what goes out, in full numbers, and never with a key."""

from __future__ import annotations

import json
import shlex

from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.fields import FIELDS
from segmind_studio.core.form import MASKED_KEY, TrainingForm, body_text, curl_text

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
BODIES = st.builds(
    lambda prompt, rate, iterations, path: TrainingForm().with_values({
        "instance_prompt": prompt, "learning_rate": rate, "iterations": iterations,
    }).body(path),
    TEXTS, st.floats(allow_nan=False, allow_infinity=False), st.integers(), TEXTS,
)


def test_the_documented_example():
    form = TrainingForm().with_values({
        "name": "fluxprotest", "instance_prompt": "1MAN, running in brown suit", "trigger_word": "1MAN",
    })
    assert form.body("https://bucket.s3.amazonaws.com/uploads/1/a.zip") == {
        "name": "fluxprotest", "data_source_path": "https://bucket.s3.amazonaws.com/uploads/1/a.zip",
        "instance_prompt": "1MAN, running in brown suit", "trigger_word": "1MAN", "base_model": "FLUX_PRO",
        "theme": "GENERAL", "segmind_public": False,
        "advance_parameters": {
            "iterations": 300, "captioning": True, "priority": "QUALITY", "finetune_type": "FULL",
            "lora_rank": 32, "learning_rate": 0.00001,
        },
    }


def test_the_address_of_a_public_zip_is_sent_unless_an_upload_has_one():
    form = TrainingForm().with_value("data_source_path", "https://example.org/a.zip")
    assert form.body()["data_source_path"] == "https://example.org/a.zip"
    assert form.body("https://b.example.org/u.zip")["data_source_path"] == "https://b.example.org/u.zip"


def test_small_numbers_are_written_in_full():
    text = body_text(TrainingForm().body())
    assert '"learning_rate": 0.00001' in text
    assert "e-0" not in text


def test_words_that_look_like_numbers_stay_as_they_are():
    prompt = 'a "rate": 1e-05,\n"learning_rate": 1e-05'
    form = TrainingForm().with_value("instance_prompt", prompt)
    assert json.loads(body_text(form.body()))["instance_prompt"] == prompt


@given(body=BODIES)
def test_the_json_reads_back_as_the_body(body: dict[str, object]):
    assert json.loads(body_text(body)) == body


@given(body=BODIES)
def test_the_command_is_one_command_with_the_same_body(body: dict[str, object]):
    command = curl_text("https://api.segmind.com", body)
    words = shlex.split(command.replace(" \\\n", " "))  # shlex does not join lines as a shell does
    assert words[:4] == ["curl", "-X", "POST", "https://api.segmind.com/finetune/request/submit"]
    assert words[4:8] == ["-H", f"x-api-key: {MASKED_KEY}", "-H", "Content-Type: application/json"]
    assert words[8] == "--data"
    assert json.loads(words[9]) == body
    assert len(words) == 10


def test_every_field_is_in_the_text():
    text = body_text(TrainingForm().body())
    for field in FIELDS:
        assert f'"{field.key}":' in text
