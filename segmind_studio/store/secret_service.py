"""Which program stores the secrets of a Linux desktop. Nothing here reads a secret.

Kept apart: it needs jeepney, which is there on Linux only.
"""

# jeepney has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from contextlib import closing
from pathlib import Path

_DAEMONS = {
    "gnome-keyring-d": "GNOME Keyring",
    "keepassxc": "KeePassXC",
    "kwalletd5": "KWallet",
    "kwalletd6": "KWallet",
    "ksecretd": "KWallet",
}


def secret_service_name() -> str:
    """Return the name of the program behind the Secret Service on the session bus, "" when it is not known."""
    from jeepney import MessageType  # noqa: PLC0415  # Linux only, used on a worker thread only
    from jeepney.bus_messages import message_bus  # noqa: PLC0415
    from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

    try:
        with closing(open_dbus_connection("SESSION")) as connection:
            question = message_bus.GetConnectionUnixProcessID("org.freedesktop.secrets")
            reply = connection.send_and_get_reply(question, timeout=2)
        if reply.header.message_type is not MessageType.method_return:
            return ""
        return _DAEMONS.get(Path(f"/proc/{reply.body[0]}/comm").read_text(encoding="utf-8").strip(), "")
    except (OSError, ValueError, KeyError):
        return ""
