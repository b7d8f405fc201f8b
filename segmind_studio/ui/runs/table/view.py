"""The table of runs, and how its widths, order and sorting are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self, cast

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QHoverEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget
from typing_extensions import override

from segmind_studio.core.numbers import decoded_json
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.runs.table.columns import SHAPES, Column, heading
from segmind_studio.ui.runs.table.delegates import RowDelegate, StatusDelegate
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.runs.table.row_filter import Filter

NAME_MINIMUM = 140
_WIDEST = 1200
_NARROWEST = 32


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`hidden` and `shown` are the user's own choices; columns in neither go where room is short."""

    widths: tuple[int, ...] = tuple(SHAPES[column].width for column in Column)
    order: tuple[Column, ...] = tuple(Column)
    hidden: frozenset[Column] = frozenset()
    shown: frozenset[Column] = frozenset()
    sort_column: Column = Column.STARTED
    descending: bool = True

    def columns_for(self, room: int) -> frozenset[Column]:
        """Return the columns that fit into `room` pixels; the name takes what is left over."""
        wanted = [column for column in Column if column not in self.hidden]
        for column in sorted(wanted, key=lambda item: SHAPES[item].rank, reverse=True):
            if self._needs(wanted) <= room or SHAPES[column].rank == 0:
                break
            if column not in self.shown:
                wanted.remove(column)
        return frozenset(wanted)

    def _needs(self, columns: list[Column]) -> int:
        return NAME_MINIMUM + sum(self.widths[column] for column in columns if column is not Column.NAME)

    def to_text(self) -> str:
        """Write it for the settings."""
        return json.dumps({
            "widths": list(self.widths), "order": [column.name for column in self.order],
            "hidden": sorted(column.name for column in self.hidden),
            "shown": sorted(column.name for column in self.shown),
            "sort": self.sort_column.name, "descending": self.descending,
        })

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote; an invalid part keeps its default; never raises."""
        try:
            loaded = decoded_json(text)
        except ValueError:
            return cls()
        if not isinstance(loaded, dict):
            return cls()
        kept = cast("Mapping[str, object]", loaded)
        order = _columns(kept.get("order"))
        usual = cls()
        sort = _columns([kept.get("sort")])
        return cls(
            widths=_widths(kept.get("widths"), usual.widths),
            order=order if sorted(order) == list(Column) else usual.order,
            hidden=frozenset(_columns(kept.get("hidden"))) - {Column.STATUS, Column.NAME},
            shown=frozenset(_columns(kept.get("shown"))),
            sort_column=sort[0] if sort else usual.sort_column,
            descending=kept.get("descending") is not False,
        )


def _columns(value: object) -> tuple[Column, ...]:
    names = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(Column[name] for name in names if isinstance(name, str) and name in Column.__members__)


def _widths(value: object, usual: tuple[int, ...]) -> tuple[int, ...]:
    widths = cast("list[object]", value) if isinstance(value, list) else []
    if len(widths) != len(usual):
        return usual
    return tuple(
        min(_WIDEST, max(_NARROWEST, width)) if isinstance(width, int) else default
        for width, default in zip(widths, usual, strict=True)
    )


_ICON = 15
_ROW_PADDING = 20
_KEEP_AFTER_MS = 300
_ALWAYS = frozenset({Column.STATUS, Column.NAME})


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
        self._before_reset: tuple[str, ...] = ()
        self._delegates = (RowDelegate(self), StatusDelegate(self))
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
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setItemDelegate(self._delegates[0])
        self.setItemDelegateForColumn(Column.STATUS, self._delegates[1])
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + _ROW_PADDING)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
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

    # -- selection

    def selected_ids(self) -> tuple[str, ...]:
        """Return the selected runs, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._model.run_at(row).run_id for row in rows)

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
            for row in rows:
                chosen.select(self._model.index(row, 0), self._model.index(row, Column.PINNED))
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
        layout = self.table_layout()
        chosen = frozenset({column})
        self._layout = replace(
            layout,
            hidden=layout.hidden - chosen if visible else layout.hidden | chosen,
            shown=layout.shown | chosen if visible else layout.shown - chosen,
        )
        self._make_room()
        self._later.start()

    def column_menu(self) -> QMenu:
        """Make the menu that chooses columns."""
        menu = QMenu(self)
        for column in Column:
            action = menu.addAction(heading(column))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setEnabled(column not in _ALWAYS)
            action.setData(int(column))
        menu.triggered.connect(self._column_chosen)
        return menu

    def _show_column_menu(self, where: QPoint) -> None:
        menu = self.column_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(where))

    def _column_chosen(self, action: QAction) -> None:
        self.show_column(Column(int(action.data())), visible=action.isChecked())

    def _make_room(self) -> None:
        fitting = self._layout.columns_for(self.viewport().width())
        for column in Column:
            self.setColumnHidden(column, column not in fitting)

    @Slot()
    def _rearranged(self) -> None:
        self._later.start()  # connected directly, `start` would use a column's number as milliseconds

    def _emit_layout(self) -> None:
        now = self.table_layout()
        if now != self._layout or now.hidden or now.shown:
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
        return super().viewportEvent(event)

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


class Arrangement(QObject):
    """Restore the arrangement once, and keep what the user changes."""

    def __init__(self, settings: SettingsService, table: RunsTable) -> None:
        super().__init__(table)
        self._settings = settings
        if settings.value.run_columns:
            table.set_table_layout(TableLayout.from_text(settings.value.run_columns))
        table.rearranged.connect(self._keep_columns)

    @property
    def filter(self) -> Filter:
        """Return the group that was shown last."""
        return Filter.of(self._settings.value.run_filter)

    def keep_filter(self, which: Filter) -> None:
        """Remember the group that is shown."""
        self._settings.update(run_filter=which.value)

    @Slot(object)
    def _keep_columns(self, layout: TableLayout) -> None:
        self._settings.update(run_columns=layout.to_text())
