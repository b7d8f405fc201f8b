"""The Linux desktop's notifications: org.freedesktop.Notifications on the session bus, through jeepney.

QtDBus cannot do it from Python: it sends a signed number where the interface needs an unsigned one. The rules
are those of the Desktop Notifications Specification 1.2 of freedesktop.org.
"""
# jeepney has no type information:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from segmind_studio.services.notices.notice import Notice, NoticeError, NoticeEvent

NAME = "org.freedesktop.Notifications"
APP_NAME = "Segmind Studio"
DESKTOP_ENTRY = "segmind-studio"  # also the name of the icon
CALL_LIMIT_S = 5.0  # the bus may have to start the daemon first
_DAEMON = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)
_NORMAL = 1
_BY_THE_DAEMON = -1
_NEVER = 0


class SessionBus:
    """Show notifications through the session bus. For one thread; NoticeError, at once if there is no daemon."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()
        self._token: tuple[int, str] = (0, "")
        with _translated():
            self._connection = open_dbus_connection()
        try:
            with _translated():
                self._listen()
                self._abilities = frozenset(self._call(new_method_call(_DAEMON, "GetCapabilities"))[0])
        except NoticeError:
            self.close()
            raise

    def _listen(self) -> None:
        self._connection.filter(MatchRule(type="signal", interface=NAME), queue=self._waiting)
        wanted = MatchRule(type="signal", sender=NAME, interface=NAME, path=_DAEMON.object_path)
        self._call(message_bus.AddMatch(wanted))

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return self._connection.sock.fileno()

    def show(self, notice: Notice, replaces: int) -> int:
        """Show a notice. The body is escaped if the daemon reads it as markup; the title is never markup."""
        body = escape(notice.text, quote=False) if "body-markup" in self._abilities else notice.text
        actions = ["default", "Show"] if "actions" in self._abilities else []
        hints = {
            "urgency": ("y", _NORMAL),
            "desktop-entry": ("s", DESKTOP_ENTRY),
            "category": ("s", "transfer.error" if notice.stays else "transfer.complete"),
        }
        message = new_method_call(_DAEMON, "Notify", "susssasa{sv}i", (
            APP_NAME, replaces, DESKTOP_ENTRY, notice.title, body, actions, hints,
            _NEVER if notice.stays else _BY_THE_DAEMON,
        ))
        with _translated():
            return int(self._call(message)[0])

    def withdraw(self, number: int) -> None:
        """Close a notification; no error if it is already closed."""
        with _translated():
            self._connection.send(new_method_call(_DAEMON, "CloseNotification", "u", (number,)))

    def events(self) -> tuple[NoticeEvent, ...]:
        """Return the events that have come, without waiting."""
        with _translated():
            try:
                while True:
                    self._connection.recv_messages(timeout=0)
            except TimeoutError:
                found = [self._event(message) for message in self._waiting]
                self._waiting.clear()
        return tuple(event for event in found if event is not None)

    def _event(self, message: Message) -> NoticeEvent | None:
        match message.header.fields.get(HeaderFields.member), message.body:
            case "ActivationToken", (int(number), str(token)):
                self._token = (number, token)
            case "ActionInvoked", (int(number), str()):
                return NoticeEvent(number, clicked=True, token=self._token[1] if self._token[0] == number else "")
            case "NotificationClosed", (int(number), int()):
                return NoticeEvent(number, clicked=False)
            case _:
                pass
        return None

    def _call(self, message: Message) -> tuple[Any, ...]:
        return unwrap_msg(self._connection.send_and_get_reply(message, timeout=CALL_LIMIT_S))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def _translated() -> Generator[None]:
    """Turn every error of the bus into NoticeError.

    KeyError: the environment names no bus. RuntimeError and ValueError: jeepney cannot use the named one.
    """
    try:
        yield
    except (DBusErrorResponse, OSError, KeyError, RuntimeError, ValueError) as error:
        raise NoticeError(f"{type(error).__name__}: {error}") from error
