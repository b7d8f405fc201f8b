"""The account's one webhook: show it, register, replace or remove it, and read its deliveries.

The service does not publish the columns of its deliveries, so the table shows them as they come.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QUrl, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import PracticeControl
from segmind_studio.core.run_labels import listed_parts
from segmind_studio.core.webhooks import DEFAULT_EVENT_TYPE, EVENTS, Webhook, webhook_for
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.accounts.webhook_service import SampleSent, WebhookLogs, WebhookService, lost_error
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.forms.field_row import Message, MessageLine
from segmind_studio.ui.parts.banners import Banner, ErrorBanner
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.settings.deliveries import DeliveryList, DeliveryRow
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S

_MOST_ROWS = 50
_MOST_COLUMNS = 6

class WebhookSection(Section):
    """Make no request on its own: the list is read when the settings are opened with a new account.

    An account may have webhooks for other events, too: they are neither shown nor changed.
    """

    def __init__(self, webhooks: WebhookService, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_title(_("Webhook"), _(
            "Segmind calls this address when a run changes: {events}. Each account has one.",
        ).format(events=", ".join(EVENTS)))
        self._webhooks = webhooks
        self._accounts = accounts
        self._practice: PracticeControl | None = None
        self._asked = False  # for this account's list
        self._current: Webhook | None = None
        self._named: Webhook | None = None  # in a question
        self._state = text_label("", "strong")
        self._url = QLineEdit()
        self._url.setObjectName("settings.webhook_url")
        self._url.setPlaceholderText("https://")
        self._types = QLineEdit(DEFAULT_EVENT_TYPE)
        self._types.setObjectName("settings.webhook_types")
        self._keep = self._button("settings.webhook_keep", _("Register"), "")
        self._remove = self._button("settings.webhook_remove", _("Remove…"), "danger")
        self._logs = self._button("settings.webhook_logs", _("Show deliveries"), "")
        self._look = self._button("settings.webhook_refresh", _("Refresh"), "quiet")
        self._look.setIcon(icon("refresh-cw"))
        self._sample = self._button("settings.webhook_sample", _("Send a sample"), "")
        self._error = ErrorBanner()
        self._lost = Banner(Severity.SHOULD, closable=True)
        self._lost.hide()
        self._sent = MessageLine()
        self._table = DeliveryList(_("Deliveries"))
        self._received_path = ""
        self._lay_out()
        self._connect()
        self._follow(accounts.state)

    @staticmethod
    def _button(name: str, text: str, kind: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        return mark(button, kind=kind)

    def _lay_out(self) -> None:
        lines = LabelledRows()
        lines.add_row(_("Address"), self._url)
        lines.add_row(_("Event types"), self._types)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for button in (self._keep, self._remove, self._logs, self._sample):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self._look)
        self.rows.addWidget(self._state)
        self.rows.addWidget(self._error)
        self.rows.addWidget(self._lost)
        self.rows.addLayout(lines)
        self.rows.addWidget(text_label(_(
            "Segmind does not document the event type. Change it if Segmind's console shows another. A sample "
            "event is sent from this computer, without your key.",
        ), "small"))
        self.rows.addLayout(buttons)
        self.rows.addWidget(self._sent)
        self.rows.addWidget(self._table)

    def _connect(self) -> None:
        self._keep.clicked.connect(self._keep_pressed)
        self._remove.clicked.connect(self._remove_pressed)
        self._logs.clicked.connect(self._logs_pressed)
        self._look.clicked.connect(self._webhooks.refresh)
        self._sample.clicked.connect(self._send_sample)
        for field in (self._url, self._types):
            field.textChanged.connect(self._show_buttons)
        self._webhooks.account_changed.connect(self._start_anew)
        self._webhooks.changed.connect(self._show)
        self._webhooks.logs.connect(self._show_logs)
        self._webhooks.sample_sent.connect(self._show_sample)
        self._webhooks.failed.connect(self._fail)
        self._lost.closed.connect(self._webhooks.forget_lost)
        self._webhooks.busy_changed.connect(self._show_buttons)
        self._accounts.changed.connect(self._follow)

    def set_practice(self, control: PracticeControl | None) -> None:
        """Let the practice service send the samples of its own webhook, as Segmind's console does."""
        self._practice = control
        self._show_buttons()

    def set_received_path(self, path: str) -> None:
        """Say so where the registered address leads to the receiver at this path; "" while it is off."""
        self._received_path = path
        self._show_state_text()

    def propose(self, url: str) -> None:
        """Put an address into the field, to be registered by its button."""
        self._url.setText(url)
        self._url.setFocus()

    def activated(self) -> None:
        """Request the webhook, once for each connection."""
        if self._accounts.state.connection is not None and not self._asked:
            self._asked = True
            self._webhooks.refresh()

    @Slot()
    def _start_anew(self) -> None:
        self._asked = False
        self._show(())
        if self.isVisible():
            self.activated()

    @Slot(object)
    def _follow(self, _state: AccountsState) -> None:
        self._show_state_text()
        self._show_buttons()

    @Slot(object)
    def _show(self, webhooks: tuple[Webhook, ...]) -> None:
        self._error.clear()
        lost = self._webhooks.lost
        new = webhook_for(webhooks) if lost is None else None  # else all are for other events
        found = lost is not None and self._lost.isHidden()
        self._lost.setVisible(lost is not None)
        if lost is not None:
            error = lost_error(lost)
            self._lost.set_message(Severity.SHOULD, error.title, error.advice)
        if new != self._current or found:
            self._current, shown = new, new or lost
            self._sent.show_message(None)
            replace_text(self._url, shown.url if shown else "")
            replace_text(self._types, ", ".join(shown.types) if shown and shown.types else DEFAULT_EVENT_TYPE)
            self._table.hide()
        self._show_state_text()
        self._show_buttons()

    @Slot(object)
    def _show_logs(self, logs: WebhookLogs) -> None:
        if self._current is not None and logs.webhook_id == self._current.webhook_id:
            names = list(dict.fromkeys(name for row in logs.rows for name in row))[:_MOST_COLUMNS]
            rows = [
                DeliveryRow(number, {name: str(row.get(name, "")) for name in names}, json.dumps(row))
                for number, row in enumerate(logs.rows[:_MOST_ROWS])
            ]
            words = ngettext("{count} delivery", "{count} deliveries", len(logs.rows))
            self._table.show_rows(
                words.format(count=len(logs.rows)) if rows else _("No deliveries yet."), names, rows,
            )

    @Slot(object)
    def _show_sample(self, sent: SampleSent) -> None:
        self._error.clear()
        words = _("The sample arrived: the address answered with {status}.") if sent.arrived else _(
            "The address rejected the sample: it answered with {status}.",
        )
        severity = Severity.INFO if sent.arrived else Severity.SHOULD
        self._sent.show_message(Message(severity, words.format(status=sent.status)))

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._error.show_error(error)
        self._show_buttons()

    def _show_state_text(self) -> None:
        if self._accounts.state.connection is None:
            self._state.setText(_("No account is connected."))
        elif self._current is not None:
            here = bool(self._received_path) and self._current.url.endswith(self._received_path)
            self._state.setText(_("Registered for the receiver below") if here else _("Registered"))
        else:
            self._state.setText(_("Not registered.") if self._webhooks.known else "")
        self._state.setVisible(bool(self._state.text()))

    def _typed(self) -> tuple[str, tuple[str, ...]]:
        return self._url.text().strip(), tuple(listed_parts(self._types.text()))

    @Slot()
    def _show_buttons(self) -> None:
        connected = self._accounts.state.connection is not None
        free = connected and not self._webhooks.busy
        url, types = self._typed()
        parts = QUrl(url)
        good = bool(parts.host()) and parts.scheme() in {"https", "http"} and bool(types)
        there = self._current
        changed = there is None or (url, types) != (there.url, there.types)
        self._keep.setText(_("Replace…") if there else _("Register"))
        self._keep.setEnabled(free and good and changed)
        for button in (self._remove, self._logs):
            button.setVisible(there is not None)
            button.setEnabled(free)
        self._look.setEnabled(free)
        self._sample.setVisible(there is not None and (not self._on_practice or self._practice is not None))
        self._sample.setEnabled(free)

    @property
    def _on_practice(self) -> bool:
        return self._accounts.state.current.kind is AccountKind.PRACTICE

    @Slot()
    def _keep_pressed(self) -> None:
        url, types = self._typed()
        if self._current is None:
            self._webhooks.add(url, types)
            return
        self._named = self._current
        words = _(
            "The service allows only one. It deletes {old}, then registers {new}. Programs that use the old "
            "address get no more events.",
        )
        question = Question(
            self, title=_("Replace the webhook?"), text=words.format(old=self._current.url, new=url),
            verb=_("Replace"), subject=url,
        )
        question.confirmed.connect(self._replace)
        question.open()

    @Slot(str)
    def _replace(self, url: str) -> None:
        if self._named is not None:
            self._webhooks.replace(self._named, url, self._typed()[1])

    @Slot()
    def _remove_pressed(self) -> None:
        if self._current is None:
            return
        self._named = self._current
        words = _(
            "{address} is no longer called when runs change. Programs that use it get no more events.",
        )
        question = Question(
            self, title=_("Remove the webhook?"), text=words.format(address=self._current.url),
            verb=_("Remove"), subject=self._current.webhook_id,
        )
        question.confirmed.connect(self._remove_now)
        question.open()

    @Slot(str)
    def _remove_now(self, _webhook_id: str) -> None:
        if self._named is not None:
            self._webhooks.remove(self._named)

    @Slot()
    def _logs_pressed(self) -> None:
        if self._current is not None:
            self._webhooks.load_logs(self._current.webhook_id)

    @Slot()
    def _send_sample(self) -> None:
        self._sent.show_message(None)
        if not self._on_practice and self._current is not None:
            self._webhooks.send_sample(self._current.url)
        elif self._practice is not None:
            self._practice.send_sample_webhook()
            self._sent.show_message(Message(Severity.INFO, _("The practice service is sending it.")))
