"""Use the Linux packages as a stranger would: in a Debian where nothing was ever installed, and from any folder.

`deb` needs root and debootstrap, see `bare_machine`; what was seen lies in build/package-test.
Standard library only.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import bare_machine
import package_facts
import package_linux
import system_packages
from package_facts import BUILD, DIST, NAME, SUMS, deb_name, tar_name
from python_environment import BUILD_LOCK, ROOT, RUN_LOCK, Environment
from system_packages import SetupError

SEEN = ROOT / "build" / "package-test"
SESSION = (sys.executable, str(ROOT / "packaging" / "desktop_session.py"), "--bare", "--size", "1600x1000", "--")
TOOLS = {
    "lintian": "program:lintian", "desktop-file-utils": "program:desktop-file-validate",
    "appstream": "program:appstreamcli", "xdotool": "program:xdotool",
}
IN_THE_ROOT = ("dbus-daemon", "fonts-dejavu-core", "openbox", "xauth", "xvfb")  # the package asks for the rest
MOST_PACKED = 40_000_000  # bytes
MOST_START = 1.2  # of the start from the source tree
STARTS = 5
OLDER = "0.0.1"
_MARK = "usr/lib/segmind-studio/only-in-the-older"
_USER = "anna"
_DATA = f"/home/{_USER}/studio"
_SELF_TEST_S = 300
_WINDOW_S = 60
_SCREENS = itertools.count(700 + os.getpid() % 200)  # a new one each time; the host's are heard in the machine too
_LOOK_EVERY_S = 0.02


class Report:
    """What was checked, as lines; the exit code is 0 when all of it holds."""

    def __init__(self) -> None:
        self._failed: list[str] = []

    def tell(self, holds: bool, words: str) -> None:  # noqa: FBT001  # it reads as "tell that"
        """Print a line, and keep it when it does not hold."""
        print(f"{'passed' if holds else 'FAILED'}  {words}", flush=True)
        if not holds:
            self._failed.append(words)

    def run(self, words: str, command: Sequence[str], *, limit_s: float = 900) -> bool:
        """Run a command; what it says is shown when it fails, and kept in `SEEN`."""
        log = SEEN / f"{''.join(c if c.isalnum() else '-' for c in words.lower())[:60]}.log"
        try:
            done = subprocess.run(
                list(command), input="", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,  # Wine wants pipes
                text=True, errors="replace", check=False, timeout=limit_s,
            )
            said, holds = done.stdout, done.returncode == 0
        except subprocess.TimeoutExpired:
            said, holds = f"It did not end within {limit_s} s", False
        log.write_text(f"{shlex.join(command)}\n\n{said}", encoding="utf-8")
        if not holds:
            print(said[-4000:], flush=True)
        self.tell(holds, words)
        return holds

    def end(self) -> int:
        """Print what failed; returns the exit code."""
        print("\n".join(["", "Failed:", *self._failed]) if self._failed else "\nAll of it holds.")
        return 1 if self._failed else 0


def test_deb() -> int:
    """Lint the .deb, install it over an older one in a clean Debian, use and purge it; returns the exit code."""
    system_packages.ensure({**system_packages.WINDOW, **system_packages.SCREEN, **TOOLS})
    package_facts.fresh(SEEN)
    deb = _made(deb_name(package_facts.version()))
    report = Report()
    with tempfile.TemporaryDirectory(prefix="package-test-") as place:
        root = Path(place) / "root"
        subprocess.run(["dpkg-deb", "--extract", str(deb), str(root)], check=True)
        _sizes(report, deb, root)
        _start(report, [str(root / package_linux.HOME / NAME)])
        older = Path(place) / f"{NAME}_{OLDER}.deb"
        _pack_older(root, deb, older)
        with bare_machine.debian(ROOT / "build" / "package-machine", ()) as machine:
            _in_machine(report, machine, deb, older)
        _lint(report, deb, root)
    return report.end()


def test_tar() -> int:
    """Unpack the portable archive into a folder with a difficult name and use it there; returns the exit code."""
    system_packages.ensure({**system_packages.WINDOW, **system_packages.SCREEN, **TOOLS})
    SEEN.mkdir(parents=True, exist_ok=True)
    name = tar_name(package_facts.version())
    packed = _made(f"{name}.tar.xz")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="package test ü ") as place:
        with tarfile.open(packed) as opened:
            opened.extractall(place)  # noqa: S202  # our own
        program = Path(place) / name / NAME
        tested = [*SESSION, str(program), "--self-test", "--verbose"]
        report.run("portable: --self-test", tested, limit_s=_SELF_TEST_S)
        before = _state(Path(place) / name)
        report.run("portable: a second time", [*SESSION, str(program), "--self-test"], limit_s=_SELF_TEST_S)
        report.tell(_state(Path(place) / name) == before, "portable: the program writes nothing beside itself")
    report.run("SHA256SUMS", ["sh", "-c", f"cd {shlex.quote(str(DIST))} && sha256sum --check {SUMS}"])
    print(f"Packed {packed.stat().st_size / 1e6:.1f} MB")
    return report.end()


def _lint(report: Report, deb: Path, root: Path) -> None:
    share = root / "usr/share"
    report.run("lintian", ["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0",
                           str(deb)])
    report.run("desktop-file-validate", ["desktop-file-validate", str(share / f"applications/{NAME}.desktop")])
    report.run("appstreamcli validate",
               # The project has no domain of its own, by which a component would be named.
               ["appstreamcli", "validate", "--no-net", "--override=cid-desktopapp-is-not-rdns=info",
                str(share / f"metainfo/{NAME}.metainfo.xml")])


def _sizes(report: Report, deb: Path, root: Path) -> None:
    packed = deb.stat().st_size
    unpacked = sum(file.lstat().st_size for file in root.rglob("*") if not file.is_dir())
    report.tell(packed <= MOST_PACKED, f"packed {packed / 1e6:.1f} MB (at most {MOST_PACKED / 1e6:.0f}), "
                                       f"unpacked {unpacked / 1e6:.1f} MB")


def _start(report: Report, program: list[str]) -> None:
    """Compare the time until the window is on the screen with that of the source tree, in turns."""
    studio = Environment(ROOT / "build" / "package-source-environment")
    studio.make()
    studio.install([RUN_LOCK, BUILD_LOCK], project=True)
    command = [*SESSION, sys.executable, str(Path(__file__)), str(STARTS), *program, "--",
               str(studio.python), "-P", "-m", "segmind_studio"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packed, source = map(float, told.stdout.split())
    except ValueError:
        report.tell(False, f"the start could not be measured: {told.stderr[-1500:]}")
        return
    words = (
        f"start {packed:.2f} s, from the source {source:.2f} s: {packed / source:.2f} (at most {MOST_START}), "
        f"medians of {STARTS}"
    )
    report.tell(packed <= MOST_START * source, words)


def _pack_older(root: Path, deb: Path, target: Path) -> None:
    """Pack the same program as an older version, with one file that the newer does not have."""
    field = ["dpkg-deb", "--field", str(deb), "Depends"]
    asked = subprocess.run(field, capture_output=True, text=True, check=True)
    depends = [word.strip() for word in asked.stdout.split(",")]
    (root / _MARK).write_text("An upgrade removes this.\n", encoding="ascii")
    BUILD.mkdir(parents=True, exist_ok=True)
    package_linux.nfpm("deb", root, OLDER, depends, target)


def _in_machine(report: Report, machine: Path, deb: Path, older: Path) -> None:
    for file in (deb, older):
        shutil.copy(file, machine / "root" / file.name)
    apt = ["apt-get", "-y", "-o", "APT::Sandbox::User=root"]
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", *apt]

    def inside(words: Sequence[str]) -> list[str]:
        return bare_machine.inside(machine, words, folder="/root")

    if not report.run("the clean Debian's lists", inside([*quiet, "update"])):
        return
    report.run("a screen for it", inside([*quiet, "install", "--no-install-recommends", *IN_THE_ROOT]))
    report.run("an ordinary user", inside(["useradd", "--create-home", "--shell", "/bin/sh", _USER]))
    before = _ours(machine)
    report.run(f"install {OLDER}", inside([*quiet, "install", "--no-install-recommends", f"./{older.name}"]))
    report.tell((machine / _MARK).exists(), f"{OLDER} is there")
    first = inside(_as_user(f"{NAME} --self-test --data-dir {_DATA}"))
    report.run(f"{OLDER}: the main job", first, limit_s=_SELF_TEST_S)
    runs, models = _kept(machine)
    report.run("upgrade", inside([*quiet, "install", "--no-install-recommends", f"./{deb.name}"]))
    report.tell(not (machine / _MARK).exists(), "the upgrade removed what only the older had")
    same = _kept(machine) == (runs, models) and runs == 1
    report.tell(same, f"the upgrade kept the data: {runs} run, its model")
    report.run("--version", inside(["sh", "-c", f"{NAME} --version | grep -F {package_facts.version()}"]))
    report.run("no display: told in words", inside(["sh", "-c", f"! {NAME} 2>&1 | grep -vF 'no display'"]))
    tested = inside(_as_user(f"{NAME} --self-test --verbose --data-dir {_DATA}"))
    report.run("the main job again, on the kept data", tested, limit_s=_SELF_TEST_S)
    report.tell(_kept(machine)[0] == runs + 1, "the new run stands beside the old one")
    tour = f"{NAME} --tour /home/{_USER}/tour"
    report.run("the tour, with pictures", inside(_as_user(tour)), limit_s=_SELF_TEST_S)
    with contextlib.suppress(FileNotFoundError):
        shutil.copytree(machine / f"home/{_USER}/tour", SEEN / "tour", dirs_exist_ok=True)
    report.run("purge", inside([*quiet, "purge", NAME]))
    left = sorted(_ours(machine) - before)
    report.tell(not left, f"purge leaves nothing of its own{': ' + ', '.join(left[:10]) if left else ''}")
    report.tell(_kept(machine)[0] == runs + 1, "purge leaves what is the user's")


def _as_user(command: str) -> list[str]:
    """Return the command that runs another as the ordinary user, on a screen with a window manager."""
    number = next(_SCREENS)
    inner = f"openbox & {command}; code=$?; kill $!; exit $code"
    return [
        "runuser", "-u", _USER, "--", "env", f"HOME=/home/{_USER}", "LANG=C.UTF-8",
        "xvfb-run", "-n", str(number), "-s", "-screen 0 1600x1000x24", "dbus-run-session", "--", "sh", "-c", inner,
    ]


def _kept(machine: Path) -> tuple[int, tuple[str, ...]]:
    """Return how many runs the user's journal holds, and the names of the models beside it."""
    data = machine / _DATA.lstrip("/")
    models = tuple(sorted(file.name for file in data.rglob("*.safetensors")))
    try:
        journal = sqlite3.connect(f"file:{data / 'data/studio.sqlite3'}?mode=ro", uri=True)
        with contextlib.closing(journal) as database:
            return int(database.execute("select count(*) from run").fetchone()[0]), models
    except sqlite3.Error as error:
        print(f"The journal cannot be read: {error}")
        return -1, models


def _ours(machine: Path) -> set[str]:
    """Return the files of the machine, outside of homes, whose path or content of lists names the program."""
    skipped = {machine / name for name in ("proc", "sys", "dev", "home", "root", "tmp")}
    found: set[str] = set()
    for folder, folders, files in os.walk(machine):
        folders[:] = [name for name in folders if Path(folder, name) not in skipped]
        found |= {str(Path(folder, name).relative_to(machine)) for name in files + folders if NAME in name}
    lists = machine / "usr/share/applications/mimeinfo.cache"
    if lists.exists() and NAME in lists.read_text(encoding="utf-8", errors="replace"):
        found.add(str(lists.relative_to(machine)))
    return {name for name in found if not name.startswith("var/log/") and "var/cache/apt" not in name}


def _state(folder: Path) -> dict[str, int]:
    return {str(file): file.lstat().st_mtime_ns for file in folder.rglob("*") if not file.is_dir()}


def _made(name: str) -> Path:
    if not (DIST / name).is_file():
        raise SetupError(f"dist/{name} is not there. Make it first: python3 packaging/dev.py package …")
    return DIST / name


def _measured(arguments: Sequence[str]) -> None:
    """Start two programs in turns on this screen; print the medians of seconds until their windows are there."""
    starts, words = int(arguments[0]), list(arguments[1:])
    programs = [words[: words.index("--")], words[words.index("--") + 1 :]]
    times: list[list[float]] = [[], []]
    for turn in range(starts + 1):
        for program, found in zip(programs, times, strict=True):
            seconds = _one_start(program)
            if turn:  # the first one fills the caches
                found.append(seconds)
    print(*(statistics.median(found) for found in times))


def _one_start(program: Sequence[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="package-start-", ignore_cleanup_errors=True) as data:
        begun = time.monotonic()
        with subprocess.Popen(
            [*program, "--practice", "--data-dir", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as studio:
            # The class is the desktop entry's StartupWMClass: by it a desktop finds whose window it is.
            look = ["xdotool", "search", "--onlyvisible", "--class", f"^{NAME}$"]
            try:
                while subprocess.run(look, capture_output=True, check=False).returncode:
                    if time.monotonic() - begun > _WINDOW_S:
                        raise SetupError(f"No window of the class {NAME} came within {_WINDOW_S} s")
                    threading.Event().wait(_LOOK_EVERY_S)
                seconds = time.monotonic() - begun
            finally:
                studio.kill()  # leaving in order is measured nowhere
        return seconds


if __name__ == "__main__":
    _measured(sys.argv[1:])
