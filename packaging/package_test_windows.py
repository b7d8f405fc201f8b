"""Use the setup program under Wine: install, test the installed program, install again over it, remove it.

Wine is no Windows: its keyring, fonts and menus are its own, and two libraries that Qt asks for are missing in
Debian's. Stand-ins for them go into the prefix of the test and nowhere else. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import package_facts
import package_freeze
import system_packages
from package_facts import DIST
from package_test_linux import SEEN, Report
from package_windows import PROGRAM, WINDOWS
from python_environment import ROOT
from system_packages import SetupError

TOOLS = {"wine64": "program:wine64", "gcc-mingw-w64-x86-64-win32": "program:x86_64-w64-mingw32-gcc-win32"}
SESSION = (
    sys.executable, str(ROOT / "packaging" / "desktop_session.py"), "--bare", "--size", "1600x1000", "--",
    # The registry is on the disk only when Wine's server has ended by itself.
    "sh", "-c", '"$@"; code=$?; wineserver --wait; exit $code', "sh",
)
_STAND_INS = ("icuuc", "mscms")
_LIMIT_S = 600.0
_OURS = r"HKCU\Software\Classes\SegmindStudio.Photo"


def test_windows() -> int:
    """Do all of it in a prefix of its own; returns the exit code."""
    system_packages.ensure({**system_packages.SCREEN, **TOOLS})
    SEEN.mkdir(parents=True, exist_ok=True)
    setup = DIST / f"SegmindStudio-{package_facts.version()}-win64-setup.exe"
    if not setup.is_file():
        raise SetupError(f"dist/{setup.name} is not there; first: python3 packaging/dev.py package windows")
    wine = next((name for name in ("wine", "wine64") if shutil.which(name)), "/usr/lib/wine/wine64")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="package-wine-", ignore_cleanup_errors=True) as place:
        prefix = Path(place) / "prefix"
        os.environ |= {
            "WINEPREFIX": str(prefix), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "QT_QPA_PLATFORM": "windows:fontengine=freetype",
        }
        report.run("wine: a prefix", [*SESSION, wine, "wineboot", "--init"], limit_s=_LIMIT_S)
        _stand_in(prefix)
        _use(report, prefix, wine, setup)  # each session ends what of Wine it started
    return report.end()


def _use(report: Report, prefix: Path, wine: str, setup: Path) -> None:
    installed = prefix / "drive_c/users" / _user(prefix) / "AppData/Local/Programs/Segmind Studio"
    data = installed.parents[1] / "segmind-studio"
    program = installed / PROGRAM
    query = [wine, "reg", "query", _OURS]
    report.run("wine: silent install", [*SESSION, wine, str(setup), "/S"], limit_s=_LIMIT_S)
    report.tell(program.is_file(), "wine: the program is there, for this user alone")
    report.run("wine: Open with knows it", [*SESSION, *query], limit_s=_LIMIT_S)
    tested = [*SESSION, wine, str(program), "--self-test", "--verbose"]
    report.run("wine: --self-test of the installed program", tested, limit_s=_LIMIT_S)
    data.mkdir(parents=True, exist_ok=True)
    (data / "kept.txt").write_text("What the user made.\n", encoding="ascii")
    older = installed / "app" / "only-in-the-older.txt"
    older.write_text("An upgrade removes this.\n", encoding="ascii")
    report.run("wine: install over it", [*SESSION, wine, str(setup), "/S"], limit_s=_LIMIT_S)
    report.tell(program.is_file() and not older.exists(), "wine: the upgrade removed what only the older had")
    # _? keeps the uninstaller from going on in a copy of itself, which nobody would wait for.
    remove = [*SESSION, wine, str(installed / "uninstall.exe"), "/S", f"_?=C:\\{_windows(prefix, installed)}"]
    report.run("wine: silent uninstall", remove, limit_s=_LIMIT_S)
    left = [file.name for file in installed.rglob("*")] if installed.exists() else []
    report.tell(set(left) <= {"uninstall.exe"}, f"wine: nothing of the program is left ({', '.join(left[:5])})")
    report.tell((data / "kept.txt").is_file(), "wine: a silent uninstall keeps the data")
    report.run("wine: Open with forgot it", [*SESSION, "sh", "-c", '! "$@"', "sh", *query], limit_s=_LIMIT_S)


def _stand_in(prefix: Path) -> None:
    for name in _STAND_INS:
        target = prefix / f"drive_c/windows/system32/{name}.dll"
        source = WINDOWS / "wine" / f"{name}.c"
        package_freeze.call(["x86_64-w64-mingw32-gcc-win32", "-shared", "-s", "-o", str(target), str(source)])


def _user(prefix: Path) -> str:
    users = prefix / "drive_c/users"
    return next(folder.name for folder in sorted(users.iterdir()) if folder.name != "Public")


def _windows(prefix: Path, place: Path) -> str:
    return str(place.relative_to(prefix / "drive_c")).replace("/", "\\")
