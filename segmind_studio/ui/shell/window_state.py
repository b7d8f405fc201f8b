"""What is remembered of the window: its place on the screen and its splitters."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QSplitter, QWidget

from segmind_studio.services.settings import SettingsService

_FIRST_SIZE = QSize(1280, 840)


class WindowState:
    """Save and restore through the settings; text that cannot be read counts as none."""

    def __init__(self, window: QWidget, settings: SettingsService) -> None:
        self._window = window
        self._settings = settings

    def restore(self) -> None:
        """Put the window where it was, but inside a screen that is there."""
        stored = self._settings.value.window
        restored = bool(stored) and self._window.restoreGeometry(_bytes_of(stored))
        screen = self._screen()
        if screen is None:
            return
        area = screen.availableGeometry()
        if not restored:
            self._window.setGeometry(QRect(area.topLeft(), _FIRST_SIZE))
            self._window.setGeometry(inside(centred(self._window.geometry(), area), area))
        elif not self._window.isMaximized() and not self._window.isFullScreen():
            self._window.setGeometry(inside(self._window.geometry(), area))

    def restore_splitters(self) -> None:
        """Give every named splitter the sizes it had."""
        stored = dict(self._settings.value.splitters)
        for splitter in self._splitters():
            text = stored.get(splitter.objectName())
            if text:
                splitter.restoreState(_bytes_of(text))

    def save(self) -> None:
        """Remember all of it."""
        splitters = dict(self._settings.value.splitters)
        for splitter in self._splitters():
            splitters[splitter.objectName()] = _text_of(splitter.saveState())
        self._settings.update(
            window=_text_of(self._window.saveGeometry()), splitters=tuple(sorted(splitters.items())),
        )

    def _splitters(self) -> list[QSplitter]:
        return [splitter for splitter in self._window.findChildren(QSplitter) if splitter.objectName()]

    def _screen(self) -> QScreen | None:
        found = QGuiApplication.screenAt(self._window.geometry().center())
        return found or QGuiApplication.primaryScreen()


def inside(rect: QRect, area: QRect) -> QRect:
    """Give the rectangle moved, and if need be shrunk, into the area."""
    size = rect.size().boundedTo(area.size())
    x = min(max(rect.x(), area.x()), area.x() + area.width() - size.width())
    y = min(max(rect.y(), area.y()), area.y() + area.height() - size.height())
    return QRect(x, y, size.width(), size.height())


def centred(rect: QRect, area: QRect) -> QRect:
    """Give the rectangle with its middle in the area's middle."""
    moved = QRect(rect)
    moved.moveCenter(area.center())
    return moved


def _bytes_of(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))


def _text_of(state: QByteArray) -> str:
    return state.toBase64().toStdString()
