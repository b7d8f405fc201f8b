"""The menu that chooses the account."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from segmind_studio.core.accounts import AccountKind
from segmind_studio.services.accounts import AccountService
from segmind_studio.ui.theme.icons import icon


class AccountMenu(QMenu):
    """List the accounts as they are when it opens.

    Signals:
        settings_wanted(): the person wants to add or change one; GUI thread.
    """

    settings_wanted = Signal()

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._choose)
        self._line = self.addSeparator()
        more = self.addAction(icon("settings", "muted"), self.tr("Accounts and keys…"))
        more.triggered.connect(self.settings_wanted)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Put the accounts in."""
        for old in self._group.actions():
            self.removeAction(old)
            self._group.removeAction(old)
            old.deleteLater()
        state = self._accounts.state
        for account in state.accounts:
            practice = account.kind is AccountKind.PRACTICE
            action = self._group.addAction(self.tr("Practice") if practice else account.name)
            action.setCheckable(True)
            action.setChecked(account.account_id == state.current.account_id)
            action.setData(account.account_id)
            self.insertAction(self._line, action)

    def _choose(self, action: QAction) -> None:
        self._accounts.use(str(action.data()))
