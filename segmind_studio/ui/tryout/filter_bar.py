"""What is above the grid of pictures: which of them are shown, in which order, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.generated_images import HIGHEST_RATING, ImageState
from segmind_studio.core.result_filter import UNRATED, ResultFilter, ResultOrder, tags_in
from segmind_studio.formats import number
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.parts import ActionButton, ElidedLabel, FlowLayout
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.results_model import ResultsModel, stars_text

_TYPING_MS = 120  # after the last key
_SEARCH_WIDTH = 200
_COMBO_WIDTH = 120
_LONGEST_NAME = 40  # characters of a run or a tag in a list


class ResultFilterBar(QFrame):
    """Filter and sort a ResultsModel.

    Signals (GUI thread): done(), when the search ends and the pictures are to get the keyboard focus;
    large_wanted(), to see one picture large.
    """

    done = Signal()
    large_wanted = Signal()

    def __init__(self, actions: TryActions, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._offered: tuple[object, ...] = ()
        self._search = SearchField(_("Search pictures"))
        self._search.setObjectName("try.search")
        self._search.setPlaceholderText(_("Prompt, tag or model"))
        self._search.setFixedWidth(text_scaled(_SEARCH_WIDTH))
        self._run = self._combo("try.filter.run", _("Filter by model"))
        self._rating = self._combo("try.filter.rating", _("Filter by rating"))
        self._tag = self._combo("try.filter.tag", _("Filter by tag"))
        self._state = self._combo("try.filter.state", _("Filter by answer"))
        self._order = self._combo("try.order", _("Sort pictures"))
        self._count = mark(ElidedLabel(), role="small")
        self._count.setObjectName("try.count")
        self._note = ""
        self.clear_action = QAction(icon("x"), _("Show all pictures"), self)
        self.clear_action.triggered.connect(self.clear)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_MS)
        self._soon.timeout.connect(self._apply)
        self._fill()
        self._lay_out(actions)
        self._search.textChanged.connect(self._typed)
        self._search.done.connect(self._search_done)
        for combo in self._combos:
            combo.currentIndexChanged.connect(self._apply)
        model.modelReset.connect(self._show_count)
        model.rowsInserted.connect(self._show_count)

    @property
    def _combos(self) -> Sequence[CalmCombo]:
        return self._run, self._rating, self._tag, self._state, self._order

    def _combo(self, name: str, spoken: str) -> CalmCombo:
        combo = CalmCombo()
        combo.setObjectName(name)
        combo.setAccessibleName(spoken)
        combo.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(text_scaled(_COMBO_WIDTH * 2))
        return combo

    def _fill(self) -> None:
        self._rating.addItem(_("Any rating"), 0)
        for stars in range(HIGHEST_RATING, 0, -1):
            words = ngettext("{count} star or more", "{count} stars or more", stars).format(count=stars)
            self._rating.addItem(words if stars < HIGHEST_RATING else stars_text(stars), stars)
        self._rating.addItem(_("Not rated"), UNRATED)
        for words, state in (
            # Translators: a filter: pictures that were made.
            (_("With and without answer"), ""), (_("Made"), ImageState.MADE.value),
            (_("No answer"), ImageState.UNKNOWN.value),
        ):
            self._state.addItem(words, state)
        for words, order in (
            (_("Newest first"), ResultOrder.NEWEST.value), (_("Oldest first"), ResultOrder.OLDEST.value),
            (_("Best rated first"), ResultOrder.RATING.value),
        ):
            self._order.addItem(words, order)

    def _lay_out(self, actions: TryActions) -> None:
        judging = actions.judging
        flow = FlowLayout(None, SPACE_S)
        for widget in (self._search, *self._combos):
            flow.addWidget(widget)
        commands = FlowLayout(None, SPACE_S)
        for action in (judging.tag, judging.compare, judging.vote, judging.sheet):
            commands.addWidget(ActionButton(action, "quiet", self))
        large = QPushButton(icon("image"), _("Single picture"))
        large.setObjectName("try.one_large")
        large.clicked.connect(self.large_wanted)
        last = QHBoxLayout()
        last.addWidget(self._count, 1)
        last.addWidget(large)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_M, SPACE_S)
        column.setSpacing(SPACE_S)
        column.addLayout(flow)
        column.addLayout(commands)
        column.addLayout(last)

    @property
    def filter(self) -> ResultFilter:
        """Return what is filtered by."""
        state = str(self._state.currentData() or "")
        return ResultFilter(
            self._search.text().strip(), str(self._run.currentData() or ""), int(self._rating.currentData() or 0),
            str(self._tag.currentData() or ""), ImageState(state) if state else None,
        )

    @Slot()
    def clear(self) -> None:
        """Show all pictures again; the order stays."""
        for combo in self._combos[:-1]:
            combo.blockSignals(True)
            combo.setCurrentIndex(0)
            combo.blockSignals(False)
        replace_text(self._search, "")
        self._apply()

    @Slot()
    def follow(self) -> None:
        """Offer the runs and tags of the pictures that are there; what is chosen stays chosen."""
        images, names = self._model.images, self._model.names
        runs = {image.run_id: names.get(image.run_id, image.slug or image.run_id) for image in images}
        tags = tags_in(images)
        offered = (tuple(runs.items()), tuple(tags))
        if offered != self._offered:
            self._offered = offered
            _offer(self._run, _("All models"), sorted(runs.items(), key=_by_name))
            _offer(self._tag, _("Any tag"), [(tag, tag) for tag in tags])
            self._apply()
        lost = any(image.state is ImageState.UNKNOWN for image in images)
        self._state.setVisible(lost or self._state.currentIndex() > 0)
        self._tag.setVisible(bool(tags))
        self._run.setVisible(len(runs) > 1)
        self._show_count()

    def show_note(self, words: str) -> None:
        """Show something about the pictures in place of their number."""
        self._note = words
        self._show_count()

    @Slot()
    def _show_count(self) -> None:
        shown, every = self._model.rowCount(), len(self._model.images)
        words = ngettext("{count} picture", "{count} pictures", every).format(count=number(every))
        if shown != every:
            words = _("{shown} of {pictures}").format(shown=number(shown), pictures=words)
        self._count.setText(self._note or words)

    @Slot()
    def _typed(self) -> None:
        self._soon.start()

    @Slot()
    def _search_done(self) -> None:
        self._apply()
        self.done.emit()

    @Slot()
    def _apply(self) -> None:
        self._soon.stop()
        self._note = ""
        self._model.set_filter(self.filter, ResultOrder(str(self._order.currentData())))


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def _offer(combo: CalmCombo, every: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Fill a list anew; what is chosen stays, as far as it is still there."""
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    combo.addItem(every, "")
    for value, words in pairs:
        combo.addItem(words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME]}…", value)
        combo.setItemData(combo.count() - 1, words, Qt.ItemDataRole.AccessibleTextRole)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    combo.blockSignals(False)
