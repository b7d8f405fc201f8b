"""Run the real app on a data folder, and let it break as told; what the window says is printed as JSON.

    python breaking_app.py DATA_FOLDER crash|break|lost|look ODD_KEY
"""

import faulthandler
import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel

from segmind_studio import app, launch
from segmind_studio.command_line import Options
from segmind_studio.core.accounts import ApiKey
from segmind_studio.ui.parts.banners import ErrorBanner
from segmind_studio.ui_driver import UiDriver

FOLDER, HOW, ODD_KEY = Path(sys.argv[1]), sys.argv[2], sys.argv[3]


class Driver(QObject):
    """Use the open window."""

    def __init__(self, studio):
        super().__init__(studio)
        self.studio = studio
        self.driver = UiDriver(studio.window)

    @property
    def bands(self):
        """Return the band of the trouble if there is one; it is made for the first."""
        return [one for one in self.studio.window.findChildren(ErrorBanner, "trouble") if one.isVisible()]

    @Slot()
    def begin(self):
        self.studio._services._know_secret(ApiKey(ODD_KEY))
        accounts = self.studio._services.accounts
        self.driver.wait(lambda: accounts.state.connection is not None, "the practice service")
        if HOW == "crash":
            vars(faulthandler)["_sigsegv"]()
        QTimer.singleShot(0, self.look)
        if HOW == "break":
            raise ValueError(f"the key is {ODD_KEY}")

    @Slot()
    def look(self):
        if HOW in {"break", "lost"}:
            self.driver.wait(lambda: bool(self.bands), "the words of the trouble")
        said = [label.text() for band in self.bands for label in band.findChildren(QLabel)]
        copied = ""
        if said:
            self.press("Copy error details")
            copied = QGuiApplication.clipboard().text()
            self.press("Save a support bundle…")
            self.save()
        print(json.dumps({"said": said, "copied": copied, "place": self.studio.window.place}))
        self.studio.window.close()

    def press(self, text):
        next(b for b in self.bands[0].findChildren(QAbstractButton) if b.text() == text).click()

    def save(self):
        done = []
        support = self.studio._services.support
        support.saved.connect(done.append)
        support.save(FOLDER / "bundle.zip", {})
        self.driver.wait(lambda: bool(done), "the bundle")


opened = app.Studio.open


def open_and_drive(self):
    opened(self)
    QTimer.singleShot(0, Driver(self).begin)


app.Studio.open = open_and_drive
sys.exit(launch.run(Options(practice=True, data_dir=FOLDER)))
