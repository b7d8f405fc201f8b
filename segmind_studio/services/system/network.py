"""Detect the network and the wake-up of this computer: after both the run poller polls at once.

No request to Segmind is made here; `run_poller` does that.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from segmind_studio.clock import monotonic_epoch
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.runs.run_service import RunService, WatchState


class SystemNetwork(QObject):
    """Listen to Qt's network information; without a backend nothing is ever emitted. GUI thread.

    Signals:
        changed(object): True when there is a way to the internet, False when there is no network at all, None when
            it is not known: only the local network can be reached, or a log-in page may stand between.
    """

    changed = Signal(object)

    def start(self) -> None:
        """Start, and emit the present state. Takes about 20 ms, so call it after the first paint."""
        from PySide6.QtNetwork import QNetworkInformation  # noqa: PLC0415  # not before the first paint

        if not QNetworkInformation.loadDefaultBackend():
            return
        information = QNetworkInformation.instance()
        if not information.supports(QNetworkInformation.Feature.Reachability):
            return
        information.reachabilityChanged.connect(self._emit_reachability)
        self._emit_reachability(information.reachability())

    def stop(self) -> None:
        """Emit nothing more."""
        self.blockSignals(True)

    @Slot(object)
    def _emit_reachability(self, reachability: object) -> None:
        self.changed.emit(known(getattr(reachability, "name", "")))


def known(reachability: str) -> bool | None:
    """Return what a `QNetworkInformation.Reachability` name means for a service on the internet, see `changed`."""
    return {"Online": True, "Disconnected": False}.get(reachability)


LOOK_EVERY_S = 30.0
SLEEP_S = 30.0  # a timer that is this much too late fired after sleep


class NetworkWatch(QObject):
    """Report whether there is a network, and have runs and credits requested when it is back. GUI thread.

    The newest source counts: the operating system's report, or a successful check of the runs. If the system
    reports nothing, a check that could not leave this computer means: offline. For a service on this computer none
    of this matters. `clock` returns seconds, and continues while the computer sleeps.

    Signals:
        changed(object): True, False (offline), or None while it is not known or does not matter.
    """

    changed = Signal(object)

    def __init__(
        self, runs: RunService, accounts: AccountService, system: SystemNetwork, parent: QObject | None = None, *,
        clock: Callable[[], float] = monotonic_epoch,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._accounts = accounts
        self._system = system
        self._clock = clock
        self._heard: bool | None = None  # from the system
        self._tried: bool | None = None  # from the checks, since the last new report of the system
        self._seen: tuple[float | None, StudioError | None] = (None, None)
        self._online: bool | None = None
        self._looked_at = clock()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(int(LOOK_EVERY_S * 1000))
        self._timer.timeout.connect(self.look)
        system.changed.connect(self._take_system)
        runs.watch_changed.connect(self._take_watch)
        accounts.changed.connect(self._publish)

    @property
    def online(self) -> bool | None:
        """Return the value that `changed` emitted last."""
        return self._online

    def start(self) -> None:
        """Start to listen to the system; call it after the first paint."""
        self._looked_at = self._clock()
        self._timer.start()
        self._system.start()

    def stop(self) -> None:
        """Stop listening."""
        self._timer.stop()
        self._system.stop()

    @Slot()
    def look(self) -> None:
        """Detect a sleep since the last timer tick: the clock continued, our timer did not."""
        now = self._clock()
        slept = now - self._looked_at > LOOK_EVERY_S + SLEEP_S
        self._looked_at = now
        if slept:
            self._resume()

    @Slot(object)
    def _take_system(self, heard: bool | None) -> None:  # noqa: FBT001  # a Qt slot
        if heard is self._heard:
            return
        back = heard is not False and False in {self._heard, self._tried}
        self._heard, self._tried = heard, None
        self._publish()
        if back and self._matters():
            self._resume()

    @Slot(object)
    def _take_watch(self, watch: WatchState) -> None:
        """Use the result of a check that ended, once."""
        if watch.checking or (watch.checked_at, watch.error) == self._seen:
            return
        error = watch.error
        self._seen = (watch.checked_at, error)
        before = self._tried
        if error is None:
            self._tried = None if watch.checked_at is None else True
        elif isinstance(error, ApiError) and error.problem is ApiProblem.OFFLINE:
            self._tried = False
        elif isinstance(error, ApiError) and error.http_status:
            self._tried = True
        self._publish()
        if before is False and self._tried and error is None:
            self._accounts.refresh_credits()

    def _matters(self) -> bool:
        connection = self._accounts.state.connection
        return connection is not None and not connection.loopback

    @Slot()
    def _publish(self) -> None:
        online = self._tried if self._tried or self._heard is None else self._heard
        if not self._matters():
            online = None
        if online is not self._online:
            self._online = online
            self.changed.emit(online)

    def _resume(self) -> None:
        self._runs.resume()
        watch = self._runs.watch
        error = watch.error
        limited = isinstance(error, ApiError) and error.problem is ApiProblem.RATE_LIMITED
        if not (limited and (watch.next_at or 0.0) > self._clock()):  # no request before that time
            self._accounts.refresh_credits()
