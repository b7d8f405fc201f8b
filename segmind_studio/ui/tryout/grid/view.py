"""The grid over the whole width of Try: its table, one picture large, and the panel that composes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.core.picture_grid import ASKED_BY_HAND, GridPlan, Tally, TryNotes
from segmind_studio.core.runs import Run
from segmind_studio.formats import clock_text, date_text
from segmind_studio.services.images.grid_service import GridService
from segmind_studio.services.images.thumbnails import FullImage, Thumbnails
from segmind_studio.services.images.try_notes import TryNotesService
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ElidedLabel, ErrorBanner, text_label
from segmind_studio.ui.parts.buttons import ActionButton, PrimaryButton
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.theme.direction import visual_key
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.gallery import ResultView
from segmind_studio.ui.tryout.grid.confirm import GridConfirm
from segmind_studio.ui.tryout.grid.setup import GridSetup
from segmind_studio.ui.tryout.grid.table import GridTable, state_words

_OLD_LENGTH = 26  # characters
_WALK = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class GridView(QFrame):
    """Compose a grid, watch it fill, look at its pictures.

    Signals (GUI thread):
        back(): to Try's own view; changed(): what its actions can do may differ now.
    """

    back = Signal()
    changed = Signal()

    def __init__(
        self, grid: GridService, notes: TryNotesService, actions: TryActions, thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._grid = grid
        self._notes = notes
        self._actions = actions
        self._thumbnails = thumbnails
        self._plans: tuple[GridPlan, ...] = ()
        self.table = GridTable(grid, thumbnails)
        self._zoom = ResultView()
        self._zoom.setObjectName("try.grid.zoom")
        self._zoom.setAccessibleName(_("The picture"))
        self._zoom.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._zoom.installEventFilter(self)
        self._empty = ResultView()
        self._empty.show_text(
            "layout-grid", _("Choose prompts, models, strengths and seeds. All combinations are made."),
        )
        self._pages = QStackedWidget()
        for page in (self._empty, self.table, self._zoom):
            self._pages.addWidget(page)
        self._error = ErrorBanner()
        self._error.setObjectName("try.grid.error")
        self._setup = GridSetup()
        self._button = PrimaryButton(actions.grid_start, "wand-sparkles", self._setup)
        self._button.setObjectName("try.grid.start")
        self._stop = mark(QPushButton(icon("square-stop"), _("Stop after this picture")), kind="quiet")
        self._stop.setObjectName("try.grid.stop")
        self._stop.clicked.connect(grid.halt)
        self._setup.foot.addWidget(self._stop)
        self._setup.foot.addWidget(self._button)
        self._tally = text_label("", "small", wrap=False)
        self._tally.setObjectName("try.grid.tally")
        self._about = ElidedLabel()
        self._old = CalmCombo()
        self._old.setObjectName("try.grid.plans")
        self._old.setAccessibleName(_("Grids"))
        self._old.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._old.setMinimumContentsLength(_OLD_LENGTH)
        self._old.currentIndexChanged.connect(self._plan_chosen)
        self._build()
        self._connect()
        self._show_notes(notes.value)

    def _build(self) -> None:
        head = mark(QFrame(), surface="strip")
        bar = QHBoxLayout(head)
        bar.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        bar.setSpacing(SPACE_S)
        away = mark(QPushButton(icon("chevron-left"), _("One picture")), kind="quiet")
        away.setObjectName("try.grid.back")
        away.clicked.connect(self.back)
        self._full = mark(QPushButton(icon("sliders-horizontal"), _("Settings")), kind="quiet")
        self._full.setObjectName("try.grid.settings")
        self._full.setCheckable(True)
        self._full.setChecked(True)
        self._full.toggled.connect(self._setup.setVisible)
        bar.addWidget(away)
        bar.addWidget(self._old)
        bar.addStretch()
        again = ActionButton(self._actions.grid_retry, "quiet", head, words=_("Make again…"))
        again.setObjectName("try.grid.retry")
        self._actions.grid_retry.enabledChanged.connect(again.setVisible)
        again.setVisible(self._actions.grid_retry.isEnabled())
        save = ActionButton(self._actions.grid_export, "quiet", head, words=_("Save as PNG…"))
        save.setObjectName("try.grid.export")
        for button in (again, save):
            bar.addWidget(button)
        bar.addWidget(self._full)
        foot = self._foot = mark(QFrame(), surface="strip")
        line = QHBoxLayout(foot)
        line.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        line.setSpacing(SPACE_M)
        line.addWidget(self._about, 1)
        line.addWidget(self._tally)
        left = QVBoxLayout()
        left.setSpacing(0)
        for widget in (self._error, self._pages, foot):
            left.addWidget(widget, int(widget is self._pages))
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left, 1)
        body.addWidget(self._setup)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(body, 1)

    def _connect(self) -> None:
        self._grid.changed.connect(self._follow)
        self._grid.busy_changed.connect(self._follow)
        self._grid.stopped.connect(self._show_error)
        self._grid.exported.connect(self._exported)
        self._notes.changed.connect(self._show_notes)
        self._setup.edited.connect(self._edited)
        self._setup.set_saved.connect(self._save_set)
        self._setup.set_removed.connect(self._remove_set)
        self.table.zoom_wanted.connect(self.zoom)
        self.table.selectionModel().currentChanged.connect(self._cell_changed)
        self._thumbnails.full_ready.connect(self._loaded)
        self._actions.grid_start.triggered.connect(self._ask)
        self._actions.grid_retry.triggered.connect(self._ask_again)
        self._actions.grid_export.triggered.connect(self._choose_target)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._follow()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self._follow()

    # -- called by the place

    def show_runs(self, ready: Sequence[Run], names: Mapping[str, str]) -> None:
        """Offer the models of these runs; `names` are those of all, by id."""
        self._setup.show_runs(ready)
        self.table.model_of_grid.show_names(names)
        self._follow()

    def open_with(self, draft: GridPlan) -> None:
        """Come forward: with the grid that is shown, or with this draft while there is none.

        A grid that was not started has the size and the call of the draft.
        """
        if not self._setup.plan():
            self._setup.show_plan(draft)
            self._edited()
        elif not self._grid.plan.plan_id:
            self._setup.set_base(draft)
            self._edited()
        self._follow()
        if self._grid.plan.plan_id and self._grid.cells:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._setup.begin()

    # -- state

    @Slot(object)
    def _show_notes(self, notes: TryNotes) -> None:
        self._setup.show_sets(notes.sets, notes.extras)
        if notes.plans != self._plans or not self._old.count():
            self._plans = notes.plans
            self._old.blockSignals(True)
            self._old.clear()
            self._old.addItem(_("New grid"))
            self._old.addItems([
                _("{count} pictures, {day}, {time}").format(
                    count=plan.size, day=date_text(plan.made_at), time=clock_text(plan.made_at),
                )
                for plan in self._plans
            ])
            self._old.blockSignals(False)
        self._show_place()

    def _show_place(self) -> None:
        ids = [plan.plan_id for plan in self._plans]
        plan_id = self._grid.plan.plan_id
        self._old.blockSignals(True)
        self._old.setCurrentIndex(ids.index(plan_id) + 1 if plan_id in ids else 0)
        self._old.blockSignals(False)

    @Slot(int)
    def _plan_chosen(self, place: int) -> None:
        """Show an earlier grid; the first of the list makes a draft of what is shown."""
        if self._grid.running:
            self._show_place()
        elif place > 0:
            plan = self._plans[place - 1]
            self._setup.show_plan(plan)
            self._error.clear()
            self._grid.show(plan)
        else:
            self._edited()

    @Slot()
    def _edited(self) -> None:
        """Show the draft: what of it is made already is in its cells at once."""
        if not self._grid.running:
            self._error.clear()
            self._grid.show(self._setup.plan() or GridPlan())

    @Slot()
    def _follow(self) -> None:
        grid, tally = self._grid, Tally.of(self._grid.cells)
        if self._pages.currentWidget() is not self._zoom or not grid.cells:
            self._pages.setCurrentWidget(self.table if grid.cells else self._empty)
        self._show_place()
        running = grid.running
        self._setup_enabled(on=not running)
        self._stop.setVisible(running)
        self._stop.setEnabled(not grid.halting)
        self._stop.setText(_("Stopping after this picture…") if grid.halting else _("Stop after this picture"))
        self._tally.setText(_tally_words(tally) if grid.cells else "")
        self._foot.setVisible(bool(grid.cells))
        action = self._actions.grid_start
        action.setEnabled(self.isVisible() and tally.left > 0 and grid.possible)
        action.setText(self._start_words(tally.left))
        self._actions.grid_export.setEnabled(self.isVisible() and tally.made > 0)
        self._show_cell()
        self.changed.emit()

    def _setup_enabled(self, *, on: bool) -> None:
        self._old.setEnabled(on)
        self._setup.set_open(on=on)

    def _start_words(self, left: int) -> str:
        if self._grid.running:
            return _("Making the pictures…")
        if not left:
            return _("All pictures are made") if self._grid.cells else _("Make the grid…")
        begun = bool(self._grid.plan.plan_id)
        words = ngettext("Continue: {count} picture…", "Continue: {count} pictures…", left) if begun \
            else ngettext("Make {count} picture…", "Make {count} pictures…", left)
        return words.format(count=left)

    @Slot()
    def _cell_changed(self) -> None:
        self._show_cell()
        if self._pages.currentWidget() is self._zoom:
            self._show_zoom()

    def _show_cell(self) -> None:
        index = self.table.currentIndex()
        known = index.isValid() and bool(self._grid.cells)
        self._about.setText(self.table.model_of_grid.words(index) if known else "")
        again = known and self.table.model_of_grid.cell(index).state in ASKED_BY_HAND
        self._actions.grid_retry.setEnabled(
            self.isVisible() and again and self._grid.possible,
        )

    # -- one picture large

    @Slot()
    def zoom(self) -> None:
        """Show the cell that the keyboard is on over the whole view."""
        if self._grid.cells and self.table.current is not None:
            self._pages.setCurrentWidget(self._zoom)
            self._zoom.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_zoom()

    def _show_zoom(self) -> None:
        index = self.table.currentIndex()
        cell = self.table.model_of_grid.cell(index)
        path = self._grid.path_of(cell)
        if cell.image is None or path is None:
            self._zoom.show_text("image", state_words(cell))
        else:
            self._zoom.show_text("image", "")
            self._thumbnails.load_full(Photo(cell.image.image_id, path))

    @Slot(object)
    def _loaded(self, full: FullImage) -> None:
        index = self.table.currentIndex()
        if self._pages.currentWidget() is not self._zoom or not index.isValid() or not self._grid.cells:
            return
        cell = self.table.model_of_grid.cell(index)
        if cell.image is not None and cell.image.image_id == full.photo_id:
            self._zoom.show_image(full.image, self.table.model_of_grid.words(index))

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._zoom and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = visual_key(event.key())
            if key in {Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._pages.setCurrentWidget(self.table)
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if key in _WALK:
                down, across = _WALK[key]
                index = self.table.currentIndex()
                other = self.table.model_of_grid.index(index.row() + down, index.column() + across)
                if other.isValid():
                    self.table.setCurrentIndex(other)
                return True
        return super().eventFilter(watched, event)

    # -- what is paid

    def _ask(self) -> None:
        self._confirm(self._grid.left)

    def _ask_again(self) -> None:
        if self.table.current is not None:
            self._confirm((self.table.current,))

    def _confirm(self, cells: Sequence[int]) -> None:
        if cells and not self._grid.running:
            self._error.clear()
            dialog = GridConfirm(self._grid, cells, self)
            dialog.confirmed.connect(self._grid.start)
            dialog.open()

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self._error.show_error(error)
        self._follow()

    # -- sets and export

    @Slot(object)
    def _save_set(self, prompts: object) -> None:
        self._notes.update(self._notes.value.with_set(prompts))  # type: ignore[arg-type]

    @Slot(str)
    def _remove_set(self, name: str) -> None:
        self._notes.update(self._notes.value.without_set(name))

    def _choose_target(self) -> None:
        dialog = QFileDialog(self, _("Save the grid"), str(existing_folder(Path.home()) / "grid.png"))
        guard_scroll_areas(dialog)
        dialog.setObjectName("try.grid.save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([file_filter(_("Pictures"), "*.png")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._export)
        dialog.open()

    @Slot(str)
    def _export(self, target: str) -> None:
        model = self.table.model_of_grid
        words = [state_words(cell) for cell in self._grid.cells]
        self._grid.export(
            [model.column_text(column) for column in range(model.columnCount())],
            [model.row_text(row) for row in range(model.rowCount())], words, Path(target),
        )

    @Slot(object)
    def _exported(self, target: Path) -> None:
        self._about.setText(_("Saved as {target}").format(target=target))


def _tally_words(tally: Tally) -> str:
    parts = [
        (tally.made, _("{count} made")), (tally.asked, _("{count} being made")), (tally.left, _("{count} left")),
        (tally.deleted, _("{count} deleted")),
        (tally.unknown, _("{count} without an answer")), (tally.failed, _("{count} refused")),
    ]
    return " · ".join(words.format(count=count) for count, words in parts if count)
