"""Money and time over the whole window: a card for each chart, as drawing or as table, and both saved as files."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QAction, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.budget import Budget
from segmind_studio.core.errors import StudioError
from segmind_studio.core.run_history import RunHistory
from segmind_studio.formats import date_text
from segmind_studio.services.runs.history_service import HistoryService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, sentences
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.parts import ActionButton, ElidedLabel, ScrollPage, page_title, text_label
from segmind_studio.ui.parts.budget_gate import spent_this_month
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.runs.history.chart import BarChart, charts_image
from segmind_studio.ui.runs.history.plots import BarPlot, HistoryKind, PlotBar, csv_text, plots_of
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S

_WIDEST = 1360
_TWO_COLUMNS_FROM, _TWO_TABLES_FROM = 860, 1200  # logical pixels at 100 % text
_PAIRS = (HistoryKind.DATASETS, HistoryKind.RUNS), (HistoryKind.PRICES, HistoryKind.STAGES)


class PlotCard(QFrame):
    """One chart with its title, what is said about the marked bar, and its note; or the same as a table."""

    def __init__(self, kind: HistoryKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="card")
        self._title = text_label("", "strong", wrap=False)
        self.chart = BarChart()
        self.chart.setObjectName(f"runs.history.{kind}")
        self.table = QTableWidget()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.hide()
        self._said = mark(ElidedLabel(), role="small")
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._note = text_label("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        head = QHBoxLayout()
        head.setSpacing(SPACE_L)
        head.addWidget(self._title)
        head.addWidget(self._said, 1)
        column.addLayout(head)
        for part in (self.chart, self.table, self._note):
            column.addWidget(part)
        column.addStretch()
        self._as_table = False
        self.chart.pointed.connect(self._show_bar)
        guard_scroll_areas(self)

    def show_plot(self, plot: BarPlot) -> None:
        """Show another chart."""
        self._title.setText(plot.title)
        self._note.setText(plot.note)
        self._note.setVisible(bool(plot.note))
        self.table.setAccessibleName(plot.title)
        self.chart.set_plot(plot)
        self._arrange()

    def show_as_table(self, wanted: bool) -> None:  # noqa: FBT001  # as a check box emits it
        """Show the table, or the drawing."""
        self._as_table = wanted
        self._arrange()

    def _arrange(self) -> None:
        plot = self.chart.plot
        some = plot is not None and bool(plot.bars)
        if self._as_table and plot is not None:
            self._fill(plot)
        self.table.setVisible(some and self._as_table)
        self.chart.setVisible(some and not self._as_table)
        self._said.setVisible(some and not self._as_table)

    def _fill(self, plot: BarPlot) -> None:
        table = self.table
        table.setColumnCount(len(plot.columns))
        table.setHorizontalHeaderLabels(list(plot.columns))
        table.setRowCount(len(plot.bars))
        for row, bar in enumerate(plot.bars):
            for column, text in enumerate((bar.label, *bar.cells)):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(len(plot.columns)):
            head = table.horizontalHeaderItem(column)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            if head is not None:
                head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
        table.setFixedHeight(header.sizeHint().height() + rows + 2 * table.frameWidth())

    @Slot(object)
    def _show_bar(self, bar: PlotBar | None) -> None:
        self._said.setText(bar.words if bar is not None else "")


class HistoryView(Overlay):
    """Show the history over a window, up to date while it is open. Escape closes it.

    It is that of the account in use, or of all but practice where Runs lists the runs of all accounts.

    Signals:
        toast(str): a short message; GUI thread.
    """

    toast = Signal(str)

    def __init__(self, history: HistoryService, settings: SettingsService, window: QWidget) -> None:
        super().__init__(window, "runs.history")
        self.setAccessibleName(_("Money and time"))
        self._history = history
        self._settings = settings
        self._shown: RunHistory | None = None
        self._plots: tuple[BarPlot, ...] = ()
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._target: tuple[str, bytes | QImage] = ("", b"")
        self._state = text_label("", "muted")
        self._state.setObjectName("runs.history.state")
        self.as_table = QCheckBox(_("Show as table"))
        self.as_table.setObjectName("runs.history.table")
        self.as_table.toggled.connect(self._show_as_table)
        self._csv = self._button("runs.history.csv", "file-down", _("Save as CSV…"), self._save_csv)
        self._png = self._button("runs.history.png", "image", _("Save as picture…"), self._save_picture)
        self._close = QPushButton(icon("x"), _("Close"))
        self._close.setObjectName("runs.history.close")
        self._close.clicked.connect(self.hide)
        self.cards = {kind: PlotCard(kind) for kind in (HistoryKind.MONTHS, *_PAIRS[0], *_PAIRS[1])}
        self._page = ScrollPage()
        self._page.set_widest(_WIDEST, centred=True)
        self._page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page.setAccessibleName(_("Money and time"))
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._rows = tuple(QBoxLayout(QBoxLayout.Direction.TopToBottom) for _pair in _PAIRS)
        self._lay_out()
        self.set_tab_ends(self.as_table, self._close)
        history.ready.connect(self._show)
        history.ready_together.connect(self._show_together)
        history.news.connect(self._ask)
        history.failed.connect(self._failed)
        history.saved.connect(self._saved)
        settings.changed.connect(self._follow_settings)

    def _button(self, name: str, icon_name: str, text: str, slot: object) -> ActionButton:
        action = QAction(icon(icon_name), text, self)
        action.setEnabled(False)
        action.triggered.connect(slot)
        button = ActionButton(action, "", self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(SPACE_LINE)
        words.addWidget(page_title(_("Money and time")))
        words.addWidget(self._state)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for part in (self.as_table, self._csv, self._png, self._close):
            buttons.addWidget(part)
        upper = QWidget()
        upper.setLayout(self._head)
        upper.setMaximumWidth(_WIDEST)  # as the page below it
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(SPACE_M)
        self._head.addLayout(words, 1)
        self._head.addLayout(buttons)
        self._head.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)
        top = self._top = QHBoxLayout()
        top.setSpacing(0)
        top.addStretch()
        top.addWidget(upper, 1)
        top.addStretch()
        self._page.column.addWidget(self.cards[HistoryKind.MONTHS])
        for kinds, row in zip(_PAIRS, self._rows, strict=True):  # side by side, both cards are equally high
            row.setSpacing(SPACE_L)
            for kind in kinds:
                row.addWidget(self.cards[kind], 1)
            self._page.column.addLayout(row)
        self._page.column.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._page, 1)
        self._page.verticalScrollBar().rangeChanged.connect(self._end_with_page)
        self._end_with_page()

    def open(self) -> None:
        """Show it, and add everything up anew."""
        self._state.setText(_("Calculating…") if self._history.loaded else _("Your history is still loading."))
        self.cover(self.cards[HistoryKind.MONTHS].chart)
        self._ask()

    @Slot()
    def _ask(self) -> None:
        if self.isHidden() and self._shown is not None:
            return
        if self._together:
            self._history.ask_together()
        else:
            self._history.ask()

    @property
    def _together(self) -> bool:
        return self._settings.value.run_accounts

    @Slot(object)
    def _show(self, history: RunHistory) -> None:
        """Show the account in use, unless all are wanted: Start asks for it too."""
        if not self._together:
            self._shown = history
            self._draw()

    @Slot(object)
    def _show_together(self, history: RunHistory) -> None:
        if self._together:
            self._shown = history
            self._draw()

    @Slot()
    def _follow_settings(self) -> None:
        """Draw with the limit as it is now, and ask again: other accounts may be wanted."""
        self._draw()
        if not self.isHidden():
            self._ask()

    @Slot()
    def _draw(self) -> None:
        history = self._shown
        if history is None:
            return
        limit = None if history.together else Budget.of(self._settings.value).per_month  # which is one account's
        self._state.setText(state_text(history, limit))
        self._plots = plots_of(history, limit)
        for plot in self._plots:
            self.cards[plot.kind].show_plot(plot)
        for button in (self._csv, self._png):
            button.action.setEnabled(any(plot.bars for plot in self._plots))

    @Slot(bool)
    def _show_as_table(self, wanted: bool) -> None:  # noqa: FBT001  # as the check box emits it
        for card in self.cards.values():
            card.show_as_table(wanted)
        self._arrange()

    # -- saving

    @Slot()
    def _save_csv(self) -> None:
        content = csv_text(self._plots).encode("utf-8-sig")  # with a mark: else Excel reads another encoding
        kinds = file_filter(_("Tables"), "*.csv")
        self._ask_target(_("Save as CSV"), "csv", kinds, content)

    @Slot()
    def _save_picture(self) -> None:
        # Translators: the heading of a picture, and its date.
        heading = _("{title} · {date}").format(title=_("Money and time"), date=date_text(time.time()))
        image = charts_image(self._plots, heading, self.font())
        self._ask_target(_("Save as picture"), "png", file_filter(_("Pictures"), "*.png"), image)

    def _ask_target(self, title: str, suffix: str, kinds: str, content: bytes | QImage) -> None:
        stem = _("Money and time")
        name = f"{stem}.{suffix}"
        dialog = QFileDialog(self, title, str(existing_folder(self._folder)))
        guard_scroll_areas(dialog)
        dialog.setObjectName("runs.history.file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that is there is never replaced
        dialog.setNameFilters([kinds])
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(name)
        self._target = (name, content)
        dialog.fileSelected.connect(self._save)
        dialog.open()

    @Slot(str)
    def _save(self, path: str) -> None:
        self._folder = str(Path(path).parent)
        self._history.save(Path(path), self._target[1])

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.toast.emit(_("Saved “{name}” in {folder}").format(name=path.name, folder=path.parent))

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        if self.isVisible():
            self._state.setText(str(error))

    # -- the size

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _end_with_page(self) -> None:
        """Leave beside the head what the page leaves to its scroll bar."""
        bar = self._page.verticalScrollBar()
        room = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        set_margins(self._top, SPACE_L, SPACE_M, SPACE_L + room, 0)

    def _arrange(self) -> None:
        least = _TWO_TABLES_FROM if self.as_table.isChecked() else _TWO_COLUMNS_FROM
        for layout, room in ((self._head, _TWO_COLUMNS_FROM), *((row, least) for row in self._rows)):
            wide = self.width() >= text_scaled(room)
            layout.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


def state_text(history: RunHistory, limit: float | None) -> str:
    """Return the line under the title: what was spent this month, or that nothing is paid."""
    if history.practice:
        return _("Practice is free. All amounts are simulated.")
    spent = spent_this_month(history.month, limit)
    return sentences(_("All accounts, without practice."), spent) if history.together else spent
