"""The connection: the API's address and the proxy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from segmind_studio.core.accounts import SEGMIND_API_URL, checked_api_url
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.proxies import ProxyKind, checked_proxy_url
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.support_bundle import SupportService
from segmind_studio.texts import _
from segmind_studio.ui.forms.field_row import Message, MessageLine
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.section import LabelledRows, Section
from segmind_studio.ui.settings.support import FolderRows, SupportBlock
from segmind_studio.ui.theme.style import set_mark


class AddressForm(QWidget):
    """Change the address on a click of the button; typed text has no effect before."""

    def __init__(
        self, accounts: AccountService, settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._settings = settings
        self._shown: tuple[str, bool] | None = None
        self._field = QLineEdit()
        self._field.setObjectName("settings.api_url")
        self._use = QPushButton(_("Use this address"))
        self._use.setObjectName("settings.api_url_use")
        self._back = QPushButton(_("Use Segmind's address"))
        self._back.setObjectName("settings.api_url_back")
        self._message = MessageLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        rows = LabelledRows()
        rows.add_row(_("API address"), self._field, self._use, self._back)
        rows.add_below(self._message)
        column.addLayout(rows)
        self._field.textChanged.connect(self._typed)  # not textEdited: assistive technology sets texts
        self._field.returnPressed.connect(self._take)
        self._use.clicked.connect(self._take)
        self._back.clicked.connect(self._go_back)
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        if (state.address, state.address_fixed) == self._shown:
            return
        self._shown = state.address, state.address_fixed
        replace_text(self._field, state.address)
        self._field.setCursorPosition(0)
        self._field.setReadOnly(state.address_fixed)
        self._typed()

    @Slot()
    def _typed(self) -> None:
        state = self._accounts.state
        typed = self._field.text().strip()
        changed = typed.rstrip("/") != state.address
        set_mark(self._field, "bad", False)
        self._use.setVisible(changed)
        self._use.setEnabled(bool(typed))
        self._back.setVisible(not changed and state.address != SEGMIND_API_URL and not state.address_fixed)
        self._message.show_message(self._message_for(changed=changed))

    def _message_for(self, *, changed: bool) -> Message | None:
        state = self._accounts.state
        if changed:
            return Message(Severity.SHOULD, _(
                "Your keys and photos are sent to this address. A key added for another address is not used "
                "here. To allow it, add it again under Accounts and keys.",
            ))
        if state.address_fixed:
            return Message(Severity.INFO, _("Set for this session by --api-url."))
        if state.address != SEGMIND_API_URL:
            return Message(Severity.SHOULD, _(
                "This address does not belong to Segmind. Only keys added for it are used.",
            ))
        return None

    @Slot()
    def _take(self) -> None:
        typed = self._field.text().strip()
        if self._accounts.state.address_fixed or not typed:
            return
        try:
            address = checked_api_url(typed)
        except StudioError as error:
            set_mark(self._field, "bad", True)
            self._message.show_message(Message(Severity.MUST, str(error)))
            return
        self._keep(address)

    @Slot()
    def _go_back(self) -> None:
        self._keep(SEGMIND_API_URL)

    def _keep(self, address: str) -> None:
        self._settings.update(api_url="" if address == SEGMIND_API_URL else address)
        replace_text(self._field, self._accounts.state.address)
        self._typed()


class ProxyForm(QWidget):
    """Three choices, stored at once; the user's own proxy only when its address is valid."""

    def __init__(self, settings: SettingsService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._seen = settings.value.proxy, settings.value.proxy_url
        self._showing = False
        self._box = QComboBox()
        self._box.setObjectName("settings.proxy")
        self._names = {
            ProxyKind.SYSTEM: _("System proxy"),
            ProxyKind.NONE: _("No proxy"),
            ProxyKind.OWN: _("Custom proxy"),
        }
        for kind, word in self._names.items():
            self._box.addItem(word, kind)
        self._field = QLineEdit()
        self._field.setObjectName("settings.proxy_url")
        self._field.setPlaceholderText("http://host:port")
        self._field.setAccessibleName(_("Proxy address"))
        self._message = MessageLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        rows = LabelledRows()
        self._box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        rows.add_row(_("Proxy"), self._box, self._field)
        rows.add_below(self._message)
        column.addLayout(rows)
        self._box.currentIndexChanged.connect(self._choose)  # not activated: assistive technology selects
        self._field.textChanged.connect(self._written)
        self._field.editingFinished.connect(self._take)
        settings.changed.connect(self._follow)
        self._show(settings.value.proxy)

    @property
    def _chosen(self) -> ProxyKind:
        return ProxyKind(str(self._box.currentData()))

    def _show(self, kind: ProxyKind) -> None:
        self._showing = True
        self._box.setCurrentIndex(self._box.findData(kind))
        self._field.setVisible(kind is ProxyKind.OWN)
        if not self._field.text():
            replace_text(self._field, self._settings.value.proxy_url)
        self._showing = False
        self._typed()

    @Slot()
    def _choose(self) -> None:
        if self._showing:
            return
        kind = self._chosen
        self._show(kind)
        if kind is not ProxyKind.OWN:
            self._settings.update(proxy=kind)
        elif self._good():
            self._take()
        else:
            self._field.setFocus()

    @Slot()
    def _written(self) -> None:
        self._typed()
        if not self._showing and not self._field.hasFocus() and self._good():
            self._take()  # set by assistive technology: no Enter follows

    @Slot()
    def _typed(self) -> None:
        set_mark(self._field, "bad", False)
        self._message.show_message(Message(Severity.INFO, self._note()))

    def _note(self) -> str:
        held = self._settings.value
        if self._chosen is ProxyKind.SYSTEM:
            return _("Uses HTTPS_PROXY and NO_PROXY, or the system's network settings.")
        if self._chosen is ProxyKind.NONE:
            return _("Connects directly and ignores the system's settings.")
        if held.proxy is not ProxyKind.OWN or self._field.text().strip() != held.proxy_url:
            return _("Enter its address and press Enter. Until then: {holds}.").format(holds=self._holds())
        return _(
            "Requests stay encrypted, so the proxy cannot read them. Local addresses do not use it.",
        )

    def _holds(self) -> str:
        held = self._settings.value
        return held.proxy_url if held.proxy is ProxyKind.OWN else self._names[held.proxy]

    def _good(self) -> bool:
        try:
            checked_proxy_url(self._field.text())
        except StudioError:
            return False
        return True

    @Slot()
    def _take(self) -> None:
        if self._chosen is not ProxyKind.OWN or not self._field.text().strip():
            return
        try:
            address = checked_proxy_url(self._field.text())
        except StudioError as error:
            set_mark(self._field, "bad", True)
            self._message.show_message(Message(Severity.MUST, str(error)))
            return
        self._showing = True
        replace_text(self._field, address)
        self._showing = False
        self._settings.update(proxy=ProxyKind.OWN, proxy_url=address)
        self._typed()

    @Slot(object)
    def _follow(self, value: Settings) -> None:
        if (value.proxy, value.proxy_url) != self._seen:
            self._seen = value.proxy, value.proxy_url
            self._showing = True
            replace_text(self._field, value.proxy_url)
            self._showing = False
            self._show(value.proxy)


class AdvancedSection(Section):
    """Three groups in one card.

    Signals:
        toast(str, object): a short message and a QAction that goes with it. GUI thread.
    """

    toast = Signal(str, object)

    def __init__(
        self, accounts: AccountService, settings: SettingsService, support: SupportService,
        paths_text: Mapping[str, str], parent: QWidget | None = None,
    ) -> None:
        """Its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self.set_title(_("Advanced"))
        self.rest = self._make(accounts, settings, support, paths_text)

    def _make(
        self, accounts: AccountService, settings: SettingsService, support: SupportService,
        paths_text: Mapping[str, str],
    ) -> Iterator[None]:
        self.support = SupportBlock(support)
        yield
        self.support.toast.connect(self.toast)
        self.rows.addWidget(text_label(_("Connection"), "strong"))
        self.rows.addWidget(AddressForm(accounts, settings))
        self.rows.addWidget(ProxyForm(settings))
        yield
        self.add_line()
        self.rows.addWidget(text_label(_("Folders"), "strong"))
        self.rows.addWidget(FolderRows(paths_text))
        self.add_line()
        self.rows.addWidget(self.support)
