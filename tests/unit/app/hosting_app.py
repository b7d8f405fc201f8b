"""An app that has nothing but the practice service: it prints where that is, and stays until it is killed.

    python hosting_app.py FOLDER
"""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from segmind_studio.practice_host import PracticeHost


def tell(connection):
    print(connection.api_url, flush=True)


app = QCoreApplication(sys.argv[:1])
host = PracticeHost(Path(sys.argv[1]), 1.0)
host.changed.connect(tell)
host.need()
app.exec()
