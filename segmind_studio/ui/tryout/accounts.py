"""The pictures of other accounts in the gallery of Try: looked at, filtered and compared, never asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from segmind_studio.core.accounts import Account, AccountKind, account_name
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.images.other_images import OtherAccountImages
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.ui.tryout.gallery import Gallery


class GalleryAccounts(QObject):
    """Let a gallery show the pictures of all accounts, and say of each whose it is. GUI thread.

    The menu's action, the list above the grid and the setting say the same.

    Signals:
        changed(): `images` are others; GUI thread.
    """

    changed = Signal()

    def __init__(
        self, gallery: Gallery, action: QAction, others: OtherAccountImages, accounts: AccountService,
        settings: SettingsService,
    ) -> None:
        """Follow the menu's `action`, which is checked while all are shown."""
        super().__init__(gallery)
        self._gallery = gallery
        self._action = action
        self._others = others
        self._accounts = accounts
        self._settings = settings
        self._action.setChecked(settings.value.try_accounts)
        self._action.toggled.connect(self._want)
        gallery.filter_bar.accounts_wanted.connect(self._action.setChecked)
        accounts.changed.connect(self._follow)
        others.account_ids_changed.connect(self._follow)
        others.changed.connect(self._take)
        others.want(on=self._action.isChecked())
        self._follow()
        others.refresh()

    @property
    def images(self) -> Sequence[GeneratedImage]:
        """Return the pictures of other accounts that are to be shown."""
        return self._others.images if self._action.isChecked() else ()

    @Slot(bool)
    def _want(self, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        self._settings.update(try_accounts=on)
        self._others.want(on=on)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        state, others = self._accounts.state, self._others.account_ids
        by_id = {account.account_id: account for account in state.accounts}
        self._action.setVisible(bool(others))
        self._action.setEnabled(bool(others))
        several = bool(others) and self._action.isChecked()
        self._gallery.show_accounts(by_id, state.current.account_id, several=several)
        named = [
            by_id.get(other) or Account(other, account_name(other, by_id), AccountKind.SEGMIND) for other in others
        ]
        self._gallery.filter_bar.offer_accounts(named, shown=several)

    @Slot()
    def _take(self) -> None:
        self.changed.emit()
        self._follow()
