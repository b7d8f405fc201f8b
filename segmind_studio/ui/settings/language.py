"""The language of the window: the choice, and the restart that it takes effect with."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from segmind_studio import texts
from segmind_studio.core.accounts import KeptIn
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.theme.tokens import SPACE_M

SYSTEM = ""


class LanguageSection(Section):
    """The languages that there are texts in, each by its own name. A line with a button says when to restart.

    Texts that are shown already stay as they are, so a choice takes effect when the app opens again.

    Signals:
        restart_wanted(): the user wants the app closed and opened again now; GUI thread.
    """

    restart_wanted = Signal()

    def __init__(self, settings: SettingsService, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self.set_title(_("Language"))
        self._settings = settings
        self._box = QComboBox()
        self._box.setObjectName("settings.language")
        names = texts.available()
        system = names[_would_be(SYSTEM)]
        # Translators: {language} is the name of the system's language in that language, such as "Deutsch".
        self._box.addItem(_("As the system ({language})").format(language=system), SYSTEM)
        for code, name in names.items():
            self._box.addItem(name, code)
        self._later = QWidget()
        words = text_label(_("It takes effect when the app restarts. Everything open comes back."), "small")
        self._restart = QPushButton(_("Restart now"))
        self._restart.setObjectName("settings.restart")
        self._restart.clicked.connect(self._ask)
        lines = LabelledRows()
        lines.add_row(_("Language of the app"), self._box)
        row = QHBoxLayout(self._later)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(words, 1)
        row.addWidget(self._restart)
        self.rows.addLayout(lines)
        self.rows.addWidget(self._later)
        self._follow()
        self._box.currentIndexChanged.connect(self._choose)  # not activated: assistive technology selects
        settings.changed.connect(self._follow)

    @Slot()
    def _ask(self) -> None:
        """Ask first where a key would be gone; the app opens again with all else."""
        account = self._accounts.state.current
        if account.kept_in is not KeptIn.SESSION:
            self.restart_wanted.emit()
            return
        question = Question(
            self, title=_("Restart without the key?"), verb=self._restart.text(), subject=account.account_id,
            text=_("The key of {name} is kept for this session only. Enter it again after the restart.").format(
                name=account.name,
            ),
        )
        question.confirmed.connect(self.restart_wanted)
        question.open()

    @Slot()
    def _choose(self) -> None:
        code = str(self._box.currentData())
        if code != self._settings.value.language:
            self._settings.update(language=code)

    @Slot()
    def _follow(self) -> None:
        code = self._settings.value.language
        self._box.setCurrentIndex(max(0, self._box.findData(code)))
        self._later.setVisible(_would_be(code) != texts.used_code())


def _would_be(chosen: str) -> str:
    return texts.found((chosen, *QLocale.system().uiLanguages()))
