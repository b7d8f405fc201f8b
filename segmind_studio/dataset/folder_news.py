"""What changed in the folders that photos came from, and where photos are that were moved.

A dataset does not store what else was in a folder. So a file counts as new when it appeared while the app looked,
or, at the first look at a dataset, when it came into the folder after the dataset's last change.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.errors import CancelledError
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES, files_beside, walk
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.names import natural_key

MAX_FOLDERS = 200  # that are looked at; a dataset has photos from a few


@dataclass(frozen=True, slots=True)
class FolderNews:
    """New pictures in the folders of a dataset, in order, and the photos whose files are no longer there."""

    dataset_id: str = ""
    added: tuple[Path, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(slots=True)
class FolderMemory:
    """What was seen in the folders of the dataset that is open. For one thread."""

    imports: Path
    _dataset_id: str = ""
    _seen: set[str] = field(default_factory=set[str])
    _folders: set[str] = field(default_factory=set[str])
    _new: set[str] = field(default_factory=set[str])

    def folders(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the folders of the user's own that its photos came from, those with the most photos first."""
        counts: dict[str, int] = {}
        own = str(self.imports)
        for photo in dataset.photos:
            folder = os.path.dirname(photo.path)  # noqa: PTH120  # ten thousand photos
            if not folder.startswith(own):
                counts[folder] = counts.get(folder, 0) + 1
        return tuple(sorted(counts, key=lambda folder: (-counts[folder], folder))[:MAX_FOLDERS])

    def look(self, dataset: Dataset, cancelled: Callable[[], bool]) -> FolderNews:
        """Return what is new and what is gone; never raises. Lists folders, and checks files one by one."""
        if dataset.dataset_id != self._dataset_id:
            self._dataset_id = dataset.dataset_id
            self._seen, self._folders, self._new = set(), set(), set()
        known = {str(photo.path) for photo in dataset.photos}
        here: set[str] = set()
        for folder in self.folders(dataset):
            found = files_beside(folder, _is_image, cancelled)
            here.update(found)
            if folder not in self._folders:
                self._folders.add(folder)
                old = {path for path in found if not _came_after(path, dataset.updated_at)}
                self._seen |= old - self._new
        self._new = here - known - self._seen
        gone = tuple(
            photo.photo_id for photo in dataset.photos
            if str(photo.path) not in here and not os.path.lexists(photo.path)
        )
        return FolderNews(dataset.dataset_id, tuple(map(Path, sorted(self._new, key=natural_key))), gone)

    def dismiss(self) -> None:
        """Do not report the present new files again."""
        self._seen |= self._new
        self._new = set()


def relocated(
    photos: Iterable[Photo], top: Path, cancelled: Callable[[], bool],
) -> tuple[Photo, ...]:
    """Return those of these photos whose files are now below `top`, with their new paths.

    A file is the same when its size is, and either its name or its time of change. Of several, the one wins
    whose folders are named like the old ones. CancelledError.
    """
    wanted = tuple(photos)
    sizes = {photo.size for photo in wanted}
    by_name: dict[tuple[str, int], list[str]] = {}
    by_time: dict[tuple[int, int], list[str]] = {}
    for folder in walk(str(top), lambda _path, _why: None, cancelled):
        for path in folder.files:
            try:
                stat = os.stat(path)  # noqa: PTH116  # as above
            except OSError:
                continue
            if stat.st_size in sizes:
                by_name.setdefault((_name(path), stat.st_size), []).append(path)
                by_time.setdefault((stat.st_mtime_ns, stat.st_size), []).append(path)
    if cancelled():
        raise CancelledError
    found: list[Photo] = []
    taken: set[str] = set()
    for photo in wanted:
        path = _best(photo, by_name.get((_name(str(photo.path)), photo.size), ()), taken) or _only(
            by_time.get((photo.mtime_ns, photo.size), ()), taken)
        if path:
            taken.add(path)
            facts = inspect(Path(path))
            found.append(replace(
                photo, path=Path(path), width=facts.width, height=facts.height, size=facts.size,
                mtime_ns=facts.mtime_ns, image_format=facts.image_format, orientation=facts.orientation,
                problem=facts.problem, looked=False, changes=facts.changes,
            ))
    return tuple(found)


def moved(photo: Photo, places: Mapping[str, Photo]) -> Photo:
    """Return a photo at another place, by its id, with everything that the user wrote or chose."""
    there = places[photo.photo_id]
    return replace(
        there, caption=photo.caption, original_caption=photo.original_caption, excluded=photo.excluded,
        caption_readings=photo.caption_readings,
    )


def _best(photo: Photo, candidates: Iterable[str], taken: set[str]) -> str:
    """Return the free candidate that has the most folder names in common with the old path, from its end."""
    old = photo.path.parts[::-1]

    def alike(path: str) -> int:
        parts = Path(path).parts[::-1]
        return next((n for n, (a, b) in enumerate(zip(old, parts, strict=False)) if a != b), len(parts))

    free = [path for path in candidates if path not in taken]
    return max(free, key=alike) if free else ""


def _only(candidates: Iterable[str], taken: set[str]) -> str:
    free = [path for path in candidates if path not in taken]
    return free[0] if len(free) == 1 else ""


def _came_after(path: str, time_s: float) -> bool:
    try:
        stat = os.stat(path)  # noqa: PTH116  # as above
    except OSError:
        return False
    return max(stat.st_ctime, stat.st_mtime) > time_s


def _name(path: str) -> str:
    return os.path.basename(path).casefold()  # noqa: PTH119  # as above


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in ACCEPTED_SUFFIXES  # noqa: PTH122  # as above
