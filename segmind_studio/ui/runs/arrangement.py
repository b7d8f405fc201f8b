"""What the place remembers between sessions: columns, filter, and where the splitter stands."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot
from PySide6.QtWidgets import QSplitter

from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.runs.filters import Filter
from segmind_studio.ui.runs.table import RunsTable
from segmind_studio.ui.runs.table_layout import TableLayout

_KEEP_AFTER_MS = 300


class Arrangement(QObject):
    """Restore the arrangement once, and keep what the person changes."""

    def __init__(self, settings: SettingsService, table: RunsTable, splitter: QSplitter) -> None:
        super().__init__(table)
        self._settings = settings
        self._table = table
        self._splitter = splitter
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_KEEP_AFTER_MS)
        self._later.timeout.connect(self._keep_splitter)
        self._restore()
        table.rearranged.connect(self._keep_columns)
        splitter.splitterMoved.connect(self._later.start)

    @property
    def filter(self) -> Filter:
        """Give the group that was shown last."""
        return Filter.of(self._settings.value.run_filter)

    def keep_filter(self, which: Filter) -> None:
        """Remember the group that is shown."""
        self._settings.update(run_filter=which.value)

    def _restore(self) -> None:
        value = self._settings.value
        if value.run_columns:
            self._table.set_table_layout(TableLayout.from_text(value.run_columns))
        state = dict(value.splitters).get(self._splitter.objectName(), "")
        try:
            self._splitter.restoreState(QByteArray(base64.b64decode(state, validate=True)))
        except (binascii.Error, ValueError):
            return

    @Slot(object)
    def _keep_columns(self, layout: TableLayout) -> None:
        self._settings.update(run_columns=layout.to_text())

    @Slot()
    def _keep_splitter(self) -> None:
        kept = dict(self._settings.value.splitters)
        kept[self._splitter.objectName()] = base64.b64encode(bytes(self._splitter.saveState().data())).decode()
        self._settings.update(splitters=tuple(sorted(kept.items())))
