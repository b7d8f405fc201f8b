"""`dev.py package` and `dev.py package-test`: which steps make and test which package. Standard library only."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import package_facts
import package_freeze
import package_linux
import package_macos
import package_rpm
import package_test_linux
import package_test_windows
import package_windows
import system_packages
from package_facts import BUILD, DIST, NAME, SUMS, deb_name, tar_name
from system_packages import SetupError


def package(arguments: Sequence[str]) -> int:
    """Make the packages that are named into dist/, with a bill of materials and the sums of all that lies there.

    `--again` makes each a second time from nothing and compares the bytes.
    """
    kinds = [word for word in arguments if not word.startswith("-")]
    again = "--again" in arguments
    unknown = [word for word in arguments if word not in {*KINDS, "--again"}]
    if not kinds or unknown:
        raise SetupError(f"Name what to make: {', '.join(KINDS)}; with --again twice, to compare the bytes.")
    made = _made(kinds)
    different: list[str] = []
    if again:
        first = {file: _digest(file) for file in made}
        print("\nOnce more, from nothing", flush=True)
        different = [file.name for file in _made(kinds) if _digest(file) != first.get(file)]
        print(f"Not the same bytes: {', '.join(different)}" if different else "Both times the same bytes.")
    for file in made:
        print(f"{file.relative_to(DIST.parent)}: {file.stat().st_size / 1e6:.1f} MB")
    return 1 if different else 0


def package_test(arguments: Sequence[str]) -> int:
    """Install and use the packages of dist/ that are named; returns the exit code."""
    if not arguments or set(arguments) - set(TESTS):
        raise SetupError(f"Name what to test: {', '.join(TESTS)}.")
    return max(TESTS[kind]() for kind in arguments)


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of every file in the folder, as `sha256sum --check` reads it."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != SUMS)
    lines = "".join(f"{_digest(file)}  {file.name}\n" for file in files)
    (folder / SUMS).write_text(lines, encoding="ascii")


def make_deb(root: Path, version: str, target: Path) -> None:
    """Write a .deb of what lies below `root`."""
    depends = package_linux.deb_depends(root / package_linux.HOME, BUILD / "shlibdeps")
    plain = BUILD / f"{target.name}.plain"
    package_linux.nfpm(root, version, depends, plain)
    package_linux.pack_deb(plain, target)
    plain.unlink()


def _made(kinds: Sequence[str]) -> list[Path]:
    DIST.mkdir(exist_ok=True)
    files = _linux([kind for kind in kinds if kind in _LINUX])
    for kind in kinds:
        if kind in _OTHERS:
            files += _OTHERS[kind]()
    write_sums(DIST)
    return files


def _linux(kinds: Sequence[str]) -> list[Path]:
    """Freeze once, and make each kind from it."""
    if not kinds:
        return []
    if sys.platform != "linux":
        raise SetupError("Packages for Linux are made on Linux.")
    rpm = package_rpm.TOOLS if "rpm" in kinds else {}
    system_packages.ensure({**system_packages.WINDOW, **package_linux.TOOLS, **rpm})
    version = package_facts.version()
    frozen = package_freeze.freeze()
    bill = DIST / f"{NAME}-{version}-linux.cdx.json"
    package_freeze.write_bill("linux", bill)
    files = [bill]
    for kind in kinds:
        root = BUILD / kind
        if kind == "tar":
            files.append(_tar(frozen, version))
            continue
        package_linux.stage(frozen, root)
        if kind == "deb":
            package_linux.add_debian_files(root)
            files.append(DIST / deb_name(version))
            make_deb(root, version, files[-1])
        else:
            files.append(DIST / package_rpm.rpm_name(version))
            package_rpm.make_rpm(root, version, files[-1])
    return files


def _tar(frozen: Path, version: str) -> Path:
    root, staged = package_facts.fresh(BUILD / "tar"), BUILD / "tar-root"
    package_linux.stage(frozen, staged)
    (staged / package_linux.HOME).rename(root / "program")
    (staged / "usr/share").rename(root / "program/share")
    words = root / "program/README.txt"
    words.write_text(package_linux.portable_words(), encoding="utf-8")
    words.chmod(0o644)
    name = tar_name(version)
    target = DIST / f"{name}.tar.xz"
    package_linux.archive([(root / "program", name)], target, package_facts.epoch())
    return target


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


_LINUX = ("deb", "rpm", "tar")
_OTHERS: dict[str, Callable[[], list[Path]]] = {
    "windows": package_windows.setup, "macos": package_macos.image,
}
KINDS = (*_LINUX, *_OTHERS)
TESTS: dict[str, Callable[[], int]] = {
    "deb": package_test_linux.test_deb, "rpm": package_test_linux.test_rpm, "tar": package_test_linux.test_tar,
    "windows": package_test_windows.test_windows,
}
