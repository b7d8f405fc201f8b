from __future__ import annotations

import json
import signal
import subprocess
import sys

import httpx
import pytest
from practice_bench import NO_TLS

from tests.fakes.typed import known

COMMAND = [sys.executable, "-W", "error", "-m", "segmind_studio.practice"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_tells_its_address_serves_and_stops(tmp_path, number):
    with subprocess.Popen(  # noqa: S603  # our own program
        [*COMMAND, "--data-dir", tmp_path, "--speed", "60", "--credits", "7.5", "--fault", "retired"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        try:
            address = json.loads(known(process.stdout).readline())
            assert set(address) == {"api", "s3", "key"}
            answer = httpx.get(
                f"{address['api']}/v1/get-user-credits", headers={"x-api-key": address["key"]}, verify=NO_TLS,
            )
            assert answer.json()["credits"] == 7.5
        finally:
            process.send_signal(number)
            rest, errors = process.communicate(timeout=10)
        assert (process.returncode, rest, errors) == (0, "", "")


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603  # our own program


def test_the_command_says_what_is_wrong(tmp_path):
    (tmp_path / "file").write_text("x")
    failed = run("--data-dir", tmp_path / "file")
    assert failed.returncode == 1
    assert "could not start" in failed.stderr
    assert run("--data-dir", tmp_path, "--speed", "nan").returncode == 2
    unknown = run("--data-dir", tmp_path, "--fault", "flood")
    assert unknown.returncode == 2
    assert "flood" in unknown.stderr


def test_holding_the_server_imports_no_server_library():
    code = (
        "import sys, segmind_studio.practice.server; "
        "print([name for name in ('aiohttp', 'PIL', 'sqlite3', 'asyncio', 'PySide6') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603  # our own program
    assert done.stdout.strip() == "[]"
