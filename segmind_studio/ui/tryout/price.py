"""The price of some images before they are paid, and the word where a limit would be exceeded."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmind_studio.core.budget import Breach, BudgetStatus
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.budget_gate import BudgetGate, spent_text
from segmind_studio.ui.theme.tokens import SPACE_S


class PricePanel(QWidget):
    """Show the price of a number of calls.

    Signals:
        changed(): the request is now allowed or not; done(): Enter was pressed after the right word. GUI thread.
    """

    changed = Signal()
    done = Signal()

    def __init__(self, name: str = "try", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name  # the first part of its object names
        self._breaches: tuple[Breach, ...] = ()
        self._gate: BudgetGate | None = None
        self._price = text_label("", "strong")
        self._price.setObjectName(f"{name}.price")
        self._source = text_label("", "small")
        self._spent = text_label("", "small")
        self._spent.setObjectName(f"{name}.spent")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        for label in (self._price, self._source, self._spent):
            self._column.addWidget(label)

    @property
    def is_open(self) -> bool:
        """Return whether the button may be pressed."""
        return self._gate is None or self._gate.is_open

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Return the exceeded limits, which the typed word confirms."""
        return self._breaches

    def show_free(self, count: int) -> None:
        """Show that `count` pictures cost nothing in practice."""
        words = ngettext("The picture is made on this computer.", "The pictures are made on this computer.", count)
        self._say(_("Practice: free"), words, "")
        self._ask(())

    def show_price(
        self, total: CostEstimate, count: int, budget_status: BudgetStatus | None, breaches: tuple[Breach, ...],
    ) -> None:
        """Show what `count` paid calls cost together, and ask for the word where there are breaches."""
        calls = ngettext("{count} paid request", "{count} paid requests", count).format(count=count)
        price = _("cost not known yet") if total.dollars is None else total.text
        spent = spent_text(budget_status) if budget_status is not None else ""
        # Translators: {calls} is such as “3 paid requests”.
        self._say(_("{calls}, {price}").format(calls=calls, price=price), total.source, spent)
        self._ask(breaches)

    def close_again(self) -> None:
        """Clear the typed word; it is for one request."""
        if self._gate is not None:
            self._gate.close_again()

    def begin(self) -> None:
        """Let the user type the word."""
        if self._gate is not None:
            self._gate.begin()

    def _say(self, price: str, source: str, spent: str) -> None:
        for label, words in ((self._price, price), (self._source, source), (self._spent, spent)):
            label.setText(words)
            label.setVisible(bool(words))

    def _ask(self, breaches: tuple[Breach, ...]) -> None:
        """Replace the gate if its text changes; otherwise keep a typed word."""
        if breaches == self._breaches:
            return
        self._breaches = breaches
        if self._gate is not None:
            self._gate.setParent(None)  # else it still bears the name of the next
            self._gate.deleteLater()
            self._gate = None
        if breaches:
            self._gate = BudgetGate(breaches, self._name, narrow=True)
            self._gate.opened.connect(self.changed)
            self._gate.done.connect(self.done)
            self._column.addWidget(self._gate)
            self._gate.show()  # at once: it may get the focus now
        self.changed.emit()
