"""The key: entered in the window, kept by a real Secret Service, and the app without any keyring."""

import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from open_studio import open_studio

from segmind_studio.services.accounts.account_service import KeyringState
from segmind_studio.store.secrets import SERVICE_NAME
from tests.fakes.practice_side import StartedPractice
from tests.fakes.typed import known

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def service(tmp_path):
    """A service that stands for Segmind: the app speaks to it as to a real account."""
    server = StartedPractice(tmp_path / "service", speed=40.0)
    yield server
    server.stop()


def enter_key(studio, key):
    studio.driver.click("rail.settings")
    studio.driver.type_line("settings.key_name", "Work")
    studio.driver.type_line("settings.key", key)
    studio.driver.click("settings.key_test")


def written(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_key_entered_in_the_window_is_kept_by_the_keyring_alone(qapp, tmp_path, service):
    key = service.address.key
    with open_studio(tmp_path / "app", api_url=service.address.api) as studio:
        studio.wait_for_connection()
        enter_key(studio, key)
        studio.driver.wait(lambda: studio.services.accounts.state.current.name == "Work", "the account")
        name = studio.services.accounts.state.current.keyring_name
        assert studio.services.accounts.state.keyring is KeyringState.AVAILABLE
    assert keyring.get_password(SERVICE_NAME, name) == key
    files = written(tmp_path / "app")
    assert len(files) > 3
    for path in files:
        assert key.encode() not in path.read_bytes(), path
    with open_studio(tmp_path / "app", api_url=service.address.api) as studio:
        studio.wait_for_connection()
        assert studio.services.accounts.state.current.name == "Work"
        assert not known(studio.services.accounts.state.connection).practice


def test_a_wrong_key_is_said_at_the_field_and_not_kept(qapp, tmp_path, service):
    with open_studio(tmp_path / "app", api_url=service.address.api) as studio:
        studio.wait_for_connection()
        with_key = []
        studio.services.accounts.key_tested.connect(with_key.append)
        enter_key(studio, "SG_0000000000000000")
        studio.driver.wait(lambda: bool(with_key), "the answer")
        assert not with_key[0].ok
        assert studio.services.accounts.state.current.name == "Practice"


def test_the_main_job_without_any_keyring(tmp_path):
    """A desktop of its own, whose bus knows no Secret Service at all; a key from the environment."""
    inside = Path(__file__).with_name("without_keyring.py")
    ended = subprocess.run(  # noqa: S603
        [sys.executable, str(ROOT / "packaging" / "desktop_session.py"), "--keyring", "absent", "--",
         sys.executable, str(inside), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{inside.parent}{os.pathsep}{ROOT}"},
        timeout=150, check=False, capture_output=True, text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "kept for this session" in ended.stdout
    assert "ready" in ended.stdout
