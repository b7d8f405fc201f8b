"""The two questions of this place: before a model is made public, and before a request is sent once more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.runs import Run
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_XL

_WIDTH = 440


class ConfirmDialog(QDialog):
    """Ask once, with Cancel as the default. Open it with `open()`; it deletes itself.

    Signals:
        confirmed(str): the run's id; the person pressed the button with the verb.
    """

    confirmed = Signal(str)

    def __init__(  # noqa: PLR0913  # one for each thing that is shown
        self, run_id: str, icon_name: str, *, title: str, text: str, verb: str, parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._run_id = run_id
        self.setObjectName("runs.confirm")
        self.setWindowTitle(title)
        words = QVBoxLayout()
        words.setSpacing(SPACE_M)
        words.addWidget(text_label(title, "section"))
        words.addWidget(text_label(text))
        top = QHBoxLayout()
        top.setSpacing(SPACE_L)
        column = QVBoxLayout()
        column.addWidget(IconLabel(icon_name, "warn", 28))
        column.addStretch()
        top.addLayout(column)
        top.addLayout(words, 1)
        buttons = QDialogButtonBox()
        self.verb_button = mark(QPushButton(verb), kind="danger")
        self.verb_button.setObjectName("runs.confirm.verb")
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setObjectName("runs.confirm.cancel")
        buttons.addButton(self.verb_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.verb_button.setAutoDefault(False)
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        layout.setSpacing(SPACE_XL)
        layout.addLayout(top)
        layout.addWidget(buttons)
        self.setFixedWidth(_WIDTH)
        self.finished.connect(self.deleteLater)

    def _accept(self) -> None:
        self.confirmed.emit(self._run_id)
        self.accept()


def public_dialog(run: Run, parent: QWidget) -> ConfirmDialog:
    """Make the question before a model becomes public."""
    return ConfirmDialog(
        run.run_id, "globe",
        title=parent.tr("Make “{name}” public?").format(name=run.name),
        text=parent.tr(
            "Anybody on Segmind will be able to make pictures with this model. "
            "If it was taught a face, ask that person first. You can make it private again at any time, "
            "but pictures that were made in the meantime stay."
        ),
        verb=parent.tr("Make public"), parent=parent,
    )


def send_again_dialog(run: Run, parent: QWidget) -> ConfirmDialog:
    """Make the question before a request of unknown outcome is sent once more."""
    return ConfirmDialog(
        run.run_id, "triangle-alert",
        title=parent.tr("Send “{name}” again?").format(name=run.name),
        text=parent.tr(
            "The app has looked {count} times and not found this run. The first request may still have "
            "started one that is not listed yet. If it has, you will pay for two runs."
        ).format(count=run.listings_missed),
        verb=parent.tr("Send again"), parent=parent,
    )
