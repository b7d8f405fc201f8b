"""The longest turn of the GUI thread's event loop, and what held it. It imports nothing of the app.

The watchdog samples the GUI thread each time that has worked for some milliseconds: a timer of Linux on the
thread's own clock interrupts it, and `faulthandler` writes its stack from there. That needs no interpreter lock,
keeps no frame alive, and never reads a stack that moves: dumps from another thread crash at times. Of a turn's
samples, the commonest names what held it: the outermost function of the app, where the turn came in, and the
innermost, where it was.
"""

import ctypes
import faulthandler
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePath

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QObject, Qt, QTimer, Slot

from tests.fakes.typed import known

QUIET_MS = 400  # without a turn longer than 5 ms: the step is over
LONG_TURN_S = 0.005
LONGEST_STEP_S = 60.0
BEAT_MS = 4
SAMPLE_NS = 4_000_000  # of work of the thread between two samples
_SIGEV_THREAD_ID = 4  # of Linux
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)
_AROUND = ("launch.py", "__main__.py", "guarded.py")  # around everything
_LOOPS = frozenset({"exec", "_run", "main"})
QT_ITSELF = "Qt: layout, painting"


class Watchdog(QObject):
    """Sample what works, and measure by the clock how late the event loop is. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile("w+b", buffering=0)  # noqa: SIM115  # open as long as this lives
        self._last = time.perf_counter()
        self.latest = 0.0  # seconds between two beats, by the clock
        self._beats = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beats.timeout.connect(self._beat)
        self._beats.start()
        if sys.platform == "linux":
            signal.signal(signal.SIGPROF, signal.SIG_IGN)  # which comes back at the end of the process
            faulthandler.register(signal.SIGPROF, self._file, all_threads=False)
            _sample_this_thread()

    def stop(self) -> None:
        self._beats.stop()
        if sys.platform == "linux":
            faulthandler.unregister(signal.SIGPROF)  # the timer itself ends with the process
        self._file.close()

    def taken(self) -> bytes:
        """Return the samples since the last call."""
        self._file.seek(0)
        found = self._file.read()
        if found:
            self._file.seek(0)
            self._file.truncate()
        return found

    def held(self, samples: bytes) -> str:
        """Name what most of these samples show; "" without one."""
        stacks = samples.decode(errors="replace").split("Stack (")[1:]
        seen = Counter(_place(_FRAME.findall(stack)) for stack in stacks)
        return seen.most_common(1)[0][0] if seen else ""

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.latest = max(self.latest, now - self._last - BEAT_MS / 1000)
        self._last = now


class Turns(QObject):
    """Measure each turn of the event loop between two waits; a step is over after `quiet` milliseconds."""

    def __init__(self, quiet: int = QUIET_MS, watchdog: Watchdog | None = None) -> None:
        super().__init__()
        self._loop = QEventLoop()
        self._quiet = QTimer(self, singleShot=True, interval=quiet)
        self._quiet.timeout.connect(self._loop.quit)
        self._begun = time.thread_time()
        self._longest = 0.0
        self._watchdog = watchdog
        self._held = self._samples = b""
        dispatcher = known(QAbstractEventDispatcher.instance())
        dispatcher.aboutToBlock.connect(self._end)  # once a turn; that of GLib works between it and `awake`

    @property
    def longest(self) -> float:
        """Return the milliseconds of the longest turn since the step began."""
        return 1000 * self._longest

    @property
    def held(self) -> str:
        """Return what held the longest turn; "" without a watchdog, or where it did not take long."""
        return self._watchdog.held(self._held) if self._watchdog is not None else ""

    def begin(self) -> None:
        """Begin a step that is done elsewhere."""
        self._longest, self._held = 0.0, b""
        self._look()
        self._begun, self._samples = time.thread_time(), b""

    def one(self, step: Callable[[], object], ended: Callable[[], bool] = lambda: True) -> float:
        """Return the longest turn of this step alone."""
        self._longest = 0.0
        return self.of(step, ended)

    def of(self, step: Callable[[], object], ended: Callable[[], bool] = lambda: True) -> float:
        """Run a step, wait for what follows from it; return the milliseconds of the longest turn."""
        limit = time.monotonic() + LONGEST_STEP_S
        self.begin()
        step()
        first = time.thread_time() - self._begun  # with what it leads to, it is one turn
        self._longest, self._held = max(first, 0.0), self._look()
        while True:
            self._quiet.start()
            self._loop.exec()
            if ended() or time.monotonic() > limit:
                return 1000 * self._longest

    def _look(self) -> bytes:
        """Return the samples of this turn until now."""
        if self._watchdog is not None:
            self._samples += self._watchdog.taken()
        return self._samples

    @Slot()
    def _end(self) -> None:
        now = time.thread_time()
        spent, self._begun = now - self._begun, now
        samples, self._samples = self._look(), b""
        if spent > self._longest:
            self._longest, self._held = spent, samples
        if spent > LONG_TURN_S:
            self._quiet.start()


class _Event(ctypes.Structure):
    """`struct sigevent` of Linux."""

    _fields_ = (
        ("value", ctypes.c_void_p), ("signal", ctypes.c_int), ("notify", ctypes.c_int), ("thread", ctypes.c_int),
        ("padding", ctypes.c_char * 44),
    )


def _sample_this_thread() -> None:
    """Let the system send SIGPROF to this thread again and again, by the time that it works."""
    library, timer = ctypes.CDLL(None, use_errno=True), ctypes.c_void_p()
    event = _Event(None, signal.SIGPROF, _SIGEV_THREAD_ID, threading.get_native_id())
    times = (ctypes.c_long * 4)(0, SAMPLE_NS, 0, SAMPLE_NS)  # of the interval and of the first, each in s and ns
    if (
        library.timer_create(time.CLOCK_THREAD_CPUTIME_ID, ctypes.byref(event), ctypes.byref(timer))
        or library.timer_settime(timer, 0, ctypes.byref(times), None)
    ):
        raise OSError(ctypes.get_errno(), "no timer of this thread")


def _place(stack: Sequence[tuple[str, str, str]]) -> str:
    """Name where a turn came into the app and where it was; Qt itself where the app did not run."""
    ours = []
    for file, line, function in stack:
        if "segmind_studio" in PurePath(file).parts and not file.endswith(_AROUND):
            ours.append((PurePath(file).stem, line, function))
        elif ours and function in _LOOPS:
            break  # what is outside this event loop waits for it
    if not ours:
        return QT_ITSELF
    inner, outer = ours[0], ours[-1]
    innermost = f"{inner[0]}.{inner[2]}:{inner[1]}"
    return innermost if inner == outer else f"{outer[0]}.{outer[2]} → {innermost}"
