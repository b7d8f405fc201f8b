"""The command line: options, their errors, and no display."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segmind_studio import __version__, texts
from segmind_studio.command_line import NEW_DATASET, PLACES, parse
from segmind_studio.core.accounts import Account, AccountKind
from segmind_studio.early_calls import launch_refusal
from segmind_studio.services.accounts.account_values import PRACTICE_ACCOUNT, AccountsState


def test_paths_become_absolute():
    options = parse(["a.jpg", "/x/b.zip"])
    assert options.paths == (Path.cwd() / "a.jpg", Path("/x/b.zip"))


@pytest.mark.parametrize("url", ["https://api.example.com/", "http://127.0.0.1:8000", "http://localhost"])
def test_allowed_addresses(url):
    assert parse(["--api-url", url]).api_url == url.rstrip("/")


@pytest.mark.parametrize("url", ["http://api.segmind.com", "ftp://x", "api.segmind.com", "https://u:p@x.com", "http://[::1"])
def test_other_addresses_are_refused_in_words(url, capsys):
    with pytest.raises(SystemExit) as left:
        parse(["--api-url", url])
    assert left.value.code == 2
    assert "https://" in capsys.readouterr().err


def test_a_place_or_a_new_dataset_can_be_wished_for():
    assert parse([]).wish == ""
    assert parse(["--show", "runs"]).wish == "runs"
    assert parse(["--new-dataset"]).wish == NEW_DATASET
    assert NEW_DATASET not in PLACES


def test_the_sample_is_wished_for_before_a_place_and_not_beside_photos():
    assert parse(["--sample", "--show", "runs"]).wishes == "sample runs"
    assert parse(["--sample", "a.jpg"]).wishes == ""


ELSEWHERE = "http://127.0.0.1:8000"
MINE = Account("a1", "Mine", AccountKind.SEGMIND)


@pytest.mark.parametrize(("words", "account", "taken"), [
    ([], MINE, True),
    (["--sample", "a.jpg", "--show", "runs"], MINE, True),
    (["--practice"], MINE, False),
    (["--practice"], PRACTICE_ACCOUNT, True),
    (["--api-url", ELSEWHERE], MINE, True),
    (["--api-url", "https://api.example.com"], MINE, False),
    (["--self-test"], PRACTICE_ACCOUNT, False),
    (["--tour", "x"], PRACTICE_ACCOUNT, False),
], ids=str)
def test_an_open_window_takes_only_launches_whose_options_it_fulfils(words, account, taken):
    state = AccountsState((account,), account, address=ELSEWHERE)
    assert (launch_refusal(parse(words).needs, state) is None) is taken


@pytest.mark.parametrize("words", [["--show", "nowhere"], ["--show", "runs", "--new-dataset"]])
def test_other_wishes_are_refused(words):
    with pytest.raises(SystemExit) as left:
        parse(words)
    assert left.value.code == 2


def test_the_self_test_is_always_practice():
    assert parse(["--self-test"]).practice
    assert parse(["--tour", "x"]).practice


def _run(*arguments, **environment):
    clean = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "segmind_studio", *arguments],
        env=clean | environment, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )


def test_version_and_help_need_no_display():
    assert _run("--version").stdout == f"segmind-studio {__version__}\n"
    assert "SEGMIND_API_KEY" in _run("--help").stdout


def test_help_is_in_the_language_of_the_terminal():
    assert "⟦úsé thé práçtíçé" in _run("--help", SEGMIND_STUDIO_LANGUAGE="pseudo", PYTHONUTF8="1").stdout
    german = _run("--help", SEGMIND_STUDIO_LANGUAGE="de", PYTHONUTF8="1").stdout
    assert german
    assert "show this help" not in german  # of argparse


@pytest.mark.parametrize(("variables", "used"), [
    ({"SEGMIND_STUDIO_LANGUAGE": "pseudo", "LANG": "en_US.UTF-8"}, "pseudo"),
    ({"LANGUAGE": "xx:pseudo", "LANG": "de_DE.UTF-8"}, "pseudo"),
    ({"LANGUAGE": "pseudo", "LANG": "C"}, "en"),  # as gettext has it
    ({"LC_ALL": "en_GB.UTF-8", "LC_MESSAGES": "pseudo"}, "en"),
    ({"LC_MESSAGES": "pseudo.UTF-8", "LANG": "en_GB"}, "pseudo"),
    ({}, "en"),
])
def test_the_terminals_language_is_what_its_variables_name(monkeypatch, variables, used):
    for name in ("SEGMIND_STUDIO_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    before = texts.used_language()
    try:
        assert texts.use_terminal() == used
    finally:
        texts.use([before])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_no_display_is_one_line_not_an_abort():
    ended = _run()
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "no display" in ended.stderr
