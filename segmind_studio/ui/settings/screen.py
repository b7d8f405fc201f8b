"""The Settings place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.practice import PracticeControl
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.accounts.webhook_receiver import ReceiverState, WebhookReceiver
from segmind_studio.services.accounts.webhook_service import WebhookService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.support_bundle import SupportService
from segmind_studio.texts import _
from segmind_studio.ui.parts.layouts import ScrollPage, page_title
from segmind_studio.ui.place import Place
from segmind_studio.ui.settings.accounts import AccountsSection
from segmind_studio.ui.settings.actions import bundle_action
from segmind_studio.ui.settings.budget import BudgetSection
from segmind_studio.ui.settings.connection import AdvancedSection
from segmind_studio.ui.settings.general import AppearanceSection, PracticeSection, SwitchesSection, SwitchRow
from segmind_studio.ui.settings.language import LanguageSection
from segmind_studio.ui.settings.receiver import ReceiverSection
from segmind_studio.ui.settings.section import Section, align_labels
from segmind_studio.ui.settings.webhook import WebhookSection
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.theme import Theme, text_scaled
from segmind_studio.ui.theme.tokens import READING_WIDTH, SPACE_L, SPACE_M, SPACE_XL, SPACE_XS, SPACE_XXL

_SECTIONS = 10
_SIDE_WIDTH = 220
_AT_TOP = 2 * SPACE_XXL  # a section that begins within so many logical pixels of the top is the one that is read
_PAGE_WIDTH = READING_WIDTH - 90  # below this the page needs the whole width


class SettingsScreen(Place):
    """One long page; the list at its left jumps to a section.

    Signals:
        go(str): show this place, which is always this one. toast(str, object): a short message and its QAction.
        restart_wanted(): the user wants the app opened again, in the language that was chosen.
    """

    go = Signal(str)
    toast = Signal(str, object)
    restart_wanted = Signal()

    def __init__(  # noqa: PLR0913  # what it shows
        self,
        accounts: AccountService,
        settings: SettingsService,
        theme: Theme,
        paths_text: Mapping[str, str],
        *,
        webhooks: WebhookService,
        receiver: WebhookReceiver,
        budgets: BudgetService,
        support: SupportService,
        bundle: QAction | None = None,
        parent: QWidget | None = None,
        at_once: bool = True,
    ) -> None:
        """Without `at_once` its sections are left to `make_rest` or `complete`."""
        super().__init__(parent)
        self.place_id, self.title, self.icon_name = "settings", _("Settings"), "settings"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._side = QFrame(self)
        self._buttons = self._list_contents()  # in the order of the Tab key: before the page
        self._page = ScrollPage(parent=self)  # before its sections: to move what has many children is slow
        row.addWidget(self._side)
        row.addWidget(self._page, 1)
        self._control: PracticeControl | None = None
        self._sections: tuple[Section, ...] = ()
        self._chosen = -1  # the section that was jumped to; it may be too near to the end to come to the top
        self._bundle = bundle or bundle_action(self)
        self._bundle.triggered.connect(self.show_support)
        self._rest = self._make(
            accounts, settings, theme, paths_text, webhooks=webhooks, receiver=receiver, budgets=budgets,
            support=support,
        )
        if at_once:
            self.complete()

    def _make(  # noqa: PLR0913  # what it shows
        self, accounts: AccountService, settings: SettingsService, theme: Theme, paths_text: Mapping[str, str], *,
        webhooks: WebhookService, receiver: WebhookReceiver, budgets: BudgetService, support: SupportService,
    ) -> Iterator[None]:
        inside = self._page.middle
        self._accounts = AccountsSection(accounts, inside, at_once=False)
        yield from self._accounts.rest
        yield
        self._budget = BudgetSection(settings, budgets, accounts, inside)
        yield
        switches = self._watch_section(settings), self._dataset_section(settings)
        yield
        appearance = AppearanceSection(settings, theme, inside)
        self._language = LanguageSection(settings, accounts, inside)
        self._language.restart_wanted.connect(self.restart_wanted)
        yield
        self._practice = PracticeSection(settings, inside)
        yield
        self._webhook = WebhookSection(webhooks, accounts, inside)
        yield
        self._receiver = ReceiverSection(receiver, accounts, settings, inside, at_once=False)
        yield from self._receiver.rest
        yield
        self._receiver.register_wanted.connect(self._register)
        receiver.changed.connect(self._receiver_changed)
        self._receiver_changed(receiver.state)
        self._advanced = AdvancedSection(accounts, settings, support, paths_text, inside)
        yield from self._advanced.rest
        yield
        self._sections = (
            self._accounts, self._budget, *switches, appearance, self._language, self._practice, self._webhook,
            self._receiver, self._advanced,
        )
        self._advanced.toast.connect(self.toast)
        self._page.setAccessibleName(self.title)
        self._page.column.setSpacing(SPACE_XL)
        for button, section in zip(self._buttons, self._sections, strict=True):
            button.setText(section.title)
            self._page.column.addWidget(section)
        self._page.column.addStretch()
        if self._control is not None:
            self.set_practice(self._control)
        self._page.verticalScrollBar().valueChanged.connect(self._mark_section)
        self._page.verticalScrollBar().rangeChanged.connect(self._mark_section)

    def _watch_section(self, settings: SettingsService) -> SwitchesSection:
        return SwitchesSection(_("Checks and notifications"), (
            SwitchRow(
                "polling", _("Check the runs in the background"),
                _("Every 15 seconds while a run is in progress, otherwise every five minutes. To check now, "
                  "press F5."),
            ),
            SwitchRow(
                "notifications", _("Notify me when a run is ready or has failed"),
                _("Only while another window is in front."),
            ),
            SwitchRow(
                "tray", _("Show tray icon"),
                _("Shows progress. The app keeps running when you close the window."),
            ),
        ), settings, self._page.middle)

    def _dataset_section(self, settings: SettingsService) -> SwitchesSection:
        return SwitchesSection(_("Datasets"), (
            SwitchRow(
                "strip_metadata", _("Remove location and camera data"),
                _(
                    "Removes location, time and camera data from uploads. Photos look the same, and your own "
                    "files do not change."
                ),
            ),
        ), settings, self._page.middle)

    def _list_contents(self) -> list[QPushButton]:
        """Make a button for each section; their texts follow."""
        side = self._side
        side.setMinimumWidth(text_scaled(_SIDE_WIDTH))
        side.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)  # as wide as its longest line
        column = QVBoxLayout(side)
        set_margins(column, SPACE_L, SPACE_M, 0, SPACE_L)
        column.setSpacing(SPACE_XS)
        column.addWidget(page_title(_("Settings")))
        column.addSpacing(SPACE_M)
        buttons: list[QPushButton] = []
        for number in range(_SECTIONS):
            button = QPushButton()
            button.setProperty("section", number)
            button.setProperty("current", not number)
            button.clicked.connect(self._jump)
            column.addWidget(mark(button, kind="contents"))
            buttons.append(button)
        column.addStretch()
        return buttons

    @Slot(str)
    def _register(self, url: str) -> None:
        self._webhook.propose(url)
        self._page.ensureWidgetVisible(self._webhook)

    @Slot(object)
    def _receiver_changed(self, state: ReceiverState) -> None:
        self._webhook.set_received_path(state.where.path if state.where else "")

    @Slot()
    def _jump(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            number = int(button.property("section"))
            self._page.verticalScrollBar().setValue(self._sections[number].y())
            self._chosen = number
            self._mark_section()

    @Slot()
    def _mark_section(self) -> None:
        """Mark the section that is read: the last one whose title has come to the top, or the one jumped to."""
        bar = self._page.verticalScrollBar()
        top, height = bar.value(), self._page.viewport().height()
        begun = [n for n, section in enumerate(self._sections) if section.y() <= top + _AT_TOP]
        current = begun[-1] if begun else 0
        if bar.value() == bar.maximum() > 0 and self._chosen < 0:
            current = len(self._sections) - 1
        if self._chosen >= 0:
            section = self._sections[self._chosen]
            if top <= section.y() < top + height:
                current = self._chosen
            self._chosen = -1
        for number, button in enumerate(self._buttons):
            set_mark(button, "current", number == current)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        align_labels(self)
        needed = max(text_scaled(_PAGE_WIDTH), self._page.least_width)
        self._side.setVisible(self.width() >= self._side.sizeHint().width() + needed)

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return (("help", self._bundle),)

    @override
    def activated(self) -> None:
        self._budget.refresh()
        self._practice.refresh()
        self._webhook.activated()

    def set_practice(self, control: PracticeControl) -> None:
        """Enable the controls of the practice service, now or once they exist."""
        self._control = control
        if self._sections:
            self._practice.set_practice(control)
            self._webhook.set_practice(control)

    @Slot()
    def show_support(self) -> None:
        """Go to the support bundle: its contents are shown before it is saved."""
        self.go.emit(self.place_id)
        self._advanced.support.begin()
        QTimer.singleShot(0, self, self._scroll_to_support)  # after the unfolded part has its size

    @Slot()
    def _scroll_to_support(self) -> None:
        self._page.ensureWidgetVisible(self._advanced.support)

    @Slot()
    def show_key_entry(self) -> None:
        """Go to the field for a new key."""
        self._page.verticalScrollBar().setValue(0)
        self._accounts.form.begin_entry()
