"""The questions of this place: before a model is made public, and before a run that waits is paid."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Breach, Standing
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run
from segmind_studio.ui.parts import IconLabel, exact_time, text_label
from segmind_studio.ui.parts.budget_gate import BudgetGate, spent_words
from segmind_studio.ui.parts.fact_block import FactBlock
from segmind_studio.ui.parts.pay_button import PayButton
from segmind_studio.ui.runs.values import evidence_text
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_WIDTH = 480
_ICON = 28


@dataclass(frozen=True, slots=True)
class Price:
    """What a question is about in money; `standing` is None in practice and where no limit is set."""

    cost: CostEstimate
    standing: Standing | None = None
    note: str = ""

    def blocks(self) -> list[FactBlock]:
        """Give what is shown of it."""
        cost = FactBlock("coins", QCoreApplication.translate("Price", "Cost"), large=True)
        cost.show_words(self.cost.text, " ".join(part for part in (self.cost.source, self.note) if part))
        if self.standing is None:
            return [cost]
        budget = FactBlock("wallet", QCoreApplication.translate("Price", "Budget"))
        known = self.standing.month
        budget.show_words(spent_words(self.standing), known.source if known else "")
        return [cost, budget]


class ConfirmDialog(QDialog):
    """Ask once, with Cancel as the default. Open it with `open()`; it deletes itself.

    With a price it says what it costs. Where a limit would be passed, or there are `warnings`, it asks for a
    typed word first.

    Signals:
        confirmed(str): the run's id; the person pressed the button with the verb, at most once.
    """

    confirmed = Signal(str)

    def __init__(  # noqa: PLR0913  # one for each thing that is shown
        self, run_id: str, icon_name: str, *, title: str, text: str, verb: str, parent: QWidget,
        price: Price | None = None, warnings: tuple[Breach, ...] = (),
    ) -> None:
        super().__init__(parent)
        self._run_id = run_id
        self._asked = False
        breaches = (*warnings, *(price.standing.breaches if price and price.standing else ()))
        self._gate = BudgetGate(breaches, "runs.confirm") if breaches else None
        self.setObjectName("runs.confirm")
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.verb_button = mark(PayButton(verb), kind="danger")
        self.verb_button.setObjectName("runs.confirm.verb")
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setObjectName("runs.confirm.cancel")
        self.cancel_button.setDefault(True)
        self.verb_button.clicked.connect(self._accept)
        self.cancel_button.clicked.connect(self.reject)
        words = QVBoxLayout()
        words.setSpacing(SPACE_M)
        words.addWidget(text_label(title, "section"))
        words.addWidget(text_label(text))
        for block in price.blocks() if price else ():
            words.addWidget(block)
        words.addStretch()
        top = QHBoxLayout()
        top.setSpacing(SPACE_L)
        top.addWidget(IconLabel(icon_name, "warn", _ICON), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        layout.setSpacing(SPACE_L)
        layout.addLayout(top)
        if self._gate is not None:
            self.verb_button.setEnabled(False)
            self._gate.opened.connect(self.verb_button.setEnabled)
            self._gate.done.connect(self.verb_button.setFocus)
            layout.addWidget(self._gate)
        layout.addLayout(self._buttons())
        self.setFixedWidth(_WIDTH)
        self.finished.connect(self.deleteLater)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        layout = self.layout()
        if layout is not None:  # only now the words have their fonts
            self.setFixedHeight(layout.totalHeightForWidth(_WIDTH))
        super().showEvent(event)
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.verb_button)
        return row

    def _accept(self) -> None:
        if self._asked or (self._gate is not None and not self._gate.is_open):
            return
        self._asked = True
        self.confirmed.emit(self._run_id)
        self.accept()


def public_dialog(run: Run, parent: QWidget) -> ConfirmDialog:
    """Make the question before a model becomes public."""
    return ConfirmDialog(
        run.run_id, "globe",
        title=parent.tr("Make “{name}” public?").format(name=run.name),
        text=parent.tr(
            "Anybody on Segmind will be able to make pictures with this model. "
            "If it was taught a face, ask that person first. You can make it private again at any time, "
            "but pictures that were made in the meantime stay."
        ),
        verb=parent.tr("Make public"), parent=parent,
    )


def send_again_dialog(run: Run, cost: CostEstimate, standing: Standing | None, parent: QWidget) -> ConfirmDialog:
    """Make the question before a request of unknown outcome is sent once more."""
    practice = run.account_id == PRACTICE_ACCOUNT_ID
    risk = (
        parent.tr("If it has, there will be two runs.") if practice
        else parent.tr("If it has, you will pay for two runs.")
    )
    text = parent.tr(
        "The app has looked {count} times and not found this run. The first request may still have "
        "started one that is not listed yet. {risk}"
    ).format(count=run.listings_missed, risk=risk)
    balance = evidence_text(run)
    paid = () if practice or run.cost is None else (
        Breach(None, run.cost, parent.tr("Your balance: {0}").format(balance)),
    )
    if balance and not paid:
        text = "\n\n".join((text, parent.tr("Your balance: {0}").format(balance)))
    note = "" if practice else parent.tr(
        "It comes on top of the first request, which counts as paid as long as nobody knows better.",
    )
    return ConfirmDialog(
        run.run_id, "triangle-alert", title=parent.tr("Send “{name}” again?").format(name=run.name), text=text,
        verb=parent.tr("Send again"), parent=parent, price=Price(cost, standing, note),
        warnings=paid,
    )


def continue_dialog(
    run: Run, cost: CostEstimate, standing: Standing | None, parent: QWidget, *, closed: Run | None = None,
) -> ConfirmDialog:
    """Make the question before an interrupted run goes on and passes a limit, or will be refused.

    `closed` is the run that was refused last because the service takes none.
    """
    text = parent.tr("It goes on where it stopped, and then its request is sent. That is the step that is paid.")
    warnings: tuple[Breach, ...] = ()
    if closed is not None and closed.sent_at is not None:
        words = parent.tr("The service took no new runs when it was last asked, on {0}.")
        warnings = (Breach(None, None, words.format(exact_time(closed.sent_at))),)
    return ConfirmDialog(
        run.run_id, "wallet", title=parent.tr("Continue “{name}”?").format(name=run.name), text=text,
        verb=parent.tr("Continue"), parent=parent, price=Price(cost, standing), warnings=warnings,
    )
