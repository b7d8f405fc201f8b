"""Money and time on Start: what this month has cost, how the runs stand, and the last months as small bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.budget import Budget
from segmind_studio.formats import money
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.parts.budget_gate import spent_this_month
from segmind_studio.ui.parts.labels import ElidedLabel, text_label
from segmind_studio.ui.runs.history.chart import BarChart
from segmind_studio.ui.runs.history.plots import PlotBar, months_plot
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_XL, SPACE_XS

if TYPE_CHECKING:
    from segmind_studio.core.run_history import RunHistory
    from segmind_studio.services.runs.history_service import HistoryService
    from segmind_studio.services.system.settings_service import SettingsService

_CHART_HEIGHT = 116


class HistorySummary(QFrame):
    """Show the history in short; hidden until there is some.

    Signals:
        wanted(): the user wants to see all of it. shown(): it has appeared or gone. Both in the GUI thread.
    """

    wanted = Signal()
    shown = Signal()

    def __init__(
        self, history: HistoryService, settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        mark(self, surface="card")
        self.setObjectName("start.history")
        self._history = history
        self._settings = settings
        self._shown: RunHistory | None = None
        self._spent = text_label("", "muted")
        self._counts = text_label("", "muted")
        self._said = mark(ElidedLabel(), role="small")
        self.chart = BarChart(height=_CHART_HEIGHT)
        self.chart.setObjectName("start.history.chart")
        self.chart.pointed.connect(self._show_bar)
        more = QPushButton(_("Money and time…"))
        more.setObjectName("start.history.more")
        more.clicked.connect(self.wanted)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addWidget(text_label(_("Money and time"), "strong"))
        words.addWidget(self._spent)
        words.addWidget(self._counts)
        words.addStretch()
        buttons = QHBoxLayout()
        buttons.addWidget(more)
        buttons.addStretch()
        words.addLayout(buttons)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.chart)
        right.addWidget(self._said)
        right.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_XL)
        row.addLayout(words, 1)
        row.addLayout(right, 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        history.ready.connect(self._show)
        history.news.connect(self._ask)
        settings.changed.connect(self._draw)
        history.ask()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._history.ask()

    @Slot()
    def _ask(self) -> None:
        page = self.parentWidget()
        if self._shown is None or (page is not None and page.isVisible()):
            self._history.ask()

    @Slot(object)
    def _show(self, history: RunHistory) -> None:
        self._shown = history
        self._draw()

    @Slot()
    def _draw(self) -> None:
        history = self._shown
        if history is None:
            return
        limit = Budget.of(self._settings.value).per_month
        self._spent.setText(spent_line(history, limit))
        self._counts.setText(counts_line(history))
        plot = months_plot(history, limit)
        self.chart.set_plot(plot)
        self.chart.setVisible(bool(plot.bars))
        if self.isHidden() is not history.empty:
            self.setVisible(not history.empty)
            self.shown.emit()

    @Slot(object)
    def _show_bar(self, bar: PlotBar | None) -> None:
        self._said.setText(bar.words if bar is not None else "")


def spent_line(history: RunHistory, limit: float | None) -> str:
    """Return what was spent this month, with the limit; in practice the simulated amount."""
    if history.practice:
        simulated = history.months[-1].dollars if history.months else 0.0
        return _("Practice is free: {amount} simulated this month.").format(amount=money(simulated))
    return spent_this_month(history.month, limit)


def counts_line(history: RunHistory) -> str:
    """Return how many runs there are in each state that matters, the most urgent first."""
    counts = (
        (history.waiting, ngettext("{count} needs a decision", "{count} need a decision", history.waiting)),
        (history.active, ngettext("{count} in progress", "{count} in progress", history.active)),
        (history.ready, ngettext("{count} ready", "{count} ready", history.ready)),
        (history.lost, ngettext("{count} failed or refused", "{count} failed or refused", history.lost)),
    )
    said = " · ".join(words.format(count=count) for count, words in counts if count)
    # Translators: {counts} is such as “2 in progress, 1 needs a decision”.
    return _("Runs: {counts}").format(counts=said) if said else _("No runs yet")
