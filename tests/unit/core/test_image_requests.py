"""What is sent for a picture: the body, the way, JSON of one's own, and the same call for scripts."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import replace

import pytest

from segmind_studio.core.image_requests import (
    TryRequest,
    Way,
    call_as_curl,
    call_as_python,
    extra_values,
    numbers_in,
    read_extra,
    takes_negative,
)
from segmind_studio.core.runs import Phase, Run

ASKED = TryRequest("r1", "TOK, it's a \"cat\"", 7, 1.5, 512, 768, slug="cat-1")
API = "https://api.segmind.com"


@pytest.mark.parametrize(("url", "slug", "way", "target", "queued"), [
    (f"{API}/v1/cat-1", "other", Way.AUTO, f"{API}/v1/cat-1", False),
    (f"{API}/v2/cat-1", "other", Way.AUTO, f"{API}/v2/cat-1", True),
    (f"{API}/v1/cat-1", "other", Way.QUEUED, f"{API}/v2/cat-1", True),
    (f"{API}/v2/cat-1", "other", Way.DIRECT, f"{API}/v1/cat-1", False),
    ("", "cat-1", Way.AUTO, "cat-1", False), ("", "cat-1", Way.QUEUED, "cat-1", True),
    (f"{API}/own/way", "cat-1", Way.AUTO, f"{API}/own/way", False),
    (f"{API}/own/way", "cat-1", Way.QUEUED, "cat-1", True),
    ("", "", Way.AUTO, "", False),
])
def test_the_way_to_the_model(url: str, slug: str, way: Way, target: str, *, queued: bool) -> None:
    assert TryRequest("r", "p", inference_api_url=url, slug=slug, way=way).call == (target, queued)


def test_the_body_has_a_ratio_or_a_size_and_what_was_added_never_wins() -> None:
    assert ASKED.params() == {
        "prompt": ASKED.prompt, "width": 512, "height": 768, "finetune_strength": 1.5, "seed": 7,
    }
    other = replace(ASKED, ratio="2:3", negative_prompt="rain", extra='{"guidance": 3.5, "seed": 9}')
    assert other.params() == {
        "guidance": 3.5, "prompt": ASKED.prompt, "negative_prompt": "rain", "aspect_ratio": "2:3",
        "finetune_strength": 1.5, "seed": 7,
    }


def test_two_requests_are_for_one_picture_when_all_of_it_is_the_same() -> None:
    assert ASKED.content == replace(ASKED, slug="renamed", inference_api_url="x", way=Way.QUEUED).content
    others = [
        {"run_id": "r2"}, {"prompt": "x"}, {"negative_prompt": "x"}, {"seed": 8}, {"strength": 1.0},
        {"width": 513}, {"extra": '{"a": 1}'}, {"ratio": "1:1"},
    ]
    contents = {replace(ASKED, **fields).content for fields in others}  # type: ignore[arg-type]
    assert len(contents | {ASKED.content}) == len(others) + 1


@pytest.mark.parametrize(("text", "canonical"), [
    ("", ""), ("  \n", ""), ("{}", ""), ('{"b": 1,\n "a": [1.5, null, "ä"]}', '{"a": [1.5, null, "ä"], "b": 1}'),
])
def test_json_is_kept_in_one_form(text: str, canonical: str) -> None:
    found = read_extra(text)
    assert (found.canonical, found.problem) == (canonical, "")
    assert read_extra(canonical).canonical == canonical


@pytest.mark.parametrize(("text", "words", "place"), [
    ("[1]", "Line 1, character 1: it must be a JSON object", 0),
    ('{\n  "a": 1,,\n}', "Line 2, character 10: not valid JSON", 11),
    ('{"a": 1, "a": 2}', "Line 1, character 10: “a” appears twice.", 9),
    ('{"a": 1,\n "seed": 2}', "Line 2, character 2: “seed” has its own field above.", 10),
    ('{"a": NaN}', "A number or a character in it cannot be sent.", 0),
    ('{"a": 1e999}', "A number or a character in it cannot be sent.", 0),
    ('{"a": "\\ud800"}', "A number or a character in it cannot be sent.", 0),
    ("[" * 3000, "A number or a character in it cannot be sent.", 0),
    ('"' + "x" * 5000 + '"', "At most 4000 characters can be sent.", 4000),
])
def test_what_is_wrong_is_said_with_its_place(text: str, words: str, place: int) -> None:
    found = read_extra(text)
    assert found.problem.startswith(words)
    assert (found.canonical, found.place) == ("", place)


@pytest.mark.parametrize("name", [
    "prompt", "finetune_strength", "width", "height", "aspect_ratio", "seed", "negative_prompt",
])
def test_a_name_with_a_field_of_its_own_is_refused(name: str) -> None:
    assert read_extra(json.dumps({name: 1}), negative=True).problem
    assert bool(read_extra(json.dumps({name: 1})).problem) is (name != "negative_prompt")


@pytest.mark.parametrize("stored", ["", "{", "[1]", '{"a": NaN}'])
def test_stored_json_that_cannot_be_read_adds_nothing(stored: str) -> None:
    assert extra_values(stored) == {}


@pytest.mark.parametrize(("base_model", "takes"), [("QWEN", True), ("FLUX_PRO", False), ("", False)])
def test_a_negative_prompt_only_where_the_model_takes_one(base_model: str, *, takes: bool) -> None:
    run = Run("r", "a", "n", Phase.UNKNOWN, 1.0, 1.0, base_model=base_model)
    assert takes_negative(run) is takes
    assert takes_negative(replace(run, base_model="", body={"base_model": base_model})) is takes


@pytest.mark.parametrize(("text", "whole", "numbers"), [
    ("0.8, 1;1.2 1", False, (0.8, 1.0, 1.2)), ("", False, ()), ("1,5", False, (1.0, None)), ("much", False, None),
    ("nan", False, None), ("-1", False, None), ("3 4", True, (3, 4)), ("3.5", True, None), ("9" * 30, True, None),
])
def test_lists_of_numbers(text: str, numbers: tuple[float, ...] | None, *, whole: bool) -> None:
    most = 2.0 if not whole else 100.0
    assert numbers_in(text, most=most, whole=whole) == (None if numbers and None in numbers else numbers)


@pytest.mark.parametrize(("text", "whole", "numbers"), [
    ("1,2", False, (1.2,)), ("0,8; 1", False, (0.8, 1.0)), ("0,8, 1,2\n2", False, (0.8, 1.2, 2.0)),
    ("0.8 1", False, (0.8, 1.0)), ("0,8,1", False, None), ("1.000,5", False, None), ("1,2", True, None),
    ("7, 8; 9", True, (7, 8, 9)),
])
def test_lists_with_decimal_commas(text: str, numbers: tuple[float, ...] | None, *, whole: bool) -> None:
    assert numbers_in(text, most=2000.0, whole=whole, decimal_comma=True) == numbers


def test_the_call_for_a_shell_says_the_same_and_holds_no_key() -> None:
    words = shlex.split(call_as_curl(f"{API}/v1/cat-1", ASKED.params()).replace("\\\n", ""))
    assert words[:4] == ["curl", "--fail-with-body", "-X", "POST"]
    assert words[4] == f"{API}/v1/cat-1"
    assert json.loads(words[words.index("-d") + 1]) == ASKED.params()
    assert "x-api-key: $SEGMIND_API_KEY" in words


STAND_IN = """
import json, os, sys, types

class Answer:
    content, headers = b"picture", {}
    def raise_for_status(self): pass
    def json(self): return {"request_id": "q1", "status_url": "u"}

def post(url, **how):
    print(json.dumps([url, how["headers"], how["json"]]))
    return Answer()

sys.modules["requests"] = types.SimpleNamespace(post=post)
os.environ["SEGMIND_API_KEY"] = "from outside"
"""


@pytest.mark.parametrize("queued", [False, True])
def test_the_call_for_python_runs_and_says_the_same(tmp_path, *, queued: bool) -> None:  # type: ignore[no-untyped-def]
    script = call_as_python(f"{API}/v1/cat-1", ASKED.params(), queued=queued)
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", STAND_IN + script], cwd=tmp_path, capture_output=True, text=True, check=True,
        timeout=60,
    )
    sent = json.loads(done.stdout.splitlines()[0])
    assert sent == [f"{API}/v1/cat-1", {"x-api-key": "from outside"}, ASKED.params()]
    assert (tmp_path / "picture").exists() is not queued
