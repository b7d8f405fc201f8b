"""The panel beside the form: what will happen, what it costs, who will see it, and the exact request."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.ui.forms import Fold
from segmind_studio.ui.forms.field_row import words_of
from segmind_studio.ui.parts import ActionButton, StatusChip, text_label
from segmind_studio.ui.parts.fact_block import FactBlock
from segmind_studio.ui.parts.primary_button import PrimaryButton
from segmind_studio.ui.parts.scroll_area import ScrollArea
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S
from segmind_studio.ui.train.check_results import CheckLine, check_lines, refusal_lines
from segmind_studio.ui.train.facts import TrainFacts
from segmind_studio.ui.train.link_lines import LinkLines
from segmind_studio.ui.train.request_view import RequestView

WIDTH = 336


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
        self.setFixedWidth(WIDTH)
        self._state = StatusChip()
        self._to_do = LinkLines()
        self._checks_title = text_label(self.tr("Checked"), "strong")
        self._checks = LinkLines()
        self._photos = FactBlock("images", self.tr("Photos"))
        self._runs = FactBlock("copy-plus", self.tr("Runs"))
        self._changes = FactBlock("sliders-horizontal", self.tr("Differs from the defaults"))
        self._cost = FactBlock("coins", self.tr("Cost"))
        self._viewers = FactBlock("lock", self.tr("Who will see it"))
        self._account = FactBlock("circle-user", self.tr("Account"))
        self._request = RequestView()
        self._request.copied.connect(self.copied)
        self._fold = Fold(self.tr("Exact request"), "train.request")
        self._fold.contents.setContentsMargins(0, 0, 0, 0)
        self._fold.set_open(True)
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
        area.setAccessibleName(self.tr("Summary"))
        inside = QVBoxLayout(page)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        inside.addWidget(text_label(self.tr("Summary"), "section"))
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

    def show_facts(self, facts: TrainFacts) -> None:
        """Show how things stand now."""
        blockers = facts.blockers
        cautions = facts.cautions
        refused = refusal_lines(facts)
        if not blockers and refused:
            one = len(refused) == 1
            words = self.tr("The service refused 1 value") if one else self.tr("The service refused {0} values")
            self._state.set_status("triangle-alert", words.format(len(refused)), "warn")
        elif not blockers and cautions:
            words = self.tr("Can start. 1 warning") if len(cautions) == 1 else self.tr("Can start. {0} warnings")
            self._state.set_status("triangle-alert", words.format(len(cautions)), "warn")
        elif not blockers:
            self._state.set_status("circle-check", self.tr("Ready for the review"), "good")
        elif len(blockers) == 1:
            self._state.set_status("list-checks", self.tr("1 thing to do first"), "warn")
        else:
            self._state.set_status("list-checks", self.tr("{0} things to do first").format(len(blockers)), "warn")
        to_do = [CheckLine(Severity.MUST, item.words, item.key, waiting=item.waiting) for item in blockers]
        warnings = [CheckLine(Severity.SHOULD, item.words, item.key) for item in cautions]
        self._to_do.show_lines((*to_do, *refused, *warnings))
        self._photos.show_words(facts.photos_words, facts.waiting_words)
        self._runs.show_words(facts.runs_words)
        self._runs.setVisible(bool(facts.runs_words))
        form = facts.form
        self._changes.show_words("\n".join(
            f"{FIELD_BY_KEY[key].label}: {_short(words_of(FIELD_BY_KEY[key], form.value(key)))}"
            for key in form.differences()
        ) or self.tr("Nothing yet"))
        self._cost.show_words(facts.cost.text, facts.cost.source)
        self._viewers.set_icon("globe" if facts.public else "lock")
        self._viewers.show_words(facts.viewer_words)
        self._account.set_icon("flask-conical" if facts.account.practice else "circle-user")
        self._account.show_words(facts.account.account.name, self._balance(facts))
        self._request.show_facts(facts)

    def _balance(self, facts: TrainFacts) -> str:
        if facts.account.practice:
            return self.tr("Nothing here is ever paid.")
        if facts.account.dollars is None:
            return ""
        return self.tr("${0:.2f} left").format(facts.account.dollars)

    def show_checks(self, lines: tuple[CheckLine, ...]) -> None:
        """Show what was checked; nothing before the first check."""
        self._checks_title.setVisible(bool(lines))
        self._checks.show_lines(lines)
        self._to_do.setVisible(bool(self._to_do.lines) and not lines)

    def check(self, facts: TrainFacts, *, asking: bool) -> None:
        """Check what can be checked without a paid call."""
        self.show_checks(check_lines(facts, asking=asking))


def _short(text: str, longest: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest - 1]}…"
