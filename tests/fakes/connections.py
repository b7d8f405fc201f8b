"""Connections to servers that a test starts, and accounts beside their settings."""

from typing import Any

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService

KEY = "SG_0123456789abcdef"


def connection_to(url, webhook_url="", kind=AccountKind.SEGMIND, key=KEY):
    return Connection(Account("a1", "Mine", kind), url, webhook_url or url, ApiKey(key))


class HeldAccounts(AccountService):
    """The service, with its settings at hand."""

    def __init__(self, settings: SettingsService, **more: Any) -> None:
        super().__init__(settings=settings, **more)
        self.settings = settings
