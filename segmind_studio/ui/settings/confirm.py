"""The question before something that cannot be taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from segmind_studio.ui.theme.style import mark


class Confirm(QMessageBox):
    """A verb and Cancel; Cancel is the default.

    Signals:
        confirmed(str): the person chose the verb; `subject` as it was given. GUI thread.
    """

    confirmed = Signal(str)

    def __init__(self, title: str, text: str, verb: str, subject: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._subject = subject
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Segmind Studio")
        self.setText(title)
        self.setInformativeText(text)
        self.verb = self.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
        mark(self.verb, kind="danger")
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
        self.verb.clicked.connect(self._confirm)

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._subject)
