"""The Settings place as a whole, and its small sections."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton

from segmind_studio.core.accounts import KeptIn
from segmind_studio.core.practice import Fault
from segmind_studio.ui.parts import Question, ScrollPage
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.theme.tokens import DARK
from tests.fakes.run_services import FakeRuns, FakeSettings
from tests.fakes.shell_services import (
    ON_REAL,
    FakeAccounts,
    FakePractice,
    FakeSupport,
    FakeTheme,
    FakeWebhooks,
    make_settings_screen,
)
from tests.fakes.try_service import make_budget_service
from tests.fakes.typed import child

PATHS = {"Datasets and runs": "/data/studio", "Log": "/logs/studio.log"}


class Screen:
    def __init__(self, qtbot) -> None:
        self.accounts, self.settings, self.theme = FakeAccounts(), FakeSettings(), FakeTheme()
        self.webhooks, self.practice, self.support = FakeWebhooks(), FakePractice(), FakeSupport()
        self.budgets = make_budget_service(FakeRuns(), self.settings)
        self.widget = make_settings_screen(
            self.accounts, self.settings, self.theme, PATHS,
            webhooks=self.webhooks, budgets=self.budgets, support=self.support,
        )
        qtbot.addWidget(self.widget)
        self.widget.resize(1000, 600)
        self.widget.show()

    def find(self, kind, name):
        return child(self.widget, kind, f"settings.{name}")

    def contents(self):
        return [b for b in self.widget.findChildren(QPushButton) if b.property("kind") == "contents"]


@pytest.fixture
def screen(qtbot):
    return Screen(qtbot)


def test_the_tab_key_goes_from_the_contents_through_the_sections_from_the_top(screen):
    page, found = child(screen.widget, ScrollPage), []
    one = screen.widget.nextInFocusChain()
    while one is not screen.widget:
        if one is not page and one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible():
            inside = page.middle.isAncestorOf(one)
            found.append((inside, one.mapTo(screen.widget, one.rect().topLeft()).y() if not inside else next(
                section.y() for section in page.middle.findChildren(Section) if section.isAncestorOf(one)
            )))
        one = one.nextInFocusChain()
    assert found == sorted(found)
    assert sum(inside for inside, _y in found) > 10 < len(found)


def test_the_contents_name_and_reach_every_section(qtbot, screen):
    assert [button.text() for button in screen.contents()] == [
        "Accounts and keys", "Budget", "Checks and notifications", "Datasets", "Appearance",
        "Language", "Practice", "Webhook", "Receive webhooks", "Advanced",
    ]
    bar = child(screen.widget, ScrollPage).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    places = []
    for button in screen.contents():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        places.append(bar.value())
    assert places == sorted(places)
    assert len(set(places)) >= 5


def test_the_contents_mark_the_section_that_is_read(qtbot, screen):
    def marked():
        return [button.text() for button in screen.contents() if button.property("current")]

    bar = child(screen.widget, ScrollPage).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    assert marked() == ["Accounts and keys"]
    seen = []
    for value in range(0, bar.maximum(), 40):
        bar.setValue(value)
        seen += [name for name in marked() if name not in seen]
    bar.setValue(bar.maximum())
    assert marked() == ["Advanced"]
    names = [button.text() for button in screen.contents()]
    assert seen == [name for name in names if name in seen]
    assert len(seen) >= len(names) - 2
    for button in screen.contents():
        button.click()
        assert marked() == [button.text()]


def test_the_labels_of_all_sections_stand_in_one_column(qtbot, screen):
    rows = [layout for layout in screen.widget.findChildren(LabelledRows) if layout.rowCount() > 1]
    assert len(rows) >= 3
    assert len({layout.columnMinimumWidth(0) for layout in rows}) == 1
    assert all(layout.labels_width <= layout.columnMinimumWidth(0) for layout in rows)


def test_the_failure_drills_are_behind_one_switch_which_ends_them_all(screen):
    drills, slow = screen.find(QCheckBox, "drills"), screen.find(QCheckBox, "fault.slow")
    assert not drills.isEnabled()
    screen.widget.set_practice(screen.practice)
    assert not slow.isVisibleTo(screen.widget)
    drills.click()
    slow.click()
    assert (slow.isVisibleTo(screen.widget), screen.practice.on) == (True, {Fault.SLOW})
    drills.click()
    assert (slow.isVisibleTo(screen.widget), slow.isChecked(), screen.practice.on) == (False, False, set())
    screen.practice.on = {Fault.SLOW}
    screen.widget.activated()
    assert drills.isChecked()
    assert slow.isVisibleTo(screen.widget)


def test_a_narrow_window_leaves_the_contents_out_and_needs_no_sideways_scrolling(qtbot, screen):
    assert screen.contents()[0].isVisible()
    screen.widget.resize(740, 600)
    assert not screen.contents()[0].isVisible()
    bar = child(screen.widget, ScrollPage).horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)


@pytest.mark.parametrize("field", ["polling", "notifications", "strip_metadata"])
def test_a_switch_is_kept_and_followed(screen, field):
    box = screen.find(QCheckBox, field)
    assert box.isChecked()
    box.click()
    assert getattr(screen.settings.value, field) is False
    screen.settings.update(**{field: True})
    assert box.isChecked()
    assert box.accessibleDescription()


def test_the_appearance_is_applied_kept_and_followed(screen):
    box = screen.find(QComboBox, "appearance")
    assert box.currentText() == "Follow system"
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert screen.theme.applied == ["dark"]
    assert screen.settings.value.appearance == "dark"
    screen.settings.update(appearance="light")
    assert box.currentText() == "Light"
    names = screen.find(QCheckBox, "api_names")
    names.setChecked(True)
    assert screen.settings.value.api_names
    screen.settings.update(api_names=False)
    assert not names.isChecked()


def test_what_the_system_wants_now_is_said(screen):
    words = [label.text() for label in screen.widget.findChildren(QLabel)]
    assert "Light now." in words
    screen.theme.tones = DARK
    screen.theme.changed.emit(DARK)
    assert "Dark now." in [label.text() for label in screen.widget.findChildren(QLabel)]


def test_practice_can_be_changed_once_it_runs(screen):
    slow = screen.find(QCheckBox, "fault.slow")
    speed = screen.find(QComboBox, "practice_speed")
    assert (slow.isEnabled(), speed.isEnabled()) == (False, False)
    screen.widget.set_practice(screen.practice)
    slow.click()
    assert screen.practice.on == {Fault.SLOW}
    slow.click()
    assert screen.practice.on == set()
    speed.setCurrentIndex(2)
    speed.activated.emit(2)
    assert (screen.practice.speed, screen.settings.value.practice_speed) == (20.0, 20.0)


def test_one_fault_leaves_the_others_as_they_are(screen):
    screen.widget.set_practice(screen.practice)
    screen.practice.on = {Fault.RETIRED}  # turned on in the menu: this page still shows it off
    screen.find(QCheckBox, "fault.slow").click()
    assert screen.practice.on == {Fault.RETIRED, Fault.SLOW}


def test_a_fault_that_turned_itself_off_is_seen_at_the_next_look(screen):
    screen.widget.set_practice(screen.practice)
    lost = screen.find(QCheckBox, "fault.lost-answer")
    lost.click()
    screen.practice.on.clear()
    screen.widget.activated()
    assert not lost.isChecked()


def test_opening_it_looks_the_webhook_up(screen):
    screen.widget.activated()
    assert screen.webhooks.asked == [("refresh",)]


NAME = cast("bytes", "open")  # by its type it is bytes, and only a text is taken


class Opener(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_folders_are_shown_and_opened(screen):
    texts = [field.text() for field in screen.widget.findChildren(QLineEdit)]
    assert set(PATHS.values()) <= set(texts)
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, NAME)
    try:
        for button in screen.widget.findChildren(QPushButton):
            if button.text() == "Open folder":
                button.click()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert [Path(path) for path in opener.opened] == [Path("/data/studio"), Path("/logs")]


def test_the_log_is_opened(screen):
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, NAME)
    try:
        screen.find(QPushButton, "open_log").click()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert [Path(path) for path in opener.opened] == [Path("/logs/studio.log")]


def test_the_help_menus_command_leads_to_what_is_inside_the_bundle(qtbot, screen):
    ((menu, command),) = screen.widget.menu_actions()
    assert (menu, command.text()) == ("help", "Save a support bundle…")
    screen.widget.activateWindow()
    qtbot.waitUntil(screen.widget.isActiveWindow)
    with qtbot.waitSignal(screen.widget.go) as gone:
        command.trigger()
    assert gone.args == ["settings"]
    save = screen.find(QPushButton, "support")
    qtbot.waitUntil(lambda: not save.visibleRegion().isEmpty())
    assert save.hasFocus()
    assert "Names of files, folders, datasets, runs and accounts" in [
        label.text() for label in screen.widget.findChildren(QLabel) if label.isVisible()
    ]
    assert screen.support.asked == []


def test_the_key_field_is_one_step_away(qtbot, screen):
    screen.widget.activateWindow()
    qtbot.waitUntil(screen.widget.isActiveWindow)
    screen.contents()[-1].click()
    screen.widget.show_key_entry()
    assert screen.find(QLineEdit, "key").hasFocus()
    assert child(screen.widget, ScrollPage).verticalScrollBar().value() == 0


def test_every_control_has_a_name(screen):
    buddies = [label.buddy() for label in screen.widget.findChildren(QLabel)]
    for button in screen.widget.findChildren(QAbstractButton):
        inside_field = isinstance(button.parent(), QLineEdit) or button.objectName().startswith("qt_")
        assert button.accessibleName() or button.text() or inside_field or not button.isVisibleTo(screen.widget)
    for field in [*screen.widget.findChildren(QLineEdit), *screen.widget.findChildren(QComboBox)]:
        assert field in buddies or field.accessibleName()


def test_a_language_is_chosen_by_its_own_name_and_comes_with_a_restart(qtbot, screen):
    box, restart = screen.find(QComboBox, "language"), screen.find(QPushButton, "restart")
    assert not restart.isVisible()
    box.setCurrentIndex(box.findText("Deutsch"))
    assert screen.settings.value.language == "de"
    assert restart.isVisible()
    with qtbot.waitSignal(screen.widget.restart_wanted):
        restart.click()
    account = replace(ON_REAL.current, kept_in=KeptIn.SESSION)
    screen.accounts.become(replace(ON_REAL, current=account))  # its key would be gone
    with qtbot.assertNotEmitted(screen.widget.restart_wanted):
        restart.click()
    with qtbot.waitSignal(screen.widget.restart_wanted):
        child(screen.widget, Question).verb.click()
    box.setCurrentIndex(box.findData("en"))
    assert not restart.isVisible()
