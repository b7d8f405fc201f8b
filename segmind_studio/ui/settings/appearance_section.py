"""Light or dark."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.section import Section
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.theme.tokens import SPACE_M

_ICONS = {"system": "monitor", "light": "sun", "dark": "moon"}


class AppearanceSection(Section):
    """Three choices; the system is followed live."""

    def __init__(self, settings: SettingsService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_title(self.tr("Appearance"))
        self._settings = settings
        self._theme = theme
        self._box = QComboBox()
        self._box.setObjectName("settings.appearance")
        self._box.setIconSize(QSize(16, 16))
        words = {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for mode, word in words.items():
            self._box.addItem(icon(_ICONS[mode]), word, mode)
        label = text_label(self.tr("Colours"), wrap=False)
        label.setBuddy(self._box)
        self._now = text_label("", "small")
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(label)
        row.addWidget(self._box)
        row.addWidget(self._now, 1)
        self.rows.addLayout(row)
        self._box.currentIndexChanged.connect(self._choose)  # not activated: assistive technology selects
        settings.changed.connect(self._follow)
        theme.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _choose(self) -> None:
        mode = str(self._box.currentData())
        if mode == self._settings.value.appearance:
            return
        self._theme.apply(mode)
        self._settings.update(appearance=mode)

    @Slot()
    def _follow(self) -> None:
        self._box.setCurrentIndex(max(0, self._box.findData(self._settings.value.appearance)))
        dark = self._theme.tones.dark
        follows = self._settings.value.appearance == "system"
        now = self.tr("Dark now.") if dark else self.tr("Light now.")
        self._now.setText(now if follows else "")
