"""Use the setup program under Wine: install it over an older one, use the installed program, remove it.

Wine is no Windows: its keyring, fonts and menus are its own, and two libraries that Qt asks for are missing in
Debian's. Stand-ins for them go into the prefix of the test and nowhere else. What was seen lies in
build/package-test. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path, PureWindowsPath

import package_facts
import package_freeze
import system_packages
from package_facts import BUILD, DIST
from package_test_report import SEEN, STILL, Report
from package_windows import PROGRAM, WINDOWS, make_setup, setup_name
from package_windows import TOOLS as PACKING
from python_environment import ROOT
from system_packages import SetupError

TOOLS = {
    **PACKING, "wine": "program:wineserver", "xdotool": "program:xdotool", "maim": "program:maim",
}
OLDER = "0.0.1"
SESSION = (
    sys.executable, str(ROOT / "packaging" / "desktop_session.py"), "--bare", "--size", "1600x1000", "--",
    # The registry is on the disk only when Wine's server has ended by itself.
    "sh", "-c", '"$@"; code=$?; wineserver --wait; exit $code', "sh",
)
_LIMIT_S = 600.0
_UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\SegmindStudio"
_CLASSES = r"HKCU\Software\Classes"
_DATA = r"C:\studio"  # of the main job
_USE = STILL + """
use() {  # open a photo with it, as "Open with" does; take its picture, quit by the keyboard; its exit code
  picture=$1; shift
  "$@" </dev/null 2>&1 | cat & studio=$!
  if shown 1 --name 'Segmind Studio$' && still "$picture"; then
    xdotool key --clearmodifiers ctrl+q
  else
    wineserver --kill; return 1
  fi
  wait $studio
}
use "$@"
"""
_REMOVE = STILL + """
name=$1; key=$2; shift 2
"$@" </dev/null 2>&1 | cat & uninstaller=$!
answer() {  # press a key when so many windows of the uninstaller stand still, and keep a picture of that
  if shown "$3" --name 'Segmind Studio Uninstall' && still "$name-$1.png"; then
    xdotool key --clearmodifiers "$2"
  else
    wineserver --kill; exit 1
  fi
}
answer first Return 1
answer data "$key" 2  # the question is a window of its own, above that which shows how far it is
while kill -0 $uninstaller 2>/dev/null; do  # the last page takes the key when all is removed
  sleep 1; xdotool key --clearmodifiers Return
done
wait $uninstaller
"""


class Prefix:
    """A folder that Wine takes for a computer with Windows; commands run in it on a screen of their own."""

    def __init__(self, report: Report, folder: Path) -> None:
        self._report = report
        self._folder = folder
        self._wine = next((name for name in ("wine", "wine64") if shutil.which(name)), "/usr/lib/wine/wine64")
        os.environ |= {
            # netprofm is the list of networks: Qt asks for one after the other, and Wine's has no end.
            "WINEPREFIX": str(folder), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml,netprofm=",
            "QT_QPA_PLATFORM": "windows:fontengine=freetype",
        }
        self.run("a prefix", "wineboot", "--init")
        for name in ("icuuc", "mscms"):
            target = folder / f"drive_c/windows/system32/{name}.dll"
            source = WINDOWS / "wine" / f"{name}.c"
            compiler = ["x86_64-w64-mingw32-gcc-win32", "-shared", "-s"]
            package_freeze.call([*compiler, "-o", str(target), str(source)])
        users = folder / "drive_c/users"
        user = next(place for place in sorted(users.iterdir()) if place.name != "Public")
        self.local = user / "AppData/Local"
        self.installed = self.local / "Programs/Segmind Studio"
        self.program = self.installed / PROGRAM

    def run(self, words: str, *command: str) -> bool:
        """Run a program of Windows, or one of Wine's own."""
        return self._report.run(f"wine: {words}", [*SESSION, self._wine, *command], limit_s=_LIMIT_S)

    def script(self, words: str, script: str, *arguments: str) -> bool:
        """Run a shell script that gets these arguments, and starts Wine by the last ones."""
        command = ["sh", "-c", script, "sh", *arguments]
        return self._report.run(f"wine: {words}", [*SESSION, *command], limit_s=_LIMIT_S)

    def value(self, key: str, name: str) -> str:
        """Return a text of the registry, "" when there is none."""
        return self._values(key).get(name, "")

    def has(self, key: str, name: str) -> bool:
        """Return whether the registry has that value, be it empty."""
        return name in self._values(key)

    def _values(self, key: str) -> dict[str, str]:
        file = self._folder / "user.reg"
        section = f"[{key.removeprefix('HKCU')[1:]}]".replace("\\", "\\\\")
        _before, _found, rest = file.read_text(encoding="utf-8", errors="replace").partition(section)
        found: dict[str, str] = {}
        for line in rest.partition("\n[")[0].splitlines():
            name, _, told = line.partition("=")
            if name == "@" or name.startswith('"'):
                text = told.removeprefix('"').removesuffix('"')
                found[name.strip('"@')] = text.replace('\\"', '"').replace("\\\\", "\\")
        return found

    def windows(self, place: Path) -> str:
        """Return how Windows calls a place of the prefix."""
        return str(PureWindowsPath("C:/", place.relative_to(self._folder / "drive_c")))

    def wine(self, *command: str) -> tuple[str, ...]:
        """Return the command that runs one of Windows."""
        return (self._wine, *command)

    def runs(self) -> int:
        """Return how many runs the journal of the main jobs holds, -1 when it cannot be read."""
        journal = self._folder / "drive_c/studio/data/studio.sqlite3"
        try:
            with contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database:
                return int(database.execute("select count(*) from run").fetchone()[0])
        except sqlite3.Error:
            return -1


def test_windows() -> int:
    """Do all of it in a prefix of its own; returns the exit code."""
    system_packages.ensure({**system_packages.SCREEN, **TOOLS})
    SEEN.mkdir(parents=True, exist_ok=True)
    setup, laid_out = DIST / setup_name(package_facts.version()), BUILD / "windows"
    if not setup.is_file() or not (laid_out / "files" / PROGRAM).is_file():
        raise SetupError(f"dist/{setup.name} was not made here; first: python3 packaging/dev.py package windows")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="package-wine-", ignore_cleanup_errors=True) as place:
        older = Path(place) / setup_name(OLDER)
        make_setup(laid_out, OLDER, older, "-DPLAIN")
        prefix = Prefix(report, Path(place) / "prefix")
        _upgrade(report, prefix, older, setup)
        _use(report, prefix)
        _remove(report, prefix, setup)
    return report.end()


def _upgrade(report: Report, prefix: Prefix, older: Path, setup: Path) -> None:
    program = prefix.windows(prefix.program)
    prefix.run(f"silent install of {OLDER}", str(older), "/S")
    report.tell(prefix.program.is_file(), "wine: the program is there, for this user alone")
    report.tell(prefix.value(_UNINSTALL, "DisplayVersion") == OLDER, f"wine: it says {OLDER} in the list of apps")
    prefix.run(f"{OLDER}: the main job", program, "--self-test", "--data-dir", _DATA)
    alone = prefix.installed / "app" / "only-in-the-older.txt"
    alone.write_text("An upgrade removes this.\n", encoding="ascii")
    prefix.run("silent install over it", str(setup), "/S")
    report.tell(prefix.program.is_file() and not alone.exists(), "wine: what only the older had is gone")
    version = prefix.value(_UNINSTALL, "DisplayVersion")
    report.tell(version == package_facts.version(), f"wine: it says {version} in the list of apps")
    prefix.run("the main job again, on the kept data", program, "--self-test", "--verbose", "--data-dir", _DATA)
    report.tell(prefix.runs() == 2, f"wine: the new run stands beside the old one ({prefix.runs()})")  # noqa: PLR2004


def _use(report: Report, prefix: Prefix) -> None:
    """Open a photo by the command that "Open with" has, in the data folder of the user; twice."""
    kinds = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".tif", ".bmp", ".gif", ".zip")
    known = [kind for kind in kinds if prefix.has(rf"{_CLASSES}\{kind}\OpenWithProgids", "SegmindStudio.Photo")]
    report.tell(known == list(kinds), f"wine: Open with knows {' '.join(known)}")
    command = prefix.value(rf"{_CLASSES}\SegmindStudio.Photo\shell\open\command", "")
    report.tell(command == f'"{prefix.windows(prefix.program)}" "%1"', f"wine: its command is {command}")
    photo = prefix.local.parents[1] / "a photo.jpg"
    shutil.copy(ROOT / "resources/sample/chelsea-1.jpg", photo)
    for turn, more in (("opened", (prefix.windows(photo),)), ("again", ())):
        picture = SEEN / f"wine-{turn}.png"
        prefix.script(
            f"{turn}, then quit by the keyboard", _USE, str(picture),
            *prefix.wine(prefix.windows(prefix.program), "--show", "data", *more),
        )
    kept = prefix.local / "segmind-studio"
    report.tell(kept.is_dir(), "wine: the data lie where the uninstaller looks for them")


def _remove(report: Report, prefix: Prefix, setup: Path) -> None:
    kept = prefix.local / "segmind-studio"
    uninstaller = prefix.windows(prefix.installed / "uninstall.exe")
    # _? keeps the uninstaller from going on in a copy of itself, which nobody would wait for.
    here = f"_?={prefix.windows(prefix.installed)}"
    prefix.run("silent uninstall", uninstaller, "/S", here)
    left = [file.name for file in prefix.installed.rglob("*")] if prefix.installed.exists() else []
    report.tell(set(left) <= {"uninstall.exe"}, f"wine: nothing of the program is left ({', '.join(left[:5])})")
    report.tell(kept.is_dir(), "wine: a silent uninstall keeps the data")
    forgotten = not prefix.value(rf"{_CLASSES}\SegmindStudio.Photo", "") and not prefix.has(
        rf"{_CLASSES}\.jpg\OpenWithProgids", "SegmindStudio.Photo",
    )
    report.tell(forgotten, "wine: Open with forgot it")
    for key, words in (("Return", "No"), ("alt+y", "Yes")):
        prefix.run("silent install", str(setup), "/S")
        prefix.script(
            f"uninstall by hand, {words} to removing data", _REMOVE, str(SEEN / f"wine-remove-{words}"), key,
            *prefix.wine(uninstaller, here),
        )
        report.tell(not prefix.program.exists(), "wine: the program is gone")
        report.tell(kept.is_dir() == (words == "No"), f"wine: the data are {'kept' if words == 'No' else 'gone'}")
