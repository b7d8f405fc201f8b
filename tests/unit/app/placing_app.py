"""The app, which tells what was shown as a window of its own before it had its place, once all are built.

    python placing_app.py FOLDER
"""

import json
import sys

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from segmind_studio import __main__, app
from tests.fakes.typed import known


class Windows(QObject):
    """Note each widget that becomes a part of another one after it was shown alone."""

    def __init__(self):
        super().__init__()
        self.brief = []

    @override
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.ParentAboutToChange and watched.isWidgetType() and watched.windowHandle():
            self.brief.append(type(watched).__name__)
        return False


windows = Windows()
made, show = app.Studio.__init__, app.Studio.open


def listened(self, *arguments, **options):
    known(QApplication.instance()).installEventFilter(windows)
    made(self, *arguments, **options)


def watched(self):
    def settled():
        print(json.dumps(windows.brief), flush=True)
        self.window.close()

    self.settled.connect(settled)
    show(self)


app.Studio.open, app.Studio.__init__ = watched, listened
sys.exit(__main__.main(["--practice", "--data-dir", sys.argv[1]]))
