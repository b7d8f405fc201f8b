"""What the place remembers between sessions: its columns and its filter. Splitters are the window's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.runs.filters import Filter
from segmind_studio.ui.runs.table import RunsTable
from segmind_studio.ui.runs.table_layout import TableLayout


class Arrangement(QObject):
    """Restore the arrangement once, and keep what the person changes."""

    def __init__(self, settings: SettingsService, table: RunsTable) -> None:
        super().__init__(table)
        self._settings = settings
        if settings.value.run_columns:
            table.set_table_layout(TableLayout.from_text(settings.value.run_columns))
        table.rearranged.connect(self._keep_columns)

    @property
    def filter(self) -> Filter:
        """Give the group that was shown last."""
        return Filter.of(self._settings.value.run_filter)

    def keep_filter(self, which: Filter) -> None:
        """Remember the group that is shown."""
        self._settings.update(run_filter=which.value)

    @Slot(object)
    def _keep_columns(self, layout: TableLayout) -> None:
        self._settings.update(run_columns=layout.to_text())
