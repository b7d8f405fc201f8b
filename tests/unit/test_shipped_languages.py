"""Every language that the app offers: whole, with its own name, plural forms, help pages and Qt's catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from PySide6.QtCore import QLibraryInfo, QLocale, Qt
from PySide6.QtGui import QKeySequence

from segmind_studio import texts
from segmind_studio.services.system.help_pages import ORDER, HelpPage, read_pages

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = [code for code in texts.available() if code != texts.ENGLISH]
ENGLISH_PAGES = {page.page_id: page for page in read_pages(language=texts.ENGLISH)}
WITHOUT_SPACES = {"ja", "zh_CN"}
MENUS = 9  # in the menu bar
MOST_WORDS = 3  # that a text may share with English


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


def catalogue(language: str) -> Catalog:
    file = ROOT / "resources" / "translations" / language / "LC_MESSAGES" / f"{texts.DOMAIN}.po"
    return read_po(BytesIO(file.read_bytes()), locale=language)


def translations(language: str) -> Iterator[str]:
    for message in catalogue(language):
        if message.id:
            yield from message.string if isinstance(message.string, (list, tuple)) else (message.string or "",)


def pages(language: str) -> dict[str, HelpPage]:
    return {page.page_id: page for page in read_pages(language=language)}


def test_the_six_languages_are_there():
    assert set(LANGUAGES) == {"ar", "de", "es", "fr", "ja", "zh_CN"}
    assert set(texts.NAMES) == {texts.ENGLISH, *LANGUAGES}


def test_qt_speaks_it_too_and_the_packages_take_that_along(language):
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    assert (folder / f"qtbase_{language}.qm").is_file()
    for name in ("segmind-studio.spec", "package_windows.py"):
        taken = re.search(r"qtbase_\(([\w|]+)\)", (ROOT / "packaging" / name).read_text(encoding="utf-8"))
        assert taken is not None
        assert language in taken[1].split("|"), name
    assert QLocale(language).language() is not QLocale.Language.C


def test_sentences_and_lists_are_joined_in_its_own_way(language):
    texts.use([language])
    try:
        sentences, several = texts.sentences("A.", "B."), texts.listed(["a", "b"])
    finally:
        texts.use([texts.ENGLISH])
    assert ("A. B." in sentences) is (language not in WITHOUT_SPACES)
    assert several != "ab"


def test_names_keep_their_own_direction(language):
    """From right to left, digits and dots at the ends of a name would change places."""
    backwards = QLocale(language).textDirection() is Qt.LayoutDirection.RightToLeft
    texts.use([language])
    try:
        several = texts.listed(["10-a.jpg", "20-b.jpg"])
    finally:
        texts.use([texts.ENGLISH])
    assert several.count("\u2068") == (2 if backwards else 0)
    bare = {name for text in translations(language) for name in re.findall(r"«\{(\w+)\}»", text)}
    assert not backwards or bare <= {"field", "stage", "button"}


def test_no_text_was_left_in_english(language):
    """A word or two may be the same in both; a sentence is not. Prompts stay: models are taught with English."""
    alone = (message for message in catalogue(language) if message.id and isinstance(message.id, str))
    same = [str(message.id) for message in alone if message.string == message.id]
    assert [text for text in same if "{trigger}" not in text and len(english_words(text)) > MOST_WORDS] == []


def test_each_menu_has_an_access_key_of_its_own(language):
    found = [
        message for message in catalogue(language)
        if "&" in str(message.id) and ("ui/shell/menus.py", None) in message.locations
    ]
    assert len(found) == MENUS
    for titles in ([str(message.id) for message in found], [str(message.string) for message in found]):
        keys = {QKeySequence.mnemonic(title).toString() for title in titles} - {""}
        assert len(keys) == MENUS, titles


def english_words(text: str) -> list[str]:
    return re.findall(r"[a-z]{3,}", re.sub(r"\{\w+\}|<[^>]*>|[`“][^`”]*[`”]", "", text))


def test_a_menu_has_a_letter_for_each_entry_that_has_one_in_english(language):
    wrong = [
        message.id for message in catalogue(language)
        if isinstance(message.id, str) and letters(message.id) != letters(str(message.string))
    ]
    assert wrong == []
    titles = {texts.unmarked(text) for text in translations(language) if letters(text)}
    assert not [title for title in titles if re.search(r"&|\([A-Z]\)$", title)]


def letters(text: str) -> int:
    return len(re.findall(r"&\w", re.sub(r"&&|&\w+;", "", text)))


@pytest.mark.parametrize("page_id", ORDER)
def test_a_help_page_is_built_as_the_english_one(language, page_id):
    own, english = pages(language)[page_id], ENGLISH_PAGES[page_id]
    assert own.markdown != english.markdown
    assert own.title
    for pattern in (r"^(#+) ", r"^ *([-*]|\d+\.) ", r"\]\(([^)]*)\)"):
        assert sorted(re.findall(pattern, own.markdown, re.MULTILINE)) == sorted(
            re.findall(pattern, english.markdown, re.MULTILINE)
        )
    assert sorted(re.findall(r"`([^`\n]+)`", own.markdown)) == sorted(re.findall(r"`([^`\n]+)`", english.markdown))


def test_what_a_help_page_names_is_in_the_window(language):
    known = {plain(text) for text in translations(language)}
    for page in pages(language).values():
        named = [" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", page.markdown)]
        parts = {plain(part) for words in named for part in re.split(" [→←] ", words)}
        assert sorted(parts - known) == [], page.page_id


def plain(text: str) -> str:
    """Return a text of a menu as it is read: without its letter, dots and the spaces of line breaks."""
    return " ".join(re.sub(r"\(&\w\)|&(?=\w)", "", text).rstrip("….").split())
