"""Use the Linux packages as a stranger would: in a Debian where nothing was ever installed, and from any folder.

`deb` needs root and debootstrap, see `package_test_debian` and `bare_machine`; `rpm` needs root. What was seen
lies in build/package-test. Standard library only.
"""

from __future__ import annotations

import os
import shlex
import stat
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
import package_rpm
import system_packages
from package_facts import BUILD, DIST, NAME, SUMS, deb_name, tar_name
from package_test_debian import MARK, OLDER, use_in_machine
from package_test_report import SEEN, SELF_TEST_S, SESSION, Report
from python_environment import BUILD_LOCK, ROOT, RUN_LOCK, Environment
from system_packages import SetupError

TOOLS = {
    "lintian": "program:lintian", "desktop-file-utils": "program:desktop-file-validate",
    "appstream": "program:appstreamcli", "xdotool": "program:xdotool",
}
RPM_TOOLS = {"rpm": "program:rpm", "libarchive-tools": "program:bsdtar"}
MOST_PACKED = 40_000_000  # bytes
MOST_START = 1.2  # of the start from the source tree
STARTS = 5
_WINDOW_S = 60
_LOOK_EVERY_S = 0.02


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
            use_in_machine(report, machine, deb, older)
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
        report.run("portable: --self-test", tested, limit_s=SELF_TEST_S)
        before = _state(Path(place) / name)
        report.run("portable: a second time", [*SESSION, str(program), "--self-test"], limit_s=SELF_TEST_S)
        report.tell(_state(Path(place) / name) == before, "portable: the program writes nothing beside itself")
    report.run("SHA256SUMS", ["sh", "-c", f"cd {shlex.quote(str(DIST))} && sha256sum --check {SUMS}"])
    print(f"Packed {packed.stat().st_size / 1e6:.1f} MB")
    return report.end()


def test_rpm() -> int:
    """Read the .rpm with RPM's own tools, install it below a folder, use and erase it; returns the exit code.

    This system has no distribution of RPM's: its libraries are Debian's, so the requirements are not resolved.
    """
    system_packages.ensure({**system_packages.WINDOW, **system_packages.SCREEN, **RPM_TOOLS})
    SEEN.mkdir(parents=True, exist_ok=True)
    packed = _made(package_rpm.rpm_name(package_facts.version()))
    report = Report()
    with tempfile.TemporaryDirectory(prefix="package-rpm-") as place:
        root, other = Path(place) / "root", Path(place) / "other"
        for folder in (root, other):
            folder.mkdir()
        report.run("rpm: its digests", ["rpm", "--checksig", "--nosignature", str(packed)])
        report.run("rpm: what it says of itself", ["rpm", "-qip", str(packed)])
        report.run("rpm: what it requires", ["rpm", "-qp", "--requires", str(packed)])
        unpack = f"rpm2cpio {shlex.quote(str(packed))} | bsdtar -C {shlex.quote(str(other))} -xf -"
        report.run("rpm: unpacked by rpm2cpio", ["sh", "-c", unpack])
        rpm = ["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm", "--nodeps", "--noplugins"]
        report.run("rpm: install below a folder", [*rpm, "--install", str(packed)])
        report.tell(_files(other) == _files(root, "var"), "rpm: both have unpacked the same files")
        _sizes(report, packed, other)
        report.run("rpm: verify", [*rpm, "--verify", NAME])
        tested = [*SESSION, str(root / "usr/bin" / NAME), "--self-test", "--verbose"]
        report.run("rpm: --self-test of what it installed", tested, limit_s=SELF_TEST_S)
        report.run("rpm: verify that the program changed nothing", [*rpm, "--verify", NAME])
        report.run("rpm: erase", [*rpm, "--erase", NAME])
        left = sorted(str(file.relative_to(root)) for file in root.rglob("*") if NAME in file.name)
        report.tell(not left, f"rpm: erasing leaves nothing{': ' + ', '.join(left[:5]) if left else ''}")
    return report.end()


def _files(root: Path, skipped: str = "") -> dict[str, tuple[int, int]]:
    """Return mode and size of each file below `root`, without folders, outside of the skipped folder of it."""
    found = {str(file.relative_to(root)): file.lstat() for file in root.rglob("*")}
    return {
        name: (told.st_mode, told.st_size) for name, told in found.items()
        if not stat.S_ISDIR(told.st_mode) and not (skipped and name.startswith(f"{skipped}/"))
    }


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
    # A source tree that may not keep its bytecode compiles it at each start: the package would win by that alone.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [*SESSION, sys.executable, str(Path(__file__)), str(STARTS), *program, "--",
               str(studio.python), "-P", "-m", "segmind_studio"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
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
    (root / MARK).write_text("An upgrade removes this.\n", encoding="ascii")
    BUILD.mkdir(parents=True, exist_ok=True)
    package_linux.nfpm(root, OLDER, depends, target)


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
