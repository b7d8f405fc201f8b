"""The one dialog before money is spent: what is sent, what it costs, who will see it, who pays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import shown_name
from segmind_studio.core.budget import Breach
from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELDS
from segmind_studio.formats import money
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.runs.submission_service import SubmitRequest
from segmind_studio.texts import _, capitalised, ngettext
from segmind_studio.ui.forms.field_row import Message, MessageLine, field_value_text
from segmind_studio.ui.parts import StatusChip, text_label
from segmind_studio.ui.parts.budget_gate import BudgetNow, PaymentGate
from segmind_studio.ui.parts.buttons import PayButton
from segmind_studio.ui.parts.fact_block import FactBlock
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.small_picture import photo_strip
from segmind_studio.ui.theme.direction import begun, isolated, set_margins
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL
from segmind_studio.ui.train.facts import TrainFacts

_WIDTH = 560
_LEAST = 120  # height of the reviewed facts, whatever is below them
_PICTURE, _PICTURES = 56, 7  # the side of the first photos, in logical pixels, and how many are shown
_ELSEWHERE = ("name", "data_source_path", "instance_prompt", "segmind_public")  # what it says itself
_REST = 192  # title, buttons, window frame, and some air


class ReviewDialog(QDialog):
    """Show TrainFacts once more and ask. Window-modal; open it with `open()`.

    `budget_now` compares the run with the user's limits, also at the press, and `facts_now` returns the facts with
    the runs of that moment. While a limit would be exceeded, a run that may be the same is being sent or has no
    answer, or the service accepts no new runs, it can be started only after a word is typed.

    Signals:
        confirmed(object): SubmitRequest, at most once in the life of a dialog; GUI thread.
    """

    confirmed = Signal(object)

    def __init__(
        self, facts: TrainFacts, parent: QWidget | None = None, *, budget_now: BudgetNow = lambda: None,
        facts_now: Callable[[], TrainFacts] | None = None, thumbnails: Thumbnails | None = None,
    ) -> None:
        super().__init__(parent)
        self._facts = facts
        self._facts_now = facts_now or (lambda: facts)
        self._thumbnails = thumbnails
        self._asked = False
        self.setObjectName("review")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        practice = facts.account.practice
        self.setWindowTitle(_("Review the practice run") if practice else _("Review the training run"))
        self._start = PayButton(self._verb())
        self._start.setObjectName("review.start")
        mark(self._start, kind="primary")
        self._cancel = QPushButton(_("Cancel"))
        self._cancel.setObjectName("review.cancel")
        self._cancel.setDefault(True)
        self._start.clicked.connect(self._confirm)
        self._cancel.clicked.connect(self.reject)
        self._gate = PaymentGate(
            self._start, budget_now, warnings=tuple(Breach(None, None, words) for words in facts.must_confirm),
        )
        self._gate.asked_anew.connect(self._fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(text_label(facts.form.text("name"), "title"))
        column.addWidget(self._account_mark(), 0, Qt.AlignmentFlag.AlignLeft)
        self._area = self._scroll()
        column.addWidget(self._area, 1)
        column.addWidget(self._gate)
        column.addLayout(self._buttons())
        self.setFixedWidth(text_scaled(_WIDTH))
        self._fit()

    @property
    def facts(self) -> TrainFacts:
        """Return what is reviewed."""
        return self._facts

    # -- construction

    def _verb(self) -> str:
        count = len(self._facts.form.forms)
        if self._facts.account.practice:
            words = ngettext("Start practice run", "Start {count} practice runs", count)
        else:
            words = ngettext("Start training", "Start {count} runs", count)
        return words.format(count=count)

    def _account_mark(self) -> StatusChip:
        account = self._facts.account
        if account.practice:
            words = _("Practice: free, and nothing leaves this computer")
            return StatusChip("flask-conical", words, "accent")
        words = _("Paid by {name}").format(name=shown_name(account.account))
        if account.dollars is not None:
            words = _("Paid by {name}, {amount} left").format(
                name=shown_name(account.account), amount=money(account.dollars)
            )
        return StatusChip("credit-card", words, "info")

    def _scroll(self) -> ScrollArea:
        page = QWidget()
        page.setProperty("page", True)
        inside = QVBoxLayout(page)
        set_margins(inside, 0, SPACE_S, SPACE_S, SPACE_S)
        inside.setSpacing(SPACE_M)
        first, *others = self._blocks()
        inside.addWidget(first)
        for words in self._facts.warnings:
            line = MessageLine()
            inside.addWidget(line)
            line.show_message(Message(Severity.SHOULD, words))
        for block in others:
            inside.addWidget(block)
        inside.addStretch()
        area = ScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _fit(self) -> None:
        """Be as high as the facts, where the screen has the room; their fonts are known once it is shown."""
        page = self._area.widget()
        if page is None:
            return
        for part in (page, *page.findChildren(QWidget)):
            part.ensurePolished()
        width = text_scaled(_WIDTH) - 2 * SPACE_XL
        gate = SPACE_M + self._gate.heightForWidth(width) if self._gate.asks else 0
        room = self.screen().availableGeometry().height() - _REST - gate
        self._area.setMinimumHeight(min(page.heightForWidth(width), max(_LEAST, room)))

    def _blocks(self) -> list[FactBlock]:
        facts, form = self._facts, self._facts.form
        blocks: list[FactBlock] = []
        for icon_name, title, words, source in (
            ("coins", _("Cost"), capitalised(facts.cost.text), facts.cost.source),
            ("globe" if facts.public else "lock", _("Who can see it"), facts.viewer_text, ""),
            ("images", _("Photos"), self._photos(), facts.waiting_text),
            ("sliders-horizontal", _("Settings"), self._settings(), ""),
            ("text-quote", _("Prompt"), form.text("instance_prompt"), ""),
        ):
            block = FactBlock(icon_name, title, large=icon_name == "coins")
            block.show_text(words, source)
            if icon_name == "images" and self._thumbnails is not None and not facts.public_zip:
                block.add_below(photo_strip(facts.dataset.used[:_PICTURES], _PICTURE, self._thumbnails))
            blocks.append(block)
        if facts.runs_text:
            block = FactBlock("copy-plus", _("Runs"))
            block.show_text(facts.runs_text, _(
                "Sent one after another, from one upload. If one is refused or gets no answer, the rest wait."
            ))
            blocks.insert(0, block)
        if self._gate.spent is not None:
            blocks.insert(2 if facts.runs_text else 1, self._gate.spent)
        return blocks

    def _photos(self) -> str:
        facts = self._facts
        return facts.photos_text if facts.public_zip else begun(_("{name}: {photos}").format(
            name=isolated(facts.dataset.name), photos=facts.photos_text,
        ))

    def _settings(self) -> str:
        form = self._facts.form
        changed = form.differences()
        shown = [
            field for field in FIELDS
            if field.key not in {*_ELSEWHERE, form.sweep.key} and (not field.folded or field.key in changed)
        ]
        return "\n".join(
            _("{field}: {words}").format(field=field.label, words=field_value_text(field, form.value(field.key)))
            for field in shown
        )

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch()
        row.addWidget(self._cancel)
        row.addWidget(self._start)
        return row

    # -- actions of the user

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        self._fit()
        super().showEvent(event)
        self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self) -> None:
        if self._asked:
            return
        words = self._facts.now_to_confirm(self._facts_now())
        self._gate.warn(tuple(Breach(None, None, one) for one in words))
        if not self._gate.allows():
            return
        self._asked = True
        self._start.setEnabled(False)
        facts = self._facts
        self.confirmed.emit(SubmitRequest(facts.form, None if facts.public_zip else facts.dataset))
        self.accept()
