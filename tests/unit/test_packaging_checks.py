"""The check command: what runs in how many processes, what is told in which order, and when it has failed."""

import shlex
import sys
from pathlib import Path

import checks
import pytest

PYTHON = Path("/an environment/bin/python")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="desktop sessions are for Linux")


@pytest.mark.parametrize("arguments", [
    [], ["-k", "name"], ["tests/ui"], ["-x", "tests/ui", "tests/unit/core"],
])
def test_the_tests_run_in_three_processes(arguments: list[str]) -> None:
    command = checks.tests(PYTHON, arguments)
    assert command[:3] == [str(PYTHON), "-m", "pytest"]
    assert command[command.index("--tx") + 1].startswith("3*popen")
    assert command[len(command) - len(arguments):] == arguments


@ON_LINUX
def test_each_of_them_has_a_desktop_of_its_own() -> None:
    kind, _, worker = checks.tests(PYTHON, [])[-1].partition("//python=")
    assert kind == "3*popen"
    words = shlex.split(worker)
    assert words == [*checks.SESSION, "--keyring", "unlocked", "--", str(PYTHON)]


@pytest.mark.parametrize("arguments", [
    ["tests/ui/test_x.py", "-k", "name"], ["-x", "tests/unit/test_x.py::test_y[a/b.c]"], ["-n0"], ["-n", "0"],
    ["--pdb", "tests/ui"], ["tests/ui/test_x.py", "tests/ui/test_y.py"],
])
def test_a_file_or_a_wish_makes_it_one_process(arguments: list[str]) -> None:
    command = checks.tests(PYTHON, arguments)
    assert command == checks.in_session([str(PYTHON), "-m", "pytest", *arguments])


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of tools that all pass and say their names; `python` is told apart by what it is to run."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("ruff", "lint-imports"):
        tool(folder, name, f"echo {name} speaks")
    tool(folder, "pyright", 'echo "pyright speaks${2:+ of the $2}"')
    tool(folder, "python", f'exec "{folder}/$2" "$@"')
    tool(folder, "tests.fuzz", "echo fuzz speaks")
    tool(folder, "pytest", 'echo "pytest speaks of $6"; echo "${PYTHONDONTWRITEBYTECODE-nothing}"')
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "check_wheel.py").write_text("print('wheel speaks')")
    tool(folder, "--check", "echo texts speaks")
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return folder


def tool(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@ON_LINUX
def test_all_that_is_said_is_told_in_order_and_the_tests_come_last(
    tools: Path, capfd: pytest.CaptureFixture[str],
) -> None:
    tool(tools, "tests.fuzz", "echo fuzz speaks first >&2")
    assert checks.check(tools / "python", []) == 0
    said = [line for line in capfd.readouterr().out.splitlines() if line]
    assert [line.partition(" in ")[0] for line in said] == [
        "== ruff", "ruff speaks", "== ruff: passed", "== import-linter", "lint-imports speaks",
        "== import-linter: passed", "== pyright", "pyright speaks", "== pyright: passed", "== types of the tests",
        "pyright speaks of the tests", "== types of the tests: passed", "== fuzz", "fuzz speaks first",
        "== fuzz: passed", "== wheel", "wheel speaks", "== wheel: passed", "== texts", "texts speaks",
        "== texts: passed", "== pytest",
        f"pytest speaks of {checks.tests(tools / 'python', [])[6]}", "nothing",
    ]


@ON_LINUX
@pytest.mark.parametrize(("name", "step"), [
    ("ruff", "ruff"), ("pyright", "pyright, types of the tests"), ("tests.fuzz", "fuzz"),
    ("--check", "texts"), ("pytest", ""),
])
def test_what_fails_is_named_fails_the_whole_and_stops_nothing(
    tools: Path, capfd: pytest.CaptureFixture[str], name: str, step: str,
) -> None:
    tool(tools, name, "echo this is wrong; exit 3")
    assert checks.check(tools / "python", []) == 1
    said = capfd.readouterr().out
    assert "this is wrong" in said
    assert (f"Failed before the tests: {step}\n" in said) == bool(step)
    assert "== pytest" in said


@ON_LINUX
def test_what_runs_beside_ends_with_the_command(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_name: str, _command: object) -> bool:
        raise KeyboardInterrupt

    tool(tools, "tests.fuzz", "exec tail -f /dev/null")
    monkeypatch.setattr(checks, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        checks.check(tools / "python", [])  # and it does come to an end
