"""The drawer with what the checks say: must fix, should look, captions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Check, Finding, Severity
from segmind_studio.ui.data.commands import counted
from segmind_studio.ui.data.finding_lines import LOOKS
from segmind_studio.ui.data.photo_filter import CAPTION_CHECKS
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

_HIGHEST = 260  # logical pixels


class ChecksDrawer(QWidget):
    """List the findings in three groups, each with the photos it is about.

    Signals: select_wanted(frozenset[str]), the photo ids of the finding whose button was pressed.
    """

    select_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.checks")
        self.setAccessibleName(self.tr("Checks"))
        self._findings: tuple[Finding, ...] | None = None
        self._photos = 0
        self._buttons: dict[QPushButton, frozenset[str]] = {}
        self._area = _Area()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(mark(QFrame(), surface="line"))
        column.addWidget(self._area)
        self.set_findings((), photos=0)

    def set_findings(self, findings: tuple[Finding, ...], photos: int) -> None:
        """Show these; `photos` is how many there are at all."""
        if (findings, photos) == (self._findings, self._photos):
            return
        self._findings, self._photos = findings, photos
        self._buttons.clear()
        lines = self._area.clear()
        about_captions = [finding for finding in findings if finding.check in CAPTION_CHECKS]
        others = [finding for finding in findings if finding.check not in CAPTION_CHECKS]
        groups = (
            (self.tr("Must fix"), [f for f in others if f.severity is Severity.MUST]),
            (self.tr("Should look"), [f for f in others if f.severity is not Severity.MUST]),
            (self.tr("Captions"), about_captions),
        )
        for title, group in groups:
            if group:
                self._add_group(lines, title, group)
        if not findings:
            words = self.tr("Nothing to fix.") if photos else self.tr("There is nothing to check yet.")
            lines.addWidget(_calm(words, good=photos > 0))
        lines.addStretch(1)
        self._area.updateGeometry()

    def _add_group(self, lines: QVBoxLayout, title: str, group: Sequence[Finding]) -> None:
        lines.addWidget(text_label(f"{title}  {len(group)}", "strong", wrap=False))
        for finding in group:
            lines.addWidget(self._line(finding))
        lines.addSpacing(SPACE_S)

    def _line(self, finding: Finding) -> QFrame:
        name, tone = LOOKS[finding.severity]
        line = QFrame()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        row.setSpacing(SPACE_S)
        row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(text_label(finding.words))
        if finding.advice:
            words.addWidget(text_label(finding.advice, "small"))
        row.addLayout(words, 1)
        if finding.photo_ids:
            count = len(finding.photo_ids)
            names = frozenset(finding.photo_ids)
            button = QPushButton(counted(count, self.tr("Select it"), self.tr("Select these {0}")))
            if finding.check == Check.MISREAD and count > 1:  # the choice stands beside one photo
                names = frozenset(finding.photo_ids[:1])
                button.setText(self.tr("Select the first"))
            button.setAccessibleName(self.tr("{0}: {1}").format(button.text(), finding.words))
            button.clicked.connect(self._select)
            self._buttons[button] = names
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    @Slot()
    def _select(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button in self._buttons:
            self.select_wanted.emit(self._buttons[button])


class _Area(QScrollArea):
    """As high as its lines, up to a limit; then it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = self.clear()

    def clear(self) -> QVBoxLayout:
        """Give an empty column instead of the one before."""
        page = QWidget()
        page.setProperty("page", True)
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_XS)
        self.setWidget(page)
        self._column = column
        return column

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), min(_HIGHEST, self._column.sizeHint().height()))


def _calm(words: str, *, good: bool) -> QFrame:
    line = QFrame()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_S)
    row.addWidget(IconLabel("circle-check" if good else "info", "good" if good else "muted", 16))
    row.addWidget(text_label(words), 1)
    return line
