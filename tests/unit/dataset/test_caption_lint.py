"""Findings about captions, beside those of `caption-audit`, which is run on the same captions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import caption_audit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.caption_terms import counts_for, drop_term, replace_term, take_apart, words_of
from segmind_studio.core.datasets import Check, Dataset, Photo, Severity
from segmind_studio.core.fixes import FixKind, fixes_for
from segmind_studio.dataset.caption_likeness import NEARLY, NearlyEqualCaptions, equal_captions
from segmind_studio.dataset.caption_lint import (
    BIASED_SHARE,
    FUSED_SHARE,
    CaptionLint,
    frequent_terms,
    misspelt,
)
from segmind_studio.dataset.checks import findings
from segmind_studio.ui.data.inspector.caption_edits import led_by

AUDITED = json.loads(Path(__file__).with_name("audited_captions.json").read_text(encoding="utf-8"))
LEAST = {"CRITICAL": FUSED_SHARE, "WARNING": BIASED_SHARE, "INFO": 0.0}


def photos_of(captions: list[str]) -> list[Photo]:
    return [
        Photo(f"{place:02}", Path(f"{place:02}.jpg"), 1024, 1024, looked=True, caption=text, original_caption=text)
        for place, text in enumerate(captions)
    ]


def found_in(photos: list[Photo], trigger: str) -> dict[tuple[str, str], tuple[str, ...]]:
    report = CaptionLint().look(photos, trigger)
    every = findings(Dataset("d", "d", tuple(photos)), trigger, captions=report)
    return {(finding.check, finding.subject): finding.photo_ids for finding in every}


def audit(captions: list[str], trigger: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Return the report of `caption-audit` with its own defaults; file names are the places of the captions."""
    for place, text in enumerate(captions):
        (folder / f"{place:02}.txt").write_text(text, encoding="utf-8")
        (folder / f"{place:02}.jpg").touch()
    report = folder / "report.json"
    caption_audit.main(["--dir", str(folder), "--trigger", trigger, "--format", "json", "--out", str(report)])
    return json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.parametrize("audited", AUDITED, ids=[audited["name"] for audited in AUDITED])
def test_what_caption_audit_finds_is_found(audited, tmp_path):
    photos, trigger = photos_of(audited["captions"]), audited["trigger"]
    theirs = audit(audited["captions"], trigger, tmp_path)
    assert theirs["meta"]["version"] == "1.3.0"
    report = CaptionLint().look(photos, trigger)
    ours = {item.term.text: item for item in frequent_terms(report.vocabulary, trigger)}
    for row in theirs["df"]["flagged"]:
        item = ours[" ".join(words_of(row["term"]))]
        assert item.share >= LEAST[row["severity"]]
        assert item.term.count >= row["df"]  # "35mm f/1.4" between commas is found inside of sentences, too
    fused = (row for row in theirs["df"]["primary"] if row["severity"] == "CRITICAL")
    primary = {" ".join(words_of(row["term"])) for row in fused}
    assert all(not ours[text].within for text in primary)
    variants = {variant["token"] for variant in theirs["trigger"]["variants"]}
    assert set(misspelt([take_apart(text) for text in audited["captions"]], trigger)) >= variants
    found = found_in(photos, trigger)
    missing = set(found.get((Check.NO_TRIGGER, ""), ())) | set(found.get((Check.NO_CAPTION, ""), ()))
    assert missing >= set(theirs["trigger"]["missing_files"])
    assert set(found.get((Check.NO_CAPTION, ""), ())) >= set(theirs["pairing"]["empty_captions"])
    odd = {one["file"] for one in theirs["distribution"]["outliers"]}
    assert set(found.get((Check.ODD_LENGTH, ""), ())) >= odd
    warned = {severity for severity, *_words in theirs["distribution"]["findings"]}
    assert "WARNING" not in warned or (Check.FEW_WORDS, "") in found
    assert (0 < theirs["trigger"]["first_token_pct"] < 1) <= ((Check.TRIGGER_PLACE, "") in found or bool(missing))
    if not theirs["meta"]["bare_trigger"]:  # the tool does not report these either: they are meant so
        alike = set(found.get((Check.ALIKE, "equal"), ())) | set(found.get((Check.ALIKE, "nearly"), ()))
        pairs = theirs["redundancy"]["near"]
        assert alike >= {name for group in theirs["redundancy"]["exact"] for name in group["files"]}
        assert alike >= {pair[side] for pair in pairs for side in "ab"}
    shown = {subject for check, subject in found if check == Check.FUSED}
    assert len(primary - shown) == max(0, len(primary) - 8)


SET = [
    "ohwx man, red hat, at sea", "ohwx man, red hat, garage", "ohwx1 man, red hat, sofa",
    "portrait of ohwx man, red hat, dog", "ohwx man, red hat, indoors, outdoors", "ohwx man, red hat, garage",
    f"ohwx man, red hat, {'with a very long tale to tell, ' * 10}",
]


@pytest.mark.parametrize(("check", "subject", "severity", "places"), [
    (Check.FUSED, "red hat", Severity.SHOULD, "0123456"),
    (Check.FUSED, "man", Severity.SHOULD, "0123456"),
    (Check.TRIGGER_MISSPELT, "ohwx1", Severity.SHOULD, "2"),
    (Check.TRIGGER_PLACE, "", Severity.INFO, "3"),
    (Check.ALIKE, "equal", Severity.SHOULD, "15"),
    (Check.CONTRADICTORY, "indoors, outdoors", Severity.INFO, "4"),
    (Check.LONG_CAPTION, "", Severity.INFO, "6"),
    (Check.ODD_LENGTH, "", Severity.INFO, "6"),
])
def test_each_finding_and_that_it_can_be_ignored(check, subject, severity, places):
    photos = photos_of(SET)
    report = CaptionLint().look(photos, "ohwx")
    found = next(item for item in report.findings if (item.check, item.subject) == (check, subject))
    assert (found.severity, found.photo_ids) == (severity, tuple(f"0{place}" for place in places))
    assert found.text
    assert found.advice
    accepted = [
        replace(photo, accepted=(found.key,)) if photo.photo_id in found.photo_ids else photo for photo in photos
    ]
    left = {(item.check, item.subject) for item in CaptionLint().look(accepted, "ohwx").findings}
    assert (check, subject) not in left


ODD = [  # letters of another width, with the accent apart, and words that begin with the trigger word
    "TOK, \uff88\uff7a, cafe\u0301", "\uff34\uff2f\uff2b, TOK\u306e\uff88\uff7a, caf\u00e9",
    "a TOK, \u30cd\u30b3, CAFE\u0301, tokk",
    "TOK\u306e\u5199\u771f, \u30cd\u30b3, caf\u00e9, \uff34\uff2f\uff2b\uff2b",
    "(TOK), \uff88\uff7a, \uff23AF\u00c9", "TOK's \uff88\uff7a, \u30cd\u30b3, caf\u00e9",
]


def test_each_caption_that_a_fix_is_counted_for_is_changed_by_it():
    dataset = Dataset("d", "d", tuple(photos_of(ODD)))
    report = CaptionLint().look(dataset.photos, "TOK")
    fixes = [fix for finding in report.findings for fix in fixes_for(finding, dataset, "TOK")]
    expected = {("drop", "\u30cd\u30b3"), ("drop", "caf\u00e9"), ("lead", "")}
    assert expected <= {(fix.kind, fix.key) for fix in fixes}
    changes = {
        FixKind.DROP: lambda text, fix: drop_term(text, fix.key),
        FixKind.REPLACE: lambda text, fix: replace_term(text, fix.key, fix.value),
        FixKind.LEAD: lambda text, fix: led_by(text, fix.value),
    }
    captions = {photo.photo_id: photo.caption for photo in dataset.photos}
    for fix in fixes:
        for caption in map(captions.get, fix.photo_ids if fix.kind in changes else ()):
            assert changes[fix.kind](caption, fix) != caption
    counted = {term.text: term.count for term in report.vocabulary.terms}
    for term, count in counted.items():
        assert count == sum(counts_for(photo.caption, term) for photo in dataset.photos)


def test_usual_words_and_the_genitive_are_hardly_misspelt_trigger_words():
    photos = photos_of(["anna and a dog", "Anna\u2019s hat and coat", "anne at sea"])
    found = {finding.subject: finding.severity for finding in CaptionLint().look(photos, "anna").findings
             if finding.check is Check.TRIGGER_MISSPELT}
    assert found == {"anne": Severity.SHOULD, "and": Severity.INFO, "anna's": Severity.INFO}


def test_a_common_word_as_the_trigger_word():
    photos = photos_of(["a cat at sea", "a cat on a sofa"])
    assert found_in(photos, "cat")[Check.TRIGGER_COMMON, "cat"] == ("00", "01")
    assert (Check.TRIGGER_COMMON, "chelsea") not in found_in(photos, "chelsea")


def test_few_captions_and_bare_trigger_words_are_not_reported():
    assert not [check for check, _subject in found_in(photos_of(SET[:2]), "ohwx") if check == Check.FUSED]
    assert not CaptionLint().look(photos_of(["ohwx"] * 8), "ohwx").findings


def test_a_report_is_made_again_only_for_other_captions():
    lint, photos = CaptionLint(), photos_of(SET)
    first = lint.look(photos, "ohwx")
    assert lint.look([replace(photos[0], size=5), *photos[1:]], "ohwx") is first
    other = lint.look([replace(photos[0], caption="ohwx, green"), *photos[1:]], "ohwx")
    assert other.vocabulary is not first.vocabulary
    assert other.vocabulary != first.vocabulary


@given(st.lists(st.lists(st.sampled_from("abcdefghijkl"), max_size=14).map(tuple), max_size=12))
def test_nearly_equal_captions_are_those_of_a_comparison_of_all(captions):
    assert nearly(captions, NearlyEqualCaptions().pairs(captions)) == nearly_by_all(captions)


WORDS = st.lists(st.sampled_from("abcdefghijkl"), max_size=14).map(tuple)


@given(st.lists(WORDS, max_size=12), st.lists(st.tuples(st.integers(0, 11), WORDS), max_size=6))
def test_after_edits_they_are_still_those_of_a_comparison_of_all(captions, edits):
    near = NearlyEqualCaptions()
    near.pairs(captions)
    for place, words in edits:
        captions = [*captions[:place], words, *captions[place + 1 :]]
        assert nearly(captions, near.pairs(captions)) == nearly_by_all(captions)


def nearly(captions, pairs):
    return {place for pair in pairs for place in pair} | {p for group in equal_captions(captions) for p in group}


def nearly_by_all(captions):
    wanted: set[int] = set()
    for one in range(len(captions)):
        for other in range(one + 1, len(captions)):
            a, b = set(captions[one]), set(captions[other])
            if a and b and len(a & b) >= NEARLY * len(a | b):
                wanted |= {one, other}
    return wanted
