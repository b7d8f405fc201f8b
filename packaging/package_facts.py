"""What every package says of itself: names, version, date, and where it is built. Standard library only."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from python_environment import ROOT

NAME = "segmind-studio"  # of the command, the package, the desktop entry and the window
TITLE = "Segmind Studio"
SUMMARY = "Train Flux Pro on your own photos, on Segmind's cloud"
LICENCE = "MIT"
DIST = ROOT / "dist"
BUILD = ROOT / "build" / "package"
MAINTAINER = "SEGMIND_STUDIO_MAINTAINER"  # and one: "Name <address>" of who answers for the package
SUMS = "SHA256SUMS"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
SITE = "SEGMIND_STUDIO_SITE"  # a build setting: the address of a site with the documentation and the screenshots
UPDATES = "SEGMIND_STUDIO_UPDATES"  # another: the https address of a JSON file that names the newest version
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
_RELEASE = re.compile(r"^## \[([0-9.]+)\] - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def version() -> str:
    """Return the version of the source tree."""
    found = _VERSION.search((ROOT / "segmind_studio" / "__init__.py").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("segmind_studio/__init__.py names no version")
    return found[1]


def releases() -> tuple[tuple[str, str], ...]:
    """Return version and ISO date of each release in the changelog, the newest first."""
    return tuple(_RELEASE.findall((ROOT / "packaging" / "CHANGELOG.md").read_text(encoding="utf-8")))


def epoch() -> int:
    """Return the one time, in Unix seconds, that everything in a package bears.

    It is SOURCE_DATE_EPOCH if that is set, else the commit's, else the newest release's; never the clock's.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH", ""):
        return int(given)
    try:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return _newest_release()
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip() else _newest_release()


def iso_time(seconds: int) -> str:
    """Write a Unix time as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def site() -> str:
    """Return the address of the project's site without a slash at its end, "" when the build has none."""
    return os.environ.get(SITE, "").rstrip("/")


def write_build_settings(folder: Path) -> None:
    """Write what the program reads of the build settings, for its `resources/build`."""
    fresh(folder)
    (folder / "updates.txt").write_text(os.environ.get(UPDATES, "").strip(), encoding="utf-8")


def maintainer() -> str:
    """Return who answers for the package; the project itself publishes no address."""
    return os.environ.get(MAINTAINER) or "Segmind Studio developers <segmind-studio@localhost>"


def machine() -> str:
    """Return what this computer's processor is called, as packages write it: x86_64 or aarch64."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())


def debian_machine() -> str:
    """Return what Debian calls this computer's processor."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine(), machine())


def deb_name(version: str) -> str:
    """Return the name of the Debian package."""
    return f"{NAME}_{version}_{debian_machine()}.deb"


def tar_name(version: str) -> str:
    """Return the name of the portable archive without its suffix."""
    return f"{NAME}-{version}-linux-{machine()}"


def fresh(folder: Path) -> Path:
    """Return the folder, made and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _newest_release() -> int:
    _version, day = releases()[0]
    return int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
