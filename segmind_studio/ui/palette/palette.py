"""The command palette: it lies over the window's contents until a command is chosen, or Escape is pressed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QListView, QVBoxLayout, QWidget
from shiboken6 import Shiboken
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.palette.commands import Command, FoundCommand, search_commands
from segmind_studio.ui.palette.list_view import FOUND, CommandDelegate, CommandModel
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.parts.shadow import paint_shadow
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import HAIRLINE, SPACE_L, SPACE_M, SPACE_S, SPACE_XXL, tones_of

_WIDTH = 640
_ROWS = 8
_MOVES = {
    Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS - 1, Qt.Key.Key_PageUp: 1 - _ROWS,
    Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1,
}


class PaletteField(SearchField):
    """The line that is typed into: up and down walk through the list, Enter chooses.

    Signals:
        moved(int): by so many rows. chosen(): Enter. left(): Escape. All in the GUI thread.
    """

    moved = Signal(int)
    chosen = Signal()
    left = Signal()

    @override
    @guarded(False)
    def event(self, event: QEvent, /) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _MOVES:  # Tab never comes to `keyPressEvent`
                self.moved.emit(_MOVES[key])
                return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self.chosen.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class CommandPalette(QWidget):
    """Cover the whole of `host`; a click beside the list closes it.

    `read` returns the commands as they are now; it is called each time the palette opens.

    Signals:
        chosen(object): the Command to carry out, once the focus is back where it was; GUI thread.
    """

    chosen = Signal(object)

    def __init__(self, host: QWidget, read: Callable[[], tuple[Command, ...]]) -> None:
        super().__init__(host)
        self.setObjectName("palette")
        self._host = host
        self._read = read
        self._commands: tuple[Command, ...] = ()
        self._before: QWidget | None = None
        self._wanted: Command | None = None
        self._pointer = QCursor.pos()  # where it was when it chose last
        self._field = PaletteField(_("Find a command"))
        self._field.setObjectName("palette.field")
        self._field.setPlaceholderText(_("Find a command or page"))
        self._model = CommandModel()
        self._list = mark(QListView(), kind="bare")
        self._list.setObjectName("palette.list")
        self._list.setAccessibleName(_("Commands"))
        self._list.setModel(self._model)
        self._list.setItemDelegate(CommandDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._nothing = text_label(_("No command matches. Try fewer letters."), "muted")
        self._nothing.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        self._card = mark(QFrame(self), surface="raised")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_S)
        column.setSpacing(SPACE_S)
        column.addWidget(self._field)
        column.addWidget(self._list)
        column.addWidget(self._nothing)
        self._field.textChanged.connect(self._search)
        self._field.moved.connect(self._move)
        self._field.chosen.connect(self._choose_current)
        self._field.left.connect(self.close_palette)
        self._list.clicked.connect(self._choose)
        self._list.entered.connect(self._follow_pointer)
        host.installEventFilter(self)
        self.hide()

    @property
    def current(self) -> FoundCommand | None:
        """Return what Enter would choose."""
        found: object = self._list.currentIndex().data(FOUND)
        return found if isinstance(found, FoundCommand) else None

    @property
    def found(self) -> tuple[FoundCommand, ...]:
        """Return what is listed, in order."""
        return self._model.found

    @Slot()
    def toggle(self) -> None:
        """Open it, or close it when it is open."""
        if self.isVisible():
            self.close_palette()
            return
        self._before = QApplication.focusWidget()
        self._pointer = QCursor.pos()
        self._commands = self._read()
        self._field.clear()
        self._search("")
        self._fit()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def close_palette(self) -> None:
        """Close it; the focus goes back where it was."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        inside = self.isAncestorOf(QApplication.focusWidget() or self._host)
        if inside and before is not None and Shiboken.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    @Slot(str)
    def _search(self, text: str) -> None:
        self._model.show_found(search_commands(self._commands, text))
        there = bool(self._model.found)
        self._list.setVisible(there)
        self._nothing.setVisible(not there)
        self._list.setCurrentIndex(self._model.index(0))
        self._list.scrollToTop()
        self._fit()
        self._say_current()

    @Slot(int)
    def _move(self, rows: int) -> None:
        count, row = self._model.rowCount(), self._list.currentIndex().row()
        if not count:
            return
        wanted = (row + rows) % count if abs(rows) == 1 else min(max(row + rows, 0), count - 1)
        self._list.setCurrentIndex(self._model.index(wanted))
        self._say_current()

    def _say_current(self) -> None:
        found = self.current
        words = found.command.spoken if found else self._nothing.text()
        self._field.setAccessibleDescription(words)
        announce(self._field, words)

    @Slot(QModelIndex)
    def _follow_pointer(self, index: QModelIndex) -> None:
        """Mark the row under a pointer that has moved; one that rests while rows come below it marks none."""
        pointer = QCursor.pos()
        if pointer != self._pointer:
            self._pointer = pointer
            self._list.setCurrentIndex(index)

    @Slot()
    def _choose_current(self) -> None:
        self._choose(self._list.currentIndex())

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        found: object = index.data(FOUND)
        if not isinstance(found, FoundCommand):
            return
        command = found.command
        if not command.enabled:
            announce(self._field, command.need, urgent=True)
            return
        self.close_palette()
        self._wanted = command
        QTimer.singleShot(0, self, self._emit_chosen)

    @Slot()
    def _emit_chosen(self) -> None:
        command, self._wanted = self._wanted, None
        if command is not None:
            self.chosen.emit(command)

    # -- its place over the window

    def _fit(self) -> None:
        area = self._host.rect()
        self.setGeometry(area)
        width = min(_WIDTH, area.width() - 2 * SPACE_L)
        rows = min(_ROWS, max(1, self._model.rowCount()))
        row_height = self._list.sizeHintForRow(0) if self._model.rowCount() else 0
        top = min(SPACE_XXL * 2, area.height() // 10)
        chrome = self._field.sizeHint().height() + 3 * SPACE_M
        most = area.height() - top - chrome - SPACE_XXL
        self._list.setFixedHeight(max(1, min(rows * row_height + 2 * HAIRLINE, most)))
        self._card.setFixedWidth(width)
        self._card.adjustSize()
        self._card.move((area.width() - width) // 2, top)
        self.update()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._fit()
        return False

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.close_palette()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        paint_shadow(painter, self._card.geometry(), dark=tones_of().dark)
