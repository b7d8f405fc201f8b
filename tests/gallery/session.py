"""The real app on a world, with clocks that stand: every picture of the gallery is taken of its window."""

from __future__ import annotations

import gc
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The clocks stand before the app is imported: some of its modules keep the time of their import.
from tests.gallery.worlds import KEY, NOW, TRAVEL

RealTime = Callable[[], float]
monotonic: RealTime = time.monotonic
STILL_MS = 60  # between two looks at a widget that must be the same
MOST_LOOKS = 150
SOON_MS = 1000  # a timer that ends within it is waited for
PATIENCE_S = 120.0
POLLS_EVERY_MS = 3_600_000
SEED = 7_301_984  # where the app would draw one
PRACTICE = "--practice-service"  # what the app calls it too


def stop_clocks() -> None:
    """Stop the clocks that the app reads, and have it choose the same by chance each time.

    The clocks of Qt and of the network's waits go on.
    """
    random.SystemRandom = _SameEachTime
    secrets.randbelow = lambda below: SEED % below
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    time.time = lambda: NOW
    if hasattr(time, "clock_gettime"):
        time.clock_gettime = lambda _clock: 5000.0


def serve_practice() -> int:
    """Be the practice service's process, with the same clock and a key that is always the same."""
    stop_clocks()
    from segmind_studio.practice import site  # noqa: PLC0415  # after the clocks stand
    from segmind_studio.practice.process import serve  # noqa: PLC0415  # as above

    site.new_key = lambda: KEY
    return serve()


class _SameEachTime(random.Random):
    """Chance that is none."""

    def __init__(self, _seed: object = None) -> None:
        super().__init__(7)


def _rare_timer():
    """Return a timer with which the list of runs is asked for once: each time is counted, and shown."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415  # after the clocks stand

    class RareTimer(QTimer):
        def start(self, msec: int = 0) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            super().start(msec and POLLS_EVERY_MS)

    return RareTimer


class Session:
    """The window of one app; `open_session` makes it."""

    def __init__(self, folder: Path, world: str, language: str) -> None:
        from PySide6.QtCore import Qt  # noqa: PLC0415  # after the clocks stand
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415  # as above

        from segmind_studio import launch, practice_host  # noqa: PLC0415  # as above
        from segmind_studio.app import Studio  # noqa: PLC0415  # as above
        from segmind_studio.assembly import Services  # noqa: PLC0415  # as above
        from segmind_studio.command_line import Options  # noqa: PLC0415  # as above
        from segmind_studio.services.runs import run_poller  # noqa: PLC0415  # as above
        from segmind_studio.services.system.single_instance import SingleInstance  # noqa: PLC0415  # as above
        from segmind_studio.store.paths import app_paths  # noqa: PLC0415  # as above
        from segmind_studio.ui.theme.theme import Theme  # noqa: PLC0415  # as above
        from segmind_studio.ui_driver import UiDriver  # noqa: PLC0415  # as above

        run_poller.QTimer = _rare_timer()
        practice_host.child_command = lambda switch: (sys.executable, "-m", "tests.gallery", switch)
        self.world = world
        known = QApplication.instance()
        self.app = known if isinstance(known, QApplication) else launch._application("")
        if language == "rtl":
            self.app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.app.setCursorFlashTime(0)  # the cursor of a field stands
        self.app.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)
        paths = app_paths(folder)
        self._instance = SingleInstance(paths.data)
        self._instance.claim()
        self.theme = Theme(self.app, styled=True)
        self.theme.prepare("light")
        self.services = Services(Options(data_dir=folder), paths, set(), lambda: True)
        if world == "loading":
            self.services.start = self.services.complete  # nothing is read: what is seen while the disk is slow
        self.studio = Studio(Options(data_dir=folder), self.services, self._instance, self.theme)
        self.window = self.studio.window
        self.theme.apply("light")
        self.driver = UiDriver(self.window)
        self._settled: list[bool] = []

    def open(self, width: int, height: int) -> None:
        """Show the window, and wait until everything that is on the disk and in the service is shown."""
        from segmind_studio.core.practice import Fault  # noqa: PLC0415  # after the clocks stand

        self.studio.settled.connect(lambda: self._settled.append(True))
        if self.world == "error":
            self.services.complete()
            self.services.practice.set_fault(Fault.SERVER_ERROR, on=True)
        self.window.setGeometry(0, 0, width, height)
        self.studio.open()
        self.window.resize(width, height)
        self.wait(lambda: bool(self._settled), "the window to be complete")
        runs, datasets = self.services.runs, self.services.datasets
        if self.world == "loading":
            return
        if self.world == "error":
            self.wait(lambda: runs.watch.error is not None, "the service to fail")
        elif self.world != "empty":
            self.wait(lambda: runs.loaded and runs.watch.checked_at is not None, "the list of runs")
        if self.world != "empty":
            self.wait(lambda: datasets.dataset.dataset_id == TRAVEL and datasets.package.size > 0, "the photos")
            self.wait(lambda: not datasets.scanning and not datasets.dataset.unlooked, "the checks of the photos")
            self._measure()

    def _measure(self) -> None:
        """Have all photos measured, the excluded too: until that, the marks on them come and go."""
        place, photos = self.window.place, self.services.datasets.dataset.photos
        checks = self.studio._actions().photos.checks
        self.window.show_place("data")
        checks.setChecked(True)
        measurer = self.services.thumbnails.measurer
        self.wait(lambda: len(measurer.of(photos)) == len(photos) and not measurer.measuring, "the measures")
        checks.setChecked(False)
        self.window.show_place(place)

    def close(self) -> bool:
        """End the app; False when something did not end in time."""
        from segmind_studio.launch import _delete  # noqa: PLC0415  # after the clocks stand

        self._instance.stop_listening()
        self.window.hide()
        clean = self.services.stop()
        self._instance.release()
        if clean:
            for one in (self.window, self.studio, self.services, self.theme):
                _delete(one)
            gc.collect()
        return clean

    def use_colours(self, mode: str) -> None:
        """Choose the colours, as in Settings."""
        self.services.settings.update(appearance=mode)
        self.wait(lambda: self.theme.mode == mode, "the colours")

    def facts(self) -> dict[str, str]:
        """Return what decides how letters look."""
        from PySide6.QtCore import qVersion  # noqa: PLC0415  # after the clocks stand
        from PySide6.QtGui import QFontInfo  # noqa: PLC0415  # as above

        return {"face": QFontInfo(self.app.font()).family(), "qt": qVersion().rpartition(".")[0]}

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
        """Run the window until a condition holds; UiDriverError when it does not in time."""
        self.driver.wait(condition, what, seconds)

    def pause(self, milliseconds: int = STILL_MS) -> None:
        """Let the window live for a moment."""
        from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415  # after the clocks stand

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def picture(self, widget):
        """Return a QImage of a widget once it has stopped changing; the last look when it never does."""
        from PySide6.QtGui import QImage  # noqa: PLC0415  # after the clocks stand

        self.window._toasts.clear()
        before, same = QImage(), 0
        for _ in range(MOST_LOOKS):
            self.pause()
            if not self._quiet(widget):
                continue
            image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
            same = same + 1 if image == before else 0
            if same >= 2:
                return image
            before = image
        return before

    def _quiet(self, widget) -> bool:
        """Return whether nothing works for what is shown: no task, no long work, and no timer that ends soon."""
        from PySide6.QtCore import QTimer  # noqa: PLC0415  # after the clocks stand
        from PySide6.QtWidgets import QAbstractButton  # noqa: PLC0415  # as above

        if self.services.tasks._tasks:
            return False
        buttons = widget.findChildren(QAbstractButton)
        if any(button.isVisible() and button.objectName().endswith(".stop") for button in buttons):
            return False
        owners = (self.window, self.studio, self.services, widget)
        return not any(
            timer.isActive() and timer.isSingleShot() and timer.interval() <= SOON_MS
            for owner in owners for timer in owner.findChildren(QTimer)
        )


@contextmanager
def open_session(
    folder: Path, world: str, language: str, size: tuple[int, int],
) -> Iterator[Session]:
    """Yield the app on a world that is in this folder, shown and complete; see `Session.open`."""
    session = Session(folder, world, language)
    try:
        session.open(*size)
        yield session
    finally:
        session.close()
