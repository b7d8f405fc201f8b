"""What every test gets: a home of its own, no way out of this computer, no thread left behind."""

import contextlib
import gc
import ipaddress
import itertools
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from PySide6.QtCore import QLocale, QPoint, QRect, QSize, QThread
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segmind_studio import formats, texts
from segmind_studio.clock import monotonic_seconds
from segmind_studio.languages import LocaleFigures

ON_DESKTOP = "SEGMIND_STUDIO_DESKTOP"  # set by packaging/dev.py, inside the session it starts
DESKTOP_TESTS = Path(__file__).parent / "desktop"
NOT_OURS = frozenset({
    "DBUS_SESSION_BUS_ADDRESS", "QT_ACCESSIBILITY", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "QT_SCALE_FACTOR",
    "PYTHON_KEYRING_BACKEND", "SEGMIND_API_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
})
KEPT_ON_DESKTOP = frozenset({
    "DBUS_SESSION_BUS_ADDRESS", "QT_ACCESSIBILITY", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON",
})
SMALL_SCREEN = QSize(1093, 614)  # 1366 by 768 at 125 %, in logical pixels
LARGER_SCREEN = QSize(1366, 768)
THREAD_END_S = 3.0
OWN_SWITCHES = frozenset({b"--cutouts", b"--look", b"--practice-service"})
LONG_S = 600
EXAMPLES = 40  # of a property; new ones in each run. What guards a promise of the app asks for more by itself

hypothesis.settings.register_profile("studio", deadline=None, print_blob=True, max_examples=EXAMPLES)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("studio"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "studio")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of tests/desktop, which cannot run elsewhere than there; begin with what takes long."""
    items.sort(key=may_take_long, reverse=True)  # all others stay in their random order
    items.sort(key=is_the_longest, reverse=True)
    for item in items:
        if DESKTOP_TESTS in item.path.parents:
            item.add_marker(pytest.mark.desktop)
        if item.get_closest_marker("desktop") and not os.environ.get(ON_DESKTOP):
            item.add_marker(pytest.mark.skip(reason="needs the desktop session of packaging/dev.py test"))


def may_take_long(item: pytest.Item) -> bool:
    """Tell whether a test sets itself a limit of many minutes: begun last, it would run alone at the end."""
    own = item.get_closest_marker("timeout")
    return own is not None and own.args[0] > LONG_S


def is_the_longest(item: pytest.Item) -> bool:
    """Return whether this is the one test of two minutes: it begins before those that are long together."""
    return may_take_long(item) and DESKTOP_TESTS in item.path.parents


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Make what a test has said fit to be sent from the process that ran it: halves of characters cannot be."""
    return without_halves((yield))


def without_halves(data: object) -> object:
    """Return the same data with each half of a pair of surrogates written as its number."""
    match data:
        case str():
            return data.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {without_halves(key): without_halves(value) for key, value in data.items()}
        case list() | tuple():
            return type(data)(map(without_halves, data))
    return data


# -- threads: this fixture is the first, so it looks after all others have cleaned up


COLLECT_ALL_EVERY = 100  # tests
gc.disable()  # as in the app: a round in a worker thread may destroy a QObject of this one, and hang for ever
tests_done = itertools.count(1)


def pytest_collection_finish() -> None:
    """Leave the tests themselves and all modules out of every round: with them a whole one takes a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def garbage_is_collected_here() -> Iterator[None]:
    """Collect cyclic garbage between tests, in the main thread.

    What outlives a whole round is left out of the next ones: what tests keep for each other is millions of things.
    """
    yield
    whole = next(tests_done) % COLLECT_ALL_EVERY == 0
    gc.collect(2 if whole else 1)
    if whole:
        gc.freeze()


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a QThread or a thread running that would keep the app from ending."""
    before = frozenset(threading.enumerate())
    numbers = system_threads()
    yield
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join(THREAD_END_S)
            assert not thread.is_alive(), f"left running: {thread.name}"
    if system_threads() - numbers:
        left = [thread for thread in running_qthreads() if not ended(thread)]
        assert not left, f"left running: {[thread.objectName() or repr(thread) for thread in left]}"


def system_threads() -> frozenset[str]:
    """Return the numbers of this process's threads; looking for QThreads is slow, so first this."""
    tasks = Path("/proc/self/task")
    return frozenset(os.listdir(tasks)) if tasks.is_dir() else frozenset({str(time.monotonic_ns())})  # noqa: PTH208


def running_qthreads() -> list[QThread]:
    """Find the QThreads that run, less the main thread and those of a pool, which end by themselves."""
    app = QApplication.instance()
    found = []
    for thing in gc.get_objects():
        if type(thing).__class__ is type(QThread) and isinstance(thing, QThread):
            try:
                pooled = thing.objectName().startswith("Thread (pooled)")
                mine = app is not None and thing is app.thread()
                if not pooled and not mine and thing is not QThread.currentThread() and not thing.wait(0):
                    found.append(thing)
            except RuntimeError:  # its C++ half is gone, so it cannot run
                continue
    return found


def ended(thread: QThread) -> bool:
    """End a thread for the sake of the next tests; tell whether it was ending by itself."""
    if thread.wait(200):
        return True
    thread.quit()
    thread.wait(int(THREAD_END_S * 1000))
    return False


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    """Fail a test that leaves a process which looks at pictures, or the practice service's."""
    yield
    left = own_children() if has_children() else []
    for number in left:
        os.kill(int(number), signal.SIGKILL)  # for the sake of the next tests, which do not see it any more
        os.waitid(os.P_PID, int(number), os.WEXITED | os.WNOWAIT)
    assert left == []


def has_children() -> bool:
    """Return whether this process has any; looking for those that matter is slow, and without any needless."""
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def own_children() -> list[str]:
    """Return the numbers of the processes that this one started from the app's own program."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if parent == str(os.getpid()) and OWN_SWITCHES.intersection(words):
                found.append(folder.name)
    return found


# -- nothing breaks unseen


class Swallowed(logging.Handler):
    """Collect what `ui.guarded` kept from Qt."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture(autouse=True)
def swallowed() -> Iterator[list[str]]:
    """Fail a test in which an override broke: what is shown instead may look right. A test may clear the list."""
    handler, logger = Swallowed(), logging.getLogger("segmind_studio.ui.guarded")
    logger.addHandler(handler)
    yield handler.texts
    logger.removeHandler(handler)
    assert not handler.texts, handler.texts[0]


# -- a home of its own


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return folders for homes; `mktemp` itself looks at all earlier ones each time."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_home(
    request: pytest.FixtureRequest, homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Keep every test away from the person's files, keyring, bus and proxies; desktop tests keep the bus."""
    home = next(homes)
    home.mkdir()
    for name, place in {
        "HOME": home, "USERPROFILE": home, "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local" / "share", "XDG_CACHE_HOME": home / ".cache",
        "XDG_STATE_HOME": home / ".local" / "state",
    }.items():
        monkeypatch.setenv(name, str(place))
    on_desktop = request.node.get_closest_marker("desktop") is not None
    for name in NOT_OURS - (KEPT_ON_DESKTOP if on_desktop else frozenset()):
        monkeypatch.delenv(name, raising=False)
    if not on_desktop:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/no-bus")
    forget_keyrings()
    return home


def forget_keyrings() -> None:
    """Have the keyring library look anew: it keeps for good what it found on the bus of another test."""
    if keyring := sys.modules.get("keyring"):
        keyring.core._keyring_backend = None
        with contextlib.suppress(KeyError):
            keyring.backend.get_all_keyring.reset()


# -- a clock that stands


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> float:
    """Stop the clocks that ages and waits are told by: on a busy machine "5 s ago" would soon be 6. Gives now."""
    now, since = time.time(), monotonic_seconds()
    monkeypatch.setattr(time, "time", lambda: now)
    if hasattr(time, "clock_gettime"):
        monkeypatch.setattr(time, "clock_gettime", lambda _clock: since)
    return now


# -- no network but loopback


class OutsideError(OSError):
    """Tell that a test tried to leave this computer."""


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse connections to other computers and fail the test; a name that ends in .invalid is just not found."""
    refused: list[str] = []
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(kind: int, address: object) -> None:
        if kind in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple) and not loopback(address[0]):
            refused.append(str(address))
            raise OutsideError(f"Tests do not leave this computer: {address}")

    def guarded_connect(sock: socket.socket, address: Any) -> None:
        check(sock.family, address)
        connect(sock, address)

    def guarded_connect_ex(sock: socket.socket, address: Any) -> int:
        check(sock.family, address)
        return connect_ex(sock, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **more: Any) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not loopback(str(name)):
            if not str(name).endswith(".invalid"):
                refused.append(str(name))
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return getaddrinfo(host, *arguments, **more)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    yield
    assert not refused, f"tried to leave this computer: {refused}"


def loopback(host: str) -> bool:
    """Return whether a host is this computer."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


# -- Qt


PATIENCE_MS = 30_000  # for what comes as soon as it can: on a machine that is busy, that is late
for _wait in ("waitSignal", "waitSignals", "waitUntil", "waitCallback", "waitExposed", "waitActive"):
    getattr(QtBot, _wait).__kwdefaults__["timeout"] = PATIENCE_MS


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """Name the application as the app does, so that nothing of the person's own is read."""
    qapp.setOrganizationName("segmind-studio")
    qapp.setApplicationName("segmind-studio")
    return qapp


def pytest_sessionfinish() -> None:
    """Empty the clipboard while Python is there: Qt's own end deletes what it holds, which calls into Python."""
    if isinstance(app := QApplication.instance(), QApplication):
        app.clipboard().clear()


@pytest.fixture
def german_figures() -> Iterator[None]:
    """Write numbers as German does: with a decimal comma."""
    formats.use(LocaleFigures(QLocale("de")))
    yield
    formats.use(formats.EnglishFigures())


@pytest.fixture(params=["pseudo", "large"], scope="module")
def pseudo_language(qapp, request):
    """Use the pseudo-language, or English in the largest size, and the app's own style: with it the widths are
    those that a person sees. All tests of a module use it, so that both are set once for it.
    """
    from segmind_studio.ui.theme.theme import Theme  # noqa: PLC0415  # for the few tests that use it
    from segmind_studio.ui.theme.tokens import TEXT_SIZES  # noqa: PLC0415

    texts.use([texts.PSEUDO if request.param == "pseudo" else texts.ENGLISH])
    before = qapp.font(), qapp.palette(), qapp.styleSheet()
    theme = Theme(qapp)
    theme.apply("light", 100 if request.param == "pseudo" else TEXT_SIZES[-1])
    room = QRect(QPoint(), SMALL_SCREEN if request.param == "pseudo" else LARGER_SCREEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QScreen, "availableGeometry", lambda _screen: room)
        yield
    theme.setParent(None)
    theme.deleteLater()
    qapp.setFont(before[0])
    qapp.setPalette(before[1])
    qapp.setStyleSheet(before[2])
    texts.use([texts.ENGLISH])


@pytest.fixture
def opened(qtbot):
    """Return a function that lists what is wrong in a dialog that is open, and closes it."""

    from tests.fakes.language_faults import faults  # noqa: PLC0415  # for the few tests that use it

    def judge(dialog, *own):
        qtbot.waitUntil(dialog.isVisible)
        with contextlib.suppress(qtbot.TimeoutError):  # a window manager gives it its size a moment later
            qtbot.waitUntil(lambda: not faults(dialog, *own), timeout=2000)
        found = faults(dialog, *own)
        dialog.close()
        return found

    return judge


os.environ["SEGMIND_STUDIO_LANGUAGE"] = "en"  # of apps that are started, whatever the machine speaks
os.environ["LC_ALL"] = "C.UTF-8"  # Qt warns of others than UTF-8, and writes numbers and dates as they say
if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
