"""The address that Segmind accounts speak to, for a person who knows why it should be another."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import SEGMIND_API_URL, checked_api_url
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.services.accounts import AccountService, AccountsState
from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.forms.message_line import Message, MessageLine
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.settings.rows import Rows
from segmind_studio.ui.theme.style import set_mark


class AddressForm(QWidget):
    """Take another address with a press of a button; what is typed counts for nothing before."""

    def __init__(
        self, accounts: AccountService, settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._settings = settings
        self._shown: tuple[str, bool] | None = None
        self._field = QLineEdit()
        self._field.setObjectName("settings.api_url")
        self._use = QPushButton(self.tr("Use this address"))
        self._use.setObjectName("settings.api_url_use")
        self._back = QPushButton(self.tr("Back to Segmind's own"))
        self._back.setObjectName("settings.api_url_back")
        self._message = MessageLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        rows = Rows()
        rows.add_row(self.tr("API address"), self._field, self._use, self._back)
        rows.add_below(self._message)
        column.addLayout(rows)
        self._field.textChanged.connect(self._typed)  # not textEdited: assistive technology sets texts
        self._field.returnPressed.connect(self._take)
        self._use.clicked.connect(self._take)
        self._back.clicked.connect(self._go_back)
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        if (state.address, state.address_fixed) == self._shown:
            return
        self._shown = state.address, state.address_fixed
        replace_text(self._field, state.address)
        self._field.setCursorPosition(0)
        self._field.setReadOnly(state.address_fixed)
        self._typed()

    @Slot()
    def _typed(self) -> None:
        state = self._accounts.state
        typed = self._field.text().strip()
        changed = typed.rstrip("/") != state.address
        set_mark(self._field, "bad", False)
        self._use.setVisible(changed)
        self._use.setEnabled(bool(typed))
        self._back.setVisible(not changed and state.address != SEGMIND_API_URL and not state.address_fixed)
        self._message.show_message(self._words(changed=changed))

    def _words(self, *, changed: bool) -> Message | None:
        state = self._accounts.state
        if changed:
            return Message(Severity.SHOULD, self.tr(
                "Your key and your photos go to this address. A key that was given for another address is not "
                "used there: add it again, under Accounts and keys, if this address may have it.",
            ))
        if state.address_fixed:
            return Message(Severity.INFO, self.tr("Set with --api-url for this session."))
        if state.address != SEGMIND_API_URL:
            return Message(Severity.SHOULD, self.tr(
                "This is not Segmind's own address. Only keys that were added for it are used.",
            ))
        return None

    @Slot()
    def _take(self) -> None:
        typed = self._field.text().strip()
        if self._accounts.state.address_fixed or not typed:
            return
        try:
            address = checked_api_url(typed)
        except StudioError as error:
            set_mark(self._field, "bad", True)
            self._message.show_message(Message(Severity.MUST, str(error)))
            return
        self._keep(address)

    @Slot()
    def _go_back(self) -> None:
        self._keep(SEGMIND_API_URL)

    def _keep(self, address: str) -> None:
        self._settings.update(api_url="" if address == SEGMIND_API_URL else address)
        replace_text(self._field, self._accounts.state.address)
        self._typed()
