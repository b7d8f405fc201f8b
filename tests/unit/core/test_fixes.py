"""What one press can do about what was found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Check, Dataset, Finding, Photo, Severity
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.fixes import FixKind, fixes_for, leading_word, trigger_fixes, with_trigger
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.core.photo_query import parse_query

REFUSING = {Check.TOO_LARGE, Check.NONE_USED}  # the service takes no such set


def dataset(count=8, *, size=1_000_000, excluded=(), caption="ohwx, a man"):
    return Dataset("d", "d", tuple(
        Photo(f"p{n}", Path(f"{n}.jpg"), 1200, 1000, size + n, caption=caption, excluded=n in excluded)
        for n in range(count)
    ))


def offered(check, data, ids=()):
    finding = Finding(check, Severity.SHOULD, "Something.", photo_ids=tuple(ids))
    fixes = fixes_for(finding, data, "TOK")
    if check not in REFUSING:
        assert fixes[-1].kind is FixKind.ACCEPT  # whatever else is offered
        assert fixes[-1].photo_ids == (tuple(ids) or tuple(photo.photo_id for photo in data.used))
        fixes = fixes[:-1]
    return [(fix.kind, fix.photo_ids) for fix in fixes]


@pytest.mark.parametrize(("caption", "after"), [
    (" a man", r"TO\1K, a man"), ("a [man]", r"TO\1K, a [man]"),
    ("[trigger] a man and [Trigger]", r"TO\1K a man and TO\1K"),  # as in captions for ai-toolkit
])
def test_the_trigger_word_comes_to_its_place(caption, after):
    assert with_trigger(caption, r" TO\1K ") == after


def test_a_place_for_the_trigger_word_is_no_trigger_word():
    assert [fix.kind for fix in trigger_fixes(["[trigger] a man", "[trigger] at sea"], "TOK")] == [FixKind.PREPEND]


@pytest.mark.parametrize(("check", "kinds"), [
    (Check.UNREADABLE, (FixKind.REMOVE,)), (Check.DUPLICATE, (FixKind.EXCLUDE,)),
    (Check.SMALL, (FixKind.EXCLUDE,)), (Check.ASPECT, (FixKind.CROP, FixKind.EXCLUDE)),
    (Check.NO_CAPTION, (FixKind.DESCRIBE,)), ("of-a-later-version", ()),
])
@pytest.mark.parametrize("ids", [("p1",), ("p1", "p3")])
def test_photos_that_were_found_can_be_mended_or_at_least_selected(check, kinds, ids):
    assert offered(check, dataset(), ids) == [(kind, ids) for kind in (*kinds, FixKind.SELECT)]


def test_no_press_leaves_too_few_photos_behind():
    ids = ("p1", "p2", "p3", "p4")
    assert offered(Check.SMALL, dataset(8), ids) == [(FixKind.SELECT, ids)]
    assert offered(Check.TOO_LARGE, dataset(1, size=100_000_000)) == [(FixKind.FIT, ())]


def test_what_concerns_the_whole_dataset_has_its_hand_too():
    heavy = dataset(4, size=40_000_000)
    assert offered(Check.TOO_LARGE, heavy) == [(FixKind.FIT, ()), (FixKind.EXCLUDE, ("p3", "p2"))]
    assert offered(Check.FEW, dataset(2)) == [(FixKind.ADD, ())]
    assert offered(Check.NONE_USED, dataset(2, excluded=(0, 1))) == [
        (FixKind.INCLUDE, ("p0", "p1")), (FixKind.ADD, ()),
    ]
    assert offered(Check.MANY, dataset(22)) == [(FixKind.SELECT, ("p20", "p21"))]
    many = dataset(22)
    large = [replace(photo, width=900, height=900) for photo in many.photos]
    large[3] = replace(large[3], width=48, height=32)
    assert offered(Check.MANY, replace(many, photos=tuple(large))) == [(FixKind.SELECT, ("p3", "p21"))]
    assert offered(Check.MISREAD, dataset(), ("p2", "p4")) == [(FixKind.SELECT, ("p2",))]  # the choice is there


@pytest.mark.parametrize(("check", "subject", "fix"), [
    (Check.BLURRED, "", (FixKind.SHOW, "is:blurred", PhotoOrder.SHARPNESS)),
    (Check.NOISY, "", (FixKind.SHOW, "is:noisy", PhotoOrder.NOISE)),
    (Check.DARK, "", (FixKind.SHOW, "is:dark", "")), (Check.BRIGHT, "", (FixKind.SHOW, "is:bright", "")),
    (Check.WASHED_OUT, "", (FixKind.SHOW, "is:flat", "")),
    (Check.FEW_SCENES, "", (FixKind.SHOW, "", PhotoOrder.LIKENESS)),
    (Check.PLACE_DATA, "", (FixKind.SHOW, "has:place", "")),
    (Check.PLACE_DATA, "sent", (FixKind.STRIP, "", "")),
])
def test_pictures_that_stand_out_are_shown(check, subject, fix):
    first = fixes_for(Finding(check, Severity.SHOULD, "Something.", "", ("p1",), subject), dataset(), "TOK")[0]
    assert (first.kind, first.value, first.key) == fix
    parse_query(str(first.value))


def test_captions_without_the_trigger_word_offer_theirs_or_get_it():
    kinds = [kind for kind, _ids in offered(Check.NO_TRIGGER, dataset(), ("p0",))]
    assert kinds == [FixKind.SET, FixKind.REPLACE, FixKind.PREPEND, FixKind.SELECT]
    finding = Finding(Check.NO_TRIGGER, Severity.SHOULD, "Something.", "", ("p0",))
    _use, write, *_rest = fixes_for(finding, dataset(3, excluded=(1,)), "TOK")
    assert (write.key, write.value, write.photo_ids) == ("ohwx", "TOK", ("p0", "p2"))
    use, add = trigger_fixes([photo.caption for photo in dataset().photos], " TOK ")
    assert (use.key, use.value, add.value) == ("trigger_word", "ohwx", "TOK")
    assert trigger_fixes(["TOK, a man", "", "tok"], "TOK") == ()
    assert trigger_fixes(["a man"], " ") == ()
    [only] = trigger_fixes(["TOK, a man", "TOK, a cat", "sks, a dog"], "TOK")  # theirs would fit fewer
    assert only.kind is FixKind.PREPEND


@pytest.mark.parametrize(("captions", "word"), [
    (["ohwx, a man", "OHWX man at sea", "ohwx"], "ohwx"), (["(ohwx) smiles", "ohwx: a man"], "ohwx"),
    (["a man", "a man at sea", "a cat"], ""), (["A photo of ohwx", "photo of ohwx"], ""),
    (["sks, a man", "ohwx, a man"], ""), (["sks, a man", "sks", "ohwx", "tok"], ""), (["ohwx, a man"], ""),
    ([], ""), (["", " ", ","], ""), (["x" * 65 + ", a", "x" * 65], ""), (["a\x07b c", "a\x07b d"], ""),
    (["小猫 在花园", "小猫, 在家"], "小猫"),
])
def test_the_word_that_most_captions_begin_with(captions, word):
    assert leading_word(captions) == word
    assert not word or not FIELD_BY_KEY["trigger_word"].problem(word)
