"""The words of captions, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.caption_terms import (
    LONGEST_PHRASE,
    Vocabulary,
    counts_for,
    drop_term,
    holds_term,
    mark_of,
    replace_term,
    shared_parts,
    take_apart,
    words_of,
)
from segmind_studio.core.caption_tokens import estimated_tokens, read_length
from segmind_studio.core.term_counts import TermCounts

PIECES = st.lists(st.sampled_from(("red", "hat", " ", ", ", "TOK", ". ", "sea")), max_size=14).map("".join)
CAPTIONS = st.text("ab ,.-'\n", max_size=16)


@pytest.mark.parametrize(("text", "words"), [
    ("OHWX man\u2019s close-up, f/1.4", ("ohwx", "man's", "close-up", "f", "1", "4")),
    ("'quoted' -dash- sks_1 \uff37\uff29\uff24\uff25", ("quoted", "dash", "sks_1", "wide")),
    ("Straße, кот; 猫", ("straße", "кот", "猫")),
    ("", ()),
])
def test_words(text, words):
    assert words_of(text) == words


def test_phrases_end_at_commas_and_sentences():
    found = take_apart("TOK man, red hat. In a park")
    assert {"tok man", "red hat", "in a park", "a park"} <= found.terms
    assert found.terms.isdisjoint({"man red", "hat in"})
    assert found.parts == {"tok man", "red hat", "in a park"}
    assert take_apart("\u5c0f\u660e\u3001\u72ac").parts == {"\u5c0f\u660e", "\u72ac"}
    arabic = take_apart("\u0643\u0644\u0628 \u0623\u0633\u0648\u062f\u060c \u0628\u062d\u0631")
    assert arabic.parts == {"\u0643\u0644\u0628 \u0623\u0633\u0648\u062f", "\u0628\u062d\u0631"}
    assert "\u0623\u0633\u0648\u062f \u0628\u062d\u0631" not in arabic.terms


@given(PIECES, PIECES)
def test_a_line_contains_the_marks_of_its_terms_and_of_no_others(caption, other):
    found = take_apart(caption)
    held = {term for term in take_apart(other).terms | found.terms if mark_of(term) in found.line}
    assert held == found.terms


def test_a_vocabulary_counts_captions_not_occurrences():
    captions = ["TOK red red, hat", "tok red", "blue"]
    texts = list(zip(captions, [True, True, False], strict=True))
    found = TermCounts().vocabulary(texts, {text: take_apart(text) for text in captions})
    counts = {term.text: (term.count, term.with_trigger, term.is_part) for term in found.terms}
    assert counts == {
        "red": (2, 2, False), "tok": (2, 2, False), "tok red": (2, 2, True), "hat": (1, 1, True),
        "blue": (1, 0, True),
    }
    assert [round(found.share(term), 2) for term in found.terms[:1]] == [0.67]


WRITTEN = st.lists(st.tuples(PIECES, st.booleans()), max_size=8)


@given(st.lists(WRITTEN, min_size=1, max_size=6))
def test_a_vocabulary_after_edits_is_as_one_that_is_counted_anew(states):
    counts = TermCounts()
    for texts in states:
        apart = {text: take_apart(text) for text, _holds in texts}
        assert content(counts.vocabulary(texts, apart)) == content(TermCounts().vocabulary(texts, apart))


def test_an_edit_among_many_keeps_the_other_terms_and_a_change_back_all_of_them():
    texts = [(f"TOK, word{n % 40} word{n}, sea", True) for n in range(3_000)]
    apart = {text: take_apart(text) for text, _holds in texts}
    counts = TermCounts()
    before = counts.vocabulary(texts, apart)
    edited = [*texts[:-1], ("TOK, lake", False)]
    apart["TOK, lake"] = take_apart("TOK, lake")
    after = counts.vocabulary(edited, apart)
    assert content(after) == content(TermCounts().vocabulary(edited, apart))
    kept = {id(term) for term in before.terms}
    assert sum(id(term) not in kept for term in after.terms) < 10
    assert content(counts.vocabulary(texts, apart)) == content(before)


def test_a_phrase_of_one_caption_is_known_when_a_second_holds_it_too():
    """Of many, only a hash of such a phrase is kept."""
    counts, apart = TermCounts(), {}
    for trigger, others in ((True, []), (False, []), (False, ["TOK, word7 hill, word8"]), (False, [])):
        texts = [(f"TOK, word{n} hill", trigger) for n in range(3_000)] + [(text, True) for text in others]
        apart |= {text: take_apart(text) for text, _holds in texts}
        assert content(counts.vocabulary(texts, apart)) == content(TermCounts().vocabulary(texts, apart))
        assert [counts.count(term) for term in ("word7 hill", "word8")] == [1 + len(others)] * 2
        assert not counts.count("hill word7")


def content(found: Vocabulary):
    return found.captions, found.with_trigger, found.terms


@pytest.mark.parametrize(("caption", "term", "left"), [
    ("TOK man, red hat, park", "red hat", "TOK man, park"),
    ("TOK man with a Red  Hat. Nice", "red hat", "TOK man with a. Nice"),
    ("red hat, park", "red hat", "park"),
    ("red hat", "red hat", ""),
    ("a red hat's band, red hats, close-up", "red hat", "a red hat's band, red hats, close-up"),
    ("close-up of a cat", "close", "close-up of a cat"),
    ("red, hat", "red hat", "red, hat"),
    ("a cat, the cat sits, dog", "cat", "a, the sits, dog"),
    ("red red hat hat, park", "red hat", "park"),
    ("two  spaces,stay, cat", "cat", "two  spaces,stay"),
    ("a man\u2019s hat, sea", "man's", "a hat, sea"),
    ("\u5c0f\u660e\uff0c\u6d77\uff0c\u72ac", "\u6d77", "\u5c0f\u660e\uff0c\u72ac"),
    ("\u0643\u0644\u0628\u060c \u0628\u062d\u0631", "\u0643\u0644\u0628", "\u0628\u062d\u0631"),
])
def test_dropping_a_term(caption, term, left):
    assert drop_term(caption, term) == left


@given(CAPTIONS, st.sampled_from(["a", "b", "ab", "a b", "a-b", "b a b"]))
def test_a_dropped_term_is_gone_and_nothing_else_changes_a_caption_without_it(caption, term):
    left = drop_term(caption, term)
    assert not holds_term(left, term)
    if not holds_term(caption, term):
        assert left == caption


@given(CAPTIONS)
def test_every_term_of_a_caption_is_found_in_it(caption):
    assert all(holds_term(caption, term) for term in take_apart(caption).terms)


LETTERS = (  # that are compared in another form than they are written in
    "a", "b", " ", " ", ",", "-", "_", "'", ". ", "! ", "\uff21", "\uff42", "\u3000", "\uff0c", "\uff64",
    "e\u0301", "\u00e9", "\u0301", "\u0323", "d", "\u0130", "\u0131", "\u03a3", "\u1e9e", "\ufb01", "\u00bd",
    "\u338f", "\u2026", "\u2122", "\uff76\uff9e", "\u30ab", "\u1112\u1161\u11ab", "\ud55c", "\u2019",
    "\U0001d400",
)
ODD = st.lists(st.sampled_from(LETTERS), max_size=12).map("".join)


@given(ODD, ODD)
def test_what_is_counted_is_what_is_found_and_changed(caption, other):
    counted = take_apart(caption).terms
    for term in counted | take_apart(other).terms:
        assert counts_for(caption, term) == (term in counted)
        left = drop_term(caption, term)
        assert (left != caption) == holds_term(caption, term)
        assert not holds_term(left, term)
        if term.count(" ") < LONGEST_PHRASE:
            assert holds_term(caption, term) == (term in counted)


@pytest.mark.parametrize(("caption", "term", "left"), [
    ("\uff34\uff2f\uff2b, \uff88\uff7a\uff0c\uff41", "\u30cd\u30b3", "\uff34\uff2f\uff2b\uff0c\uff41"),
    ("\uff76\uff9e\uff97\uff7d\uff64\uff88\uff7a", "\u30ac\u30e9\u30b9", "\uff88\uff7a"),
    ("TOK, a cafe\u0301 by the se\u0301a", "caf\u00e9", "TOK, a by the se\u0301a"),
    ("TOK, a caf\u00e9", "cafe\u0301", "TOK, a"),
    ("\u0130stanbul, \uff32\uff45\uff44 hat", "istanbul", "\uff32\uff45\uff44 hat"),
    ("\u039f\u0394\u039f\u03a3, \u1e9eE", "\u03bf\u03b4\u03bf\u03c2", "\u1e9eE"),
    ("\u00bd cup, 2\u338f", "1", "\u20442 cup, 2\u338f"),
    ("_red_ hat, red--hat, hello! red", "red", "__ hat, red--hat, hello!"),
])
def test_dropping_a_term_that_is_written_in_another_form(caption, term, left):
    assert drop_term(caption, term) == left


def test_replacing_a_term_keeps_everything_else():
    assert replace_term("Red  hat, red hat; red hats", "red hat", r"cap\1") == r"cap\1, cap\1; red hats"


@pytest.mark.parametrize(("captions", "parts"), [
    (["TOK, red hat , sea", "a dog, Red hat, tok"], ("TOK", "red hat")), (["a", "b"], ()), (["a, a"], ("a",)),
    (["\u72ac\uff0c\u6d77", "\u6d77\uff0c\u732b"], ("\u6d77",)),
])
def test_shared_parts(captions, parts):
    assert shared_parts(captions) == parts


@pytest.mark.parametrize(("caption", "tokens"), [  # counted with the vocabulary of CLIP
    ("ohwx man, red hat, standing in a park, golden hour, film grain", 16),
    ("a photograph of a tabby cat sitting on a windowsill, looking outside at the rain; soft natural light", 22),
    ("sks1 woman wearing a red silk scarf and black turtleneck, studio lighting, bokeh background, 85mm", 24),
    (("The image shows a middle-aged astronaut in an orange spacesuit, smiling at the camera, with the American "
     "flag and a space shuttle model behind her."), 31),
    (("An abandoned warehouse interior with graffiti-covered concrete walls, shattered windows, dramatic "
     "chiaroscuro lighting"), 20),
    ("xkqz person hiking", 6),
])
def test_the_estimate_of_tokens_is_as_near_as_it_says(caption, tokens):
    assert abs(estimated_tokens(caption) - tokens) <= max(3, 0.15 * tokens)


@given(st.text("ab \u0130\U0001f600.,9\n", max_size=60), st.integers(0, 20))
def test_as_much_is_read_as_the_tokens_allow(text, tokens):
    read = read_length(text, tokens)
    assert estimated_tokens(text[:read]) <= tokens
    assert read == len(text) or estimated_tokens(text) > tokens
    assert read_length(text, estimated_tokens(text)) == len(text)
