"""The ring of the focus is for those who use the keyboard: a click never shows it. Text has room in any script."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTabBar, QVBoxLayout, QWidget

from segmind_studio.ui.forms.switch import Switch
from segmind_studio.ui.theme.focus import FocusRing, shows_ring
from segmind_studio.ui.theme.theme import Theme, line_height


class Page:
    """Two buttons, a switch and a line, in a window that follows the keyboard."""

    def __init__(self, qtbot, app):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.first, self.second, self.switch = QPushButton("First"), QPushButton("Second"), Switch()
        self.line = QLineEdit()
        column = QVBoxLayout(self.window)
        for widget in (self.first, self.second, self.switch, self.line):
            column.addWidget(widget)
        self.ring = FocusRing(app, self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.handle = self.window.windowHandle()

    def click(self, widget):
        """Click on a widget as the system does: the window learns of it first."""
        QTest.mouseClick(
            self.handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
            widget.mapTo(self.window, QPoint(widget.width() // 2, widget.height() // 2)),
        )

    def press(self, key):
        QTest.keyClick(self.handle, key)


def focused():
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.fixture
def page(qtbot, qapp):
    return Page(qtbot, qapp)


def test_a_click_shows_no_ring_and_the_tab_key_does(page):
    page.click(page.first)
    assert page.first.hasFocus()
    assert not shows_ring(page.first)
    page.press(Qt.Key.Key_Tab)
    assert page.second.hasFocus()
    assert shows_ring(page.second)
    page.press(Qt.Key.Key_Tab)
    assert (shows_ring(page.second), shows_ring(page.switch)) == (False, True)
    page.click(page.first)
    assert not shows_ring(page.first)
    assert not page.switch.property("ring")


def test_a_key_shows_where_one_is_after_a_click_and_a_held_one_does_not(page):
    page.click(page.first)
    QTest.keyClick(page.handle, Qt.Key.Key_Shift)
    assert not shows_ring(page.first)
    page.press(Qt.Key.Key_Right)
    assert shows_ring(focused())


def test_a_painted_ring_is_seen_and_a_click_leaves_the_picture_as_it_was(page):
    page.click(page.second)
    before = page.switch.grab().toImage()
    page.press(Qt.Key.Key_Tab)
    assert page.switch.grab().toImage() != before
    page.click(page.second)
    assert page.switch.grab().toImage() == before


def test_a_widget_that_goes_with_its_ring_does_no_harm(page, qtbot):
    page.press(Qt.Key.Key_Tab)
    gone = focused()
    with qtbot.waitSignal(gone.destroyed):
        gone.deleteLater()
    page.press(Qt.Key.Key_Tab)
    assert shows_ring(focused())


def test_a_tab_keeps_its_width_when_it_is_chosen(qtbot, qapp):
    before, font = qapp.styleSheet(), QFont(qapp.font())
    theme = Theme(qapp)
    theme.apply("light")
    tabs = QTabBar()
    qtbot.addWidget(tabs)
    for word in ("Overview", "Settings", "Files"):
        tabs.addTab(word)
    tabs.show()
    widths = set()
    for place in range(3):
        tabs.setCurrentIndex(place)
        widths.add(tuple(tabs.tabRect(number).width() for number in range(3)))
    theme.setParent(None)
    theme.deleteLater()
    qapp.setStyleSheet(before)
    qapp.setFont(font)
    assert len(widths) == 1


@pytest.mark.parametrize("points", [9.0, 10.0, 12.0, 18.0])
def test_a_line_has_room_for_any_script(qapp, points):
    font = QFont(qapp.font())
    font.setPointSizeF(points)
    needed = QFontMetrics(font).size(Qt.TextFlag.TextSingleLine, "漢字かな한국어").height()
    assert line_height(font) >= needed
    assert line_height(font) >= QFontMetrics(font).height()
