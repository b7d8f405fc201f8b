"""The inspector: what is selected in the table, with its buttons and all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.runs import Run, Stage, TimelineEntry
from segmind_studio.formats import exact_time
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.watch_times import WatchTimes
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts import ActionButton, ElidedLabel, EmptyState, FlowLayout, StatusChip, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.layouts import LayoutFence
from segmind_studio.ui.runs.actions import COMPARED_AT_MOST, WEIGHTS_STAGES, RunCommands
from segmind_studio.ui.runs.compare.settings import compare
from segmind_studio.ui.runs.inspector.dataset import DatasetPage
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.files import DownloadStrip, FilesPage
from segmind_studio.ui.runs.inspector.overview import OverviewPage
from segmind_studio.ui.runs.inspector.page import Page, PageTabs
from segmind_studio.ui.runs.inspector.record import RawPage
from segmind_studio.ui.runs.inspector.settings import SettingsPage
from segmind_studio.ui.runs.inspector.timeline import TimelinePage
from segmind_studio.ui.runs.pictures import RunPictures
from segmind_studio.ui.runs.stages import look_of, status_word
from segmind_studio.ui.runs.values import cost_text, dataset_text, settings_text, settings_tip, unknown_text
from segmind_studio.ui.theme.direction import in_a_row, isolated, set_margins
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import HAIRLINE, SPACE_L, SPACE_M, SPACE_S

MINIMUM_WIDTH = 340


class SeveralRuns(Page):
    """Name the selected runs and in what they differ, with the button that compares them over the whole place."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._title = text_label("", "section")
        self._names = text_label("", "muted")
        self.button = PrimaryButton(commands.compare, "columns-2", self)
        self.button.setObjectName("runs.compare_runs")
        self._differ = FactsGrid()
        for widget in (self._title, self._names):
            self.column.addWidget(widget)
        self.column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._heading = self.add_section(_("Differences"))
        self.column.addWidget(self._differ)
        self.column.addStretch()

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these runs."""
        self._title.setText(
            ngettext("{count} run selected", "{count} runs selected", len(runs)).format(count=len(runs))
        )
        self.setAccessibleName(self._title.text())
        self._names.setText(listed(isolated(run.name) for run in runs))
        facts = [
            Fact(row.label, in_a_row(row.brief or row.values), note=row.note)
            for row in compare(runs) if row.differs
        ]
        self._heading.setVisible(bool(facts))
        self._differ.set_facts(facts)


class OtherAccountRun(Page):
    """Say what is known of a run of another account, and lead to that account; nothing can be changed here."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._name = mark(ElidedLabel(), role="section")
        self._chip = StatusChip()
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self._name, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignVCenter)
        self._text = text_label("", "muted")
        self.button = PrimaryButton(commands.switch_account, "key-round", self)
        self.button.setObjectName("runs.switch_account")
        self.facts = FactsGrid()
        self.column.addLayout(head)
        self.column.addWidget(self._text)
        self.column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.facts)
        self.column.addStretch()

    def show_run(self, run: Run, account: str, *, usable: bool) -> None:
        """Show a run of the account with this name; `usable` if it can be switched to."""
        self._name.setText(run.name)
        self.setAccessibleName(run.name)
        look = look_of(run)
        self._chip.set_status(look.icon, status_word(run), "plain" if look.tone == "muted" else look.tone)
        self._text.setText(
            _("Last known state: only the account in use is updated. Switch to this run's account "
              "for details and actions.") if usable
            else _("The key of this account was removed. Add it again in Settings to use this run.")
        )
        self.button.setVisible(usable)
        self.facts.set_facts([
            Fact(_("Account"), account), Fact(_("Started"), exact_time(run.created_at)),
            Fact(_("Changed"), exact_time(run.changed_at)), Fact(_("Dataset"), dataset_text(run)),
            Fact(_("Settings"), settings_text(run), tip=settings_tip(run) or ""),
            Fact(_("Trigger word"), run.trigger_word or unknown_text(run)),
            Fact(_("Cost"), cost_text(run)), *([Fact(_("Notes"), run.notes)] if run.notes else []),
        ])


Relatives = tuple[Run | None, Sequence[Run]]  # the run that the form began with, and all runs of the account


class _Shown(NamedTuple):
    """What the pages of one run are filled with; `relatives` is only called for the page that shows them."""

    run: Run
    percent: int | None
    entries: Sequence[TimelineEntry]
    watch: WatchState
    now: float
    relatives: Callable[[], Relatives] | None


class RunInspector(QFrame):
    """Follow the selection: nothing, one run, two to five to compare, or more.

    Only the page of the current tab is filled with a run at once; each other one when its tab is chosen, or when
    it is read from here. An arrow key in the table would otherwise fill six pages of which one is seen. The pages
    are made when they are first needed, or in `pieces`: who has no run needs none.

    Signals:
        made(): the pages exist now; GUI thread.
        download_cancelled(str): the id of the run whose download should stop.
    """

    made = Signal()
    download_cancelled = Signal(str)

    def __init__(
        self, commands: RunCommands, pictures: RunPictures | None = None, watched: WatchTimes | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runs.detail")
        self.setAccessibleName(_("Details"))
        mark(self, surface="inspector")
        self._shown: _Shown | None = None
        self._stale: set[Page] = set()  # pages that do not show `_shown` yet
        self._stack = QStackedWidget()
        row = QHBoxLayout(self)
        set_margins(row, HAIRLINE, 0, 0, 0)  # the line at its leading side
        row.addWidget(LayoutFence(self._stack, self))
        self._single = QWidget(self._stack)  # what has many children gets its parent first: moving it is slow
        self._nothing = EmptyState(
            "mouse-pointer", _("No run selected"), _("Select a run to see its details."),
            parent=self._stack,
        )
        for widget in (self._nothing, self._single):
            self._stack.addWidget(widget)
        self.is_whole = False
        self._pieces = self._make(commands, pictures, watched)

    def pieces(self) -> Iterator[None]:
        """Make the pages piece by piece; what needs them in between makes the rest at once."""
        return self._pieces

    def _complete(self) -> None:
        if not self.is_whole:
            finish(self._pieces)

    def _make(
        self, commands: RunCommands, pictures: RunPictures | None, watched: WatchTimes | None,
    ) -> Iterator[None]:
        self._name = mark(ElidedLabel(), role="section")
        self._chip = StatusChip()
        self._strip = DownloadStrip()
        self._strip.cancelled.connect(self._cancel_download)
        self._tabs = PageTabs()
        self._pages = QStackedWidget()
        self._fill_single(commands)
        yield
        self._overview = OverviewPage(commands, pictures, self._pages)
        yield
        self._settings = SettingsPage(self._pages)
        yield
        self._dataset = DatasetPage(commands, pictures, self._pages)
        self._dataset.photos_read.connect(self._overview.pictures.show_photos)
        self._timeline = TimelinePage(watched, self._pages)
        yield
        self._files = FilesPage(commands, self._pages)
        self._raw = RawPage(self._pages)
        self._all_pages: tuple[Page, ...] = (
            self._overview, self._settings, self._dataset, self._timeline, self._files, self._raw,
        )
        yield
        self._fill_tabs()
        self._several = SeveralRuns(commands, self._stack)
        self._elsewhere = OtherAccountRun(commands, self._stack)
        for widget in (self._several, self._elsewhere):
            self._stack.addWidget(widget)
        self.is_whole = True
        self.made.emit()

    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return hint.expandedTo(QSize(MINIMUM_WIDTH, hint.height()))

    @property
    def run(self) -> Run | None:
        """Return the one run that is shown, None when there is none or several."""
        return self._shown.run if self._shown is not None else None

    @property
    def tabs(self) -> PageTabs:
        """Return the names of the pages."""
        self._complete()
        return self._tabs

    @property
    def strip(self) -> DownloadStrip:
        """Return the progress of a download."""
        self._complete()
        return self._strip

    @property
    def several(self) -> SeveralRuns:
        """Return what is shown of several runs."""
        self._complete()
        return self._several

    @property
    def elsewhere(self) -> OtherAccountRun:
        """Return what is shown of a run of another account."""
        self._complete()
        return self._elsewhere

    @property
    def overview(self) -> OverviewPage:
        """Return the first page; it may show the run that was selected before."""
        self._complete()
        return self._overview

    @property
    def settings(self) -> SettingsPage:
        """Return the page of the settings, filled."""
        self._complete()
        self._fill(self._settings)
        return self._settings

    @property
    def dataset(self) -> DatasetPage:
        """Return the page of the photos, filled."""
        self._complete()
        self._fill(self._dataset)
        return self._dataset

    @property
    def timeline(self) -> TimelinePage:
        """Return the page of the states, filled."""
        self._complete()
        self._fill(self._timeline)
        return self._timeline

    @property
    def files(self) -> FilesPage:
        """Return the page of the files, filled."""
        self._complete()
        self._fill(self._files)
        return self._files

    @property
    def raw(self) -> RawPage:
        """Return the page of the service's answer, filled."""
        self._complete()
        self._fill(self._raw)
        return self._raw

    def _forget(self) -> None:
        """Show no run of the account in use any more."""
        self._shown = None
        self._stale.clear()

    def show_nothing(self, selected: int) -> None:
        """Show that nothing is selected, or too much to compare."""
        self._forget()
        if selected:
            title = ngettext("{count} run selected", "{count} runs selected", selected).format(count=selected)
            sentence = _("Up to {most} can be compared.").format(most=COMPARED_AT_MOST)
            self._nothing.set_texts("rows-3", title, sentence)
        else:
            self._nothing.set_texts(
                "mouse-pointer", _("No run selected"),
                _("Select a run to see its details."),
            )
        self._stack.setCurrentWidget(self._nothing)

    def show_blank(self) -> None:
        """Show an empty page, for the moment in which the others are made."""
        self._stack.setCurrentWidget(self._single)

    def show_elsewhere(self, run: Run, account: str, *, usable: bool) -> None:
        """Show a run of another account, with its name; `usable` if it can be switched to."""
        self._forget()
        self.elsewhere.show_run(run, account, usable=usable)
        self._stack.setCurrentWidget(self.elsewhere)

    def show_mixed(self, selected: int) -> None:
        """Show that runs of other accounts are among the selected."""
        self._forget()
        title = ngettext("{count} run selected", "{count} runs selected", selected).format(count=selected)
        self._nothing.set_texts("rows-3", title, _("Some belong to another account."))
        self._stack.setCurrentWidget(self._nothing)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show which runs are selected, and the way to their comparison."""
        self._forget()
        self.several.show_runs(runs)
        self._stack.setCurrentWidget(self.several)

    def show_run(  # noqa: PLR0913, PLR0917  # what the pages need
        self, run: Run, percent: int | None, entries: Sequence[TimelineEntry], watch: WatchState, now: float,
        relatives: Callable[[], Relatives] | None = None,
    ) -> None:
        """Show one run as it is at `now` (seconds since the epoch); `relatives` is called when they are shown."""
        self._complete()
        self._shown = _Shown(run, percent, entries, watch, now, relatives)
        self._name.setText(run.name)
        look = look_of(run)
        self._chip.set_status(look.icon, status_word(run, percent), "plain" if look.tone == "muted" else look.tone)
        self._try.set_offered(offered=run.ready)
        self._download.set_offered(offered=run.stage in WEIGHTS_STAGES)
        self._public.set_offered(offered=bool(run.service_id) and run.stage is not Stage.FAILED)
        self._dataset.load_photos(run)  # the overview shows them too
        self._stale.update(self._all_pages)
        self._fill(self._all_pages[self._tabs.currentIndex()])
        self._stack.setCurrentWidget(self._single)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show the history of the run that is shown; the pages without it stay as they are."""
        if self._shown is not None:
            self._shown = self._shown._replace(entries=entries)
            if self._overview not in self._stale:
                self._overview.show_entries(self._shown.run, entries)
            self._stale.add(self._timeline)
            self._fill(self._all_pages[self._tabs.currentIndex()])

    def _fill(self, page: Page) -> None:
        """Fill a page unless it shows the run as it is."""
        shown = self._shown
        if shown is None or page not in self._stale:
            return
        self._stale.discard(page)
        if page is self._overview:
            self._overview.show_run(shown.run, shown.percent, shown.entries, shown.watch, shown.now)
        elif page is self._settings:
            self._settings.show_run(shown.run)
            if shown.relatives is not None:
                self._settings.show_relatives(shown.run, *shown.relatives())
        elif page is self._dataset:
            self._dataset.show_run(shown.run)
        elif page is self._timeline:
            self._timeline.show_entries(shown.run, shown.entries, shown.now)
        elif page is self._files:
            self._files.show_run(shown.run)
        else:
            self._raw.show_run(shown.run)

    @Slot(int)
    def _open_page(self, place: int) -> None:
        self._fill(self._all_pages[place])
        self._pages.setCurrentIndex(place)

    def _fill_tabs(self) -> None:
        self._tabs.setAccessibleName(_("Details"))
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        for page in self._all_pages:
            self._tabs.setTabToolTip(self._tabs.addTab(page.title), page.title)
            self._pages.addWidget(page)
        self._tabs.currentChanged.connect(self._open_page)

    def _fill_single(self, commands: RunCommands) -> None:
        single = self._single
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self._name, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignVCenter)
        buttons = QWidget(single)
        row = FlowLayout(buttons, SPACE_S)
        self._try = PrimaryButton(commands.try_it, "wand-sparkles", buttons)
        self._download = ActionButton(commands.download, "", buttons)
        self._public = ActionButton(commands.public, "", buttons)
        for name, button in (
            ("runs.try", self._try), ("runs.download", self._download),
            ("runs.again", ActionButton(commands.again, "", buttons)), ("runs.public", self._public),
        ):
            button.setObjectName(name)
            row.addWidget(button)
        row.addWidget(self._make_more(commands, buttons))
        column = QVBoxLayout(single)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_S)
        top.setSpacing(SPACE_M)
        top.addLayout(head)
        top.addWidget(buttons)
        top.addWidget(self._strip)
        tabs = QHBoxLayout()
        set_margins(tabs, SPACE_M, 0, 0, 0)
        tabs.addWidget(self._tabs)
        column.addLayout(top)
        column.addLayout(tabs)
        column.addWidget(mark(QFrame(), surface="line"))
        column.addWidget(self._pages, 1)

    def _make_more(self, commands: RunCommands, parent: QWidget) -> QPushButton:
        more = QPushButton(_("More"), parent)
        more.setObjectName("runs.more")
        set_mark(more, "menu", "true")
        menu = QMenu(more)
        menu.addActions(commands.for_more())
        more.setMenu(menu)
        return more

    def _cancel_download(self) -> None:
        if self._shown is not None:
            self.download_cancelled.emit(self._shown.run.run_id)
