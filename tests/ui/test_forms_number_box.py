"""The number box: takes anything, shows numbers in full, never changes by the wheel."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segmind_studio.core.fields import FIELD_BY_KEY, Kind
from segmind_studio.ui.forms.numbers import NumberBox, number_value_text, read_number
from tests.fakes.hosting import hosted

ITERATIONS = FIELD_BY_KEY["iterations"]
RATE = FIELD_BY_KEY["learning_rate"]


@pytest.fixture
def box(qtbot):
    return make(qtbot, ITERATIONS)


@pytest.fixture
def rate(qtbot):
    return make(qtbot, RATE)


class HeardBox(NumberBox):
    """A box with the list of what it tells."""

    def __init__(self, field):
        super().__init__(field)
        self.heard = []


def make(qtbot, field):
    made = HeardBox(field)
    made.show_value(field.default)
    hosted(qtbot, made, 200, 40)
    made.edited.connect(made.heard.append)
    return made


def type_over(box, text):
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, text)


@pytest.mark.parametrize(("text", "kind", "value"), [
    ("300", Kind.INT, 300), (" 300 ", Kind.INT, 300), ("-5", Kind.INT, -5), ("+7", Kind.INT, 7),
    ("300.0", Kind.INT, "300.0"), ("", Kind.INT, ""), ("many", Kind.INT, "many"), ("9" * 61, Kind.INT, "9" * 61),
    ("\u0663", Kind.INT, "\u0663"), ("0.00001", Kind.FLOAT, 0.00001),
    ("1e-5", Kind.FLOAT, 0.00001), ("0,5", Kind.FLOAT, 0.5),
    (".5", Kind.FLOAT, 0.5), ("5.", Kind.FLOAT, 5.0), ("1e999", Kind.FLOAT, "1e999"), ("nan", Kind.FLOAT, "nan"),
    ("1_0", Kind.FLOAT, "1_0"), ("-", Kind.FLOAT, "-"), ("1.2.3", Kind.FLOAT, "1.2.3"),
])
def test_what_is_typed_is_a_number_or_stays_a_text(text, kind, value):
    found = read_number(text, kind)
    assert (found, type(found)) == (value, type(value))


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_shown_number_reads_back_as_itself(value):
    assert float(number_value_text(value)) == value
    if len(number_value_text(value)) <= 60:
        assert read_number(number_value_text(value), Kind.FLOAT) == value


def test_small_numbers_are_shown_in_full(rate):
    assert rate.text() == "0.00001"
    assert rate.heard == []


def test_typing_tells_each_step(box):
    type_over(box, "120")
    assert box.heard == [1, 12, 120]


def test_numbers_beyond_the_limits_can_be_typed(box):
    type_over(box, "99999999999")
    assert box.heard[-1] == 99999999999
    assert ITERATIONS.problem(box.heard[-1])


def test_what_is_no_number_is_kept_as_it_is(box):
    type_over(box, "12x")
    assert box.heard[-1] == "12x"
    box.clearFocus()
    assert box.text() == "12x"


def test_nothing_at_all_is_kept_too(box):
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box, Qt.Key.Key_Delete)
    assert box.heard == [""]


def test_leaving_writes_the_number_in_full(rate, qtbot):
    rate.setFocus()
    qtbot.waitUntil(rate.hasFocus)
    type_over(rate, "2e-5")
    assert rate.text() == "2e-5"
    rate.clearFocus()
    assert rate.text() == "0.00002"
    assert rate.heard[-1] == 0.00002


def test_showing_a_value_is_not_an_edit(box):
    box.show_value(600)
    assert (box.text(), box.heard) == ("600", [])


def test_a_value_of_another_kind_is_shown_as_it_is(box):
    box.show_value("soon")
    assert box.text() == "soon"
    box.show_value(10**30)
    assert box.text() == "1" + "0" * 30


def test_screen_readers_set_the_text_and_are_heard(box):
    box.lineEdit().setText("150")
    assert box.heard == [150]
    assert box.property("value") == 150.0


@pytest.mark.parametrize(("start", "key", "end"), [
    (300, Qt.Key.Key_Up, 350), (300, Qt.Key.Key_Down, 250), (333, Qt.Key.Key_Up, 350), (333, Qt.Key.Key_Down, 300),
    (980, Qt.Key.Key_Up, 1000), (120, Qt.Key.Key_Down, 100), ("x", Qt.Key.Key_Up, 350),
    (300, Qt.Key.Key_PageUp, 800),
])
def test_arrows_go_to_multiples_of_the_step(box, start, key, end):
    box.show_value(start)
    QTest.keyClick(box, key)
    assert box.number() == end
    assert box.heard == [end]


def test_small_steps_do_not_drift(rate):
    for _ in range(7):
        rate.stepBy(1)
    assert rate.number() == 0.00008
    assert rate.text() == "0.00008"
    for _ in range(20):
        rate.stepBy(-1)
    assert rate.number() == 0.000001


@pytest.mark.parametrize("value", [1000, 5000])
def test_there_is_no_step_beyond_the_limit(box, value):
    box.show_value(value)
    assert box.stepEnabled() == NumberBox.StepEnabledFlag.StepDownEnabled


def test_the_wheel_is_left_to_the_page(box):
    box.setFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(box, event)
    assert not event.isAccepted()
    assert box.number() == 300


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(value=st.one_of(st.text(max_size=30), st.integers(-10**12, 10**12), st.floats(-1e6, 1e6)))
def test_any_value_can_be_shown_and_survives_leaving(box, value):
    box.show_value(value)
    box.clearFocus()
    assert (box.number(), type(box.number())) == (value, type(value))
