"""What screen readers get beyond Qt's own: announcements, scroll areas that do not end the process, spin boxes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QTableView,
    QTextBrowser,
    QTreeWidget,
    QWidget,
)

from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.forms.numbers import NumberBox
from segmind_studio.ui.parts import Banner, ToastHost
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.parts.search_field import SearchField
from tests.fakes.hosting import hosted

pytestmark = pytest.mark.qt_log_ignore("QAccessible", "This plugin does not support")


@pytest.fixture
def said(monkeypatch):
    """Collect what is announced, as if a screen reader were there."""
    events = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: events.append(
        (event.message(), event.politeness() is QAccessible.AnnouncementPoliteness.Assertive)
    ))
    return events


def interface(widget):
    return QAccessible.queryAccessibleInterface(widget)


# -- scroll areas


@pytest.mark.parametrize("make", [
    ScrollArea, QPlainTextEdit, QTextBrowser, QListView, QTableView, QTreeWidget, QComboBox, QLineEdit,
])
def test_a_child_that_is_not_there_ends_nothing(qtbot, make):
    widget = hosted(qtbot, make())
    if isinstance(widget, (QListView, QTableView)):
        widget.setModel(QStandardItemModel(3, 2, widget))
    guard_scroll_areas(widget)
    if isinstance(widget, QComboBox):
        widget.addItems(["a", "b"])
        widget.showPopup()
    for part in (widget, *widget.findChildren(QWidget)):
        found = interface(part)
        count = found.childCount()
        for child in (found.child(99), found.child(count + 9)):
            assert child is None or not child.isValid()


def test_scroll_bars_stay_in_the_list_of_children(qtbot):
    area = hosted(qtbot, ScrollArea(), 200, 200)
    inside = QWidget()
    inside.setFixedSize(100, 100)
    area.setWidget(inside)
    found = interface(area)
    children = [found.child(place).object() for place in range(found.childCount())]
    for height in (900, 100):
        inside.setFixedHeight(height)
        qtbot.waitUntil(lambda height=height: area.verticalScrollBar().isVisible() is (height == 900))
        assert [found.child(place).object() for place in range(found.childCount())] == children
    assert [found.indexOfChild(found.child(place)) for place in range(len(children))] == [0, 1, 2]
    assert found.child(0).parent().object() is area


# -- spin boxes and fields


@pytest.mark.parametrize(("key", "start", "set_to", "stepped"), [
    ("iterations", 300, 450, [450, 500, 450]), ("learning_rate", 0.0001, 0.0002, [0.0002, 0.00021, 0.0002]),
])
def test_a_number_is_set_and_stepped(qtbot, key, start, set_to, stepped):
    box = hosted(qtbot, NumberBox(FIELD_BY_KEY[key]))
    box.show_value(start)
    heard = []
    box.edited.connect(heard.append)
    found = interface(box)
    value, actions = found.valueInterface(), found.actionInterface()
    assert (value.currentValue(), value.minimumStepSize()) == (start, FIELD_BY_KEY[key].step)
    assert (value.minimumValue(), value.maximumValue()) == (FIELD_BY_KEY[key].minimum, FIELD_BY_KEY[key].maximum)
    value.setCurrentValue(set_to)
    actions.doAction("Increase")
    actions.doAction("Decrease")
    assert heard == pytest.approx(stepped)
    assert [type(number) for number in heard] == [type(start)] * 3
    found.editableTextInterface().replaceText(0, found.textInterface().characterCount(), "777")
    assert heard[-1] == 777
    assert box.number() == 777


def test_a_disabled_number_is_not_changed(qtbot):
    box = hosted(qtbot, NumberBox(FIELD_BY_KEY["iterations"]))
    box.show_value(300)
    box.setEnabled(False)
    interface(box).valueInterface().setCurrentValue(400)
    interface(box).actionInterface().doAction("Increase")
    assert box.number() == 300


def test_the_buttons_inside_of_a_search_have_names(qtbot):
    field = hosted(qtbot, SearchField("Find photos"))
    names = [interface(button).text(QAccessible.Text.Name) for button in field.findChildren(QAbstractButton)]
    assert len(names) == 2
    assert all(names)
    assert len(set(names)) == 2
    interface(field).setText(QAccessible.Text.Value, "cat")
    empty = next(button for button in field.findChildren(QAbstractButton) if button.isVisible())
    interface(empty).actionInterface().doAction("Press")
    assert (field.text(), empty.isVisible()) == ("", False)


# -- announcements


def test_a_toast_is_announced(qtbot, said):
    host = hosted(qtbot, QWidget())
    ToastHost(host).show_toast("3 photos excluded.")
    assert said == [("3 photos excluded.", False)]


def test_a_banner_is_announced_once_while_it_says_the_same(qtbot, said):
    page = hosted(qtbot, QWidget())
    banner = Banner(Severity.MUST, "It failed.", "Try again.", parent=page)
    banner.show()
    page.hide()
    page.show()
    assert said == [("It failed. Try again.", True)]
    banner.set_message(Severity.INFO, "It works.")
    banner.hide()
    banner.show()
    assert said[1:] == [("It works.", False), ("It works.", False)]


def test_what_is_not_seen_is_not_announced(qtbot, said):
    page = hosted(qtbot, QWidget())
    page.hide()
    banner = Banner(Severity.INFO, "Notification", parent=page)
    banner.show()
    assert said == []
    assert banner.focusPolicy() is Qt.FocusPolicy.NoFocus
