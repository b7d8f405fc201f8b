"""The real window with many photos, runs and made pictures: what each thing one does holds it for, and its cost.

  python -m tests.benchmarks.scale_turn COUNT FOLDER PICTURES

PICTURES is a folder of photographs that stand for all. The app is started unchanged, on the practice service,
which lists the same runs as the journal has. The last line is JSON: for each step its longest turn in milliseconds
of the GUI thread and what held it, and memory, open files and threads at the end.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QItemSelectionModel, QObject, QTimer, Slot

from tests.benchmarks.child import memory
from tests.benchmarks.turns import Turns, Watchdog

if TYPE_CHECKING:
    from segmind_studio.core.datasets import Photo

SCROLLS = 30
STEP = 130  # logical pixels: a fast turn of the wheel
WAIT_S = 90.0
EACH_NEW = 32  # one of so many photos is
PLACES = ("data", "train", "runs", "try", "settings", "start")


def fill(folder: Path, pictures: Path, *, photos: int, runs: int = 0, made: int = 0, looked: int = 1) -> None:
    """Write a data folder with so many of each, as the app leaves it; not `looked`: some of the photos are new."""
    from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID  # noqa: PLC0415  # not before a start that is measured
    from segmind_studio.core.settings import Settings  # noqa: PLC0415  # likewise, as all below
    from segmind_studio.store.database import Database  # noqa: PLC0415
    from segmind_studio.store.image_store import ImageStore  # noqa: PLC0415
    from segmind_studio.store.journal import Journal  # noqa: PLC0415
    from segmind_studio.store.library import Library  # noqa: PLC0415
    from segmind_studio.store.paths import app_paths  # noqa: PLC0415
    from segmind_studio.store.settings_file import SettingsFile  # noqa: PLC0415
    from tests.benchmarks.gallery_turn import images  # noqa: PLC0415
    from tests.benchmarks.holds_turn import dataset  # noqa: PLC0415
    from tests.benchmarks.runs_turn import stored_run  # noqa: PLC0415

    paths = app_paths(folder)
    paths.create()
    database = Database(paths.database)
    if photos:
        whole = dataset(photos, pictures)
        Library(database).save(whole if looked else replace(whole, photos=tuple(
            photo if number % EACH_NEW else as_new(photo, number) for number, photo in enumerate(whole.photos)
        )))
    stored = [replace(stored_run(number), account_id=PRACTICE_ACCOUNT_ID) for number in range(runs)]
    Journal(database).save_many(stored, time.time())
    files = sorted(pictures.glob("*.jpg"))
    store = ImageStore(database)
    with database.transaction():
        for number, image in enumerate(images(made)):
            name = f"made-{number:05}.jpg"
            os.link(files[number % len(files)], paths.results / name)
            store.add(replace(
                image, account_id=PRACTICE_ACCOUNT_ID, file_name=name, run_id=f"{number % max(1, runs):032x}",
            ))
    database.close()
    SettingsFile(paths.settings_file).save(Settings(
        dataset_id="bench" if photos else "", first_choice="practice", first_run_done=True, guide_done=True,
    ))
    list_runs(paths.practice, runs)


def as_new(photo: "Photo", number: int) -> "Photo":
    """Return the photo as one that nobody has looked at, with a file of its own."""
    own = photo.path.with_name(f"new-{number:05}.jpg")
    os.link(photo.path, own)
    return replace(photo, path=own, looked=False)


def list_runs(folder: Path, count: int) -> None:
    """Let the practice service know the same runs."""
    from segmind_studio.practice.database import PracticeDatabase  # noqa: PLC0415  # as above
    from segmind_studio.practice.rules import Order  # noqa: PLC0415  # likewise
    from tests.benchmarks.polls_turn import job  # noqa: PLC0415  # likewise

    database = PracticeDatabase(folder / "practice.sqlite3")
    with database.transaction():
        for number in range(count):
            one = job(number)
            order = Order(
                str(one["name"]), str(one["data_source_path"]), str(one["instance_prompt"]), "TOK", "FLUX_PRO",
                "CHARACTER", segmind_public=False, iterations=100, captioning=False, priority="SPEED",
                finetune_type="LORA", lora_rank=16, learning_rate=1e-4,
            )
            database.run(
                "INSERT INTO runs (finetune_id, job_id, name, slug, body, source_type, public, status,"
                " error_message, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?, 'AWS_S3', 0, 'AVAILABLE', '', ?, ?)",
                one["id"], one["id"], one["name"], one["slug"], json.dumps(asdict(order)), 1.7e9 + number,
                1.7e9 + number,
            )
    database.close()


class Wheel(QObject):
    """Scroll a view step by step, a step in each frame."""

    def __init__(self, view: Any) -> None:
        super().__init__()
        self._bar = view.verticalScrollBar()
        self._left = SCROLLS
        self._ticks = QTimer(self, interval=16)
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


class Session(QObject):
    """One session of the app, from its window on."""

    def __init__(self, studio: Any, count: int) -> None:
        super().__init__()
        self._studio = studio
        self._count = count
        self._settled = False
        self._watchdog = Watchdog()
        self._turns = Turns(watchdog=self._watchdog)
        self.found: dict[str, tuple[float, str]] = {}
        studio.settled.connect(self._has_settled)
        QTimer.singleShot(0, self._run)

    @Slot()
    def _has_settled(self) -> None:
        self._settled = True

    @Slot()
    def _run(self) -> None:
        try:
            self._measure_all()
        except Exception:  # noqa: BLE001  # Qt would only print it, and go on for ever
            traceback.print_exc()
        finally:
            self._studio._services.practice.stop()
            os._exit(0)  # the end is not measured; without the last line, the parent knows that this failed

    def _measure_all(self) -> None:
        self._measure("start, until all is loaded", lambda: None, self._loaded)
        for name, step, ended in self._steps():
            self._measure(name, step, ended)
        end = {
            "steps": self.found, "late": 1000 * self._watchdog.latest, "memory": memory(),
            "handles": count_in("/proc/self/fd"), "threads": count_in("/proc/self/task"),
        }
        self._watchdog.stop()
        print(json.dumps(end), flush=True)

    def _measure(self, name: str, step: Callable[[], object], ended: Callable[[], bool]) -> None:
        hold = self._turns.one(step, ended)
        self.found[name] = (hold, self._turns.held)
        print(f"{hold:6.1f} ms  {name}  {self._turns.held}", file=sys.stderr, flush=True)

    def _loaded(self) -> bool:
        services = self._studio._services
        return (
            self._settled and services.runs.loaded and services.tryouts.loaded
            and len(services.datasets.dataset.photos) == self._count and services.datasets.package.image_count > 0
        )

    def _steps(self) -> Iterator[tuple[str, Callable[[], object], Callable[[], bool]]]:
        from PySide6.QtWidgets import QAbstractItemView, QLineEdit  # noqa: PLC0415  # after the start

        from segmind_studio.ui_driver import UiDriver  # noqa: PLC0415  # likewise

        window, services = self._studio.window, self._studio._services
        driver, actions = UiDriver(window), self._studio._actions()

        def any_time() -> bool:
            return True

        def checked() -> bool:
            return not services.runs.watch.checking

        def view(name: str) -> QAbstractItemView:
            return driver.find(QAbstractItemView, name)

        def write(name: str, text: str) -> Callable[[], None]:
            field = driver.find(QLineEdit, name)
            return lambda: field.setText(text)

        def row(name: str, number: int) -> Callable[[], None]:
            table = view(name)

            def go() -> None:
                table.selectionModel().setCurrentIndex(
                    table.model().index(number, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
                    | QItemSelectionModel.SelectionFlag.Rows,
                )
            return go

        def scroll(name: str) -> tuple[str, Callable[[], object], Callable[[], bool]]:
            wheel = Wheel(view(name))
            return f"{name}: scroll", wheel.start, lambda: wheel.ended

        for place in PLACES:
            yield f"{place}: first visit", lambda place=place: window.show_place(place), any_time
        yield "data: come back", lambda: window.show_place("data"), any_time
        yield scroll("data.grid")
        yield "data: search", write("data.search", "caption:word12"), any_time
        yield "data: all again", write("data.search", ""), any_time
        yield "data: next photo", actions.photos.next.trigger, any_time
        yield "data: select all", actions.photos.select_all.trigger, any_time
        yield "data: exclude all", actions.photos.exclude.trigger, any_time
        yield "data: undo", self._studio._undo.undo, any_time
        yield "runs: come back", lambda: window.show_place("runs"), any_time
        yield scroll("runs.table")
        yield "runs: first row", row("runs.table", 0), any_time
        yield "runs: next row", row("runs.table", 1), any_time
        yield "runs: search", write("runs.search", "run-12"), any_time
        yield "runs: all again", write("runs.search", ""), any_time
        yield "runs: select all", view("runs.table").selectAll, any_time
        yield "runs: unchanged poll", services.runs.check_now, any_time
        yield "runs: money and time", actions.runs.history.trigger, any_time
        yield "try: come back", lambda: window.show_place("try"), any_time
        yield "try: all pictures", lambda: actions.pictures.judging.show_all.setChecked(True), any_time
        assert view("try.grid").model().rowCount() == self._count, view("try.grid").model().rowCount()
        yield scroll("try.grid")
        yield "try: search", write("try.search", "moon"), any_time
        yield "try: all again", write("try.search", ""), any_time
        yield "try: select all", view("try.grid").selectAll, any_time
        yield "minimised", window.showMinimized, any_time


def count_in(folder: str) -> int:
    """Return how many entries a folder has."""
    return sum(1 for _entry in Path(folder).iterdir())


def main(count: int, folder: Path, pictures: Path) -> None:
    """Fill a folder in another process, start the app, and do all steps."""
    from segmind_studio import __main__, app  # noqa: PLC0415  # the filling needs no window

    show, sessions = app.Studio.open, []

    def watched(self: app.Studio) -> None:
        show(self)
        sessions.append(Session(self, count))

    app.Studio.open = watched
    sys.exit(__main__.main(["--practice", "--data-dir", str(folder)]))


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        sizes = cast("dict[str, int]", json.loads(sys.argv[4]))
        fill(Path(sys.argv[2]), Path(sys.argv[3]), **sizes)
    else:
        main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
