"""The Linux packages: what lies where, what they say of themselves, the .deb by nfpm, the portable archive.

They hold the same frozen program, as does the .rpm, see `package_rpm`. Standard library only; nfpm runs from the
environment of `package_freeze`.
"""

from __future__ import annotations

import gettext
import gzip
import html
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import package_contents
import package_facts
import package_freeze
import system_packages
from package_facts import ICON_SIZES, NAME, TITLE
from package_licences import Component
from python_environment import ROOT

LINUX = ROOT / "packaging" / "linux"
PICTURES = ROOT / "packaging" / "icons"
TOOLS = {
    "binutils": "program:objdump", "dpkg-dev": "program:dpkg-shlibdeps", "patchelf": "program:patchelf",
}
CONSOLE = f"{NAME}-cli"  # another name of the program, that takes commands only
HOME = f"usr/lib/{NAME}"  # of the program, below the root
DETAILS = (
    "Drop photos on the window, write their captions, and teach Flux Pro a\n"
    "face, a product or a style. The training runs on Segmind's cloud with your\n"
    "own account, or for free on the practice service that comes with it.\n"
    "This is not a product of Segmind."
)
_COMMON = {"LGPL-3.0-only": "LGPL-3", "GPL-3.0-only": "GPL-3"}
_APACHE = "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"
_OWNER = re.compile(r"\s*Copyright (\(c\) |©? ?)?(\d|aio|[A-Z])")
_AR = b"!<arch>\n"
_ELF = b"\x7fELF"
_NEEDED = re.compile(r"^\s*NEEDED\s+(\S+)$", re.MULTILINE)
_OPENED = (  # libraries that Qt opens by name when it needs them
    "libEGL.so.1", "libGL.so.1", "libxcb-cursor.so.0", "libssl.so.3", "libcrypto.so.3",
)
_FILTERS = ({"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 64 << 20})


def stage(frozen: Path, root: Path) -> None:
    """Lay out what a package installs below `root`, with modes that do not depend on who builds."""
    package_facts.fresh(root)
    shutil.copytree(frozen, root / HOME, symlinks=True)
    share = root / "usr/share"
    entry = LINUX / f"{NAME}.desktop"
    _put(share / "applications" / entry.name, desktop_entry(entry.read_text(encoding="utf-8")))
    _put(share / "metainfo" / f"{NAME}.metainfo.xml", metainfo(package_facts.releases(), package_facts.site()))
    _put(share / "man/man1" / f"{NAME}.1", (LINUX / f"{NAME}.1").read_text(encoding="utf-8"))
    add_shell_help(share)
    icons = share / "icons/hicolor"
    for size in ICON_SIZES:
        target = icons / f"{size}x{size}/apps/{NAME}.png"
        target.parent.mkdir(parents=True)
        shutil.copy(package_freeze.ICONS / f"{size}.png", target)
    _put(icons / f"scalable/apps/{NAME}.svg", (ROOT / "resources/icons/app.svg").read_text(encoding="utf-8"))
    symbolic = PICTURES / f"{NAME}-symbolic.svg"
    _put(icons / "symbolic/apps" / symbolic.name, symbolic.read_text(encoding="utf-8"))
    _put(share / "doc" / NAME / "copyright", copyright_file(package_freeze.components(), package_freeze.LICENCES))
    for folder, _folders, files in os.walk(root):
        Path(folder).chmod(0o755)
        for file in map(Path(folder).joinpath, files):
            if not file.is_symlink():
                file.chmod(0o755 if file == root / HOME / NAME else 0o644)


def add_shell_help(share: Path) -> None:
    """Add the man page of the command line and its completion for shells, as the program itself prints them."""
    _put(share / f"man/man1/{CONSOLE}.1", _printed("manual"))
    for program in (NAME, CONSOLE):
        _put(share / "bash-completion/completions" / program, _printed("completion", "bash"))
        _put(share / f"fish/vendor_completions.d/{program}.fish", _printed("completion", "fish"))
    _put(share / f"zsh/site-functions/_{NAME}", _printed("completion", "zsh"))


def _printed(*words: str) -> str:
    python = package_freeze.environment().python
    told = subprocess.run(
        [str(python), "-m", "segmind_studio.cli", *words], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return told.stdout


def add_debian_files(root: Path) -> None:
    """Add what Debian alone wants: the changelog under its name, and the reasons of lintian's overrides."""
    doc = root / "usr/share/doc" / NAME
    _put_bytes(doc / "changelog.gz", _gzipped(debian_changelog(package_facts.releases()).encode()))
    _put_bytes(doc / "CHANGELOG.md.gz", _gzipped((ROOT / "packaging/CHANGELOG.md").read_bytes()))
    for manual in sorted((root / "usr/share/man/man1").glob("*.1")):
        _put_bytes(manual.with_name(f"{manual.name}.gz"), _gzipped(manual.read_bytes()))
        manual.unlink()
    zsh = root / "usr/share/zsh"
    (zsh / "site-functions").rename(zsh / "vendor-completions")  # where Debian's zsh looks
    overrides = LINUX / "lintian-overrides"
    _put(root / "usr/share/lintian/overrides" / NAME, overrides.read_text(encoding="utf-8"))


def desktop_entry(template: str) -> str:
    """Return the desktop entry with its names and comment in all languages, as the catalogues have them."""
    catalogues = {code: _catalogue(code) for code in package_contents.languages()}
    lines: list[str] = []
    for line in template.splitlines():
        lines.append(line)
        key, _, english = line.partition("=")
        if key in {"Name", "Comment"}:
            told = ((code, catalogue.gettext(english)) for code, catalogue in catalogues.items())
            lines += [f"{key}[{code}]={text}" for code, text in told if text != english]
    return "\n".join([*lines, ""])


def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("segmind_studio", str(package_contents.RESOURCES / "translations"), [language])


SCREENSHOTS = {  # files of packaging/pictures, which belong below the site's screenshots/: their captions
    "data-light": "Photos and their captions", "start-light": "What is under way, and what needs a decision",
    "train-light": "The settings of a training run", "runs-light": "Runs side by side",
    "try-light": "Pictures made with a finished model",
}


def metainfo(releases: Sequence[tuple[str, str]], site: str) -> str:
    """Return the AppStream description; screenshots and links are in it where the build has a site."""
    template = (LINUX / f"{NAME}.metainfo.xml").read_text(encoding="utf-8")
    told = "".join(f'\n    <release version="{version}" date="{day}"/>' for version, day in releases)
    links = pictures = ""
    if site:
        address = html.escape(site, quote=True)
        links = f'\n  <url type="homepage">{address}</url>'
        default = ' type="default"'
        pictures = "\n  <screenshots>" + "".join(
            f"\n    <screenshot{'' if number else default}>\n      <caption>{caption}</caption>"
            f"\n      <image>{address}/screenshots/{name}.png</image>\n    </screenshot>"
            for number, (name, caption) in enumerate(SCREENSHOTS.items())
        ) + "\n  </screenshots>"
    spoken = "".join(f"\n    <lang>{code}</lang>" for code in ("en", *package_contents.languages()))
    template = template.replace("@LANGUAGES@", spoken)
    return template.replace("@RELEASES@", told).replace("@LINKS@", links).replace("@SCREENSHOTS@", pictures)


def copyright_file(components: Iterable[Component], texts: Path) -> str:
    """Return Debian's copyright file: our licence, then each component's with its text.

    The texts of the GPL, the LGPL and the Apache License are Debian's own in /usr/share/common-licenses; for other
    systems they stand in the program's folder.
    """
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    parts = [
        f"{TITLE} {package_facts.version()} and all that is shipped in its folder /{HOME}.\n",
        f"{TITLE}\nLicence: {package_facts.LICENCE}\n\n{own}",
    ]
    for component in components:
        lines = [f"{component.name} {component.version}", f"Licence: {component.licence}"]
        for name in component.texts:
            stem = name.removesuffix(".txt")
            text = (texts / name).read_text(encoding="utf-8").rstrip()
            common = _COMMON.get(stem, "Apache-2.0" if _APACHE in text else "")
            if common:
                owner = next((line.strip() for line in text.splitlines() if _OWNER.match(line)), "")
                lines += [owner, f"The text is in /usr/share/common-licenses/{common}"]
            else:
                lines += ["", text]
        parts.append("\n".join(lines) + "\n")
    return f"\n{'-' * 100}\n\n".join(parts)


def debian_changelog(releases: Sequence[tuple[str, str]]) -> str:
    """Return the changelog in Debian's own form: a line for each release; CHANGELOG.md beside it has the words."""
    entries: list[str] = []
    for version, day in releases:
        when = format_datetime(datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        entries.append(
            f"{NAME} ({version}) unstable; urgency=medium\n\n  * Release {version}; see CHANGELOG.md.gz.\n\n"
            f" -- {package_facts.maintainer()}  {when}\n"
        )
    return "\n".join(entries)


def nfpm_settings(root: Path, version: str, epoch: int, depends: Sequence[str]) -> dict[str, Any]:
    """Return what nfpm reads to make the .deb; JSON is YAML."""
    when = package_facts.iso_time(epoch)
    trees = [f"/{HOME}", *(f"/usr/share/{place.name}" for place in sorted((root / "usr/share").iterdir()))]
    settings: dict[str, Any] = {
        "name": NAME, "arch": package_facts.debian_machine(), "platform": "linux",
        "version": version, "version_schema": "none",
        "maintainer": package_facts.maintainer(), "description": f"{package_facts.SUMMARY}\n{DETAILS}",
        "license": package_facts.LICENCE, "section": "graphics", "priority": "optional", "mtime": when,
        "depends": list(depends),
        "contents": [
            *({"src": f"{root}{place}", "dst": place, "type": "tree", "file_info": {"mtime": when}}
              for place in trees),
            *({"src": f"../lib/{NAME}/{NAME}", "dst": f"/usr/bin/{command}", "type": "symlink",
               "file_info": {"mtime": when}} for command in (NAME, CONSOLE)),
        ],
        "recommends": ["gnome-keyring | org.freedesktop.secrets"],
        "deb": {"compression": "none"},  # see pack_deb
    }
    if package_facts.site():
        settings["homepage"] = package_facts.site()
    return settings


def system_libraries(home: Path) -> tuple[str, ...]:
    """Return the names of the libraries that the program needs and does not bring, sorted."""
    brought = {file.name for file in home.rglob("*") if ".so" in file.name}
    needed: set[str] = set(_OPENED)
    for file in objects(home):
        told = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=True).stdout
        needed |= set(_NEEDED.findall(told))
    return tuple(sorted(needed - brought))


def objects(home: Path) -> list[Path]:
    """Return the programs and libraries but one: where there is no GTK, Qt goes on without its plugin for it."""
    return [file for file in sorted(home.rglob("*")) if is_elf(file) and file.name != "libqgtk3.so"]


def is_elf(file: Path) -> bool:
    """Return whether it is a program or a library, and no link to one."""
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(len(_ELF)) == _ELF


def deb_depends(home: Path, work: Path) -> list[str]:
    """Return the Depends of Debian: the packages that hold the libraries, each of the version that is needed."""
    libraries = system_libraries(home)
    found: set[str] = set()
    answer = subprocess.run(
        ["dpkg-query", "--search", *(f"*/{name}" for name in libraries)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"},
    ).stdout
    owners = dict(_owners(answer))
    missing = [name for name in libraries if name not in owners]
    if missing:
        raise system_packages.SetupError(f"No package here holds {', '.join(missing)}; install it first.")
    package_facts.fresh(work)  # dpkg-shlibdeps wants to stand in a source package
    (work / "debian").mkdir()
    control = f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n"
    (work / "debian/control").write_text(control, encoding="utf-8")
    told = subprocess.run(
        ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0", f"-l{home}/_internal",
         *map(str, objects(home))],
        cwd=work, capture_output=True, text=True, check=False,
    )
    if told.returncode:
        raise system_packages.SetupError(f"dpkg-shlibdeps failed:\n{told.stderr[-2000:]}")
    found |= {word.strip() for word in told.stdout.partition("=")[2].split(",") if word.strip()}
    named = {word.split()[0] for word in found}
    found |= {owners[name] for name in _OPENED if owners[name] not in named}
    return sorted(found)


def _owners(answer: str) -> Iterable[tuple[str, str]]:
    """Read what `dpkg-query --search` says: library and package, the newest name of it last."""
    for line in answer.splitlines():
        packages, _, path = line.partition(": ")
        yield Path(path).name, packages.split(",")[0].partition(":")[0]


def date(root: Path, epoch: int) -> None:
    """Set one time for all that lies below `root`: nfpm and rpmbuild take over that of the files."""
    for file in root.rglob("*"):
        os.utime(file, (epoch, epoch), follow_symlinks=False)


def nfpm(root: Path, version: str, depends: Sequence[str], target: Path) -> None:
    """Have nfpm write the .deb `target` from what lies below `root`."""
    date(root, package_facts.epoch())
    settings = nfpm_settings(root, version, package_facts.epoch(), depends)
    file = package_facts.BUILD / f"nfpm-{version}.yaml"
    file.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    tool = package_freeze.environment().python.with_name("nfpm")
    print(f"Packing {target.name}", flush=True)
    package_freeze.call(
        [str(tool), "package", "--config", str(file), "--packager", "deb", "--target", str(target)],
        {"SOURCE_DATE_EPOCH": str(package_facts.epoch())},
    )


def pack_deb(plain: Path, target: Path) -> None:
    """Write the .deb with its files packed by xz, from one in which they lie as they are.

    nfpm's own xz takes four times as long and makes it larger; dpkg unpacks whatever liblzma does.
    """
    packed = bytearray(_AR)
    for head, content in ar_members(plain.read_bytes()):
        name = head[:16].decode("ascii").strip().rstrip("/")
        if name == "data.tar":
            name = "data.tar.xz"
            kept = lzma.compress(content, format=lzma.FORMAT_XZ, filters=list(_FILTERS))
        else:
            kept = content
        packed += f"{name:<16}".encode() + head[16:48] + f"{len(kept):<10}".encode() + head[58:60]
        packed += kept + b"\n" * (len(kept) % 2)
    target.write_bytes(bytes(packed))


def ar_members(archive: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return header and content of each member of an ar archive, as a .deb is one."""
    if not archive.startswith(_AR):
        raise ValueError("This is no ar archive")
    at = len(_AR)
    while at < len(archive):
        head = archive[at : at + 60]
        size = int(head[48:58])
        yield head, archive[at + 60 : at + 60 + size]
        at += 60 + size + size % 2


def portable_words() -> str:
    """Return what the portable archive says of itself."""
    return (
        f"{TITLE} {package_facts.version()}, portable\n\n"
        f"Start ./{NAME} in this folder, wherever it lies. It needs a Linux with glibc 2.36 or newer, OpenSSL 3\n"
        "and the libraries of a desktop: on Debian and Ubuntu, libegl1 libgl1 libfontconfig1 libxkbcommon-x11-0\n"
        "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libdbus-1-3 libsqlite3-0 libffi8.\n\n"
        "With --data-dir DIR it keeps everything it writes in DIR; else in the folders of your user.\n"
        "share/ has the icons and the desktop entry, the licences are in share/doc and in Help, About.\n"
    )


def archive(folders: Iterable[tuple[Path, str]], target: Path, epoch: int) -> None:
    """Write a .tar.xz of each folder under its name: sorted, of nobody, at one time, so always the same bytes."""
    print(f"Packing {target.name}", flush=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as opened:
        for folder, name in folders:
            for file in [folder, *sorted(folder.rglob("*"))]:
                inner = str(Path(name) / file.relative_to(folder))
                told = opened.gettarinfo(str(file), inner)
                told.uid = told.gid = 0
                told.uname = told.gname = "root"
                told.mtime = epoch
                if told.isreg():
                    with file.open("rb") as content:
                        opened.addfile(told, content)
                else:
                    opened.addfile(told)
    target.write_bytes(lzma.compress(packed.getvalue(), format=lzma.FORMAT_XZ, filters=list(_FILTERS)))


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _put(target: Path, text: str) -> None:
    _put_bytes(target, text.encode())


def _put_bytes(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
