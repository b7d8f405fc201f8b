"""The form that was begun and not sent."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.form import TrainingForm
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M


class DraftCard(QFrame):
    """Hidden while nothing was typed, or all of it was sent.

    Signals:
        clicked(): the person wants to go on with it; GUI thread.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="card")
        self._words = mark(ElidedLabel(), role="muted")
        go_on = QPushButton(self.tr("Go on"))
        go_on.setObjectName("start.draft")
        go_on.setAccessibleName(self.tr("Go on with the unfinished form"))
        go_on.clicked.connect(self.clicked)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(text_label(self.tr("Unfinished form"), "strong"))
        texts.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addWidget(IconLabel("pencil-line", "muted", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(go_on)
        self.hide()

    @property
    def words(self) -> str:
        """Give what it says of the form."""
        return self._words.text()

    def show_form(self, form: TrainingForm) -> None:
        """Say what the form holds."""
        changed = len(form.differences())
        fields = self.tr("1 field filled in") if changed == 1 else self.tr("{0} fields filled in").format(changed)
        name = form.text("name").strip()
        self._words.setText(f"{name} · {fields}" if name else fields)
        self.setVisible(bool(changed))
