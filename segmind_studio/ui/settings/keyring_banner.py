"""What is said while the keyring is waited for, locked, missing or broken, and the ways out."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.services.accounts import AccountService, AccountsState, KeyringState
from segmind_studio.ui.parts.banner import Banner
from segmind_studio.ui.theme.icons import icon


class KeyringBanner(Banner):
    """Hidden while the keyring is no trouble.

    Signals:
        key_wanted(): the person wants to enter a key for this session; GUI thread.
    """

    key_wanted = Signal()

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._retry = QAction(icon("refresh-cw"), self.tr("Try again"), self)
        self._retry.triggered.connect(accounts.retry_keyring)
        self._give_up = QAction(self.tr("Go on without it"), self)
        self._give_up.triggered.connect(accounts.give_up_keyring)
        self._enter = QAction(icon("key-round"), self.tr("Enter a key for this session"), self)
        self._enter.triggered.connect(self.key_wanted)
        self._shown: KeyringState | None = None
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        keyring = state.keyring
        if keyring is KeyringState.WAITING:
            self.set_message(
                Severity.INFO, self.tr("Waiting for the keyring"),
                self.tr("A window that asks for your password may be open. The app works meanwhile."),
            )
        elif state.keyring_problem is not None:
            problem = state.keyring_problem
            self.set_message(Severity.SHOULD, problem.title, problem.advice)
        if keyring is not self._shown:
            self._shown = keyring
            self.set_actions((self._give_up,) if keyring is KeyringState.WAITING else (self._retry, self._enter))
        self.setVisible(keyring is KeyringState.WAITING or state.keyring_problem is not None)
