"""logind or the portal as a process on the bus: `inhibitor.py logind|refusing|slow|portal`.

It says one line for each thing that happens: `ready`, `held WORDS…`, `released`.
"""

import os
import sys
import threading

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_error

NAMES = {"portal": "org.freedesktop.portal.Desktop"}
LOGIND = "org.freedesktop.login1"
REQUEST = "/org/freedesktop/portal/desktop/request/1"
SLOW_S = 3.0
BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")


def say(*words):
    print(*words, flush=True)


class Inhibitor:
    """Own the name and answer Inhibit; see when what was given is released, also by the end of its holder."""

    def __init__(self, kind):
        self._kind = kind
        self._connection = open_dbus_connection(enable_fds=True)
        self._connection.send_and_get_reply(message_bus.RequestName(NAMES.get(kind, LOGIND)))
        ended = MatchRule(type="signal", sender=BUS.bus_name, interface=BUS.interface, member="NameOwnerChanged")
        self._connection.send_and_get_reply(message_bus.AddMatch(ended))
        self._holder = ""

    def serve(self):
        while True:
            message = self._connection.receive()
            member = message.header.fields.get(HeaderFields.member)
            if message.header.message_type is MessageType.method_call:
                self._answer(message, member)
            elif member == "NameOwnerChanged" and message.body[0] == self._holder and not message.body[2]:
                self._holder = ""
                say("released")

    def _answer(self, message, member):
        if member == "Inhibit" and self._kind == "portal":
            window, flags, options = message.body
            self._holder = message.header.fields[HeaderFields.sender]
            say("held", flags, repr(window), options["reason"][1])
            self._connection.send(new_method_return(message, "o", (REQUEST,)))
        elif member == "Close" and message.header.fields[HeaderFields.path] == REQUEST:
            self._holder = ""
            say("released")
            self._connection.send(new_method_return(message))
        elif member == "Inhibit" and self._kind != "refusing":
            if self._kind == "slow":
                threading.Event().wait(SLOW_S)
            self._give_a_pipe(message)
        else:
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.AccessDenied"))

    def _give_a_pipe(self, message):
        say("held", *message.body)
        ours, theirs = os.pipe()
        self._connection.send(new_method_return(message, "h", (theirs,)))
        os.close(theirs)
        threading.Thread(target=self._watch, args=(ours,), daemon=True).start()

    @staticmethod
    def _watch(end):
        os.read(end, 1)  # ends when no process has the other end any more
        os.close(end)
        say("released")


if __name__ == "__main__":
    inhibitor = Inhibitor(sys.argv[1])
    say("ready")
    inhibitor.serve()
