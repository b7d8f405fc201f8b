"""The pictures of Try: one large with the others in a strip below it, or all of them in a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Account
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.formats import exact_number, exact_time, money, size_in_pixels
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.images.thumbnails import FullImage, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts import ActionButton, ElidedLabel, EmptyState, FlowLayout
from segmind_studio.ui.parts.files_out import DragOut, copy_files
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.colour_shapes import account_mark
from segmind_studio.ui.theme.direction import in_a_row
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.filter_bar import ResultFilterBar
from segmind_studio.ui.tryout.large_view import LostCard, ResultView
from segmind_studio.ui.tryout.result_views import ResultGrid, ResultStrip, StarPicker
from segmind_studio.ui.tryout.results_model import ResultsModel, photo_of

_MARK = 16  # logical pixels


class Gallery(QFrame):
    """Show results. The large view, the strip and the grid have one model and one selection.

    Signals (GUI thread):
        selected(): another picture is current, others are selected, or there are others; rated(int), by the stars.
    """

    selected = Signal()
    rated = Signal(int)

    def __init__(
        self, actions: TryActions, thumbnails: Thumbnails, parent: QWidget | None = None, *, at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self._actions = actions
        self._thumbnails = thumbnails
        self.rest = self._make(actions, thumbnails)
        if at_once:
            finish(self.rest)

    def _make(self, actions: TryActions, thumbnails: Thumbnails) -> Iterator[None]:
        self.model = ResultsModel(self)
        self._image_view = ResultView()
        self._image_view.setObjectName("try.picture")
        self._image_view.setAccessibleName(_("The picture"))
        self._lost = LostCard(actions.again, actions.look)
        self._large = QStackedWidget()
        self._large.addWidget(self._image_view)
        self._large.addWidget(self._lost)
        self._prompt = ElidedLabel()
        self._facts = mark(ElidedLabel(), role="small")
        self._stars = StarPicker()
        self._stars.rated.connect(self.rated)
        self._account = QLabel()
        self._account.setObjectName("try.account")
        DragOut(self._image_view, self.files, self._image_view.picture)
        yield
        self.grid = ResultGrid(self.model, thumbnails, self.files)
        self.strip = ResultStrip(self.model, thumbnails)
        self.strip.setSelectionModel(self.grid.selectionModel())
        yield
        self._bar = ResultFilterBar(actions, self.model)
        self._bar.done.connect(self._go_to_grid)
        self._bar.large_wanted.connect(self._open_large)
        self._fill_menu(self._bar.menu)
        yield
        self._foot = self._about()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._pages = QStackedWidget(self)
        column.addWidget(self._pages)
        yield
        self._pages.addWidget(self._one())
        yield
        self._pages.addWidget(self._many())
        yield
        self._connect()
        self.show_all((), TryResult)

    def _connect(self) -> None:
        judging = self._actions.judging
        judging.act_in(self._pages)
        judging.show_all.toggled.connect(self._show_page)
        self.grid.open_wanted.connect(self._open_large)
        self.grid.chosen.connect(self.selected)
        self.grid.customContextMenuRequested.connect(self._offer)
        self.strip.back_wanted.connect(self._open_grid)
        self.grid.selectionModel().currentChanged.connect(self._current_changed)
        self._thumbnails.full_ready.connect(self._loaded)
        for widget in (self.grid, self.strip, self._image_view):
            widget.installEventFilter(self)

    def _one(self) -> QWidget:
        page = QWidget(self._pages)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._large, 1)
        column.addWidget(self._foot)
        return page

    def _many(self) -> QWidget:
        page = QWidget(self._pages)
        self._nothing = EmptyState(
            "search", _("Nothing matches"), _("No picture matches. The others are still there."),
            self._bar.clear_action,
        )
        self._below = QStackedWidget()
        self._below.addWidget(self.grid)
        self._below.addWidget(self._nothing)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._below, 1)
        self.model.modelReset.connect(self._rows_changed)
        return page

    def _about(self) -> QWidget:
        foot = mark(QFrame(), surface="strip")
        actions = self._actions
        line = FlowLayout(None, SPACE_S)
        for action, kind, words in (
            (actions.save, "", _("Save as…")), (actions.copy, "quiet", _("Copy")),
            (actions.reuse, "quiet", _("Reuse settings")),
            (actions.judging.show_all, "quiet", ""),
        ):
            line.addWidget(ActionButton(action, kind, self, words=words))
        facts = QHBoxLayout()
        facts.setSpacing(SPACE_M)
        facts.addWidget(self._stars)
        facts.addWidget(self._account)
        facts.addWidget(self._facts, 1)
        facts.addStrut(self._stars.sizeHint().height())  # they are hidden where there is no picture to rate
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        inside.setSpacing(SPACE_S)
        inside.addWidget(self._prompt)
        inside.addLayout(facts)
        inside.addLayout(line)
        inside.addWidget(self.strip)
        return foot

    # -- what is chosen

    @property
    def result(self) -> TryResult | None:
        """Return the result that is shown large, or has the focus ring in the grid."""
        row = self.grid.currentIndex().row()
        return self.model.result(row) if 0 <= row < self.model.rowCount() else None

    @property
    def in_grid(self) -> bool:
        """Return whether all pictures are shown."""
        return self._pages.currentIndex() == 1

    @property
    def chosen(self) -> tuple[GeneratedImage, ...]:
        """Return the selected pictures as shown; beside a large one, that one."""
        if not self.in_grid:
            result = self.result
            return () if result is None else (result.generated,)
        shown = self.model.shown
        return tuple(image for part in self.grid.selected_rows for image in shown[part.first : part.last + 1])

    def files(self) -> tuple[Path, ...]:
        """Return the files of what is chosen."""
        return tuple(
            photo.path for image in self.chosen
            if image.state is ImageState.MADE and (photo := self.model.photo(image)).shown
        )

    def copy(self) -> None:
        """Copy what is chosen, with its files; one that is shown large also as a picture."""
        files = self.files()
        copy_files(files, None if self.in_grid else self._image_view.image)
        self.show_note(_("Picture copied"))

    # -- what is shown

    def show_names(self, names: Mapping[str, str]) -> None:
        """Set the runs' names, by id."""
        if names == self.model.names:
            return
        self.model.names = names
        self._bar.follow()
        if self.result is not None:
            self._show_facts(self.result)

    def show_accounts(self, accounts: Mapping[str, Account], account_id: str, *, several: bool) -> None:
        """Set the accounts by id and the one in use; with `several`, each picture says its own."""
        model = self.model
        if (accounts, account_id, several) == (model.accounts, model.account_id, model.says_accounts):
            return
        model.accounts, model.account_id, model.says_accounts = accounts, account_id, several
        self.grid.viewport().update()
        self.strip.viewport().update()
        if self.result is not None:
            self._show_facts(self.result)

    def show_all(
        self, images: Sequence[GeneratedImage], result_of: Callable[[GeneratedImage], TryResult],
    ) -> None:
        """Show other results: the one that was current, or its neighbour when it was deleted, else the newest."""
        before, row = self.grid.current_name, self.grid.currentIndex().row()
        self.model.show_all(images, result_of)
        self._bar.follow()
        self._rows_changed()
        count = self.model.rowCount()
        if count and (not before or self.grid.current_name != before):
            beside = min(row, count - 1) if self.model.holds(before) else 0  # it was deleted, or came back
            self.grid.select(frozenset({self.model.name_at(max(0, beside))}))
        if not images:
            self._actions.judging.show_all.setChecked(False)
        self._show()
        self.selected.emit()

    def add(self, result: TryResult) -> None:
        """Show a new result."""
        self.model.add(result)
        self._bar.follow()
        self._rows_changed()
        self._foot.show()
        self.grid.select(frozenset({result.generated.image_id}))
        self.strip.scrollToTop()
        self._show()

    @Slot(object)
    def show_marks(self, images: Sequence[GeneratedImage]) -> None:
        """Show other ratings and tags."""
        self.model.update(images)
        self._bar.follow()
        result = self.result
        if result is not None:
            self._show_facts(result)
        self.selected.emit()

    @property
    def filter_bar(self) -> ResultFilterBar:
        """Return what chooses the pictures in the grid."""
        return self._bar

    def show_note(self, words: str) -> None:
        """Show something about the pictures, such as where one was saved, until another one is shown."""
        self._facts.setText(words)
        self._bar.show_note(words)

    def open_image(self, image_id: str) -> None:
        """Show one picture large."""
        if self.model.row_of(image_id) < 0:
            self._bar.clear()
        self.grid.select(frozenset({image_id}))
        self._open_large()

    @Slot(bool)
    def _show_page(self, many: bool) -> None:  # noqa: FBT001  # a Qt slot
        had_focus = self.isAncestorOf(self.window().focusWidget()) if self.window().focusWidget() else False
        self._pages.setCurrentIndex(int(many))
        self._show()
        if many and self.grid.currentIndex().isValid():
            self.grid.scrollTo(self.grid.currentIndex())
        if had_focus:
            self.take_focus()
        self.selected.emit()

    @Slot()
    def take_focus(self) -> None:
        """Set the keyboard focus to the pictures."""
        (self.grid if self.in_grid else self.strip).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _open_large(self) -> None:
        self._actions.judging.show_all.setChecked(False)

    @Slot()
    def _open_grid(self) -> None:
        self._actions.judging.show_all.setChecked(True)

    @Slot()
    def _go_to_grid(self) -> None:
        if not self.grid.currentIndex().isValid() and self.model.rowCount():
            self.grid.select(frozenset({self.model.name_at(0)}))
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _rows_changed(self) -> None:
        nothing = not self.model.rowCount()
        self._below.setCurrentWidget(self._nothing if nothing else self.grid)

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show()
        self.selected.emit()

    def _show(self) -> None:
        """Show the current picture large, with what is known of it."""
        result = self.result
        self._foot.setVisible(result is not None)
        if result is None:
            self._large.setCurrentWidget(self._image_view)
            self._image_view.show_text(
                "image", _("Enter a prompt and press Generate. The picture appears here."),
            )
            return
        self._show_facts(result)
        if self.in_grid:
            return
        lost = result.generated.state is ImageState.UNKNOWN
        if lost:
            self._lost.show_generated(result.generated, practice=_practice(result.generated))
        elif not result.image.isNull():
            self._image_view.show_image(result.image, result.generated.prompt)
        elif result.path is None:
            self._image_view.show_text("image-off", _("This picture could not be saved."))
        else:
            self._image_view.show_text("image", "")
            self._thumbnails.load_full(photo_of(result))
        self._large.setCurrentWidget(self._lost if lost else self._image_view)

    @Slot(object)
    def _loaded(self, full: FullImage) -> None:
        result = self.result
        if result is None or result.generated.image_id != full.photo_id:
            return
        if full.image.isNull():
            self._image_view.show_text("image-off", _("The file of this picture could not be read."))
        else:
            self._image_view.show_image(full.image, result.generated.prompt)

    def _show_facts(self, result: TryResult) -> None:
        generated = result.generated
        self._prompt.setText(generated.prompt)
        self._stars.setVisible(generated.state is ImageState.MADE and self.model.own(generated))
        self._stars.show_rating(generated.rating)
        width, height = generated.width, generated.height
        if not result.image.isNull():
            width, height = result.image.width(), result.image.height()
        account = self.model.account_of(generated)
        self._account.setVisible(bool(account))
        if account:
            mark_of = account_mark(generated.account_id, self.model.accounts)
            self._account.setPixmap(mark_of.pixmap(QSize(_MARK, _MARK)))
            self._account.setToolTip(plain_tip(account))
        facts = [
            *([account] if account else []),
            *([name] if (name := self.model.name_of(generated)) else []),
            size_in_pixels(width, height),
            _("strength {value}").format(value=exact_number(generated.strength)),
            _("seed {seed}").format(seed=generated.seed) if generated.seed is not None else _("random seed"),
            *_money(result),
        ]
        if generated.state is ImageState.MADE and result.path is None:
            facts.append(_("not saved"))
        facts.append(exact_time(generated.asked_at))
        facts.extend(f"#{tag}" for tag in generated.tags)
        self._facts.setText(in_a_row(facts))
        self._bar.show_note("")

    # -- keys and menus

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Let Undo mean the pictures while one of them has the keyboard focus."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo):
            undo: QAction = self._actions.judging.undo
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                undo.trigger()
                return True
        return super().eventFilter(watched, event)

    def _offer(self) -> None:
        """Show what can be done with the selected pictures, at the pointer."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu)
        menu.popup(self.cursor().pos())

    def _fill_menu(self, menu: QMenu) -> None:
        judging = self._actions.judging
        rating = menu.addMenu(icon("star"), _("Rating"))
        rating.addActions([*reversed(judging.rate)])
        menu.addActions([judging.tag, judging.delete, judging.restore])
        menu.addSeparator()
        menu.addActions([judging.compare, judging.vote, judging.sheet])
        menu.addSeparator()
        actions = self._actions
        menu.addActions([actions.reuse, actions.copy, actions.save, judging.reveal])


def _money(result: TryResult) -> list[str]:
    generated = result.generated
    if _practice(generated):
        return [_("practice, free")]
    if generated.state is ImageState.UNKNOWN:
        return [_("counts as paid")]
    said = [
        _("cost not stated") if generated.cost is None
        else _("cost {amount}").format(amount=money(generated.cost)),
    ]
    if result.remaining is not None:
        said.append(_("{amount} left").format(amount=money(result.remaining)))
    return said


def _practice(generated: GeneratedImage) -> bool:
    return generated.account_id == PRACTICE_ACCOUNT_ID
