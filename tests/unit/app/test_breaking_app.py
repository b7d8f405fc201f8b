"""The real app breaks and crashes: it says so, goes on or comes back, and no secret is in what is left."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.webhooks import Webhook
from segmind_studio.store.paths import app_paths
from segmind_studio.store.webhook_file import DeletedWebhooksFile

pytestmark = pytest.mark.timeout(180)
ODD_KEY = "a-password-in-the-wrong-field"
HERE = Path(__file__).parent


def run(folder, how):
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, str(HERE / "breaking_app.py"), str(folder), how, ODD_KEY],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(HERE.parents[2])},
        timeout=120, check=False, capture_output=True, text=True,
    )


def told(ended):
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def logs(folder):
    return {path.name: path.read_text() for path in (folder / "logs").iterdir()}


def bundle(folder):
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_an_error_that_nobody_caught_is_said_and_the_app_goes_on(tmp_path):
    ended = run(tmp_path, "break")
    window = told(ended)
    assert "Something in the app went wrong." in window["said"]
    assert "ValueError: the key is …" in window["copied"]
    assert window["place"] == "settings"  # where a bundle is saved
    assert set(logs(tmp_path)) == {"studio.log"}
    assert "ValueError: the key is …" in logs(tmp_path)["studio.log"]
    assert "ValueError: the key is …" in bundle(tmp_path)["logs/studio.log"]
    for text in (ended.stdout, ended.stderr, *logs(tmp_path).values(), *bundle(tmp_path).values()):
        assert ODD_KEY not in text
    assert "ValueError: the key is …" in ended.stderr


def test_a_crash_is_said_at_the_next_start_and_is_in_the_bundle(tmp_path):
    crashed = run(tmp_path, "crash")
    assert crashed.returncode == -signal.SIGSEGV
    assert "Segmentation fault" in logs(tmp_path)["crash.log"]
    window = told(run(tmp_path, "look"))
    assert "The app crashed the last time it ran." in window["said"]
    assert "Segmentation fault" in window["copied"]
    assert set(logs(tmp_path)) == {"studio.log", "crash-1.log"}
    assert "in begin" in bundle(tmp_path)["logs/crash-1.log"]
    assert told(run(tmp_path, "look"))["said"] == []


def test_a_deleted_webhook_is_said_at_the_next_start_and_its_address_stays_secret(tmp_path):
    address = "https://hooks.example.com/s3cret-path"
    file = DeletedWebhooksFile(app_paths(tmp_path).deleted_webhooks)
    file.keep(PRACTICE_ACCOUNT_ID, Webhook("w1", address, ("FINETUNE",)))
    window = told(run(tmp_path, "lost"))
    assert any(address in text for text in window["said"])
    for text in (*logs(tmp_path).values(), *bundle(tmp_path).values()):
        assert "s3cret-path" not in text
    assert file.of(PRACTICE_ACCOUNT_ID), "until one is registered"
