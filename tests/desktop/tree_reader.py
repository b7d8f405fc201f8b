"""Read the accessible tree of another program over the accessibility bus, as a screen reader does."""

from jeepney import DBusAddress, DBusErrorResponse, MessageType, new_method_call
from jeepney.io.blocking import open_dbus_connection

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ROOT = "/org/a11y/atspi/accessible/root"
_NULL = "/org/a11y/atspi/null"
_MOST = 4000  # of one walk
_ACTION, _EDITABLE, _TEXT = (f"org.a11y.atspi.{name}" for name in ("Action", "EditableText", "Text"))
_LABELLED_BY = 2
_ENABLED, _FOCUSABLE, _SHOWING = 1 << 8, 1 << 11, 1 << 25
_LEAVES = {"label", "push button", "check box", "text", "combo box", "cell", "list item", "column header"}
_NEVER_ENTERED = {"menu bar", "tool tip"}


class TreeReader:
    """Walk the tree of a process, ask each part what it is and can do, and for a child that is not there."""

    def __init__(self):
        session = open_dbus_connection()
        bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        address = session.send_and_get_reply(new_method_call(bus, "GetAddress"), timeout=10).body[0]
        session.close()
        self._bus = open_dbus_connection(address)
        self.parts = 0
        self.asked_for_99 = 0
        self.names = set()

    def close(self):
        self._bus.close()

    def _ask(self, name, path, method, signature=None, body=(), interface=_ACCESSIBLE):
        address = DBusAddress(path, name, interface)
        try:
            reply = self._bus.send_and_get_reply(new_method_call(address, method, signature, body), timeout=10)
        except (DBusErrorResponse, OSError, TimeoutError):
            return None
        return reply.body if reply.header.message_type is MessageType.method_return else None

    def _property(self, name, path, key):
        found = self._ask(
            name, path, "Get", "ss", (_ACCESSIBLE, key), interface="org.freedesktop.DBus.Properties",
        )
        return found[0][1] if found else None

    def _process(self, name):
        found = self._ask(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "GetConnectionUnixProcessID", "s", (name,),
            interface="org.freedesktop.DBus",
        )
        return found[0] if found else 0

    def parts_of(self, process):
        """Yield (part, role, name) of all that the process shows, the newest window first."""
        applications = self._ask("org.a11y.atspi.Registry", _ROOT, "GetChildren") or ([],)
        waiting = [part for part in applications[0] if self._process(part[0]) == process]
        while waiting:
            part = waiting.pop()
            role = (self._ask(part[0], part[1], "GetRoleName") or ("",))[0]
            if role in _NEVER_ENTERED or not (role == "application" or _SHOWING & self._states(part)):
                continue
            yield part, role, self.name_of(part)
            children = None if role in _LEAVES else self._ask(part[0], part[1], "GetChildren")
            waiting += [child for child in (children[0] if children else ()) if child[1] != _NULL]

    def name_of(self, part):
        """Return the name of a part, or that of its label."""
        name = self._property(part[0], part[1], "Name") or ""
        relations = () if name else (self._ask(part[0], part[1], "GetRelationSet") or ((),))[0]
        labels = [label for kind, targets in relations if kind == _LABELLED_BY for label in targets]
        return name or next((self._property(label[0], label[1], "Name") or "" for label in labels), "")

    def _states(self, part):
        low, high = (self._ask(part[0], part[1], "GetState") or ((0, 0),))[0]
        return low | high << 32

    def takes_keyboard(self, part):
        return bool(_FOCUSABLE & self._states(part))

    def enabled(self, part):
        return bool(_ENABLED & self._states(part))

    def act(self, part, *actions):
        """Do the first of these actions that the part has."""
        found = self._ask(part[0], part[1], "GetActions", interface=_ACTION)
        names = [names[0].lower() for names in (found[0] if found else ())]
        index = next(names.index(action) for action in actions if action in names)
        return self._ask(part[0], part[1], "DoAction", "i", (index,), interface=_ACTION) == (True,)

    def write(self, part, text):
        return self._ask(part[0], part[1], "SetTextContents", "s", (text,), interface=_EDITABLE) == (True,)

    def read(self, part):
        return (self._ask(part[0], part[1], "GetText", "ii", (0, -1), interface=_TEXT) or ("",))[0]

    def walk(self, process):
        """Read everything once; a part that goes meanwhile is passed over."""
        applications = self._ask("org.a11y.atspi.Registry", _ROOT, "GetChildren") or ([],)
        waiting = [part for part in applications[0] if self._process(part[0]) == process]
        read = 0
        while waiting and read < _MOST:
            name, path = waiting.pop()
            read += 1
            self.names.add(self._property(name, path, "Name") or "")
            for question in ("GetState", "GetInterfaces", "GetAttributes"):
                self._ask(name, path, question)
            gone = self._ask(name, path, "GetChildAtIndex", "i", (99,))
            if gone is not None:
                self.asked_for_99 += 1
            children = self._ask(name, path, "GetChildren")
            waiting += [child for child in (children[0] if children else ()) if child[1] != _NULL]
        self.parts += read


