"""The left side of Try: prompt, options and price."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Breach, BudgetStatus
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import Choice, Field, Group, Kind, Value
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run
from segmind_studio.services.images.image_service import TryRequest
from segmind_studio.texts import N_, _, ngettext
from segmind_studio.ui.forms import FieldRow, Message, make_editor
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.forms.texts import ParagraphEditor
from segmind_studio.ui.parts import Chip, ErrorBanner, text_label
from segmind_studio.ui.parts.budget_gate import BudgetGate, spent_text
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import panel_width
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

HIGHEST_SEED = 2**32 - 1
_SOURCE = N_("Black Forest Labs' fine-tuned Flux Pro")

PROMPT = Field(
    key="prompt",
    group=Group.TOP,
    kind=Kind.LONG_TEXT,
    label=N_("Prompt"),
    required=True,
    max_length=2000,
    default="",
    help=N_("What the picture shows. Put the trigger word in to call up what was learnt."),
    source=_SOURCE,
)
STRENGTH = Field(
    key="finetune_strength", group=Group.TOP, kind=Kind.FLOAT, label=N_("Strength"), default=1.0,
    minimum=0.0, maximum=2.0, step=0.1, source=_SOURCE,
    help=N_("How much of the learnt shows: 0 is the plain model, 1 is usual, 2 is most."),
)
SIZE = Field(
    key="size",
    group=Group.TOP,
    kind=Kind.CHOICE,
    label=N_("Size"),
    default="1024x1024",
    source=_SOURCE,
    help=N_("About one megapixel each."),
    choices=(
        Choice("1024x1024", N_("1:1"), N_("1024 by 1024 pixels.")),
        Choice("832x1216", N_("2:3"), N_("832 by 1216 pixels.")),
        Choice("1216x832", N_("3:2"), N_("1216 by 832 pixels.")),
        Choice("1344x768", N_("16:9"), N_("1344 by 768 pixels.")),
    ),
)
SEED = Field(
    key="seed",
    group=Group.TOP,
    kind=Kind.INT,
    label=N_("Seed"),
    default="",
    minimum=0,
    maximum=HIGHEST_SEED,
    step=1,
    help=N_("The same seed and prompt give the same picture. Empty: one is drawn each time, and shown."),
    source=_SOURCE,
)
OPTIONS: tuple[Field, ...] = (PROMPT, STRENGTH, SIZE, SEED)


def option_problem(field: Field, value: Value) -> str:
    """Return the error of a setting, "" when it can be sent; a seed may be left out."""
    return "" if field is SEED and value == "" else field.problem(value)


def request_for(run: Run, values: dict[str, Value]) -> TryRequest | None:
    """Put the request together; None while any setting cannot be sent."""
    if any(option_problem(field, values[field.key]) for field in OPTIONS):
        return None
    width, height = (int(side) for side in str(values[SIZE.key]).split("x"))
    seed = values[SEED.key]
    return TryRequest(
        run_id=run.run_id, prompt=str(values[PROMPT.key]).strip(), seed=seed if isinstance(seed, int) else None,
        strength=float(values[STRENGTH.key]), width=width, height=height,
        inference_api_url=run.inference_api_url, slug=run.slug,
    )


class PricePanel(QWidget):
    """Show the price of a number of calls.

    Signals:
        changed(): the request is now allowed or not; done(): Enter was pressed after the right word. GUI thread.
    """

    changed = Signal()
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._breaches: tuple[Breach, ...] = ()
        self._gate: BudgetGate | None = None
        self._price = text_label("", "strong")
        self._price.setObjectName("try.price")
        self._source = text_label("", "small")
        self._spent = text_label("", "small")
        self._spent.setObjectName("try.spent")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        for label in (self._price, self._source, self._spent):
            self._column.addWidget(label)

    @property
    def is_open(self) -> bool:
        """Return whether the button may be pressed."""
        return self._gate is None or self._gate.is_open

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Return the exceeded limits, which the typed word confirms."""
        return self._breaches

    def show_free(self) -> None:
        """Show that practice costs nothing."""
        self._say(_("Practice: free"), _("The picture is made on this computer."), "")
        self._ask(())

    def show_price(
        self, cost: CostEstimate, count: int, budget_status: BudgetStatus | None, breaches: tuple[Breach, ...],
    ) -> None:
        """Show what `count` paid calls at `cost` each come to, and ask for the word where there are breaches."""
        calls = ngettext("{count} paid call", "{count} paid calls", count).format(count=count)
        total = None if cost.dollars is None else cost.dollars * count
        price = _("cost not known yet") if total is None else CostEstimate(total, "").text
        spent = spent_text(budget_status) if budget_status is not None else ""
        self._say(_("{calls}, {price}").format(calls=calls, price=price), cost.source, spent)
        self._ask(breaches)

    def close_again(self) -> None:
        """Clear the typed word; it is for one request."""
        if self._gate is not None:
            self._gate.close_again()

    def begin(self) -> None:
        """Let the user type the word."""
        if self._gate is not None:
            self._gate.begin()

    def _say(self, price: str, source: str, spent: str) -> None:
        for label, words in ((self._price, price), (self._source, source), (self._spent, spent)):
            label.setText(words)
            label.setVisible(bool(words))

    def _ask(self, breaches: tuple[Breach, ...]) -> None:
        """Replace the gate if its text changes; otherwise keep a typed word."""
        if breaches == self._breaches:
            return
        self._breaches = breaches
        if self._gate is not None:
            self._gate.hide()
            self._gate.deleteLater()
            self._gate = None
        if breaches:
            self._gate = BudgetGate(breaches, "try", narrow=True)
            self._gate.opened.connect(self.changed)
            self._gate.done.connect(self.done)
            self._column.addWidget(self._gate)
            self._gate.show()  # at once: it may get the focus now
        self.changed.emit()


_WIDTH = 336


class TryControls(QFrame):
    """Choose a run and fill in one request.

    Signals:
        changed(): run or settings changed; run_chosen(): another run, or the same one as it is now;
        cancel_wanted(): stop waiting. GUI thread.
    """

    changed = Signal()
    run_chosen = Signal()
    cancel_wanted = Signal()

    def __init__(self, generate: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="inspector")
        self.setFixedWidth(panel_width(_WIDTH))
        self._runs: tuple[Run, ...] = ()
        self._values: dict[str, Value] = {field.key: field.default for field in OPTIONS}
        self._error = ErrorBanner()
        self._error.setObjectName("try.error")
        self._combo = CalmCombo()
        self._combo.setObjectName("try.run")
        self._combo.setAccessibleName(_("Model"))
        self._combo.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.currentIndexChanged.connect(self._run_changed)
        self._rows = {field.key: _row(field) for field in OPTIONS}
        for row in self._rows.values():
            row.edited.connect(self._edited)
            row.reset_wanted.connect(self._reset)
        self._rows[SEED.key].editor.set_placeholder(_("another each time"))
        self._chip = Chip("")
        self._chip.setObjectName("try.trigger")
        self._chip.setIcon(icon("tag", "muted"))
        self._chip.clicked.connect(self._insert_trigger)
        self._rows[PROMPT.key].below.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        self.price = PricePanel()
        self._waiting = QProgressBar()
        self._waiting.setRange(0, 0)
        self._waiting.setAccessibleName(_("Waiting for the picture"))
        self._stop = mark(QPushButton(icon("square-stop"), _("Stop waiting")), kind="quiet")
        self._stop.setObjectName("try.cancel")
        self._stop.setToolTip(_("A picture that the service has begun may still be paid."))
        self._stop.clicked.connect(self.cancel_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll(), 1)
        column.addWidget(mark(QFrame(), surface="line"))
        column.addWidget(self._foot(generate))
        self.set_busy(busy=False)
        self._refresh()

    def _scroll(self) -> ScrollArea:
        page = QWidget()
        page.setProperty("page", True)
        inside = QVBoxLayout(page)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        inside.addWidget(self._error)
        model = text_label(_("Model"), "strong")
        model.setBuddy(self._combo)
        for widget in (model, self._combo, *self._rows.values()):
            inside.addWidget(widget)
        inside.addStretch()
        area = ScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(_("Settings of the picture"))
        return area

    def _foot(self, generate: QAction) -> QWidget:
        foot = QWidget()
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_S)
        self._button = PrimaryButton(generate, "wand-sparkles", foot)
        self._button.setObjectName("try.generate")
        for widget in (self._waiting, self._stop, self.price, self._button):
            inside.addWidget(widget)
        return foot

    def begin_prompt(self) -> None:
        """Set the keyboard focus to the prompt."""
        self._rows[PROMPT.key].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def go_to_button(self) -> None:
        """Move the focus from the typed word to the button; it is never pressed automatically."""
        self._button.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- the runs

    @property
    def run(self) -> Run | None:
        """Return the chosen run."""
        place = self._combo.currentIndex()
        return self._runs[place] if 0 <= place < len(self._runs) else None

    @property
    def practice(self) -> bool:
        """Return whether a picture costs nothing."""
        return self.run is not None and self.run.account_id == PRACTICE_ACCOUNT_ID

    def show_runs(self, runs: Sequence[Run], chosen: str) -> None:
        """Offer these runs; the chosen one stays chosen, or the first."""
        before = [(run.run_id, run.name) for run in self._runs]
        self._runs = tuple(runs)
        now = [(run.run_id, run.name) for run in self._runs]
        ids = [run.run_id for run in self._runs]
        self._combo.blockSignals(True)
        if now != before:  # a poll without changes must not update an open list
            self._combo.clear()
            self._combo.addItems([run.name for run in self._runs])
        self._combo.setCurrentIndex(ids.index(chosen) if chosen in ids else (0 if ids else -1))
        self._combo.blockSignals(False)
        self._run_changed()

    @Slot()
    def _run_changed(self) -> None:
        trigger = self.run.trigger_word if self.run else ""
        self._chip.setText(trigger.replace("&", "&&"))
        self._chip.setVisible(bool(trigger))
        self._chip.setAccessibleName(_("Put “{trigger}” into the prompt").format(trigger=trigger))
        self._chip.setToolTip(plain_tip(self._chip.accessibleName()))
        self._rows[PROMPT.key].editor.set_placeholder(
            _("{trigger} in a spacesuit, on the moon").format(trigger=trigger or _("A cat")),
        )
        self.run_chosen.emit()
        self.changed.emit()

    # -- the settings

    def request(self) -> TryRequest | None:
        """Return what would be asked for; None while something is missing or wrong."""
        return request_for(self.run, self._values) if self.run else None

    def use(self, generated: GeneratedImage) -> None:
        """Use the settings of an earlier picture, and its model if that is still offered."""
        ids = [run.run_id for run in self._runs]
        if generated.run_id in ids:
            self._combo.setCurrentIndex(ids.index(generated.run_id))
        self._values = {
            "prompt": generated.prompt, "finetune_strength": generated.strength,
            "size": f"{generated.width}x{generated.height}",
            "seed": "" if generated.seed is None else generated.seed,
        }
        self._refresh()

    def set_busy(self, *, busy: bool) -> None:
        """Show that a picture is being made."""
        self._waiting.setVisible(busy)
        self._stop.setVisible(busy)

    def show_error(self, error: StudioError | None) -> None:
        """Show why there is no picture; None takes it away."""
        if error is None:
            self._error.clear()
        else:
            self._error.show_error(error)

    @Slot(str, object)
    def _edited(self, key: str, value: Value) -> None:
        self._values[key] = value
        self._refresh()

    @Slot(str)
    def _reset(self, key: str) -> None:
        self._values[key] = self._rows[key].field.default
        self._refresh()

    def _refresh(self) -> None:
        for field in OPTIONS:
            row, value = self._rows[field.key], self._values[field.key]
            row.set_state(value, field.default, changed=value != field.default)
            words = option_problem(field, value)
            missing = field is PROMPT and value == ""
            row.set_message(Message(Severity.MUST, words) if words and not missing else None)
        self.changed.emit()

    def _insert_trigger(self) -> None:
        editor = self._rows[PROMPT.key].editor
        if isinstance(editor, ParagraphEditor) and self.run is not None:
            finish_composing(editor.control)
            cursor: QTextCursor = editor.control.textCursor()
            before = editor.control.toPlainText()[: cursor.selectionStart()]
            gap = " " if before and not before.endswith((" ", "\n")) else ""
            cursor.insertText(gap + self.run.trigger_word + " ")
            editor.setFocus(Qt.FocusReason.OtherFocusReason)


def _row(field: Field) -> FieldRow:
    if field is PROMPT:
        return FieldRow(field, ParagraphEditor("try.prompt"), "try")
    return FieldRow(field, make_editor(field, "try"), "try")
