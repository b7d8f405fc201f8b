"""Findings as lines of an icon and words, for the inspector."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Finding, Severity
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_S

LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "info"),
}


class FindingLines(QWidget):
    """Show some findings one below the other; hidden when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._shown: tuple[Finding, ...] = ()
        self.hide()

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Give what is shown."""
        return self._shown

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these instead of those before."""
        if tuple(findings) == self._shown:
            return
        self._shown = tuple(findings)
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._column.addWidget(_line(finding))
        self.setVisible(bool(findings))


def _line(finding: Finding) -> QFrame:
    name, tone = LOOKS[finding.severity]
    line = QFrame()
    set_mark(line, "tone", tone)
    row = QHBoxLayout(line)
    row.setContentsMargins(10, SPACE_S, 10, SPACE_S)
    row.setSpacing(SPACE_S)
    row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(text_label(finding.words))
    if finding.advice:
        words.addWidget(text_label(finding.advice, "small"))
    row.addLayout(words, 1)
    return line
