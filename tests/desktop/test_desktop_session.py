"""The throw-away desktop itself: three kinds of keyring, exit codes, and nothing left behind."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from segmind_studio.core.accounts import ApiKey
from segmind_studio.store.secrets import Vault

ROOT = Path(__file__).resolve().parents[2]
SESSION = (sys.executable, str(ROOT / "packaging" / "desktop_session.py"))
KEY = "SG_00112233445566aa"
ASK = f"""
from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import SecretsError
from segmind_studio.store.secrets import Vault
vault = Vault()
try:
    print(vault.where())
    vault.write("acc", ApiKey("{KEY}"))
    print(vault.read("acc").reveal())
except SecretsError as error:
    print(error.problem.value)
"""
DISMISS = """
import os, signal, subprocess, sys, threading
asking = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
pause = threading.Event()
found = ""
while not found and asking.poll() is None:
    done = subprocess.run(["pidof", "gcr-prompter"], capture_output=True, text=True)
    found = done.stdout.strip()
    pause.wait(0.05)
print("prompted" if found else "not prompted")
os.kill(int(found), signal.SIGTERM)
print(asking.communicate(timeout=20)[0])
"""


def session(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own script
        [*SESSION, *arguments], capture_output=True, text=True, check=False, timeout=100, cwd=ROOT,
    )


def test_a_key_is_kept_by_the_keyring_of_this_session() -> None:
    vault = Vault("Segmind Studio test")
    assert vault.where() == "GNOME Keyring"
    vault.write("acc", ApiKey(KEY))
    assert Vault("Segmind Studio test").read("acc") == ApiKey(KEY)
    assert Vault().read("acc") is None
    vault.delete("acc")
    assert vault.read("acc") is None


@pytest.mark.parametrize(("kind", "answer"), [("unlocked", f"GNOME Keyring\n{KEY}"), ("absent", "missing")])
def test_a_keyring_that_answers_and_none_at_all(kind: str, answer: str) -> None:
    done = session("--keyring", kind, "--", sys.executable, "-c", ASK)
    assert done.stdout.strip() == answer, done.stderr


def test_a_locked_keyring_waits_for_its_prompt_and_tells_that_it_stayed_locked() -> None:
    done = session("--keyring", "locked", "--", sys.executable, "-c", DISMISS, ASK)
    assert done.stdout.split() == ["prompted", "GNOME", "Keyring", "locked"], done.stderr


def test_the_exit_code_is_the_command_s() -> None:
    assert session("--bare", "--", "sh", "-c", "exit 7").returncode == 7
    assert session("--bare", "--", "sh", "-c", "kill -9 $$").returncode == 128 + 9


@pytest.fixture
def short_place() -> Iterator[Path]:
    """Yield an empty folder whose path leaves room for the names of sockets."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        yield Path(folder)


def test_nothing_is_left_behind_even_when_it_is_stopped(short_place: Path) -> None:
    process = subprocess.Popen(  # noqa: S603  # our own script
        [*SESSION, "--", "sh", "-c", "setsid sleep 1000 & echo $! $XDG_RUNTIME_DIR; wait"],
        env={**os.environ, "TMPDIR": str(short_place)}, stdout=subprocess.PIPE, text=True,
    )
    with process:
        assert process.stdout is not None
        sleeper, folder = process.stdout.readline().split()
        assert Path(folder).is_relative_to(short_place)
        assert Path(folder).is_dir()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
    assert list(short_place.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(sleeper), 0)
