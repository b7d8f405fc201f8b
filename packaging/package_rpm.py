"""The .rpm, written by rpmbuild from what lies below a folder: its xz makes it a fifth smaller than nfpm's.

Nothing is compiled, and no script runs at the installation: a distribution with RPM keeps its lists of desktop
entries and icons by file triggers of its own. Standard library only.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import package_facts
import package_freeze
from package_facts import BUILD, NAME, SUMMARY
from package_linux import CONSOLE, DETAILS, HOME, date, objects, system_libraries

TOOLS = {"rpm": "program:rpmbuild"}
_NO_STEPS = ("__os_install_post", "debug_package", "optflags")  # nothing is stripped, compressed or split
_SET = {
    "_binary_payload": "w9.xzdio", "_build_id_links": "none", "_buildhost": "localhost",
    "use_source_date_epoch_as_buildtime": "1", "clamp_mtime_to_source_date_epoch": "1",
    "source_date_epoch_from_changelog": "0",
}
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")


def rpm_name(version: str) -> str:
    """Return the name of the package."""
    return f"{NAME}-{version}-1.{package_facts.machine()}.rpm"


def depends(home: Path) -> list[str]:
    """Return what is required: the names of libraries, which every distribution with RPM provides, and a glibc."""
    libraries = [f"{name}()(64bit)" for name in system_libraries(home) if not name.startswith("ld-linux")]
    major, minor = newest_glibc(objects(home))
    return [*libraries, f"libc.so.6(GLIBC_{major}.{minor})(64bit)"]


def newest_glibc(files: Sequence[Path]) -> tuple[int, int]:
    """Return the newest version of the glibc of which one of these programs or libraries needs something."""
    found = {(2, 2)}
    for file in files:
        told = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=True).stdout
        found |= {(int(major), int(minor)) for major, minor in _GLIBC.findall(told)}
    return max(found)


def spec(root: Path, version: str, required: Sequence[str]) -> str:
    """Return what rpmbuild reads: all files below `root` are packed, and the folders with our name."""
    home = root / HOME
    own = sorted(
        str(file.relative_to(root)) for file in root.rglob("*")
        if not file.is_relative_to(home) and (file.is_symlink() or not file.is_dir())
    )
    folders = sorted(
        str(file.relative_to(root)) for file in root.rglob(NAME) if file.is_dir() and not file.is_relative_to(home)
    )
    macros = [*(f"%global {name} {value}" for name, value in _SET.items()),
              *(f"%global {name} %{{nil}}" for name in _NO_STEPS)]
    site = package_facts.site()
    lines = [
        *macros, f"Name: {NAME}", f"Version: {version}", "Release: 1", f"Summary: {SUMMARY}",
        f"License: {package_facts.LICENCE}", "Group: Applications/Graphics",
        f"Packager: {package_facts.maintainer()}",
        *([f"URL: {site}"] if site else []),
        "AutoReqProv: no", *(f"Requires: {name}" for name in required), "Recommends: gnome-keyring",
        "%description", DETAILS,
        "%install", f'cp -a "{root}/." "%{{buildroot}}"',
        "%files", "%defattr(-,root,root)", f"/{HOME}", *(f'%dir "/{name}"' for name in folders),
        *(f'"/{name}"' for name in own),
    ]
    return "\n".join([*lines, ""])


def make_rpm(root: Path, version: str, target: Path) -> None:
    """Write the .rpm of what lies below `root`, with the one time of all packages."""
    for name in (NAME, CONSOLE):
        command = root / "usr/bin" / name
        command.parent.mkdir(parents=True, exist_ok=True)
        command.symlink_to(f"../lib/{NAME}/{NAME}")
    epoch = package_facts.epoch()
    date(root, epoch)
    place = package_facts.fresh(BUILD / "rpmbuild")
    words = place / f"{NAME}.spec"
    words.write_text(spec(root, version, depends(root / HOME)), encoding="utf-8")
    print(f"Packing {target.name}", flush=True)
    package_freeze.call(
        ["rpmbuild", "-bb", "--quiet", "--target", f"{package_facts.machine()}-linux",
         "--define", f"_topdir {place}", str(words)],
        {"SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8"},
    )
    shutil.move(place / "RPMS" / package_facts.machine() / rpm_name(version), target)
