"""One launch of an app that has no window: enter at a given moment, say what became of it, stay a while.

    python launched_app.py FOLDER MOMENT FILE
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from segmind_studio.services.single_instance import Entry, SingleInstance


def show(paths):
    print("called", *(path.name for path in paths), flush=True)


def main():
    app = QCoreApplication(sys.argv[:1])
    instance = SingleInstance(Path(sys.argv[1]))
    instance.called.connect(show)
    while time.time() < float(sys.argv[2]):
        pass
    entry = instance.enter((Path(sys.argv[3]),))
    print(entry.value, flush=True)
    if entry is Entry.FIRST:
        QTimer.singleShot(3000, app.quit)
        app.exec()
        instance.release()


main()
