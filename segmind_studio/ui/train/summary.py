"""The right side of Train: checks, costs and the request as it will be sent."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QEnterEvent, QFont, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.accounts import shown_name
from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.formats import money
from segmind_studio.texts import _, capitalised, ngettext
from segmind_studio.ui.forms import Fold
from segmind_studio.ui.forms.field_row import field_value_text
from segmind_studio.ui.parts import ActionButton, IconLabel, StatusChip, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.fact_block import FactBlock
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import panel_width
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S
from segmind_studio.ui.train.checks import CheckLine, check_lines, refusal_lines
from segmind_studio.ui.train.facts import TrainFacts

_LOOKS = {
    None: ("circle-check", "good"),
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "info"),
}
_WAITING = ("circle-dashed", "muted")
_HEIGHT = 26  # the theme's frame and padding leave a 14 px arrow
_ICON = 16
_OVER = (_HEIGHT - _ICON) // 2  # above an icon, so that it stands in the middle of the first line


class _Line(QWidget):
    """One line; the arrow at its end, and a click anywhere on it, go to the field."""

    wanted = Signal(str)

    def __init__(self, line: CheckLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = line.key
        name, tone = _WAITING if line.waiting else _LOOKS[line.severity]
        self._text = text_label(line.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        self._text.setContentsMargins(0, _OVER, 0, _OVER)  # between texts of several lines too
        self._text.setMinimumHeight(_HEIGHT)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, _OVER, 0, 0)
        beside.addWidget(IconLabel(name, tone, _ICON), 0, Qt.AlignmentFlag.AlignTop)  # beside the first line
        row.addLayout(beside)
        row.addWidget(self._text, 1, Qt.AlignmentFlag.AlignTop)
        self.stop: QWidget | None = None
        if line.key:
            self.stop = go = QToolButton()
            go.setIcon(icon("arrow-right", "muted"))
            go.setAccessibleName(_("Go to: {words}").format(words=line.text))
            go.setToolTip(_("Go to the field"))
            go.clicked.connect(self._go)
            go.setFixedSize(_HEIGHT, _HEIGHT)
            row.addWidget(go, 0, Qt.AlignmentFlag.AlignTop)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self._go()

    @override
    def enterEvent(self, event: QEnterEvent, /) -> None:
        super().enterEvent(event)
        self._underline(on=bool(self._key))

    @override
    def leaveEvent(self, event: QEvent, /) -> None:
        super().leaveEvent(event)
        self._underline(on=False)

    def _underline(self, *, on: bool) -> None:
        font = QFont(self._text.font())
        font.setUnderline(on)
        self._text.setFont(font)

    def _go(self) -> None:
        if self._key:
            self.wanted.emit(self._key)


class LinkLines(QWidget):
    """Show some lines; the same lines again change nothing.

    Signals:
        wanted(str): the user wants to go to this field; GUI thread.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[CheckLine, ...] = ()
        self._after: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_LINE)
        self.hide()

    def follow(self, widget: QWidget) -> None:
        """Put the lines after this widget in the Tab order."""
        self._after = widget

    @property
    def lines(self) -> tuple[CheckLine, ...]:
        """Return what is shown."""
        return self._lines

    def show_lines(self, lines: Iterable[CheckLine]) -> None:
        """Show these lines and no others; none hides the list."""
        new = tuple(lines)
        if new == self._lines:
            return
        self._lines = new
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        last = self._after
        for line in new:
            shown = _Line(line, self)
            shown.wanted.connect(self.wanted)
            self._column.addWidget(shown)
            shown.show()  # the layout shows it only later
            if last is not None and shown.stop is not None:
                QWidget.setTabOrder(last, shown.stop)
                last = shown.stop
        self.setVisible(bool(new))


_LINES = 12


class RequestView(QWidget):
    """Show both forms of the request.

    Signals:
        copied(str): a message that names what was put on the clipboard; GUI thread.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._json = self._text_box("train.request_json", _("Request as JSON"))
        self._curl = self._text_box("train.request_curl", _("Request as a curl command"))
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName(_("The exact request"))
        self._tabs.addTab(self._json, _("JSON"))
        self._tabs.addTab(self._curl, _("curl"))
        copy = mark(QPushButton(icon("copy", "muted"), _("Copy")), kind="quiet")
        copy.setObjectName("train.copy")
        copy.setAccessibleName(_("Copy request"))
        copy.clicked.connect(self._copy)
        self._tabs.setCornerWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)

    def _text_box(self, object_name: str, name: str) -> QPlainTextEdit:
        text = mark(QPlainTextEdit(), role="mono")
        text.setObjectName(object_name)
        text.setAccessibleName(name)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setFixedHeight(text.fontMetrics().lineSpacing() * _LINES)
        return text

    def show_facts(self, facts: TrainFacts) -> None:
        """Show another request; places that did not change stay where they were scrolled to."""
        for widget, text in ((self._json, facts.request_json), (self._curl, facts.request_curl)):
            if widget.toPlainText() != text:
                across, down = widget.horizontalScrollBar().value(), widget.verticalScrollBar().value()
                widget.setPlainText(text)
                widget.horizontalScrollBar().setValue(across)
                widget.verticalScrollBar().setValue(down)

    def _copy(self) -> None:
        as_curl = self._tabs.currentWidget() is self._curl
        QGuiApplication.clipboard().setText((self._curl if as_curl else self._json).toPlainText())
        self.copied.emit(_("curl command copied.") if as_curl else _("JSON copied."))


_WIDTH = 336


class SummaryPanel(QFrame):
    """Show TrainFacts.

    Signals:
        field_wanted(str): go to this field; copied(str): news for a toast. GUI thread.
    """

    field_wanted = Signal(str)
    copied = Signal(str)

    def __init__(self, check: QAction, review: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="inspector")
        self.setFixedWidth(panel_width(_WIDTH))
        self._state = StatusChip()
        self._to_do = LinkLines()
        self._checks_title = text_label(_("Checked"), "strong")
        self._checks = LinkLines()
        self._photos = FactBlock("images", _("Photos"))
        self._runs = FactBlock("copy-plus", _("Runs"))
        self._changes = FactBlock("sliders-horizontal", _("Changed settings"))
        self._cost = FactBlock("coins", _("Cost"))
        self._viewers = FactBlock("lock", _("Who can see it"))
        self._account = FactBlock("circle-user", _("Account"))
        self._request = RequestView()
        self._request.copied.connect(self.copied)
        self._fold = Fold(_("Exact request"), "train.request")
        self._fold.contents.setContentsMargins(0, 0, 0, 0)
        for lines in (self._to_do, self._checks):
            lines.wanted.connect(self.field_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        area = ScrollArea()
        column.addWidget(area, 1)
        self._fill(area)
        column.addWidget(self._buttons(check, review))
        self.show_checks(())

    def _fill(self, area: ScrollArea) -> None:
        page = QWidget()
        page.setProperty("page", True)
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(_("Summary"))
        inside = QVBoxLayout(page)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        inside.addWidget(text_label(_("Summary"), "section"))
        inside.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (
            self._to_do, self._checks_title, self._checks, self._photos, self._runs, self._changes, self._cost,
            self._viewers, self._account, self._fold,
        ):
            inside.addWidget(widget)
        self._fold.contents.addWidget(self._request)
        inside.addStretch()
        for lines in (self._to_do, self._checks):
            lines.follow(area)

    def _buttons(self, check: QAction, review: QAction) -> QWidget:
        foot = QWidget(self)
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_S)
        check_button = ActionButton(check, parent=foot)
        check_button.setObjectName("train.check")
        review_button = PrimaryButton(review, "send", foot)
        review_button.setObjectName("train.review")
        for button in (check_button, review_button):
            inside.addWidget(button)
        return foot

    def show_request(self, *, shown: bool) -> None:
        """Unfold the exact request, or fold it."""
        self._fold.set_open(shown)

    def show_facts(self, facts: TrainFacts) -> None:
        """Show the current facts."""
        blockers = facts.blockers
        cautions = facts.cautions
        refused = refusal_lines(facts)
        if not blockers and refused:
            words = ngettext(
                "The service refused {count} value", "The service refused {count} values", len(refused)
            )
            self._state.set_status("triangle-alert", words.format(count=len(refused)), "warn")
        elif not blockers and cautions:
            words = ngettext("Ready, {count} warning", "Ready, {count} warnings", len(cautions))
            self._state.set_status("triangle-alert", words.format(count=len(cautions)), "warn")
        elif not blockers:
            self._state.set_status("circle-check", _("Ready to review"), "good")
        else:
            words = ngettext("{count} thing left to do", "{count} things left to do", len(blockers))
            self._state.set_status("list-checks", words.format(count=len(blockers)), "warn")
        to_do = [CheckLine(Severity.MUST, item.text, item.key, waiting=item.waiting) for item in blockers]
        warnings = [CheckLine(Severity.SHOULD, item.text, item.key) for item in cautions]
        self._to_do.show_lines((*to_do, *refused, *warnings))
        self._photos.show_text(facts.photos_text, facts.waiting_text)
        self._runs.show_text(facts.runs_text)
        self._runs.setVisible(bool(facts.runs_text))
        form = facts.form
        self._changes.show_text("\n".join(
            _("{field}: {words}").format(
                field=FIELD_BY_KEY[key].label, words=_short(field_value_text(FIELD_BY_KEY[key], form.value(key))),
            )
            for key in form.differences()
        ) or _("Nothing yet"))
        self._cost.show_text(capitalised(facts.cost.text), facts.cost.source)
        self._viewers.set_icon("globe" if facts.public else "lock")
        self._viewers.show_text(facts.viewer_text)
        self._account.set_icon("flask-conical" if facts.account.practice else "circle-user")
        self._account.show_text(shown_name(facts.account.account), self._balance(facts))
        self._request.show_facts(facts)

    def _balance(self, facts: TrainFacts) -> str:
        if facts.account.practice:
            return _("Practice is always free.")
        if facts.account.dollars is None:
            return ""
        return _("{amount} left").format(amount=money(facts.account.dollars))

    def show_checks(self, lines: tuple[CheckLine, ...]) -> None:
        """Show the checks; nothing before the first check."""
        self._checks_title.setVisible(bool(lines))
        self._checks.show_lines(lines)
        self._to_do.setVisible(bool(self._to_do.lines) and not lines)

    def check(self, facts: TrainFacts, *, asking: bool) -> None:
        """Check what can be checked without a paid call."""
        self.show_checks(check_lines(facts, asking=asking))


def _short(text: str, longest: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest - 1]}…"
