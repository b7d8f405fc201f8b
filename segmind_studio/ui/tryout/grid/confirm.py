"""The question before a grid is paid: how many calls, what they cost, and what is there already."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.picture_grid import CellState, Tally
from segmind_studio.core.pricing import together
from segmind_studio.services.images.grid_service import GridService
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.buttons import PayButton
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL
from segmind_studio.ui.tryout.price import PricePanel

_WIDTH = 420


class GridConfirm(QDialog):
    """Ask before these cells are requested. The budget is asked once more at the press.

    Signals:
        confirmed(object, object): the cells, a tuple[int, …], and the exceeded limits that were agreed to, a
        tuple[Breach, …]. GUI thread.
    """

    confirmed = Signal(object, object)

    def __init__(self, grid: GridService, cells: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("try.grid.confirm")
        self._grid = grid
        self._cells = tuple(cells)
        count = len(self._cells)
        title = ngettext("Make {count} picture?", "Make {count} pictures?", count).format(count=count)
        self.setWindowTitle(title)
        self._price = PricePanel("try.grid")
        self._reckon()
        self._price.changed.connect(self._follow)
        self._price.done.connect(self._go_to_button)
        words = _("Make {count} (practice, free)") if grid.practice else _("Make {count} (paid)")
        self.verb = mark(PayButton(words.format(count=count)), kind="primary")
        self.verb.setObjectName("try.grid.confirmed")
        self.verb.setAutoDefault(False)
        back = QPushButton(_("Cancel"))
        back.setDefault(True)
        self.verb.clicked.connect(self._confirm)
        back.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        lines = [text_label(title, "section"), self._price, *(text_label(line) for line in self._lines(grid))]
        for widget in lines:
            widget.setFixedWidth(text_scaled(_WIDTH))
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        buttons.addWidget(back)
        buttons.addWidget(self.verb)
        column.addSpacing(SPACE_S)
        column.addLayout(buttons)
        back.setFocus()
        self._follow()

    def _reckon(self) -> None:
        """Show the price as it is now; a typed word stays where the exceeded limits are the same."""
        if self._grid.practice:
            self._price.show_free(len(self._cells))
            return
        status = self._grid.budget_status(self._cells)
        total = together(self._grid.costs(self._cells), pictures=True)
        self._price.show_price(total, len(self._cells), status, status.breaches if status is not None else ())

    def _lines(self, grid: GridService) -> list[str]:
        """Return what is said besides the price."""
        state = grid.cells[self._cells[0]].state if len(self._cells) == 1 else CellState.LEFT
        if state is CellState.UNKNOWN:
            if grid.practice:
                return [_("The earlier request had no answer.")]
            return [_("The earlier request had no answer. It may have been paid too.")]
        if state is CellState.FAILED:
            return [_("The service refused the earlier request, which was not paid.")]
        if state is CellState.DELETED:
            return [_("You deleted this picture. Try can show deleted pictures, and restore them.")]
        tally = Tally.of(grid.cells)
        lines: list[str] = []
        if tally.made:
            lines.append(ngettext(
                "{count} picture of the grid is already made and not requested again.",
                "{count} pictures of the grid are already made and not requested again.", tally.made,
            ).format(count=tally.made))
        if tally.unknown or tally.failed or tally.deleted:
            lines.append(_("Pictures that were refused, deleted or have no answer are not repeated. "
                           "You can repeat each one yourself."))
        lines.append(_("Pictures are made one after another. You can stop after each one."))
        return lines

    def _follow(self) -> None:
        self.verb.setEnabled(self._price.is_open)

    def _go_to_button(self) -> None:
        self.verb.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self) -> None:
        self._reckon()
        if self._price.is_open:
            self.accept()
            self.confirmed.emit(self._cells, self._price.breaches)
        else:
            self._price.begin()
