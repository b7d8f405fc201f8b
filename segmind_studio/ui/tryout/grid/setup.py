"""The panel of a grid: which prompts, models, strengths and seeds are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.fields import number_text
from segmind_studio.core.image_requests import numbers_in, read_extra, takes_negative
from segmind_studio.core.picture_grid import MOST_CELLS, MOST_SET_NAME, GridPlan, PromptSet, prompts_in
from segmind_studio.core.runs import Run
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.parts.question import NameDialog
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import panel_width
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from segmind_studio.ui.tryout.fields import HIGHEST_SEED, PROMPT, STRENGTH

_WIDTH = 336
_PROMPT_LINES = 7
_MODEL_LINES = 5


class GridSetup(QFrame):
    """Compose a grid.

    Signals (GUI thread):
        edited(): something was changed; set_saved(object): PromptSet; set_removed(str): its name.
    """

    edited = Signal()
    set_saved = Signal(object)
    set_removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="inspector")
        self.setFixedWidth(panel_width(_WIDTH))
        self._runs: tuple[Run, ...] = ()
        self._chosen: set[str] = set()
        self._extras: Mapping[str, str] = {}
        self._sets: tuple[PromptSet, ...] = ()
        self._base = GridPlan()  # what Try's own fields decide: size, way, what must not show
        self._showing = False
        self._set = CalmCombo()
        self._set.setObjectName("try.grid.sets")
        self._set.setAccessibleName(_("Prompt set"))
        self._set.currentIndexChanged.connect(self._set_chosen)
        self._keep = self._tool("bookmark-plus", _("Save as prompt set…"), "try.grid.save_set")
        self._keep.clicked.connect(self._ask_name)
        self._drop = self._tool("trash-2", _("Delete prompt set"), "try.grid.drop_set")
        self._drop.clicked.connect(self._remove_set)
        self._prompts = QPlainTextEdit()
        self._prompts.setObjectName("try.grid.prompts")
        self._prompts.setTabChangesFocus(True)
        self._prompts.setFixedHeight(self._prompts.fontMetrics().lineSpacing() * _PROMPT_LINES)
        self._prompts.setPlaceholderText(_("One prompt per line"))
        self._prompts.textChanged.connect(self._typed)
        self._models = QListWidget()
        self._models.setObjectName("try.grid.models")
        self._models.itemChanged.connect(self._checked)
        self._strengths = self._line("try.grid.strengths", "0.8, 1, 1.2")
        self._seeds = self._line("try.grid.seeds", "7, 8")
        self._problem = mark(text_label("", "small"), role="bad")
        self._problem.setObjectName("try.grid.problem")
        self._note = text_label("", "small")
        self.foot = QVBoxLayout()  # for the button that begins
        self._build()

    def _tool(self, icon_name: str, words: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(icon_name, "muted"))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(plain_tip(words))
        return button

    def _line(self, name: str, example: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setPlaceholderText(_("such as {example}").format(example=example))
        line.textChanged.connect(self._typed)
        return line

    def _build(self) -> None:
        page = QWidget()
        page.setProperty("page", True)
        inside = QVBoxLayout(page)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        sets = QHBoxLayout()
        sets.setSpacing(SPACE_XS)
        for widget in (self._keep, self._drop):
            sets.addWidget(widget)
        sets.insertWidget(0, self._set, 1)
        inside.addLayout(sets)
        for words, widget, more in (
            (_("Prompts"), self._prompts, _("Each prompt adds rows.")),
            (_("Models"), self._models, _("Each model adds columns.")),
            (_("Strengths"), self._strengths, _("From 0 to 2, separated by commas.")),
            (_("Seeds"), self._seeds, _("The same seeds are used for all, so only your comparison differs.")),
        ):
            block = QVBoxLayout()
            block.setSpacing(SPACE_XS)
            label = text_label(words, "strong")
            label.setBuddy(widget)
            widget.setAccessibleName(words)
            widget.setAccessibleDescription(more)
            for part in (label, widget, text_label(more, "small")):
                block.addWidget(part)
            inside.addLayout(block)
        inside.addWidget(self._note)
        inside.addStretch(1)
        area = ScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(_("Grid settings"))
        foot = QWidget()
        self.foot.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        self.foot.setSpacing(SPACE_S)
        self.foot.addWidget(self._problem)
        foot.setLayout(self.foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(mark(QFrame(), surface="line"))
        column.addWidget(foot)

    # -- what is offered

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Offer the models of these runs."""
        if [(run.run_id, run.name) for run in runs] == [(run.run_id, run.name) for run in self._runs]:
            self._runs = tuple(runs)
            return
        self._runs = tuple(runs)
        self._showing = True
        self._models.clear()
        for run in self._runs:
            item = QListWidgetItem(run.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            chosen = run.run_id in self._chosen
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            self._models.addItem(item)
        self._showing = False
        self._fit_models()

    def _fit_models(self) -> None:
        """Show whole rows: all of them, or as many as there is room for."""
        self._models.ensurePolished()
        row = self._models.sizeHintForRow(0) if self._runs else self._models.fontMetrics().lineSpacing() + SPACE_S
        shown = min(max(1, len(self._runs)), _MODEL_LINES)
        self._models.setFixedHeight(shown * row + 2 * self._models.frameWidth())

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._fit_models()

    def show_sets(self, sets: Sequence[PromptSet], extras: Mapping[str, str]) -> None:
        """Offer these sets; `extras` is the JSON of each run."""
        self._extras = extras
        if tuple(sets) == self._sets and self._set.count():
            return
        self._sets = tuple(sets)
        self._showing = True
        self._set.clear()
        self._set.addItem(_("Prompt sets…"))
        self._set.addItems([one.name for one in self._sets])
        self._showing = False
        self._follow()

    def show_plan(self, plan: GridPlan) -> None:
        """Show a grid; runs that are not offered any more are not chosen."""
        self._showing = True
        self._prompts.setPlainText("\n".join(" ".join(prompt.split()) for prompt in plan.prompts))
        self._strengths.setText(", ".join(map(number_text, plan.strengths)))
        self._seeds.setText(", ".join(map(str, plan.seeds)))
        self._chosen = set(plan.run_ids)
        for row, run in enumerate(self._runs):
            on = run.run_id in self._chosen
            self._models.item(row).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._showing = False
        self.set_base(plan)

    def set_base(self, plan: GridPlan) -> None:
        """Take from a plan what Try's own fields decide: the size, the call, and what must not show."""
        self._base = plan
        shape = plan.ratio or _("{width} by {height} pixels").format(width=plan.width, height=plan.height)
        self._note.setText(_("Size ({size}) and request type: as set in Try.").format(size=shape))
        self._follow()

    def set_open(self, *, on: bool) -> None:
        """Let the person change it, or not while pictures are made."""
        for widget in (self._set, self._prompts, self._models, self._strengths, self._seeds):
            widget.setEnabled(on)

    def begin(self) -> None:
        """Set the keyboard focus to the prompts."""
        self._prompts.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what is composed

    def plan(self) -> GridPlan | None:
        """Return the draft; None while something is missing or wrong."""
        return None if self._wrong() else self._draft()

    def _draft(self) -> GridPlan:
        runs = [run for run in self._runs if run.run_id in self._chosen]
        seeds = numbers_in(self._seeds.text(), most=HIGHEST_SEED, whole=True) or ()
        strengths = numbers_in(self._strengths.text(), most=float(STRENGTH.maximum or 0)) or ()
        extras = {
            run.run_id: text for run in runs
            if (text := read_extra(self._extras.get(run.run_id, ""), negative=takes_negative(run)).canonical)
        }
        return GridPlan(
            prompts=prompts_in(self._prompts.toPlainText()), run_ids=tuple(run.run_id for run in runs),
            strengths=tuple(map(float, strengths)),
            seeds=tuple(int(seed) for seed in seeds), width=self._base.width, height=self._base.height,
            ratio=self._base.ratio, way=self._base.way, negative_prompt=self._base.negative_prompt,
            negatives=tuple(run.run_id for run in runs if takes_negative(run)), extras=extras,
        )

    @property
    def _untouched(self) -> bool:
        """Return whether nothing was entered where something is missing: that is a hint, not an error."""
        return not all(field.text().strip() for field in (self._strengths, self._seeds)) \
            or not self._prompts.toPlainText().strip() or not self._draft().run_ids

    def _wrong(self) -> str:
        draft = self._draft()
        for there, words in (
            (draft.prompts, _("Enter a prompt.")), (draft.run_ids, _("Choose a model.")),
            (draft.strengths, _("Enter strengths from 0 to 2.")),
            (draft.seeds, _("Enter seeds as whole numbers.")),
        ):
            if not there:
                return words
        if problem := next((words for one in draft.prompts if (words := PROMPT.problem(one))), ""):
            return problem
        if draft.size > MOST_CELLS:
            return _("{count} pictures are too many. A grid has at most {most}.").format(
                count=draft.size, most=MOST_CELLS,
            )
        return ""

    def _follow(self) -> None:
        words = self._wrong()
        self._problem.setText(words)
        mark(self._problem, role="small" if self._untouched else "bad")
        self._problem.setVisible(bool(words))
        self._keep.setEnabled(bool(prompts_in(self._prompts.toPlainText())))
        self._drop.setEnabled(self._set.currentIndex() > 0)

    def _typed(self) -> None:
        if not self._showing:
            self._follow()
            self.edited.emit()

    @Slot(QListWidgetItem)
    def _checked(self, item: QListWidgetItem) -> None:
        if self._showing:
            return
        run_id = self._runs[self._models.row(item)].run_id
        if item.checkState() == Qt.CheckState.Checked:
            self._chosen.add(run_id)
        else:
            self._chosen.discard(run_id)
        self._typed()

    # -- sets

    @Slot(int)
    def _set_chosen(self, place: int) -> None:
        if not self._showing and place > 0:
            finish_composing(self._prompts)
            self._prompts.setPlainText("\n".join(self._sets[place - 1].prompts))
        self._follow()

    def _ask_name(self) -> None:
        finish_composing(self._prompts)
        count = len(prompts_in(self._prompts.toPlainText()))
        words = ngettext("Name of the set with {count} prompt:", "Name of the set with {count} prompts:", count)
        dialog = NameDialog(
            self, title=_("Save prompts"), label=words.format(count=count), verb=_("Save"),
            name=self._set.currentText() if self._set.currentIndex() > 0 else "",
        )
        dialog.setObjectName("try.grid.name_dialog")
        guard_scroll_areas(dialog)
        dialog.textValueSelected.connect(self._save_set)
        dialog.open()

    @Slot(str)
    def _save_set(self, name: str) -> None:
        name = " ".join(name.split())[:MOST_SET_NAME]
        if name:
            self.set_saved.emit(PromptSet(name, prompts_in(self._prompts.toPlainText())))
            names = [one.name for one in self._sets]
            self._showing = True
            self._set.setCurrentIndex(names.index(name) + 1 if name in names else 0)
            self._showing = False
            self._follow()

    def _remove_set(self) -> None:
        if self._set.currentIndex() > 0:
            self.set_removed.emit(self._set.currentText())
