"""The left side of Runs: headline, notices, filters and the table."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.clock import monotonic_epoch
from segmind_studio.core.errors import StudioError
from segmind_studio.core.run_labels import known_tags
from segmind_studio.core.runs import Run
from segmind_studio.formats import exact_time
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.runs.other_accounts import OtherAccountRuns
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts import ActionButton, ElidedLabel, page_title
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.layouts import LayoutFence
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.banners import ActionBanner, ListBanner, is_of_the_key
from segmind_studio.ui.runs.empty_states import Middle, PageState, page_state
from segmind_studio.ui.runs.refresh_timer import Countdown, tick_for
from segmind_studio.ui.runs.table.filter_bar import RunFilterBar
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.runs.table.row_filter import Filter, filter_word
from segmind_studio.ui.runs.table.view import RunsTable
from segmind_studio.ui.runs.table.views import RunView, RunViews
from segmind_studio.ui.runs.values import next_check_text, requested_wait_text
from segmind_studio.ui.shell.freshness import Freshness
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_MINUTE = 60
_SLOW_MS = 300  # most checks are over sooner, and the line would only flicker


class Headline(QWidget):
    """Show the state of the polling; a check of a known list only once it takes longer than most.

    Signals:
        turned(str): the age of the list has a new text, like "10 s ago"; GUI thread.
    """

    turned = Signal(str)

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._watch = WatchState()
        self._exact = ""  # when it was checked, as the tip says it
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(self._write)
        self._text = mark(ElidedLabel(), role="small")
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._text.setObjectName("runs.updated")
        self.button = ActionButton(commands.check, "", self)
        self.button.setObjectName("runs.check")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(page_title(_("Runs"), wrap=False))
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self._countdown = Countdown(self)
        self._countdown.ticked.connect(self._write)
        self._fresh = Freshness(self)  # the strip's clock: both always show the same text
        self._fresh.changed.connect(self._write)
        self._fresh.changed.connect(self.turned)

    @property
    def shown_text(self) -> str:
        """Return the shown line."""
        return self._text.text()

    @property
    def ticking(self) -> bool:
        """Return whether it counts down."""
        return self._countdown.running

    def show_watch(self, watch: WatchState) -> None:
        """Show when it was and when it will be."""
        begins = watch.checking and watch.checked_at is not None and watch.error is None
        if begins and not self._watch.checking:
            self._slow.start()
        elif not begins:
            self._slow.stop()
        self._watch = watch
        self._fresh.set_moment(watch.checked_at)
        self._write()

    def _write(self) -> None:
        if self._slow.isActive():  # what was written before stays
            return
        watch, now = self._watch, monotonic_epoch()
        self._commands.show_watch(watch, now)
        wait, quiet = next_check_text(watch, now), requested_wait_text(watch, now)
        seen = updated_text(watch, self._fresh.words)
        # Translators: {wait} is such as “in 5 min”.
        following = (_("next check {wait}") if seen else _("Next check {wait}")).format(wait=wait) if wait else ""
        words = " · ".join(part for part in (seen, following) if part)
        if (quiet or words) != self._text.text():
            self._text.setText(quiet or words)
        exact = "" if watch.checked_at is None else exact_time(watch.checked_at)
        if exact != self._exact:
            self._exact = exact
            self._text.setToolTip(plain_tip(exact))
        due = min((at - now for at in (watch.quiet_until, watch.next_at) if at is not None), default=0.0)
        self._countdown.want(0.0 < due <= _MINUTE + 1)


def updated_text(watch: WatchState, age: str) -> str:
    """Return the line with the age of the list; `age` is a text such as "2 min ago"."""
    if watch.checking:
        return _("Checking…")
    return _("Updated {when}").format(when=age) if age else ""



_MINIMUM_WIDTH = 380


class RunList(LayoutFence):
    """Show the runs, and choose among them.

    Signals:
        chosen(object): tuple[str, ...], ids of the selected runs.
        state_changed(object): PageState, when it is another.
        timed(): other runs may be marked as taking unusually long.
    """

    chosen = Signal(object)
    state_changed = Signal(object)
    timed = Signal()

    def __init__(  # noqa: PLR0913  # its services, each by name
        self, commands: RunCommands, runs: RunService, accounts: AccountService, settings: SettingsService,
        parent: QWidget | None = None, *, others: OtherAccountRuns | None = None, at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        self._whole = QWidget()
        super().__init__(self._whole, parent)
        self.setMinimumWidth(_MINIMUM_WIDTH)
        self._runs = runs
        self._accounts = accounts
        self._others = others
        self._all_accounts = commands.all_accounts
        self._wanted_run = ""
        self._rows_due = 0.0
        self._tagged = False
        self._state: PageState | None = None  # as it was decided last
        self.youngest = 0.0  # when the last of all changes was, in seconds since the epoch
        self._settings = settings
        self._last_run = settings.value.run_id  # of the last session, until its row is there
        self.rest = self._make(commands, settings)
        if at_once:
            finish(self.rest)

    def _make(self, commands: RunCommands, settings: SettingsService) -> Iterator[None]:
        self.model = RunsModel(self)
        self.headline = Headline(commands, self._whole)
        self.filter_bar = RunFilterBar(self._whole)
        yield
        self.list_banner = ListBanner(commands, self._whole)
        self.error_banner = ActionBanner(commands, self._whole)
        yield
        self.middle = Middle(commands, self._whole)
        yield
        self.table = RunsTable(self.model, self.middle)
        self.middle.add_table(self.table)
        yield
        self.views = RunViews(settings, self.table, commands, self)
        self.filter_bar.set_views_menu(self.views.menu)
        self.filter_bar.search.set_vocabulary(self._tags)
        column = QVBoxLayout(self._whole)
        set_margins(column, SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in (self.headline, self.filter_bar, self.list_banner, self.error_banner):
            column.addWidget(widget)
        column.addWidget(self.middle, 1)
        self._connect(commands)
        self._follow_accounts()
        if self._others is not None:
            self._connect_others(self._others)
        self._choose(self.views.filter)
        self.filter_bar.search.setText(self.views.query)

    def _connect(self, commands: RunCommands) -> None:
        self.table.addActions(commands.for_table())
        commands.find.triggered.connect(self._find)
        self.table.chosen.connect(self._chosen)
        self.model.counts_changed.connect(self.filter_bar.show_counts)
        self.filter_bar.filter_chosen.connect(self._filter_chosen)
        self.filter_bar.searched.connect(self._searched)
        self.filter_bar.search.done.connect(self._to_table)
        self.middle.show_all.triggered.connect(self._show_all)
        self._accounts.changed.connect(self._follow_accounts)
        self._accounts.changed.connect(self._decide)
        self._runs.usual_changed.connect(self._time_rows)
        self.views.chosen.connect(self._view_chosen)

    def _connect_others(self, others: OtherAccountRuns) -> None:
        self._all_accounts.setChecked(self._settings.value.run_accounts)
        self._all_accounts.toggled.connect(self._want_all_accounts)
        self.filter_bar.all_accounts.toggled.connect(self._all_accounts.setChecked)
        others.replaced.connect(self._take_others)
        others.added.connect(self._add_others)
        others.there_changed.connect(self._offer_all_accounts)
        self._want_all_accounts(self._all_accounts.isChecked())
        others.refresh()

    def _tags(self) -> tuple[str, ...]:
        return known_tags(self._runs.runs)

    # -- runs

    def take_all(self, runs: tuple[Run, ...]) -> None:
        """Show these runs, beside those of other accounts where they are wanted."""
        self.model.replace_all((*runs, *self._others.runs) if self._others is not None else runs)
        self._tagged = any(run.tags for run in runs)
        self.table.set_tagged(self._tagged)
        self.youngest = max((run.changed_at for run in runs), default=0.0)
        self.error_banner.clear()
        self.filter_bar.show_counts(self.model.counts)
        self._settle()

    def take(self, changed: tuple[Run, ...]) -> None:
        """Take in runs that changed or are new."""
        self._tagged = self._tagged or any(run.tags for run in changed)
        self.table.set_tagged(self._tagged)
        first = self.table.first_selected_row()
        self.model.apply(changed)
        if first >= 0 and self.model.rowCount() and self.table.first_selected_row() < 0:  # it left the list
            self.table.select_run(self.model.run_at(min(first, self.model.rowCount() - 1)).run_id)
        self.youngest = max(self.youngest, *(run.changed_at for run in changed))
        self._settle()

    # -- other accounts

    @property
    def _lists_all(self) -> bool:
        return self._others is not None and self._others.there and self._all_accounts.isChecked()

    @Slot()
    def _follow_accounts(self) -> None:
        state = self._accounts.state
        self.model.set_accounts(state.accounts, state.current.account_id)

    @Slot(bool)
    def _want_all_accounts(self, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        self.filter_bar.all_accounts.setChecked(on)
        self._settings.update(run_accounts=on)
        if self._others is not None:
            self._others.want(on=on)
        self._offer_all_accounts()

    @Slot()
    def _offer_all_accounts(self) -> None:
        there = self._others is not None and self._others.there
        self._all_accounts.setVisible(there)
        self._all_accounts.setEnabled(there)
        self.filter_bar.all_accounts.setVisible(there)
        self.table.set_accounts_shown(self._lists_all)

    @Slot()
    def _take_others(self) -> None:
        self.take_all(self._runs.runs)

    @Slot(object)
    def _add_others(self, runs: tuple[Run, ...]) -> None:
        self.model.apply(runs)
        self._settle()

    def await_run(self, run_id: str) -> None:
        """Select a run of the account that is in use from now on, as soon as its rows are read."""
        self._wanted_run = run_id

    # -- selection

    def select(self, run_id: str) -> None:
        """Select a run, show it whatever the filter, and focus it.

        One that is not known yet gets all that once it is: until then there may be no table to take the keyboard.
        """
        self._wanted_run = ""
        if not self.table.select_run(run_id):
            run = self._runs.run(run_id)
            if run is not None:
                self._show_group(Filter.ARCHIVED if run.put_away else Filter.ALL)
            if not self.table.select_run(run_id):  # unknown, or known and not in the table yet
                self._wanted_run = run_id
                return
        if self.isVisible():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def select_all_of(self, run_ids: tuple[str, ...]) -> None:
        """Select these runs and show them, whatever the filter."""
        if not self.table.select_runs(run_ids):
            self._show_all()
            self.table.select_runs(run_ids)

    def _settle(self) -> None:
        """Decide what is shown, and let something be selected."""
        self._decide()
        if self._wanted_run and self._runs.run(self._wanted_run) is not None:
            self.select(self._wanted_run)
        elif self.model.rowCount() and self.table.first_selected_row() < 0:
            last, self._last_run = self._last_run, ""
            if not (last and self.table.select_run(last)):
                self.table.select_run(self.model.run_at(0).run_id)

    @Slot(object)
    def _chosen(self, run_ids: tuple[str, ...]) -> None:
        self.chosen.emit(run_ids)
        if len(run_ids) == 1:
            self._settings.update(run_id=run_ids[0])
        QTimer.singleShot(0, self, self._keep_chosen)  # rows must not go while the selection changes

    @Slot()
    def _keep_chosen(self) -> None:
        self.model.keep(self.table.chosen_ids)
        self._decide()

    # -- filter and search

    def _choose(self, which: Filter) -> None:
        self.filter_bar.choose(which)
        self.model.set_filter(which)

    @Slot(object)
    def _filter_chosen(self, which: Filter) -> None:
        self.model.set_filter(which)
        self._keep()
        self._settle()

    @Slot(str)
    def _searched(self, text: str) -> None:
        self.model.set_search(text)
        self._keep()
        self._settle()

    @Slot(object)
    def _view_chosen(self, view: RunView) -> None:
        self._choose(Filter.of(view.filter))
        replace_text(self.filter_bar.search, view.query)
        self._keep()
        self._settle()

    def _keep(self) -> None:
        self.views.keep(self.filter_bar.chosen, self.filter_bar.search.text().strip())

    @Slot()
    def _show_all(self) -> None:
        self._show_group(Filter.ALL)

    def _show_group(self, which: Filter) -> None:
        replace_text(self.filter_bar.search, "")
        self._choose(which)
        self._keep()
        self._settle()

    @Slot()
    def _find(self) -> None:
        self.filter_bar.search.setFocus()
        self.filter_bar.search.selectAll()

    @Slot()
    def _to_table(self) -> None:
        self.table.setFocus()

    # -- the polling

    def show_watch(self, watch: WatchState) -> None:
        """Show the state of the polling."""
        if is_of_the_key(watch.error) and is_of_the_key(self.error_banner.error):  # shown once
            self.error_banner.clear()
        self.list_banner.show_watch_error(watch.error)
        self._time_rows()
        self._decide()

    @Slot()
    def _time_rows(self) -> None:
        """Mark runs that take unusually long; none before the list was read: a stored state may be old."""
        times = self._runs.usual_times if self._runs.watch.checked_at is not None else None
        if self.model.set_usual_times(times):
            self.timed.emit()

    def show_failure(self, name: str, error: StudioError) -> None:
        """Show that something did not work for a run, unless the banner of the list says the same of the key."""
        if not (is_of_the_key(error) and is_of_the_key(self.list_banner.error)):
            self.error_banner.show_failure(name, error)

    def tick(self, *, at_once: bool = False) -> None:
        """Write relative times again where they have changed."""
        now = time.time()
        self.headline.show_watch(self._runs.watch)
        if at_once or now >= self._rows_due:
            self._rows_due = now + tick_for(now - self.youngest) / 1000
            self.model.tick(now)

    @Slot()
    def _decide(self) -> None:
        state = page_state(
            loaded=self._runs.loaded, connected=self._accounts.state.connection is not None,
            total=self.model.total,
            shown=self.model.rowCount(), watch=self._runs.watch,
        )
        if state is self._state and state is not PageState.NO_MATCH:  # that one has words which may be others
            return
        self._state = state
        which = self.filter_bar.chosen
        group = "" if which is Filter.ALL else filter_word(which)
        self.middle.show_state(state, self.filter_bar.search.text().strip(), group)
        self.filter_bar.setVisible(state in {PageState.TABLE, PageState.NO_MATCH})
        self.state_changed.emit(state)
