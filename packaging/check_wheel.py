"""Build the wheel, install it in an environment of its own, and check that it is complete. Standard library only.

Usage: python3 packaging/check_wheel.py PYTHON_WITH_HATCHLING
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from python_environment import ROOT, RUN_LOCK, Environment

WHEELS = ROOT / "build" / "wheel"
APART = ROOT / "build" / "wheel-environment"
LOOK = """
import sys
from pathlib import Path
import segmind_studio
from segmind_studio.resources import resource
source, apart = Path(sys.argv[1]), Path(sys.argv[2])
package = Path(segmind_studio.__file__)
assert package.is_relative_to(apart), f"{package} is not the installed one"
assert (package.parent / "py.typed").is_file(), "py.typed is not packaged"
files = [file for file in source.rglob("*") if file.is_file()]
assert files, "there are no resources"
for file in files:
    same = resource(*file.relative_to(source).parts).read_bytes() == file.read_bytes()
    assert same, f"{file} differs"
print(f"The wheel holds {segmind_studio.__version__} and all {len(files)} resources.")
"""


def main() -> int:
    """Build and check; return the exit code."""
    python = Path(sys.argv[1])
    shutil.rmtree(WHEELS, ignore_errors=True)
    _run([str(python), "-m", "hatchling", "build", "--target", "wheel", "--directory", str(WHEELS)])
    (wheel,) = WHEELS.glob("*.whl")
    apart = Environment(APART, helper=python)
    apart.make()
    apart.install([RUN_LOCK])
    apart.pip("install", "--no-deps", "--force-reinstall", str(wheel))
    _run([str(apart.python), "-I", "-c", LOOK, str(ROOT / "resources"), str(APART)])
    for program in ("segmind-studio", "segmind-studio-cli", "segmind-studio-practice"):
        _run([str(apart.python.with_name(program)), "--help"], shown=False)
    return 0


def _run(command: list[str], *, shown: bool = True) -> None:
    """Run a command outside of the source tree, where only what is installed can be imported."""
    quiet = None if shown else subprocess.DEVNULL
    folder = ROOT if "hatchling" in command else Path(ROOT.anchor)
    bare = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "PYTHONPATH"}}
    if subprocess.run(command, cwd=folder, env=bare, stdout=quiet, check=False).returncode:
        sys.exit(f"This did not work: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main())
