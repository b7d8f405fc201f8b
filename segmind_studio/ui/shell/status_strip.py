"""The strip at the bottom: account, balance, network and running work."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from segmind_studio.core.accounts import AccountKind, shown_name
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.formats import clock_text, exact_time, money
from segmind_studio.services.accounts.account_service import AccountService, AccountsState, KeyringState
from segmind_studio.services.runs.run_service import RunService, WatchState
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.network import NetworkWatch
from segmind_studio.texts import _
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.shell.activity import ActivityButton
from segmind_studio.ui.shell.freshness import Freshness
from segmind_studio.ui.theme.colour_shapes import account_icon, bold_if
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_LINE, SPACE_S, SPACE_XS


class AccountMenu(QMenu):
    """List the accounts as they are when it opens.

    Signals:
        settings_wanted(): the user wants to add or change one; GUI thread.
    """

    settings_wanted = Signal()

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._choose)
        self._line = self.addSeparator()
        more = self.addAction(icon("settings", "muted"), _("Accounts and keys…"))
        more.triggered.connect(self.settings_wanted)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Fill the menu with the accounts."""
        for old in self._group.actions():
            self.removeAction(old)
            self._group.removeAction(old)
            old.deleteLater()
        state = self._accounts.state
        for account in state.accounts:
            action = self._group.addAction(account_icon(account), shown_name(account))
            action.setCheckable(True)
            in_use = account.account_id == state.current.account_id
            action.setChecked(in_use)
            action.setFont(bold_if(action.font(), bold=in_use))
            action.setData(account.account_id)
            self.insertAction(self._line, action)

    def _choose(self, action: QAction) -> None:
        self._accounts.use(str(action.data()))


_NO_NETWORK = {ApiProblem.OFFLINE, ApiProblem.UNANSWERED}


class StatusStrip(QFrame):
    """Four small buttons; each shows one state and opens what belongs to it.

    Signals:
        settings_wanted(): the user wants to see the accounts; GUI thread.
    """

    settings_wanted = Signal()

    def __init__(
        self, accounts: AccountService, runs: RunService, activity: ActivityBoard, network: NetworkWatch,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        mark(self, surface="strip")
        self._accounts = accounts
        self._runs = runs
        self._network = network
        self._fresh = Freshness(self)
        self._account = self._button("strip.account")
        menu = AccountMenu(accounts, self)
        menu.settings_wanted.connect(self.settings_wanted)
        self._account.setMenu(menu)
        self._credits = self._button("strip.credits")
        self._credits.clicked.connect(accounts.refresh_credits)
        self._updated = self._button("strip.updated")
        self._updated.clicked.connect(runs.check_now)
        self._activity = ActivityButton(activity, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, SPACE_LINE, SPACE_S, SPACE_LINE)
        row.setSpacing(SPACE_XS)
        for widget in (self._account, self._credits, self._updated):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self._activity)
        accounts.changed.connect(self._show_accounts)
        runs.watch_changed.connect(self._show_watch)
        self._fresh.changed.connect(self._show_age)
        network.changed.connect(self._show_network)
        self._show_accounts(accounts.state)
        self._show_watch(runs.watch)

    @staticmethod
    def _button(name: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return mark(button, kind="strip")

    def _show_accounts(self, state: AccountsState) -> None:
        practice = state.current.kind is AccountKind.PRACTICE
        mark_of, words = account_icon(state.current), ""
        if state.connection is None:
            waiting = practice or state.keyring in {KeyringState.UNASKED, KeyringState.WAITING}
            words = _("starting…") if practice else _("waiting for the keyring…")
            if state.elsewhere:
                mark_of, words = icon("triangle-alert", "warn"), _("key for another address")
            elif not waiting:
                mark_of, words = icon("triangle-alert", "warn"), _("no key")
        self._account.setIcon(mark_of)
        title = shown_name(state.current)
        # Translators: an account's name, and such as “no key”.
        self._account.setText(_("{account}: {state}").format(account=title, state=words) if words else title)
        self._account.setToolTip(
            _("Practice service on this computer. Free.") if practice
            else _("The account that pays for runs. Press to switch.")
        )
        self._show_credits(state)

    def _show_credits(self, state: AccountsState) -> None:
        total = state.credits.total if state.credits else None
        name, tone = "wallet", "muted"
        if state.connection is None:
            text, tip = _("Balance —"), _("The balance appears when an account is connected.")
        elif total is not None:
            text, tip = _("Balance {amount}").format(amount=money(total)), _("Press to update.")
        elif state.credits_error is not None:
            name, tone, text, tip = "triangle-alert", "warn", _("Balance unknown"), str(state.credits_error)
        else:
            text, tip = _("Balance unknown"), _("The service stated no balance. Press to update.")
        if total is not None and state.current.kind is AccountKind.PRACTICE:
            tip = _("Practice balance: no real money. Press to update.")
        if state.current.kind is AccountKind.PRACTICE and total is not None:
            text = _("Practice balance {amount}").format(amount=money(total))
        self._credits.setEnabled(state.connection is not None)
        self._credits.setIcon(icon(name, tone))
        self._credits.setText(text)
        self._credits.setToolTip(plain_tip(tip))

    def _show_network(self) -> None:
        self._show_age(self._fresh.words)

    def _show_watch(self, watch: WatchState) -> None:
        self._fresh.set_moment(watch.checked_at)
        self._show_age(self._fresh.words)

    def _show_age(self, words: str) -> None:
        watch = self._runs.watch
        updated = _("Updated {when}").format(when=words) if words else _("Not checked yet")
        seen = _("updated {when}").format(when=words) if words else ""  # behind something else
        tip = [_("Runs checked at {time}.").format(time=exact_time(watch.checked_at))] if watch.checked_at else []
        name, tone = "cloud", "muted"
        if watch.error is not None:
            offline = isinstance(watch.error, ApiError) and watch.error.problem in _NO_NETWORK
            name, tone = ("wifi-off" if offline else "triangle-alert"), "warn"
            state = _("No connection") if offline else _("Check failed")
            # Translators: {problem} is such as “No connection”, {updated} such as “updated 5 min ago”.
            updated = _("{problem}, {updated}").format(problem=state, updated=seen) if seen else state
            tip.insert(0, str(watch.error))
        if self._network.online is False:
            name, tone = "wifi-off", "warn"
            # Translators: {seen} is such as “updated 5 min ago”.
            updated = _("Offline, {seen}").format(seen=seen) if seen else _("Offline")
            tip.insert(0, _(
                "No network connection. You can still work with photos and captions, export, and practise. "
                "Runs are checked when the connection is back.",
            ))
        if watch.checking:
            name, updated = "refresh-cw", _("Checking…")
        if watch.quiet_until is None:
            tip.append(_("Press to check now."))
        else:
            words = _("The service asks to wait until {time}. Then you can check again.")
            tip.append(words.format(time=clock_text(watch.quiet_until)))
        self._updated.setEnabled(watch.quiet_until is None)
        self._updated.setIcon(icon(name, tone))
        self._updated.setText(updated)
        self._updated.setToolTip(plain_tip("\n".join(tip)))
