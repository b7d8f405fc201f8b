"""Edits of many captions, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.caption_terms import Term, Vocabulary
from segmind_studio.ui.data.inspector.bulk_edits import BulkEdit, EditKind, around_change, shared, trimmed
from segmind_studio.ui.data.inspector.caption_edits import with_part

_WORDS = Vocabulary(9, 0, (Term("sea", 7), Term("hat", 4)))


@pytest.mark.parametrize(("edit", "before", "after"), [
    (BulkEdit(EditKind.PREPEND, "TOK, "), "a cat", "TOK, a cat"),
    (BulkEdit(EditKind.APPEND, ", photo"), "a cat", "a cat, photo"),
    (BulkEdit(EditKind.REPLACE, "dog", "CAT"), "a Cat and a cat", "a dog and a dog"),
    (BulkEdit(EditKind.REPLACE, "dog", "cat", match_case=True), "a Cat and a cat", "a Cat and a dog"),
    (BulkEdit(EditKind.REPLACE, r"\1$", "a.c"), "abc a.c", r"abc \1$"),
    (BulkEdit(EditKind.REPLACE, "dog", ""), "a cat", "a cat"),
    (BulkEdit(EditKind.TRIM), "  a  cat ,, on\na mat , ", "a cat, on a mat"),
    (BulkEdit(EditKind.SET, "x"), "anything", "x"),
    (BulkEdit(EditKind.PREPEND, "OHWX, ", skip_holding=True), "ohwx man at sea", "ohwx man at sea"),
    (BulkEdit(EditKind.PREPEND, "OHWX, ", skip_holding=True), "OHWXY, a man", "OHWX, OHWXY, a man"),
    (BulkEdit(EditKind.PREPEND, "OHWX,"), "ohwx man", "OHWX,ohwx man"),
    (BulkEdit(EditKind.APPEND, ",  film grain.", skip_holding=True), "Film\ngrain, a cat", "Film\ngrain, a cat"),
    (BulkEdit(EditKind.APPEND, " . ", skip_holding=True), "a cat . ", "a cat .  . "),
    (BulkEdit(EditKind.SET, "cat", skip_holding=True), "a cat", "cat"),
    (BulkEdit(EditKind.REPLACE, "dog", "cat", skip_holding=True), "a dog and a cat", "a dog and a dog"),
    (BulkEdit(EditKind.PATTERN, r"\2 \1", r"(red) (\w+)"), "a Red hat", "a hat Red"),
    (BulkEdit(EditKind.PATTERN, "x", "Red", match_case=True), "red Red", "red x"),
    (BulkEdit(EditKind.PATTERN, "x", "(a+)+"), "aaaa", "aaaa"),  # refused: it may take forever
    (BulkEdit(EditKind.CASE, "sentence"), "  ÉTÉ in Rome", "  Été in rome"),
    (BulkEdit(EditKind.CASE, "lower"), "TOK", "tok"),
    (BulkEdit(EditKind.CASE, "lower", "TOK"), "TOK, A Tokyo, toK's", "TOK, a tokyo, toK's"),
    (BulkEdit(EditKind.CASE, "sentence", "TOK"), "A TOK CAT. On TOK", "A TOK cat. on TOK"),
    (BulkEdit(EditKind.CASE, "sentence", "tok"), "tok CAT", "tok cat"),
    (BulkEdit(EditKind.CASE, "upper", "Stra\u00dfe"), "die STRASSE, stra\u00dfe", "DIE STRASSE, stra\u00dfe"),
    (BulkEdit(EditKind.SORT), "\u5c0f\u660e\uff0c\u4e59\uff0c \u4e00", "\u5c0f\u660e\uff0c\u4e00\uff0c\u4e59"),
    (BulkEdit(EditKind.TRIM), " \u0643\u0644\u060c\u060c  \u0628\u062d ", "\u0643\u0644\u060c \u0628\u062d"),
    (BulkEdit(EditKind.DROP, "\u6d77"), "TOK\uff0c\u6d77\u3001\u72ac", "TOK\uff0c\u72ac"),
    (BulkEdit(EditKind.SORT), "TOK, red hat,  Beach, alone", "TOK, alone, Beach, red hat"),
    (BulkEdit(EditKind.SORT), "one part", "one part"),
    (BulkEdit(EditKind.TRIM), "TOK, Red hat, sea,red  HAT, sea", "TOK, Red hat, sea"),
    (BulkEdit(EditKind.TRIM), "\u6d77\u3001\u72ac\u3001\u6d77", "\u6d77\u3001\u72ac"),
    (BulkEdit(EditKind.SORT), "b, TOK, a, B, a", "b, a, TOK"),
    (BulkEdit(EditKind.SORT), "b, B", "b"),
    (BulkEdit(EditKind.SORT, "frequent", vocabulary=_WORDS),
     "TOK, alone, Hat!, a sea, sea, hat!", "TOK, sea, Hat!, a sea, alone"),
    (BulkEdit(EditKind.SORT, "alphabetical", vocabulary=_WORDS), "TOK, sea, hat", "TOK, hat, sea"),
    (BulkEdit(EditKind.DROP, "Red hat, sea"), "TOK, red  hat,sky", "TOK, sky"),
    (BulkEdit(EditKind.DROP, "red"), "TOK,  red hat", "TOK,  red hat"),
    (BulkEdit(EditKind.DROP, "red hat"), "TOK\nA cat,  grey, red\nhat,\nsea", "TOK\nA cat,  grey,\nsea"),
    (BulkEdit(EditKind.DROP, "red hat"), "Red hat,\nA cat, grey", "A cat, grey"),
    (BulkEdit(EditKind.LEAD, "TOK"), "portrait of tok, red hat", "TOK, portrait of, red hat"),
    (BulkEdit(EditKind.LEAD, "TOK"), " tok man", " tok man"),
    (BulkEdit(EditKind.LEAD, "TOK"), "a man", "a man"),
    (BulkEdit(EditKind.SHARED, "TOK, blue cap, sky", "TOK, red hat"), "TOK, a cat, Red hat, sea",
     "TOK, blue cap, sky, a cat, sea"),
    (BulkEdit(EditKind.SHARED, "TOK", "TOK, red hat"), "red hat, TOK, sea", "TOK, sea"),
    (BulkEdit(EditKind.SHARED, "sea, TOK", "TOK"), "TOK, sea", "TOK, sea"),
])
def test_each_kind(edit, before, after):
    assert edit.apply(before) == after


@pytest.mark.parametrize(("edit", "complete"), [
    (BulkEdit(EditKind.PREPEND), False), (BulkEdit(EditKind.APPEND, "x"), True),
    (BulkEdit(EditKind.REPLACE, "x"), False), (BulkEdit(EditKind.REPLACE, "", "x"), True),
    (BulkEdit(EditKind.TRIM), True), (BulkEdit(EditKind.SET), True), (BulkEdit(EditKind.SORT), True),
    (BulkEdit(EditKind.PATTERN, "x", "("), False), (BulkEdit(EditKind.PATTERN, r"\1", "a"), False),
    (BulkEdit(EditKind.SHARED, "a", "a"), False), (BulkEdit(EditKind.SHARED, "b"), False),
    (BulkEdit(EditKind.SHARED, "", "a"), True), (BulkEdit(EditKind.DROP), False),
])
def test_an_edit_knows_whether_it_says_enough(edit, complete):
    assert edit.complete is complete


@pytest.mark.parametrize(("pattern", "replacement", "error"), [
    ("a(b", "", (2, "(b")), ("a[", "", (2, "[")), ("*a", "", (1, "*a")), (r"(a*|b)+c", "", (7, "+c")),
    ("(a)", r"\2", (0, r"\2")), (r"(a|b)[(*+]+\(a*\)", "x", None), (r"(\w+), (\w+)", r"\2 \1", None),
    ("a{9999999999}", "", (1, "a{9999999999}")),
])
def test_where_a_pattern_is_wrong(pattern, replacement, error):
    assert BulkEdit(EditKind.PATTERN, replacement, pattern).error == error


@given(st.text())
def test_trimming_twice_changes_nothing_more(text):
    assert trimmed(trimmed(text)) == trimmed(text)


@pytest.mark.parametrize(("captions", "start", "end"), [
    (["TOK, a red cat", "TOK, a blue cat"], "TOK, a ", " cat"),
    (["TOKEN", "TOK"], "", ""),  # never a part of a word
    (["cat", "cats"], "", ""),
    (["", "TOK"], "", ""),
])
def test_what_captions_share(captions, start, end):
    found = shared(captions)
    assert (found.start, found.end) == (start, end)
    assert not found.same
    assert found.different == len(set(captions))


@given(st.lists(st.text("ab ,", max_size=12), min_size=1, max_size=5))
def test_shared_parts_are_really_shared(captions):
    found = shared(captions)
    assert all(text.startswith(found.start) and text.endswith(found.end) for text in captions)
    assert found.same or all(len(text) >= len(found.start) + len(found.end) for text in captions)


def test_the_preview_begins_a_little_before_the_change():
    old = "a very long caption about a cup of coffee, TOK"
    assert around_change(old, old.replace("TOK", "sks")) == ("…of coffee, TOK", "…of coffee, sks")
    assert around_change("a cat", "TOK, a cat") == ("a cat", "TOK, a cat")


@pytest.mark.parametrize(("caption", "part", "after", "expected"), [
    ("", "sea", "", "sea"), (" , ", "sea", "TOK", "sea"), ("a cat, ", "sea", "", "a cat, sea"),
    ("at sea, SEA", "sea", "", "at sea, SEA"), ("at sea", "sea", "", "at sea, sea"),
    ("\u732b\u3001\u72ac", "\u6d77", "", "\u732b\u3001\u72ac\u3001\u6d77"),
    ("TOK, a cat", "sea", "TOK", "TOK, sea, a cat"),
    ("photo of tok at home, a cat", "sea", "TOK", "photo of tok at home, sea, a cat"),
    ("TOK", "sea", "TOK", "TOK, sea"), ("a cat", "sea", "TOK", "sea, a cat"),
    ("a cat", "TOK", "TOK", "TOK, a cat"),
])
def test_a_part_is_added_at_the_end_or_after_the_trigger_word(caption, part, after, expected):
    assert with_part(caption, part, after) == expected
    assert with_part(expected, part, after) == expected
