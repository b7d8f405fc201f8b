"""The log window: what the app noted, filtered by level and words, with new entries as they come."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.log_feed import LEVELS, LogEntry, LogFeed
from segmind_studio.texts import _, ngettext, pgettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.labels import ElidedLabel, text_label
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.parts.sight import open_at
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_SIZE = (980, 600)
_MOST = 5000  # entries that are kept here; the file has the others
_TONES = {"DEBUG": "faint", "INFO": "text", "WARNING": "warn", "ERROR": "bad", "CRITICAL": "bad"}


class LogWindow(QWidget):
    """A window of its own; it reads the log only while it is shown. Escape closes it."""

    def __init__(self, feed: LogFeed, path: Path, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("log")
        self.setWindowTitle(_("Log"))
        open_at(self, *_SIZE)
        self._feed = feed
        self._path = path
        self._theme = theme
        self._entries: list[LogEntry] = []
        self._level = QComboBox()
        self._level.setObjectName("log.level")
        self._level.setAccessibleName(pgettext("which entries are listed", "Show"))
        for words, level in (
            (_("Everything"), "DEBUG"), (_("Warnings and errors"), "WARNING"), (_("Errors"), "ERROR"),
        ):
            self._level.addItem(words, level)
        self._search = SearchField(_("Search log"))
        self._search.setObjectName("log.search")
        self._search.setPlaceholderText(_("Search"))
        self._text = mark(QPlainTextEdit(), role="mono")
        self._text.setObjectName("log.text")
        self._text.setAccessibleName(_("Log"))
        self._text.setReadOnly(True)
        self._text.setUndoRedoEnabled(False)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._count = text_label("", "small", wrap=False)
        self._count.hide()  # until there is one
        self._lay_out()
        self._level.currentIndexChanged.connect(self._fill)
        self._search.textChanged.connect(self._fill)
        self._search.done.connect(self._text.setFocus)
        feed.begun.connect(self._begin)
        feed.added.connect(self._add)
        feed.failed.connect(self._fail)
        theme.changed.connect(self._fill)

    def _lay_out(self) -> None:
        copy = QPushButton(icon("copy"), _("Copy"))
        copy.setObjectName("log.copy")
        copy.setAccessibleName(_("Copy shown entries"))
        copy.clicked.connect(self._copy)
        folder = mark(QPushButton(icon("folder-open"), _("Open folder")), kind="quiet")
        folder.setObjectName("log.folder")
        folder.clicked.connect(self._open_folder)
        upper = QHBoxLayout()
        upper.setSpacing(SPACE_S)
        upper.addWidget(self._level)
        upper.addWidget(self._search, 1)
        upper.addWidget(copy)
        lower = QHBoxLayout()
        lower.setSpacing(SPACE_M)
        lower.addWidget(self._count)
        lower.addWidget(mark(ElidedLabel(str(self._path), mode=Qt.TextElideMode.ElideMiddle), role="small"), 1)
        lower.addWidget(folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_S)
        column.setSpacing(SPACE_M)
        column.addLayout(upper)
        column.addWidget(self._text, 1)
        column.addLayout(lower)
        guard_scroll_areas(self)

    @property
    def shown(self) -> str:
        """Return what is shown of the log."""
        return self._text.toPlainText()

    # -- what the log brings

    @Slot(object)
    def _begin(self, entries: tuple[LogEntry, ...]) -> None:
        self._entries = list(entries[-_MOST:])
        self._fill()

    @Slot(object)
    def _add(self, entries: tuple[LogEntry, ...]) -> None:
        self._entries += entries
        if len(self._entries) > _MOST:
            del self._entries[: len(self._entries) - _MOST // 2]  # the older half, so that it is rare
            self._fill()
            return
        self._write(self._fitting(entries))
        self._show_count()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._count.setText(str(error))
        self._count.show()

    # -- what is shown

    @Slot()
    def _fill(self) -> None:
        self._text.clear()
        self._text.setPlaceholderText(_("Nothing matches") if self._entries else _("Nothing yet"))
        self._write(self._fitting(self._entries))
        self._text.moveCursor(QTextCursor.MoveOperation.End)
        self._text.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        self._show_count()

    def _fitting(self, entries: Iterable[LogEntry]) -> list[LogEntry]:
        least, words = LEVELS.index(str(self._level.currentData())), self._search.text().casefold().split()
        return [
            entry for entry in entries
            if LEVELS.index(entry.level) >= least and all(word in entry.text.casefold() for word in words)
        ]

    def _write(self, entries: list[LogEntry]) -> None:
        """Append entries; the view stays where it is unless it shows the end."""
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        empty = self._text.document().isEmpty()
        cursor.beginEditBlock()
        for level, group in groupby(entries, key=lambda entry: entry.level):
            look = QTextCharFormat()
            look.setForeground(QColor(getattr(self._theme.tones, _TONES[level])))
            text = "\n".join(entry.text for entry in group)
            cursor.insertText(text if empty else f"\n{text}", look)
            empty = False
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())

    def _show_count(self) -> None:
        count, all_of_them = len(self._fitting(self._entries)), len(self._entries)
        words = ngettext("{count} of {all} entry", "{count} of {all} entries", all_of_them)
        self._count.setText(words.format(count=count, all=all_of_them))
        self._count.show()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.shown)

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))

    # -- showing and closing

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._feed.start()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self._feed.stop()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
