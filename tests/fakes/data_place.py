"""The Data place on real services: a library on disk, real photographs, the real threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from PySide6.QtGui import QUndoStack
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.datasets import PackageOptions, Photo
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.datasets.caption_writer import CaptionWriter
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.measured_checks import MeasuredChecks
from segmind_studio.services.datasets.spelling import Spelling
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library
from segmind_studio.store.secrets import Vault
from segmind_studio.ui.data.screen import DataScreen
from tests.fakes.image_files import encode, photo
from tests.fakes.keyrings import MemoryKeyring
from tests.fakes.typed import child


@cache
def _jpeg(name: str) -> bytes:
    return encode(photo(name), "JPEG", quality=85)


NAMES = ("astronaut", "chelsea", "coffee", "rocket.jpg", "motorcycle_left", "retina.jpg")


class DataPlace:
    """Build the place in a folder; `stop` ends everything it started."""

    def __init__(self, folder: Path, settings: Settings | None = None, *, measured_unasked: int = 0) -> None:
        for name in ("imports", "prepared", "photos"):
            (folder / name).mkdir(exist_ok=True)
        self.photos_folder = folder / "photos"
        self.saved: list[Settings] = []
        self.database = Database(folder / "studio.sqlite3")
        self.datasets = DatasetService(
            Library(self.database), folder / "imports", folder / "prepared", seen=folder / "seen",
        )
        self.thumbnails = Thumbnails()
        self.tasks = TaskRunner()
        self.settings = SettingsService(settings or Settings(), self.saved.append, self.tasks)
        self.undo = QUndoStack()
        self.keyring = MemoryKeyring()
        self.secrets: list[ApiKey] = []
        vault = Vault("Tests", lambda: self.keyring)
        self.writer = CaptionWriter(KeyringService(vault), self.secrets.append)
        self.dictionaries = folder / "dictionaries"
        self.spelling = Spelling(self.tasks, self.settings, folders=lambda: (self.dictionaries,))
        self.measured = MeasuredChecks(
            self.datasets, lambda: self.thumbnails.measurer, most=measured_unasked, idle_ms=0,
        )
        self.screen = self.built_screen()
        self.settings.changed.connect(self._use_settings)
        self.screen.resize(1100, 700)
        self.parts = self.screen._parts
        self.toasts: list[str] = []
        self.screen.toast.connect(self.toasts.append)
        self.screen.undo_toast.connect(self.toasts.append)

    def built_screen(self) -> DataScreen:
        """Build the screen on what there is now."""
        return DataScreen(
            self.datasets, self.thumbnails, self.settings, self.undo, writer=self.writer, spelling=self.spelling,
            measured=self.measured,
        )

    def start(self) -> None:
        self.screen.show()
        self.screen.activateWindow()
        assert QTest.qWaitForWindowActive(self.screen)  # else no part of it gets the focus
        self.datasets.start()
        self.measured.start()
        self.screen.activated()

    def _use_settings(self, settings: Settings) -> None:
        self.datasets.set_options(PackageOptions(strip_metadata=settings.strip_metadata))

    def stop(self) -> None:
        self.screen.close()
        self.measured.ask_stop()
        self.screen.deleteLater()
        self.spelling.ask_stop()
        self.writer.ask_stop()
        assert self.writer.wait_end()
        assert self.thumbnails.stop()
        assert self.datasets.stop()
        self.settings.ask_stop()
        self.settings.write_unsaved()
        assert self.tasks.stop(2000)
        self.database.close()

    def write(self, count: int = len(NAMES), **captions: str) -> list[Path]:
        """Write photos into the folder, with captions beside them by stem."""
        paths = []
        for name in NAMES[:count]:
            stem = name.removesuffix(".jpg")
            path = self.photos_folder / f"{stem}.jpg"
            path.write_bytes(_jpeg(name if "." in name else f"{name}.png"))
            paths.append(path)
            if stem in captions:
                path.with_suffix(".txt").write_text(captions[stem], encoding="utf-8")
        return paths

    def take_in(self, qtbot, *paths: Path) -> None:
        """Add paths, or the whole folder, and wait until the package is known."""
        with qtbot.waitSignal(self.datasets.scan_finished):
            self.datasets.add(list(paths) or [self.photos_folder])
        with qtbot.waitSignal(self.datasets.package_changed):
            pass

    def button(self, name: str) -> QPushButton:
        """Find a button by its object name."""
        return child(self.screen, QPushButton, name)

    def named(self, stem: str) -> Photo:
        """Return the photo whose file has this stem."""
        return next(photo for photo in self.datasets.dataset.photos if photo.path.stem == stem)

    def select(self, *stems: str) -> None:
        """Select photos, the first of them as the current one."""
        names = [self.named(stem).photo_id for stem in stems]
        self.parts.grid.select(frozenset(names), names[0])

    @property
    def shown(self) -> list[str]:
        """Return the stems of the rows."""
        return [photo.path.stem for photo in self.parts.model.shown]


@contextmanager
def open_place(
    qtbot, folder: Path, count: int = len(NAMES), *, more: Callable[[Path], object] | None = None, **captions: str,
) -> Iterator[DataPlace]:
    """Yield the place with a dataset of so many photos, the package known; it is stopped at the end.

    `more` writes others into the folder of the photos. Without any it is empty. Nothing can be undone yet.
    """
    place = DataPlace(folder)
    place.start()
    try:
        place.write(count, **captions)
        if more is not None:
            more(place.photos_folder)
        if count:
            place.take_in(qtbot)
            place.undo.clear()
        yield place
    finally:
        place.stop()
