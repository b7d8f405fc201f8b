"""What most people never need: the address and the way to it, the app's folders, and help when it fails."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from segmind_studio.services.accounts import AccountService
from segmind_studio.services.settings import SettingsService
from segmind_studio.services.support_bundle import SupportService
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.address_form import AddressForm
from segmind_studio.ui.settings.folder_rows import FolderRows
from segmind_studio.ui.settings.proxy_form import ProxyForm
from segmind_studio.ui.settings.section import Section
from segmind_studio.ui.settings.support_block import SupportBlock


class AdvancedSection(Section):
    """Three groups in one card.

    Signals:
        toast(str, object): short news and a QAction that goes with it. GUI thread.
    """

    toast = Signal(str, object)

    def __init__(
        self, accounts: AccountService, settings: SettingsService, support: SupportService,
        paths_text: Mapping[str, str], parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.set_title(self.tr("Advanced"))
        self.support = SupportBlock(support)
        self.support.toast.connect(self.toast)
        self.rows.addWidget(text_label(self.tr("Connection"), "strong"))
        self.rows.addWidget(AddressForm(accounts, settings))
        self.rows.addWidget(ProxyForm(settings))
        self.add_line()
        self.rows.addWidget(text_label(self.tr("Where things are"), "strong"))
        self.rows.addWidget(FolderRows(paths_text))
        self.add_line()
        self.rows.addWidget(self.support)
