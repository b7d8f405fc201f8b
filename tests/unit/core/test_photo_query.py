"""The query language over photos: what matches, where an error stands, what completes, how chips write it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.caption_terms import parts_of
from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit
from segmind_studio.core.photo_order import PhotoOrder, sorted_photos
from segmind_studio.core.photo_query import asks_for, parse_query, terms_of_field, with_term
from segmind_studio.core.photo_terms import QueryContext, completion_at, needs_measures, query_for, term_query
from segmind_studio.core.query_language import QueryError

CAT = Photo("cat", Path("/set/img10.jpg"), 1500, 1000, size=2_000_000, image_format="JPEG", mtime_ns=3,
            caption="TOK a cat, red hat")
DOG = Photo("dog", Path("/set/img2.png"), 400, 800, size=500_000, image_format="PNG", excluded=True, mtime_ns=1,
            caption="a dog (sleeping) at 10:30")
BARE = Photo("bare", Path("/other/Owl.jpg"), 1024, 1024, size=900_000, image_format="JPEG", mtime_ns=2)
ALL = (CAT, DOG, BARE)
CUT = Photo("cut", Path("/set/cut.jpg"), 3000, 2000, edit=PhotoEdit(crop=Crop(right=0.1, bottom=0.3)))
CONTEXT = QueryContext(frozenset({"bare"}), "TOK", {"cat": 80.0, "dog": 20.0}, {
    "blurred": {"dog"}, "place-data": {"bare"},
})


@pytest.mark.parametrize(("text", "wanted"), [
    ("", "cat dog bare"),
    ("IMG", "cat dog"),
    ("red hat", "cat"),  # side by side: one phrase, as it was before there was a language
    ("hat red", ""),
    ("hat and red", "cat"),
    ("cat or dog", "cat dog"),
    ("cat or dog is:excluded", "dog cat"),  # `and` binds closer
    ("(cat or dog) is:excluded", "dog"),
    ("-cat", "dog bare"),
    ("not (cat or dog)", "bare"),
    ("img-1", ""),  # a hyphen inside a word negates nothing
    ('caption:"red hat"', "cat"),
    ("caption:ca", "cat"),
    ("term:ca", ""),  # a whole word
    ('term:"Red hat"', "cat"),
    ("is:blurred", "dog"),
    ("is:noisy or has:place", "bare"),
    ("caption:red*hat", "cat"),
    ("caption:cat name:img*", "cat"),
    ("name:img1?", "cat"),
    ("name:owl.jpg", "bare"),
    ('name:"img*"', ""),  # quoted: as it stands
    ('"(sleeping)"', "dog"),
    ("10:30", "dog"),
    ("folder:OTHER", "bare"),
    ("format:png", "dog"),
    ("w:<1024", "dog"),
    ("w:400..1024", "dog bare"),
    ("short:>=1000 ratio:>1.4", "cat"),
    ("ratio:3:2", "cat"),
    ("ratio:1", "bare"),
    ("mp:>1", "cat bare"),
    ("mb:<=0.9", "dog bare"),
    ("chars:0", "bare"),
    ("words:>4", "cat dog"),
    ("tokens:0", "bare"),
    ("tokens:1..75", "cat dog"),
    ("sharp:<50", "dog"),  # one that was not measured is neither below nor above
    ("is:excluded or -has:trigger", "dog bare"),
    ("is:problem", "bare"),
    ("is:uncaptioned", "bare"),
    ("is:portrait or is:square", "dog bare"),
    ("is:small", "dog"),
    ("has:CAPTION", "cat dog"),
])
def test_what_a_query_finds(text, wanted):
    query = parse_query(text)
    assert {photo.photo_id for photo in ALL if query.matches(photo, CONTEXT)} == set(wanted.split())


@pytest.mark.parametrize("text", [
    "w:300 h:600", "short:<512 long:600", "mp:0.18", "ratio:1:2", "is:portrait", "is:small", "is:cropped",
    "-is:landscape",
])
def test_sizes_are_those_with_the_crop(text):
    assert parse_query(text).matches(CUT, CONTEXT)
    assert not parse_query(text).matches(replace(CUT, edit=NO_EDIT), CONTEXT)
    assert sorted_photos((DOG, CUT), PhotoOrder.SIZE) == [CUT, DOG]


@pytest.mark.parametrize(("text", "start", "end", "about"), [
    ("cat capton:red", 4, 11, "capton"),
    ("w:wide", 2, 6, "number"),
    ("ratio:1/0", 6, 9, "zero"),
    ("cat is:blue", 7, 11, "excluded"),
    ("caption:", 0, 8, "Add a word after"),
    ("(cat or dog", 0, 1, "not closed"),
    ("cat) dog", 3, 4, "no open parenthesis"),
    ('caption:"red hat', 8, 16, "quotation"),
    ("cat or", 5, 6, "missing at the end"),
    ("or cat", 0, 2, "missing before"),
    ("(" * 60 + "cat" + ")" * 60, 50, 51, "Too many"),
])
def test_an_error_says_what_and_where(text, start, end, about):
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert about in caught.value.text


@given(st.text(alphabet='ab -()":.<>=*andornt0123 w:is', max_size=40))
def test_any_text_is_read_or_has_an_error_inside_it(text):
    error, query = None, parse_query("")
    try:
        query = parse_query(text)
    except QueryError as caught:
        error = caught
    if error is not None:
        assert 0 <= error.start < error.end <= max(len(text), 1)
    else:
        for words, start, end in query.terms:
            assert text[start:end] == words
        assert [query.matches(photo, CONTEXT) in {True, False} for photo in ALL] == [True] * 3


CHIPS = frozenset({"is:excluded", "is:problem", "is:uncaptioned"})


@pytest.mark.parametrize(("text", "term", "after"), [
    ("", "is:excluded", "is:excluded"),
    ("red hat", "is:excluded", "is:excluded red hat"),
    ("is:problem red hat", "is:excluded", "is:excluded red hat"),
    ("red IS:Problem hat", "", "red and hat"),  # they were two phrases and stay two
    ("cat or dog", "is:problem", "is:problem (cat or dog)"),
    ("cat or is:problem", "", "cat or is:problem"),
    ("w:", "is:problem", "is:problem"),
])
def test_a_chip_writes_the_same_language(text, term, after):
    assert with_term(text, term, CHIPS) == after
    assert asks_for(after, CHIPS) == term


@pytest.mark.parametrize(("text", "start", "words"), [
    ("cat ca", 4, ("caption:",)),
    ("c", 1, ()),
    ("-ha", 1, ("has:",)),
    ("(is:e", 4, ("excluded", "edited")),
    ("format:p", 7, ("png",)),
    ("format:", 7, ("jpeg", "png", "webp", "heif", "avif", "tiff", "bmp", "gif")),
    ("has:trigger", 4, ()),
    ("caption:re", 8, ("red", "reading")),
    ('caption:"re', 11, ()),
])
def test_what_completes_a_word(text, start, words):
    found = completion_at(text, len(text), lambda: ("red", "reading", "hat"))
    assert found.words == words
    if words:
        assert found.start == start


@pytest.mark.parametrize(("order", "wanted"), [
    (PhotoOrder.ADDED, "cat dog bare"),
    (PhotoOrder.NAME, "dog cat bare"),  # img2 before img10
    (PhotoOrder.TIME, "dog bare cat"),
    (PhotoOrder.SIZE, "dog bare cat"),
    (PhotoOrder.WORDS, "bare cat dog"),
    (PhotoOrder.SHARPNESS, "dog cat bare"),
])
def test_photos_in_order(order, wanted):
    found = sorted_photos(ALL, order, measured=CONTEXT.sharpness)
    assert [photo.photo_id for photo in found] == wanted.split()


def test_an_unmeasured_photo_comes_last_in_both_directions():
    found = sorted_photos(ALL, PhotoOrder.SHARPNESS, descending=True, measured=CONTEXT.sharpness)
    assert [photo.photo_id for photo in found] == ["cat", "dog", "bare"]


@pytest.mark.parametrize("term", ["hat", "red hat", 'a "red" hat', "OR", "it's (so)"])
def test_a_term_of_the_words_panel_is_written_and_taken_back(term):
    first = with_term("is:included", term_query(term), frozenset())
    [written] = terms_of_field(first, "term")
    assert with_term(first, term_query("dog"), frozenset({written})) == 'term:"dog" is:included'
    assert with_term(first, "", frozenset({written})) == "is:included"
    assert terms_of_field("term:a or term:b", "term") == terms_of_field('term:"', "term") == frozenset()


@pytest.mark.parametrize("caption", [
    "TOK, A cat sits. It is grey.", "(cat:1.2), \N{PARTY POPPER}, !?", 'a sign says "stop." It is red, __x__',
    "red hat\nand coat, dog", "\u7ea2\u82b1\uff0c\u5927\u3001\u7ea2\u3002\u82b1",
    "e.g. a b, C:\\d, 50%, -a, a or b",
])
def test_each_part_of_a_caption_is_found(caption):
    for part in parts_of(caption):
        query = parse_query(term_query(part))
        texts = (caption, f"z, {part[:-1]}z")
        assert [text for text in texts if query.matches(replace(CAT, caption=text), CONTEXT)] == [caption], part


def test_what_asks_for_measures_is_known_before():
    checks = ("blurred", "noisy", "dark", "bright", "washed-out", "place-data")
    assert all(needs_measures(query_for(check)) for check in checks)
    assert needs_measures("-sharp:<100")
    assert not needs_measures("is:small has:trigger")
    assert query_for("small") == ""
