"""The Data place with many photos: the longest that each thing one does there holds the window.

    python -m tests.benchmarks.holds_turn PHOTOS FOLDER PICTURES

PICTURES is a folder of photographs that stand for all. A hold is the time that the GUI thread itself works in one
turn of its event loop; waits for the disk or for other programs are not in it. What follows from a step later,
such as the checks of the changed photos, belongs to that step. "-v" prints each one, and what held it longest.
"""

import gc
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.glance import PlotKind
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.services.datasets.full_look_pool import FullLookPool
from segmind_studio.services.datasets.full_look_service import FullLookService
from segmind_studio.services.datasets.messages import PackageAnswer
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.garbage import GarbageCollector
from segmind_studio.ui.data.glance.chart import GlanceChart
from segmind_studio.ui.data.inspector.bulk_edits import EditKind
from segmind_studio.ui.theme.theme import Theme
from tests.benchmarks.child import print_figures
from tests.benchmarks.sets import as_photos
from tests.benchmarks.turns import Turns, Watchdog
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child

WORDS = 3_000  # in the captions
TRIGGER_WORD = "TOK"
ALL_CHANGED = {"bulk: change all", "undo", "redo", "exclude all", "undo the exclusion"}
TYPED = {"bulk: front", "bulk: pattern typed", "bulk: pattern goes on"}


def dataset(count: int, pictures: Path) -> Dataset:
    """Return a dataset of so many photos, with captions of commonplace lengths."""
    rand = random.Random(2)  # noqa: S311  # words, not secrets
    words = [f"word{number}" for number in range(WORDS)]

    def part() -> str:
        return " ".join(words[int(WORDS * rand.random() ** 3)] for _word in range(rand.randint(1, 4)))

    files = as_photos(sorted(pictures.glob("*.jpg")))
    return Dataset("bench", "Bench", tuple(
        replace(
            files[number % len(files)], photo_id=f"{number:05}", width=400 + number * 7 % 3000, looked=True,
            caption=", ".join(("TOK", *(part() for _part in range(rand.randint(3, 7))))) if number % 9 else "",
        )
        for number in range(count)
    ))


class Answers(QObject):
    """Know whether the package and the checks of the photos as they are now have come."""

    def __init__(self, place: DataPlace) -> None:
        super().__init__()
        parts = place.datasets._parts
        self._watch = parts.watch
        self._last = 0
        parts.threads.files.packaged.connect(self._take)

    @property
    def complete(self) -> bool:
        """Return whether nothing follows any more."""
        newest = self._watch._newest
        return not self._watch._timer.isActive() and newest is not None and newest.request_id == self._last

    @Slot(object)
    def _take(self, answer: PackageAnswer) -> None:
        self._last = answer.request_id


def garbage_look() -> float:
    """Return the milliseconds of a full collection."""
    begun = time.thread_time()
    gc.collect()
    return 1000 * (time.thread_time() - begun)


def steps(place: DataPlace, answers: Answers) -> dict[str, tuple[Callable[[], object], Callable[[], bool]]]:
    """Return what one does, by name, each with the condition that it has ended."""
    parts, datasets = place.parts, place.datasets
    actions, bulk = parts.actions, parts.inspector.bulk
    kind = child(bulk, QComboBox, "data.bulk.kind")
    search = parts.filters.search

    def write(name: str, text: str) -> Callable[[], None]:
        return lambda: child(bulk, QLineEdit, name).setText(text)

    def any_time() -> bool:
        return answers.complete

    def previewed() -> bool:
        return answers.complete and child(bulk, QPushButton, "data.bulk.apply").isEnabled()

    def plotted(wanted: PlotKind) -> bool:
        return answers.complete and child(place.screen, GlanceChart, f"data.glance.{wanted}").complete

    def caption() -> None:
        parts.editor.type_caption(datasets.dataset.photos[20].photo_id, "TOK, another caption")

    found: dict[str, tuple[Callable[[], object], Callable[[], bool]]] = {
        "type a caption": (caption, any_time),
        "filter: first letters": (lambda: search.setText("wor"), any_time),
        "filter: a query": (lambda: search.setText("caption:word12 or w:<1024"), any_time),
        "filter: nothing": (lambda: search.setText(""), any_time),
        "chip": (parts.filters.chips[next(iter(parts.filters.chips))].click, any_time),
        "sort by name": (actions.orders[PhotoOrder.NAME].trigger, any_time),
        "sort by words": (actions.orders[PhotoOrder.WORDS].trigger, any_time),
        "sort as added": (actions.orders[PhotoOrder.ADDED].trigger, any_time),
        "select all": (parts.grid.selectAll, any_time),
        "bulk: front": (write("data.bulk.text", "a photo, "), previewed),
        "bulk: change all": (bulk.form.submitted.emit, any_time),
        "undo": (place.undo.undo, any_time),
        "redo": (place.undo.redo, any_time),
        "bulk: pattern": (lambda: kind.setCurrentIndex(kind.findData(EditKind.PATTERN.value)), any_time),
        "bulk: pattern typed": (write("data.bulk.find", r"word(1[0-9]*)"), previewed),
        "bulk: pattern goes on": (write("data.bulk.text", r"w\1"), previewed),
        "exclude all": (actions.exclude.trigger, any_time),
        "undo the exclusion": (place.undo.undo, any_time),
        "select one": (lambda: parts.grid.step(-1) or parts.grid.select(frozenset({"00003"})), any_time),
        "history": (actions.history.trigger, any_time),
        "words": (actions.words.trigger, any_time),
        "checks": (lambda: actions.checks.setChecked(True), any_time),  # as the action has it
        "glance": (actions.glance.trigger, lambda: plotted(PlotKind.SIZES)),
    }
    return found


def main(count: int, folder: Path, pictures: Path, *, verbose: bool) -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    Theme(app).apply("light")
    QImage()  # the plug-ins are loaded before anything is measured
    place = DataPlace(folder)
    place.screen.resize(1200, 800)
    place.start()
    place.screen.set_trigger_word(TRIGGER_WORD)
    place.datasets.set_trigger_word(TRIGGER_WORD)
    answers = Answers(place)  # its threads are started
    looks = FullLookService(place.datasets, FullLookPool(), ActivityBoard())
    looks.start()
    from segmind_studio.store.library import Library  # noqa: PLC0415

    Library(place.database).save(dataset(count, pictures))
    garbage = GarbageCollector()
    garbage.settle()
    place.datasets.dataset_changed.connect(garbage.follow)
    place.datasets.package_changed.connect(garbage.follow_package)
    turns = Turns(watchdog=Watchdog() if verbose else None)
    found = {"open": turns.of(
        lambda: place.datasets.open("bench"),
        lambda: len(place.datasets.dataset.photos) == count and answers.complete,
    )}
    look = garbage_look()
    for name, (step, ended) in steps(place, answers).items():
        found[name] = turns.of(step, ended)
        if verbose:
            print(f"{found[name]:6.1f} ms  {name}  {turns.held}", flush=True)
    looks.stop()
    while not place.datasets.stop():
        pass  # the last edits of all photos are still being written
    place.stop()
    garbage.stop()
    print_figures(
        one=max(found[name] for name in found.keys() - ALL_CHANGED), all=max(found[name] for name in ALL_CHANGED),
        typed=max(found[name] for name in TYPED), garbage=look,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), verbose="-v" in sys.argv)
    sys.stdout.flush()
    os._exit(0)  # the app deletes its objects in order; Python's end deletes them in none, and crashes at times
