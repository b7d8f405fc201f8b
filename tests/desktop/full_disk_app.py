"""The app, unchanged, whose disk is full while it closes; its last lines say what it left open.

    python full_disk_app.py FOLDER PHOTOS KIND

KIND is "tmpfs" (FOLDER lies in a small disk of its own, which is filled), "limit" (the kernel refuses each write
of this process) or "room" (nothing happens to the disk).
"""

import json
import resource
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from segmind_studio import __main__, app
from tests.faults.small_disk import SmallDisk

FOLDER, PHOTOS, KIND = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
CAPTION = "typed just before the end"
opened = app.Studio.open
shown = []


class Person:
    """Adds photos, types a caption, and closes the window at once."""

    def __init__(self, studio):
        self.studio = studio
        self.datasets = studio._services.datasets
        self.datasets.scan_finished.connect(self.took_in)
        studio.settled.connect(self.begin)
        self.timer = QTimer()
        self.timer.setInterval(50)
        self.timer.timeout.connect(self.answer)
        self.timer.start()

    def begin(self):
        self.datasets.add((PHOTOS,))

    def took_in(self, _report):
        self.datasets.package_changed.connect(self.measured)
        self.measured(self.datasets.package)

    def measured(self, package):
        if package.size and package.exact:
            self.datasets.package_changed.disconnect(self.measured)
            QTimer.singleShot(600, self.leave)  # what was stored until now is on the disk

    def leave(self):
        self.datasets.set_captions({self.datasets.dataset.photos[0].photo_id: CAPTION})
        self.studio._services.settings.update(place="runs")
        if KIND == "tmpfs":
            SmallDisk(FOLDER.parent).fill()
        elif KIND == "limit":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        self.studio.window.close()

    def answer(self):
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            shown.append(box.text())
            box.accept()


people = []


def watched(self: app.Studio):
    people.append(Person(self))
    opened(self)


def still_open():
    """The files of the data folder that this process has open."""
    links = (str(link.resolve()) for link in Path("/proc/self/fd").iterdir())
    return sorted(name for name in links if name.startswith(str(FOLDER)))


app.Studio.open = watched
code = __main__.main(["--practice", "--data-dir", str(FOLDER)])
print(json.dumps({"shown": shown, "open": still_open()}), flush=True)
sys.exit(code)
