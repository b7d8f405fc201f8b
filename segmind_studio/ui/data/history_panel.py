"""The history of the open dataset: each undo step with its name and time; a click goes there."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.formats import exact_time, relative_time
from segmind_studio.texts import _, pgettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.lasting_undo import LastingUndo
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.sight import open_at
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 420, 460


class HistoryPanel(QDialog):
    """List the steps, newest first, and the dataset before the first. Follow the undo stack while open."""

    def __init__(self, lasting: LastingUndo, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data.history_panel")
        self.setWindowTitle(_("History"))
        open_at(self, _WIDTH, _HEIGHT)
        self._lasting = lasting
        self._list = QListWidget()
        self._list.setObjectName("data.history_steps")
        # Translators: steps of editing.
        self._list.setAccessibleName(_("Steps, newest first"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sentence = _("Choose a step to go to it. Steps are kept when you close the app.")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(text_label(sentence, "muted"))
        column.addWidget(self._list, 1)
        guard_scroll_areas(self)
        self._list.itemClicked.connect(self._go)
        self._list.itemActivated.connect(self._go)
        lasting.changed.connect(self._follow)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._fill()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        """Show the steps as they are now; the current one is selected, later ones are marked as undone."""
        now, applied = time.time(), self._lasting.applied
        self._list.clear()
        steps = self._lasting.steps
        for place in range(len(steps), 0, -1):
            step = steps[place - 1]
            when = relative_time(step.at, now)
            # Translators: an editing step and its time.
            line = _("{step} · {when}") if place <= applied else _("{step} · {when} · undone")
            item = self._add(line.format(step=step.name, when=when), place, applied)
            item.setToolTip(plain_tip(exact_time(step.at)))
        self._add(pgettext("history", "Start"), 0, applied)

    def _add(self, text: str, place: int, applied: int) -> QListWidgetItem:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, place)
        if place == applied:
            item.setIcon(icon("check", "accent"))
        elif place > applied:
            item.setIcon(icon("redo-2", "muted"))
            item.setForeground(self.palette().placeholderText())
        else:
            item.setIcon(icon("undo-2", "muted"))
        self._list.addItem(item)
        if place == applied:
            self._list.setCurrentItem(item)
        return item

    @Slot(QListWidgetItem)
    def _go(self, item: QListWidgetItem) -> None:
        place = int(item.data(Qt.ItemDataRole.UserRole))
        if place != self._lasting.applied:
            self._lasting.go_to(place)
