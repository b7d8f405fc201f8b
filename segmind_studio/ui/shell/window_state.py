"""What is remembered of the window: its place on the screen and its splitters."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QWidget

from segmind_studio.services.settings import SettingsService

_FIRST_SIZE = QSize(1280, 840)


class WindowState:
    """Save and restore through the settings; text that cannot be read counts as none."""

    def __init__(self, window: QWidget, settings: SettingsService) -> None:
        self._window = window
        self._settings = settings

    def restore(self) -> None:
        """Put the window where it was; Qt moves it back into sight when that screen is gone."""
        stored = self._settings.value.window
        if stored and self._window.restoreGeometry(_bytes_of(stored)):
            return
        area = QGuiApplication.primaryScreen().availableGeometry()
        self._window.setGeometry(centred(_FIRST_SIZE.boundedTo(area.size()), area))

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


def centred(size: QSize, area: QRect) -> QRect:
    """Give a rectangle of this size in the middle of the area."""
    rect = QRect(area.topLeft(), size)
    rect.moveCenter(area.center())
    return rect


def _bytes_of(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))


def _text_of(state: QByteArray) -> str:
    return state.toBase64().toStdString()
