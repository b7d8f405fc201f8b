"""A desktop's tray: own the watcher of StatusNotifierItems, and say `item NAME PATH` of each one that comes."""

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_error

NAME = "org.kde.StatusNotifierWatcher"
PLACE = DBusAddress("/StatusNotifierWatcher", NAME, NAME)
ITEM = "/StatusNotifierItem"


class Watcher:
    """Answer what Qt asks of a tray."""

    def __init__(self):
        self._connection = open_dbus_connection()
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))
        self._items = []

    def serve(self):
        while True:
            message = self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, message):
        fields = message.header.fields
        properties = {
            "IsStatusNotifierHostRegistered": ("b", True), "ProtocolVersion": ("i", 0),
            "RegisteredStatusNotifierItems": ("as", self._items),
        }
        match fields[HeaderFields.member]:
            case "Get":
                return new_method_return(message, "v", (properties[message.body[1]],))
            case "GetAll":
                return new_method_return(message, "a{sv}", (properties,))
            case "RegisterStatusNotifierItem":
                given = message.body[0]
                owner, path = (fields[HeaderFields.sender], given) if given.startswith("/") else (given, ITEM)
                self._items.append(owner)
                self._connection.send(new_signal(PLACE, "StatusNotifierItemRegistered", "s", (owner,)))
                print("item", owner, path, flush=True)
                return new_method_return(message)
            case _:
                return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")


if __name__ == "__main__":
    watcher = Watcher()
    print("ready", flush=True)
    watcher.serve()
