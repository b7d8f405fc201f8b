"""What a model is asked for captions: its address, its key, the photos, and the instruction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.captioning import (
    CaptionEndpoint,
    CaptionMode,
    checked_endpoint,
    instruction_for,
    wanted,
)
from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.services.datasets.caption_writer import SENT_SIDE
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.composing import finish_composing, replace_text
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S

_INSTRUCTION_LINES = 7


class CaptionRequestForm(QWidget):
    """Edit what is asked. The consent is asked for each host, before the first picture goes to it.

    `count` and `consent` are placed by the dialog, beside the button that sends.

    Signals:
        changed(): something that decides what is sent was edited. GUI thread.
        host_changed(object): CaptionEndpoint, when its host is another one.
        find_models(): the user asks for the models on this computer; `show_models` is for the answer.
    """

    changed = Signal()
    host_changed = Signal(object)
    find_models = Signal()

    def __init__(
        self, selected: tuple[Photo, ...], every: tuple[Photo, ...], parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices = (selected, every) if len(selected) > 1 else (every,)
        self._theme = ""  # whose instruction is shown
        self._instructions: dict[str, str] = {}  # that the user edited, by theme
        self._host = ""
        self._passed_on: QWidget | None = None  # it got the keyboard from the button while models are looked for
        self.address = QLineEdit()
        self.address.setPlaceholderText("http://127.0.0.1:11434/v1")
        self.model = QLineEdit()
        self.model.setPlaceholderText("llava")
        self.look = QPushButton(_("Find local models"))
        self.found = QComboBox()
        self.found.setPlaceholderText(_("Choose a local model"))
        self.found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.found.hide()
        self.none_found = text_label(
            _("No local models found. Start Ollama, LM Studio or llama.cpp first."), "small",
        )
        self.none_found.hide()
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(_("Only if the service needs a key"))
        self.remember = QCheckBox(_("Store the key in the system's keyring"))
        self.remember.setChecked(True)
        self.photos = QComboBox()
        self.mode = QComboBox()
        self.theme = QComboBox()
        self.instruction = QPlainTextEdit()
        self.reset = mark(QPushButton(_("Reset")), kind="quiet")
        self.consent = QCheckBox()
        self.count = text_label("", "small")
        self._fill()
        self._lay_out()
        for line in (self.address, self.model, self.key):
            line.textChanged.connect(self._edited)
        self.look.clicked.connect(self._find)
        self.found.activated.connect(self._use_model)
        self.theme.currentIndexChanged.connect(self._show_instruction)
        self.reset.clicked.connect(self._reset)
        self.instruction.textChanged.connect(self._follow_instruction)
        self.mode.currentIndexChanged.connect(self._edited)
        self.photos.currentIndexChanged.connect(self._edited)
        self.instruction.textChanged.connect(self.changed)
        self.consent.toggled.connect(self.changed)

    def _fill(self) -> None:
        if len(self._choices) > 1:
            count = len(self._choices[0])
            self.photos.addItem(ngettext("The {count} selected photo", "The {count} selected photos", count)
                                .format(count=count))
        self.photos.addItem(_("All photos of the dataset"))
        for mode, words in (
            (CaptionMode.SKIP, _("Only photos without caption")),
            (CaptionMode.APPEND, _("Add to the current caption")),
            (CaptionMode.OVERWRITE, _("Replace the current caption")),
        ):
            self.mode.addItem(words, mode)
        for choice in FIELD_BY_KEY["theme"].choices:
            self.theme.addItem(str(choice.label), choice.value)
        for name, widget, words in (
            ("address", self.address, _("Address")), ("model", self.model, _("Model")),
            ("key", self.key, _("Key")),
            ("photos", self.photos, _("Photos")), ("mode", self.mode, _("Captions")),
            ("theme", self.theme, _("Theme")),
            ("instruction", self.instruction, _("Instruction")),
            ("look", self.look, ""), ("found", self.found, _("Local models")),
            ("reset", self.reset, _("Reset the instruction")),
            ("remember", self.remember, ""), ("consent", self.consent, ""),
        ):
            widget.setObjectName(f"captioning.{name}")
            if words:
                widget.setAccessibleName(words)
        guard_scroll_areas(self)

    def _lay_out(self) -> None:
        height = self.instruction.fontMetrics().lineSpacing() * _INSTRUCTION_LINES
        self.instruction.setFixedHeight(height)
        button = QHBoxLayout()
        button.addWidget(self.look)
        button.addStretch()
        column = QVBoxLayout(self)  # not QFormLayout: it gives a text that appears later too little height
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(text_label(_(
            "A model that can see pictures describes your photos. To use one on this computer, start Ollama or "
            "LM Studio, then find it here.",
        ), "muted"))
        column.addLayout(button)
        column.addWidget(self.found)
        column.addWidget(self.none_found)
        asked = (self.address, self.model, self.key, self.remember, self.photos, self.mode, self.theme)
        for widget in (*asked, self.instruction):
            if widget is not self.remember:
                label = QLabel(widget.accessibleName())
                label.setBuddy(widget)
                column.addWidget(label)
            column.addWidget(widget)
        words = _("Filled in for each photo: {trigger} the trigger word, {caption} the caption, {name} the file "
                  "name, {folder} the folder.")
        below = QHBoxLayout()
        below.setSpacing(SPACE_S)
        below.addWidget(text_label(words, "small"), 1)
        below.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(below)
        column.addStretch()

    # -- what is asked

    def start_with(self, endpoint: CaptionEndpoint, theme: str, instructions: Mapping[str, str]) -> None:
        """Fill in what was used last, and the instruction of a theme, as the user edited it if there is one."""
        self._instructions = dict(instructions)
        replace_text(self.address, endpoint.url)
        replace_text(self.model, endpoint.model)
        self.theme.setCurrentIndex(max(0, self.theme.findData(theme)))
        self._show_instruction()
        self._edited()

    def instructions(self) -> dict[str, str]:
        """Return the instructions that differ from the usual ones, by theme."""
        return dict(self._instructions)

    @property
    def endpoint(self) -> CaptionEndpoint:
        """Return the endpoint as it is entered, valid or not."""
        return CaptionEndpoint(self.address.text().strip(), self.model.text().strip())

    @property
    def api_key(self) -> ApiKey | None:
        """Return the entered key, None without one."""
        text = self.key.text().strip()
        return ApiKey(text) if text else None

    @property
    def caption_mode(self) -> CaptionMode:
        """Return what proposals do with captions that are there."""
        return CaptionMode(self.mode.currentData())

    def wanted(self) -> tuple[Photo, ...]:
        """Return the photos that would be sent."""
        return wanted(self._choices[self.photos.currentIndex()], self.caption_mode)

    def checked(self) -> CaptionEndpoint:
        """Return the endpoint; StudioError with what to correct before pictures may be sent."""
        endpoint = checked_endpoint(self.address.text(), self.model.text(), has_key=self.api_key is not None)
        if not self.instruction.toPlainText().strip():
            raise StudioError(_("The instruction is empty."), _("Enter what the model should describe."))
        if not self.wanted():
            raise StudioError(
                _("No photos to describe."), _("Choose other photos, or change what happens to their "
                                                       "captions."),
            )
        if not endpoint.loopback and not self.consent.isChecked():
            raise StudioError(
                _("Your photos would leave this computer."),
                _("Allow this below, or use a model on this computer."),
            )
        return endpoint

    def take_key(self, name: str, key: ApiKey | None) -> None:
        """Use a key of the keyring, if it is still that of this host and none was entered."""
        if key is not None and name == self.endpoint.keyring_name and not self.key.text():
            self.key.setText(key.reveal())

    def take_consent(self, hosts: tuple[str, ...]) -> None:
        """Tick the consent for a host that the user has agreed to before."""
        self.consent.setChecked(self.endpoint.host in hosts)

    # -- edits

    @Slot()
    def _show_instruction(self) -> None:
        """Show the instruction of the chosen theme: what the user made of it, else the usual one."""
        finish_composing(self.instruction)
        self._theme = ""  # the old one's is complete
        theme = str(self.theme.currentData())
        replace_text(self.instruction, self._instructions.get(theme) or instruction_for(theme))
        self._theme = theme
        self._follow_instruction()

    @Slot()
    def _follow_instruction(self) -> None:
        """Remember what the user made of the instruction."""
        if not self._theme:
            return
        text = self.instruction.toPlainText().strip()
        own = bool(text) and text != instruction_for(self._theme)
        if own:
            self._instructions[self._theme] = text
        else:
            self._instructions.pop(self._theme, None)
        self.reset.setEnabled(own or not text)

    @Slot()
    def _reset(self) -> None:
        replace_text(self.instruction, instruction_for(self._theme))
        self.instruction.setFocus()

    # -- models on this computer

    @Slot()
    def _find(self) -> None:
        focused = self.look.hasFocus()
        self.look.setEnabled(False)
        self._passed_on = self.window().focusWidget() if focused else None
        self.none_found.hide()
        self.find_models.emit()

    @Slot(object)
    def show_models(self, models: Sequence[CaptionEndpoint]) -> None:
        """Offer the models that were found; a single one is used at once. Ignored where nobody asked."""
        if self.look.isEnabledTo(self):  # an earlier dialog did, and was closed
            return
        passed_on, self._passed_on = self._passed_on, None
        self.look.setEnabled(True)
        self.found.clear()
        for model in models:
            self.found.addItem(f"{model.model} · {model.host}", model)
        self.found.setCurrentIndex(-1)
        self.found.setVisible(bool(models))
        self.none_found.setVisible(not models)
        if len(models) == 1:
            self.found.setCurrentIndex(0)
            self._use_model()
        if passed_on is not None and passed_on.hasFocus():
            (self.found if models else self.look).setFocus()

    @Slot()
    def _use_model(self) -> None:
        model = cast("CaptionEndpoint | None", self.found.currentData())
        if model is not None:
            replace_text(self.address, model.url)
            replace_text(self.model, model.model)

    @Slot()
    def _edited(self) -> None:
        endpoint, count = self.endpoint, len(self.wanted())
        if endpoint.host != self._host:
            self._host = endpoint.host
            self.key.clear()  # it belongs to the other host
            self.consent.setChecked(False)
            self.host_changed.emit(endpoint)
        self.consent.setVisible(bool(endpoint.host) and not endpoint.loopback)
        self.consent.setText(_("Send these photos to {host}").format(host=endpoint.host))
        if endpoint.loopback:
            words = ngettext(
                "{count} photo for a model on this computer.", "{count} photos for a model on this computer.",
                count,
            )
        else:
            words = ngettext(
                "{count} photo will be sent, at most {side} pixels wide or tall.",
                "{count} photos will be sent, at most {side} pixels wide or tall.", count,
            )
        self.count.setText(words.format(count=count, side=SENT_SIDE))
        self.changed.emit()
