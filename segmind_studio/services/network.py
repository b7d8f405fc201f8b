"""Whether there is a network, and when this computer wakes: what makes the watching of the runs go on at once.

Asking the service itself is not done here; `run_watch.py` does it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.steady import steady_now
from segmind_studio.services.accounts import AccountService
from segmind_studio.services.network_system import SystemNetwork
from segmind_studio.services.runs import RunService, WatchState

LOOK_EVERY_S = 30.0
SLEEP_S = 30.0  # a look that comes this much too late comes after sleep


class NetworkWatch(QObject):
    """Tell whether there is a network, and let runs and credits be asked for when it is back. GUI thread.

    What came last counts: the operating system's word, or a check of the runs that got through. Where the system
    says nothing, a check that could not leave this computer means: offline. For a service on this computer none
    of this matters. `clock` gives seconds, and goes on while the computer sleeps.

    Signals:
        changed(object): True, False (offline), or None while nobody can tell or it does not matter.
    """

    changed = Signal(object)

    def __init__(
        self, runs: RunService, accounts: AccountService, system: SystemNetwork, parent: QObject | None = None, *,
        clock: Callable[[], float] = steady_now,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._accounts = accounts
        self._system = system
        self._clock = clock
        self._heard: bool | None = None  # from the system
        self._tried: bool | None = None  # from the checks, since the system last said something new
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
        """Give what `changed` last told."""
        return self._online

    def start(self) -> None:
        """Begin to listen to the system; call it after the first paint."""
        self._looked_at = self._clock()
        self._timer.start()
        self._system.start()

    def stop(self) -> None:
        """Listen no more."""
        self._timer.stop()
        self._system.stop()

    @Slot()
    def look(self) -> None:
        """Find out whether the computer slept since the last look: the clock went on, our timer did not."""
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
        """Learn from a check that ended, once."""
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
        if not (limited and (watch.next_at or 0.0) > self._clock()):  # it asked for quiet
            self._accounts.refresh_credits()
