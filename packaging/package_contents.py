"""What must be in a program before it is packed, and what must not; looked at each time one was put together.

A recipe leaves out most of what is installed where packages are made, and finds the modules of the program by
reading its source. What it forgot would be found by the first person who needs it. Standard library only.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from python_environment import ROOT
from system_packages import SetupError

PROGRAM = "segmind_studio"
RESOURCES = ROOT / "resources"
_NOT_SHIPPED = frozenset({".po", ".pot", ".md"})  # of translations/: what translators work on
_OF_TESTS = frozenset({"tests", "conftest", "pytest", "_pytest", "hypothesis"})
_BUILT = frozenset({"build", "licences"})  # folders beside the resources, which each build writes anew


def shipped_resources() -> tuple[Path, ...]:
    """Return the files of `resources/` that a package takes along, by their paths in it, sorted."""
    files = (file.relative_to(RESOURCES) for file in sorted(RESOURCES.rglob("*")) if file.is_file())
    return tuple(file for file in files if file.parts[0] != "translations" or file.suffix not in _NOT_SHIPPED)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that the program speaks besides English, such as "zh_CN", sorted."""
    return tuple(sorted({file.parts[1] for file in shipped_resources() if file.suffix == ".mo"}))


def copy_resources(folder: Path) -> None:
    """Copy what is shipped of `resources/` to a folder."""
    for file in shipped_resources():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(RESOURCES / file, target)


def modules_of_the_program() -> set[str]:
    """Return the names of all modules of the source, without those that only `python -m` runs."""
    return set(modules_below(ROOT, PROGRAM))


def modules_below(folder: Path, package: str) -> Iterator[str]:
    """Yield the names of the modules of a package in `folder`, without those that only `python -m` runs."""
    for file in sorted((folder / package).rglob("*.py")):
        words = file.relative_to(folder).with_suffix("").parts
        if words[-1] != "__main__":
            yield ".".join(words[:-1] if words[-1] == "__init__" else words)


def frozen_modules(work: Path) -> set[str]:
    """Return the names of the modules that PyInstaller has packed, by the list in its work folder."""
    (told,) = work.rglob("PYZ-*.toc")
    _archive, entries = ast.literal_eval(told.read_text(encoding="utf-8"))
    return {name for name, _source, _kind in entries}


def check(program: Path, modules: Iterable[str]) -> None:
    """Raise SetupError unless the folder `program` and the modules packed in it are all that the program needs."""
    found = [*_wrong_modules(set(modules)), *_wrong_files(program)]
    if found:
        raise SetupError("\n".join(["What was put together is not what belongs into a package:", *found]))


def _wrong_modules(modules: set[str]) -> Iterator[str]:
    yield from (f"missing module: {name}" for name in sorted(modules_of_the_program() - modules))
    yield from (f"of the tests: {name}" for name in sorted(modules) if name.partition(".")[0] in _OF_TESTS)


def _wrong_files(program: Path) -> Iterator[str]:
    there = {file.parent for file in program.rglob("fonts") if file.parent.name == "_resources"}
    if len(there) != 1:
        yield f"{len(there)} folders with resources"
        return
    (folder,) = there
    wanted = set(shipped_resources())
    found = {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}
    found = {file for file in found if file.parts[0] not in _BUILT}
    yield from (f"missing resource: {file}" for file in sorted(wanted - found))
    yield from (f"no resource of the program: {file}" for file in sorted(found - wanted))
    yield from (
        f"not the resource of the source: {file}" for file in sorted(wanted & found)
        if (folder / file).read_bytes() != (RESOURCES / file).read_bytes()
    )
    spoken = set(languages())
    catalogues = {file.stem.removeprefix("qtbase_") for file in program.rglob("qtbase_*.qm")}
    yield from (f"Qt's own texts are not there: {name}" for name in sorted(spoken - catalogues))
    yield from (f"Qt's texts of a language that is not spoken: {name}" for name in sorted(catalogues - spoken))
    builder = [f"{ROOT}/{name}/".encode() for name in ("build", PROGRAM, "packaging")]
    for file in sorted(program.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        if file.stem in _OF_TESTS or _OF_TESTS & set(file.relative_to(program).parts):
            yield f"of the tests: {file.relative_to(program)}"
        content = file.read_bytes()
        if any(place in content for place in builder):
            yield f"the folder of the checkout stands in {file.relative_to(program)}"
