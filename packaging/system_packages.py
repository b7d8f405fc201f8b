"""The required system packages: Qt's libraries, and a desktop for the tests. Installed by apt as root, else named.

Works on any Linux; only Debian and systems based on it get an automatic installation. Standard library only.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

# package → what proves it on a system without dpkg: "lib:NAME" or "program:NAME"
WINDOW: Mapping[str, str] = {
    "libegl1": "lib:EGL",
    "libgl1": "lib:GL",
    "libfontconfig1": "lib:fontconfig",
    "libxkbcommon0": "lib:xkbcommon",
    "libdbus-1-3": "lib:dbus-1",
    "libglib2.0-0": "lib:glib-2.0",
    "libgssapi-krb5-2": "lib:gssapi_krb5",
    "libxcb-cursor0": "lib:xcb-cursor",
    "libxcb-icccm4": "lib:xcb-icccm",
    "libxcb-keysyms1": "lib:xcb-keysyms",
    "libxcb-shape0": "lib:xcb-shape",
    "libxkbcommon-x11-0": "lib:xkbcommon-x11",
}
SCREEN: Mapping[str, str] = {
    "xvfb": "program:Xvfb",
    "openbox": "program:openbox",
    "dbus": "program:dbus-daemon",
    "fonts-dejavu-core": "program:fc-list",
}
DESKTOP: Mapping[str, str] = {
    "gnome-keyring": "program:gnome-keyring-daemon",
    "at-spi2-core": "lib:atspi",
    "openssl": "program:openssl",  # makes certificates for servers on this computer
    "unzip": "program:unzip",  # reads our zips independently
    "dunst": "program:dunst",
    "xdotool": "program:xdotool",  # drags as a file manager does
}
PEERS: Mapping[str, str] = {  # what our speed is measured against
    "7zip": "program:7zz",
    "curl": "program:curl",
    "imagemagick": "program:mogrify",
    "libjpeg-turbo-progs": "program:djpeg",
    "openssl": "program:openssl",  # all peers send to this storage over TLS
    "zip": "program:zip",
}
MACHINE: Mapping[str, str] = {"debootstrap": "program:debootstrap"}  # makes a bare one to test everything on
VENV: Mapping[str, str] = {"python3-venv": ""}


class SetupError(Exception):
    """A package is missing; the message says what to install."""


def ensure(wanted: Mapping[str, str]) -> None:
    """Install these packages, or raise SetupError with the exact command to type."""
    if sys.platform != "linux":
        return
    if shutil.which("dpkg-query") is None:
        absent = [proof.partition(":")[2] for proof in wanted.values() if not _proved(proof)]
        if absent:
            raise SetupError(f"Install these with your package manager, then try again: {', '.join(absent)}")
        return
    missing = _missing(wanted)
    if missing:
        _install(missing)


def _missing(wanted: Iterable[str]) -> list[str]:
    """Return the packages that dpkg does not know as installed; newer releases append t64 to some."""
    names = [name for package in wanted for name in (package, f"{package}t64")]
    question = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names]
    answer = subprocess.run(question, capture_output=True, text=True, check=False)
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if not {package, f"{package}t64"} & installed]


def _install(packages: list[str]) -> None:
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        raise SetupError(
            "Some system packages are missing. Type this, then try again:\n\n"
            f"    sudo apt-get update && sudo {' '.join(install)}\n"
        )
    print(f"Installing {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install):
        done = subprocess.run(
            [*command, "-o", "DPkg::Lock::Timeout=120"], env=environment, check=False, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        if done.returncode:
            raise SetupError(f"{done.stdout[-2000:]}\nThis did not work: {' '.join(command)}")


def _proved(proof: str) -> bool:
    kind, _, name = proof.partition(":")
    if kind == "lib":
        return ctypes.util.find_library(name) is not None
    return kind != "program" or shutil.which(name) is not None
