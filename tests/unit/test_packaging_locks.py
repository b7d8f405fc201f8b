import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "requirements.txt", "requirements-dev.txt", "requirements-build.txt", "requirements-package.txt",
    "requirements-windows.txt",
)


def text(name: str) -> str:
    return (ROOT / "packaging" / name).read_text(encoding="utf-8")


def pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text(name), re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_names_no_address(name: str) -> None:
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:", text(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_requirement_has_an_exact_version_and_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", text(name).strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[A-Za-z0-9_.-]+==\S+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_the_locks_agree() -> None:
    everything = pinned("requirements-dev.txt")
    for name in ("requirements.txt", "requirements-build.txt", "requirements-package.txt"):
        both = {key: version for key, version in pinned(name).items() if key in everything}
        assert both == {key: everything[key] for key in both}
    assert pinned("requirements.txt").keys() <= everything.keys()


def test_what_the_project_names_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for lock, wanted in (
        ("requirements.txt", project["project"]["dependencies"]),
        ("requirements-dev.txt", project["project"]["optional-dependencies"]["dev"]),
        ("requirements-build.txt", project["build-system"]["requires"]),
    ):
        names = {re.split(r"[<>=!~ ;\[]", line)[0].lower() for line in wanted}
        assert names <= {name.lower() for name in pinned(lock)}
    assert "editables" in pinned("requirements-build.txt")


def test_qt_stays_below_the_release_that_aborts() -> None:
    """6.12.0 drops references on Python 3.11 until the interpreter aborts."""
    assert tuple(map(int, pinned("requirements.txt")["pyside6-essentials"].split(".")[:2])) < (6, 12)


def test_the_install_of_the_readme_builds_nothing_and_takes_only_what_is_locked() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("## Install")[2].partition("```sh\n")[2].partition("```")[0]
    calls = [shlex.split(line.partition(" && ")[0])[2:] for line in block.splitlines() if "pip install" in line]
    locked, own = calls
    assert {"--require-hashes", "--only-binary=:all:"} <= set(locked)
    assert [locked[at + 1] for at, word in enumerate(locked) if word == "-r"] == [
        "packaging/requirements.txt", "packaging/requirements-build.txt",
    ]
    assert set(own) == {"--no-index", "--no-deps", "--no-build-isolation", "."}
