"""A stranger's window that takes files: `drop_target.py` says `ready`, then `took KIND ADDRESS…` at each drop."""

import sys

from drag_source import SIDE
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from typing_extensions import override


class Target(QLabel):
    """Accept every drag, as a file manager does: by copying, if that is offered."""

    def __init__(self):
        super().__init__("drop here")
        self.setAcceptDrops(True)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setGeometry(0, 0, SIDE, SIDE)

    @override
    def dragEnterEvent(self, event):
        event.acceptProposedAction()

    @override
    def dropEvent(self, event):
        addresses = [bytes(url.toEncoded().data()).decode() for url in event.mimeData().urls()]
        print("took", event.proposedAction().name, *addresses, flush=True)
        event.acceptProposedAction()


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    target = Target()
    target.show()
    print("ready", flush=True)
    sys.exit(app.exec())
