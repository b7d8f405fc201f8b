"""What stands above the grid while photos come in, and afterwards when some were not taken."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import ScanProgress, ScanReport, Severity
from segmind_studio.ui.data.commands import counted
from segmind_studio.ui.data.photo_facts import photos_text
from segmind_studio.ui.parts import Banner, ElidedLabel
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S, SPACE_XS

_LINES = 6


class ScanBar(QFrame):
    """Show how far an intake is; hidden while there is none.

    Signals: cancel_wanted(); GUI thread.
    """

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_mark(self, "tone", "info")
        self._words = ElidedLabel()
        self._current = mark(ElidedLabel(), role="small")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(self.tr("Taking photos in"))
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("data.cancel_scan")
        cancel.setAccessibleName(self.tr("Stop taking photos in"))
        cancel.clicked.connect(self.cancel_wanted)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addWidget(self._words)
        words.addWidget(self._bar)
        words.addWidget(self._current)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addLayout(words, 1)
        row.addWidget(cancel)
        self.hide()

    def begin(self) -> None:
        """Show that an intake has begun."""
        self.set_progress(ScanProgress(0, 0, ""))

    def set_progress(self, progress: ScanProgress) -> None:
        """Show the counts."""
        files = counted(progress.looked_at, self.tr("1 file looked at"), self.tr("{0} files looked at"))
        self._words.setText(self.tr("{0} found, {1}").format(photos_text(progress.found), files))
        self._current.setText(progress.current)
        self.show()


class SkipReport(Banner):
    """Say which files were not taken, with the reasons folded away; hidden when all were."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Severity.SHOULD, parent=parent, closable=True)
        self._unfold = mark(QPushButton(self.tr("Show the reasons")), kind="link")
        self._unfold.setCheckable(True)
        self._reasons = mark(QPlainTextEdit(), role="mono")
        self._reasons.setReadOnly(True)
        self._reasons.setTabChangesFocus(True)
        self._reasons.setAccessibleName(self.tr("Files that were not taken, and why"))
        self._reasons.setFixedHeight(self._reasons.fontMetrics().lineSpacing() * _LINES)
        self._reasons.hide()
        self._unfold.toggled.connect(self._reasons.setVisible)
        self.words.insertWidget(2, self._unfold)
        self.words.insertWidget(3, self._reasons)
        self.hide()

    @property
    def reasons(self) -> str:
        """Give the lines that are folded away."""
        return self._reasons.toPlainText()

    def show_report(self, report: ScanReport) -> None:
        """Show what was not taken; hide when there is nothing to say."""
        again = report.already_there
        there = counted(again, self.tr("1 photo was there already."), self.tr("{0} photos were there already."))
        count = len(report.skipped)
        if count:
            title = counted(count, self.tr("1 file was not taken"), self.tr("{0} files were not taken"))
            self.set_message(Severity.SHOULD, title, there if again else "")
        elif again and not report.added:
            self.set_message(Severity.INFO, there)
        self._unfold.setVisible(bool(count))
        self._unfold.setChecked(False)
        self._reasons.setPlainText("\n".join(f"{skipped.name}: {skipped.reason}" for skipped in report.skipped))
        self.setVisible(not report.cancelled and bool(count or (again and not report.added)))
