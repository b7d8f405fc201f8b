"""Freeze the program: one environment from the locks, one PyInstaller description, for Linux and macOS.

Standard library only; what else is needed runs in the environment.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import package_contents
import package_facts
import package_icu
import package_sbom
from package_licences import LIST, Component, listed_components, normal
from python_environment import PACKAGE_LOCK, ROOT, RUN_LOCK, Environment
from system_packages import SetupError

SPEC = ROOT / "packaging" / "segmind-studio.spec"
LICENCES = package_facts.BUILD / "licences"
ICONS = package_facts.BUILD / "icons"
SETTINGS = package_facts.BUILD / "settings"
RESOURCES = package_facts.BUILD / "resources"
# PySide has a part of itself as source in an archive. Each start unpacks and compiles it, unless it is there.
_COMPILE = """
import sys
from pathlib import Path
from py_compile import PycInvalidationMode, compile
from tempfile import TemporaryDirectory
import PySide6.QtCore
archive = sys.modules["shibokensupport.signature.loader"].__loader__.zfile
with TemporaryDirectory() as folder:
    for name in archive.namelist():
        if name.startswith("shibokensupport/") and name.endswith(".py"):
            target = str(Path(sys.argv[1], name + "c"))
            mode = PycInvalidationMode.UNCHECKED_HASH  # which has no time in it
            compile(archive.extract(name, folder), target, name, True, invalidation_mode=mode)
"""
_MARKED = re.compile(r"^([A-Za-z0-9_.-]+)==[^\s;\\]+(?:\s*;\s*([^\\\n]+))?", re.MULTILINE)


def environment() -> Environment:
    """Return the environment that packages are made from, with what the locks say and nothing else."""
    made = Environment(ROOT / "build" / "package-environment")
    made.make()
    made.install([RUN_LOCK, PACKAGE_LOCK])
    return made


def freeze() -> Path:
    """Return the folder with the frozen program; `ICONS` and `LICENCES` are there then, too.

    SetupError when something of the program is missing in it.
    """
    python = environment().python
    draw(python)
    gather_licences(python)
    package_facts.write_build_settings(SETTINGS)
    package_contents.copy_resources(package_facts.fresh(RESOURCES))
    frozen = package_facts.fresh(package_facts.BUILD / "frozen")
    work = package_facts.fresh(package_facts.BUILD / "work")  # without what another build left: the same bytes
    print("Freezing the program", flush=True)
    call(
        [str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
         "--distpath", str(frozen), "--workpath", str(work), str(SPEC)],
        {
            "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(package_facts.epoch()),
            # xz packs plain code much smaller, and nothing has to be unpacked at the start.
            "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",
            "PYINSTALLER_CONFIG_DIR": str(work / "cache"), "PYTHONDONTWRITEBYTECODE": "1",
            "STUDIO_SETTINGS": str(SETTINGS), "STUDIO_RESOURCES": str(RESOURCES),
            "STUDIO_LICENCES": str(LICENCES), "STUDIO_VERSION": package_facts.version(),
            "STUDIO_ICON": str(ICONS / "segmind-studio.icns") if sys.platform == "darwin" else "",
            "STUDIO_PLIST": str(package_facts.BUILD / "Info.plist"),
        },
    )
    if sys.platform == "linux":
        forget_the_builder(frozen / package_facts.NAME)
        compile_bindings(python, frozen / package_facts.NAME)
        package_icu.cut(frozen / package_facts.NAME)
    package_contents.check(frozen / package_facts.NAME, package_contents.frozen_modules(work))
    return frozen / package_facts.NAME


def forget_the_builder(program: Path) -> None:
    """Remove the folders of the builder's Python from its libraries: what they need lies beside the program."""
    internal = program / "_internal"
    libraries = [*sorted(internal.glob("libpython*.so*")), *sorted(internal.glob("python3*/lib-dynload/*.so"))]
    # Setting another first overwrites the words; what is only removed stays readable in the file.
    call(["patchelf", "--set-rpath", "x", *map(str, libraries)])
    call(["patchelf", "--remove-rpath", *map(str, libraries)])


def compile_bindings(python: Path, program: Path) -> None:
    """Put PySide's own Python beside it, compiled: a start has a sixth less to do until there is a Qt."""
    folder = program / "_internal" / "shiboken6" / "files.dir"  # where PySide looks for it first
    call([str(python), "-c", _COMPILE, str(folder)])


def draw(python: Path) -> None:
    """Draw the icons anew."""
    call([str(python), str(ROOT / "packaging" / "package_icons.py"), str(package_facts.fresh(ICONS))])


def gather_licences(python: Path) -> None:
    """Gather the licences of what this system's locks bring."""
    names = shipped(RUN_LOCK.read_text(encoding="utf-8"), sys.platform)
    package_facts.fresh(LICENCES)
    call([str(python), str(ROOT / "packaging" / "package_licences.py"), str(LICENCES), *names])


def components() -> tuple[Component, ...]:
    """Return what was gathered."""
    return listed_components((LICENCES / LIST).read_text(encoding="utf-8"))


def write_bill(kind: str, target: Path) -> None:
    """Write the bill of materials of a package beside it."""
    bill = package_sbom.bill(kind, package_facts.version(), package_facts.epoch(), components())
    target.write_text(package_sbom.text(bill), encoding="utf-8")


def shipped(lock: str, system: str) -> tuple[str, ...]:
    """Return the names of the packages in a lock that `system` (as in sys.platform) gets on CPython 3.11 or newer.

    The markers of our lock ask for the system and the implementation alone; SetupError for any other one.
    """
    return tuple(normal(name) for name, marker in _MARKED.findall(lock) if not marker or _holds(marker, system))


def _holds(marker: str, system: str) -> bool:
    values = {
        "sys_platform": system, "platform_python_implementation": "CPython", "implementation_name": "cpython",
        "python_full_version": platform.python_version(),
        "python_version": ".".join(map(str, sys.version_info[:2])),
    }
    for part in marker.strip().split(" and "):
        name, relation, wanted = part.strip().split(" ", 2)
        value, wanted = values.get(name, ""), wanted.strip("'\"")
        if name not in values or relation not in {"==", "!=", "<", ">="}:
            raise SetupError(f"The lock has a marker that is not understood: {marker}")
        if relation in {"<", ">="}:
            older = tuple(map(int, value.split("."))) < tuple(map(int, wanted.split(".")))
            if older != (relation == "<"):
                return False
        elif (value == wanted) != (relation == "=="):
            return False
    return True


def call(command: list[str], more: dict[str, str] | None = None, folder: Path = ROOT) -> None:
    """Run a command; SetupError when it fails."""
    if subprocess.run(command, cwd=folder, env={**os.environ, **(more or {})}, check=False).returncode:
        raise SetupError(f"This did not work: {' '.join(command)}")
