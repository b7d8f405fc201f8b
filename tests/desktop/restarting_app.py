"""Open the app on a data folder, choose a language in Settings and press Restart.

    python restarting_app.py DATA_FOLDER LANGUAGE
"""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox

from segmind_studio import launch
from segmind_studio.app import Studio
from segmind_studio.command_line import Options
from segmind_studio.ui_driver import UiDriver

FOLDER, LANGUAGE = Path(sys.argv[1]), sys.argv[2]


class ChoosingStudio(Studio):
    """Choose as soon as all is there."""

    def open(self):
        self.settled.connect(lambda: QTimer.singleShot(0, self.choose))
        super().open()

    def choose(self):
        driver = UiDriver(self.window)
        driver.click("rail.settings")
        box = driver.find(QComboBox, "settings.language")
        box.setCurrentIndex(box.findData(LANGUAGE))
        driver.click("settings.restart")


launch.Studio = ChoosingStudio
sys.exit(launch.run(Options(practice=True, data_dir=FOLDER)))
