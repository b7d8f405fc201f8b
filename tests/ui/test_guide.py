"""The tour inside the window: four bubbles over the real controls, by keys, once, and again from the menu."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.help.bubble import arrow, beside
from segmind_studio.ui.help.desk import HelpDesk
from segmind_studio.ui.help.guide import STEPS
from segmind_studio.ui.theme.theme import Theme
from tests.fakes.run_services import FakeSettings
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, Shell
from tests.fakes.typed import as_service, child, known, the


class Person:
    """A window whose places have the controls that the bubbles point at, but for the last one."""

    def __init__(self, qtbot, qapp, tmp_path, value=None, *, asks=True):
        self.shell = Shell(FakeSettings(value or Settings()))
        self.window, self.settings = self.shell.window, self.shell.settings
        self.qtbot = qtbot
        self.pressed = []
        for step in STEPS[:-1]:
            place = next(place for place in self.shell.places if place.place_id == step.place)
            button = QPushButton(step.control, place)
            button.setObjectName(step.control)
            button.clicked.connect(lambda _on, name=step.control: self.pressed.append(name))
            the(QVBoxLayout, place.layout()).addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        self.tasks = TaskRunner()
        self.desk = HelpDesk(
            self.window, settings=as_service(SettingsService, self.settings),
            accounts=as_service(AccountService, self.shell.accounts), tasks=self.tasks, theme=Theme(qapp),
            paths={}, log=tmp_path / "studio.log", asks=asks,
        )
        self.guide = self.desk.guide
        qtbot.addWidget(self.window)
        self.window.resize(1000, 700)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.desk.begin()

    def begin(self):
        self.window.commands.guide.trigger()
        self.qtbot.waitUntil(self.guide.bubble.isVisible)

    def key(self, key):
        QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def place(self):
        return self.guide.step.place if self.guide.step else None

    def control(self, name):
        found = child(self.window, QWidget, name)
        return QRect(found.mapTo(self.window.contents, QPoint(0, 0)), found.size())

    def points_at(self, name):
        return self.guide.layer.ring.contains(self.control(name)) and \
            not self.guide.bubble.geometry().intersects(self.control(name)) and \
            self.window.contents.rect().contains(self.guide.bubble.geometry())


@pytest.fixture
def make(qtbot, qapp, tmp_path):
    made = []

    def build(*arguments, **named):
        made.append(Person(qtbot, qapp, tmp_path, *arguments, **named))
        return made[-1]

    yield build
    for person in made:
        person.tasks.stop()


# -- the bubbles


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_by_keys_alone_it_leads_through_the_four_places_and_back(qtbot, make, key):
    person = make()
    person.window.show_place("settings")
    person.begin()
    seen = []
    for step in STEPS:
        seen.append((person.place(), person.window.place))
        qtbot.waitUntil(lambda step=step: person.points_at(
            step.control if step is not STEPS[-1] else f"rail.{step.place}",
        ))
        assert QApplication.focusWidget() is person.guide.bubble.next_button
        person.key(key)
    assert seen == [(name, name) for name in ("data", "train", "runs", "try")]
    assert (person.place(), person.window.place) == (None, "settings")
    assert not person.guide.bubble.isVisible()
    assert not person.guide.layer.isVisible()
    assert person.settings.value.guide_done


def test_arrow_keys_and_back_step_and_escape_skips(make):
    person = make()
    person.window.show_place("data")
    person.begin()
    assert not person.guide.bubble.back_button.isVisible()
    person.key(Qt.Key.Key_Left)
    assert person.place() == "data"
    person.key(Qt.Key.Key_Right)
    person.key(Qt.Key.Key_Right)
    assert person.place() == "runs"
    person.guide.bubble.back_button.click()
    assert person.place() == "train"
    person.key(Qt.Key.Key_Left)
    assert person.place() == "data"
    person.key(Qt.Key.Key_Escape)
    assert (person.place(), person.settings.value.guide_done) == (None, True)
    data = next(place for place in person.shell.places if place.place_id == "data")
    assert data.isAncestorOf(known(QApplication.focusWidget()))


def test_escape_skips_wherever_the_focus_is_unless_something_uses_it(make):
    person = make()
    person.begin()
    person.shell.places[1].text.setFocus()
    person.key(Qt.Key.Key_Escape)
    assert person.place() is None
    person.key(Qt.Key.Key_Escape)  # nothing is left behind in the window


def test_it_does_not_catch_the_pointer_outside_of_the_bubble(qtbot, make):
    person = make()
    person.begin()
    button = person.window.findChild(QPushButton, "data.add")
    spot = button.mapTo(person.window, button.rect().center())
    qtbot.waitUntil(lambda: person.points_at("data.add"))
    assert person.window.childAt(spot) is button  # under the ring
    bubble = person.guide.bubble.geometry()
    for edge in (QPoint(bubble.left() - 3, bubble.center().y()), QPoint(bubble.center().x(), bubble.bottom() + 4)):
        under = person.window.contents.childAt(edge)
        assert under is None or not person.guide.bubble.isAncestorOf(under)
        assert under is not person.guide.layer
    QTest.mouseClick(person.window.windowHandle(), Qt.MouseButton.LeftButton, pos=spot)
    assert person.pressed == ["data.add"]
    assert person.place() == "data"


def press(person, spot):
    QTest.mouseClick(person.window.windowHandle(), Qt.MouseButton.LeftButton, pos=spot)


def test_it_makes_room_for_who_works_and_goes_on_at_the_next_place(qtbot, make):
    person = make()
    person.begin()
    shown = person.guide.bubble.isVisible
    qtbot.waitUntil(lambda: person.points_at("data.add"))
    press(person, person.guide.bubble.mapTo(person.window, QPoint(8, 8)))
    assert shown()
    press(person, person.control("data.add").center() + person.window.contents.pos())
    assert (shown(), person.guide.layer.isVisible(), person.place()) == (False, False, "data")
    person.window.show_place("train")
    assert (shown(), person.place()) == (True, "train")
    person.window.show_place("settings")
    assert not shown()
    person.window.show_place("train")
    assert shown()
    person.window.show_place("try")
    press(person, QPoint(person.window.width() // 2, person.window.height() // 2))
    assert (person.place(), person.window.place, shown()) == (None, "try", False)
    assert person.settings.value.guide_done


def test_it_follows_its_control_when_the_window_is_resized(qtbot, make):
    person = make()
    person.begin()
    qtbot.waitUntil(lambda: person.points_at("data.add"))
    before = person.guide.bubble.geometry()
    for size in (QSize(1300, 820), QSize(720, 480)):
        person.window.resize(size)
        qtbot.waitUntil(lambda: person.points_at("data.add"))
    assert person.guide.bubble.geometry() != before


def test_a_control_that_goes_is_stood_in_for_by_the_rail(qtbot, make):
    person = make()
    person.begin()
    button = person.window.findChild(QPushButton, "data.add")
    button.hide()
    qtbot.waitUntil(lambda: person.points_at("rail.data"))


def test_it_goes_along_when_the_user_goes_to_another_place(make):
    person = make()
    person.begin()
    person.window.show_place("runs")
    assert (person.place(), person.window.place) == ("runs", "runs")
    person.window.show_place("settings")
    assert (person.place(), person.window.place) == ("runs", "settings")


def test_a_screen_reader_gets_what_it_says(make):
    person = make()
    person.begin()
    bubble = person.guide.bubble
    assert bubble.accessibleName() == "Start with your photos"
    assert bubble.accessibleDescription().startswith("1 of 4, Start with your photos, Add photos here")
    assert [button.text() for button in bubble.findChildren(QPushButton) if button.isVisible()] == \
        ["Skip", "Next"]
    person.guide.bubble.skip_button.click()
    assert person.place() is None


@pytest.mark.parametrize("control", [
    QRect(0, 0, 80, 60), QRect(900, 10, 90, 30), QRect(400, 660, 200, 30), QRect(450, 300, 60, 30),
    QRect(10, 300, 980, 60), QRect(0, 0, 1000, 700),
])
def test_a_bubble_stays_inside_and_beside_its_control(control):
    room = QRect(0, 0, 1000, 700)
    bubble = beside(control, QSize(320, 180), room)
    assert room.contains(bubble)
    if control.height() < 700:
        assert not bubble.intersects(control)
        assert arrow(control, bubble).boundingRect().toRect().adjusted(-2, -2, 2, 2).intersects(control)


# -- the first start


def test_it_starts_by_itself_once_practice_was_chosen(qtbot, make):
    person = make()
    assert person.place() is None
    person.settings.update(first_choice="practice")
    qtbot.waitUntil(lambda: person.place() == "data")
    person.key(Qt.Key.Key_Escape)
    person.settings.update(polling=False)
    person.shell.accounts.become(ON_REAL)
    QTest.qWait(0)
    assert person.place() is None
    person.begin()  # from the menu it comes again
    assert person.place() == "data"


def test_after_a_key_was_chosen_it_waits_for_the_connection(qtbot, make):
    person = make()
    person.settings.update(first_choice="key")
    person.shell.accounts.become(ON_PRACTICE)
    QTest.qWait(0)
    assert person.place() is None
    person.shell.accounts.become(ON_REAL)
    qtbot.waitUntil(lambda: person.place() == "data")


def test_an_app_that_was_closed_meanwhile_goes_on_with_it(qtbot, make):
    person = make(Settings(first_choice="practice"))
    qtbot.waitUntil(lambda: person.place() == "data")


@pytest.mark.parametrize(("value", "asks"), [
    (Settings(first_choice="practice", guide_done=True), True), (Settings(first_choice="later"), True),
    (Settings(first_choice="practice"), False), (Settings(), True),
])
def test_it_does_not_start_by_itself_otherwise(make, value, asks):
    person = make(value, asks=asks)
    person.settings.update(polling=False)
    QTest.qWait(0)
    assert person.place() is None
