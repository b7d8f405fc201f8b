"""The receiver of webhooks: turned on and off, where it listens, how events get to it, and what came."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import whole_number
from segmind_studio.core.settings import Settings
from segmind_studio.core.webhook_receiver import (
    FORWARDER_NAMES,
    FORWARDER_NOTES,
    HIGHEST_PORT,
    VERDICT_WORDS,
    Forwarder,
    ReceivedEvent,
    address_at,
    is_open_to_others,
    local_address,
    public_host,
    snippet,
)
from segmind_studio.formats import exact_time
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.accounts.webhook_receiver import ReceiverState, WebhookReceiver
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.forms.field_row import Message, MessageLine
from segmind_studio.ui.idle_steps import finish
from segmind_studio.ui.parts.banners import ErrorBanner
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.settings.deliveries import CodeBox, DeliveryList, DeliveryRow
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.theme import text_scaled

_SNIPPET_LINES = 10
_PORT_WIDTH = 80
_SHOW_AFTER_MS = 100  # many events in a row are shown at once


class PlaceForm(QWidget):
    """The address and the port; typed ones have no effect before the button is pressed."""

    def __init__(
        self, receiver: WebhookReceiver, settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._receiver = receiver
        self._settings = settings
        self._shown: tuple[str, str] | None = None
        self._host = QLineEdit()
        self._host.setObjectName("settings.receiver_host")
        self._port = QLineEdit()
        self._port.setObjectName("settings.receiver_port")
        self._port.setMaximumWidth(text_scaled(_PORT_WIDTH))
        self._use = QPushButton(_("Use this address"))
        self._use.setObjectName("settings.receiver_use")
        self._message = MessageLine()
        port = text_label(_("Port"), wrap=False)
        port.setBuddy(self._port)
        rows = LabelledRows()
        rows.add_row(_("Listens on"), self._host, port, self._port, self._use)
        rows.add_below(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(rows)
        for field in (self._host, self._port):
            field.textChanged.connect(self._typed)
            field.returnPressed.connect(self._take)
        self._use.clicked.connect(self._take)
        settings.changed.connect(self._follow)
        self._follow(settings.value)

    @Slot(object)
    def _follow(self, value: Settings) -> None:
        held = value.receiver_host, str(value.receiver_port)
        if held != self._shown:
            self._shown = held
            replace_text(self._host, held[0])
            replace_text(self._port, held[1])
        self._typed()

    @Slot()
    def _typed(self) -> None:
        host = self._host.text().strip()
        self._use.setVisible((host, self._port.text().strip()) != self._shown)
        for field in (self._host, self._port):
            set_mark(field, "bad", False)
        if is_open_to_others(host):
            self._message.show_message(Message(Severity.SHOULD, _(
                "Other computers can reach it, without encryption. Only the secret path protects it.",
            )))
        else:
            self._message.show_message(Message(Severity.INFO, _("Only programs on this computer can reach it.")))

    @Slot()
    def _take(self) -> None:
        port = whole_number(self._port.text().strip())
        if port is None or not 0 < port <= HIGHEST_PORT:
            set_mark(self._port, "bad", True)
            words = _("Enter a port from 1 to {most}.").format(most=HIGHEST_PORT)
            self._message.show_message(Message(Severity.MUST, words))
            return
        try:
            self._receiver.move(self._host.text(), port)
        except StudioError as error:
            set_mark(self._host, "bad", True)
            self._message.show_message(Message(Severity.MUST, str(error)))


class ForwardingForm(QWidget):
    """The receiver's two addresses, and the lines for a program that forwards to it.

    Signals:
        register_wanted(str): register this address as the account's webhook. GUI thread.
        renew_wanted(): make another secret path.
    """

    register_wanted = Signal(str)
    renew_wanted = Signal()

    def __init__(self, settings: SettingsService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._where = ""  # host:port
        self._practice = False
        self._local = self._address("settings.receiver_local")
        self._public = self._address("settings.receiver_public")
        self._public.setPlaceholderText(_("Enter the name of your server first."))
        self._site = QLineEdit(settings.value.receiver_site)
        self._site.setObjectName("settings.receiver_site")
        self._site.setPlaceholderText("hooks.example.org")
        self._register = QPushButton(_("Register this address"))
        self._register.setObjectName("settings.receiver_register")
        self._kind = QComboBox()
        self._kind.setObjectName("settings.receiver_forwarder")
        for kind, name in FORWARDER_NAMES.items():
            self._kind.addItem(str(name), kind)
        self._note = text_label("", "small")
        self._snippet = CodeBox(_("Forwarding configuration"), _("Copy configuration"), _SNIPPET_LINES)
        self._copy = QPushButton(icon("copy"), _("Copy address"))
        renew = QPushButton(_("New secret path…"))
        renew.setObjectName("settings.receiver_renew")
        rows = LabelledRows()
        rows.add_row(_("On this computer"), self._local, self._copy, renew)
        rows.add_row(_("Your server"), self._site)
        rows.add_below(text_label(_("Name of your server or tunnel, which needs a certificate."), "small"))
        rows.add_row(_("External address"), self._public, self._register)
        rows.add_row(_("Forward with"), self._kind)
        rows.add_below(self._note)
        rows.add_below(self._snippet)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(rows)
        renew.clicked.connect(self.renew_wanted)
        self._copy.clicked.connect(self._copy_local)
        self._register.clicked.connect(self._register_pressed)
        self._site.textChanged.connect(self._typed)
        self._kind.currentIndexChanged.connect(self._update)

    def _address(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setReadOnly(True)
        return field

    def show_place(self, where: str, *, practice: bool) -> None:
        """Show the addresses for a receiver at `where` (host:port)."""
        self._where, self._practice = where, practice
        self._update()

    @Slot()
    def _typed(self) -> None:
        host = public_host(self._site.text())
        set_mark(self._site, "bad", bool(self._site.text().strip()) and not host)
        self._settings.update(receiver_site=host)
        self._update()

    @Slot()
    def _update(self) -> None:
        value = self._settings.value
        kind = Forwarder(str(self._kind.currentData()))
        self._set(self._local, "http://" + self._where + value.receiver_path)
        self._set(self._public, self._to_register())
        self._register.setEnabled(bool(self._public.text()))
        self._note.setText(str(FORWARDER_NOTES[kind]))
        self._snippet.show_text(snippet(kind, self._where, value.receiver_path, value.receiver_site))

    @staticmethod
    def _set(field: QLineEdit, text: str) -> None:
        if field.text() != text:
            field.setText(text)
            field.setCursorPosition(0)

    def _to_register(self) -> str:
        """Return the address that the service reaches; the practice service is on this computer."""
        value = self._settings.value
        if self._practice:
            return self._local.text()
        return "https://" + value.receiver_site + value.receiver_path if value.receiver_site else ""

    @Slot()
    def _register_pressed(self) -> None:
        self.register_wanted.emit(self._public.text())

    @Slot()
    def _copy_local(self) -> None:
        QGuiApplication.clipboard().setText(self._local.text())


class ReceiverSection(Section):
    """Show the receiver and its deliveries.

    Signals:
        register_wanted(str): register this address as the account's webhook. GUI thread.
    """

    register_wanted = Signal(str)

    def __init__(
        self, receiver: WebhookReceiver, accounts: AccountService, settings: SettingsService,
        parent: QWidget | None = None, *, at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self.set_title(_("Receive webhooks"), _(
            "For users with their own server or tunnel that forwards events to this computer.",
        ))
        self._receiver = receiver
        self._accounts = accounts
        self._settings = settings
        self.rest = self._make(receiver)
        if at_once:
            finish(self.rest)

    def _make(self, receiver: WebhookReceiver) -> Iterator[None]:
        settings = self._settings
        self._box = QCheckBox(_("Listen for events"))
        self._box.setObjectName("settings.receiver")
        self._state = text_label("", "strong")
        again = QAction(_("Try again"), self)
        again.triggered.connect(receiver.retry)
        self._error = ErrorBanner(more=(again,))
        self._place = PlaceForm(receiver, settings)
        yield
        self._forwarding = ForwardingForm(settings)
        self._forwarding.register_wanted.connect(self.register_wanted)
        self._forwarding.renew_wanted.connect(self._ask_renew)
        yield
        clear = mark(QPushButton(icon("trash-2"), _("Clear the list")), kind="quiet")
        clear.setObjectName("settings.receiver_clear")
        clear.clicked.connect(receiver.clear)
        self._list = DeliveryList(_("Received events"), corner=clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOW_AFTER_MS)
        self._timer.timeout.connect(self._show_events)
        self._lay_out()
        self._box.toggled.connect(self._toggled)  # not clicked: assistive technology toggles
        receiver.changed.connect(self._follow)
        receiver.received.connect(self._received)
        settings.changed.connect(self._follow)
        self._accounts.changed.connect(self._follow_account)
        self._follow()
        self._show_events()

    def _lay_out(self) -> None:
        self.add_choice(self._box, _(
            "An event makes the app check the list of runs. Only the list changes a run, so forged events "
            "have no effect.",
        ))
        for widget in (self._state, self._error, self._place, self._forwarding, self._list):
            self.rows.addWidget(widget)

    @Slot()
    def _toggled(self) -> None:
        self._receiver.turn(on=self._box.isChecked())

    @Slot(object)
    def _follow_account(self, _state: AccountsState) -> None:
        self._follow()

    @Slot()
    def _follow(self) -> None:
        state, value = self._receiver.state, self._settings.value
        if self._box.isChecked() != value.receiver:
            self._box.blockSignals(True)
            self._box.setChecked(value.receiver)
            self._box.blockSignals(False)
        self._state.setText(_state_words(state))
        if state.error is None:
            self._error.clear()
        else:
            self._error.show_error(state.error)
        self._forwarding.setVisible(state.where is not None)
        if state.where is not None:
            practice = self._accounts.state.current.kind is AccountKind.PRACTICE
            where = local_address(state.where.host, state.where.port)
            self._forwarding.show_place(where, practice=practice)

    @Slot(object)
    def _received(self, _events: tuple[ReceivedEvent, ...]) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _show_events(self) -> None:
        events = self._receiver.events
        self._list.setVisible(bool(events))
        if not events:
            return
        words = ngettext("{count} event received", "{count} events received", len(events))
        names = _("Time"), _("Event"), _("Run"), _("Result")
        rows = [DeliveryRow(event.number, dict(zip(names, _cells(event), strict=True)), event.payload.text)
                for event in events]
        self._list.show_rows(words.format(count=len(events)), names, rows, widest=2)

    @Slot()
    def _ask_renew(self) -> None:
        question = Question(
            self, title=_("Make a new secret path?"), verb=_("Make a new one"),
            text=_("The old address stops working. Register and forward the new one."),
        )
        question.confirmed.connect(self._renew)
        question.open()

    @Slot(str)
    def _renew(self, _subject: str) -> None:
        self._receiver.renew_path()


def _state_words(state: ReceiverState) -> str:
    if not state.on:
        return _("Off.")
    if state.error is not None:
        return _("On, but it could not start.")
    if state.where is None:
        return _("Starting…")
    return _("Listening on {where}").format(where=address_at(state.where.host, state.where.port))


def _cells(event: ReceivedEvent) -> tuple[str, str, str, str]:
    run = event.run_name or event.service_id
    return exact_time(event.at), event.status, run, str(VERDICT_WORDS[event.verdict])
