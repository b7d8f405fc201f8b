"""The list of keys is made from the actions: each key of the real commands is in it, and none is taken twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QLabel

from tests.fakes.real_commands import shell_with_real_commands


@pytest.fixture
def window(qtbot):
    shell = shell_with_real_commands()
    qtbot.addWidget(shell.window)
    shell.window.show()
    return shell.window


def actions_with_keys(window):
    return [action for action in window.findChildren(QAction) if not action.shortcut().isEmpty()]


def test_each_key_of_the_app_is_in_the_list(window):
    window.commands.shortcuts.trigger()
    words = [label.text() for label in window.findChild(QDialog).findChildren(QLabel)]
    listed = set(pairwise(words))
    shown = QKeySequence.SequenceFormat.NativeText
    expected = {
        (action.text().replace("&", ""), action.shortcut().toString(shown)) for action in actions_with_keys(window)
    }
    assert len(expected) > 25
    assert expected - listed == set()


def test_no_key_of_the_whole_window_is_taken_twice(window):
    everywhere = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    whole = Counter(
        keys.toString() for action in actions_with_keys(window) if action.shortcutContext() in everywhere
        for keys in action.shortcuts()
    )
    others = {
        keys.toString() for action in actions_with_keys(window) if action.shortcutContext() not in everywhere
        for keys in action.shortcuts()
    }
    assert [keys for keys, count in whole.items() if count > 1] == []
    assert others & set(whole) == set()
