import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import system_packages

from tests.fakes.typed import the

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "packaging" / "dev.py"
WANTED = {"libone1": "lib:one", "two": "program:two"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system packages are asked for on Linux only")


def tool(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the whole PATH, with a dpkg-query that knows what `installed` lists."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "installed").touch()
    tool(folder, "dpkg-query", f'while read -r name; do echo "$name installed"; done <"{folder}/installed"')
    tool(folder, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >>"{folder}/asked"')
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_nothing_is_installed_when_all_is_there(tools: Path) -> None:
    (tools / "installed").write_text("libone1t64\ntwo\n")
    system_packages.ensure(WANTED)
    assert not (tools / "asked").exists()


def test_root_installs_what_is_missing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tools / "installed").write_text("two\n")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    system_packages.ensure(WANTED)
    update, install = (tools / "asked").read_text().splitlines()
    assert update.startswith("noninteractive update")
    assert install.startswith("noninteractive install -y --no-install-recommends libone1 ")
    assert "two" not in install


def test_a_failing_apt_is_told(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tool(tools, "apt-get", "exit 100")
    with pytest.raises(system_packages.SetupError, match="apt-get update"):
        system_packages.ensure(WANTED)


@pytest.mark.usefixtures("tools")
def test_others_are_told_the_exact_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(system_packages.SetupError) as told:
        system_packages.ensure(WANTED)
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libone1 two\n"
    assert command in str(told.value)


def test_a_system_without_dpkg_is_looked_at_itself(tools: Path) -> None:
    (tools / "dpkg-query").unlink()
    tool(tools, "two", "exit 0")
    with pytest.raises(system_packages.SetupError, match="one"):
        system_packages.ensure(WANTED)
    system_packages.ensure({"two": "program:two"})


def test_the_commands_explain_themselves() -> None:
    for arguments in ([], ["dance"]):
        done = subprocess.run(  # noqa: S603  # our own script
            [sys.executable, str(DEV), *arguments], capture_output=True, text=True, check=False, timeout=60,
        )
        assert done.returncode == 2
        for command in ("run", "test", "faults", "bench", "bare", "lock", "package", "package-test"):
            assert f"packaging/dev.py {command}" in done.stderr


@pytest.mark.parametrize("name", [
    "dev", "bare_machine", "checks", "locks", "system_packages", "python_environment",
])
def test_an_older_python_gets_as_far_as_being_told(name: str) -> None:
    source = (ROOT / "packaging" / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    at_once = {node.names[0].name for node in tree.body if isinstance(node, ast.Import)}
    assert "tomllib" not in at_once
    assert the(ast.ImportFrom, tree.body[1]).names[0].name == "annotations"


def test_the_check_command_is_the_test_command() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines == [
        "set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "python3 packaging/dev.py test",
    ]
    assert script.stat().st_mode & stat.S_IXUSR
