"""One launch of an app that has no window: enter when told to, say what became of it, stay until the input ends.

    python launched_app.py FOLDER FILE
"""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSocketNotifier

from segmind_studio.services.system.single_instance import Entry, SingleInstance


def show(paths):
    print("called", *(path.name for path in paths), flush=True)


def main():
    app = QCoreApplication(sys.argv[:1])
    instance = SingleInstance(Path(sys.argv[1]))
    instance.called.connect(show)
    print("ready", flush=True)
    sys.stdin.readline()
    entry = instance.enter((Path(sys.argv[2]),))
    print(entry.value, flush=True)
    if entry is Entry.FIRST:
        end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        end.activated.connect(app.quit)
        app.exec()
        instance.release()


main()
