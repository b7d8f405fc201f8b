"""Settings that are simply on or off."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from segmind_studio.core.settings import Settings
from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.settings.section import Section


@dataclass(frozen=True, slots=True)
class Switch:
    """One check box; `field` is the name in `Settings`."""

    field: str
    title: str
    sentence: str


class SwitchesSection(Section):
    """Check boxes that are kept at once."""

    def __init__(
        self, title: str, switches: tuple[Switch, ...], settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.set_title(title)
        self._settings = settings
        self._showing = False
        self._boxes: dict[str, QCheckBox] = {}
        for switch in switches:
            box = QCheckBox(switch.title)
            box.setObjectName(f"settings.{switch.field}")
            box.toggled.connect(self._keep)  # not clicked: assistive technology toggles
            self.add_choice(box, switch.sentence)
            self._boxes[switch.field] = box
        settings.changed.connect(self._follow)
        self._follow(settings.value)

    @Slot()
    def _keep(self) -> None:
        if not self._showing:
            self._settings.update(**{field: box.isChecked() for field, box in self._boxes.items()})

    @Slot(object)
    def _follow(self, value: Settings) -> None:
        self._showing = True
        for field, box in self._boxes.items():
            box.setChecked(bool(getattr(value, field)))
        self._showing = False
