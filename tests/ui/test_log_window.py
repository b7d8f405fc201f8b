"""The log in a window: filtered, live, read off the GUI thread, and without a secret in it."""

from __future__ import annotations

import logging
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPlainTextEdit, QPushButton

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.log_feed import LogFeed, LogPlace, read_log
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.logs import configure_logging
from segmind_studio.ui.help.log_window import LogWindow
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.theme.theme import Theme

KEY = "SG_0123456789abcdef"
LOG = logging.getLogger("studio.tested")


@pytest.fixture
def path(tmp_path):
    """A log that is really written, as the app writes it."""
    root = logging.getLogger()
    level = root.level
    file = tmp_path / "logs" / "studio.log"
    handler = configure_logging(file, lambda: (KEY,), level=logging.DEBUG)
    yield file
    root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    handler.close()


def log_an_error(words):
    try:
        int(words)
    except ValueError:
        LOG.exception("it broke")


class Opened:
    def __init__(self, qtbot, qapp, path):
        self.tasks, self.threads = TaskRunner(), set()
        self.feed = LogFeed(path, self.tasks, read=self.read)
        self.window = LogWindow(self.feed, path, Theme(qapp), None)
        self.qtbot = qtbot
        qtbot.addWidget(self.window)

    def read(self, path, place):
        self.threads.add(threading.current_thread())
        return read_log(path, place)

    def show(self):
        with self.qtbot.waitSignal(self.feed.begun):
            self.window.show()

    def lines(self):
        return [line.rpartition(": ")[2] for line in self.window.shown.splitlines()]

    def wait_for(self, line):
        self.qtbot.waitUntil(lambda: line in self.lines())


@pytest.fixture
def opened(qtbot, qapp, path):
    made = Opened(qtbot, qapp, path)
    yield made
    made.window.close()
    made.tasks.stop()


def test_it_shows_the_log_and_what_comes_after_never_read_by_this_thread(opened):
    LOG.info("first")
    opened.show()
    assert opened.lines() == ["first"]
    LOG.info("second")
    opened.wait_for("second")
    assert opened.lines() == ["first", "second"]
    assert threading.main_thread() not in opened.threads
    assert opened.threads


def test_no_secret_is_in_it(opened, path):
    LOG.info("the key is %s", KEY)
    log_an_error(f"refused {KEY}")
    opened.show()
    assert "it broke" in opened.window.shown
    assert "ValueError: invalid literal" in opened.window.shown
    assert KEY[3:] not in opened.window.shown
    opened.window.findChild(QPushButton, "log.copy").click()
    assert KEY[3:] not in QApplication.clipboard().text()
    assert "it broke" in QApplication.clipboard().text()
    assert KEY.encode() not in path.read_bytes()


def test_it_is_filtered_by_level_and_words_and_so_is_what_comes(opened):
    LOG.debug("small")
    LOG.info("uploaded a")
    LOG.warning("odd a")
    LOG.error("bad b")
    opened.show()
    level, search = opened.window.findChild(QComboBox), opened.window.findChild(SearchField)
    level.setCurrentIndex(level.findData("WARNING"))
    assert opened.lines() == ["odd a", "bad b"]
    level.setCurrentIndex(level.findData("ERROR"))
    assert opened.lines() == ["bad b"]
    level.setCurrentIndex(0)
    search.setText("A uploaded")
    assert opened.lines() == ["uploaded a"]
    LOG.info("not this")
    LOG.info("uploaded another")
    opened.wait_for("uploaded another")
    assert opened.lines() == ["uploaded a", "uploaded another"]
    assert "2 of 6 entries" in [label.text() for label in opened.window.findChildren(QLabel)]


def test_a_traceback_stays_with_its_entry(opened):
    log_an_error("odd")
    LOG.info("after")
    opened.show()
    opened.window.findChild(SearchField).setText("traceback")
    lines = opened.window.shown.splitlines()
    assert "it broke" in lines[0]
    assert lines[-1].startswith("ValueError: invalid literal")


def test_a_log_that_is_begun_anew_replaces_what_was_shown(opened, path):
    LOG.info("old")
    opened.show()
    path.rename(path.with_suffix(".log.1"))
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler) and handler.baseFilename == str(path):
            handler.close()
            handler.stream = None
    LOG.info("new")
    opened.wait_for("new")
    assert opened.lines() == ["new"]


def test_who_reads_above_is_not_moved_and_who_is_at_the_end_follows(opened):
    for number in range(200):
        LOG.info("line %d", number)
    opened.show()
    bar = opened.window.findChild(QPlainTextEdit).verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    LOG.info("at the end")
    opened.wait_for("at the end")
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    LOG.info("far below")
    opened.wait_for("far below")
    assert bar.value() == 10


def test_it_is_read_only_while_it_is_shown(opened):
    LOG.info("first")
    opened.show()
    QTest.keyClick(opened.window, Qt.Key.Key_Escape)
    assert not opened.window.isVisible()
    LOG.info("meanwhile")
    opened.window.show()
    opened.wait_for("meanwhile")


def test_a_log_that_is_not_there_or_cannot_be_read(opened, tmp_path):
    part = read_log(tmp_path / "no.log", LogPlace())
    assert (part.entries, part.anew) == ((), False)
    with pytest.raises(StudioError, match="log could not be read"):
        read_log(tmp_path, LogPlace())


def test_half_a_line_waits_for_its_end_and_a_long_log_is_cut_at_a_line(tmp_path):
    file = tmp_path / "studio.log"
    line = "2026-11-28 02:12:03,123 INFO MainThread studio: word\n"
    file.write_text(line + line[:20])
    part = read_log(file, LogPlace())
    assert [entry.text for entry in part.entries] == [line.strip()]
    with file.open("a") as out:
        out.write(line[20:])
    assert [entry.text for entry in read_log(file, part.place).entries] == [line.strip()]
    file.write_text(line * 20_000)
    entries = read_log(file, LogPlace()).entries
    assert 1000 < len(entries) < 20_000
    assert {entry.text for entry in entries} == {line.strip()}
