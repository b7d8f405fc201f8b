"""Completion of a word in a caption from the words of the dataset's captions."""

from __future__ import annotations

import pytest

from segmind_studio.core.caption_completion import caption_completion
from segmind_studio.core.caption_terms import Term, take_apart
from segmind_studio.core.term_counts import TermCounts

CAPTIONS = (
    "TOK, wearing a red hat, in the rain", "TOK, wearing a red hat, on a bench",
    "TOK with a cup of tea, rainy day", "TOK, wearing a green coat, indoors",
)
TERMS = TermCounts().vocabulary(
    [(text, True) for text in CAPTIONS], {text: take_apart(text) for text in CAPTIONS},
).terms


@pytest.mark.parametrize(("before", "start", "words"), [
    ("TOK, ra", 5, ("rain", "rainy")),
    ("TOK wearing a r", 15, ()),  # a single letter says too little
    ("TOK wearing a re", 14, ("red", "red hat")),
    ("TOK, wearing a Re", 15, ("red", "red hat")),
    ("TOK, wear", 5, ("wearing", "wearing a red", "wearing a red hat")),  # not "wearing a"
    ("to", 0, ("TOK",)),
    ("TOK", 3, ()),
    ("TOK, red hat", 12, ()),  # it is whole
    ("red hat in", 8, ("indoors",)),
    ("cup; in", 5, ("indoors",)),
    ("", 0, ()),
    ("ca\u0301 \U0001f600", 5, ()),
])
def test_what_is_proposed(before, start, words):
    found = caption_completion(before, TERMS, "TOK")
    assert (found.words, found.end) == (words, len(before))
    assert not words or found.start == start


@pytest.mark.parametrize(("trigger", "typed"), [("T\u2019ok", "t'o"), ("\uff34\uff2f\uff2b", "to")])
def test_the_trigger_word_is_found_by_another_spelling_of_it(trigger, typed):
    assert caption_completion(typed, (), trigger).words == (trigger,)


def test_what_continues_the_words_before_comes_first_and_the_list_is_short():
    terms = (*(Term(f"ha{letter}", 9) for letter in "abcdefgh"), Term("red hat", 2), Term("hat", 1))
    found = caption_completion("TOK in a red ha", terms)
    assert found.words == ("hat", "haa", "hab", "hac", "had", "hae")
