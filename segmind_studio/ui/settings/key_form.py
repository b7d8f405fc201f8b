"""The form in which a key is entered or replaced."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import Account, ApiKey, KeptIn
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.formats import money
from segmind_studio.services.accounts.account_service import AccountService, AccountsState, KeyTest
from segmind_studio.texts import _, sentences
from segmind_studio.ui.parts.banners import Banner, ErrorBanner
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.section import LabelledRows
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S


class KeyField(QLineEdit):
    """Hidden text that input methods and dictionaries do not store."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText("SG_…")
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase,
        )
        self._eye = QAction(icon("eye", "muted"), _("Show the key"), self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._show_text)
        self.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    @Slot(bool)
    def _show_text(self, shown: bool) -> None:  # noqa: FBT001  # Qt's signature
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye-off" if shown else "eye", "muted"))
        self._eye.setText(_("Hide the key") if shown else _("Show the key"))


class KeyForm(QWidget):
    """Name, key, remember, test. The key leaves its field as soon as it works.

    It accepts the key of a new account, or a new key for a known account.
    """

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._testing = False
        self._replaced: Account | None = None  # whose key is to be replaced; None for a new account
        self._title = text_label("", "strong")
        self._stays = text_label(_(
            "Runs, notes, costs and budget are kept. The old key is used until the new one works.",
        ), "small")
        self._name = QLineEdit()
        self._name.setObjectName("settings.key_name")
        self._name.setPlaceholderText(_("Segmind"))
        self._key = KeyField()
        self._key.setObjectName("settings.key")
        self._hint = text_label("", "warn")
        self._goes_to = text_label("", "warn")
        self._goes_to.setObjectName("settings.key_goes_to")
        self._remember = QCheckBox()
        self._remember.setObjectName("settings.remember")
        self._remember.setChecked(True)
        self._test = QPushButton(_("Test and save"))
        self._test.setObjectName("settings.key_test")
        mark(self._test, kind="primary")
        self._cancel = QPushButton(_("Cancel"))
        self._cancel.setObjectName("settings.key_cancel")
        self._error = ErrorBanner()
        self._good = Banner(Severity.INFO, closable=True)
        self._good.hide()
        self._lay_out()
        self._key.textChanged.connect(self._key_typed)
        self._key.returnPressed.connect(self._begin)
        self._name.returnPressed.connect(self._begin)
        self._remember.toggled.connect(self._name_button)
        self._test.clicked.connect(self._begin)
        self._cancel.clicked.connect(self._take_new)
        accounts.key_tested.connect(self._tested)
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)
        self._key_typed()
        self._show_whose()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        for widget in (self._title, self._stays, self._error, self._good):
            column.addWidget(widget)
        lines = LabelledRows()
        self._name_label = lines.add_row(_("Name"), self._name)
        lines.add_row(_("Key"), self._key)
        lines.add_below(self._hint)
        lines.add_below(self._goes_to)
        last = QHBoxLayout()
        last.setSpacing(SPACE_S)
        last.addWidget(self._remember, 1)
        last.addWidget(self._cancel)
        last.addWidget(self._test)
        lines.addLayout(last, lines.rowCount(), 1)
        column.addLayout(lines)

    def begin_entry(self) -> None:
        """Set the keyboard focus to the key field."""
        self._key.setFocus()

    def begin_replacing(self, account: Account) -> None:
        """Accept a new key for this account; text typed for another account is cleared."""
        if self._testing:
            return
        self._replaced = account
        replace_text(self._key, "")
        self._remember.setChecked(account.kept_in is KeptIn.KEYRING)
        self._error.clear()
        self._good.hide()
        self._show_whose()
        self._key.setFocus()

    @Slot()
    def _take_new(self) -> None:
        self._replaced = None
        replace_text(self._key, "")
        self._error.clear()
        self._remember.setChecked(True)
        self._show_whose()

    def _show_whose(self) -> None:
        account = self._replaced
        replacing = account is not None
        self._title.setText(
            _("Add a Segmind key") if account is None
            else _("Replace the key of {name}").format(name=account.name),
        )
        self._stays.setVisible(replacing)
        self._cancel.setVisible(replacing)
        self._name.setVisible(not replacing)
        self._name_label.setVisible(not replacing)
        self._name_button()

    @Slot()
    def _key_typed(self) -> None:
        key = ApiKey(self._key.text())
        odd = bool(key) and not key.looks_usual
        self._hint.setText(_(
            "Segmind keys usually start with SG_ and have 16 hex digits. You can test this one anyway.",
        ) if odd else "")
        self._hint.setVisible(odd)
        self._test.setEnabled(bool(key) and not self._testing)

    @Slot()
    def _name_button(self) -> None:
        keep = self._remember.isChecked()
        self._test.setText(_("Test and save") if keep else _("Test and use"))
        if self._replaced is not None:
            self._test.setText(_("Test and replace"))
        if self._testing:
            self._test.setText(_("Testing…"))

    @Slot()
    def _begin(self) -> None:
        key = ApiKey(self._key.text())
        if not key or self._testing:
            return
        self._error.clear()
        self._good.hide()
        self._set_testing(on=True)
        if self._replaced is not None:
            self._accounts.replace_key(self._replaced.account_id, key, self._remember.isChecked())
            return
        self._accounts.add_account(self._name.text(), key, self._remember.isChecked())

    def _set_testing(self, *, on: bool) -> None:
        self._testing = on
        self._key.setReadOnly(on)
        self._cancel.setEnabled(not on)
        self._name_button()
        self._key_typed()

    @Slot(object)
    def _tested(self, test: KeyTest) -> None:
        self._set_testing(on=False)
        if not test.ok:
            self._error.show_error(test.error or StudioError(_("The key could not be tested.")))
            self._key.setFocus()
            self._key.selectAll()
            return
        for field in (self._key, self._name):
            replace_text(field, "")
        replaced = self._replaced if test.replaced else None
        credit = test.credits.total if test.credits else None
        balance = _("Balance: {amount}.").format(amount=money(credit)) if credit is not None else ""
        kept = _("The key is kept for this session only.")
        if test.kept_in is KeptIn.KEYRING:
            where = self._accounts.state.keyring_where or _("the keyring")
            kept = _("The key is saved in {where}.").format(where=where)
        elif replaced is not None and replaced.kept_in is KeptIn.KEYRING:
            kept = _("The new key is used for this session only. The keyring still has the old key.")
        severity = Severity.INFO if test.error is None else Severity.SHOULD
        why = str(test.error) if test.error is not None else ""
        text = sentences(balance, kept, why)
        title = _("The new key of {name} works.") if test.replaced else _("The key of {name} works.")
        if test.replaced:
            self._take_new()
        self._good.set_message(severity, title.format(name=test.name), text)
        self._good.show()

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        account = self._replaced
        if account is not None and not self._testing and account.account_id not in {
            known.account_id for known in state.accounts
        }:
            self._take_new()
        where = state.keyring_where or _("this computer's keyring")
        self._remember.setText(_("Save in {where}").format(where=where))
        words = _("This key is sent to {address}, not to Segmind.")
        self._goes_to.setText(words.format(address=state.address) if state.other_address else "")
        self._goes_to.setVisible(state.other_address)
