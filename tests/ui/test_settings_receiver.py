"""The receiver of webhooks in the settings: on and off, where it listens, how to forward to it, what came."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget

from segmind_studio.core.errors import StudioError
from segmind_studio.core.settings import Settings
from segmind_studio.core.webhook_receiver import Forwarder, ReceivedEvent, Verdict, read_payload
from segmind_studio.services.accounts.webhook_receiver import Listening, ReceiverState
from segmind_studio.ui.parts import ErrorBanner, Question
from tests.fakes.run_services import FakeRuns, FakeSettings
from tests.fakes.shell_services import (
    ON_PRACTICE,
    ON_REAL,
    FakeAccounts,
    FakeReceiver,
    FakeSupport,
    FakeTheme,
    FakeWebhooks,
    make_settings_screen,
)
from tests.fakes.try_service import make_budget_service
from tests.fakes.typed import child, known

PATH = "/hooks/" + "k3jd8sK_2-9dkWq" * 3
BODY = b'{"finetune_id": "f1", "status": "AVAILABLE"}'


class Section:
    def __init__(self, qtbot, account=ON_REAL) -> None:
        self.qtbot = qtbot
        self.settings = FakeSettings(Settings(receiver_path=PATH))
        self.receiver, self.accounts = FakeReceiver(), FakeAccounts(account)
        self.screen = make_settings_screen(
            self.accounts, self.settings, FakeTheme(), {}, webhooks=FakeWebhooks(),
            budgets=make_budget_service(FakeRuns(), self.settings), support=FakeSupport(), receiver=self.receiver,
        )
        qtbot.addWidget(self.screen)
        self.screen.resize(1000, 700)
        self.screen.show()

    def find(self, kind, name):
        return child(self.screen, kind, f"settings.{name}")

    def listen(self, host="127.0.0.1"):
        self.settings.update(receiver=True, receiver_host=host)
        self.receiver.become(ReceiverState(on=True, where=Listening(host, 24380, PATH)))

    def press(self, name):
        self.find(QPushButton, name).click()

    def texts(self):
        return [label.text() for label in self.screen.findChildren(QLabel) if label.isVisible()]

    @property
    def code(self):
        return [box.toPlainText() for box in self.screen.findChildren(QPlainTextEdit) if box.isVisible()]


@pytest.fixture
def section(qtbot):
    return Section(qtbot)


def test_it_is_off_at_first_and_turned_on_by_its_box(section):
    box = section.find(QCheckBox, "receiver")
    assert not box.isChecked()
    assert "Off." in section.texts()
    assert not section.find(QLineEdit, "receiver_local").isVisible()
    box.click()
    assert section.receiver.asked == [("turn", True)]
    section.listen()
    assert "Listening on 127.0.0.1:24380" in section.texts()
    assert section.find(QLineEdit, "receiver_local").text() == f"http://127.0.0.1:24380{PATH}"


def test_another_address_has_no_effect_before_the_button_and_an_open_one_is_warned_of(section):
    host, port = section.find(QLineEdit, "receiver_host"), section.find(QLineEdit, "receiver_port")
    host.setText("0.0.0.0")  # noqa: S104  # what is tested
    assert any("Other computers can reach it" in text for text in section.texts())
    assert section.receiver.asked == []
    port.setText("70000")
    section.press("receiver_use")
    assert any("from 1 to 65535" in text for text in section.texts())
    port.setText("8000")
    host.setText("my.house")
    section.press("receiver_use")
    assert any("my.house" in text for text in section.texts())
    assert section.receiver.asked == []
    host.setText("::1")
    section.press("receiver_use")
    assert section.receiver.asked == [("move", "::1", 8000)]


def test_what_keeps_it_from_listening_is_said_and_can_be_tried_again(section):
    section.receiver.become(ReceiverState(on=True, error=StudioError("Port 24380 is in use.", "Choose another.")))
    banner = next(one for one in section.screen.findChildren(ErrorBanner) if one.isVisible())
    assert known(banner.error).title == "Port 24380 is in use."
    next(one for one in banner.findChildren(QPushButton) if one.text() == "Try again").click()
    assert section.receiver.asked == [("retry",)]
    section.listen()
    assert not banner.isVisible()


def test_the_lines_for_forwarding_name_the_server_the_path_and_the_port(section):
    section.listen("0.0.0.0")  # noqa: S104  # every address of this computer
    kinds = section.find(QComboBox, "receiver_forwarder")
    section.find(QLineEdit, "receiver_site").setText("https://hooks.me.example/")
    assert section.settings.value.receiver_site == "hooks.me.example"
    for kind in Forwarder:
        kinds.setCurrentIndex(kinds.findData(kind))
        (lines,) = section.code
        assert "127.0.0.1:24380" in lines
        assert (PATH in lines) == (kind is not Forwarder.SSH)
        assert ("hooks.me.example" in lines) == (kind is not Forwarder.NGINX)


def test_the_address_from_outside_is_put_into_the_webhook(section):
    section.listen()
    assert not section.find(QPushButton, "receiver_register").isEnabled()
    section.find(QLineEdit, "receiver_site").setText("hooks.me.example")
    section.press("receiver_register")
    assert section.find(QLineEdit, "webhook_url").text() == f"https://hooks.me.example{PATH}"
    section.accounts.become(ON_PRACTICE)
    section.press("receiver_register")
    assert section.find(QLineEdit, "webhook_url").text() == f"http://127.0.0.1:24380{PATH}"


def test_a_new_path_is_asked_first(section):
    section.listen()
    section.press("receiver_renew")
    assert section.receiver.asked == []
    child(section.screen, Question).verb.click()
    assert section.receiver.asked == [("renew_path",)]


def test_each_payload_is_shown_with_what_became_of_it(section):
    section.listen()
    first, second = (
        ReceivedEvent(number, 1.7e9, read_payload(body), verdict, run_name=name)
        for number, body, verdict, name in (
            (1, BODY, Verdict.REPORTED, "anna"), (2, b"<no/>", Verdict.UNREADABLE, ""),
        )
    )

    def tables() -> list[QTableWidget]:
        shown = filter(QTableWidget.isVisible, section.screen.findChildren(QTableWidget))
        return [table for table in shown if table.accessibleName() == "Received events"]

    assert tables() == []
    section.receiver.put(first)
    section.qtbot.waitUntil(lambda: bool(tables()))
    table, = tables()
    cells = [known(table.item(0, n)).text() for n in (1, 2, 3)]
    assert cells == ["AVAILABLE", "anna", "Reported, not yet confirmed"]
    table.setCurrentCell(0, 0)
    section.receiver.put(second, first)
    section.qtbot.waitUntil(lambda: table.rowCount() == 2)
    assert known(table.item(0, 3)).text() == "Not understood"
    assert table.currentRow() == 1, "the selected one stays selected"
    assert any('"finetune_id": "f1"' in text for text in section.code)
    section.press("receiver_clear")
    section.qtbot.waitUntil(lambda: not table.isVisible())
