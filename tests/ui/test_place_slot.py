"""A place that is built when it is first needed, and the work that waits until nothing else is to be done."""

import threading
import time

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.settings import Settings
from segmind_studio.late import late
from segmind_studio.ui.idle_steps import IdleSteps
from segmind_studio.ui.place import Place, PlaceSlot
from tests.fakes.run_services import FakeSettings
from tests.fakes.shell_services import PlainPlace, Shell
from tests.fakes.typed import keep, known, the


class Slotted:
    """A slot with two actions, and what was done for them."""

    def __init__(self, qtbot):
        self.done, self.builds = [], 0
        self.slot = PlaceSlot("data", "Data", "images", self.build)
        qtbot.addWidget(self.slot)
        self.plain, self.switch = QAction("Do it", self.slot), QAction("Show it", self.slot)
        self.switch.setCheckable(True)
        self.slot.offer((("edit", self.plain), ("view", self.switch)))

    def build(self) -> Place:
        self.builds += 1
        self.plain.triggered.connect(lambda: self.done.append("plain"))
        self.switch.toggled.connect(self.done.append)
        return PlainPlace("data", "Data", "images", "edit")


def test_nothing_is_built_before_it_is_needed(qtbot):
    slotted = Slotted(qtbot)
    assert (slotted.builds, slotted.slot.is_built) == (0, False)
    place = the(PlainPlace, slotted.slot.place())
    assert slotted.slot.place() is place
    slotted.slot.activated()
    assert (slotted.builds, place.activations, place.parentWidget()) == (1, 1, slotted.slot)


def test_an_action_of_a_place_that_is_not_built_is_done_once(qtbot):
    slotted = Slotted(qtbot)
    slotted.plain.trigger()
    assert (slotted.builds, slotted.done) == (1, ["plain"])
    slotted.plain.trigger()
    assert (slotted.builds, slotted.done) == (1, ["plain", "plain"])


def test_a_switch_of_a_place_that_is_not_built_is_followed_once(qtbot):
    slotted = Slotted(qtbot)
    slotted.switch.trigger()
    assert (slotted.builds, slotted.switch.isChecked(), slotted.done) == (1, True, [True])
    slotted.switch.trigger()
    assert (slotted.switch.isChecked(), slotted.done) == (False, [True, False])


def test_actions_that_are_offered_while_it_is_built_are_not_done_twice(qtbot):
    done = []

    def build() -> Place:
        action.triggered.connect(lambda: done.append(1))
        slot.offer((("edit", action),))
        return PlainPlace("data", "Data", "images", "edit")

    slot = PlaceSlot("data", "Data", "images", build)
    qtbot.addWidget(slot)
    action = QAction("Do it", slot)
    slot.place()
    action.trigger()
    assert done == [1]


class InPieces(Place):
    """Connects one action in its first piece, and another in its second."""

    def __init__(self, first, second, done):
        super().__init__()
        self._rest = self.make(first, second, done)

    def make(self, first, second, done):
        first.triggered.connect(lambda: done.append("first"))
        yield
        second.triggered.connect(lambda: done.append("second"))
        yield
        done.append("complete")


@pytest.mark.parametrize("name", ["first", "second"])
def test_an_action_is_done_once_by_a_place_that_is_half_built_and_the_rest_of_it_comes_first(qtbot, name):
    done = []
    slot = PlaceSlot("data", "Data", "images", lambda: InPieces(first, second, done))
    qtbot.addWidget(slot)
    first, second = QAction("First", slot), QAction("Second", slot)
    slot.offer((("edit", first), ("edit", second)))
    pieces = slot.prepare_in_pieces()
    for _turn in range(2):
        next(pieces)
    assert not slot.is_built
    {"first": first, "second": second}[name].trigger()
    assert (done, slot.is_built) == (["complete", name], True)
    first.trigger()
    assert done == ["complete", name, "first"]
    assert list(pieces) == [None]  # the step that had begun ends as usual: with the preparation


class Split(Place):
    def __init__(self):
        super().__init__()
        self.splitter = QSplitter()
        self.splitter.setObjectName("runs.splitter")
        for _ in range(2):
            self.splitter.addWidget(QWidget())
        QVBoxLayout(self).addWidget(self.splitter)


def test_what_was_kept_of_a_place_comes_back_whenever_it_is_built(qtbot):
    settings = FakeSettings(Settings(place="start"))

    def window():
        shell = Shell(settings)
        slot = PlaceSlot("runs", "Runs", "activity", Split)
        window = shell.open((*shell.places[:1], slot))
        qtbot.addWidget(window)
        keep(window, shell)
        window.resize(1000, 700)
        window.show()
        return window, slot

    first, slot = window()
    assert not slot.is_built
    first.show_place("runs")
    splitter = the(Split, slot.place()).splitter
    splitter.setSizes([100, 800])
    sizes = splitter.sizes()
    first.close()
    settings.update(place="start")
    unseen, _slot = window()
    unseen.close()  # it keeps what it has never built
    settings.update(place="start")
    again, slot = window()
    again.show_place("runs")
    qtbot.waitUntil(lambda: the(Split, slot.place()).splitter.sizes() == sizes)


def test_steps_are_done_in_order_and_none_before_the_events_that_wait(qtbot):
    done = []
    steps = IdleSteps([lambda number=number: done.append(number) for number in range(3)])
    assert done == []
    steps.start()
    assert done == []
    qtbot.waitUntil(lambda: done == [0, 1, 2])


def test_a_step_may_be_done_in_pieces_between_events(qtbot):
    done = []

    def pieces():
        for letter in "ab":
            QTimer.singleShot(0, lambda letter=letter: done.append(f"event {letter}"))
            yield done.append(letter)

    steps = IdleSteps([pieces, lambda: done.append("last")])
    steps.start()
    qtbot.waitUntil(lambda: done[-1:] == ["last"])
    assert done.index("event a") < done.index("b")


class Works(QObject):
    """Work for a while in answer to an event, as a window that is laid out and painted does."""

    def __init__(self, *, on_and_on: bool) -> None:
        super().__init__()
        self.on_and_on = on_and_on
        self.worked = False  # in this turn of the event loop
        known(QAbstractEventDispatcher.instance()).aboutToBlock.connect(self._begin_turn)

    @Slot()
    def _begin_turn(self) -> None:
        self.worked = False

    def ask(self) -> None:
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    @override
    def customEvent(self, event: QEvent) -> None:
        end = time.perf_counter() + 0.01
        while time.perf_counter() < end:
            pass
        self.worked = True
        if self.on_and_on:
            self.ask()


def test_a_turn_that_has_worked_gets_no_step_as_well(qtbot):
    works, found = Works(on_and_on=False), []

    def step():
        found.append(works.worked)
        works.ask()

    steps = IdleSteps([step] * 4)
    steps.start()
    qtbot.waitUntil(lambda: len(found) == 4)
    assert found == [False] * 4


def test_the_steps_are_done_although_every_turn_works(qtbot):
    works, found = Works(on_and_on=True), []
    steps = IdleSteps([lambda: found.append(works.worked)] * 4)
    works.ask()
    steps.start()
    qtbot.waitUntil(lambda: len(found) == 4)
    works.on_and_on = False


def test_a_stand_in_makes_its_object_once_when_it_is_used():
    made = []

    def make():
        made.append(1)
        return {"a": 1}

    stand_in = late(make)
    assert made == []
    threads = [threading.Thread(target=lambda: stand_in.get("a")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, stand_in.get("a")) == ([1], 1)
