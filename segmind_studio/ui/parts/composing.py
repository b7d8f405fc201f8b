"""Text being composed with an input method (Japanese, Chinese, Korean) stays in the editor where it was typed.

While it is composed it belongs to the input method, not to the editor: an editor whose content is replaced would
receive it afterwards, in the new content.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QInputMethodEvent, QKeyEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid
from typing_extensions import override

from segmind_studio.ui.guarded import guarded

_LEFT = {QEvent.Type.FocusOut, QEvent.Type.Hide}
_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_MODIFIERS = {Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_Shift, Qt.Key.Key_AltGr}


def watch_composing() -> None:
    """Watch every editor of the app, also those of Qt's own dialogs. May be called again. GUI thread."""
    _watcher()


def finish_composing(editor: QWidget) -> None:
    """Put what is being composed in an editor into its text, as the user's own edit. GUI thread.

    Call it before that text is replaced, while the signals of the edit still mean the old content.
    """
    watcher = _watcher()
    if watcher is not None:
        watcher.finish(editor)


def finish_before(action: QAction) -> QAction:
    """Let an action commit what is being composed, wherever that is, before it does anything. GUI thread.

    An action may come from a menu bar or assistive technology, without a key or a press in the window before it.
    Call it before anything else is connected; returns the action.
    """
    watcher = _watcher()
    if watcher is not None:
        action.triggered.connect(watcher.finish_here)
    return action


def replace_text(editor: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Set an editor's text; what is being composed goes with the old text. GUI thread."""
    finish_composing(editor)
    if isinstance(editor, QPlainTextEdit):
        editor.setPlainText(text)
    else:
        editor.setText(text)


class Composing(QObject):
    """Follow the keyboard focus and the text being composed there. Lives in the GUI thread.

    It is committed when the editor loses the focus or is hidden, before a command's keys reach their action,
    and when the pointer presses anything else in the window: all of these may replace the editor's content.
    """

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__(app)
        self._editor: QObject | None = None  # the editor with the focus and the event filter
        self._window: QWindow | None = None  # has the filter while something is composed
        self._text = ""  # what is composed now
        self._committed = False
        app.focusObjectChanged.connect(self._follow)
        self._follow(app.focusObject())

    def finish(self, editor: QWidget) -> None:
        """Commit what is being composed in an editor; the input method is asked first."""
        text = self._composed_in(editor)
        if not text:
            return
        method = QGuiApplication.inputMethod()
        self._committed = False
        if QGuiApplication.focusObject() is editor:  # else the input method would write into the new focus
            method.commit()
        if not self._committed:
            method.reset()  # some commit now; the others discard it
        if not self._committed:
            event = QInputMethodEvent()
            event.setCommitString(text)
            QCoreApplication.sendEvent(editor, event)

    @Slot()
    def finish_here(self) -> None:
        """Commit what is being composed in the editor with the focus."""
        if isinstance(self._editor, QWidget) and isValid(self._editor):
            self.finish(self._editor)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        editor = self._editor
        if isinstance(event, QInputMethodEvent) and watched is editor:
            self._note(event)
        elif self._text and isinstance(editor, QWidget) and self._ends(editor, watched, event):
            self.finish(editor)
        return False

    @staticmethod
    def _ends(editor: QWidget, watched: QObject, event: QEvent) -> bool:
        if watched is editor:
            return event.type() in _LEFT or (
                event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _commands(event)
            )
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return not editor.rect().contains(editor.mapFromGlobal(event.globalPosition().toPoint()))
        return False

    def _composed_in(self, editor: QWidget) -> str:
        if editor is self._editor:
            return self._text
        if isinstance(editor, QPlainTextEdit):  # it lost the focus without an event
            return editor.textCursor().block().layout().preeditAreaText()
        return ""

    def _note(self, event: QInputMethodEvent) -> None:
        self._committed = self._committed or bool(event.commitString())
        self._text = event.preeditString()
        if self._text and self._window is None and isinstance(self._editor, QWidget):
            self._window = _window_of(self._editor)
            if self._window is not None:
                self._window.installEventFilter(self)
        elif not self._text:
            self._let_window_go()

    def _let_window_go(self) -> None:
        window, self._window = self._window, None
        if window is not None and isValid(window):
            window.removeEventFilter(self)

    @Slot(QObject)
    def _follow(self, focus: QObject | None) -> None:
        if focus is self._editor:
            return
        before = self._editor
        if before is not None and isValid(before):
            if isinstance(before, QWidget):
                self.finish(before)  # `clearFocus` emits the new focus first, then sends FocusOut
            before.removeEventFilter(self)
        self._let_window_go()
        self._editor, self._text = focus, ""
        if isinstance(focus, QWidget) and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            focus.installEventFilter(self)
        else:
            self._editor = None


def _window_of(editor: QWidget) -> QWindow | None:
    return editor.window().windowHandle()  # None before it was ever shown


def _commands(event: QKeyEvent) -> bool:
    if event.key() in _MODIFIERS:
        return False
    return bool(event.modifiers() & _COMMAND) or Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


_made: list[Composing] = []  # it ends with the app


def _watcher() -> Composing | None:
    """Return the app's one watcher. By `findChild`, PySide would describe QStyle, a child of the app, too."""
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        return None
    if not _made or not isValid(_made[0]):
        _made[:] = [Composing(app)]
    return _made[0]
