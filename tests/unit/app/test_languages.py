"""The language that is asked for is used by the app and by Qt; without a catalogue all stays English."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from struct import pack

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator

from segmind_studio import formats, languages, texts
from segmind_studio.command_line import parse
from segmind_studio.pseudo_language import pseudo
from segmind_studio.store.settings_file import SettingsFile

NOW = 1_700_000_000.0


def compiled(messages: dict[str, str]) -> bytes:
    """Return a catalogue as gettext compiles it; see "The Format of GNU MO Files" in its manual."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items())
    head, rows = 28, len(pairs)
    at, keys, values, data = head + 16 * rows, b"", b"", b""
    for column in (0, 1):
        for pair in pairs:
            entry = pack("<II", len(pair[column]), at + len(data))
            keys, values = (keys + entry, values) if column == 0 else (keys, values + entry)
            data += pair[column] + b"\0"
    return pack("<7I", 0x950412DE, 0, rows, head, head + 8 * rows, 0, 0) + keys + values + data


GERMAN = {
    "": "Content-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n",
    "Runs": "Läufe", "{count} run\0{count} runs": "{count} Lauf\0{count} Läufe", "cost\x04free": "umsonst",
}


@pytest.fixture
def translations(tmp_path, monkeypatch):
    """Let there be a German catalogue, and put everything back afterwards."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{texts.DOMAIN}.mo").write_bytes(compiled(GERMAN))
    monkeypatch.setattr(texts, "resource", lambda _name: tmp_path)
    monkeypatch.delenv(texts.LANGUAGE_VARIABLE, raising=False)
    yield tmp_path
    texts.use([texts.ENGLISH])
    formats.use(formats.EnglishFigures())


@pytest.fixture
def no_translators_left(qapp):
    before, direction, locale = set(qapp.findChildren(QTranslator)), qapp.layoutDirection(), QLocale()
    yield
    QLocale.setDefault(locale)
    qapp.setLayoutDirection(direction)
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.deleteLater()


def test_a_language_of_the_region_is_found(qapp, translations, no_translators_left, monkeypatch):
    assert languages.install(qapp, ["de-DE", "en"]) == "de_DE"
    assert (texts._("Runs"), texts.pgettext("cost", "free")) == ("Läufe", "umsonst")
    assert [texts.ngettext("{count} run", "{count} runs", count).format(count=count) for count in (1, 2)] == [
        "1 Lauf", "2 Läufe",
    ]
    assert texts._("Nobody translated this.") == "Nobody translated this."
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen", "Qt has its own catalogue"
    assert (formats.number(1234.5, 1), formats.money(3.2)) == ("1.234,5", "3,20\xa0$")
    assert "2023" in formats.date_text(NOW)


def test_processes_of_the_app_speak_it_too(qapp, translations, no_translators_left):
    languages.install(qapp, ["de"])
    texts.use([texts.ENGLISH])
    assert texts.use_environment() == "de"


def test_the_environment_goes_before_the_system(qapp, translations, no_translators_left, monkeypatch):
    monkeypatch.setenv(texts.LANGUAGE_VARIABLE, "de")
    assert languages.install(qapp) == "de"


@pytest.mark.parametrize("wanted", [["en-GB", "de"], ["fr"], ["C"], [""], []])
def test_without_a_catalogue_it_is_english(qapp, translations, no_translators_left, wanted):
    assert languages.install(qapp, wanted) == texts.ENGLISH
    assert texts._("Runs") == "Runs"
    assert formats.money(3.2) == "$3.20"


def test_arabic_is_written_from_the_right(qapp, translations, no_translators_left):
    folder = translations / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{texts.DOMAIN}.mo").write_bytes(compiled({"": GERMAN[""], "Runs": "عمليات"}))
    assert languages.install(qapp, ["ar"]) == "ar"
    assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
    figures = languages.LocaleFigures(languages.with_latin_digits(QLocale("ar_EG")))
    assert figures.number(1234.5, 1) == "1,234.5", "other digits beside those in texts read badly"


@pytest.mark.parametrize(("code", "date", "month"), [
    ("es", "3 mar 2025", "mar"), ("de", "3. M\u00e4rz 2025", "M\u00e4r"),
    ("ja", "2025\u5e743\u67083\u65e5", "3\u6708"),
    ("fr", "3 mars 2025", "mars"), ("zh_CN", "2025\u5e743\u67083\u65e5", "3\u6708"),
])
def test_a_date_is_short_in_each_language(code, date, month):
    figures = languages.LocaleFigures(QLocale(code))
    assert figures.date(datetime(2025, 3, 3, tzinfo=UTC)) == date
    assert figures.month(datetime(2025, 3, 1, tzinfo=UTC)).startswith(month)


def test_the_languages_to_choose_from_have_their_own_names(translations):
    assert texts.available() == {"en": "English", "de": "Deutsch"}
    assert [texts.found(codes) for codes in (["de-AT"], ["fr", "de"], ["fr"], [""])] == ["de", "de", "en", "en"]
    texts.use(["de-AT"])
    assert (texts.used_language(), texts.used_code()) == ("de_AT", "de")


def test_the_chosen_language_goes_before_the_system_s(qapp, translations, no_translators_left, monkeypatch):
    assert languages.install(qapp, chosen="de") == "de"
    monkeypatch.setenv(texts.LANGUAGE_VARIABLE, "en")
    assert languages.install(qapp, chosen="de") == "en"


@pytest.mark.parametrize(("content", "language"), [
    (b'{"language": "de", "accounts": 7}', "de"), (b'{"language": 7}', ""), (b"[]", ""), (b"{", ""), (None, ""),
])
def test_the_chosen_language_is_read_before_all_else(tmp_path, content, language):
    file = tmp_path / "settings.json"
    if content is not None:
        file.write_bytes(content)
    assert SettingsFile(file).language() == language
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([content] if content is not None else [])


def test_the_app_opens_again_as_it_was_opened(tmp_path):
    given = ("--practice", "--api-url", "https://api.segmind.com", "--data-dir", str(tmp_path))
    assert parse([*given, "--sample", "photo.jpg"]).to_open_again() == given
    assert parse(["photo.jpg"]).to_open_again() == ()


def test_a_constant_is_looked_up_when_it_is_shown(translations):
    mark = texts.N_("Runs")
    assert str(mark) == "Runs"
    texts.use(["de"])
    assert (str(mark), f"{mark}") == ("Läufe", "Läufe")
    texts.use([texts.PSEUDO])
    assert str(mark) == pseudo("Runs")


def test_sentences_and_lists_are_put_together_by_the_language():
    assert texts.sentences("One.", "", texts.N_("Two."), "Three.") == "One. Two. Three."
    assert texts.listed(["a", texts.N_("b"), "c"]) == "a, b, c"
    assert texts.listed([]) == texts.sentences() == ""


def test_a_pseudo_text_keeps_what_is_filled_in():
    assert pseudo("{count} of <b>it</b> (*.zip)").startswith("⟦{count} óf <b>ít</b> (*.zip)")
    assert len(pseudo("abcdef")) >= len("abcdef") * 4 / 3
    assert isinstance(GNUTranslations(BytesIO(compiled(GERMAN))), NullTranslations)
