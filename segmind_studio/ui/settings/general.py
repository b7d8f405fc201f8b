"""Appearance, switches and the practice service."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from segmind_studio.core.practice import FAULT_WORDS, Fault, PracticeControl
from segmind_studio.core.settings import Settings
from segmind_studio.formats import percent
from segmind_studio.record import record
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.shell.actions import appearance_names
from segmind_studio.ui.shell.menus import SPEEDS, speed_words
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.theme.tokens import BELOW_CHOICE, SPACE_S, TEXT_SIZES

_ICON = 16  # logical pixels
_ICONS = {"system": "monitor", "light": "sun", "dark": "moon"}


class AppearanceSection(Section):
    """The colours, of which the system's are followed live, and the size of all text."""

    def __init__(self, settings: SettingsService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_title(_("Appearance"))
        self._settings = settings
        self._theme = theme
        self._showing = False
        self._box = QComboBox()
        self._box.setObjectName("settings.appearance")
        self._box.setIconSize(QSize(_ICON, _ICON))
        for mode, word in appearance_names().items():
            self._box.addItem(icon(_ICONS[mode.removesuffix("-high")]), word, mode)
        self._now = text_label("", "small")
        self._size = QComboBox()
        self._size.setObjectName("settings.text_percent")
        for size in TEXT_SIZES:
            self._size.addItem(percent(size / 100), size)
        lines = LabelledRows()
        lines.add_row(_("Colours"), self._box, self._now)
        lines.add_row(_("Text size"), self._size)
        self.rows.addLayout(lines)
        self._names = QCheckBox(_("Show API names"))
        self._names.setObjectName("settings.api_names")
        self._names.toggled.connect(self._choose_names)  # not clicked: assistive technology toggles
        self.add_choice(self._names, _(
            "Beside each field in Train and Try, the name it has in the request, such as {example}.",
        ).format(example="lora_rank"))
        self._box.currentIndexChanged.connect(self._choose)  # not activated: assistive technology selects
        self._size.currentIndexChanged.connect(self._choose)
        settings.changed.connect(self._follow)
        theme.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _choose(self) -> None:
        mode, size = str(self._box.currentData()), int(self._size.currentData())
        value = self._settings.value
        if self._showing or (mode, size) == (value.appearance, value.text_percent):
            return
        self._theme.apply(mode, size)
        self._settings.update(appearance=mode, text_percent=size)

    @Slot()
    def _choose_names(self) -> None:
        if not self._showing:
            self._settings.update(api_names=self._names.isChecked())

    @Slot()
    def _follow(self) -> None:
        value = self._settings.value
        self._showing = True
        self._names.setChecked(value.api_names)
        self._box.setCurrentIndex(max(0, self._box.findData(value.appearance)))
        self._size.setCurrentIndex(max(0, self._size.findData(value.text_percent)))
        self._showing = False
        dark = self._theme.tones.dark
        follows = value.appearance == "system"
        now = _("Dark now.") if dark else _("Light now.")
        self._now.setText(now if follows else "")


@record
class SwitchRow:
    """One check box; `field` is the name in `Settings`."""

    field: str
    title: str
    sentence: str


class SwitchesSection(Section):
    """Check boxes that are stored at once."""

    def __init__(
        self, title: str, switches: tuple[SwitchRow, ...], settings: SettingsService,
        parent: QWidget | None = None,
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


class PracticeSection(Section):
    """Greyed out until the service runs."""

    def __init__(self, settings: SettingsService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_title(_("Practice"), _(
            "A simulation of Segmind on this computer: same steps, same errors, free. It trains nothing.",
        ))
        self._settings = settings
        self._control: PracticeControl | None = None
        self._showing = False
        self._state = text_label("", "muted")
        self._speed = QComboBox()
        self._speed.setObjectName("settings.practice_speed")
        for speed in SPEEDS:
            self._speed.addItem(speed_words(speed), speed)
        lines = LabelledRows()
        lines.add_row(_("Speed"), self._speed)
        self._faults: dict[Fault, QCheckBox] = {}
        self._drills = QCheckBox(_("Simulate errors"))
        self._drills.setObjectName("settings.drills")
        self._drills.toggled.connect(self._set_drills)
        self._list = QWidget()
        faults = QVBoxLayout(self._list)
        set_margins(faults, BELOW_CHOICE, 0, 0, 0)
        faults.setSpacing(SPACE_S)
        for fault, words in FAULT_WORDS.items():
            box = QCheckBox(str(words))
            box.setObjectName(f"settings.fault.{fault}")
            box.toggled.connect(self._set_fault)  # not clicked: assistive technology toggles
            faults.addWidget(box)
            self._faults[fault] = box
        self.rows.addWidget(self._state)
        self.rows.addLayout(lines)
        self.add_choice(self._drills, _("Have the practice service fail, to see what the app does."))
        self.rows.addWidget(self._list)
        self._list.hide()
        self._speed.currentIndexChanged.connect(self._set_speed)
        settings.changed.connect(self._follow)
        self._follow(settings.value)
        self.refresh()

    def set_practice(self, control: PracticeControl | None) -> None:
        """Enable or disable the controls when the service starts or ends."""
        self._control = control
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the faults again: those that happen once turn themselves off."""
        running = self._control is not None
        self._state.setText("" if running else _("The practice service is not running yet."))
        self._state.setVisible(not running)
        on = self._control.faults() if self._control else frozenset[Fault]()
        self._showing = True
        for fault, box in self._faults.items():
            box.setEnabled(running)
            box.setChecked(fault in on)
        self._drills.setEnabled(running)
        if on:
            self._drills.setChecked(True)
        self._list.setVisible(self._drills.isChecked())
        self._showing = False
        self._speed.setEnabled(running)

    @Slot()
    def _set_drills(self) -> None:
        """Show the faults; without drills none of them stays on."""
        on = self._drills.isChecked()
        self._list.setVisible(on)
        if on or self._showing or self._control is None:
            return
        for fault in self._control.faults():
            self._control.set_fault(fault, on=False)
        self.refresh()

    @Slot()
    def _set_fault(self) -> None:
        if self._showing:
            return
        pressed = self.sender()
        for fault, box in self._faults.items():
            if box is pressed and self._control is not None:
                self._control.set_fault(fault, on=box.isChecked())

    @Slot()
    def _set_speed(self) -> None:
        if self._showing or self._speed.currentIndex() < 0:
            return
        speed = float(self._speed.currentData())
        if self._control is not None:
            self._control.set_speed(speed)
        self._settings.update(practice_speed=speed)

    @Slot(object)
    def _follow(self, value: Settings) -> None:
        self._showing = True
        self._speed.setCurrentIndex(self._speed.findData(value.practice_speed))  # none for a speed of its own
        self._showing = False
