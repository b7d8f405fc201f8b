"""The webhook in the settings: one, asked for once, replaced only after a question."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget, QToolButton

from segmind_studio.core.errors import StudioError
from segmind_studio.core.webhooks import Webhook
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.webhook_service import SampleSent, WebhookLogs, WebhookService
from segmind_studio.ui.forms.field_row import MessageLine
from segmind_studio.ui.parts import Banner, ErrorBanner, Question
from segmind_studio.ui.settings.webhook import WebhookSection
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, FakeAccounts, FakePractice, FakeWebhooks
from tests.fakes.typed import as_service, child, known

HOOK = Webhook("w1", "https://example.com/hook", ("FINETUNE",))


class Section:
    def __init__(self, qtbot, state=ON_REAL) -> None:
        self.qtbot = qtbot
        self.accounts, self.webhooks = FakeAccounts(state), FakeWebhooks()
        self.widget = WebhookSection(
            as_service(WebhookService, self.webhooks), as_service(AccountService, self.accounts),
        )
        qtbot.addWidget(self.widget)
        self.widget.show()
        self.url = child(self.widget, QLineEdit, "settings.webhook_url")
        self.types = child(self.widget, QLineEdit, "settings.webhook_types")
        self.keep, self.remove, self.logs, self.look, self.sample = (
            child(self.widget, QPushButton, f"settings.webhook_{name}")
            for name in ("keep", "remove", "logs", "refresh", "sample")
        )

    def press(self, button):
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def texts(self):
        return [label.text() for label in self.widget.findChildren(QLabel) if label.isVisible() and label.text()]


@pytest.fixture
def section(qtbot):
    return Section(qtbot)


def test_it_is_looked_up_once_for_each_connection(section):
    section.widget.activated()
    section.widget.activated()
    assert section.webhooks.asked == [("refresh",)]
    section.webhooks.account_changed.emit()
    assert section.webhooks.asked == [("refresh",), ("refresh",)]


def test_hidden_it_asks_nothing(section):
    section.widget.hide()
    section.webhooks.account_changed.emit()
    assert section.webhooks.asked == []


def test_without_an_account_it_says_so(qtbot):
    section = Section(qtbot, replace(ON_REAL, connection=None))
    section.widget.activated()
    assert section.webhooks.asked == []
    assert "No account is connected." in section.texts()
    section.url.setText("https://example.com")
    assert not section.keep.isEnabled()


@pytest.mark.parametrize(("url", "types", "good"), [
    ("https://example.com/x", "FINETUNE", True), ("http://127.0.0.1:9/x", "FINETUNE", True),
    ("", "FINETUNE", False), ("example.com", "FINETUNE", False), ("ftp://example.com", "FINETUNE", False),
    ("https://", "FINETUNE", False), ("https://example.com", " , ", False),
])
def test_only_a_web_address_can_be_registered(section, url, types, good):
    section.url.setText(url)
    section.types.setText(types)
    assert section.keep.isEnabled() is good


def test_the_first_one_is_registered_without_a_question(section):
    section.url.setText(" https://example.com/hook ")
    section.types.setText("FINETUNE, PIXELFLOW")
    assert section.keep.text() == "Register"
    section.press(section.keep)
    assert section.webhooks.asked == [("add", "https://example.com/hook", ("FINETUNE", "PIXELFLOW"))]


def test_one_that_is_there_is_shown(section):
    section.webhooks.become(HOOK)
    assert (section.url.text(), section.types.text()) == (HOOK.url, "FINETUNE")
    assert "Registered" in section.texts()
    assert (section.keep.text(), section.keep.isEnabled()) == ("Replace…", False)
    assert section.remove.isVisible()
    section.webhooks.become()
    assert "Not registered." in section.texts()
    assert not section.remove.isVisible()


def test_a_lost_one_is_proposed_until_its_message_is_closed(section):
    section.webhooks.become(HOOK)
    section.webhooks.lost = HOOK
    section.webhooks.become()
    assert (section.url.text(), section.keep.text(), section.keep.isEnabled()) == (HOOK.url, "Register", True)
    (banner,) = [banner for banner in section.widget.findChildren(Banner) if banner.isVisible()]
    section.url.setText("https://example.com/new")
    section.webhooks.become()
    assert section.url.text() == "https://example.com/new"
    section.press(child(banner, QToolButton))
    assert section.webhooks.asked == [("forget_lost",)]
    section.webhooks.lost = None
    section.webhooks.become(HOOK)
    assert not banner.isVisible()


def test_what_is_being_typed_survives_a_look(section):
    section.webhooks.become(HOOK)
    section.url.setText("https://example.com/new")
    section.webhooks.become(HOOK)
    assert section.url.text() == "https://example.com/new"


def test_replacing_is_asked_first_and_names_both(section):
    section.webhooks.become(HOOK)
    section.url.setText("https://example.com/new")
    section.press(section.keep)
    assert section.webhooks.asked == []
    question = child(section.widget, Question)
    words = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "deletes https://example.com/hook, then registers https://example.com/new" in words
    section.press(question.verb)
    assert section.webhooks.asked == [("replace", HOOK, "https://example.com/new", ("FINETUNE",))]


def test_removing_is_asked_first(section):
    section.webhooks.become(HOOK)
    section.press(section.remove)
    assert section.webhooks.asked == []
    section.press(child(section.widget, Question).verb)
    assert section.webhooks.asked == [("remove", HOOK)]


def test_while_it_is_asked_nothing_else_can_be(section):
    section.webhooks.become(HOOK)
    section.webhooks.busy = True
    section.webhooks.busy_changed.emit(True)
    assert not any(button.isEnabled() for button in (section.keep, section.remove, section.logs, section.look))
    section.webhooks.busy = False
    section.webhooks.busy_changed.emit(False)
    assert section.remove.isEnabled()


def test_deliveries_are_shown_as_they_come(section):
    section.webhooks.become(HOOK)
    section.press(section.logs)
    assert section.webhooks.asked == [("load_logs", "w1")]
    first: dict[str, object] = {"time": "10:00", "status": 200}
    section.webhooks.logs.emit(WebhookLogs("w1", (first, {"time": "11:00", "error": "<b>no</b>"})))
    table = child(section.widget, QTableWidget)
    assert "2 deliveries" in section.texts()
    table.setCurrentCell(1, 0)
    shown = next(one for one in section.widget.findChildren(QPlainTextEdit) if one.isVisible())
    assert json.loads(shown.toPlainText()) == {"time": "11:00", "error": "<b>no</b>"}
    assert [known(table.horizontalHeaderItem(n)).text() for n in range(3)] == ["time", "status", "error"]
    assert [known(table.item(1, n)).text() for n in range(3)] == ["11:00", "", "<b>no</b>"]


def test_deliveries_of_another_webhook_are_dropped(section):
    section.webhooks.become(HOOK)
    section.webhooks.logs.emit(WebhookLogs("w0", ({"a": 1},)))
    assert not any(table.isVisible() for table in section.widget.findChildren(QTableWidget))


def test_a_payload_inside_a_delivery_is_shown_as_json_and_copied(section):
    section.webhooks.become(HOOK)
    section.webhooks.logs.emit(WebhookLogs("w1", ({"id": 1, "payload": '{"status": "AVAILABLE"}'},)))
    child(section.widget, QTableWidget).setCurrentCell(0, 0)
    copy = next(one for one in section.widget.findChildren(QPushButton) if one.text() == "Copy payload")
    copy.click()
    assert json.loads(QGuiApplication.clipboard().text()) == {"id": 1, "payload": {"status": "AVAILABLE"}}


def test_a_sample_is_sent_to_the_registered_address_and_its_answer_told(section):
    section.webhooks.become(HOOK)
    section.url.setText("https://example.com/typed")
    section.press(section.sample)
    assert section.webhooks.asked == [("send_sample", HOOK.url)]
    for status, words in ((204, "The sample arrived"), (404, "rejected the sample")):
        section.webhooks.sample_sent.emit(SampleSent(status))
        told = known(child(section.widget, MessageLine).message)
        assert words in told.text
        assert str(status) in told.text


def test_no_deliveries_are_said(section):
    section.webhooks.become(HOOK)
    section.webhooks.logs.emit(WebhookLogs("w1", ()))
    assert "No deliveries yet." in section.texts()


def test_an_error_stands_above_the_fields_until_the_next_answer(section):
    section.webhooks.failed.emit(StudioError("The service refused it.", "Look at the address."))
    assert child(section.widget, ErrorBanner).isVisible()
    section.webhooks.become()
    assert not child(section.widget, ErrorBanner).isVisible()


def test_the_practice_service_can_send_a_sample(qtbot):
    section = Section(qtbot, ON_PRACTICE)
    control = FakePractice()
    section.webhooks.become(HOOK)
    assert not section.sample.isVisible()
    section.widget.set_practice(control)
    section.press(section.sample)
    assert control.samples == 1
    assert section.webhooks.asked == []
