"""One account in the list: its name, where its key is kept, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import Account, AccountKind, KeptIn
from segmind_studio.ui.parts.chip import StatusChip
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S


class AccountRow(QWidget):
    """Show one account.

    Signals:
        use_wanted(str), remove_wanted(str), replace_wanted(str): the account's id. renamed(str, str): id and new
            name. GUI thread.
    """

    use_wanted = Signal(str)
    remove_wanted = Signal(str)
    replace_wanted = Signal(str)
    renamed = Signal(str, str)

    def __init__(
        self, account: Account, keyring_where: str, *, current: bool, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.account = account
        practice = account.kind is AccountKind.PRACTICE
        name = mark(ElidedLabel(self.tr("Practice") if practice else account.name), role="strong")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(text_label(kept_words(account, keyring_where), "small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(IconLabel("flask-conical" if practice else "key-round", "muted", 18))
        row.addSpacing(SPACE_M - SPACE_S)
        row.addLayout(words, 1)
        if not practice:
            change = self._button(
                self.tr("Replace the key…"), self.tr("Replace the key of {0}").format(account.name), "quiet",
            )
            change.clicked.connect(self._replace)
            row.addWidget(change)
        if account.kept_in in {KeptIn.KEYRING, KeptIn.SESSION}:
            if account.kept_in is KeptIn.KEYRING:
                rename = self._button(self.tr("Rename…"), self.tr("Rename {0}").format(account.name), "quiet")
                rename.clicked.connect(self._ask_name)
                row.addWidget(rename)
            remove = self._button(self.tr("Remove…"), self.tr("Remove {0}").format(account.name), "quiet")
            remove.clicked.connect(self._remove)
            row.addWidget(remove)
        if current:
            chip = StatusChip("circle-check", self.tr("In use"), "accent")
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            use = self._button(self.tr("Use"), self.tr("Use {0}").format(name.text()))
            use.clicked.connect(self._use)
            row.addWidget(use)

    @staticmethod
    def _button(text: str, spoken: str, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(spoken)
        return mark(button, kind=kind)

    def _use(self) -> None:
        self.use_wanted.emit(self.account.account_id)

    def _replace(self) -> None:
        self.replace_wanted.emit(self.account.account_id)

    def _remove(self) -> None:
        self.remove_wanted.emit(self.account.account_id)

    def _ask_name(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Rename the account"))
        dialog.setLabelText(self.tr("Name"))
        dialog.setTextValue(self.account.name)
        dialog.textValueSelected.connect(self._take_name)
        dialog.open()

    def _take_name(self, name: str) -> None:
        if name.strip():
            self.renamed.emit(self.account.account_id, name.strip())


def kept_words(account: Account, keyring_where: str) -> str:
    """Say where the key of an account is kept, and for which address it was given when that is not Segmind's."""
    where = keyring_where or _tr("this computer's keyring")
    kept = {
        KeptIn.KEYRING: _tr("The key is kept in {0}.").format(where),
        KeptIn.SESSION: _tr("The key is for this session only. It is gone when the app closes."),
        KeptIn.ENVIRONMENT: _tr("The key comes from SEGMIND_API_KEY, for this session."),
        KeptIn.NOWHERE: _tr("A service on this computer. Nothing is paid, nothing leaves."),
    }[account.kept_in]
    return " ".join((kept, _tr("It is for {0} alone.").format(account.api_url))) if account.api_url else kept


def _tr(text: str) -> str:
    return QCoreApplication.translate("account_row", text)
