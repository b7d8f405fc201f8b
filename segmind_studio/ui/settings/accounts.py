"""The accounts: a row for each, with its actions."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import Account, AccountKind, KeptIn, shown_name
from segmind_studio.core.datasets import Severity
from segmind_studio.core.label_colours import COLOUR_WORDS, RunColour
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.texts import _, sentences
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts.banners import Banner
from segmind_studio.ui.parts.chip import StatusChip
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.question import NameDialog, Question
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.settings.banners import JoinBanner, KeyringBanner
from segmind_studio.ui.settings.key_form import KeyForm
from segmind_studio.ui.settings.section import Section
from segmind_studio.ui.theme.colour_shapes import account_icon, bold_if, colour_icon
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S

_MARK_WIDTH = 34  # of the mark before an account's name
_FLASK = 18


class AccountRow(QWidget):
    """Show one account.

    Signals:
        use_wanted(str), remove_wanted(str), replace_wanted(str): the account's id. renamed(str, str): id and new
            name. coloured(str, str): id and the value of a RunColour. GUI thread.
    """

    use_wanted = Signal(str)
    remove_wanted = Signal(str)
    replace_wanted = Signal(str)
    renamed = Signal(str, str)
    coloured = Signal(str, str)

    def __init__(
        self, account: Account, keyring_where: str, *, current: bool, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.account = account
        self._mark: QToolButton | None = None
        practice = account.kind is AccountKind.PRACTICE
        name = mark(ElidedLabel(shown_name(account)), role="strong")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(text_label(storage_text(account, keyring_where), "small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        if practice:
            flask = IconLabel("flask-conical", "muted", _FLASK)
            row.addSpacing((_MARK_WIDTH - _FLASK) // 2)
            row.addWidget(flask)
            row.addSpacing((_MARK_WIDTH - _FLASK) // 2)
        else:
            self._mark = self._colour_button(account)
            row.addWidget(self._mark)
        row.addLayout(words, 1)
        if not practice:
            change = self._button(
                _("Replace key…"), _("Replace the key of {name}").format(name=account.name), "quiet",
            )
            change.clicked.connect(self._replace)
            row.addWidget(change)
        if account.kept_in in {KeptIn.KEYRING, KeptIn.SESSION}:
            if account.kept_in is KeptIn.KEYRING:
                rename = self._button(_("Rename…"), _("Rename {name}").format(name=account.name), "quiet")
                rename.clicked.connect(self._ask_name)
                row.addWidget(rename)
            remove = self._button(_("Remove…"), _("Remove {name}").format(name=account.name), "quiet")
            remove.clicked.connect(self._remove)
            row.addWidget(remove)
        if current:
            chip = StatusChip("circle-check", _("In use"), "accent")
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            use = self._button(_("Use"), _("Use {name}").format(name=name.text()))
            use.clicked.connect(self._use)
            row.addWidget(use)

    @staticmethod
    def _button(text: str, spoken: str, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(spoken)
        return mark(button, kind=kind)

    def take_focus(self) -> None:
        """Take the keyboard to the button of the colour."""
        if self._mark is not None:
            self._mark.setFocus()

    def _colour_button(self, account: Account) -> QToolButton:
        """Make the button that shows the account's mark, and its menu of colours."""
        chosen = RunColour.named(account.colour)
        button = QToolButton()
        button.setObjectName("settings.account_colour")
        button.setIcon(account_icon(account))
        button.setFixedWidth(_MARK_WIDTH)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        words = _("Colour of {name}: {colour}").format(name=account.name, colour=COLOUR_WORDS[chosen])
        button.setAccessibleName(words)
        button.setToolTip(plain_tip(words))
        menu = QMenu(button)
        colours = QActionGroup(menu)
        for colour in RunColour:
            action = menu.addAction(colour_icon(colour), str(COLOUR_WORDS[colour]))
            action.setCheckable(True)
            action.setChecked(colour is chosen)
            action.setFont(bold_if(action.font(), bold=colour is chosen))
            action.setData(colour.value)
            colours.addAction(action)
        colours.triggered.connect(self._take_colour)
        button.setMenu(menu)
        return button

    def _take_colour(self, action: QAction) -> None:
        self.coloured.emit(self.account.account_id, str(action.data()))

    def _use(self) -> None:
        self.use_wanted.emit(self.account.account_id)

    def _replace(self) -> None:
        self.replace_wanted.emit(self.account.account_id)

    def _remove(self) -> None:
        self.remove_wanted.emit(self.account.account_id)

    def _ask_name(self) -> None:
        dialog = NameDialog(self, title=_("Rename the account"), label=_("Name"), name=self.account.name)
        dialog.textValueSelected.connect(self._take_name)
        dialog.open()

    def _take_name(self, name: str) -> None:
        if name.strip():
            self.renamed.emit(self.account.account_id, name.strip())


def storage_text(account: Account, keyring_where: str) -> str:
    """Return where the key of an account is kept, and its address when that is not Segmind's."""
    where = keyring_where or _("this computer's keyring")
    kept = {
        KeptIn.KEYRING: _("The key is saved in {where}.").format(where=where),
        KeptIn.SESSION: _("The key is for this session only. It is gone when the app closes."),
        KeptIn.ENVIRONMENT: _("The key comes from SEGMIND_API_KEY, for this session."),
        KeptIn.NOWHERE: _("A service on this computer. Nothing is paid or sent."),
    }[account.kept_in]
    return sentences(
        kept, _("Only used for {address}.").format(address=account.api_url) if account.api_url else ""
    )


class AccountsSection(Section):
    """List the accounts, take new keys."""

    def __init__(
        self, accounts: AccountService, parent: QWidget | None = None, *, at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self.set_title(
            _("Accounts and keys"), _("The account in use pays for runs. Each account has its own runs."),
        )
        self._accounts = accounts
        self._shown: tuple[object, ...] = ()
        self._row_of: dict[str, AccountRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(SPACE_L)
        self.rest = self._make(accounts)
        if at_once:
            finish(self.rest)

    def _make(self, accounts: AccountService) -> Iterator[None]:
        self.form = KeyForm(accounts)
        yield
        keyring = KeyringBanner(accounts, self)
        keyring.key_wanted.connect(self.form.begin_entry)
        self._environment = self._environment_banner()
        self._elsewhere = Banner(Severity.SHOULD)
        self._elsewhere.setObjectName("settings.elsewhere")
        yield
        self.rows.addWidget(keyring)
        self.rows.addWidget(JoinBanner(accounts, self))
        self.rows.addWidget(self._elsewhere)
        self.rows.addWidget(self._environment)
        self.rows.addLayout(self._list)
        self.add_line()
        self.rows.addWidget(self.form)
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    def _environment_banner(self) -> Banner:
        keep = QAction(icon("key-round"), _("Save in the keyring"), self)
        keep.triggered.connect(self._keep_environment_key)
        self._here = QAction(_("Use this key here"), self)
        self._here.triggered.connect(self._use_environment_key_here)
        return Banner(Severity.INFO, actions=(keep, self._here))

    @property
    def account_rows(self) -> tuple[AccountRow, ...]:
        """Return the rows in their order."""
        return tuple(self._row_of.values())

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        self._show_environment(state)
        self._show_elsewhere(state)
        wanted = (state.accounts, state.current, state.keyring_where)
        if wanted == self._shown:
            return
        self._shown = wanted
        for row in self._row_of.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._row_of.clear()
        for account in state.accounts:
            current = account.account_id == state.current.account_id
            row = AccountRow(account, state.keyring_where, current=current)
            row.use_wanted.connect(self._use)
            row.remove_wanted.connect(self._ask_remove)
            row.replace_wanted.connect(self._replace)
            row.renamed.connect(self._rename)
            row.coloured.connect(self._colour)
            self._list.addWidget(row)
            self._row_of[account.account_id] = row

    def _show_environment(self, state: AccountsState) -> None:
        severity, text = Severity.INFO, _("Used for this session only. You can save it in the keyring.")
        if state.other_address:
            severity = Severity.SHOULD
            text = _(
                "The app assumes that this is a Segmind key, but uses the address {address}. It is not sent "
                "there until you press “{button}”.",
            ).format(address=state.address, button=self._here.text())
        self._environment.set_message(severity, _("Key found in SEGMIND_API_KEY"), text)
        self._here.setVisible(state.other_address)
        self._environment.setVisible(state.environment_key_offered)

    def _show_elsewhere(self, state: AccountsState) -> None:
        words = _(
            "The key was added for {other}, but the app now uses {address}, so nothing is sent. Add the key "
            "again below to allow this address, or change the address under Advanced.",
        )
        title = _("The key of {name} belongs to another address").format(name=state.current.name)
        text = words.format(other=state.current.address, address=state.address)
        self._elsewhere.set_message(Severity.SHOULD, title, text)
        said = state.environment_key_offered and state.current.kept_in is KeptIn.ENVIRONMENT
        self._elsewhere.setVisible(state.elsewhere and not said)

    @Slot(str)
    def _use(self, account_id: str) -> None:
        self._accounts.use(account_id)

    @Slot(str, str)
    def _rename(self, account_id: str, name: str) -> None:
        self._accounts.rename(account_id, name)

    @Slot(str, str)
    def _colour(self, account_id: str, colour: str) -> None:
        self._accounts.set_colour(account_id, colour)
        if account_id in self._row_of:  # a new row; the keyboard stays where it was
            self._row_of[account_id].take_focus()

    @Slot(str)
    def _replace(self, account_id: str) -> None:
        account = next((a for a in self._accounts.state.accounts if a.account_id == account_id), None)
        if account is not None:
            self.form.begin_replacing(account)

    @Slot(str)
    def _ask_remove(self, account_id: str) -> None:
        account = next((a for a in self._accounts.state.accounts if a.account_id == account_id), None)
        if account is not None:
            self._question(account).open()

    def _question(self, account: Account) -> Question:
        question = Question(
            self, title=_("Remove the key of {name}?").format(name=account.name),
            text=_("The key is deleted here. Your runs are kept, in the app and at Segmind."),
            verb=_("Remove the key"), subject=account.account_id,
        )
        question.confirmed.connect(self._remove)
        return question

    @Slot(str)
    def _remove(self, account_id: str) -> None:
        self._accounts.remove(account_id)

    @Slot()
    def _keep_environment_key(self) -> None:
        self._accounts.keep_environment_key("Segmind")

    @Slot()
    def _use_environment_key_here(self) -> None:
        self._accounts.use_environment_key_here()
