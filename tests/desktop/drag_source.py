"""A stranger's window: `drag_source.py THING…` drags files or addresses, and says `ready` once it is shown."""

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel
from typing_extensions import override

SIDE = 160  # pixels; the window stands in the corner of the screen


class Source(QLabel):
    """Start a drag with the first move of the pressed button."""

    def __init__(self, files):
        super().__init__("drag me")
        self._files = files
        self._begun = False
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setGeometry(0, 0, SIDE, SIDE)

    @override
    def mouseMoveEvent(self, event):
        if self._begun or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        self._begun = True
        drag = QDrag(self)
        files = QMimeData()
        files.setUrls([QUrl(path) if "://" in path else QUrl.fromLocalFile(path) for path in self._files])
        drag.setMimeData(files)
        print("dropped", drag.exec(Qt.DropAction.CopyAction).name, flush=True)


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1:])
    source.show()
    source.windowHandle().requestActivate()
    print("ready", flush=True)
    sys.exit(app.exec())
