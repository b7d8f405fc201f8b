"""The command palette: every command of the menus, found by keys alone, and carried out where it belongs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QCursor, QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QMenu

from segmind_studio.texts import N_
from segmind_studio.ui.palette.carrying_out import PaletteRunner
from segmind_studio.ui.parts.buttons import ActionButton
from segmind_studio.ui.parts.needs import mark_paying, set_need
from tests.fakes.shell_services import FakePractice, Shell
from tests.fakes.typed import child, known


class Open:
    def __init__(self, qtbot):
        self.shell = Shell()
        self.window = self.shell.window
        self.runner = PaletteRunner(self.window)
        self.palette = self.runner.palette
        self.qtbot = qtbot
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def key(self, sequence):
        combination = QKeySequence(sequence)[0]  # pyright: ignore[reportIndexIssue]  # the stubs lack it
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def begin(self, typed=""):
        self.key("Ctrl+K")
        self.qtbot.waitUntil(self.palette.isVisible)
        if typed:
            QTest.keyClicks(known(QApplication.focusWidget()), typed)

    def choose(self):
        with self.qtbot.waitSignal(self.palette.chosen):
            self.key("Return")

    def titles(self):
        return [found.command.title for found in self.palette.found]

    def command(self, title):
        return next(found.command for found in self.palette.found if found.command.title == title)


@pytest.fixture
def person(qtbot):
    return Open(qtbot)


def test_every_command_of_the_menus_is_there_once_with_keys_and_place(person):
    person.window.set_practice(FakePractice())
    person.shell.places[1].command.setShortcut(QKeySequence("Ctrl+O"))
    person.begin()
    there = {
        action.text().replace("&", "") for menu in person.window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if action.text() and action.menu() is None and action.isVisible() and not action.isSeparator()
    }
    assert set(person.titles()) == there
    assert len(person.titles()) == len({id(found.command.action) for found in person.palette.found})
    assert (person.command("Do Data").keys, person.command("Do Data").where) == ("Ctrl+O", "Dataset · Data")
    assert person.command("Dark").where == "View → Appearance"
    assert person.command("Follow system").checked
    assert person.command("20 times as fast").where == "Practice → Speed"


def test_by_keys_alone_a_command_is_found_and_carried_out_in_its_place(person):
    done = QSignalSpy(person.shell.places[3].command.triggered)
    person.window.show_place("data")
    person.shell.places[1].text.setFocus()
    person.begin("dorun")
    assert person.palette.current.command.title == "Do Runs"
    person.choose()
    assert (done.count(), person.window.place, person.palette.isVisible()) == (1, "runs", False)


def test_it_opens_while_one_types_in_a_text_and_escape_leads_back_to_it(person):
    person.window.show_place("data")
    text = person.shell.places[1].text
    text.setPlainText("a caption")
    text.setFocus()
    person.begin("xx")
    assert person.titles() == []
    person.key("Escape")
    assert not person.palette.isVisible()
    line = QLineEdit("a name", person.shell.places[1])  # whose own Ctrl+K would delete on some systems
    line.show()
    line.setFocus()
    line.setCursorPosition(0)
    person.begin()
    person.key("Escape")
    assert (line.hasFocus(), line.text()) == (True, "a name")
    text.setFocus()
    assert (text.hasFocus(), text.toPlainText()) == (True, "a caption")


def test_up_down_and_tab_walk_round_and_the_focus_stays(person):
    person.begin("do")
    first = person.palette.current.command.title
    for key in ("Down", "Tab", "Up", "Shift+Backtab"):
        before = person.palette.current.command.title
        person.key(key)
        assert person.palette.current.command.title != before
    assert person.palette.current.command.title == first
    person.key("Up")
    assert person.palette.current is person.palette.found[-1]
    assert known(QApplication.focusWidget()).objectName() == "palette.field"


def test_a_resting_pointer_chooses_nothing_and_a_moved_one_does(person):
    person.begin("do")
    rows = child(person.palette, QListView, "palette.list")
    second, third = (rows.visualRect(rows.model().index(row, 0)).center() for row in (1, 2))
    QCursor.setPos(rows.viewport().mapToGlobal(second))
    person.qtbot.waitUntil(lambda: person.palette.current is person.palette.found[1])
    person.key("Up")
    person.key("Up")  # scrolls the list below the pointer
    QApplication.processEvents()
    assert person.palette.current is person.palette.found[-1]
    QCursor.setPos(rows.viewport().mapToGlobal(third))
    person.qtbot.waitUntil(lambda: person.palette.current is not person.palette.found[-1])


def test_what_is_not_possible_stands_at_the_end_and_says_why(person):
    command = person.shell.places[1].command
    set_need((command,), N_("Select one run."))
    command.setEnabled(False)
    done = QSignalSpy(command.triggered)
    person.begin("do da")
    person.key("Ctrl+A")
    QTest.keyClicks(known(QApplication.focusWidget()), "do")
    assert set(person.titles()[-3:]) == {"Do Data", "Undo", "Redo"}
    assert person.titles()[-3] == "Do Data"
    assert person.command("Do Data").need == "Not available now. Select one run."
    for _row in range(3):
        person.key("Up")
    person.key("Return")
    assert (person.palette.isVisible(), done.count()) == (True, 0)
    assert "Select one run." in known(QApplication.focusWidget()).accessibleDescription()


def test_a_hidden_command_is_listed_only_if_it_says_what_it_needs(person):
    hidden = person.shell.places[1].command
    hidden.setVisible(False)
    person.begin()
    assert "Do Data" not in person.titles()
    person.key("Escape")
    set_need((hidden,), N_("Select one run."))
    person.begin()
    assert not person.command("Do Data").enabled


def test_enter_never_pays_it_leads_to_the_button(person):
    place = person.shell.places[4]
    mark_paying((place.command,))
    button = ActionButton(place.command)
    place.layout().addWidget(button)
    done = QSignalSpy(place.command.triggered)
    person.begin("do try")
    assert person.command("Do Try").need == "Press Enter to go to its button."
    person.choose()
    person.qtbot.waitUntil(button.hasFocus)
    assert (done.count(), person.window.place) == (0, "try")


def test_the_speed_of_the_practice_service_is_chosen_from_here(person):
    control = FakePractice()
    person.window.set_practice(control)
    fast = next(a for a in person.window.menuBar().findChildren(QAction) if a.data() == 20.0)
    person.begin(fast.text())
    person.choose()
    assert control.speed == 20.0


def test_the_mouse_chooses_and_a_click_beside_it_closes(person):
    person.begin("do train")
    rows = person.palette.findChild(QListView)
    with person.qtbot.waitSignal(person.palette.chosen):
        spot = rows.visualRect(rows.model().index(0, 0)).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert person.window.place == "train"
    person.begin()
    QTest.mouseClick(person.palette, Qt.MouseButton.LeftButton, pos=QPoint(5, person.palette.height() - 5))
    assert not person.palette.isVisible()


def test_its_own_key_closes_it_and_so_does_another_place(person):
    person.begin()
    person.key("Ctrl+K")
    assert not person.palette.isVisible()
    person.begin()
    person.window.show_place("try")
    assert not person.palette.isVisible()


def test_it_stays_inside_a_small_window(person):
    person.window.resize(720, 480)
    person.begin()
    person.qtbot.waitUntil(lambda: person.palette.size() == person.window.contents.size())
    card = person.palette.findChild(QListView).parentWidget()
    assert person.palette.rect().contains(card.geometry())
    person.window.resize(1000, 700)
    person.qtbot.waitUntil(lambda: person.palette.size() == person.window.contents.size())
    assert abs(card.geometry().center().x() - person.palette.rect().center().x()) <= 1
