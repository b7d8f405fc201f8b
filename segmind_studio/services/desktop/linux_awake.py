"""Stay awake on Linux: logind's inhibitor on the system bus, else the desktop portal on the session bus.

The rules are those of org.freedesktop.login1.Manager.Inhibit (systemd) and org.freedesktop.portal.Inhibit. Both
release what a process held when that has ended: logind by the descriptor, the portal by the connection.
"""
# jeepney has no type information:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, Message, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from segmind_studio.services.desktop.keep_awake import AwakeError

CALL_LIMIT_S = 5.0
APP_NAME = "Segmind Studio"
_LOGIND = DBusAddress("/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager")
_PORTAL_NAME = "org.freedesktop.portal.Desktop"
_PORTAL = DBusAddress("/org/freedesktop/portal/desktop", _PORTAL_NAME, "org.freedesktop.portal.Inhibit")
_NO_WINDOW = ""
_SUSPEND = 4  # the portal's flags: 1 logout, 2 user switch, 4 suspend, 8 idle


class LinuxAwake:
    """Hold one inhibitor at a time. For one thread."""

    def __init__(self) -> None:
        self._let_go: Callable[[], None] | None = None

    def hold(self, reason: str) -> None:
        """Ask logind, then the portal; AwakeError with both answers when neither does it."""
        self.release()
        refusals: list[str] = []
        for ask in (_by_logind, _by_portal):
            try:
                self._let_go = ask(reason)
            except AwakeError as error:
                refusals.append(str(error))
            else:
                return
        raise AwakeError("; ".join(refusals))

    def release(self) -> None:
        """Release the inhibitor."""
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()


def _by_logind(reason: str) -> Callable[[], None]:
    """Take an inhibitor of sleep; it is held as long as its descriptor is open."""
    with _translated():
        connection = open_dbus_connection("SYSTEM", enable_fds=True)
        try:
            question = new_method_call(_LOGIND, "Inhibit", "ssss", ("sleep", APP_NAME, reason, "block"))
            descriptor: int = _call(connection, question)[0].to_raw_fd()
        finally:
            connection.close()
    return lambda: os.close(descriptor)


def _by_portal(reason: str) -> Callable[[], None]:
    """Take an inhibitor of suspend; it is held as long as its request, and this connection, are open."""
    with _translated():
        connection = open_dbus_connection("SESSION")
        try:
            options = {"reason": ("s", reason)}
            question = new_method_call(_PORTAL, "Inhibit", "sua{sv}", (_NO_WINDOW, _SUSPEND, options))
            path: str = _call(connection, question)[0]
        except BaseException:
            connection.close()
            raise

    def close() -> None:
        request = DBusAddress(path, _PORTAL_NAME, "org.freedesktop.portal.Request")
        with suppress(AwakeError), _translated():
            _call(connection, new_method_call(request, "Close"))
        connection.close()

    return close


def _call(connection: DBusConnection, message: Message) -> tuple[Any, ...]:
    return unwrap_msg(connection.send_and_get_reply(message, timeout=CALL_LIMIT_S))


@contextmanager
def _translated() -> Generator[None]:
    """Turn every error of the bus into AwakeError; the same ones as in `notices.linux_bus`."""
    try:
        yield
    except (DBusErrorResponse, OSError, KeyError, RuntimeError, ValueError) as error:
        raise AwakeError(f"{type(error).__name__}: {error}") from error
