"""Run inside a desktop without a keyring of its own: `with_odd_keyring.py FOLDER slow|broken`."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from odd_secrets import SLOW_S
from open_studio import open_studio
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, KeptIn, account_id_of
from segmind_studio.core.settings import Settings
from segmind_studio.practice.server import PracticeServer
from segmind_studio.services.accounts.account_service import KeyringState
from segmind_studio.store.paths import app_paths
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.typed import known

LONGEST_PAUSE_S = 12.0  # of the event loop, on a very busy machine; one that waits for the keyring pauses for 30


class Pulse:
    """Measure the longest pause of the event loop."""

    def __init__(self):
        self.longest = 0.0
        self._last = time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(20)

    def _beat(self):
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def remember_an_account(folder, address):
    paths = app_paths(folder)
    paths.create()
    account_id = account_id_of(ApiKey(address.key), address.api)
    account = Account(account_id, "Work", AccountKind.SEGMIND, KeptIn.KEYRING, address.api)
    settings = replace(Settings(), accounts=(account,), current_account=account.account_id, place="settings")
    SettingsFile(paths.settings_file).save(settings)


def words(studio):
    return [label.text() for label in studio.window.findChildren(QLabel) if label.isVisible()]


def main(folder, kind):
    app = QApplication(sys.argv[:1])
    service = PracticeServer(folder / "service", speed=40.0)
    address = service.start()
    program = str(Path(__file__).with_name("odd_secrets.py"))
    secrets = subprocess.Popen(  # noqa: S603  # ours
        [sys.executable, program, kind], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "ODD_SECRET": address.key},
    )
    assert known(secrets.stdout).readline() == "ready\n"
    remember_an_account(folder / "app", address)
    try:
        with open_studio(folder / "app", api_url=address.api) as studio:
            follow(studio, kind)
    finally:
        secrets.kill()
        secrets.wait()
        service.stop()
    del app


def follow(studio, kind):
    accounts, driver = studio.services.accounts, studio.driver
    if kind == "broken":
        driver.wait(lambda: accounts.state.keyring is KeyringState.FAILED, "the failure")
        driver.wait(lambda: any("returned an error" in text for text in words(studio)), "the words")
        print("failed in words", flush=True)
        return
    driver.wait(lambda: accounts.state.keyring is KeyringState.WAITING, "the question")
    driver.wait(lambda: any("keyring" in text.lower() and "Wait" in text for text in words(studio)), "the words")
    pulse = Pulse()
    driver.click("rail.data")
    driver.click("rail.settings")
    driver.wait(lambda: accounts.state.connection is not None, "the key", SLOW_S + 30)
    assert accounts.state.keyring is KeyringState.AVAILABLE
    assert not accounts.state.connection.practice
    assert pulse.longest < LONGEST_PAUSE_S, pulse.longest
    print("came late", flush=True)


main(Path(sys.argv[1]), sys.argv[2])
