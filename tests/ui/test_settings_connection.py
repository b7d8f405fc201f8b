"""The API address and the proxy in the settings: warned about, refused in words, kept only when good."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton

from segmind_studio.core.accounts import SEGMIND_API_URL
from segmind_studio.core.proxies import ProxyKind
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.forms.field_row import MessageLine
from segmind_studio.ui.parts import Banner
from segmind_studio.ui.settings.accounts import AccountsSection
from segmind_studio.ui.settings.connection import AddressForm, ProxyForm
from tests.fakes.run_services import FakeSettings
from tests.fakes.shell_services import ON_REAL, REAL_ACCOUNT, FakeAccounts, Shell
from tests.fakes.typed import as_service, child

OTHER = "https://gateway.example.org/segmind"


def said(widget):
    message = child(widget, MessageLine).message
    return message.text if message else ""


# -- the address


class Address:
    """The form on accounts that follow the settings, as the service does."""

    def __init__(self, qtbot, state=ON_REAL) -> None:
        self.accounts, self.settings = FakeAccounts(state), FakeSettings()
        self.settings.changed.connect(self._follow)
        self.widget = AddressForm(
            as_service(AccountService, self.accounts), as_service(SettingsService, self.settings),
        )
        qtbot.addWidget(self.widget)
        self.widget.resize(700, 100)
        self.widget.show()
        self.field = child(self.widget, QLineEdit, "settings.api_url")
        self.use = child(self.widget, QPushButton, "settings.api_url_use")
        self.back = child(self.widget, QPushButton, "settings.api_url_back")

    def _follow(self, value) -> None:
        self.accounts.change(address=value.api_url or SEGMIND_API_URL)

    def type(self, text) -> None:
        self.field.selectAll()
        QTest.keyClicks(self.field, text)


@pytest.fixture
def address(qtbot):
    return Address(qtbot)


def test_segminds_own_address_needs_no_words(address):
    assert address.field.text() == SEGMIND_API_URL
    assert (address.use.isVisible(), address.back.isVisible(), said(address.widget)) == (False, False, "")


def test_another_address_is_warned_about_before_it_counts(address):
    address.type(OTHER)
    assert "Your keys and photos are sent to this address." in said(address.widget)
    assert address.settings.value.api_url == ""
    address.use.click()
    assert address.settings.value.api_url == OTHER
    assert (address.use.isVisible(), address.back.isVisible()) == (False, True)
    assert "does not belong to Segmind" in said(address.widget)


def test_the_way_back_is_one_press(address):
    address.settings.update(api_url=OTHER)
    address.back.click()
    assert (address.settings.value.api_url, address.field.text()) == ("", SEGMIND_API_URL)
    assert not address.back.isVisible()


def test_segminds_own_address_may_be_typed_too(address):
    address.settings.update(api_url=OTHER)
    address.type(f"{SEGMIND_API_URL}/")
    QTest.keyClick(address.field, Qt.Key.Key_Return)
    assert address.settings.value.api_url == ""


@pytest.mark.parametrize("typed", ["http://gateway.example.org", "gateway", "https://a@b", "ftp://x"])
def test_an_unsafe_address_is_refused_and_the_words_stay(address, typed):
    address.type(typed)
    address.use.click()
    assert "cannot be sent to this address" in said(address.widget)
    assert address.settings.value.api_url == ""
    address.accounts.change(credits_error=None)  # news of something else
    assert "cannot be sent to this address" in said(address.widget)
    address.type(OTHER)
    assert "Your key" in said(address.widget)


def test_the_command_lines_address_cannot_be_typed_over(qtbot):
    address = Address(qtbot, replace(ON_REAL, address=OTHER, address_fixed=True))
    assert (address.field.text(), address.field.isReadOnly(), address.back.isVisible()) == (OTHER, True, False)
    assert "--api-url" in said(address.widget)


def test_a_key_for_another_address_is_said_where_one_looks(qtbot):
    accounts = FakeAccounts(ON_REAL)
    section = AccountsSection(as_service(AccountService, accounts))
    shell = Shell()
    for widget in (section, shell.window):
        qtbot.addWidget(widget)
        widget.show()
    banner = child(section, Banner, "settings.elsewhere")
    goes_to = child(section, QLabel, "settings.key_goes_to")
    assert (banner.isVisible(), goes_to.isVisible()) == (False, False)
    state = replace(ON_REAL, address=OTHER, connection=None)
    accounts.become(state)
    shell.accounts.become(state)
    assert banner.isVisible()
    words = " ".join(label.text() for label in banner.findChildren(QLabel))
    assert SEGMIND_API_URL in words
    assert OTHER in words
    assert goes_to.text() == f"This key is sent to {OTHER}, not to Segmind."
    strip = child(shell.window, QPushButton, "strip.account")
    assert strip.text() == f"{REAL_ACCOUNT.name}: key for another address"


# -- the proxy


class Way:
    def __init__(self, qtbot, value=None) -> None:
        self.settings = FakeSettings(value)
        self.widget = ProxyForm(as_service(SettingsService, self.settings))
        qtbot.addWidget(self.widget)
        self.widget.show()
        self.box = child(self.widget, QComboBox, "settings.proxy")
        self.field = child(self.widget, QLineEdit, "settings.proxy_url")

    def choose(self, kind) -> None:
        self.box.setCurrentIndex(self.box.findData(kind))
        self.box.activated.emit(self.box.currentIndex())

    def type(self, text) -> None:
        self.field.selectAll()
        QTest.keyClicks(self.field, text)
        QTest.keyClick(self.field, Qt.Key.Key_Return)

    @property
    def kept(self):
        return self.settings.value.proxy, self.settings.value.proxy_url


@pytest.fixture
def way(qtbot):
    return Way(qtbot)


def test_two_choices_hold_at_once(way):
    assert (way.box.currentText(), way.field.isVisible()) == ("System proxy", False)
    way.choose(ProxyKind.NONE)
    assert way.kept == (ProxyKind.NONE, "")
    way.choose(ProxyKind.SYSTEM)
    assert way.kept == (ProxyKind.SYSTEM, "")


def test_an_own_proxy_holds_once_its_address_is_good(way):
    way.choose(ProxyKind.OWN)
    assert way.kept == (ProxyKind.SYSTEM, "")
    assert "Until then: System proxy." in said(way.widget)
    way.settings.update(density="small")  # news of something else
    assert way.field.isVisible()
    way.type("proxy.example.org:3128")
    assert way.kept == (ProxyKind.OWN, "http://proxy.example.org:3128")
    assert "the proxy cannot read them" in said(way.widget)


@pytest.mark.parametrize(("typed", "words"), [
    ("http://me:secret@proxy.example.org:3128", "name and password of a proxy are not stored here"),
    ("nonsense", "is not a valid proxy address"),
])
def test_a_bad_address_is_refused_in_words_and_changes_nothing(way, typed, words):
    way.choose(ProxyKind.OWN)
    way.type(typed)
    assert words in said(way.widget)
    assert way.kept == (ProxyKind.SYSTEM, "")
    assert way.field.property("bad") is True


def test_an_address_is_remembered_while_another_way_is_taken(qtbot):
    way = Way(qtbot, Settings(proxy=ProxyKind.OWN, proxy_url="http://127.0.0.1:3128"))
    assert (way.field.isVisible(), way.field.text()) == (True, "http://127.0.0.1:3128")
    way.choose(ProxyKind.NONE)
    assert way.kept == (ProxyKind.NONE, "http://127.0.0.1:3128")
    way.choose(ProxyKind.OWN)
    assert way.kept == (ProxyKind.OWN, "http://127.0.0.1:3128")


def test_a_change_from_elsewhere_is_followed(way):
    way.settings.update(proxy=ProxyKind.OWN, proxy_url="http://127.0.0.1:1")
    assert (way.box.currentData(), way.field.text()) == (ProxyKind.OWN, "http://127.0.0.1:1")
