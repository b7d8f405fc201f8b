"""A control that is disabled or hidden while it has the keyboard hands it on inside of its place."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QLineEdit, QPushButton, QWidget
from shiboken6 import Shiboken

from segmind_studio.ui.parts.toast import ToastHost
from tests.fakes.shell_services import Shell
from tests.fakes.typed import child, known


class Page:
    """A window on a place with a field, a part with two buttons, and a text."""

    def __init__(self, qtbot):
        self.shell = Shell()
        self.window = self.shell.window
        qtbot.addWidget(self.window)
        self.window.show_place("data")
        self.place = next(place for place in self.shell.places if place.place_id == "data")
        self.field = QLineEdit()
        self.part = QWidget()
        self.near, self.far = QPushButton("Near"), QPushButton("Far")
        row = QHBoxLayout(self.part)
        row.addWidget(self.near)
        row.addWidget(self.far)
        for widget in (self.field, self.part):
            known(self.place.layout()).addWidget(widget)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)


@pytest.fixture
def page(qtbot):
    return Page(qtbot)


def disable(widget):
    widget.setEnabled(False)


def disable_part(widget):
    widget.parentWidget().setEnabled(False)


def test_it_begins_in_the_place_that_is_shown(page):
    assert page.place.isAncestorOf(page.window.focusWidget())


@pytest.mark.parametrize("lose", [disable, disable_part, QWidget.hide])
@pytest.mark.parametrize("which", ["near", "far"])
def test_the_keyboard_goes_to_the_field_before_it(page, lose, which):
    button = getattr(page, which)
    button.setFocus()
    assert button.hasFocus()
    lose(button)
    assert page.field.hasFocus()


def test_without_a_field_it_goes_to_a_button_of_the_place(page):
    for field in (page.field, page.place.text):
        field.hide()
    page.far.setFocus()
    page.far.setEnabled(False)
    assert page.near.hasFocus()


def test_a_toast_that_goes_gives_the_keyboard_back(page):
    page.field.setFocus()
    page.window._undo.push(QUndoCommand("Exclude 2 photos"))
    page.window.undo_toast("2 photos excluded.")
    toasts = child(page.window, ToastHost)
    undo = next(button for button in toasts.findChildren(QAbstractButton) if button.text() == "Undo")
    undo.setFocus()
    assert undo.hasFocus()
    undo.click()
    assert toasts.texts == ()
    assert page.field.hasFocus()


def test_a_place_that_is_left_keeps_nothing(page):
    page.far.setFocus()
    page.window.show_place("runs")
    focus = QApplication.focusWidget()
    assert focus is None or not page.place.isAncestorOf(focus)


def test_a_place_that_is_gone_is_not_asked(page):
    """While the window goes, its places are destroyed one by one, and the focus moves with each."""
    first = page.shell.places[0]
    assert first is not page.place
    page.near.setFocus()
    Shiboken.delete(first)
    disable(page.near)
    assert page.field.hasFocus()
