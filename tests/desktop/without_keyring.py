"""Run inside a desktop without a keyring: enter a key, see that it works for the session, do a run."""

import sys
from pathlib import Path

from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PySide6.QtWidgets import QApplication

from segmind_studio.core.accounts import KeptIn
from segmind_studio.practice.server import PracticeServer
from segmind_studio.resources import resource
from segmind_studio.services.accounts.account_service import KeyringState


def main(folder):
    app = QApplication(sys.argv[:1])
    service = PracticeServer(folder / "service", speed=40.0)
    address = service.start()
    with open_studio(folder / "app", api_url=address.api) as studio:
        studio.wait_for_connection()
        studio.driver.click("rail.settings")
        studio.driver.type_line("settings.key_name", "Work")
        studio.driver.type_line("settings.key", address.key)
        studio.driver.click("settings.key_test")
        accounts = studio.services.accounts
        studio.driver.wait(lambda: accounts.state.current.name == "Work", "the account")
        assert accounts.state.current.kept_in is KeptIn.SESSION
        assert accounts.state.keyring is KeyringState.MISSING
        print("kept for this session", flush=True)
        take_in(studio, resource("sample"))
        fill_in_the_form(studio)
        run_id = start_run(studio)
        studio.driver.wait(lambda: studio.run(run_id).ready, "the model", 100)
        print("ready", flush=True)
    service.stop()
    del app


main(Path(sys.argv[1]))
