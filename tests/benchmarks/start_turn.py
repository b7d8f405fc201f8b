"""One start of the app, or of a bare window: when it is painted and usable, and its cost when idle.

  python -m tests.benchmarks.start_turn product|peer FOLDER paint|usable|visits|memory|idle|practice

`usable` ends when the services have begun, and the stored runs of the account are there; `begun` with the first of
these. `visits` measures the longest turn between the first paint and the end of all that is made in idle time, and
of the first visit of each place after it. `practice` starts a run by mouse and keys. The processor's time is that
of the whole process, which other programs disturb less. An error in any of these ends the process: otherwise it
would only be printed, and the window stay open.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.benchmarks.child import memory, print_figures, since_start

# PySide reads the source of each module that is imported after it. The app forbids that, see `hurry`; the bare
# window imports no more than it needs.
if __name__ == "__main__" and sys.argv[1] == "product":
    from segmind_studio import __main__ as program

    program.hurry()

# isort: split
from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

if TYPE_CHECKING:
    from tests.benchmarks.turns import Turns

REST_MS = 4000  # after everything was loaded
IDLE_MS = 6_000
LOOK_MS = 5
VISITED_MS = 300  # a visit is over after so long without a long turn
PLACES = ("data", "train", "runs", "try", "settings")
LIMIT_S = 60.0


class Watch(QObject):
    """Observe one window from its first paint until it is idle, then end the app."""

    def __init__(self, window: QMainWindow, until: str, studio: Any = None) -> None:
        super().__init__()
        self._window = window
        self._until = until
        self._studio = studio
        self._seen = False
        self._settled = False
        self._turns: Turns | None = None
        self._figures: dict[str, float] = {}
        window.windowHandle().installEventFilter(self)
        if studio is not None:
            studio.settled.connect(self._has_settled)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Expose and not self._seen and self._window.windowHandle().isExposed():
            QTimer.singleShot(0, self, self._painted)  # the window paints in answer to this event
            self._seen = True
            watched.removeEventFilter(self)
        return False

    @Slot()
    def _painted(self) -> None:
        _or_end(self._begin)

    def _begin(self) -> None:
        self._figures |= {"first": since_start(), "first cpu": 1000 * time.process_time()}
        if self._until == "paint":
            self._leave()
        elif self._until == "usable":
            self._wait(self._has_begun, self._begun)
        elif self._until == "visits":
            from tests.benchmarks.turns import Turns  # noqa: PLC0415  # after what is measured

            self._turns = Turns(VISITED_MS)
            self._turns.begin()
            self._wait(lambda: self._settled, self._visit)
        elif self._until == "practice":
            self._wait(lambda: self._settled, self._practice)
        else:
            self._wait(self._is_loaded, lambda: QTimer.singleShot(REST_MS, self, self._rested))

    def _wait(self, condition: Callable[[], bool], then: Callable[[], None]) -> None:
        """Look again and again; what is looked at has no common signal."""
        look, end = QTimer(self, interval=LOOK_MS), time.monotonic() + LIMIT_S

        def turn() -> None:
            if condition():
                look.stop()
                then()
            elif time.monotonic() > end:
                raise TimeoutError(self._until)

        look.timeout.connect(partial(_or_end, turn))
        look.start()

    def _is_loaded(self) -> bool:
        """Return whether all that is stored is there; of the bare window, nothing."""
        if self._studio is None:
            return True
        services = self._studio._services
        photos = not services.settings.value.dataset_id or services.datasets.package.image_count > 0
        return self._settled and services.runs.loaded and photos

    def _has_begun(self) -> bool:
        return self._studio._calls.begun

    def _begun(self) -> None:
        self._figures |= {"begun": since_start(), "begun cpu": 1000 * time.process_time()}
        self._wait(lambda: self._studio._services.runs.loaded, self._reached)

    @Slot()
    def _has_settled(self) -> None:
        self._settled = True

    def _reached(self) -> None:
        self._figures |= {"usable": since_start(), "usable cpu": 1000 * time.process_time()}
        self._leave()

    def _visit(self) -> None:
        from tests.fakes.typed import known  # noqa: PLC0415  # likewise

        turns, show = known(self._turns), self._window.show_place  # pyright: ignore[reportAttributeAccessIssue]  # ours
        self._figures["step"] = turns.longest
        self._figures |= {f"visit {place}": turns.one(partial(show, place)) for place in PLACES}
        self._figures["visit"] = max(self._figures[f"visit {place}"] for place in PLACES)
        self._leave()

    def _practice(self) -> None:
        """Start a run with the sample photos, and measure until the service has accepted it."""
        from segmind_studio.ui_driver import UiDriver  # noqa: PLC0415  # after what is measured
        from tests.benchmarks.turns import Turns  # noqa: PLC0415  # likewise

        services, driver = self._studio._services, UiDriver(self._window)
        for _step in ready_to_start(driver, services):
            pass
        turns = Turns()
        before = len(services.runs.runs)
        driver.wait(lambda: driver.usable("review.start"), "the review")
        turns.begin()
        driver.button("review.start").click()
        driver.wait(lambda: len(services.runs.runs) > before and bool(services.runs.runs[0].service_id), "the run")
        self._figures["event"] = turns.longest
        self._leave()

    @Slot()
    def _rested(self) -> None:
        _or_end(self._rest)

    def _rest(self) -> None:
        self._figures["memory"] = memory()
        states = {
            "minimised": self._window.showMinimized, "hidden": self._window.hide, "shown": lambda: None,
            "runs": lambda: self._go("runs"), "runs minimised": lambda: self._go("runs", minimised=True),
        }
        order = ("shown", "minimised", "hidden", "runs", "runs minimised")
        self._idle(iter([(name, states[name]) for name in order] if self._until == "idle" else []))

    def _go(self, place: str, *, minimised: bool = False) -> None:
        self._window.showNormal()
        self._window.show_place(place)  # pyright: ignore[reportAttributeAccessIssue]  # the product's
        if minimised:
            self._window.showMinimized()

    def _idle(self, left: Iterator[tuple[str, Callable[[], object]]]) -> None:
        """Measure one state after another."""
        name, show = next(left, ("", None))
        if show is None:
            self._leave()
            return
        show()
        begun = 0.0

        def begin() -> None:
            nonlocal begun
            begun = time.process_time()
            QTimer.singleShot(IDLE_MS, end)

        def end() -> None:
            self._figures[f"idle {name}"] = 100_000 * (time.process_time() - begun) / IDLE_MS
            self._idle(left)

        QTimer.singleShot(1000, begin)

    @Slot()
    def _leave(self) -> None:
        print_figures(**self._figures)
        if self._studio is not None:
            self._studio._services.practice.stop() if hasattr(self._studio._services, "practice") else None
        os._exit(0)  # the end is not measured


def _or_end(call: Callable[[], object]) -> None:
    """Call; after an error the process ends with its traceback."""
    try:
        call()
    except BaseException:  # noqa: BLE001  # whatever it is, nobody would end this window
        traceback.print_exc()
        os._exit(1)


def ready_to_start(driver: Any, services: Any) -> Iterator[None]:
    """Fill the form as the self-test does, up to the review."""
    from PySide6.QtWidgets import QWidget  # noqa: PLC0415  # as above

    driver.wait(lambda: services.runs.loaded, "the practice service")
    driver.wait(lambda: bool(services.datasets.dataset.photos) and not services.datasets.scanning, "the photos")
    driver.click("rail.data")
    driver.wait(lambda: services.datasets.package.size > 0, "the package")
    driver.click("data.train")
    driver.wait(lambda: driver.find(QWidget, "train.field.name").isVisible(), "the Train place")
    yield
    driver.click("train.field.theme.CHARACTER")
    driver.type_line("train.field.name", "bench")
    driver.type_line("train.field.trigger_word", "CHELSEA")
    driver.type_text("train.field.instance_prompt", "CHELSEA, a tabby cat, close-up photo")
    driver.click("train.preset.explore")
    yield
    driver.click("train.review")
    driver.wait(lambda: driver.usable("review.start"), "the review")
    yield


def product(folder: Path, until: str) -> None:
    """Start the app unchanged, and observe it."""
    from segmind_studio import __main__, app  # noqa: PLC0415  # the bare window must not import it

    show = app.Studio.open
    watches = []

    def watched(self: app.Studio) -> None:
        show(self)
        watches.append(Watch(self.window, until, self))

    app.Studio.open = watched
    more = ["--sample"] if until == "practice" else []
    __main__.main(["--practice", *more, "--data-dir", str(folder)])


def peer(until: str) -> None:
    """Show the smallest possible window."""
    app = QApplication(["bare"])
    window = QMainWindow()
    window.setCentralWidget(QLabel("bare"))
    window.resize(1200, 800)
    window.show()
    watch = Watch(window, until)
    app.exec()
    del watch


if __name__ == "__main__":
    if sys.argv[1] == "product":
        product(Path(sys.argv[2]), sys.argv[3])
    else:
        peer(sys.argv[3])
