"""A notification daemon on the real session bus, with the capabilities that a test sets."""

import threading

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_error

NAME = "org.freedesktop.Notifications"
PLACE = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)
FIRST_NUMBER = 41


class NoticeDaemon:
    """Own the bus name and store all requests. `full` refuses every notification."""

    def __init__(self, abilities, *, full=False):
        self._abilities = list(abilities)
        self._full = full
        self._connection = open_dbus_connection()
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))
        self._stop = threading.Event()
        self.notified = []  # the body of each Notify
        self.signatures = set()
        self.closed = []
        self._thread = threading.Thread(target=self._serve, name="notice-daemon")
        self._thread.start()

    def _serve(self):
        while not self._stop.is_set():
            try:
                message = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message):
        member = message.header.fields[HeaderFields.member]
        if member == "GetCapabilities":
            reply = new_method_return(message, "as", (self._abilities,))
        elif member == "Notify" and self._full:
            reply = new_error(message, f"{NAME}.MaxNotificationsExceeded")
        elif member == "Notify":
            self.notified.append(message.body)
            self.signatures.add(message.header.fields[HeaderFields.signature])
            reply = new_method_return(message, "u", (FIRST_NUMBER + len(self.notified) - 1,))
        else:
            self.closed.append(message.body[0])
            reply = new_method_return(message)
        self._connection.send(reply)

    def send_signal(self, member, signature, *body):
        """Send a signal as a daemon does."""
        self._connection.send(new_signal(PLACE, member, signature, body))

    def stop(self):
        self._stop.set()
        self._thread.join(5)
        self._connection.close()
