"""The gallery of Try with many pictures: the longest that each thing one does there holds the window.

    python -m tests.benchmarks.gallery_turn PICTURES FOLDER FILES

FILES is a folder of photographs that stand for all. A hold is as in `holds_turn`. The place is made in pieces, as
the app does when nobody asks for it, and another one before it at once, as for somebody who is quicker than that.
"-v" prints each step and what held it longest.
"""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.services.system.garbage import GarbageCollector
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.tryout.result_views import ResultGrid
from segmind_studio.ui.tryout.screen import TryScreen
from tests.benchmarks.child import print_figures
from tests.benchmarks.runs_turn import longest
from tests.benchmarks.turns import Turns, Watchdog
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_judging, make_try_screen
from tests.fakes.typed import child

RUNS = 20
SCROLLS = 60
FRAME_MS = 16
QUIET_MS = 200  # longer than the search waits for the next letter
STEP = 130  # logical pixels: a fast turn of the wheel
_WORDS = ["moon", "sea", "forest", "knight", "portrait", "light", "street", "rain", "gold", "winter"]


def images(count: int) -> list[GeneratedImage]:
    """Return so many pictures of some runs, rated and tagged here and there."""
    rand, now = random.Random(2), time.time()  # noqa: S311  # words, not secrets
    return [
        make_image(
            f"{number:032x}", run_id=f"run{number % RUNS}", asked_at=now - number, rating=number % 7 % 6,
            prompt="TOK, " + " ".join(rand.choices(_WORDS, k=12)), tags=("cover",) if number % 9 == 0 else (),
            file_name="made.png", seed=number, cost=0.06,
        )
        for number in range(count)
    ]


def steps(screen: TryScreen) -> dict[str, Callable[[], object]]:
    """Return what one does, by name."""
    grid = child(screen, ResultGrid, "try.grid")
    search = child(screen, QLineEdit, "try.search")
    combos = {name: child(screen, QComboBox, f"try.{name}") for name in ("filter.rating", "filter.tag", "order")}
    actions: dict[str, QAction] = {action.text(): action for _menu, action in screen.menu_actions()}
    names = [f"{number:032x}" for number in range(40)]

    return {
        "all pictures": lambda: actions["All pictures"].setChecked(True),
        "search: first letters": lambda: search.setText("mo"), "search: words": lambda: search.setText("moon sea"),
        "search: nothing": lambda: search.setText(""),
        "filter: rating": lambda: combos["filter.rating"].setCurrentIndex(2),
        "filter: any rating": lambda: combos["filter.rating"].setCurrentIndex(0),
        "filter: tag": lambda: combos["filter.tag"].setCurrentIndex(1),
        "filter: any tag": lambda: combos["filter.tag"].setCurrentIndex(0),
        "best rated first": lambda: combos["order"].setCurrentIndex(2),
        "newest first": lambda: combos["order"].setCurrentIndex(0),
        "select some": lambda: grid.select(frozenset(names)), "rate": actions["Rate with 3 stars"].trigger,
        "undo rating": actions["Undo rating"].trigger, "delete": actions["Delete picture"].trigger,
        "undo delete": actions["Undo rating"].trigger, "select all": grid.selectAll,
        "one large": lambda: actions["All pictures"].setChecked(False),
    }


class Wheel(QObject):
    """Scroll a grid step by step, a step in each frame."""

    def __init__(self, grid: ResultGrid) -> None:
        super().__init__()
        self._bar = grid.verticalScrollBar()
        self._left = SCROLLS
        self._ticks = QTimer(self, interval=FRAME_MS)
        self._ticks.timeout.connect(self._turn)
        self.start = self._ticks.start

    @property
    def ended(self) -> bool:
        return not self._left

    @Slot()
    def _turn(self) -> None:
        self._bar.setValue(self._bar.value() + STEP)
        self._left -= 1
        if not self._left:
            self._ticks.stop()


def main(count: int, folder: Path, files: Path, *, verbose: bool) -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    Theme(app).apply("light")
    every, photos = images(count), sorted(files.glob("*.jpg"))
    database = Database(folder / "studio.sqlite3")
    for image in every[:60]:
        ImageStore(database).add(image)
    tryouts, settings = FakeTryouts(every), FakeSettings()
    tryouts.files = {image.image_id: photos[number % len(photos)] for number, image in enumerate(every)}
    runs = FakeRuns([make_run(f"run{number}", status="AVAILABLE", slug="model") for number in range(RUNS)])
    runs.loaded = True
    judging = make_judging(tryouts, database, folder)
    budgets = make_budget_service(runs, settings, None, tryouts)
    garbage, turns = GarbageCollector(), Turns(QUIET_MS, Watchdog() if verbose else None)
    early, screen = (make_try_screen(tryouts, runs, settings, budgets, judging=judging) for _screen in range(2))
    for one in (early, screen):
        one.resize(1200, 800)
    at_once = turns.of(early.show)
    early.close()
    early.deleteLater()
    found = {"pieces": longest(screen.prepare_in_pieces()), "open": turns.of(screen.show)}
    if verbose:
        print(f"{found['open']:6.1f} ms  open  {turns.held}", flush=True)
    for name, step in steps(screen).items():
        found[name] = turns.one(step)
        if verbose:
            print(f"{found[name]:6.1f} ms  {name}  {turns.held}", flush=True)
    wheel = Wheel(child(screen, ResultGrid, "try.grid"))
    actions = {action.text(): action for _menu, action in screen.menu_actions()}
    turns.one(lambda: actions["All pictures"].setChecked(True))
    scroll = turns.one(wheel.start, lambda: wheel.ended)
    screen.hide()
    judging.stop()
    database.close()
    garbage.stop()
    print_figures(longest=max(found.values()), scroll=scroll, at_once=at_once)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), verbose="-v" in sys.argv)
