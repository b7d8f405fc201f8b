"""Gather the licences of all that is shipped, for About, the bill of materials and Debian's copyright file.

Run as a command, by the Python that is shipped:

    python package_licences.py FOLDER NAME…

It writes `licences.json`, a list of components, and each component's texts beside it. Standard library only.
"""

from __future__ import annotations

import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

LIST = "licences.json"
TEXTS = Path(__file__).resolve().parent / "licences"  # of what brings no text of its own
_TEXT_NAME = re.compile(r"(?i)(^|/)(licen[cs]e|copying|notice|authors)[^/]*$")
# What packages call their licence in words of their own, as SPDX names it.
_SPDX = {
    "Apache 2.0": "Apache-2.0", "Apache 2": "Apache-2.0", "MIT License": "MIT", "BSD": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
}
_QT = ("LGPL-3.0-only", "GPL-3.0-only", "Qt-third-party")
_OWN_TEXTS = {  # their wheels do not hold these
    "pyside6-essentials": _QT,
    "shiboken6": _QT[:2],
    "pi-heif": _QT[:2],  # of the libraries in it: libheif and libde265
}
_WITH_LIBRARIES = {"pi-heif": "BSD-3-Clause AND LGPL-3.0-or-later"}  # its metadata name only its own licence


@dataclass(frozen=True)
class Component:
    """Something shipped: its name as the index or its makers write it, and the files with its licence."""

    name: str
    version: str
    licence: str  # an SPDX expression
    texts: tuple[str, ...]
    kind: str = "pypi"  # or "python", "resource", "system"


class LicenceError(Exception):
    """Tell which component says nothing of its licence: it cannot be shipped."""


def normal(name: str) -> str:
    """Write a package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def spdx(name: str, expression: str, words: Sequence[str]) -> str:
    """Return the licence of a package as an SPDX expression; LicenceError when it tells none.

    `words` are its metadata's License and its classifiers, in this order.
    """
    if expression:
        return expression
    for word in words:
        if word in _SPDX:
            return _SPDX[word]
    if words[0] and "\n" not in words[0] and len(words[0]) < 80:  # noqa: PLR2004  # more is the text itself
        return words[0]
    raise LicenceError(f"{name} does not tell its licence in a way that is known here")


def gather(folder: Path, names: Iterable[str], site: Path | None = None, python: str = "") -> list[Component]:
    """Write the texts of these installed packages, of Python and of our own files; returns what was found.

    `site` is another folder with packages than this Python's own, and `python` the version that runs them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = [_package(folder, name, site) for name in sorted(map(normal, names))]
    found += [_python(folder, python), *_resources(folder)]
    if sys.platform == "linux" and site is None:
        found.append(_bzip2(folder))
    (folder / LIST).write_text(listed(found), encoding="utf-8")
    return found


def listed(components: Sequence[Component]) -> str:
    """Write the list as About reads it."""
    return json.dumps([asdict(component) for component in components], indent=1, ensure_ascii=False) + "\n"


def listed_components(text: str) -> tuple[Component, ...]:
    """Read what `listed` wrote."""
    return tuple(
        Component(told["name"], told["version"], told["licence"], tuple(told["texts"]), told["kind"])
        for told in json.loads(text)
    )


def _package(folder: Path, name: str, site: Path | None) -> Component:
    context = metadata.DistributionFinder.Context(name=name, **({} if site is None else {"path": [str(site)]}))
    distribution = next(iter(metadata.distributions(context=context)), None)
    if distribution is None:
        raise LicenceError(f"{name} is locked and not installed")
    texts: list[str] = []
    for file in sorted(distribution.files or (), key=str):
        if ".dist-info/" in str(file) and _TEXT_NAME.search(str(file)):
            short = str(file).partition(".dist-info/")[2].removeprefix("licenses/").replace("/", "-")
            texts.append(_written(folder, f"{name}-{short}", Path(str(distribution.locate_file(file)))))
    texts += [_written(folder, text, TEXTS / text) for text in _OWN_TEXTS.get(name, ())]
    if not texts:
        raise LicenceError(f"{name} brings no text of its licence, and none is kept for it in {TEXTS.name}/")
    told = distribution.metadata.json
    words = [str(told.get("license", "")).strip(), *map(str, told.get("classifier", ()))]
    licence = _WITH_LIBRARIES.get(name) or spdx(name, str(told.get("license_expression", "")), words)
    return Component(name, distribution.version, licence, tuple(texts))


def _python(folder: Path, version: str) -> Component:
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt",
              Path("/usr/share/doc") / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "copyright")
    place = next((place for place in places if place.is_file()), None)
    if place is None:
        raise LicenceError("The licence of Python itself is not where it is looked for")
    version = version or ".".join(map(str, sys.version_info[:3]))
    return Component("python", version, "PSF-2.0", (_written(folder, "python-LICENSE", place),), "python")


def _resources(folder: Path) -> tuple[Component, ...]:
    root = TEXTS.parents[1]
    return (
        Component("lucide-icons", "1.62.0", "ISC AND MIT", (
            _written(folder, "lucide-LICENSE", root / "resources" / "icons" / "LICENSE"),), "resource"),
        Component("inter-font", "4.0~beta7", "OFL-1.1", (
            _written(folder, "inter-LICENSE", root / "resources" / "fonts" / "LICENSE"),), "resource"),
        Component("sample-photos", "1", "CC0-1.0", (
            _written(folder, "sample-photos", root / "resources" / "SAMPLE.md"),), "resource"),
    )


def _bzip2(folder: Path) -> Component:
    """Return the one library of the system that is taken along, see the spec."""
    return Component("bzip2", "1.0", "bzip2-1.0.6", (_written(folder, "bzip2", TEXTS / "bzip2-1.0.6"),), "system")


def _written(folder: Path, name: str, source: Path) -> str:
    """Keep a text under a name; CRLF becomes LF, as the same text comes in either."""
    text = source.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
    (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
    return f"{name}.txt"


if __name__ == "__main__":
    gather(Path(sys.argv[1]), sys.argv[2:])
