"""The menu that makes the practice service misbehave, to see what the app does then."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from segmind_studio.core.practice import FAULT_WORDS, Fault, PracticeControl
from segmind_studio.services.settings import SettingsService

SPEEDS = (1.0, 5.0, 20.0, 100.0)


class PracticeMenu(QMenu):
    """Faults and speed of a running practice service."""

    def __init__(self, control: PracticeControl, settings: SettingsService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._settings = settings
        self.setTitle(self.tr("Practice"))
        self._faults: dict[Fault, QAction] = {}
        self._speed_menu = self.addMenu(self.tr("Speed"))
        self._speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = self._speeds.addAction(speed_words(speed))
            action.setCheckable(True)
            action.setData(speed)
            self._speed_menu.addAction(action)
        self._speeds.triggered.connect(self._choose_speed)
        sample = self.addAction(self.tr("Send a sample to the webhook"))
        sample.triggered.connect(self._send_sample)
        self.addSection(self.tr("Make it fail"))
        for fault, words in FAULT_WORDS.items():
            action = self.addAction(words)
            action.setCheckable(True)
            action.setData(fault)
            action.triggered.connect(self._toggle)
            self._faults[fault] = action
        self.aboutToShow.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        """Read the state again: faults that happen once turn themselves off."""
        on = self._control.faults()
        for fault, action in self._faults.items():
            action.setChecked(fault in on)
        for action in self._speeds.actions():
            action.setChecked(action.data() == self._settings.value.practice_speed)

    def _toggle(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._control.set_fault(Fault(action.data()), on=action.isChecked())

    def _choose_speed(self, action: QAction) -> None:
        speed = float(action.data())
        self._control.set_speed(speed)
        self._settings.update(practice_speed=speed)

    def _send_sample(self) -> None:
        self._control.send_sample_webhook()


def speed_words(speed: float) -> str:
    """Name a speed."""
    if speed == 1.0:
        return QCoreApplication.translate("practice", "As in life")
    return QCoreApplication.translate("practice", "{0} times as fast").format(f"{speed:g}")
