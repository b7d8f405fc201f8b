"""The drawer with the findings of the checks: must fix, should look, captions, good to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Dataset, Finding, Severity
from segmind_studio.core.fixes import Fix, fixes_for
from segmind_studio.texts import _
from segmind_studio.ui.data.filter import CAPTION_CHECKS
from segmind_studio.ui.data.findings import LOOKS
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.parts.fix_buttons import FixButtons
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S, SPACE_XS

_HIGHEST = 260  # logical pixels
_MANY = 1_000  # photos: their lines are made a few at a time, because the rest takes long too
_AT_ONCE = 4  # lines: about as many as are in view


class ChecksDrawer(QWidget):
    """List the findings in groups, each with the photos it is about.

    Signals: fix_wanted(Fix), the button of a finding that was pressed; GUI thread.
    """

    fix_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.checks")
        self.setAccessibleName(_("Checks"))
        self._given: tuple[tuple[Finding, ...], Dataset, str] = ((), Dataset("", ""), "")
        self._waiting, self._remark = "", ""
        self._listed: tuple[object, ...] | None = None  # what the lines show
        self._fixes: dict[Finding, tuple[Fix, ...]] = {}  # by the findings, for the photos and the word beside
        self._fixes_for: tuple[object, str] = ((), "")
        self._making: Iterator[None] = iter(())  # the lines that are still to be made
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make_some)
        self._area = _Area()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(mark(QFrame(), surface="line"))
        column.addWidget(self._area)

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Return the findings that are listed."""
        return self._given[0]

    def set_findings(
        self, findings: tuple[Finding, ...], dataset: Dataset, trigger_word: str, *, waiting: str = "",
        remark: str = "",
    ) -> None:
        """Set the findings about a dataset; while it is hidden, their fixes and lines are not made.

        `waiting` says what is still being checked, `remark` what is not checked.
        """
        self._given = findings, dataset, trigger_word
        self._waiting, self._remark = waiting, remark
        if not self.isHidden():
            self._list_findings()

    @override
    def setVisible(self, visible: bool) -> None:  # as Qt has it
        if visible:
            self._list_findings()
        super().setVisible(visible)

    def _list_findings(self) -> None:
        """Make the lines, each with its fixes, if they are others than those shown; the last ones later."""
        findings, dataset, _trigger_word = self._given
        fixes, photos = self._all_fixes(), len(dataset.photos)
        wanted = fixes, photos > 0, self._waiting, self._remark
        if wanted == self._listed:
            return
        self._listed = wanted
        inside = self._area.isAncestorOf(self.window().focusWidget())
        lines = self._area.clear()
        lines.addStretch(1)
        about_captions = [finding for finding in findings if finding.check in CAPTION_CHECKS]
        others = [finding for finding in findings if finding.check not in CAPTION_CHECKS]
        groups = (
            (_("Must fix"), [f for f in others if f.severity is Severity.MUST]),
            (_("Warnings"), [f for f in others if f.severity is Severity.SHOULD]),
            (_("Captions"), about_captions),
            (_("Information"), [f for f in others if f.severity is Severity.INFO]),
        )
        if not findings and not self._waiting:
            words = _("Nothing to fix.") if photos else _("Nothing to check yet.")
            lines.insertWidget(0, _calm(words, good=photos > 0))
        self._making = self._make_lines(lines, [
            (title, [(finding, fixes[finding]) for finding in group]) for title, group in groups if group
        ])
        self._make_some()
        if inside:
            self.take_focus()

    def _all_fixes(self) -> dict[Finding, tuple[Fix, ...]]:
        """Return the fixes of all findings; those that are known for the same photos are not computed again."""
        findings, dataset, trigger_word = self._given
        same = self._fixes_for[0] is dataset.photos and self._fixes_for[1] == trigger_word
        known = self._fixes if same else {}
        self._fixes_for = dataset.photos, trigger_word
        self._fixes = {
            finding: known.get(finding) or fixes_for(finding, dataset, trigger_word) for finding in findings
        }
        return self._fixes

    @Slot()
    def _make_some(self) -> None:
        """Make the next lines."""
        most = _AT_ONCE if len(self._given[1].photos) >= _MANY else None
        if len(list(islice(self._making, most))) == most:
            self._soon.start()
        self._area.updateGeometry()
        self._order_buttons()

    def _make_lines(
        self, lines: QVBoxLayout, groups: Sequence[tuple[str, Sequence[tuple[Finding, tuple[Fix, ...]]]]],
    ) -> Iterator[None]:
        """Make each line above the empty room at the end."""
        for title, group in groups:
            lines.insertWidget(lines.count() - 1, text_label(f"{title}  {len(group)}", "strong", wrap=False))
            for finding, fixes in group:
                lines.insertWidget(lines.count() - 1, self._line(finding, fixes))
                yield
            lines.insertSpacing(lines.count() - 1, SPACE_S)
        for words in filter(None, (self._waiting, self._remark)):
            lines.insertWidget(lines.count() - 1, _calm(words, good=False))

    def take_focus(self) -> None:
        """Set the keyboard focus to the drawer: Tab leads to its buttons, and Space presses none of them yet."""
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order_buttons(self) -> None:
        """Have Tab lead from the drawer to its buttons; new ones would come last in the window."""
        before: QWidget = self._area
        for button in self._area.findChildren(QPushButton):
            QWidget.setTabOrder(before, button)
            before = button

    def _line(self, finding: Finding, fixes: tuple[Fix, ...]) -> QFrame:
        name, tone = LOOKS[finding.severity]
        line = QFrame()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        row.setSpacing(SPACE_S)
        row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(SPACE_LINE)
        words.addWidget(text_label(finding.text))
        if finding.advice:
            words.addWidget(text_label(finding.advice, "small"))
        row.addLayout(words, 1)
        buttons = FixButtons()
        buttons.pressed.connect(self.fix_wanted)
        words.addSpacing(SPACE_XS)
        words.addWidget(buttons)
        buttons.show_fixes(fixes, finding.text)
        return line


class _Area(ScrollArea):
    """A scroll area as high as its lines, up to a limit; then it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # not by Tab: the drawer sets it, and its buttons follow
        self.setAccessibleName(_("Checks"))
        mark(self, kind="list")
        self._column = self.clear()

    def clear(self) -> QVBoxLayout:
        """Return an empty column in place of the previous one."""
        page = QWidget()
        page.setProperty("page", True)
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_XS)
        self.setWidget(page)
        page.installEventFilter(self)
        self._column = column
        return column

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()  # lines that came while it is open have their height only now
        return super().eventFilter(watched, event)

    @override
    def sizeHint(self) -> QSize:
        high = self._column.sizeHint().height() + 2 * self.frameWidth()
        return QSize(super().sizeHint().width(), min(_HIGHEST, high))


def _calm(words: str, *, good: bool) -> QFrame:
    line = QFrame()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_S)
    row.addWidget(IconLabel("circle-check" if good else "info", "good" if good else "muted", 16))
    row.addWidget(text_label(words), 1)
    return line
