"""Dictionaries in hunspell's format: all forms of their words, what is refused, and where they are found."""

from __future__ import annotations

import pytest

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.spelling import dictionaries, dictionary_folders, read_dictionary
from tests.fakes.dictionary_files import RULES, WORDS, write_dictionary


@pytest.fixture
def english(tmp_path):
    return read_dictionary(write_dictionary(tmp_path))


@pytest.mark.parametrize(("words", "known"), [
    ("cat cats Cat CATS cat's CAT\u2019S babies days tied unties untied tieds and/or maked London LONDON", True),
    ("catt babys dayies uncat london's wrong mak unred Londons", False),
])
def test_which_forms_are_known(english, words, known):
    assert [word for word in words.split() if english.knows(word) is not known] == []


@pytest.mark.parametrize(("word", "proposed"), [
    ("foto", ("photo",)), ("carpett", ("carpet", "carpets")), ("Crapet", ("Carpet",)), ("acat", ("cat", "a cat")),
    ("londn", ("London",)), ("qqqqqq", ()), ("", ("a",)),
])
def test_proposals(english, word, proposed):
    assert english.proposals(word) == proposed


@pytest.mark.parametrize("rules", [
    RULES + "COMPOUNDFLAG Cc\n", "AF 1\nAF Ss\n", "SET no-such-code\n", "PFX\nSFX Ss Y\nSFX Ss 0 ( [\nREP 1\n", "",
])
def test_odd_rules_are_refused_or_ignored(tmp_path, rules):
    path = write_dictionary(tmp_path, rules=rules)
    if "COMPOUND" in rules or "AF" in rules:
        with pytest.raises(DatasetError, match="does not support"):
            read_dictionary(path)
    else:
        assert read_dictionary(path).knows("red")


def test_it_stops_when_asked_and_says_when_it_cannot_be_read(tmp_path):
    path = write_dictionary(tmp_path)
    with pytest.raises(CancelledError):
        read_dictionary(path, lambda: True)
    path.with_suffix(".aff").unlink()
    with pytest.raises(DatasetError):
        read_dictionary(path)


def test_english_ones_come_first_and_both_files_must_be_there(tmp_path):
    for name in ("de_DE", "en_GB"):
        write_dictionary(tmp_path, name)
    write_dictionary(tmp_path / "dict-en", "en_AU")
    (tmp_path / "fr.dic").write_text(WORDS, encoding="utf-8")
    found = dictionaries((tmp_path / "nowhere", tmp_path))
    assert [path.stem for path in found] == ["en_AU", "en_GB", "de_DE"]
    assert all(folder.is_absolute() for folder in dictionary_folders())
