"""The Start place."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Severity
from segmind_studio.core.runs import Run, Stage
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.runs.run_service import RunService, WatchState
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.parts.banners import Banner
from segmind_studio.ui.parts.buttons import ActionButton, CardButton
from segmind_studio.ui.parts.deferred import Deferred
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.layouts import ScrollPage, page_title
from segmind_studio.ui.place import Place
from segmind_studio.ui.settings.banners import JoinBanner, KeyringBanner
from segmind_studio.ui.start.cards import (
    PICTURE_CARD,
    RUN_CARD,
    CardGroup,
    DraftCard,
    ReadyCard,
    RecentDatasetCard,
    RunCard,
    decisions,
    news,
)
from segmind_studio.ui.start.checklist import Checklist, photos_step, run_step, service_step
from segmind_studio.ui.start.choice import FirstChoice
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_S, SPACE_XL, SPACE_XXL

if TYPE_CHECKING:
    from segmind_studio.services.images.thumbnails import Thumbnails
    from segmind_studio.services.runs.history_service import HistoryService
    from segmind_studio.ui.runs.pictures import RunPictures

_WIDEST = 1000  # logical pixels, of one column
_WIDEST_OF_STEPS = 1240
_WIDEST_OF_TWO = 1560
_TWO_FROM = 1100  # a page as wide has two columns
_BELOW = 2  # the free height below a page of steps, by that above it
_BELOW_STEPS = 320  # the greatest width of a card below the steps, in logical pixels at text of 100 %
_AGE_EVERY_MS = 30_000
_MOST_DATASETS = 8
_MOST_READY = 4
_LOOKED_AT = 20  # ready runs, the last ones that were started: all of ten thousand take too long
_MOST_RUNS = 12  # a card is a widget: a thousand widgets take seconds


class StartScreen(Place):
    """Show the next steps.

    Signals:
        go(str): show this place. add_photos(), open_sample(), add_key(): the buttons.
        open_run(str): show this run. open_dataset(str): open this dataset; "" : show all of them.
        history_wanted(): show the money and the time of all runs. All in the GUI thread.
    """

    go = Signal(str)
    add_photos = Signal()
    open_sample = Signal()
    add_key = Signal()
    open_run = Signal(str)
    open_dataset = Signal(str)
    history_wanted = Signal()

    def __init__(  # noqa: PLR0913  # what it shows
        self, accounts: AccountService, datasets: DatasetService, runs: RunService, settings: SettingsService,
        parent: QWidget | None = None, *, asks: bool = False,
    ) -> None:
        """`asks` : offer the choice of the first start, practice or a key, until one is made."""
        super().__init__(parent)
        self._asks = asks
        self.place_id, self.title, self.icon_name = "start", _("Start"), "house"
        self._accounts = accounts
        self._datasets = datasets
        self._runs = runs
        self._settings = settings
        self._news: tuple[str, ...] = ()
        self._thumbnails: Thumbnails | None = None
        self._pictures: RunPictures | None = None
        self._title = page_title()
        self._sentence = text_label("", "muted")
        self._decisions = QVBoxLayout()
        self._decisions.setSpacing(SPACE_S)
        self._checklist = Checklist()
        self._running = CardGroup(_("In progress"), RUN_CARD)
        self._recent = CardGroup(_("Recent datasets"), PICTURE_CARD)
        self._new_photos = ActionButton(self._photos_action(), "primary")
        self._ages = QTimer(self)
        self._ages.setInterval(_AGE_EVERY_MS)
        self._lay_out()
        self._connect()
        self._show_problems(accounts.state)
        self.refresh()

    def _photos_action(self) -> QAction:
        action = QAction(icon("image-plus", "accent_text"), _("Add photos…"), self)
        action.triggered.connect(self.add_photos)
        return action

    def _make_keyring(self) -> KeyringBanner:
        banner = KeyringBanner(self._accounts, self)
        banner.key_wanted.connect(self.add_key)
        return banner

    def _make_join(self) -> JoinBanner:
        return JoinBanner(self._accounts, self)

    def _make_unread(self) -> Banner:
        banner = Banner(Severity.MUST)
        banner.setObjectName("start.unread")
        again = QAction(icon("refresh-cw"), _("Try again"), banner)
        again.triggered.connect(self._runs.check_now)
        banner.set_actions((again,))
        return banner

    def _make_note(self) -> Banner:
        banner = Banner(Severity.SHOULD, closable=True)
        banner.setObjectName("start.note")
        return banner

    def _make_choice(self) -> FirstChoice:
        choice = FirstChoice()
        choice.practice.connect(self._choose_practice)
        choice.key.connect(self._choose_key)
        choice.later.connect(self._choose_later)
        return choice

    def _make_draft(self) -> DraftCard:
        draft = DraftCard()
        draft.clicked.connect(self._go_train)
        return draft

    def _make_ready(self) -> CardGroup:
        return CardGroup(_("Now ready"), PICTURE_CARD)

    @property
    def _ready_cards(self) -> tuple[CardButton, ...]:
        return self._ready.made.cards if self._ready.made is not None else ()

    def _lay_out(self) -> None:
        self._page = page = ScrollPage(_WIDEST)
        page.setAccessibleName(self.title)
        self._above = QSpacerItem(0, 0)
        page.column.addSpacerItem(self._above)
        words = QVBoxLayout()
        words.setSpacing(SPACE_LINE)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        head = QHBoxLayout()
        head.addLayout(words, 1)
        head.addWidget(self._new_photos, 0, Qt.AlignmentFlag.AlignTop)
        page.column.addLayout(head)
        top = self._new_photos  # what is made later comes in its place in the order of the Tab key, too
        self._keyring = Deferred(page.column, self._make_keyring, top)
        self._join = Deferred(page.column, self._make_join, top)
        self._unread = Deferred(page.column, self._make_unread, top)
        self._note = Deferred(page.column, self._make_note, top)
        page.column.addLayout(self._decisions)
        self._choice = Deferred(page.column, self._make_choice, top)
        page.column.addWidget(self._checklist)
        first, second = QVBoxLayout(), QVBoxLayout()
        self._draft = Deferred(first, self._make_draft, self._checklist.last_button)
        first.addWidget(self._running)
        self._ready = Deferred(first, self._make_ready, self._running.more)
        second.addWidget(self._recent)
        self._history_row = QVBoxLayout()
        second.addLayout(self._history_row)
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._columns.setSpacing(SPACE_XL)
        self._spacers = (QSpacerItem(0, 0), QSpacerItem(0, 0))
        for column, spacer in zip((first, second), self._spacers, strict=True):
            column.setSpacing(SPACE_XL)
            column.addSpacerItem(spacer)
            self._columns.addLayout(column, 1)
        page.column.addLayout(self._columns)
        page.column.addStretch(_BELOW)
        page.column.setSpacing(SPACE_XL)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(page)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Have two columns where the page is wide and both have something to show, else one."""
        first = self._running.cards or self._ready_cards
        history = self._history_row.itemAt(0)
        summary = history.widget() if history is not None else None
        second = self._recent.cards or (summary is not None and not summary.isHidden())
        two = bool(first and second) and self.width() >= text_scaled(_TWO_FROM)
        direction = QBoxLayout.Direction.LeftToRight if two else QBoxLayout.Direction.TopToBottom
        if direction is not self._columns.direction():
            self._columns.setDirection(direction)
            below = QSizePolicy.Policy.Expanding if two else QSizePolicy.Policy.Fixed
            for spacer in self._spacers:
                spacer.changeSize(0, 0, QSizePolicy.Policy.Minimum, below)
            self._columns.setSpacing(SPACE_XXL if two else SPACE_XL)
        guided = not self._checklist.isHidden()
        widest = text_scaled(_WIDEST_OF_TWO if two else _WIDEST_OF_STEPS if guided else _WIDEST)
        self._page.set_widest(widest, centred=guided)
        above = QSizePolicy.Policy.Expanding if guided else QSizePolicy.Policy.Fixed
        if above is not self._above.sizePolicy().verticalPolicy():
            self._above.changeSize(0, 0, QSizePolicy.Policy.Minimum, above)
            self._page.column.invalidate()
        bar = self._page.verticalScrollBar().sizeHint().width()  # whether it is shown or not
        room = min(widest, self.width() - 2 * SPACE_L - bar)
        for group in (self._running, self._ready.made, self._recent):
            if group is not None:
                group.set_room(
                    (room - SPACE_XXL) // 2 if two else room,
                    min(text_scaled(_BELOW_STEPS), (room - 2 * SPACE_L) // 3) if guided and not two else 0,
                )

    def _connect(self) -> None:
        self._checklist.add_key.connect(self.add_key)
        self._checklist.open_sample.connect(self.open_sample)
        self._checklist.add_photos.connect(self.add_photos)
        self._checklist.train.connect(self._go_train)
        self._accounts.changed.connect(self._accounts_changed)
        self._datasets.dataset_changed.connect(self._show_steps)
        self._datasets.recent_changed.connect(self._show_recent)
        self._settings.changed.connect(self._show_draft)
        for signal in (self._runs.replaced, self._runs.changed):
            signal.connect(self._runs_changed)
        self._runs.watch_changed.connect(self._show_watch)
        self._runs.usual_changed.connect(self._runs_changed)
        self._running.more_wanted.connect(self._go_runs)
        self._recent.more_wanted.connect(self._show_all_datasets)
        self._ages.timeout.connect(self.refresh)

    @override
    def activated(self) -> None:
        self.refresh()

    @Slot(object)
    def show_news(self, run_ids: tuple[str, ...]) -> None:
        """Show that these runs ended while another place was shown."""
        self._news = run_ids
        self._show_decisions(self._runs.runs)

    def set_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show pictures on the cards of datasets from now on."""
        self._thumbnails = thumbnails
        self._show_recent()

    def set_pictures(self, pictures: RunPictures) -> None:
        """Show pictures on the cards of runs from now on."""
        self._pictures = pictures
        pictures.images_changed.connect(self._show_faces)
        pictures.faces_changed.connect(self._show_faces)
        self._show_faces()

    @Slot()
    def _show_faces(self) -> None:
        """Show the pictures of the runs whose cards are there."""
        pictures = self._pictures
        if pictures is None or not self.isVisible():
            return
        for card in (*self._running.cards, *self._ready_cards):
            if isinstance(card, RunCard | ReadyCard) and (run := self._runs.run(card.run_id)) is not None:
                card.show_photos(pictures.faces_of(run), pictures.thumbnails)

    def set_history(self, history: HistoryService) -> None:
        """Show what was spent and how the runs stand from now on; once."""
        from segmind_studio.ui.start.summary import HistorySummary  # noqa: PLC0415  # after the first paint

        summary = HistorySummary(history, self._settings)
        summary.wanted.connect(self.history_wanted)
        summary.shown.connect(self._arrange)
        self._history_row.addWidget(summary)

    def show_note(self, title: str, text: str) -> None:
        """Show something about the app's own files, until it is closed."""
        self._note.widget.set_message(Severity.SHOULD, title, text)
        self._note.widget.show()

    @Slot()
    def refresh(self) -> None:
        """Show everything as it is now, ages included."""
        self._show_watch(self._runs.watch)
        self._show_runs()
        self._show_recent()
        self._show_draft()

    @Slot(object)
    def _show_watch(self, watch: WatchState) -> None:
        """Show that the history cannot be read: it must not look empty."""
        error = watch.error if watch.unread else None
        if error is not None:
            self._unread.widget.set_message(Severity.MUST, _("Your history could not be read"), str(error))
        shown = self._unread.made is not None and not self._unread.made.isHidden()
        if shown is (error is None):
            self._unread.set_shown(error is not None)
            self._show_steps()

    @Slot(object)
    def _accounts_changed(self, state: AccountsState) -> None:
        self._show_problems(state)
        self._show_steps()

    def _show_problems(self, state: AccountsState) -> None:
        """Make the banners that now have something to show; after that they follow the accounts themselves."""
        for banner, needed in ((self._keyring, KeyringBanner.needed), (self._join, JoinBanner.needed)):
            if banner.made is None and needed(state):
                banner.widget.show()

    @Slot()
    def _show_steps(self) -> None:
        states = (
            service_step(self._accounts.state),
            photos_step(self._datasets.dataset),
            run_step(self._runs.runs),
        )
        self._checklist.show_states(states)
        if all(state.done for state in states):
            self._settings.update(first_run_done=True)
        if self._runs.watch.unread:
            self._show_unread()
            return
        done, choosing = self._settings.value.first_run_done, self._is_choosing()
        guided = not done or (self._runs.loaded and not states[-1].done)  # another account may have no runs yet
        self._choice.set_shown(choosing)
        self._checklist.set_choosing(choosing=choosing)
        self._show_guided(guided)
        self._new_photos.setVisible(not guided)
        self._title.setText(_("Start") if done else _("Welcome to Segmind Studio"))
        self._sentence.setText(
            _("Teach Flux Pro a face, a product or a style with your own photos. Three steps:") if guided
            else _("Runs in progress and your recent work.")
        )

    def _show_guided(self, guided: bool) -> None:  # noqa: FBT001  # as `QWidget.setVisible`
        """Show the steps or not; a page of steps stands in the middle of what is free."""
        self._checklist.setVisible(guided)
        if self._page.column.stretch(0) != int(guided):
            self._page.column.setStretch(0, int(guided))
            self._arrange()

    def _is_choosing(self) -> bool:
        """Return whether the first start's choice is open; a key that is there already answers it."""
        value, state = self._settings.value, self._accounts.state
        practice_alone = all(account.kind is AccountKind.PRACTICE for account in state.accounts)
        return self._asks and practice_alone and not (value.first_choice or value.first_run_done)

    @Slot()
    def _choose_practice(self) -> None:
        self._settings.update(first_choice="practice")
        self._show_steps()

    @Slot()
    def _choose_key(self) -> None:
        self._settings.update(first_choice="key")
        self._show_steps()
        self.add_key.emit()

    @Slot()
    def _choose_later(self) -> None:
        self._settings.update(first_choice="later")
        self._show_steps()

    def _show_unread(self) -> None:
        self._choice.set_shown(False)
        self._show_guided(False)
        self._new_photos.hide()
        self._title.setText(_("Start"))
        self._sentence.setText(_("Your datasets and runs appear when their file can be read."))

    @Slot()
    def _runs_changed(self) -> None:
        if self.isVisible():
            self._show_runs()
        else:  # the cards are made when the place is shown
            self._show_steps()

    def _show_runs(self) -> None:
        self._show_steps()
        runs = self._runs.runs
        cards = {card.run_id: card for card in self._running.cards if isinstance(card, RunCard)}
        running = [run for run in runs if run.active and run.stage is not Stage.UNKNOWN]
        shown = running[:_MOST_RUNS]
        self._running.set_cards([self._run_card(run, cards.get(run.run_id)) for run in shown])
        others = len(running) - len(shown)
        self._running.show_more(_("Show all {count} in Runs").format(count=len(running)) if others else "")
        self._show_ready(runs)
        self._show_decisions(runs)
        self._show_faces()
        self._arrange()

    def _run_card(self, run: Run, card: RunCard | None) -> RunCard:
        if card is None:
            card = RunCard(run)
            card.clicked.connect(self._card_pressed)
        card.show_run(run, self._runs.usual_times)
        return card

    def _show_ready(self, runs: tuple[Run, ...]) -> None:
        known = {card.run_id: card for card in self._ready_cards if isinstance(card, ReadyCard)}
        ready = (run for run in runs if run.ready and not (run.put_away or run.absent))
        newest = sorted(islice(ready, _LOOKED_AT), key=_changed_at, reverse=True)
        cards: list[ReadyCard] = []
        for run in newest[:_MOST_READY]:
            card = known.get(run.run_id)
            if card is None:
                card = ReadyCard(run)
                card.clicked.connect(self._card_pressed)
            card.show_run(run)
            cards.append(card)
        if cards or self._ready.made is not None:
            self._ready.widget.set_cards(cards)

    def _show_decisions(self, runs: tuple[Run, ...]) -> None:
        while (item := self._decisions.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        fresh = [run for run_id in self._news if (run := self._runs.run(run_id)) is not None]
        told = [(Severity.SHOULD, decision) for decision in decisions(runs)]
        told += [(Severity.INFO, item) for item in news(fresh)]
        for severity, decision in told:
            banner = Banner(severity, decision.title, decision.text, beside=True)
            action = QAction(icon("arrow-right"), decision.button, banner)
            action.setData(decision.run_id)
            action.triggered.connect(self._decision_pressed)
            banner.set_actions((action,))
            self._decisions.addWidget(banner)
            banner.show()

    @Slot()
    def _show_recent(self) -> None:
        cards: list[RecentDatasetCard] = []
        for summary in self._datasets.recent[:_MOST_DATASETS]:
            card = RecentDatasetCard(summary, self._thumbnails)
            card.clicked.connect(self._card_pressed)
            cards.append(card)
        self._recent.set_cards(cards)
        self._recent.show_more(_("All datasets…") if len(self._datasets.recent) > len(cards) else "")
        self._arrange()

    @Slot()
    def _show_draft(self) -> None:
        settings = self._settings.value
        unsent = "{}" if settings.draft == settings.sent_draft else settings.draft
        if self._draft.made is not None or unsent != Settings().draft:
            self._draft.widget.show_draft(unsent)

    @Slot()
    def _card_pressed(self) -> None:
        card = self.sender()
        if isinstance(card, RunCard | ReadyCard):
            self.open_run.emit(card.run_id)
        elif isinstance(card, RecentDatasetCard):
            self.open_dataset.emit(card.dataset_id)

    @Slot()
    def _decision_pressed(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_run.emit(str(action.data()))

    @Slot()
    def _go_train(self) -> None:
        self.go.emit("train")

    @Slot()
    def _show_all_datasets(self) -> None:
        self.open_dataset.emit("")

    @Slot()
    def _go_runs(self) -> None:
        self.go.emit("runs")

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._ages.start()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self._ages.stop()


def _changed_at(run: Run) -> float:
    return run.changed_at
