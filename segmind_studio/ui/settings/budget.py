"""The limits for what runs and pictures may cost, and what was spent."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Severity
from segmind_studio.core.settings import Settings
from segmind_studio.formats import money
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.forms.field_row import Message, MessageLine
from segmind_studio.ui.parts.budget_gate import spent_this_month, spent_today
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_XS

_FIELD_WIDTH = 120
_AMOUNT = re.compile(r"\$? ?([0-9]{1,7})(?:[.,]([0-9]{0,2}))?")


def read_amount(text: str) -> float | None:
    """Read an amount of US dollars with at most two decimals, None for an empty text; ValueError for others."""
    typed = text.strip()
    if not typed:
        return None
    found = _AMOUNT.fullmatch(typed)
    if found is None:
        raise ValueError(text)
    return float(f"{found[1]}.{found[2] or 0}")


def amount_text(amount: float | None) -> str:
    """Write an amount as a user would type it: 20, 7.50, "" for none."""
    if amount is None:
        return ""
    return f"{amount:.0f}" if amount == round(amount) else f"{amount:.2f}"


class AmountField(QLineEdit):
    """Edit an optional amount.

    Signals:
        amount_typed(object): float, or None when it was emptied; by the user only, never for a text
        that is no amount.
    """

    amount_typed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(_("No limit"))
        self.setFixedWidth(text_scaled(_FIELD_WIDTH))
        self.setMaxLength(20)
        self._amount: float | None = None  # the value shown or emitted last
        self.textChanged.connect(self._typed)  # not textEdited: assistive technology sets texts

    @property
    def readable(self) -> bool:
        """Return whether it contains an amount or nothing."""
        try:
            read_amount(self.text())
        except ValueError:
            return False
        return True

    def show_amount(self, amount: float | None) -> None:
        """Show the stored amount, unless the text has the same value or is being corrected."""
        if self.readable:
            self._amount = amount
            if read_amount(self.text()) != amount:
                replace_text(self, amount_text(amount))

    @Slot()
    def _typed(self) -> None:
        set_mark(self, "bad", not self.readable)
        if self.readable and (amount := read_amount(self.text())) != self._amount:
            self._amount = amount
            self.amount_typed.emit(amount)


class BudgetSection(Section):
    """Three optional amounts that are stored at once."""

    def __init__(
        self, settings: SettingsService, budgets: BudgetService, accounts: AccountService,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.set_title(_("Budget"), _(
            "If a run or a picture would exceed a limit, you must type a word to confirm it. Leave a field "
            "empty for no limit.",
        ))
        self._settings, self._budgets, self._accounts = settings, budgets, accounts
        self._fields: dict[str, AmountField] = {}
        self._problem = MessageLine()
        self._today, self._today_source = text_label("", "strong"), text_label("", "small")
        self._month, self._month_source = text_label("", "strong"), text_label("", "small")
        self._today.setObjectName("settings.spent_today")
        self._month.setObjectName("settings.spent_month")
        self.rows.addLayout(self._limits())
        self.rows.addWidget(self._problem)
        self.add_line()
        for words, source in ((self._today, self._today_source), (self._month, self._month_source)):
            self.rows.addLayout(self._stacked(words, source))
        self.add_line()
        self.rows.addWidget(text_label(_(
            "Counts runs and pictures started in this app with the account in use. A run's cost is measured "
            "from your balance before and after, or estimated. A picture's cost is stated by Segmind. "
            "Requests without an answer count as paid. The limit for one run applies only to training.",
        ), "small"))
        settings.changed.connect(self._follow)
        for signal in (budgets.changed, accounts.changed):
            signal.connect(self._spending_changed)
        self._follow(settings.value)

    def _limits(self) -> LabelledRows:
        lines = LabelledRows()
        for name, title in (
            ("budget_per_run", _("For one run")),
            ("budget_per_day", _("For a day")),
            ("budget_per_month", _("For a month")),
        ):
            field = AmountField()
            field.setObjectName(f"settings.{name}")
            field.setAccessibleName(_("Limit in US dollars: {title}").format(title=title))
            field.amount_typed.connect(self._keep)
            field.textChanged.connect(self._judge)
            lines.add_row(title, field, text_label(_("US dollars"), "muted", wrap=False))
            self._fields[name] = field
        return lines

    @staticmethod
    def _stacked(words: QLabel, source: QLabel) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_XS)
        column.addWidget(words)
        column.addWidget(source)
        return column

    # -- the limits

    @Slot(object)
    def _keep(self, amount: float | None) -> None:
        for name, field in self._fields.items():
            if field is self.sender():
                self._settings.update(**{name: amount})

    @Slot()
    def _judge(self) -> None:
        bad = [name for name, field in self._fields.items() if not field.readable]
        if not bad:
            self._problem.show_message(None)
            return
        held: float | None = getattr(self._settings.value, bad[0])
        words = (
            _("Enter an amount in dollars, such as 20 or 7.50. No limit is set.")
            if held is None
            else _("Enter an amount in dollars, such as 20 or 7.50. The limit is still {amount}.")
        )
        self._problem.show_message(Message(Severity.MUST, words.format(amount=money(held or 0.0))))

    @Slot(object)
    def _follow(self, value: Settings) -> None:
        for name, field in self._fields.items():
            field.show_amount(getattr(value, name))

    # -- what was spent

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self.refresh()

    @Slot()
    def _spending_changed(self) -> None:
        if self.isVisible():  # else it is done when the page is shown
            self.refresh()

    def refresh(self) -> None:
        """Add up again: something was paid, or another day has begun."""
        account = self._accounts.state.current
        practice = account.kind is AccountKind.PRACTICE
        spending = None if practice else self._budgets.spent(account.account_id)
        for words, source in ((self._today, self._today_source), (self._month, self._month_source)):
            source.setVisible(spending is not None)
            words.setVisible(not practice or words is self._today)
        if practice:
            self._today.setText(_("Practice is free. Limits apply to your Segmind accounts."))
        elif spending is None:
            self._today.setText(spent_today(None))
            self._month.setText(spent_this_month(None))
        else:
            self._today.setText(spent_today(spending.today))
            self._today_source.setText(spending.today.source)
            self._month.setText(spent_this_month(spending.month))
            self._month_source.setText(spending.month.source)
