"""Hold the computer awake for a transfer that never ends, say `waits`, and wait to be killed."""

import sys

from PySide6.QtCore import QCoreApplication

from segmind_studio.services.desktop.keep_awake import KeepAwake
from segmind_studio.services.system.activity import ActivityBoard

app = QCoreApplication(sys.argv)
board = ActivityBoard()
awake = KeepAwake(board)
board.begin("a", "Uploading", transfer=True)
print("waits", flush=True)
sys.exit(app.exec())
