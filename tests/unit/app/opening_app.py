"""The app, which the system asks to open files: before there is a window, before it has settled, and afterwards.

    python opening_app.py FOLDER FILE FILE FILE FILE

It tells the names of the photos that it has once they are all there.
"""

import json
import sys

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent

from segmind_studio import __main__, app, launch
from tests.fakes.typed import known

early, sooner, late, later = sys.argv[2:]
enter, show = launch.enter, app.Studio.open


def asked_to_open(*paths):
    for path in paths:
        QCoreApplication.sendEvent(known(QCoreApplication.instance()), QFileOpenEvent(path))


def entered(*arguments):
    asked_to_open(early)
    return enter(*arguments)


def watched(self):
    studio = self
    datasets = studio._services.datasets

    def settled():
        asked_to_open(late, later)

    def scanned():
        names = sorted(photo.path.name for photo in datasets.dataset.photos)
        if len(names) == len(sys.argv[2:]):
            print(json.dumps({"photos": names, "place": studio.window.place}), flush=True)
            studio.window.close()

    studio.settled.connect(settled)
    datasets.scan_finished.connect(scanned)
    show(studio)
    asked_to_open(sooner)


launch.enter, app.Studio.open = entered, watched
sys.exit(__main__.main(["--practice", "--data-dir", sys.argv[1]]))
