"""The help pages: one for each place, no link into nothing, and no key or word that the app does not have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit, QListWidget

from segmind_studio.command_line import PLACES
from segmind_studio.core.datasets import SMALL_SIDE_PIXELS, advised_images
from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.help_pages import ORDER, read_pages, search_pages
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.help.page_view import HelpPageView, native_keys
from segmind_studio.ui.help.window import HelpWindow
from segmind_studio.ui.palette.commands import read_commands
from segmind_studio.ui.theme.theme import Theme
from tests.fakes.real_commands import shell_with_real_commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = read_pages()
BY_ID = {page.page_id: page for page in PAGES}


@pytest.fixture(params=PAGES, ids=lambda page: page.page_id)
def page(request):
    return request.param


@pytest.fixture
def commands(qtbot):
    shell = shell_with_real_commands()
    qtbot.addWidget(shell.window)
    return shell.window, read_commands(shell.window.menuBar(), shell.window.places)


# -- what is written


def test_each_place_has_a_page_and_no_file_lies_unused():
    assert set(PLACES) <= set(BY_ID)
    assert {path.stem for path in (ROOT / "resources" / "help").glob("*.md")} == set(ORDER)
    assert len({page.title for page in PAGES}) == len(PAGES)


def test_each_link_leads_to_a_page(page):
    links = re.findall(r"\]\(([^)]*)\)", page.markdown)
    assert links
    assert [link for link in links if link.removesuffix(".md") not in BY_ID or not link.endswith(".md")] == []


def test_each_key_is_a_key_of_the_app(page, commands):
    window, _found = commands
    menus = [action.menu() for action in window.menuBar().actions() if action.menu()]
    menus += [action.menu() for menu in menus for action in menu.actions() if action.menu()]  # such as Try → Rate
    keys = {
        sequence.toString() for menu in menus for action in menu.actions() for sequence in action.shortcuts()
    }
    named = re.findall(r"`([^`\n]+)`", page.markdown)
    assert [key for key in named if QKeySequence(key).toString() not in keys] == []


def test_each_word_in_bold_is_said_by_the_app(page, commands):
    """A path leads through the menus; what is not in a menu is a text of the app, as its catalogue has it."""
    _window, found = commands
    menus = {f"{command.where.partition(' · ')[0]} → {command.title}" for command in found}
    menus |= {path.rpartition(" → ")[0] for path in menus}
    template = (ROOT / "resources" / "translations" / "segmind_studio.pot").read_text(encoding="utf-8")
    texts = set(re.findall(r'^msgid "(.+)"$', template, re.MULTILINE)) | {command.title for command in found}
    named = [" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", page.markdown)]
    assert [words for words in named if words not in (menus if " → " in words else texts)] == []


def test_each_number_is_the_apps_own():
    assert f"Collect {advised_images()} photos" in BY_ID["start"].markdown
    assert f"{advised_images()} are recommended" in " ".join(BY_ID["data"].markdown.split())
    assert f"at least {SMALL_SIDE_PIXELS} pixels" in BY_ID["data"].markdown


def test_markdown_is_such_that_others_can_show_it(page):
    lines = page.markdown.splitlines()
    assert lines[0] == f"# {page.title}"
    assert max(map(len, lines)) <= 120
    assert not re.search(r"<[a-z/]|!\[|https?:", page.markdown)  # no markup, no picture, nothing from elsewhere


# -- how it is read


def test_a_translated_page_is_used_and_the_others_stay_english(tmp_path):
    for page in PAGES:
        (tmp_path / f"{page.page_id}.md").write_text(page.markdown, encoding="utf-8")
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "data.md").write_text("# Daten\n\nEin Datensatz …\n", encoding="utf-8")
    titles = [page.title for page in read_pages(tmp_path, "de")]
    assert titles[:3] == ["Start", "Daten", "Train"]
    (tmp_path / "money.md").unlink()
    with pytest.raises(StudioError, match="help pages could not be read"):
        read_pages(tmp_path, "de")


def test_the_search_finds_pages_with_all_words_the_best_first():
    assert search_pages(PAGES, "budget limit")[0].page_id == "money"
    assert search_pages(PAGES, "practice")[0].page_id == "practice"
    assert search_pages(PAGES, "xylophone") == ()
    assert search_pages(PAGES, "  ") == PAGES
    assert all(page.page_id != "try" for page in search_pages(PAGES, "md"))  # addresses of links are no text


# -- how it is shown


@pytest.fixture
def shown(qtbot, qapp):
    tasks = TaskRunner()
    theme = Theme(qapp)
    window = HelpWindow(tasks, theme)
    qtbot.addWidget(window)
    yield window, theme
    tasks.stop()


def fields(window):
    return window.findChild(QLineEdit, "help.search"), window.findChild(QListWidget, "help.pages"), \
        window.findChild(HelpPageView)


def test_it_opens_at_the_page_that_was_asked_for_also_before_they_are_read(qtbot, shown):
    window, _theme = shown
    window.open_at("runs")
    qtbot.waitUntil(lambda: window.page == "runs")
    search, pages, view = fields(window)
    assert view.toPlainText().startswith("Runs\n")
    assert view.accessibleName() == "Runs"
    assert pages.count() == len(ORDER)
    search.setText("cloudflared")
    assert [pages.item(row).text() for row in range(pages.count())] == ["Settings"]
    window.open_at("money")  # which the search hid
    assert (window.page, search.text()) == ("money", "")


def test_what_is_searched_is_marked_and_a_link_leads_on(qtbot, shown):
    window, _theme = shown
    window.open_at("start")
    qtbot.waitUntil(lambda: window.page == "start")
    search, _pages, view = fields(window)
    QTest.keyClicks(search, "budget")
    assert window.page == "money"
    assert {word.lower() for word in view.marked} == {"budget"}
    wanted = QSignalSpy(view.page_wanted)
    view.anchorClicked.emit("settings.md")
    assert (wanted.at(0), window.page) == (["settings"], "settings")
    search.setText("zeppelin")
    assert not window.findChild(HelpPageView).marked
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_page_has_the_colours_of_the_theme_and_headings_of_their_size(qtbot, shown):
    window, theme = shown
    window.open_at("data")
    qtbot.waitUntil(lambda: window.page == "data")
    view = window.findChild(HelpPageView)
    for mode in ("light", "dark"):
        theme.apply(mode)
        document: QTextDocument = view.document()
        blocks = (document.findBlockByNumber(number) for number in range(document.blockCount()))
        formats = {block.blockFormat().headingLevel(): block.begin().fragment().charFormat() for block in blocks}
        assert formats[0].foreground().color().name() == theme.tones.text
        assert formats[1].fontPointSize() > formats[2].fontPointSize() > formats[0].fontPointSize()


def test_keys_are_written_as_the_system_writes_them(monkeypatch):
    assert native_keys("Press `Ctrl+K` now") == "Press `Ctrl+K` now"
    monkeypatch.setattr(QKeySequence, "toString", lambda _keys, _form=None: "⌘K")
    assert native_keys("Press `Ctrl+K` now") == "Press `⌘K` now"
