"""A translation that lies in the folder is used by the window; without one it stays English."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from segmind_studio import languages

SOURCE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS><TS version="2.1" language="de_DE"><context><name>Rail</name>
<message><source>Runs</source><translation>Läufe</translation></message></context></TS>
"""


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "segmind-studio_de.ts"
    source.write_text(SOURCE, encoding="utf-8")
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([str(tool), str(source)], check=True, capture_output=True)  # noqa: S603
    return tmp_path


@pytest.fixture
def no_translators_left(qapp):
    before = set(qapp.findChildren(QTranslator))
    yield
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.deleteLater()


def test_a_translation_is_found_by_the_language(qapp, folder, no_translators_left):
    assert "de_DE" in languages.install(qapp, QLocale("de_AT"), folder)
    assert QCoreApplication.translate("Rail", "Runs") == "Läufe"


def test_english_stays_english(qapp, folder, no_translators_left):
    assert "de_DE" not in languages.install(qapp, QLocale("en_GB"), folder)
    assert QCoreApplication.translate("Rail", "Runs") == "Runs"


def test_the_shipped_folder_is_there(qapp, no_translators_left):
    languages.install(qapp, QLocale("de_DE"))
