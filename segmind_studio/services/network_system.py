"""What the operating system says of the network, where it says anything."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot


class SystemNetwork(QObject):
    """Listen to Qt's network information; without a backend for it nothing is ever told. GUI thread.

    Signals:
        changed(object): True when there is a way to the internet, False when there is no network at all, None when
            it is not known: only the local network can be reached, or a log-in page may stand between.
    """

    changed = Signal(object)

    def start(self) -> None:
        """Begin, and tell the present state; takes some 20 ms, so call it after the first paint."""
        from PySide6.QtNetwork import QNetworkInformation  # noqa: PLC0415  # not before the first paint

        if not QNetworkInformation.loadDefaultBackend():
            return
        information = QNetworkInformation.instance()
        if not information.supports(QNetworkInformation.Feature.Reachability):
            return
        information.reachabilityChanged.connect(self._tell)
        self._tell(information.reachability())

    def stop(self) -> None:
        """Tell nothing more."""
        self.blockSignals(True)

    @Slot(object)
    def _tell(self, reachability: object) -> None:
        self.changed.emit(known(getattr(reachability, "name", "")))


def known(reachability: str) -> bool | None:
    """Give what the name of a `QNetworkInformation.Reachability` says for a service on the internet."""
    return {"Online": True, "Disconnected": False}.get(reachability)
