"""The left side of Try: prompt, options and price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import Field, Value
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.image_requests import TryRequest, takes_negative
from segmind_studio.core.runs import Run
from segmind_studio.texts import _
from segmind_studio.ui.forms import FieldRow, Message, make_editor
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.forms.texts import ParagraphEditor
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts import Chip, ErrorBanner, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import panel_width
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S
from segmind_studio.ui.tryout.fields import (
    COUNT,
    EXTRA,
    HEIGHT,
    MORE,
    NEGATIVE,
    OPTIONS,
    OWN_SIZE,
    PROMPT,
    RATIOS,
    SEED,
    SENT_AS,
    SIZE,
    WIDTH,
    fields_in_use,
    option_problem,
    requests_for,
    values_of,
)
from segmind_studio.ui.tryout.more import MoreSettings
from segmind_studio.ui.tryout.price import PricePanel

_WIDTH = 336
_ROWS_AT_ONCE = 2  # are made in one turn of the event loop
_ROWS_MOVED = 5  # into the page in one turn


class TryControls(QFrame):
    """Choose a run and fill in one request.

    Signals:
        changed(): run or settings changed; run_chosen(): another run, or the same one as it is now;
        count_changed(): another number of pictures; extra_edited(str, str): a run's id, and the JSON that was
        typed for it; cancel_wanted(): stop waiting. GUI thread.
    """

    changed = Signal()
    run_chosen = Signal()
    count_changed = Signal()
    extra_edited = Signal(str, str)
    cancel_wanted = Signal()

    def __init__(self, generate: QAction, parent: QWidget | None = None, *, at_once: bool = True) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        mark(self, surface="inspector")
        self.setFixedWidth(panel_width(_WIDTH))
        self._runs: tuple[Run, ...] = ()
        self._offered: tuple[list[str], list[str]] | None = None  # their ids and names; None before any
        self._values: dict[str, Value] = {field.key: field.default for field in OPTIONS}
        self._extras: Mapping[str, str] = {}
        self._extra_of = ""  # the run whose JSON is shown
        self.rest = self._make(generate)
        if at_once:
            finish(self.rest)

    def _make(self, generate: QAction) -> Iterator[None]:
        self._error = ErrorBanner()
        self._error.setObjectName("try.error")
        self._combo = CalmCombo()
        self._combo.setObjectName("try.run")
        self._combo.setAccessibleName(_("Model"))
        self._combo.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.currentIndexChanged.connect(self._run_changed)
        yield
        own: dict[str, FieldRow] = {}
        for field in OPTIONS:
            if field not in MORE:
                own[field.key] = _row(field)
                if len(own) % _ROWS_AT_ONCE == 0:
                    yield
        self._own = tuple(own.values())
        yield
        self._more = MoreSettings()
        yield
        self._rows = {**own, **self._more.rows}
        self._rows[COUNT.key].without_key()
        for row in self._rows.values():
            row.edited.connect(self._edited)
            row.reset_wanted.connect(self._reset)
        self._rows[SEED.key].editor.set_placeholder(_("random"))
        self._chip = Chip("")
        self._chip.setObjectName("try.trigger")
        self._chip.setIcon(icon("tag", "muted"))
        self._chip.clicked.connect(self._insert_trigger)
        self._rows[PROMPT.key].below.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        self.price = PricePanel()
        self._need = text_label("", "small")  # what the grey button waits for
        self._need.setObjectName("try.need")
        self._waiting = QProgressBar()
        self._waiting.setRange(0, 0)
        self._waiting.setAccessibleName(_("Waiting for the picture"))
        self._stop = mark(QPushButton(icon("square-stop"), _("Stop waiting")), kind="quiet")
        self._stop.setObjectName("try.cancel")
        self._stop.clicked.connect(self.cancel_wanted)
        yield
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        area = ScrollArea(self)
        column.addWidget(area, 1)
        yield from self._fill_area(area)
        yield
        column.addWidget(mark(QFrame(), surface="line"))
        column.addWidget(self._foot(generate))
        self.set_busy(busy=False)
        self._refresh()

    def _fill_area(self, area: ScrollArea) -> Iterator[None]:
        page = QWidget()
        page.setProperty("page", True)
        area.setWidget(page)
        inside = QVBoxLayout(page)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        inside.addWidget(self._error)
        model = text_label(_("Model"), "strong")
        model.setBuddy(self._combo)
        for number, widget in enumerate((model, self._combo, *self._own, self._more)):
            inside.addWidget(widget)
            if number % _ROWS_MOVED == _ROWS_MOVED - 1:
                yield
        inside.addStretch()
        yield
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(_("Settings of the picture"))

    def _foot(self, generate: QAction) -> QWidget:
        foot = QWidget(self)
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_S)
        self._button = PrimaryButton(generate, "wand-sparkles", foot)
        self._button.setObjectName("try.generate")
        for widget in (self._waiting, self._stop, self.price, self._need, self._button):
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
        current = self.run.run_id if self.run else ""
        if self._offered is not None and tuple(runs) == self._runs and chosen == current:
            return
        before, self._runs = self._offered, tuple(runs)
        ids, names = [run.run_id for run in runs], [run.name for run in runs]
        self._offered = ids, names
        self._combo.blockSignals(True)
        if self._offered != before:  # a poll without changes must not update an open list
            self._combo.clear()
            self._combo.addItems(names)
        self._combo.setCurrentIndex(ids.index(chosen) if chosen in ids else (0 if ids else -1))
        self._combo.blockSignals(False)
        self._run_changed()

    @Slot()
    def _run_changed(self) -> None:
        trigger = self.run.trigger_word if self.run else ""
        self._chip.setText(trigger.replace("&", "&&"))
        self._chip.setVisible(bool(trigger))
        self._chip.setAccessibleName(_("Add “{trigger}” to the prompt").format(trigger=trigger))
        self._chip.setToolTip(plain_tip(self._chip.accessibleName()))
        self._rows[PROMPT.key].editor.set_placeholder(
            _("{trigger} in a spacesuit, on the moon").format(trigger=trigger or _("A cat")),
        )
        self._take_extra()
        self._refresh()
        self.run_chosen.emit()

    # -- the settings

    @property
    def count(self) -> int:
        """Return how many pictures are asked for; 1 while the field holds no such number."""
        value = self._values[COUNT.key]
        return value if isinstance(value, int) and not COUNT.problem(value) else 1

    def requests(self) -> tuple[TryRequest, ...]:
        """Return one request for each picture; none while something is missing or wrong."""
        return requests_for(self.run, self._values) if self.run else ()

    def show_extras(self, extras: Mapping[str, str]) -> None:
        """Set the JSON that was typed for each run, by its id; one that is being typed stays as it is."""
        run_id = self.run.run_id if self.run else ""
        differs = extras.get(run_id, "") != self._extras.get(run_id, "")
        self._extras = extras
        if differs and extras.get(run_id, "") != self._values[EXTRA.key]:
            self._extra_of = ""
            self._take_extra()
            self._refresh()

    def _take_extra(self) -> None:
        """Show the JSON of the chosen run, when another was chosen."""
        run_id = self.run.run_id if self.run else ""
        if run_id != self._extra_of:
            self._extra_of = run_id
            self._values[EXTRA.key] = self._extras.get(run_id, "")

    def use(self, generated: GeneratedImage) -> None:
        """Use the settings of an earlier picture, and its model if that is still offered."""
        ids = [run.run_id for run in self._runs]
        if generated.run_id in ids:
            self._combo.setCurrentIndex(ids.index(generated.run_id))
        self._values = values_of(generated)
        self._refresh()
        self.count_changed.emit()

    def show_keys(self, *, shown: bool) -> None:
        """Show the names of all fields in the request, or do without them."""
        for row in self._rows.values():
            row.show_key(shown=shown)

    def set_busy(self, *, busy: bool, more: bool = False) -> None:
        """Show that a picture is being made, and whether more are to be requested after it."""
        if self._stop.hasFocus() and not busy:  # it is about to be hidden
            self.begin_prompt()
        self._waiting.setVisible(busy)
        self._stop.setVisible(busy)
        self._stop.setText(_("Stop after this picture") if more else _("Stop waiting"))
        paid = _("A picture already started may still be made.") if self.practice \
            else _("A picture already started may still be paid.")
        words = _("The current picture is still finished.") if more else paid
        self._stop.setToolTip(plain_tip(words))

    def show_error(self, error: StudioError | None) -> None:
        """Show why there is no picture; None takes it away."""
        if error is None:
            self._error.clear()
        else:
            self._error.show_error(error)

    @Slot(str, object)
    def _edited(self, key: str, value: Value) -> None:
        if key == SIZE.key and value == OWN_SIZE and self._values[key] in RATIOS:
            sides = str(self._values[key]).split("x")  # one begins with what was chosen before
            self._values[WIDTH.key], self._values[HEIGHT.key] = map(int, sides)
        self._values[key] = value
        self._refresh()
        self._follow(key)

    @Slot(str)
    def _reset(self, key: str) -> None:
        self._values[key] = self._rows[key].field.default
        self._refresh()
        self._follow(key)

    def _follow(self, key: str) -> None:
        if key == COUNT.key:
            self.count_changed.emit()
        elif key == EXTRA.key and self.run is not None and not option_problem(EXTRA, self._values[key], self.run):
            self.extra_edited.emit(self.run.run_id, str(self._values[key]))

    def _refresh(self) -> None:
        negative = self.run is not None and takes_negative(self.run)
        used = fields_in_use(self._values)
        for field in (WIDTH, HEIGHT, SENT_AS):
            self._rows[field.key].setVisible(field in used)
        self._rows[NEGATIVE.key].setVisible(negative)
        for field in OPTIONS:
            row, value = self._rows[field.key], self._values[field.key]
            row.set_state(value, field.default, changed=value != field.default)
            words = option_problem(field, value, self.run)
            missing = field is PROMPT and value == ""
            row.set_message(Message(Severity.MUST, words) if words and not missing else None)
        empty = not str(self._values[PROMPT.key]).strip()
        self._need.setText(_("Choose a model.") if self.run is None else _("Enter a prompt.") if empty else "")
        self._need.setVisible(self.run is None or empty)
        changed = sum(self._values[field.key] != field.default for field in MORE)
        self._more.show_state(self.requests(), str(self._values[EXTRA.key]), changed, negative=negative)
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
