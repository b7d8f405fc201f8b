"""A question with two answers, a verb and a way back; and one for a name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.texts import _
from segmind_studio.ui.parts.buttons import space_buttons
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XL

_TEXT_WIDTH = 400
_NAME_WIDTH = 320


class Question(QDialog):
    """Ask before something that cannot be taken back; show it with `open`.

    The way back is the default button, unless `kind` is "primary": then the verb is. Escape goes back.

    Signals:
        confirmed(str): the user chose the verb; `subject` as it was given. GUI thread.
    """

    confirmed = Signal(str)

    def __init__(  # noqa: PLR0913  # what it says, each by name
        self, parent: QWidget, *, title: str, text: str, verb: str, back: str = "", subject: str = "",
        kind: str = "danger", icon_name: str = "triangle-alert",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._subject = subject
        self.verb = mark(QPushButton(verb), kind=kind)
        self.back = QPushButton(back or _("Cancel"))
        self.verb.clicked.connect(self._confirm)
        self.back.clicked.connect(self.reject)
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        for label in (text_label(title, "section"), text_label(text)):
            label.setFixedWidth(text_scaled(_TEXT_WIDTH))
            words.addWidget(label)
        upper = QHBoxLayout()
        upper.setSpacing(SPACE_L)
        picture = IconLabel(icon_name, "warn" if kind == "danger" else "accent", 28)
        upper.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(words)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.verb)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_XL)
        column.addLayout(upper)
        column.addLayout(buttons)
        first = self.verb if kind == "primary" else self.back
        first.setDefault(True)
        first.setFocus()

    @Slot()
    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit(self._subject)


class NameDialog(QInputDialog):
    """Ask for a name, with `verb` on the button; show it with `open`, and read `textValueSelected`."""

    def __init__(  # what it says, each by name
        self, parent: QWidget | None, *, title: str, label: str, name: str = "", verb: str = "",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setLabelText(label)
        self.setTextValue(name)
        self.setOkButtonText(verb or title)
        self.setCancelButtonText(_("Cancel"))
        for box in self.findChildren(QDialogButtonBox):
            mark(box.button(QDialogButtonBox.StandardButton.Ok), kind="primary")
            space_buttons(box)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
            layout.setSpacing(SPACE_S)
            layout.insertSpacing(layout.count() - 1, SPACE_XL - SPACE_S)  # as above the buttons of a question
        for field in self.findChildren(QLineEdit):
            field.setMinimumWidth(text_scaled(_NAME_WIDTH))
