"""The drawer with the findings of the checks: must fix, should look, captions, good to know."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
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
_Key = tuple[str, str]  # the kind of a row, and its text or what its finding is about


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
        self._wanted: dict[_Key, Finding | None] = {}  # from above; None for a text without a finding
        self._rows: dict[_Key, QWidget] = {}  # those of them that are made
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
        about_captions = [finding for finding in findings if finding.check in CAPTION_CHECKS]
        others = [finding for finding in findings if finding.check not in CAPTION_CHECKS]
        groups = (
            (_("Must fix"), [f for f in others if f.severity is Severity.MUST]),
            (_("Warnings"), [f for f in others if f.severity is Severity.SHOULD]),
            (_("Captions"), about_captions),
            (_("Information"), [f for f in others if f.severity is Severity.INFO]),
        )
        self._wanted = {}
        for title, group in groups:
            if group:
                self._wanted["title", f"{title}  {len(group)}"] = None
                for finding in group:
                    self._wanted[_free_key(finding, self._wanted)] = finding
        if not findings and not self._waiting:
            said = ("good", _("Nothing to fix.")) if photos else ("calm", _("Nothing to check yet."))
            self._wanted[said] = None
        self._wanted.update((("calm", words), None) for words in (self._waiting, self._remark) if words)
        self._make_some()

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
        """Place the rows in their order: those that are there, and the next new ones.

        A row whose finding stays is kept, with the focus or the press that one of its buttons has.
        """
        focus = self.window().focusWidget()
        inside = self._area.isAncestorOf(focus)
        for key in self._rows.keys() - self._wanted.keys():
            row = self._rows.pop(key)
            row.hide()
            row.deleteLater()
        most = _AT_ONCE if len(self._given[1].photos) >= _MANY else len(self._wanted)
        missing = [key for key in self._wanted if key not in self._rows]
        self._rows.update((key, self._row(key)) for key in missing[:most])
        if len(missing) > most:
            self._soon.start()
        for key, finding in self._wanted.items():
            if finding is not None and isinstance(row := self._rows.get(key), _Line):
                row.show_finding(finding, self._fixes[finding])
        self._area.place([self._rows[key] for key in self._wanted if key in self._rows])
        self._order_buttons()
        if inside and self.window().focusWidget() is not focus:
            self.take_focus()

    def _row(self, key: _Key) -> QWidget:
        finding = self._wanted[key]
        if finding is not None:
            line = _Line(finding)
            line.buttons.pressed.connect(self.fix_wanted)
            return line
        kind, words = key
        return text_label(words, "strong", wrap=False) if kind == "title" else _calm(words, good=kind == "good")

    def take_focus(self) -> None:
        """Set the keyboard focus to the drawer: Tab leads to its buttons, and Space presses none of them yet."""
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order_buttons(self) -> None:
        """Have Tab lead from the drawer to its buttons; new ones would come last in the window."""
        before: QWidget = self._area
        for key in self._wanted:
            if isinstance(row := self._rows.get(key), _Line):
                for button in row.buttons.buttons:
                    QWidget.setTabOrder(before, button)
                    before = button


class _Line(QFrame):
    """A finding with its advice and the buttons of its fixes."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        row.setSpacing(SPACE_S)
        name, tone = LOOKS[finding.severity]
        row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(SPACE_LINE)
        self._text, self._advice = text_label(), text_label("", "small")
        words.addWidget(self._text)
        words.addWidget(self._advice)
        row.addLayout(words, 1)
        self.buttons = FixButtons()
        words.addSpacing(SPACE_XS)
        words.addWidget(self.buttons)

    def show_finding(self, finding: Finding, fixes: tuple[Fix, ...]) -> None:
        """Show what is found now; only its severity stays as it was."""
        self._text.setText(finding.text)
        self._advice.setText(finding.advice)
        self._advice.setVisible(bool(finding.advice))
        self.buttons.show_fixes(fixes, finding.text)


class _Area(ScrollArea):
    """A scroll area as high as its rows, up to a limit; then it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # not by Tab: the drawer sets it, and its buttons follow
        self.setAccessibleName(_("Checks"))
        mark(self, kind="list")
        page = QWidget()
        page.setProperty("page", True)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        self._column.setSpacing(SPACE_XS)
        self.setWidget(page)
        page.installEventFilter(self)

    def place(self, rows: Sequence[QWidget]) -> None:
        """Place these rows from above, and nothing else; a group begins after some room."""
        while self._column.takeAt(0) is not None:
            pass
        above = None
        for row in rows:
            if isinstance(above, _Line) and not isinstance(row, _Line):
                self._column.addSpacing(SPACE_S)
            self._column.addWidget(row)
            above = row
        self._column.addStretch(1)
        self.updateGeometry()

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


def _free_key(finding: Finding, taken: Container[_Key]) -> _Key:
    key = finding.key
    while (finding.severity, key) in taken:  # the same check about the same, once more
        key += "+"
    return finding.severity, key
