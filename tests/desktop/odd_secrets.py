"""A Secret Service as a process of its own: `odd_secrets.py slow|broken`, its one secret from the environment.

"slow" answers its first question after SLOW_S. "broken" answers each one with an error of its own.
"""

import os
import sys
import threading

from jeepney import HeaderFields, MessageType, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_error

NAME = "org.freedesktop.secrets"
SLOW_S = 30.0
ITEM = "/org/freedesktop/secrets/item"
SESSION = "/org/freedesktop/secrets/session"


class Secrets:
    """Answer what is needed to read one key."""

    def __init__(self, kind):
        self._kind = kind
        self._waited = False
        self._secret = os.environ.pop("ODD_SECRET").encode()
        self._connection = open_dbus_connection()
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))

    def serve(self):
        while True:
            message = self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, message):
        if self._kind != "broken":
            return self._slow_answer(message)
        return new_error(message, "org.freedesktop.DBus.Error.Failed", "s", ("the store is torn",))

    def _slow_answer(self, message):
        if not self._waited:
            self._waited = True
            print("waits", flush=True)
            threading.Event().wait(SLOW_S)
        match message.header.fields[HeaderFields.member], message.body:
            case "Get", (_, name):
                return new_method_return(message, "v", (("b", False) if name == "Locked" else ("s", name),))
            case "SearchItems", _:
                return new_method_return(message, "ao", ([ITEM],))
            case "Unlock", (items,):
                return new_method_return(message, "aoo", (items, "/"))
            case "OpenSession", ("plain", _):
                return new_method_return(message, "vo", (("s", ""), SESSION))
            case "GetSecret", _:
                return new_method_return(message, "(oayays)", ((SESSION, b"", self._secret, "text/plain"),))
            case _:
                return new_error(message, "org.freedesktop.DBus.Error.NotSupported", "s", ("no",))


if __name__ == "__main__":
    secrets = Secrets(sys.argv[1])
    print("ready", flush=True)
    secrets.serve()
