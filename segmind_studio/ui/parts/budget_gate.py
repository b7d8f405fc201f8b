"""The budget before something is paid: what was spent, and the word to type before a limit is exceeded.

A dialog that pays has a `PaymentGate`, which asks the budget at the opening and once more at the press; the dialog
does the same with its own warnings.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.budget import Breach, BudgetStatus, unshown
from segmind_studio.core.spending import Spent
from segmind_studio.formats import money
from segmind_studio.texts import _, pgettext, sentences
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.fact_block import FactBlock
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S

_FIELD_WIDTH = 120

BudgetNow = Callable[[], BudgetStatus | None]  # None in practice and without limits


def spent_text(budget_status: BudgetStatus) -> str:
    """Return the amounts spent today and this month, each with its limit."""
    budget = budget_status.budget
    return "\n".join(
        (spent_today(budget_status.today, budget.per_day), spent_this_month(budget_status.month, budget.per_month))
    )


def spent_today(spent: Spent | None, limit: float | None = None) -> str:
    """Return the amount spent today, with its limit; None for an amount that is not known yet."""
    if spent is None:
        return _("Spent today: not known yet")
    if limit is None:
        return _("Spent today: {amount}").format(amount=spent.text)
    return _("Spent today: {amount} of {limit}").format(amount=spent.text, limit=money(limit))


def spent_this_month(spent: Spent | None, limit: float | None = None) -> str:
    """Return the amount spent this month, with its limit; None for an amount that is not known yet."""
    if spent is None:
        return _("Spent this month: not known yet")
    if limit is None:
        return _("Spent this month: {amount}").format(amount=spent.text)
    return _("Spent this month: {amount} of {limit}").format(amount=spent.text, limit=money(limit))


class ConfirmField(QLineEdit):
    """A field for one word. Enter never presses a button of the dialog; it moves the focus to the next control."""

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()
            if not event.isAutoRepeat():
                self.returnPressed.emit()
            return
        super().keyPressEvent(event)


class BudgetGate(QFrame):
    """Show which limits would be exceeded, and ask for a typed word. A `narrow` one has its field below the words.

    `name` is the first part of its object names.

    Signals:
        opened(bool): the word is typed, or no longer; done(): Enter was pressed after the right word.
    """

    opened = Signal(bool)
    done = Signal()

    def __init__(
        self, breaches: tuple[Breach, ...], name: str = "review", parent: QWidget | None = None, *,
        narrow: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}.budget")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_mark(self, "tone", "warn")
        self._word = pgettext("typed to confirm", "spend")
        self._field = ConfirmField()
        self._field.setObjectName(f"{name}.budget_confirm")
        self._field.setFixedWidth(text_scaled(_FIELD_WIDTH))
        self._field.textChanged.connect(self._typed)
        self._field.returnPressed.connect(self._entered)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        for breach in breaches:
            column.addLayout(self._line(breach))
        column.addLayout(self._question(breaches, QVBoxLayout() if narrow else QHBoxLayout()))

    def _line(self, breach: Breach) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        words = text_label(breach.text)
        words.setToolTip(plain_tip(breach.source))
        row.addWidget(IconLabel("triangle-alert", "warn", 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return row

    def _question(self, breaches: tuple[Breach, ...], row: QBoxLayout) -> QBoxLayout:
        label = text_label(_("To continue, type “{word}”").format(word=self._word), "strong")
        label.setBuddy(self._field)
        self._field.setAccessibleName(label.text())
        self._field.setAccessibleDescription(sentences(*(breach.text for breach in breaches)))
        row.setSpacing(SPACE_M if row.direction() is QBoxLayout.Direction.LeftToRight else SPACE_S)
        row.addWidget(label, 1)
        row.addWidget(self._field)
        return row

    @property
    def is_open(self) -> bool:
        """Return whether the word is typed; capitals and spaces around it do not matter."""
        return self._field.text().strip().casefold() == self._word.casefold()

    def close_again(self) -> None:
        """Clear the word: it is for one request only."""
        replace_text(self._field, "")

    def begin(self) -> None:
        """Set the keyboard focus to the field."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self) -> None:
        self.opened.emit(self.is_open)

    def _entered(self) -> None:
        if self.is_open:
            self.done.emit()


class PaymentGate(QWidget):
    """The gate of a dialog that pays; without a breach it is hidden, and the payment is allowed.

    `budget_now` compares the payment with the limits as they are at the moment of the call: at the opening, and in
    `allows` at the press. `pay` is the button, which is enabled while the payment is allowed. `warnings` need the
    word too, see `warn`. `spent` is the fact that is shown of the budget, None where there is none.

    Signals:
        asked_anew(): what is shown has changed, as by a breach that is new at the press; it needs the word.
    """

    asked_anew = Signal()

    def __init__(
        self, pay: QPushButton, budget_now: BudgetNow, name: str = "review", warnings: tuple[Breach, ...] = (),
    ) -> None:
        super().__init__()
        self._pay = pay
        self._budget_now = budget_now
        self._name = name
        self._warnings = warnings
        self._breaches: tuple[Breach, ...] = ()  # of the budget, as they are shown
        self._gate: BudgetGate | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        budget_status = budget_now()
        self.spent = FactBlock("wallet", _("Budget")) if budget_status is not None else None
        self._ask(budget_status)
        if not self.asks:
            self.hide()

    @property
    def asks(self) -> bool:
        """Return whether a word has to be typed."""
        return self._gate is not None

    def warn(self, warnings: tuple[Breach, ...]) -> None:
        """Show these warnings in place of the earlier ones; where they differ, a typed word no longer counts."""
        if warnings != self._warnings:
            self._warnings = warnings
            self._ask(self._budget_now())
            self.asked_anew.emit()

    def allows(self) -> bool:
        """Ask the budget once more, at the press; return whether all that it says was shown and confirmed."""
        if self._gate is not None and not self._gate.is_open:
            return False
        budget_status = self._budget_now()
        if budget_status is None or not unshown(self._breaches, budget_status.breaches):
            return True
        self._ask(budget_status)
        self.asked_anew.emit()
        return False

    def _ask(self, budget_status: BudgetStatus | None) -> None:
        """Show this, with an empty field where a word is needed; in an open dialog it gets the focus."""
        self._breaches = budget_status.breaches if budget_status is not None else ()
        if self.spent is not None and budget_status is not None:
            known = budget_status.month
            self.spent.show_text(spent_text(budget_status), known.source if known else "")
        if self._gate is not None:
            self._gate.setParent(None)
            self._gate.deleteLater()
            self._gate = None
        breaches = (*self._warnings, *self._breaches)
        if breaches:
            self._gate = gate = BudgetGate(breaches, self._name)
            gate.opened.connect(self._pay.setEnabled)
            gate.done.connect(self._pay.setFocus)
            self._column.addWidget(gate)
            if self._pay.isVisible():
                gate.show()  # at once: it gets the focus now
                self.show()
                gate.begin()
        self._pay.setEnabled(not breaches)
