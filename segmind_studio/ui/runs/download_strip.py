"""A download under way: how much is here, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmind_studio.ui.parts import bytes_text, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS

_STEPS = 1000  # a progress bar counts in int32, a file may be larger


class DownloadStrip(QWidget):
    """Hidden until a download is shown.

    Signals:
        cancelled(): the person wants it stopped.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = text_label("", "small", wrap=False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Download"))
        self._cancel = mark(QPushButton(self.tr("Cancel")), kind="quiet")
        self._cancel.setAccessibleName(self.tr("Cancel the download"))
        self._cancel.clicked.connect(self.cancelled)
        left = QVBoxLayout()
        left.setSpacing(SPACE_XS)
        left.addWidget(self._words)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addLayout(left, 1)
        row.addWidget(self._cancel)
        self.hide()

    @property
    def words(self) -> str:
        """Give what it says."""
        return self._words.text()

    def show_progress(self, received: int, total: int | None) -> None:
        """Show how many bytes are here, of how many if that is known."""
        if total:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(min(_STEPS, received * _STEPS // total))
            self._words.setText(self.tr("Downloading: {done} of {all}").format(
                done=bytes_text(received), all=bytes_text(total)))
        else:
            self._bar.setRange(0, 0)
            self._words.setText(self.tr("Downloading: {done}").format(done=bytes_text(received)))
        self.show()
