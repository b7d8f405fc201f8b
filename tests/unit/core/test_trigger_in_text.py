"""Whether a text holds the trigger word as a word of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.datasets import has_trigger, trigger_spans

WORDS = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)


@pytest.mark.parametrize(("text", "word", "held"), [
    ("a photo of TOK", "TOK", True), ("TOK", "TOK", True), ("tok!", "TOK", True), ("(TOK)", "TOK", True),
    ("TOK's hat", "TOK", True), ("TOKYO", "TOK", False), ("STOK", "TOK", False), ("TOK_2", "TOK", False),
    ("TOKYO and TOK", "TOK", True), ("a sks dog runs", "sks dog", True), ("a sksdog", "sks dog", False),
    ("TOK", "", False), ("TOK", "  ", False), ("", "TOK", False), ("TOK", " tok ", True),
    ("1MAN", "1man", True), ("これはTOKです", "TOK", True), ("STRASSE", "straße", True),
])
def test_known_texts(*, text: str, word: str, held: bool):
    assert has_trigger(text, word) == held


@given(before=st.text(), word=WORDS, after=st.text())
def test_a_word_with_blanks_round_it_is_found(before: str, word: str, after: str):
    assert has_trigger(f"{before} {word} {after}", word)


@given(text=st.from_regex(r"[a-z ]{0,20}", fullmatch=True), word=WORDS)
def test_plain_texts_agree_with_splitting_at_blanks(text: str, word: str):
    assert has_trigger(text, word) == (word.casefold() in text.split())


@given(text=st.text(), word=st.text())
def test_any_two_texts_give_an_answer(text: str, word: str):
    if has_trigger(text, word):
        assert word.strip().casefold() in text.casefold()


@pytest.mark.parametrize(("text", "word", "spans"), [
    ("TOK, a tok and a TOKEN", "tok", ((0, 3), (7, 10))),
    ("\U0001f408 TOK", "TOK", ((2, 5),)),
    ("a man of note", "man of", ((2, 8),)),
    ("große STRASSE, Straße", "straße", ((6, 13), (15, 21))),
    ("anything", " ", ()),
])
def test_where_it_stands(text: str, word: str, spans: tuple[tuple[int, int], ...]):
    assert trigger_spans(text, word) == spans


@given(text=st.text(), word=WORDS | st.text())
def test_it_is_held_where_it_stands(text: str, word: str):
    spans = trigger_spans(text, word)
    assert bool(spans) == has_trigger(text, word)
    assert all(0 <= start < end <= len(text) for start, end in spans)
