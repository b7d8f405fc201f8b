"""The dictionary that captions are checked with: found and read in the background, when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import DatasetError, StudioError
from segmind_studio.dataset.spelling import (
    SpellingDictionary,
    dictionaries,
    dictionary_folders,
    is_english,
    read_dictionary,
)
from segmind_studio.record import record
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import Task, TaskRunner

NO_CHECK = "off"  # in `Settings.dictionary`


@record
class _Loaded:
    found: tuple[Path, ...]
    dictionary: SpellingDictionary | None = None
    problem: str = ""


class Spelling(QObject):
    """Hold the dictionary of the user's choice; without a choice, an English one of this computer. GUI thread.

    Signals: changed(), when another dictionary is there, none, or it cannot be read.
    """

    changed = Signal()

    def __init__(
        self, tasks: TaskRunner, settings: SettingsService, parent: QObject | None = None,
        *, folders: Callable[[], tuple[Path, ...]] = dictionary_folders,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._settings = settings
        self._folders = folders
        self._loaded = _Loaded(())
        self._task: Task | None = None
        self._cancelled = Event()

    @property
    def dictionary(self) -> SpellingDictionary | None:
        """Return the dictionary in use, None without one."""
        return self._loaded.dictionary

    @property
    def found(self) -> tuple[Path, ...]:
        """Return the dictionaries of this computer, English ones first; () before `start` has looked."""
        return self._loaded.found

    @property
    def problem(self) -> str:
        """Return why the chosen dictionary cannot be used, "" if it can."""
        return self._loaded.problem

    @property
    def off(self) -> bool:
        """Return whether the user wants no check."""
        return self._settings.value.dictionary == NO_CHECK

    def start(self) -> None:
        """Look for a dictionary and read it, once."""
        if self._task is None:
            self._load()

    @Slot(str)
    def choose(self, path: str) -> None:
        """Use the .dic file at a path from now on, `NO_CHECK` for none, "" for the usual one."""
        self._settings.update(dictionary=path)
        self._load()

    def ask_stop(self) -> None:
        """Stop reading."""
        self._cancelled.set()
        if self._task is not None:
            self._task.cancel()

    def _load(self) -> None:
        self.ask_stop()
        self._cancelled = Event()
        read = partial(_load, self._settings.value.dictionary, self._folders, self._cancelled.is_set)
        self._task = self._tasks.run(read, self._show, self._fail)

    @Slot(object)
    def _show(self, loaded: _Loaded) -> None:
        self._loaded = loaded
        self.changed.emit()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._show(_Loaded(self._loaded.found, problem=error.title))


def _load(chosen: str, folders: Callable[[], tuple[Path, ...]], cancelled: Callable[[], bool]) -> _Loaded:
    found = dictionaries(folders())
    path = Path(chosen) if chosen else next(filter(is_english, found), None)
    if chosen == NO_CHECK or path is None:
        return _Loaded(found)
    try:
        return _Loaded(found, read_dictionary(path, cancelled))
    except DatasetError as error:
        return _Loaded(found, problem=error.title)
