"""Accounts in the settings: use, rename, remove, and the entry of a key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QInputDialog, QLabel, QLineEdit, QPushButton, QToolButton

from segmind_studio.core.accounts import Account, AccountKind, AccountOverlap, ApiKey, Credits, KeptIn
from segmind_studio.core.errors import ApiError, ApiProblem, SecretsError, SecretsProblem
from segmind_studio.services.accounts.account_service import (
    PRACTICE_ACCOUNT,
    AccountService,
    JoinOffer,
    KeyringState,
    KeyTest,
)
from segmind_studio.ui.parts import ActionButton, Banner, Question
from segmind_studio.ui.settings.accounts import AccountsSection, storage_text
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, REAL_ACCOUNT, FakeAccounts
from tests.fakes.typed import as_service, child

GOOD_KEY = "SG_0123456789abcdef"
SESSION = Account("s", "Guest", AccountKind.SEGMIND, KeptIn.SESSION)
FROM_ENVIRONMENT = Account("environment", "SEGMIND_API_KEY", AccountKind.SEGMIND, KeptIn.ENVIRONMENT)


class Section:
    def __init__(self, qtbot, state) -> None:
        self.qtbot = qtbot
        self.accounts = FakeAccounts(state)
        self.widget = AccountsSection(as_service(AccountService, self.accounts))
        qtbot.addWidget(self.widget)
        self.widget.show()
        self.key = child(self.widget, QLineEdit, "settings.key")
        self.name = child(self.widget, QLineEdit, "settings.key_name")
        self.remember = child(self.widget, QCheckBox, "settings.remember")
        self.test = child(self.widget, QPushButton, "settings.key_test")

    def row(self, account_id):
        return next(row for row in self.widget.account_rows if row.account.account_id == account_id)

    def press(self, account_id, words):
        button = next(b for b in self.row(account_id).findChildren(QPushButton) if b.text() == words)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def texts(self):
        return [label.text() for label in self.widget.findChildren(QLabel) if label.isVisible() and label.text()]


@pytest.fixture
def section(qtbot):
    return Section(qtbot, ON_REAL)


def buttons(row):
    return [button.text() for button in row.findChildren(QPushButton)]


# -- the list


def test_each_account_has_what_can_be_done_with_it(qtbot):
    accounts = (PRACTICE_ACCOUNT, REAL_ACCOUNT, SESSION, FROM_ENVIRONMENT)
    section = Section(qtbot, replace(ON_REAL, accounts=accounts))
    assert [buttons(row) for row in section.widget.account_rows] == [
        ["Use"], ["Replace key…", "Rename…", "Remove…"], ["Replace key…", "Remove…", "Use"],
        ["Replace key…", "Use"],
    ]
    assert "In use" in [label.text() for label in section.row("real").findChildren(QLabel)]


def test_the_colour_of_an_account_is_chosen_beside_its_name(section):
    button = child(section.row("real"), QToolButton, "settings.account_colour")
    assert button.accessibleName() == "Colour of My account: No colour"
    next(action for action in button.menu().actions() if action.text() == "Green").trigger()
    assert section.accounts.asked == [("set_colour", "real", "green")]
    again = child(section.row("real"), QToolButton, "settings.account_colour")
    assert again.accessibleName() == "Colour of My account: Green"
    assert [action.text() for action in again.menu().actions() if action.isChecked()] == ["Green"]
    assert not section.row("practice").findChildren(QToolButton)


@pytest.mark.parametrize(("account", "part"), [
    (REAL_ACCOUNT, "in GNOME Keyring"), (SESSION, "this session only"), (FROM_ENVIRONMENT, "SEGMIND_API_KEY"),
    (PRACTICE_ACCOUNT, "Nothing is paid"),
])
def test_it_is_said_where_each_key_is_kept(account, part):
    assert part in storage_text(account, "GNOME Keyring")


def test_another_account_is_used(section):
    section.press("practice", "Use")
    assert section.accounts.asked == [("use", "practice")]
    section.accounts.become(replace(ON_REAL, current=PRACTICE_ACCOUNT))
    assert buttons(section.row("practice")) == []


def test_rows_stay_when_only_the_balance_changes(section):
    before = section.widget.account_rows
    section.accounts.change(credits=Credits(1.0, 0.0))
    assert section.widget.account_rows == before


def test_removing_a_key_is_asked_first(section):
    section.press("real", "Remove…")
    assert section.accounts.asked == []
    question = child(section.widget, Question)
    assert question.isVisible()
    section.qtbot.mouseClick(question.verb, Qt.MouseButton.LeftButton)
    assert section.accounts.asked == [("remove", "real")]


def test_a_removal_can_be_thought_over(section):
    section.press("real", "Remove…")
    question = child(section.widget, Question)
    section.qtbot.mouseClick(question.back, Qt.MouseButton.LeftButton)
    assert section.accounts.asked == []


def test_an_account_is_renamed(section):
    section.press("real", "Rename…")
    dialog = child(section.widget, QInputDialog)
    assert dialog.textValue() == "My account"
    dialog.setTextValue("  Work ")
    dialog.accept()
    assert section.accounts.asked == [("rename", "real", "Work")]


def test_the_key_of_the_environment_can_be_kept(section):
    keep = next(b for b in section.widget.findChildren(ActionButton) if b.text() == "Save in the keyring")
    assert not keep.isVisible()
    section.accounts.change(environment_key_offered=True)
    assert keep.isVisible()
    section.qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert section.accounts.asked == [("keep_environment_key", "Segmind")]


def test_the_key_of_the_environment_goes_elsewhere_by_a_press_alone(section):
    here = next(b for b in section.widget.findChildren(ActionButton) if b.text() == "Use this key here")
    section.accounts.change(environment_key_offered=True)
    assert not here.isVisible()
    section.accounts.change(address="https://gateway.example.org", current=FROM_ENVIRONMENT)
    assert child(section.widget, Banner, "settings.elsewhere").isHidden()  # it would say the same once more
    assert any("gateway.example.org" in text and here.text() in text for text in section.texts())
    section.qtbot.mouseClick(here, Qt.MouseButton.LeftButton)
    assert section.accounts.asked == [("use_environment_key_here",)]


# -- another key for an account, and two accounts that are one


def title(section):
    return next(text for text in section.texts() if text in {"Add a Segmind key", "Replace the key of My account"})


@pytest.mark.parametrize("account", [REAL_ACCOUNT, SESSION])
def test_the_key_of_an_account_is_replaced(qtbot, account):
    section = Section(qtbot, replace(ON_REAL, accounts=(PRACTICE_ACCOUNT, REAL_ACCOUNT, SESSION)))
    section.name.setText("half a name")
    section.press(account.account_id, "Replace key…")
    assert any(account.name in text for text in section.texts() if text.startswith("Replace"))
    assert (section.name.isVisible(), section.test.text()) == (False, "Test and replace")
    keep = account.kept_in is KeptIn.KEYRING
    assert section.remember.isChecked() is keep
    begin(section)
    assert section.accounts.asked == [("replace_key", account.account_id, ApiKey(GOOD_KEY), keep)]
    section.accounts.key_tested.emit(KeyTest(account.name, ok=True, kept_in=account.kept_in, replaced=True))
    assert (section.key.text(), section.name.isVisible(), title(section)) == ("", True, "Add a Segmind key")
    assert any(text.startswith("The new key of") for text in section.texts())


def test_a_key_that_does_not_replace_stays_to_be_put_right(section):
    section.press("real", "Replace key…")
    begin(section)
    section.accounts.key_tested.emit(KeyTest("", ok=False, error=ApiError(ApiProblem.BAD_KEY, "No.", "Again.")))
    assert (section.key.text(), title(section)) == (GOOD_KEY, "Replace the key of My account")


def test_where_only_the_session_has_the_new_key_it_is_said(section):
    section.press("real", "Replace key…")
    begin(section)
    section.accounts.key_tested.emit(KeyTest("My account", ok=True, kept_in=KeptIn.SESSION, replaced=True))
    assert any("still has the old key" in text for text in section.texts())


@pytest.mark.parametrize("way", ["cancel", "removed"])
def test_replacing_can_be_left(section, way):
    section.press("real", "Replace key…")
    section.key.setText(GOOD_KEY)
    if way == "cancel":
        cancel = child(section.widget, QPushButton, "settings.key_cancel")
        section.qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    else:
        section.accounts.become(ON_PRACTICE)
    assert (section.key.text(), title(section)) == ("", "Add a Segmind key")


OVERLAP = AccountOverlap("s", "real", "https://api.segmind.com", 5, ("anna", "bob"))
OFFER = JoinOffer(OVERLAP, SESSION, REAL_ACCOUNT)


def test_accounts_that_look_like_one_are_joined_or_left_by_a_press(section):
    banner = child(section.widget, Banner, "accounts.join")
    assert not banner.isVisible()
    section.accounts.change(join_offer=OFFER)
    assert banner.isVisible()
    said = " ".join(section.texts())
    assert all(word in said for word in ("Guest", "My account", "“anna”", "5 runs", "cannot be undone"))
    for words in ("Join accounts", "Keep separate"):
        button = next(b for b in banner.findChildren(ActionButton) if b.text() == words)
        section.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert section.accounts.asked == [("join",), ("leave_apart",)]
    section.accounts.change(join_offer=replace(OFFER, error=SecretsError(SecretsProblem.FAILED, "No.", "Wait.")))
    assert any("No. Wait." in text for text in section.texts())
    section.accounts.change(join_offer=None)
    assert not banner.isVisible()


# -- the keyring


def test_while_the_keyring_asks_one_can_go_on(section):
    section.accounts.change(keyring=KeyringState.WAITING)
    assert "Waiting for the keyring" in section.texts()
    give_up = next(b for b in section.widget.findChildren(ActionButton) if b.text() == "Continue without key")
    section.qtbot.mouseClick(give_up, Qt.MouseButton.LeftButton)
    assert section.accounts.asked == [("give_up_keyring",)]


def test_three_troubles_have_three_sentences(section):
    for problem, state in (
        (SecretsProblem.LOCKED, KeyringState.LOCKED), (SecretsProblem.MISSING, KeyringState.MISSING),
        (SecretsProblem.FAILED, KeyringState.FAILED),
    ):
        error = SecretsError(problem, f"It is {problem}.", "Do this.")
        section.accounts.change(keyring=state, keyring_problem=error)
        assert f"It is {problem}." in section.texts()
    section.accounts.change(keyring=KeyringState.AVAILABLE, keyring_problem=None)
    assert "It is failed." not in section.texts()


def test_the_way_out_of_a_locked_keyring_is_the_key_field(section):
    problem = SecretsError(SecretsProblem.LOCKED, "Locked.", "Unlock it.")
    section.accounts.change(keyring=KeyringState.LOCKED, keyring_problem=problem)
    section.widget.activateWindow()
    section.qtbot.waitUntil(section.widget.isActiveWindow)
    buttons_there = section.widget.findChildren(ActionButton)
    enter = next(b for b in buttons_there if b.text() == "Enter a key for this session")
    section.qtbot.mouseClick(enter, Qt.MouseButton.LeftButton)
    assert section.key.hasFocus()


# -- the entry of a key


def test_nothing_can_be_tested_without_a_key(section):
    assert not section.test.isEnabled()
    section.key.setText("   ")
    assert not section.test.isEnabled()


def test_the_key_is_hidden_until_one_wants_to_see_it(section):
    assert section.key.echoMode() is QLineEdit.EchoMode.Password
    eye = section.key.actions()[0]
    eye.trigger()
    assert section.key.echoMode() is QLineEdit.EchoMode.Normal
    assert eye.text() == "Hide the key"
    eye.trigger()
    assert section.key.echoMode() is QLineEdit.EchoMode.Password


def test_an_unusual_key_is_warned_about_and_tested_all_the_same(section):
    section.key.setText("abc")
    assert any("usually start with SG_" in text for text in section.texts())
    assert section.test.isEnabled()
    section.key.setText(GOOD_KEY)
    assert not any("usually start with SG_" in text for text in section.texts())


def test_a_key_is_tested_once_and_kept_as_wanted(section):
    section.key.setText(f" {GOOD_KEY} ")
    section.name.setText("Work")
    section.remember.setChecked(False)
    assert section.test.text() == "Test and use"
    section.qtbot.mouseClick(section.test, Qt.MouseButton.LeftButton)
    section.qtbot.keyClick(section.key, Qt.Key.Key_Return)
    assert section.accounts.asked == [("add_account", "Work", ApiKey(GOOD_KEY), False)]
    assert (section.test.text(), section.test.isEnabled(), section.key.isReadOnly()) == ("Testing…", False, True)


def begin(section):
    section.key.setText(GOOD_KEY)
    section.qtbot.keyClick(section.key, Qt.Key.Key_Return)


def test_a_key_that_works_leaves_the_field_and_it_is_said_where_it_is(section):
    section.accounts.change(keyring_where="GNOME Keyring")
    begin(section)
    answer = KeyTest("Segmind", ok=True, credits=Credits(12.5, None), kept_in=KeptIn.KEYRING)
    section.accounts.key_tested.emit(answer)
    assert section.key.text() == ""
    assert "The key of Segmind works." in section.texts()
    assert "Balance: $12.50. The key is saved in GNOME Keyring." in section.texts()


def test_a_key_that_could_not_be_kept_says_why(section):
    begin(section)
    why = SecretsError(SecretsProblem.MISSING, "There is no keyring.", "Install one.")
    section.accounts.key_tested.emit(KeyTest("Segmind", ok=True, kept_in=KeptIn.SESSION, error=why))
    assert "The key is kept for this session only. There is no keyring. Install one." in section.texts()


def test_a_bad_key_stays_to_be_put_right(section):
    begin(section)
    error = ApiError(ApiProblem.BAD_KEY, "Segmind does not know this key.", "Copy it again.")
    section.accounts.key_tested.emit(KeyTest("", ok=False, error=error))
    assert "Segmind does not know this key." in section.texts()
    assert (section.key.text(), section.test.isEnabled()) == (GOOD_KEY, True)
    begin(section)
    assert "Segmind does not know this key." not in section.texts()


def test_the_place_it_would_be_kept_is_named(section):
    assert section.remember.text() == "Save in this computer's keyring"
    section.accounts.change(keyring_where="Windows Credential Locker")
    assert section.remember.text() == "Save in Windows Credential Locker"


def test_fields_have_their_labels_and_buttons_their_names(qtbot):
    section = Section(qtbot, ON_PRACTICE)
    buddies = [label.buddy() for label in section.widget.findChildren(QLabel)]
    assert section.key in buddies
    assert section.name in buddies
    for button in section.widget.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text() or button.parent() is section.key
