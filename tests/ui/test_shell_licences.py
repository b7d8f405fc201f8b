"""About leads to the licences of what is shipped."""

import json

import pytest
from PySide6.QtWidgets import QLabel, QListWidget, QPlainTextEdit, QPushButton

from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.help.about import AboutDialog
from segmind_studio.ui.shell import licences
from segmind_studio.ui.shell.licences import LicencesDialog
from tests.fakes.typed import child


@pytest.fixture
def about(qtbot):
    tasks = TaskRunner()
    about = AboutDialog(tasks, {})
    qtbot.addWidget(about)
    about.show()
    yield about
    assert tasks.stop()


def opened(about):
    child(about, QPushButton, "about.licences").click()
    return child(about, LicencesDialog)


def test_from_the_source_it_says_where_the_licences_are(qtbot, about):
    dialog = opened(about)
    qtbot.waitUntil(lambda: any("source" in label.text() for label in dialog.findChildren(QLabel)))
    assert not child(dialog, QListWidget).isVisible()


def test_a_package_shows_the_licence_of_each_part(qtbot, about, tmp_path, monkeypatch):
    parts = [{"name": name, "version": "1", "licence": "MIT", "texts": [f"{name}.txt"]} for name in ("b", "a")]
    (tmp_path / "licences.json").write_text(json.dumps(parts))
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"The licence of {name}")
    read = licences.shipped_parts
    monkeypatch.setattr(licences, "shipped_parts", lambda: read(tmp_path))
    dialog = opened(about)
    chosen = child(dialog, QListWidget, "licences.parts")
    text = child(dialog, QPlainTextEdit, "licences.text")
    qtbot.waitUntil(lambda: chosen.count() == len(parts))
    assert chosen.item(0).text() == "a 1"
    assert "The licence of a" in text.toPlainText()
    chosen.setCurrentRow(1)
    assert "The licence of b" in text.toPlainText()


def test_damaged_licences_are_told(qtbot, about, tmp_path, monkeypatch):
    (tmp_path / "licences.json").write_text("[{}]")
    read = licences.shipped_parts
    monkeypatch.setattr(licences, "shipped_parts", lambda: read(tmp_path))
    dialog = opened(about)
    qtbot.waitUntil(lambda: any("could not be read" in label.text() for label in dialog.findChildren(QLabel)))
