"""Run a command inside a throw-away Linux desktop: a screen, a session bus, a window manager, a keyring.

    python3 packaging/desktop_session.py [--size WxH] [--keyring unlocked|locked|absent] [--bare]
        [--notify dunst|absent] -- COMMAND

Everything it starts is ended by process id when the command ends, and the exit code is the command's.
Several may run side by side. Standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Self

SYSTEM_SERVICES = Path("/usr/share/dbus-1/services")
ACCESSIBILITY_LAUNCHERS = (
    Path("/usr/libexec/at-spi-bus-launcher"),
    Path("/usr/lib/at-spi2-core/at-spi-bus-launcher"),
)
KEYRING_PASSWORD = b"test"
START_LIMIT_S = 20.0
END_LIMIT_S = 3.0
_CHILD_SUBREAPER = 36  # prctl: orphans of our children become ours, so they can be found and ended
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><servicedir>{services}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""


class SessionError(Exception):
    """A part of the desktop did not start; the message names it."""


class DesktopSession:
    """Start a desktop on entering and end it on leaving; `environment` is for programs inside it.

    `keyring`: "unlocked" answers at once, "locked" asks with a prompt, "absent" is not there at all. `bare` leaves
    out the keyring and the accessibility bus. `notify`: "dunst" shows notifications on the screen, "absent" starts
    no notification service. The process must do nothing else: all its child processes are ended on leaving.
    """

    def __init__(
        self, size: str = "1920x1200", keyring: str = "unlocked", *, bare: bool = False, notify: str = "absent",
    ) -> None:
        self._size = size
        self._keyring = "absent" if bare else keyring
        self._bare = bare
        self._notify = notify
        self._folder = Path(tempfile.mkdtemp(prefix="desktop-session-"))
        self._started: list[subprocess.Popen[bytes]] = []
        self.environment = self._plain_environment()

    def __enter__(self) -> Self:
        try:
            self._start_screen()
            self._start_bus()
            self._start_window_manager()
            self._start_keyring()
            if not self._bare:
                self._start_accessibility()
            if self._notify == "dunst":
                self._start("dunst")
                self._wait_for_name("org.freedesktop.Notifications")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def run(self, command: Sequence[str]) -> int:
        """Run a command inside and return its exit code."""
        process = subprocess.Popen(command, env=self.environment)
        with _passed_on(process):
            code = process.wait()
        return code if code >= 0 else 128 - code

    # -- the parts

    def _plain_environment(self) -> dict[str, str]:
        unwanted = {
            "WAYLAND_DISPLAY", "XAUTHORITY", "SESSION_MANAGER", "DESKTOP_SESSION", "GNOME_KEYRING_CONTROL",
            "SSH_AUTH_SOCK", "QT_QPA_PLATFORM", "XDG_CURRENT_DESKTOP", "KDE_FULL_SESSION", "DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
        }
        environment = {name: value for name, value in os.environ.items() if name not in unwanted}
        home = self._folder / "home"
        places = {
            "XDG_CONFIG_HOME": home / ".config", "XDG_DATA_HOME": home / ".local" / "share",
            "XDG_CACHE_HOME": home / ".cache", "XDG_STATE_HOME": home / ".local" / "state",
            "XDG_RUNTIME_DIR": self._folder / "run",
        }
        for place in places.values():
            place.mkdir(parents=True, mode=0o700)
        environment |= {name: str(place) for name, place in places.items()}
        return environment | {"HOME": str(home), "XDG_SESSION_TYPE": "x11"}

    def _start_screen(self) -> None:
        with _Answer() as answer:
            self._start(
                "Xvfb", "-displayfd", str(answer.write_end), "-screen", "0", f"{self._size}x24",
                "-nolisten", "tcp", "-noreset", keep=answer.write_end,
            )
            self.environment["DISPLAY"] = f":{answer.line('Xvfb')}"

    def _start_bus(self) -> None:
        services = self._folder / "services"
        services.mkdir()
        for name in self._known_services():
            (services / name.name).symlink_to(name)
        config = self._folder / "bus.conf"
        socket = self._folder / "run" / "bus"
        config.write_text(_BUS.format(socket=socket, services=services), encoding="utf-8")
        with _Answer() as answer:
            self._start(
                "dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                f"--print-address={answer.write_end}", keep=answer.write_end,
            )
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = answer.line("dbus-daemon")

    def _known_services(self) -> list[Path]:
        """Return the services that the bus may start: the accessibility bus, and the keyring's own prompt."""
        wanted = [] if self._bare else ["org.a11y.*.service"]
        if self._keyring == "locked":
            wanted.append("org.gnome.keyring.*.service")
        return [file for pattern in wanted for file in SYSTEM_SERVICES.glob(pattern)]

    def _start_window_manager(self) -> None:
        pipe = self._folder / "managed"
        os.mkfifo(pipe)
        end = os.open(pipe, os.O_RDWR)
        try:
            self._start("openbox", "--sm-disable", "--startup", f"sh -c 'echo ready >{pipe}'")
            _read_line(end, "openbox")
        finally:
            os.close(end)

    def _start_keyring(self) -> None:
        """Start the Secret Service; its password creates and unlocks the login keyring."""
        if self._keyring == "absent":
            return
        daemon = ("gnome-keyring-daemon", "--foreground", "--components=secrets")
        first = self._start(*daemon, "--unlock", given=KEYRING_PASSWORD)
        self._wait_for_name("org.freedesktop.secrets")
        if self._keyring == "locked":
            first.terminate()
            first.wait(START_LIMIT_S)
            self._started.remove(first)
            self._start(*daemon)
            self._wait_for_name("org.freedesktop.secrets")

    def _start_accessibility(self) -> None:
        self.environment |= {"QT_ACCESSIBILITY": "1", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        self.environment.pop("NO_AT_BRIDGE", None)
        launcher = next((path for path in ACCESSIBILITY_LAUNCHERS if path.exists()), None)
        if launcher is None:
            raise SessionError("at-spi-bus-launcher is not installed.")
        self._start(str(launcher), "--launch-immediately")
        self._wait_for_name("org.a11y.Bus")

    # -- starting and ending

    def _start(self, program: str, *arguments: str, keep: int = -1, given: bytes = b"") -> subprocess.Popen[bytes]:
        log = (self._folder / f"{Path(program).name}.log").open("ab")
        with log:
            try:
                process = subprocess.Popen(
                    (program, *arguments), env=self.environment, stdout=log, stderr=log,
                    stdin=subprocess.PIPE if given else subprocess.DEVNULL,
                    pass_fds=() if keep < 0 else (keep,), start_new_session=True,
                )
            except FileNotFoundError as error:
                raise SessionError(f"{program} is not installed.") from error
        self._started.append(process)
        if process.stdin:
            with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(given)
        return process

    def _wait_for_name(self, name: str) -> None:
        """Ask the bus until a service is there; the services send no other sign that they are ready."""
        question = (
            "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner", f"string:{name}",
        )
        clock, end = threading.Event(), time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            done = subprocess.run(question, env=self.environment, capture_output=True, text=True, check=False)
            if "boolean true" in done.stdout:
                return
            clock.wait(0.02)
        raise SessionError(f"{name} did not start.\n{self.logs()}")

    def logs(self) -> str:
        """Return the ends of the parts' logs, for a person who looks for a cause."""
        files = sorted(self._folder.glob("*.log"))
        return "\n".join(f"--- {file.stem}\n{file.read_text(errors='replace')[-1000:]}" for file in files)

    def _end(self) -> None:
        for process in reversed(self._started):
            process.terminate()
        end = time.monotonic() + END_LIMIT_S
        for process in self._started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
        while left := _below(os.getpid()):
            for number in left:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(number, signal.SIGKILL)
                    os.waitpid(number, 0)
        shutil.rmtree(self._folder, ignore_errors=True)


class _Answer:
    """A pipe on which a starting program writes one line when it is ready."""

    def __enter__(self) -> Self:
        self._read_end, self.write_end = os.pipe()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._read_end)
        os.close(self.write_end)

    def line(self, program: str) -> str:
        """Wait for the line and return it."""
        return _read_line(self._read_end, program)


def _read_line(end: int, program: str) -> str:
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([end], [], [], START_LIMIT_S)
        if not ready:
            raise SessionError(f"{program} did not start.")
        text += os.read(end, 1024)
    return text.decode().strip()


@contextlib.contextmanager
def _passed_on(process: subprocess.Popen[bytes]) -> Generator[None]:
    """Pass a stop signal on to the command, so that everything else is still ended after it."""
    def stop(number: int, _frame: object) -> None:
        process.send_signal(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _below(parent: int) -> list[int]:
    """Return the processes below ours; those whose own parent has ended have become our children."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
            parents[int(entry.parent.name)] = int(fields[1])
    found: list[int] = []
    newest = [parent]
    while newest:
        newest = [number for number, above in parents.items() if above in newest]
        found += newest
    return found


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Run a command inside a throw-away desktop.")
    parser.add_argument("--size", default="1920x1200", metavar="WxH")
    parser.add_argument("--keyring", choices=("unlocked", "locked", "absent"), default="unlocked")
    parser.add_argument("--bare", action="store_true", help="no keyring, no accessibility bus")
    parser.add_argument("--notify", choices=("dunst", "absent"), default="absent")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        with DesktopSession(given.size, given.keyring, bare=given.bare, notify=given.notify) as session:
            return session.run(given.command)
    except SessionError as error:
        print(f"desktop-session: {error}", file=sys.stderr)
        return 70


if __name__ == "__main__":
    sys.exit(main())
