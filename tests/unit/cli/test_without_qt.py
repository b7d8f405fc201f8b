"""Programs of their own, where Qt cannot be imported and there is no display: the examples, and the help."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from segmind_studio.cli.completion import completion
from segmind_studio.cli.exit_codes import MEANINGS, ExitCode
from segmind_studio.cli.man_page import manual
from segmind_studio.cli.parser import build_parser, parse_command
from segmind_studio.cli.parser_parts import commands_of
from segmind_studio.command_line import COMMANDS
from segmind_studio.core.fields import FIELDS

ROOT = Path(__file__).resolve().parents[3]
NO_QT = 'raise ImportError("no Qt here")'
ONE_PROCESS = """
import shlex, sys
from segmind_studio.cli.main import main
for line in sys.argv[1].splitlines():
    program, *words = shlex.split(line, comments=True)
    assert program == "segmind-studio"
    code = main(words)
    if code:
        sys.exit(f"{line} ended with {code}")
"""


@pytest.fixture
def bare(tmp_path):
    """Return the environment of a computer without Qt and display, on which the program is installed."""
    for name in ("PySide6", "shiboken6"):
        (tmp_path / "no-qt" / name).mkdir(parents=True)
        (tmp_path / "no-qt" / name / "__init__.py").write_text(NO_QT)
    program = tmp_path / "bin" / "segmind-studio"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m segmind_studio "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8",
        "PYTHONPATH": f"{ROOT}:{tmp_path / 'no-qt'}",
    }


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_the_example_for_a_ci_trains_and_downloads(bare, photos, tmp_path):
    script = ROOT / "packaging" / "ci" / "train_folder.sh"
    done = subprocess.run(  # noqa: S603  # our own script
        ["/bin/sh", str(script), str(photos), "models", "--name", "from-ci", "--practice-speed", "200"],
        env=bare, capture_output=True, text=True, check=False, cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "models" / "from-ci.safetensors").stat().st_size > 1000
    (run,) = map(json.loads, (tmp_path / "models" / "runs.jsonl").read_text("utf-8").splitlines())
    assert (run["name"], run["stage"]) == ("from-ci", "ready")
    calls = (ROOT / "packaging" / "ci" / "train.yml").read_text("utf-8")
    assert "sh packaging/ci/train_folder.sh photos models --name from-ci" in calls


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_who_knows_only_the_readme_can_train_wait_and_download(bare, photos, tmp_path):
    readme = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"Practice needs no key:\n\n```sh\n(.+?)```", readme, re.DOTALL)
    shown = {line.split()[1] for line in block.splitlines()}
    assert shown >= {"check", "train", "runs", "show", "download", "try", "export", "account"}
    photos.rename(tmp_path / "photos")
    settings = tmp_path / ".config" / "segmind-studio" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"practice_speed": 400}')
    done = subprocess.run(  # noqa: S603  # our own words; a shell would pay for a start at each line
        [sys.executable, "-c", ONE_PROCESS, block], env=bare, capture_output=True, text=True, check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    made = {file.suffix for folder in ("models", "images") for file in (tmp_path / folder).iterdir()}
    assert made == {".safetensors", ".jpg"}
    assert json.loads((tmp_path / "anna.json").read_text("utf-8"))["run"]["name"] == "anna"
    page = (tmp_path / "anna.html").read_text("utf-8")
    assert page.count('src="data:image/jpeg;base64,') == 6 + 2  # photos and pictures
    assert len(list((tmp_path / "images").iterdir())) == 2


def test_the_readme_lists_the_exit_codes():
    readme = (ROOT / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (\d+) \| (.+) \|$", readme, re.MULTILINE))
    assert listed == {str(int(code)): str(words) for code, words in MEANINGS.items()}


def test_the_program_knows_its_commands_and_each_field_is_an_option():
    parsers = commands_of(build_parser())
    assert set(parsers) == COMMANDS
    options = parsers["train"].format_help()
    assert all(f"--{field.key.replace('_', '-')}" in options for field in FIELDS)
    assert "key" not in re.findall(r"--([a-z-]+)", "".join(parser.format_help() for parser in parsers.values()))


@pytest.mark.parametrize("typed", ["--5", "1_0", "5.0", "", "٣", "9" * 20])
def test_what_is_no_whole_number_is_said_to_be_none(typed, capsys):
    with pytest.raises(SystemExit):
        parse_command(["train", f"--iterations={typed}"])
    assert "a whole number" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["1_0", "\u0663", "nan", "1e999", "1,5", ""])
def test_what_is_no_number_is_said_to_be_none(typed, capsys):
    with pytest.raises(SystemExit):
        parse_command(["train", f"--learning-rate={typed}"])
    assert "a number" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_is_read_by_its_shell(shell, tmp_path):
    words = completion(build_parser(), shell)
    assert "--trigger-word" in words or "-l trigger-word" in words
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "completion").write_text(words, encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # a shell reads our script
        [program, "-n", str(tmp_path / "completion")], capture_output=True, text=True, check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tra", ["train"]), ("train --iter", ["--iterations"]), ("train --theme ST", ["STYLE"]),
        ("completion z", ["zsh"]),
    ],
)
def test_bash_completes(tmp_path, typed, offered):
    (tmp_path / "completion").write_text(completion(build_parser(), "bash"), encoding="utf-8")
    words = ["segmind-studio", *typed.split(" ")]
    script = (
        f"source {tmp_path}/completion; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        'COMPREPLY=(); _segmind_studio; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603, S607
    assert done.stdout.split() == offered


def test_the_man_page_names_every_option_and_exit_code():
    parser = build_parser()
    page = manual(parser)
    for name, command in commands_of(parser).items():
        assert f".SS {name.replace('-', chr(92) + '-')}" in page
        for option in re.findall(r"--[a-z-]+", command.format_usage()):
            assert option.replace("-", "\\-") in page
    assert all(f".B {int(code)}\n" in page for code in ExitCode)
    if shutil.which("groff"):
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, text=True, check=True,  # noqa: S607
        )
        assert done.stderr == ""
