"""Banners about accounts: two that may be one, and a keyring that does not open."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.core.accounts import KeptIn
from segmind_studio.core.datasets import Severity
from segmind_studio.services.accounts.account_service import AccountService, AccountsState, JoinOffer, KeyringState
from segmind_studio.texts import _, listed, ngettext, sentences
from segmind_studio.ui.parts.banners import Banner
from segmind_studio.ui.theme.icons import icon

_LONGEST_NAME = 40  # characters


class JoinBanner(Banner):
    """Hidden while nothing shows that two accounts are one. Nothing is joined without a click."""

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("accounts.join")
        join = QAction(icon("link"), _("Join accounts"), self)
        join.triggered.connect(accounts.join)
        apart = QAction(_("Keep separate"), self)
        apart.triggered.connect(accounts.leave_apart)
        self.set_actions((join, apart))
        self._shown: JoinOffer | None = None
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    @staticmethod
    def needed(state: AccountsState) -> bool:
        """Return whether there is an offer to show."""
        return state.join_offer is not None

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        offer = state.join_offer
        if offer is not None and offer != self._shown:
            self._show_offer(offer)
        self._shown = offer
        self.setVisible(self.needed(state))

    def _show_offer(self, offer: JoinOffer) -> None:
        title = _("This key shows runs started with another key")
        if offer.other is not None:
            title = _("“{name}” and “{other}” look like one account").format(
                name=offer.other.name, other=offer.account.name,
            )
        if offer.error is not None:
            title = _("The accounts were not joined: {error}").format(error=offer.error)
        text = sentences(self._evidence(offer), self._consequences(offer))
        self.set_message(Severity.INFO if offer.error is None else Severity.SHOULD, title, text)

    def _evidence(self, offer: JoinOffer) -> str:
        names = listed(_("“{name}”").format(name=_short(name)) for name in offer.overlap.names)
        shared = offer.overlap.shared
        words = ngettext("Both have the run {names}.", "Both have the runs {names}.", shared)
        if shared != len(offer.overlap.names):
            words = ngettext(
                "Both have {count} run, such as {names}.", "Both have {count} runs, such as {names}.", shared
            )
        return words.format(count=shared, names=names)

    def _consequences(self, offer: JoinOffer) -> str:
        together = _(
            "Joining combines their runs, notes, pictures and costs, and the budget counts both.",
        )
        if offer.other is None:
            return sentences(together, _("This cannot be undone."))
        key = _("“{name}” is kept, with the key of “{other}”.")
        if offer.other.kept_in is KeptIn.KEYRING and offer.account.kept_in is not KeptIn.KEYRING:
            key = _(
                "“{name}” is kept, with the key of “{other}” for this session. Its own key stays in the keyring."
            )
        elif offer.other.kept_in is KeptIn.KEYRING:
            key = _("“{name}” is kept. The key of “{other}” replaces its own.")
        said = key.format(name=offer.other.name, other=offer.account.name)
        return sentences(together, said, _("This cannot be undone."))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


class KeyringBanner(Banner):
    """The error of the keyring; hidden while there is none.

    Signals:
        key_wanted(): the user wants to enter a key for this session; GUI thread.
    """

    key_wanted = Signal()

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._retry = QAction(icon("refresh-cw"), _("Try again"), self)
        self._retry.triggered.connect(accounts.retry_keyring)
        self._give_up = QAction(_("Continue without key"), self)
        self._give_up.triggered.connect(accounts.give_up_keyring)
        self._enter = QAction(icon("key-round"), _("Enter a key for this session"), self)
        self._enter.triggered.connect(self.key_wanted)
        self._shown: KeyringState | None = None
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    @staticmethod
    def needed(state: AccountsState) -> bool:
        """Return whether the keyring keeps the app waiting, or could not be used."""
        return state.keyring is KeyringState.WAITING or state.keyring_problem is not None

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        keyring = state.keyring
        if keyring is KeyringState.WAITING:
            self.set_message(
                Severity.INFO, _("Waiting for the keyring"),
                _("Look for a window that asks for your password. You can use the app meanwhile."),
            )
        elif state.keyring_problem is not None:
            problem = state.keyring_problem
            self.set_message(Severity.SHOULD, problem.title, problem.advice)
        if keyring is not self._shown:
            self._shown = keyring
            self.set_actions((self._give_up,) if keyring is KeyringState.WAITING else (self._retry, self._enter))
        self.setVisible(self.needed(state))
