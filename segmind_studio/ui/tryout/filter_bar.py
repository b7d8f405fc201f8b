"""What is above the grid of pictures: which of them are shown, in which order, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import Account, shown_name
from segmind_studio.core.generated_images import HIGHEST_RATING, ImageState
from segmind_studio.core.result_filter import UNRATED, ResultFilter, ResultOrder, tags_in
from segmind_studio.formats import number
from segmind_studio.texts import _, ngettext, pgettext
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.parts import ActionButton, ElidedLabel, FlowLayout
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.colour_shapes import account_icon
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from segmind_studio.ui.tryout.actions import TryActions
from segmind_studio.ui.tryout.results_model import ResultsModel, stars_text

_TYPING_MS = 120  # after the last key
_SEARCH_WIDTH = 200
_SEARCH_NARROW = 140
_COMBO_WIDTH = 180
_ROOMY = 660  # from here on there is room for all commands
_LONGEST_NAME = 40  # characters of a run or a tag in a list
_MANY = 100  # entries: the width of a list is no more that of its longest one, which takes long to find
_ALL = "*"  # accounts
_DELETED = "deleted"  # beside the states


class _ManyChoices(CalmCombo):
    """A list of names with their values, the first one for all of them with ""; there may be very many."""

    def __init__(self) -> None:
        super().__init__()
        self._values = [""]

    @property
    def value(self) -> str:
        """Return the value of what is chosen."""
        return self._values[max(0, self.currentIndex())]

    def offer(self, every: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Fill the list anew; what is chosen stays, as far as it is still there."""
        chosen, long = self.value, _LONGEST_NAME
        self._values = ["", *(value for value, _words in pairs)]
        many = len(pairs) > _MANY
        self.blockSignals(True)
        self.clear()
        self.setMinimumContentsLength(max(len(words) for _value, words in pairs) if many else 0)
        self.setSizeAdjustPolicy(
            CalmCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon if many
            else CalmCombo.SizeAdjustPolicy.AdjustToContents,
        )
        self.addItems([every, *(words if len(words) <= long else f"{words[:long]}…" for _value, words in pairs)])
        for place, (_value, words) in enumerate(pairs, 1):
            if len(words) > long:
                self.setItemData(place, words, Qt.ItemDataRole.AccessibleTextRole)
        self.setCurrentIndex(self._values.index(chosen) if chosen in self._values else 0)
        self.blockSignals(False)


class ResultFilterBar(QFrame):
    """Filter and sort a ResultsModel: a line of filters, and a line of commands, whose last one is `menu`.

    Where the filters need more than their line, those that are rarely used are behind a button; never one that
    is set.

    Signals (GUI thread): done(), when the search ends and the pictures are to get the keyboard focus;
    large_wanted(), to see one picture large; accounts_wanted(bool), whether those of other accounts are to be
    shown too.
    """

    done = Signal()
    large_wanted = Signal()
    accounts_wanted = Signal(bool)

    def __init__(self, actions: TryActions, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._offered: tuple[object, ...] = ()
        self._search = SearchField(_("Search pictures"))
        self._search.setObjectName("try.search")
        self._search.setPlaceholderText(_("Prompt, tag or model"))
        self._account = self._combo("try.filter.account", _("Filter by account"))
        self._run = _ManyChoices()
        self._named(self._run, "try.filter.run", _("Filter by model"))
        self._rating = self._combo("try.filter.rating", _("Filter by rating"))
        self._tag = _ManyChoices()
        self._named(self._tag, "try.filter.tag", _("Filter by tag"))
        self._state = self._combo("try.filter.state", _("Filter by answer"))
        self._order = self._combo("try.order", _("Sort pictures"))
        self._count = mark(ElidedLabel(), role="small")
        self._count.setObjectName("try.count")
        self._note = ""
        self._accounts: tuple[Account, ...] = ()
        self._offered_accounts: tuple[object, ...] = (False,)
        self._shown_too: set[CalmCombo] = set()  # that have something to choose from
        self._more = QToolButton()
        self._more.setObjectName("try.filter.more")
        self._more.setIcon(icon("filter", "muted"))
        self._more.setCheckable(True)
        self._more.setAccessibleName(_("More filters"))
        self._more.setToolTip(plain_tip(_("More filters")))
        self.menu = QMenu(self)
        self._rare = QWidget()  # commands that are in the menu too
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
        self._more.toggled.connect(self._fit)
        self._account.currentIndexChanged.connect(self._account_chosen)
        for combo in self._combos[1:]:
            combo.currentIndexChanged.connect(self._apply)
        model.modelReset.connect(self._show_count)
        model.rowsInserted.connect(self._show_count)

    @property
    def _combos(self) -> Sequence[CalmCombo]:
        return self._account, self._run, self._rating, self._tag, self._state, self._order

    def _combo(self, name: str, spoken: str) -> CalmCombo:
        combo = CalmCombo()
        self._named(combo, name, spoken)
        return combo

    def _named(self, combo: CalmCombo, name: str, spoken: str) -> None:
        combo.setObjectName(name)
        combo.setAccessibleName(spoken)
        combo.setSizeAdjustPolicy(CalmCombo.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(text_scaled(_COMBO_WIDTH))

    def _fill(self) -> None:
        self._rating.addItem(_("Any rating"), 0)
        for stars in range(HIGHEST_RATING, 0, -1):
            words = ngettext("{count} star or more", "{count} stars or more", stars).format(count=stars)
            self._rating.addItem(words if stars < HIGHEST_RATING else stars_text(stars), stars)
        self._rating.addItem(_("Not rated"), UNRATED)
        for words, state in (
            # Translators: a filter: pictures that were made.
            (_("With and without answer"), ""), (_("Made"), ImageState.MADE.value),
            (_("No answer"), ImageState.UNKNOWN.value), (pgettext("several pictures", "Deleted"), _DELETED),
        ):
            self._state.addItem(words, state)
        for words, order in (
            (_("Newest first"), ResultOrder.NEWEST.value), (_("Oldest first"), ResultOrder.OLDEST.value),
            (_("Best rated first"), ResultOrder.RATING.value),
        ):
            self._order.addItem(words, order)

    def _lay_out(self, actions: TryActions) -> None:
        judging = actions.judging
        self._flow = FlowLayout(None, SPACE_S)
        for widget in (self._search, *self._combos, self._more):
            self._flow.addWidget(widget)
        large = mark(QPushButton(icon("image"), _("Single picture")), kind="quiet")
        large.setObjectName("try.one_large")
        large.clicked.connect(self.large_wanted)
        more = mark(QPushButton(icon("circle-ellipsis"), _("More")), kind="quiet")
        more.setObjectName("try.more_commands")
        more.setMenu(self.menu)
        commands = QHBoxLayout()
        commands.setSpacing(SPACE_XS)
        commands.addWidget(self._count, 1)
        rare = QHBoxLayout(self._rare)
        rare.setContentsMargins(0, 0, 0, 0)
        rare.setSpacing(SPACE_XS)
        rare.addWidget(ActionButton(judging.vote, "quiet", self._rare, words=_("Vote")))
        rare.addWidget(ActionButton(judging.sheet, "quiet", self._rare, words=_("Contact sheet")))
        commands.addWidget(ActionButton(judging.compare, "quiet", self, words=_("Compare")))
        commands.addWidget(self._rare)
        commands.addWidget(large)
        commands.addWidget(more)
        column = QVBoxLayout(self)
        set_margins(column, SPACE_L, SPACE_M, SPACE_M, SPACE_S)
        column.setSpacing(SPACE_S)
        column.addLayout(self._flow)
        column.addLayout(commands)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Show the filters that have something to choose from: all of them, or those that fit and those in use."""
        margins = self.contentsMargins() if (column := self.layout()) is None else column.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        wanted = [combo for combo in self._combos if combo in self._shown_too]
        wide = sum(combo.sizeHint().width() + SPACE_S for combo in wanted)
        self._search.setFixedWidth(text_scaled(_SEARCH_WIDTH))
        if wide + self._search.width() > room:
            self._search.setFixedWidth(text_scaled(_SEARCH_NARROW))
        fits = wide + self._search.width() <= room
        rare = set[CalmCombo]() if fits or self._more.isChecked() else {self._tag, self._state, self._order}
        if rare and self._account in wanted and self._run in wanted:
            rare.add(self._rating)
        for combo in self._combos:
            combo.setVisible(combo in wanted and (combo not in rare or combo.currentIndex() > 0))
        self._more.setVisible(not fits)
        self._rare.setVisible(room >= text_scaled(_ROOMY))

    @property
    def filter(self) -> ResultFilter:
        """Return what is filtered by."""
        state = str(self._state.currentData() or "")
        return ResultFilter(
            self._search.text().strip(), self._run.value, int(self._rating.currentData() or 0),
            self._tag.value, ImageState(state) if state in set(ImageState) else None,
            "" if (account := str(self._account.currentData() or "")) == _ALL else account, state == _DELETED,
        )

    @Slot()
    def clear(self) -> None:
        """Show all pictures again; the order and whose pictures are shown stay."""
        if self.filter.account_id:
            self._account.setCurrentIndex(self._account.findData(_ALL))
        for combo in self._combos[1:-1]:
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
            self._run.offer(_("All models"), sorted(runs.items(), key=_by_name))
            self._tag.offer(_("Any tag"), [(tag, tag) for tag in tags])
            self._apply()
        lost = bool(self._model.deleted) or any(image.state is ImageState.UNKNOWN for image in images)
        self._shown_too = {self._rating, self._order}
        for combo, useful in (
            (self._state, lost or self._state.currentIndex() > 0), (self._tag, bool(tags)),
            (self._run, len(runs) > 1), (self._account, bool(self._accounts)),
        ):
            if useful:
                self._shown_too.add(combo)
        self._fit()
        self._show_count()

    def offer_accounts(self, others: Sequence[Account], *, shown: bool) -> None:
        """Offer the pictures of other accounts, which have some; `shown` says whether they are shown now."""
        offered = (*others, shown)
        if offered == self._offered_accounts:
            return
        self._offered_accounts = offered
        combo, chosen = self._account, self._account.currentData()
        self._accounts = tuple(others)
        combo.blockSignals(True)
        combo.clear()
        combo.addItem(_("This account"), "")
        combo.addItem(_("All accounts"), _ALL)
        for account in others:
            combo.addItem(account_icon(account), shown_name(account), account.account_id)
        combo.setCurrentIndex(max(1, combo.findData(chosen)) if shown else 0)
        combo.blockSignals(False)
        self.follow()
        self._apply()

    @Slot()
    def _account_chosen(self) -> None:
        self.accounts_wanted.emit(self._account.currentIndex() > 0)
        self._apply()

    def show_note(self, words: str) -> None:
        """Show something about the pictures in place of their number."""
        self._note = words
        self._show_count()

    @Slot()
    def _show_count(self) -> None:
        shown, every = self._model.rowCount(), len(self._model.images)
        if self._model.filter.deleted:
            words = ngettext("{count} deleted picture", "{count} deleted pictures", shown)
            self._count.setText(self._note or words.format(count=number(shown)))
            return
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
        self._fit()
        self._model.set_filter(self.filter, ResultOrder(str(self._order.currentData())))


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()
