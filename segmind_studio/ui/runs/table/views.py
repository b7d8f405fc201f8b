"""Saved views: a name for filter, search, columns and sorting; and what is restored at the next start."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.question import NameDialog
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.table.columns_dialog import ColumnsDialog
from segmind_studio.ui.runs.table.layout import TableLayout
from segmind_studio.ui.runs.table.row_filter import Filter
from segmind_studio.ui.runs.table.view import RunsTable

MOST_VIEWS = 30
LONGEST_NAME = 60  # characters


class RunView(NamedTuple):
    """One saved view, as the settings have it: `columns` is `TableLayout.to_text()`."""

    name: str
    filter: str
    query: str
    columns: str

    def shows(self, which: Filter, query: str, layout: TableLayout) -> bool:
        """Return whether this is what is shown."""
        return (
            Filter.of(self.filter) is which and self.query == query
            and TableLayout.from_text(self.columns).same_view(layout)
        )


class RunViews(QObject):
    """Restore the arrangement once, keep what the user changes, and offer the saved views. GUI thread.

    Signals:
        chosen(object): RunView, by the user; columns and sorting are applied already.
        removed(str, object): what was done, and the action that undoes it.
    """

    chosen = Signal(object)
    removed = Signal(str, object)

    def __init__(
        self, settings: SettingsService, table: RunsTable, commands: RunCommands, window: QWidget,
    ) -> None:
        super().__init__(table)
        self._settings = settings
        self._table = table
        self._commands = commands
        self._window = window
        self._filter, self._query = Filter.of(settings.value.run_filter), settings.value.run_query
        self._last = ""  # the name of the view that was chosen last
        self._lost: tuple[RunView, ...] = ()  # the views before the last deletion
        if settings.value.run_columns:
            table.set_table_layout(TableLayout.from_text(settings.value.run_columns))
        self.undo_delete = QAction(_("Undo"), self)
        self.undo_delete.triggered.connect(self._restore)
        self.menu = QMenu(window)
        self.menu.aboutToShow.connect(self._list)
        table.rearranged.connect(self._keep_columns)
        table.add_column_actions((commands.columns, commands.reset_columns))
        for action, slot in (
            (commands.columns, self._choose_columns), (commands.reset_columns, self._reset_columns),
            (commands.save_view, self._ask_name), (commands.rename_view, self._ask_new_name),
            (commands.delete_view, self._delete),
        ):
            action.triggered.connect(slot)
        self._follow()

    # -- what is restored

    @property
    def filter(self) -> Filter:
        """Return the group that was shown last."""
        return self._filter

    @property
    def query(self) -> str:
        """Return what was searched for last."""
        return self._query

    def keep(self, which: Filter, query: str) -> None:
        """Remember what is shown."""
        self._filter, self._query = which, query
        self._settings.update(run_filter=which.value, run_query=query)
        self._follow()

    @Slot(object)
    def _keep_columns(self, layout: TableLayout) -> None:
        self._settings.update(run_columns=layout.to_text())
        self._follow()

    # -- columns

    @Slot()
    def _choose_columns(self) -> None:
        dialog = ColumnsDialog(self._table.table_layout(), self._window)
        dialog.changed.connect(self._table.change_layout)
        dialog.open()

    @Slot()
    def _reset_columns(self) -> None:
        now = self._table.table_layout()
        self._table.change_layout(TableLayout(sort_column=now.sort_column, descending=now.descending))

    # -- views

    @property
    def views(self) -> tuple[RunView, ...]:
        """Return the saved views by their name."""
        return tuple(sorted((RunView(*kept) for kept in self._settings.value.run_views), key=_by_name))

    @property
    def current(self) -> RunView | None:
        """Return the saved view that shows what is shown now."""
        layout = self._table.table_layout()
        found = [view for view in self.views if view.shows(self._filter, self._query, layout)]
        return next((view for view in found if view.name == self._last), found[0] if found else None)

    def _follow(self) -> None:
        current = self.current
        self._commands.save_view.setEnabled(current is None)
        for action in (self._commands.rename_view, self._commands.delete_view):
            action.setEnabled(current is not None)

    def _store(self, views: tuple[RunView, ...]) -> None:
        self._settings.update(run_views=tuple(tuple(view) for view in views[:MOST_VIEWS]))
        self._follow()

    @Slot()
    def _list(self) -> None:
        menu, current = self.menu, self.current
        menu.clear()
        for view in self.views:
            action = finish_before(QAction(view.name.replace("&", "&&"), menu))
            action.setCheckable(True)
            action.setChecked(view == current)
            action.setData(view.name)
            action.triggered.connect(self._use)
            menu.addAction(action)
        if not menu.isEmpty():
            menu.addSeparator()
        commands = self._commands
        menu.addActions([commands.save_view, commands.rename_view, commands.delete_view])
        menu.addSeparator()
        menu.addAction(commands.columns)

    @Slot()
    def _use(self) -> None:
        action = self.sender()
        name = str(action.data()) if isinstance(action, QAction) else ""
        view = next((view for view in self.views if view.name == name), None)
        if view is not None:
            self._last = view.name
            self._table.change_layout(TableLayout.from_text(view.columns))
            self.chosen.emit(view)

    @Slot()
    def _ask_name(self) -> None:
        self._ask(_("Save view"), self._last, self._save)

    @Slot()
    def _ask_new_name(self) -> None:
        current = self.current
        if current is not None:
            self._last = current.name
            self._ask(_("Rename view"), current.name, self._rename)

    def _ask(self, title: str, name: str, slot: object) -> None:
        dialog = NameDialog(self._window, title=title, label=_("Name of the view"), name=name)
        dialog.setObjectName("runs.view_name")
        dialog.textValueSelected.connect(slot)
        dialog.open()

    @Slot(str)
    def _save(self, text: str) -> None:
        """Save what is shown; a view of the same name is replaced."""
        name = _clean(text)
        if name:
            view = RunView(name, self._filter.value, self._query, self._table.table_layout().to_text())
            self._last = name
            self._store((view, *_without(self.views, name)))

    @Slot(str)
    def _rename(self, text: str) -> None:
        name, current = _clean(text), self.current
        if name and current is not None:
            self._last = name
            self._store((current._replace(name=name), *_without(_without(self.views, current.name), name)))

    @Slot()
    def _delete(self) -> None:
        current = self.current
        if current is not None:
            self._lost = self.views
            self._store(_without(self.views, current.name))
            self.removed.emit(_("View “{name}” deleted.").format(name=current.name), self.undo_delete)

    @Slot()
    def _restore(self) -> None:
        known = {view.name for view in self.views}
        self._store((*self.views, *(view for view in self._lost if view.name not in known)))


def _by_name(view: RunView) -> tuple[str, str]:
    return view.name.casefold(), view.name


def _clean(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME].rstrip()


def _without(views: tuple[RunView, ...], name: str) -> tuple[RunView, ...]:
    return tuple(view for view in views if view.name.casefold() != name.casefold())
