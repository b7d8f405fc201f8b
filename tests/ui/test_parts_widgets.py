"""The shared widgets say what they are given, follow their actions, and fit into the room they have."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QAction, QEnterEvent, QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StudioError
from segmind_studio.ui.parts import (
    ActionButton,
    Banner,
    Chip,
    ElidedLabel,
    EmptyState,
    ErrorBanner,
    FlowLayout,
    IconLabel,
    Question,
    StatusChip,
    ToastHost,
)
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.layouts import LayoutFence
from segmind_studio.ui.parts.toast import Toast
from segmind_studio.ui.theme.icons import icon
from tests.fakes.typed import child


@pytest.fixture
def host(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    return host


def shown_texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


class LaidOut(QObject):
    """Notice that a widget lays out what is in it."""

    def __init__(self, widget):
        super().__init__(widget)
        self._times = 0
        self.again()
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched, event):
        self._times += event.type() is QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)

    def again(self):
        """Return whether it did since this was last asked."""
        for _turn in range(5):  # a layout asks for the next one
            QCoreApplication.sendPostedEvents()
        times, self._times = self._times, 0
        return times > 0


def test_a_button_follows_its_action(qtbot, host):
    action = QAction("&Open…", host)
    button = ActionButton(action, "primary", host)
    assert (button.text(), button.accessibleName(), button.property("kind")) == ("&Open…", "Open…", "primary")
    with qtbot.waitSignal(action.triggered):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    action.setText("Close")
    action.setEnabled(False)
    action.setToolTip("Shuts it")
    assert (button.text(), button.isEnabled(), button.toolTip()) == ("Close", False, "Shuts it")


def test_a_primary_button_keeps_the_icon_for_its_ground(host):
    action = QAction(icon("play"), "Start", host)
    button = PrimaryButton(action, "play", host)

    def drawn(shown):
        return shown.pixmap(16).toImage()

    for offered in (False, True):
        button.set_offered(offered=offered)
        assert drawn(button.icon()) == drawn(icon("play", "accent_text")) != drawn(action.icon())


def test_an_empty_state_has_two_ways_on_and_can_say_that_nothing_matches(qtbot):
    first, second = QAction("Add photos…"), QAction("Use the sample photos")
    state = EmptyState("images", "No photos yet", "Drop some.", first, second)
    qtbot.addWidget(state)
    state.resize(500, 400)
    state.show()
    assert shown_texts(state) == ["No photos yet", "Drop some."]
    with qtbot.waitSignal(second.triggered):
        qtbot.mouseClick(state.other_button, Qt.MouseButton.LeftButton)
    state.set_texts("search", "Nothing matches", "Clear the filter.")
    assert shown_texts(state) == ["Nothing matches", "Clear the filter."]
    assert child(state, IconLabel).icon_name == "search"


def test_the_sentence_of_an_empty_state_is_not_cut(qtbot):
    state = EmptyState("images", "No photos yet", "Drop photos, folders or zips anywhere in this window. " * 4)
    qtbot.addWidget(state)
    state.resize(600, 500)
    state.show()
    label = next(label for label in state.findChildren(QLabel) if label.text().startswith("Drop"))
    assert label.height() >= label.heightForWidth(label.width())


def test_a_banner_says_it_with_an_icon_and_offers_its_actions(qtbot, host):
    retry = QAction("Try again")
    banner = Banner(Severity.MUST, "It broke", "Badly.", (retry,), host)
    banner.show()
    assert shown_texts(banner) == ["It broke", "Badly."]
    assert (child(banner, IconLabel).icon_name, banner.property("tone")) == ("circle-x", "bad")
    with qtbot.waitSignal(retry.triggered):
        qtbot.mouseClick(child(banner, ActionButton), Qt.MouseButton.LeftButton)
    banner.set_message(Severity.SHOULD, "Look", "")
    banner.set_actions(())
    assert shown_texts(banner) == ["Look"]
    assert (child(banner, IconLabel).icon_name, banner.property("tone")) == ("triangle-alert", "warn")
    qtbot.waitUntil(lambda: banner.findChild(ActionButton) is None)


def test_a_closable_banner_tells_that_it_was_closed(qtbot, host):
    banner = Banner(Severity.INFO, "Notification", parent=host, closable=True)
    banner.show()
    with qtbot.waitSignal(banner.closed):
        qtbot.mouseClick(child(banner, QToolButton), Qt.MouseButton.LeftButton)
    assert banner.isHidden()


def test_text_of_a_service_is_never_markup(host):
    banner = Banner(Severity.MUST, "<b>x</b>", "<img src='http://elsewhere/'>", (), host)
    banner.show()
    written = [label for label in banner.findChildren(QLabel) if label.text()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in written)


def test_an_error_is_shown_with_its_advice_and_the_rest_folded_away(host):
    banner = ErrorBanner(host)
    assert banner.isHidden()
    error = ApiError(ApiProblem.SERVER, "The service is broken.", "Try again later.", "<html>500</html>")
    banner.show_error(error)
    assert banner.error is error
    assert shown_texts(banner) == ["The service is broken.", "Try again later."]
    unfold = next(b for b in banner.findChildren(QPushButton) if b.isCheckable())
    detail = next(w for w in banner.findChildren(QPlainTextEdit) if w.property("role") == "mono")
    assert (unfold.isVisible(), detail.isVisible()) == (True, False)
    unfold.click()
    assert detail.isVisible()
    assert detail.toPlainText() == "<html>500</html>"


def test_an_error_without_detail_has_nothing_to_unfold(host):
    banner = ErrorBanner(host)
    banner.show_error(StudioError("No.", "Do this."))
    assert not next(b for b in banner.findChildren(QPushButton) if b.isCheckable()).isVisible()


def test_a_cancelled_work_is_shown_to_nobody(host):
    banner = ErrorBanner(host)
    banner.show_error(CancelledError())
    assert banner.isHidden()


def test_the_diagnosis_can_be_copied(qtbot, host):
    banner = ErrorBanner(host)
    banner.show_error(ApiError(ApiProblem.RATE_LIMITED, "Too many.", "Wait.", "429"))
    copy = next(b for b in banner.findChildren(ActionButton) if b.text() == "Copy error details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    for part in ("Too many.", "Wait.", "429", "ApiError rate_limited", "Segmind Studio"):
        assert part in text
    banner.clear()
    assert (banner.isHidden(), banner.diagnosis()) == (True, "")


def test_a_chip_counts(qtbot):
    chip = Chip("No caption", True)
    qtbot.addWidget(chip)
    chip.set_count(4)
    assert (chip.text(), chip.accessibleName(), chip.isCheckable()) == ("No caption  4", "No caption, 4", True)
    chip.set_count(None)
    assert (chip.text(), chip.accessibleName()) == ("No caption", "No caption")


def test_a_status_is_an_icon_and_a_word(qtbot):
    chip = StatusChip("circle-check", "Ready", "good")
    qtbot.addWidget(chip)
    chip.set_status("octagon-x", "Failed", "bad")
    assert (chip.text, chip.property("tone")) == ("Failed", "bad")
    assert child(chip, IconLabel).icon_name == "octagon-x"


def test_a_muted_status_has_the_plain_ground(qtbot):
    chip = StatusChip("unlink", "Gone", "muted")
    qtbot.addWidget(chip)
    assert chip.property("tone") == "plain"


def test_a_label_that_is_too_narrow_tells_the_whole_in_its_tooltip(qtbot):
    label = ElidedLabel("a rather long name of a dataset")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == "a rather long name of a dataset"
    label.resize(600, 20)
    assert not label.toolTip()


def test_a_flow_starts_a_new_line_where_one_is_full(host):
    flow = FlowLayout(host, spacing=10)
    boxes = []
    for _ in range(5):
        box = QLabel(host)
        box.setFixedSize(100, 30)
        flow.addWidget(box)
        box.show()
        boxes.append(box)
    assert flow.heightForWidth(540) == 30
    assert flow.heightForWidth(539) == 70
    assert flow.heightForWidth(100) == 5 * 30 + 4 * 10
    host.resize(220, 400)
    flow.activate()
    assert [(box.x(), box.y()) for box in boxes] == [(0, 0), (110, 0), (0, 40), (110, 40), (0, 80)]


def test_what_is_around_a_fence_is_laid_out_only_when_the_smallest_size_within_changes(host):
    inner, label = QWidget(), ElidedLabel("12 runs")
    QVBoxLayout(inner).addWidget(label)
    fence = LayoutFence(inner)
    QVBoxLayout(host).addWidget(fence)
    laid_out = LaidOut(host)
    label.setText("13 runs")
    assert not laid_out.again()
    wide = host.width() + 100
    label.setMinimumWidth(wide)
    assert laid_out.again()
    assert host.width() > fence.width() == inner.width() > wide


def test_an_action_that_is_disabled_does_not_lay_out_what_is_around_its_button(host):
    action = QAction(icon("play"), "Start", host)
    button = ActionButton(action, "", host)
    QVBoxLayout(host).addWidget(button)
    laid_out = LaidOut(host)
    action.setEnabled(False)
    assert not laid_out.again()
    action.setIcon(icon("x"))
    assert button.icon().cacheKey() == action.icon().cacheKey()


def test_a_flow_knows_the_new_size_of_a_widget_that_was_put_in_again(host):
    flow = FlowLayout(host, spacing=10)
    box = QLabel("one", host)
    flow.addWidget(box)
    box.show()
    before = flow.heightForWidth(300)
    assert before == box.sizeHint().height()
    flow.removeWidget(box)
    flow.addWidget(box)
    box.setText("one\ntwo\nthree")
    assert flow.heightForWidth(300) == box.sizeHint().height() > before


def test_toasts_stand_inside_at_the_lower_edge_three_at_most(host):
    toasts = ToastHost(host)
    for number in range(5):
        toasts.show_toast(f"News {number}")
    assert toasts.texts == ("News 2", "News 3", "News 4")
    assert host.rect().contains(toasts.geometry())
    assert toasts.geometry().bottom() > host.height() - 40
    host.resize(500, 300)
    assert host.rect().contains(toasts.geometry())
    above = ToastHost(host, foot=lambda: 100)
    above.show_toast("News")
    assert above.geometry().bottom() < host.height() - 100


def test_a_toast_has_one_thing_to_do_and_then_goes(qtbot, host):
    toasts = ToastHost(host)
    undo = QAction("Undo", host)
    toasts.show_toast("Excluded 3 photos", undo)
    with qtbot.waitSignal(undo.triggered):
        qtbot.mouseClick(child(toasts, ActionButton), Qt.MouseButton.LeftButton)
    assert toasts.texts == ()
    assert toasts.isHidden()


def test_a_toast_can_be_closed(qtbot, host):
    toasts = ToastHost(host)
    toasts.show_toast("One")
    toasts.show_toast("Two")
    qtbot.mouseClick(toasts.findChildren(QToolButton)[0], Qt.MouseButton.LeftButton)
    assert toasts.texts == ("Two",)


def test_a_toast_goes_by_itself_but_not_under_the_pointer(host):
    toasts = ToastHost(host)
    toasts.show_toast("Saved")
    toast = child(toasts, Toast)
    clock = toast._clock
    inside = QPointF(5, 5)
    toast.enterEvent(QEnterEvent(inside, inside, inside))
    assert not clock.isActive()
    toast.leaveEvent(QEvent(QEvent.Type.Leave))
    assert clock.isActive()
    clock.timeout.emit()
    assert toasts.texts == ()


def test_a_question_goes_back_by_default_and_tells_the_verb_once(qtbot, host):
    question = Question(host, title="Remove it?", text="It is gone then.", verb="Remove", subject="a1")
    told = QSignalSpy(question.confirmed)
    question.open()
    assert question.back.isDefault()
    qtbot.keyClick(question, Qt.Key.Key_Return)
    assert (question.isVisible(), told.count()) == (False, 0)


def test_a_question_tells_whom_it_was_about(qtbot, host):
    question = Question(host, title="Remove it?", text="It is gone then.", verb="Remove", subject="a1")
    question.open()
    with qtbot.waitSignal(question.confirmed) as told:
        qtbot.mouseClick(question.verb, Qt.MouseButton.LeftButton)
    assert told.args == ["a1"]
