"""Which photos are trained on: the open dataset at a glance."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import ADVISED_IMAGES, Severity
from segmind_studio.ui.forms import Message, MessageLine
from segmind_studio.ui.parts import ElidedLabel, IconLabel, StatusChip, bytes_text, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S
from segmind_studio.ui.train.facts import TrainFacts


class DatasetCard(QFrame):
    """Show the dataset that would be uploaded, or that there is none yet.

    Signals:
        open_wanted(): the person wants to see the photos; GUI thread.
    """

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="sunken")
        self._icon = IconLabel("images", "muted", 24)
        self._name = mark(ElidedLabel(), role="strong")
        self._counts = text_label("", "muted")
        self._state = StatusChip()
        self._button = QPushButton(self.tr("Open Data"))
        self._button.setObjectName("train.open_data")
        self._button.setAccessibleName(self.tr("Open the Data page"))
        self._button.clicked.connect(self.open_wanted)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._name, self._counts):
            words.addWidget(label)
        chip = QHBoxLayout()
        chip.setContentsMargins(0, SPACE_S - 2, 0, 0)
        chip.addWidget(self._state)
        chip.addStretch()
        words.addLayout(chip)
        self._message = MessageLine()
        words.addWidget(self._message)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._button)

    @property
    def button(self) -> QPushButton:
        """Give the button that leads to the photos."""
        return self._button

    @property
    def words(self) -> tuple[str, str]:
        """Give the name and the counts as they are shown."""
        return self._name.text(), self._counts.text()

    @property
    def message(self) -> Message | None:
        """Give what is said of the photos."""
        return self._message.message

    @property
    def status(self) -> str:
        """Give the word on the chip."""
        return self._state.text

    def show_facts(self, facts: TrainFacts) -> None:
        """Show what would be sent now."""
        used = len(facts.dataset.used)
        self._button.setText(self.tr("Open Data") if used else self.tr("Add photos"))
        mark(self._button, kind="primary" if not used and not facts.public_zip else "normal")
        if not used:
            self._icon.set_icon("image-plus", "muted")
            self._name.setText(self.tr("No photos yet"))
            self._counts.setText(self.tr(
                "Add {0} photos on the Data page, or give a public zip below.",
            ).format(ADVISED_IMAGES))
        else:
            self._icon.set_icon("images", "muted")
            self._name.setText(facts.dataset.name)
            self._counts.setText(self._count_words(facts, used))
        self._show_state(facts, used)
        said = [item for item in facts.advice if item.key == "data_source_path"]
        self._message.show_message(Message(said[0].severity, said[0].words) if said and used else None)

    def _count_words(self, facts: TrainFacts, used: int) -> str:
        captions = sum(bool(photo.caption.strip()) for photo in facts.dataset.used)
        left_out = len(facts.dataset.photos) - used
        parts = [self.tr("1 photo") if used == 1 else self.tr("{0} photos").format(used)]
        if facts.measured:
            parts.append(bytes_text(facts.package.size))
        parts.append(self.tr("{0} with captions").format(captions))
        if left_out:
            parts.append(self.tr("{0} left out").format(left_out))
        return " · ".join(parts)

    def _show_state(self, facts: TrainFacts, used: int) -> None:
        must = sum(item.severity is Severity.MUST for item in facts.package.findings)
        should = sum(item.severity is Severity.SHOULD for item in facts.package.findings)
        self._state.setVisible(bool(used) or bool(facts.public_zip))
        if facts.public_zip:
            self._state.set_status("circle-slash", self.tr("Not sent: the public zip is used"), "plain")
        elif not facts.measured:
            self._state.set_status("loader-circle", self.tr("Measuring the package…"), "plain")
        elif must:
            self._state.set_status("circle-x", self.tr("{0} to fix").format(must), "bad")
        elif should:
            self._state.set_status("triangle-alert", self.tr("{0} to look at").format(should), "warn")
        elif facts.waiting_words:
            self._state.set_status("loader-circle", self.tr("Looking at the photos…"), "plain")
        else:
            self._state.set_status("lock", self.tr("Ready, uploaded privately"), "good")
