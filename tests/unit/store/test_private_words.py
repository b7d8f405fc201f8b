"""What the person wrote or named does not leave with a log."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.store.private_words import PrivateWords

KEY = "SG_0123456789abcdef"


@pytest.mark.parametrize(("known", "text", "clean"), [
    ("my red cat", "ValueError: my red cat on a mat", "ValueError: … on a mat"),
    ("anna", "PUT /b/uploads/1-anna: 200", "PUT /b/uploads/1-…: 200"),
    ("anna", "the savannah", "the savannah"),
    ("anna-smith", "POST /v1/anna-smith: 200", "POST /v1/…: 200"),
    ("two\nlines here", "x two\\nlines here y", "x … y"),
    ("two\nlines here", "x: lines here", "x: …"),
    ('say "hi"', 'json: say \\"hi\\" end', "json: … end"),
    ("Łódź wieczorem", "x \\u0141\\u00f3d\\u017a wieczorem y", "x … y"),
    ("ab", "ab is too short to tell anything", "ab is too short to tell anything"),
    ("Segmind", "Segmind Studio starts", "Segmind Studio starts"),
])
def test_a_known_text_is_taken_out_where_it_stands_as_a_whole(known, text, clean):
    assert PrivateWords([known]).text(text) == clean


def test_the_longest_known_text_goes_first():
    assert PrivateWords(["a red", "a red cat", "a red cat sleeps"]).text("x a red cat sleeps y") == "x … y"


@pytest.mark.parametrize(("text", "clean"), [
    ("[Errno 2] No such file: '/data/Anna on holiday/p 1.jpg'", "[Errno 2] No such file: '…'"),
    ("“Anna on holiday.jpg” could not be saved.", "“…” could not be saved."),
    ("PUT /bucket/uploads/3f-my-cat.zip: 200, 5 bytes", "PUT /bucket/uploads/…: 200, 5 bytes"),
    ("cannot read IMG_1234.JPG now", "cannot read … now"),
    ("moved to /media/anna/stick/x y", "moved to … y"),
    ("moved to C:\\Users\\anna\\photos now", "moved to … now"),
    ("KeyError: 'a caption, with words'", "KeyError: '…'"),
    ("ValueError: \"it's a cat\" is odd", 'ValueError: "…" is odd'),
    ("x 'it\\'s a \"cat\" here' y", "x '…' y"),
    ("see https://hooks.example.org/T0/B0/secret-path", "see https://hooks.example.org/…"),
])
def test_what_may_be_the_persons_own_is_taken_out_unknown(text, clean):
    assert PrivateWords().text(text) == clean


@pytest.mark.parametrize("text", [
    '  File "/usr/lib/python3.11/threading.py", line 975, in run',
    "AttributeError: 'NoneType' object has no attribute 'window'",
    "GET /v1/get-user-credits: 200, 12 ms",
    "“studio.sqlite3” could not be used.",
    "asked https://api.segmind.com/finetune/request/list in vain",
    "listening on http://127.0.0.1:3000/x",
    "sqlite3.OperationalError: disk I/O error",
    "the person's and the app's",
])
def test_what_helps_stays(text):
    assert PrivateWords().text(text) == text


def test_secrets_and_the_home_folder_go_too():
    words = PrivateWords(secrets=["a-password-in-the-wrong-field"])
    assert words.text(f"{KEY} a-password-in-the-wrong-field") == "SG_… …"
    assert words.text(f'File "{Path.home()}/lib/x.py"') == 'File "~/lib/x.py"'


def test_a_value_is_cleaned_in_each_of_its_texts():
    value = {"a": ["my red cat", {"b": KEY, "n": 3, "ok": True, "none": None}], "api_key": "x"}
    assert PrivateWords(["my red cat"]).value(value) == {
        "a": ["…", {"b": "SG_…", "n": 3, "ok": True, "none": None}], "api_key": "…",
    }


@settings(max_examples=100)
@given(st.text(min_size=3, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_known_text_between_blanks_never_stays(known, before, after):
    known = known.strip()
    if len(known) < 3 or known.lower() in {"segmind", "practice"} or len(known.splitlines()) != 1:
        return
    if not (known[0].isalnum() and known[-1].isalnum()) or "…" in known:
        return
    left = PrivateWords([known]).text(f"{before} {known} {after}")
    assert left.count(known) <= f"{before} … {after}".count(known)


def test_many_texts_and_a_long_log_are_done_in_seconds():
    texts = [f"TOK, photo number {number} of a cat" for number in range(30_000)]
    log = "2026-08-01 INFO MainThread x: TOK, photo number 7 of a dog, " * 10_000 + "a" * 300_000
    begun = time.monotonic()
    left = PrivateWords(texts).text(log)
    assert time.monotonic() - begun < 20
    assert len(left) == len(log)
