"""The table of runs: selection, columns, and the row under the pointer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QContextMenuEvent, QHoverEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget
from typing_extensions import override

from segmind_studio.services.images.thumbnails import ThumbnailReady
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.runs.pictures import RunPictures
from segmind_studio.ui.runs.table.columns import ALWAYS, COLUMNS, LAST, Column
from segmind_studio.ui.runs.table.delegates import NameDelegate, RowDelegate, StatusDelegate
from segmind_studio.ui.runs.table.layout import TableLayout
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.theme.theme import line_height
from segmind_studio.ui.theme.tokens import SPACE_L

_ICON = 15
_KEEP_AFTER_MS = 300
_OPAQUE = Qt.WidgetAttribute.WA_OpaquePaintEvent


class RunsTable(QTableView):
    """Show a `RunsModel`, row by row.

    Signals:
        chosen(object): tuple[str, ...], ids of the selected runs from the top; only when they changed.
        rearranged(object): TableLayout, a moment after the user changed columns or order.
    """

    chosen = Signal(object)
    rearranged = Signal(object)

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.table")
        self.setAccessibleName(_("Runs"))
        guard_scroll_areas(self)
        self._model = model
        self._layout = TableLayout()
        self._last: tuple[str, ...] = ()
        self._more: tuple[QAction, ...] = ()
        self._tagged = self._accounts = False
        self._before_reset: tuple[str, ...] = ()
        self._delegates = (RowDelegate(self), StatusDelegate(self), NameDelegate(self))
        self._set_up_view()
        model.modelAboutToBeReset.connect(self._remember)
        self.setModel(model)
        model.modelReset.connect(self._select_again)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_KEEP_AFTER_MS)
        self._later.timeout.connect(self._emit_layout)
        self._set_up_header()

    def _set_up_view(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.verticalScrollBar().rangeChanged.connect(self._set_opaque)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setItemDelegate(self._delegates[0])
        self.setItemDelegateForColumn(Column.STATUS, self._delegates[1])
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(line_height(self.font()) + SPACE_L)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        # With the table's selection, painting the header asks of each row and column whether it is selected.
        header.setSelectionModel(QItemSelectionModel(self._model, header))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(32)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_column_menu)
        self.set_table_layout(self._layout)
        self.setSortingEnabled(True)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for signal in (header.sectionResized, header.sectionMoved, header.sortIndicatorChanged):
            signal.connect(self._rearranged)

    def context_menu(self) -> QMenu:
        """Make the menu of what can be done with the selected runs; what cannot is left out."""
        menu = QMenu(self)
        menu.addActions([one for one in self.actions() if one.isSeparator() or one.isEnabled()])
        return menu

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.context_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if any(action.isVisible() and not action.isSeparator() for action in menu.actions()):
            menu.popup(event.globalPos())

    def set_pictures(self, pictures: RunPictures) -> None:
        """Show pictures in front of the names from now on."""
        self._delegates[2].set_pictures(pictures)
        self.setItemDelegateForColumn(Column.NAME, self._delegates[2])
        pictures.faces_changed.connect(self._repaint)
        pictures.images_changed.connect(self._repaint)
        pictures.thumbnails.ready.connect(self._take_thumbnail)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()

    @Slot(object)
    def _take_thumbnail(self, ready: ThumbnailReady) -> None:
        if self._delegates[2].waits_for(ready.photo_id):
            self.viewport().update()

    # -- selection

    def selected_ids(self) -> tuple[str, ...]:
        """Return the selected runs, from the top."""
        chosen = self.selectionModel().selection()  # in ranges: an index for each of many rows takes long
        parts = sorted({(chosen.at(number).top(), chosen.at(number).bottom()) for number in range(chosen.size())})
        found: dict[str, None] = {}  # the parts of a row may be in several ranges
        for top, bottom in parts:
            found.update(dict.fromkeys(run.run_id for run in self._model.runs_between(top, bottom)))
        return tuple(found)

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """Return the selected runs as they were emitted last."""
        return self._last

    def first_selected_row(self) -> int:
        """Return the row of the uppermost selected run, -1 when none is selected."""
        chosen = self.selectionModel().selection()
        return min((chosen.at(number).top() for number in range(chosen.size())), default=-1)

    def select_run(self, run_id: str) -> bool:
        """Select one run and bring it into view; False when it is not shown."""
        return self.select_runs((run_id,))

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._emit_chosen()

    def _emit_chosen(self) -> None:
        now = self.selected_ids()
        if now != self._last:
            self._last = now
            self.chosen.emit(now)

    def _remember(self) -> None:
        self._before_reset = self.selected_ids()

    def select_runs(self, run_ids: Sequence[str]) -> bool:
        """Select several runs and bring the first into view; False when not all of them are shown.

        The flags are given: `selectRow` would toggle or extend while Ctrl or Shift is held, as after Ctrl+Enter.
        """
        rows = [row for run_id in run_ids if (row := self._model.row_of(run_id)) >= 0]
        if rows:
            chosen = QItemSelection()
            for top, bottom in _ranges(sorted(rows)):
                chosen.select(self._model.index(top, 0), self._model.index(bottom, LAST))
            current = self._model.index(rows[0], Column.NAME)
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(current, flags.NoUpdate)
            self.selectionModel().select(chosen, flags.ClearAndSelect)
            self.scrollTo(current)
        self._emit_chosen()
        return len(rows) == len(run_ids)

    def _select_again(self) -> None:
        self.select_runs(self._before_reset)

    # -- columns

    def table_layout(self) -> TableLayout:
        """Return columns and order as they are now."""
        header = self.horizontalHeader()
        kept = self._layout.widths
        widths = (
            kept[column] if column is Column.NAME or header.isSectionHidden(column) else header.sectionSize(column)
            for column in Column
        )
        return replace(
            self._layout,
            widths=tuple(widths),
            order=tuple(sorted(Column, key=header.visualIndex)),
            sort_column=Column(header.sortIndicatorSection()),
            descending=header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder,
        )

    def set_table_layout(self, layout: TableLayout) -> None:
        """Arrange columns and order as they were kept."""
        self._layout = layout
        header = self.horizontalHeader()
        for place, column in enumerate(layout.order):
            header.moveSection(header.visualIndex(column), place)
        for column in Column:
            header.resizeSection(column, layout.widths[column])
        order = Qt.SortOrder.DescendingOrder if layout.descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(layout.sort_column, order)
        self._make_room()

    def show_column(self, column: Column, *, visible: bool) -> None:
        """Show or hide a column by the user's own choice."""
        self._layout = self.table_layout().showing(column, visible=visible)
        self._make_room()
        self._later.start()

    def change_layout(self, layout: TableLayout) -> None:
        """Arrange columns and order by the user's own choice."""
        self.set_table_layout(layout)
        self._later.stop()
        self.rearranged.emit(layout)

    def column_menu(self) -> QMenu:
        """Make the menu that chooses columns."""
        menu = QMenu(self)
        for column in self.table_layout().order:
            action = menu.addAction(str(COLUMNS[column].heading))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setEnabled(column not in ALWAYS)
            action.setData(int(column))
            action.toggled.connect(self._column_chosen)
        if self._more:
            menu.addSeparator()
            menu.addActions(self._more)
        return menu

    def set_tagged(self, tagged: bool) -> None:  # noqa: FBT001  # one plain fact
        """Make room for the tags where a run has some."""
        if tagged is not self._tagged:
            self._tagged = tagged
            self._make_room()

    def set_accounts_shown(self, shown: bool) -> None:  # noqa: FBT001  # one plain fact
        """Make room for the accounts where runs of several are listed."""
        if shown is not self._accounts:
            self._accounts = shown
            self._make_room()

    def add_column_actions(self, actions: Sequence[QAction]) -> None:
        """Put further actions below the columns in the header's menu."""
        self._more = tuple(actions)

    def _show_column_menu(self, where: QPoint) -> None:
        menu = self.column_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(where))

    @Slot(bool)
    def _column_chosen(self, visible: bool) -> None:  # noqa: FBT001  # a Qt slot
        action = self.sender()
        if isinstance(action, QAction):
            self.show_column(Column(int(action.data())), visible=visible)

    def _make_room(self) -> None:
        fitting = self._layout.columns_for(
            self.viewport().width(), tagged=self._tagged, accounts=self._accounts,
        )
        for column in Column:
            self.setColumnHidden(column, column not in fitting)

    @Slot()
    def _rearranged(self) -> None:
        self._later.start()  # connected directly, `start` would use a column's number as milliseconds

    def _emit_layout(self) -> None:
        now = self.table_layout()
        self._layout = now
        self.rearranged.emit(now)

    # -- the pointer

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._make_room()
        super().resizeEvent(event)

    @override
    @guarded(False)
    def viewportEvent(self, event: QEvent) -> bool:
        """Highlight whole rows on hover; Qt alone would highlight only the cell under the pointer."""
        if isinstance(event, QHoverEvent):
            left = event.type() is QEvent.Type.HoverLeave
            self._hover(-1 if left else self.rowAt(int(event.position().y())))
            return True
        if isinstance(event, QPaintEvent) and self.viewport().testAttribute(_OPAQUE):
            painter = QPainter(self.viewport())
            painter.fillRect(event.rect(), self.palette().brush(self.viewport().backgroundRole()))
            painter.end()
        return super().viewportEvent(event)

    @Slot(int, int)
    def _set_opaque(self, _top: int, bottom: int) -> None:
        """Let scrolling move what is painted, not paint all rows; without scrolling, the frame's corners show."""
        self.viewport().setAttribute(_OPAQUE, bottom > 0)

    def _hover(self, row: int) -> None:
        before = self._delegates[0].hovered
        if row == before:
            return
        for delegate in self._delegates:
            delegate.hovered = row
        for touched in (before, row):
            if touched >= 0:
                top, height = self.rowViewportPosition(touched), self.rowHeight(touched)
                self.viewport().update(0, top, self.viewport().width(), height)


def _ranges(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of rows that follow one another; `rows` are ascending."""
    for row in rows[:1]:
        top = bottom = row
        for following in rows[1:]:
            if following > bottom + 1:
                yield top, bottom
                top = following
            bottom = following
        yield top, bottom
