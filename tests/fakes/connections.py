"""Connections to servers that a test starts."""

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection

KEY = "SG_0123456789abcdef"


def connection_to(url, webhook_url="", kind=AccountKind.SEGMIND, key=KEY):
    return Connection(Account("a1", "Mine", kind), url, webhook_url or url, ApiKey(key))
