"""Do the main job in the real window, with mouse and key events: the self-test of a shipped program, and the tour.

Every control is found by its object name and used as a user would; it waits only for what a user sees.
"""

from __future__ import annotations

import platform
import re
import ssl
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication, QImageReader, QPixmap
from PySide6.QtWidgets import QMainWindow, QWidget

from segmind_studio import __version__
from segmind_studio.api.safetensors import read_header
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Run, Stage
from segmind_studio.record import record
from segmind_studio.resources import resource
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.download_service import DownloadResult, DownloadService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.store.secrets import keyring_modules, own_keyring_module
from segmind_studio.ui_driver import UiDriver, UiDriverError

SELF_TEST_LIMIT_S = 60.0
TOUR_LIMIT_S = 240.0
RUN_LIMIT_S = 150.0
TRIGGER = "CHELSEA"
DAMAGED = "damaged.jpg"
_LOWER_PART = re.compile(r"\d")  # no other decoder can say how much
CAPTION = "CHELSEA the tabby cat looks up at the camera, soft indoor light"


@record
class SelfTestParts:
    """What the self-test checks besides the window."""

    window: QMainWindow
    datasets: DatasetService
    runs: RunService
    downloads: DownloadService
    tryouts: ImageService
    downloads_folder: Path
    verbose: bool = False


class SelfTest(QObject):
    """Drive the window once.

    `pictures` is a folder for one screenshot a step, or None. Lives in the GUI thread; waiting is done in
    nested event loops, so the window stays alive.

    Signals:
        finished(int): the exit code, 0 only when the model file was downloaded and its header read.
    """

    finished = Signal(int)

    def __init__(self, parts: SelfTestParts, pictures: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._pictures = pictures
        self._count = 0
        self._result: DownloadResult | None = None
        self._over = False
        self._driver = UiDriver(parts.window, self._is_over)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._too_late)
        self._done = False
        parts.downloads.finished.connect(self._downloaded)

    def start(self) -> None:
        """Start, once the event loop runs."""
        limit = SELF_TEST_LIMIT_S if self._pictures is None else TOUR_LIMIT_S
        self._limit.start(int(limit * 1000))
        QTimer.singleShot(0, self, self._run)

    def _is_over(self) -> bool:
        return self._over

    def _too_late(self) -> None:
        self._over = True

    @Slot(object)
    def take_breakdown(self, error: StudioError) -> None:
        """Fail: an unexpected error in the app."""
        self._say(f"BROKE   {error.detail}")
        self._over = True

    def _downloaded(self, result: DownloadResult) -> None:
        self._result = result

    def _run(self) -> None:
        try:
            for words in self._steps():
                self._count += 1
                self._say(f"{self._count:2d}  {words}")
                self._picture(words)
        except UiDriverError as error:
            self._say(f"FAILED  {error}")
            self._picture("failed")
            self._end(1)
        else:
            self._say("The main job is done, but see above." if self._over else "The main job is done.")
            self._end(int(self._over))

    def _end(self, code: int) -> None:
        if not self._done:
            self._done = True
            self._limit.stop()
            self.finished.emit(code)

    # -- the job

    def _steps(self) -> Iterator[str]:
        yield from self._open()
        yield from self._keyrings()
        yield from self._photos()
        yield from self._damaged()
        driver = self._driver
        driver.click("data.train")
        yield from self._form()
        run_id = yield from self._start_run()
        yield from self._watch(run_id)
        yield from self._download(run_id)
        yield from self._try(run_id)

    def _open(self) -> Iterator[str]:
        driver = self._driver
        driver.wait(self._parts.window.isVisible, "the window to be shown")
        driver.wait(lambda: self._parts.runs.loaded, "the practice service to be connected")
        yield "The window is open, on the practice service"

    def _keyrings(self) -> Iterator[str]:
        """Check that keyring finds its back-ends: it looks them up by name; a frozen program easily loses them."""
        found: list[dict[str, bool] | Exception] = []
        Thread(target=_look_for_keyrings, args=(found,), name="keyrings", daemon=True).start()
        self._driver.wait(lambda: bool(found), "the keyrings to be found")
        modules = found[0]
        if isinstance(modules, Exception) or own_keyring_module() not in modules:
            raise UiDriverError(f"{own_keyring_module()} is not found: {modules}")
        if self._parts.verbose:
            for line in _surroundings(self._parts.downloads_folder):
                self._say(f"    {line}")
            for name, usable in modules.items():
                self._say(f"    {name}: {'can be used' if usable else 'found, cannot be used here'}")
        yield f"Keyrings found: {', '.join(name.rpartition('.')[2] for name in modules)}"

    def _damaged(self) -> Iterator[str]:
        """Check that damage is found which only one decoder detects: it runs in a child process."""
        datasets = self._parts.datasets
        file = self._parts.downloads_folder / DAMAGED
        if not file.exists():  # one that is known and changes is looked at again only later
            whole = resource("sample", "chelsea-1.jpg").read_bytes()
            half = len(whole) // 2
            file.write_bytes(whole[:half] + bytes(len(whole) - half - 2) + whole[-2:])
        datasets.add((file,))
        self._driver.wait(lambda: _LOWER_PART.search(self._problem(file)) is not None, "the damage to be found")
        yield f"{DAMAGED}: {self._problem(file).partition('. ')[0]}"

    def _problem(self, file: Path) -> str:
        photos = self._parts.datasets.dataset.photos
        return next((photo.problem for photo in photos if photo.path.name == file.name), "")

    def _photos(self) -> Iterator[str]:
        driver = self._driver
        datasets = self._parts.datasets
        if not datasets.dataset.photos:
            driver.click("rail.start")
            driver.click("start.sample")
        driver.wait(lambda: bool(datasets.dataset.photos) and not datasets.scanning, "the photos to be taken in")
        driver.click("rail.data")
        driver.wait(lambda: datasets.package.size > 0, "the package to be measured")
        yield f"{len(datasets.dataset.photos)} photos taken in, captions read"
        rows = [i for i, photo in enumerate(datasets.dataset.photos) if not photo.caption.strip()]
        if rows:
            driver.click_row("data.grid", rows[0])
            driver.type_text("data.caption", CAPTION)
            photo_id = datasets.dataset.photos[rows[0]].photo_id
            driver.wait(lambda: self._caption(photo_id) == CAPTION, "the caption to be kept")
            yield "The missing caption is written"

    def _caption(self, photo_id: str) -> str:
        photo = self._parts.datasets.dataset.photo(photo_id)
        return photo.caption if photo else ""

    def _form(self) -> Iterator[str]:
        driver = self._driver
        driver.wait(lambda: driver.find(QWidget, "train.field.name").isVisible(), "the Train place")
        driver.click("train.field.theme.CHARACTER")
        driver.type_line("train.field.name", "chelsea-tour")
        driver.type_line("train.field.trigger_word", TRIGGER)
        driver.type_text("train.field.instance_prompt", f"{TRIGGER}, a tabby cat, close-up photo")
        driver.click("train.preset.explore")
        yield "The form is filled"
        driver.wait(lambda: driver.button("train.review").isEnabled(), "the form to be ready for review")
        driver.click("train.review")
        driver.wait(lambda: driver.usable("review.start"), "the review")
        yield "The review says what it is, what it costs, who will see it"

    def _start_run(self) -> Generator[str, None, str]:
        driver = self._driver
        before = {run.run_id for run in self._parts.runs.runs}
        driver.click("review.start")
        driver.wait(lambda: self._new_run(before) is not None, "the run to appear")
        run = self._new_run(before)
        if run is None:
            raise UiDriverError("the run vanished")
        yield f"Started; the row says “{run.stage}”"
        return run.run_id

    def _new_run(self, before: set[str]) -> Run | None:
        return next((run for run in self._parts.runs.runs if run.run_id not in before), None)

    def _watch(self, run_id: str) -> Iterator[str]:
        driver = self._driver
        seen: list[Stage] = []
        while True:
            last = seen[-1] if seen else None
            driver.wait(lambda last=last: self._stage(run_id) is not last, "the next state", RUN_LIMIT_S)
            stage = self._stage(run_id)
            seen.append(stage)
            if stage is Stage.READY:
                break
            if stage in {Stage.FAILED, Stage.REFUSED, Stage.UNKNOWN, Stage.INTERRUPTED}:
                raise UiDriverError(f"the run is “{stage}”: {self._error(run_id)}")
            if stage in {Stage.UPLOADING, Stage.TRAINING, Stage.DEPLOYING}:
                yield f"Watching: {stage}"
        yield f"The model is ready ({' → '.join(seen)})"

    def _stage(self, run_id: str) -> Stage:
        run = self._parts.runs.run(run_id)
        return run.stage if run else Stage.OTHER

    def _error(self, run_id: str) -> str:
        run = self._parts.runs.run(run_id)
        return run.error if run else ""

    def _download(self, run_id: str) -> Iterator[str]:
        driver = self._driver
        driver.click("rail.runs")
        driver.click_row("runs.table", 0)
        driver.wait(lambda: driver.button("runs.download").isEnabled(), "the download button")
        driver.click("runs.download")
        driver.wait(lambda: self._result is not None and self._result.run_id == run_id, "the model file")
        result = self._result
        if result is None:
            raise UiDriverError("the download vanished")
        header = read_header(result.path)
        tensors = [name for name in header if name != "__metadata__"]
        if not tensors or result.path.stat().st_size != result.size:
            raise UiDriverError(f"{result.path.name} holds no tensors, or not all of it came")
        yield f"{result.path.name}: {result.size:,} bytes, {len(tensors)} tensors, header read"

    def _try(self, run_id: str) -> Iterator[str]:
        driver = self._driver
        driver.wait(lambda: driver.button("runs.try").isEnabled(), "the try button")
        driver.click("runs.try")
        driver.wait(lambda: driver.find(QWidget, "try.prompt").isVisible(), "the Try place")
        results: list[object] = []
        recorder = _ResultRecorder(results, self)
        self._parts.tryouts.finished.connect(recorder.take)
        driver.type_text("try.prompt", f"{TRIGGER} in a spacesuit, on the moon")
        driver.wait(lambda: driver.button("try.generate").isEnabled(), "the generate button")
        driver.click("try.generate")
        driver.wait(lambda: bool(results), "the picture")
        yield f"A picture was made with {run_id[:8]}"

    # -- output on the terminal

    def _say(self, line: str) -> None:
        if sys.stdout is not None:  # pyright: ignore[reportUnnecessaryComparison]  # a windowed program has none
            print(line, flush=True)  # noqa: T201  # this is what the command prints

    def _picture(self, words: str) -> None:
        driver = self._driver
        if self._pictures is None:
            return
        driver.settle()
        self._pictures.mkdir(parents=True, exist_ok=True)
        slug = "-".join("".join(c if c.isalnum() else " " for c in words.lower()).split()[:6])
        self._grab().save(str(self._pictures / f"{self._count:02d}-{slug}.png"))

    def _grab(self) -> QPixmap:
        """Take a screenshot, dialogs included; where a platform forbids it, the window alone."""
        if QGuiApplication.platformName() == "xcb":
            area = self._parts.window.frameGeometry()
            return self._parts.window.screen().grabWindow(0, area.x(), area.y(), area.width(), area.height())
        return self._parts.window.grab()


def _look_for_keyrings(found: list[dict[str, bool] | Exception]) -> None:
    try:
        found.append(keyring_modules())
    except Exception as error:  # noqa: BLE001  # top of the thread: the waiting code reports it
        found.append(error)


def _surroundings(folder: Path) -> Iterator[str]:
    """Yield lines with the versions of the program, its libraries and the system."""
    frozen = "frozen" if getattr(sys, "frozen", False) else "from its source"
    yield f"Segmind Studio {__version__}, {frozen}: {sys.executable}"
    yield f"Python {platform.python_version()}, Qt {qVersion()}, {ssl.OPENSSL_VERSION}"
    yield f"{platform.platform()}, window system {QGuiApplication.platformName()}"
    formats = sorted(bytes(kind.data()).decode() for kind in QImageReader.supportedImageFormats())
    yield f"Pictures that Qt reads: {', '.join(formats)}"
    yield f"Data in {folder}"


class _ResultRecorder(QObject):
    """Store the arguments of a signal."""

    def __init__(self, results: list[object], parent: QObject) -> None:
        super().__init__(parent)
        self._results = results

    def take(self, result: object) -> None:
        self._results.append(result)
