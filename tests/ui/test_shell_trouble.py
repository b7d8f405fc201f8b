"""The band for what breaks in the app itself."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.ui.parts.banners import ErrorBanner
from tests.fakes.shell_services import Shell
from tests.fakes.typed import child

FIRST = StudioError("Something in the app went wrong.", "It goes on.", "ValueError: first")
SECOND = StudioError("Another thing.", "It goes on.", "KeyError: second")


@pytest.fixture
def shell(qtbot):
    shell = Shell()
    qtbot.addWidget(shell.window)
    shell.window.show()
    return shell


def band(shell):
    return child(shell.window, ErrorBanner, "trouble")


def press(shell, text):
    next(b for b in band(shell).findChildren(QAbstractButton) if text in {b.text(), b.accessibleName()}).click()


def words(shell):
    return [label.text() for label in band(shell).findChildren(QLabel) if label.isVisible()]


def test_nothing_is_said_while_nothing_is_wrong(shell):
    assert not [one for one in shell.window.findChildren(ErrorBanner) if one.isVisible()]


def test_the_first_trouble_stays_until_it_is_closed(shell):
    shell.window.show_trouble(FIRST)
    shell.window.show_trouble(SECOND)
    assert FIRST.title in words(shell)
    press(shell, "Close this message")
    assert not band(shell).isVisible()
    shell.window.show_trouble(SECOND, Severity.SHOULD)
    assert SECOND.title in words(shell)


def test_it_is_there_on_every_place(shell):
    shell.window.show_trouble(FIRST)
    for place in ("data", "runs", "settings"):
        shell.window.show_place(place)
        assert band(shell).isVisible()


def test_a_diagnosis_can_be_copied_and_a_bundle_saved(qtbot, shell):
    shell.window.show_trouble(FIRST)
    press(shell, "Copy error details")
    assert "ValueError: first" in QGuiApplication.clipboard().text()
    with qtbot.waitSignal(shell.window.support_wanted):
        press(shell, "Save a support bundle…")
