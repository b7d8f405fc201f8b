"""Open the app on a data folder, start a run, and die without a word when the run reaches a phase.

    python crashing_app.py DATA_FOLDER PHOTO_FOLDER PHASE
"""

import os
import signal
import sys
from pathlib import Path

from open_studio import OpenStudio, fill_in_the_form, take_in
from PySide6.QtWidgets import QApplication

from segmind_studio.services.runs import submission_steps as submission


def main():
    data, photos, last = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    app = QApplication(sys.argv[:1])
    step = submission.Submission._step

    def dying_step(self, run, phase, *, detail="", **fields):
        new = step(self, run, phase, detail=detail, **fields)
        if phase == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return new

    submission.Submission._step = dying_step
    studio = OpenStudio(data, practice=True)
    take_in(studio, photos)
    fill_in_the_form(studio)
    studio.driver.click("review.start")
    studio.driver.wait(lambda: False, "the end", 60)
    return app


main()
