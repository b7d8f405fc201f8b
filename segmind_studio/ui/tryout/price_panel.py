"""What the next press costs, what was spent, and the word to type before a limit is passed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmind_studio.core.budget import Breach, Standing
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.budget_gate import BudgetGate, spent_words
from segmind_studio.ui.theme.tokens import SPACE_S


class PricePanel(QWidget):
    """Show the price of a number of calls.

    Signals:
        changed(): the way is open now, or no longer; done(): Enter was pressed behind the right word. GUI thread.
    """

    changed = Signal()
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._breaches: tuple[Breach, ...] = ()
        self._gate: BudgetGate | None = None
        self._price = text_label("", "strong")
        self._price.setObjectName("try.price")
        self._source = text_label("", "small")
        self._spent = text_label("", "small")
        self._spent.setObjectName("try.spent")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        for label in (self._price, self._source, self._spent):
            self._column.addWidget(label)

    @property
    def is_open(self) -> bool:
        """Tell whether nothing stands in the way of a press."""
        return self._gate is None or self._gate.is_open

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Give what the word is asked for."""
        return self._breaches

    def show_free(self) -> None:
        """Say that practice costs nothing."""
        self._say(self.tr("Practice: free"), self.tr("The picture is made on this computer."), "")
        self._ask(())

    def show_price(
        self, cost: CostEstimate, count: int, standing: Standing | None, breaches: tuple[Breach, ...],
    ) -> None:
        """Say what `count` paid calls at `cost` each come to, and ask for the word where there are breaches."""
        calls = self.tr("1 paid call") if count == 1 else self.tr("{0} paid calls").format(count)
        total = None if cost.dollars is None else cost.dollars * count
        price = self.tr("cost not known yet") if total is None else CostEstimate(total, "").text
        spent = spent_words(standing) if standing is not None else ""
        self._say(self.tr("{0}, {1}").format(calls, price), cost.source, spent)
        self._ask(breaches)

    def close_again(self) -> None:
        """Take the word away; it was for one press."""
        if self._gate is not None:
            self._gate.close_again()

    def begin(self) -> None:
        """Let the person type the word."""
        if self._gate is not None:
            self._gate.begin()

    def _say(self, price: str, source: str, spent: str) -> None:
        for label, words in ((self._price, price), (self._source, source), (self._spent, spent)):
            label.setText(words)
            label.setVisible(bool(words))

    def _ask(self, breaches: tuple[Breach, ...]) -> None:
        """Put another gate in place where there is something else to say; a word that is typed stays otherwise."""
        if breaches == self._breaches:
            return
        self._breaches = breaches
        if self._gate is not None:
            self._gate.hide()
            self._gate.deleteLater()
            self._gate = None
        if breaches:
            self._gate = BudgetGate(breaches, "try", narrow=True)
            self._gate.opened.connect(self.changed)
            self._gate.done.connect(self.done)
            self._column.addWidget(self._gate)
            self._gate.show()  # at once: it may get the focus now
        self.changed.emit()
