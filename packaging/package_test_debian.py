"""The .deb in a clean Debian: installed over an older one, used as an ordinary user does, purged.

What was seen lies in build/package-test: the tour's pictures, and those of the program quit and started again.
Standard library only.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import bare_machine
import package_facts
from package_facts import NAME
from package_test_report import SEEN, SELF_TEST_S, STILL, Report

# The package asks for the rest.
IN_THE_ROOT = ("dbus-daemon", "fonts-dejavu-core", "maim", "openbox", "xauth", "xdotool", "xvfb")
OLDER = "0.0.1"
MARK = "usr/lib/segmind-studio/only-in-the-older"
_USER = "anna"
_DATA = f"/home/{_USER}/studio"
_PICTURES = f"/home/{_USER}/pictures"
_SCREENS = itertools.count(700 + os.getpid() % 200)  # a new one each time; the host's are heard in the machine too
_USE = STILL + """
use() {  # start it with a place in front, take its picture, quit by the keyboard; its exit code. Runs tell ages
  %(name)s --data-dir %(data)s --show "$2" & studio=$!
  if shown 1 --class '^%(name)s$' && { still "$1" || [ "$2" = runs ]; }; then
    xdotool key --clearmodifiers ctrl+q
  else
    kill $studio; return 1
  fi
  wait $studio
}
mkdir -p %(pictures)s && cd %(pictures)s && use data.png data && use runs.png runs && use data-again.png data
"""


def use_in_machine(report: Report, machine: Path, deb: Path, older: Path) -> None:
    """Install the older, use it, upgrade, use that, purge."""
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
    report.tell((machine / MARK).exists(), f"{OLDER} is there")
    first = inside(_as_user(f"{NAME} --self-test --data-dir {_DATA}"))
    report.run(f"{OLDER}: the main job", first, limit_s=SELF_TEST_S)
    runs, models = _kept(machine)
    report.run("upgrade", inside([*quiet, "install", "--no-install-recommends", f"./{deb.name}"]))
    report.tell(not (machine / MARK).exists(), "the upgrade removed what only the older had")
    same = _kept(machine) == (runs, models) and runs == 1
    report.tell(same, f"the upgrade kept the data: {runs} run, its model")
    report.run("--version", inside(["sh", "-c", f"{NAME} --version | grep -F {package_facts.version()}"]))
    report.run("no display: told in words", inside(["sh", "-c", f"! {NAME} 2>&1 | grep -vF 'no display'"]))
    tested = inside(_as_user(f"{NAME} --self-test --verbose --data-dir {_DATA}"))
    report.run("the main job again, on the kept data", tested, limit_s=SELF_TEST_S)
    report.tell(_kept(machine)[0] == runs + 1, "the new run stands beside the old one")
    _quit_and_start_again(report, machine, inside)
    tour = f"{NAME} --tour /home/{_USER}/tour"
    report.run("the tour, with pictures", inside(_as_user(tour)), limit_s=SELF_TEST_S)
    with contextlib.suppress(FileNotFoundError):
        shutil.copytree(machine / f"home/{_USER}/tour", SEEN / "tour", dirs_exist_ok=True)
    report.run("purge", inside([*quiet, "purge", NAME]))
    left = sorted(_ours(machine) - before)
    report.tell(not left, f"purge leaves nothing of its own{': ' + ', '.join(left[:10]) if left else ''}")
    report.tell(_kept(machine)[0] == runs + 1, "purge leaves what is the user's")


def _quit_and_start_again(report: Report, machine: Path, inside: Callable[[Sequence[str]], list[str]]) -> None:
    """Quit by the keyboard, start again: the dataset and the runs of the main job are shown as before."""
    words = _USE % {"name": NAME, "data": _DATA, "pictures": _PICTURES}
    report.run("started and quit three times", inside(_as_user(words.strip())), limit_s=SELF_TEST_S)
    seen = machine / _PICTURES.lstrip("/")
    with contextlib.suppress(FileNotFoundError):
        shutil.copytree(seen, SEEN / "again", dirs_exist_ok=True)
    pictures = [seen / name for name in ("data.png", "data-again.png")]
    same = all(picture.exists() for picture in pictures) and len({one.read_bytes() for one in pictures}) == 1
    report.tell(same, "the dataset looks the same, to the pixel, after quitting and starting again")


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
