"""What changed in the folders that photos came from, and where photos are that were moved.

What is in a folder when a photo of it comes into a dataset counts as seen, and so does what the user did not want;
everything else in it is new, whenever it came. The same holds for subfolders: one that is new is looked through.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.errors import CancelledError
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES, contents, walk
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.names import natural_key
from segmind_studio.record import record

MAX_FOLDERS = 200  # that are looked at; a dataset has photos from a few


@record
class FolderNews:
    """What changed in the folders of a dataset. A file that was moved or renamed is neither new nor gone.

    `added` has the new pictures, in order; `gone` the ids of photos whose files are no longer there; `moved` those
    whose files are among the new ones, each with its id and its new path.
    """

    dataset_id: str = ""
    added: tuple[Path, ...] = ()
    gone: tuple[str, ...] = ()
    moved: tuple[tuple[str, Path], ...] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """Return the ids of all photos whose files are not where they were."""
        return (*self.gone, *(photo_id for photo_id, _path in self.moved))


Listing = Mapping[str, frozenset[str]]  # a folder, and the names in it that were seen


@dataclass(slots=True)
class FolderMemory:
    """What was seen in the folders of the dataset that is open. For one thread."""

    imports: Path
    _dataset_id: str = ""
    _seen: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _fresh: dict[str, set[str]] = field(default_factory=dict[str, set[str]])  # as `_seen`: what has news
    _new: set[str] = field(default_factory=set[str])
    _watched: list[str] = field(default_factory=list[str])

    @property
    def listing(self) -> Listing:
        """Return what was seen, for `recall` in a later session."""
        return {folder: frozenset(names) for folder, names in self._seen.items()}

    @property
    def watched(self) -> tuple[str, ...]:
        """Return the folders in which news may appear: those of the photos, and new subfolders of them."""
        return tuple(self._watched[:MAX_FOLDERS])

    def recall(self, dataset_id: str, listing: Listing) -> None:
        """Begin with another dataset, and what was seen in its folders before; nothing for a new one."""
        self._dataset_id = dataset_id
        self._seen = {folder: set(names) for folder, names in listing.items()}
        self._fresh, self._new, self._watched = {}, set(), []

    def holds(self, dataset_id: str) -> bool:
        """Return whether this is the memory of that dataset."""
        return dataset_id == self._dataset_id

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
        if not self.holds(dataset.dataset_id):
            self.recall(dataset.dataset_id, {})
        known = {str(photo.path) for photo in dataset.photos}
        folders = self.folders(dataset)
        here: set[str] = set()
        new: set[str] = set()
        self._fresh, self._watched = {}, list(folders)
        for folder in folders:
            found = contents(folder, _is_image, cancelled)
            here.update(found.files)
            if folder not in self._seen:
                self._seen[folder] = {_base(path) for path in found.files if path not in self._new}
                self._seen[folder] |= {_base(path) for path in found.folders if not self._tells_of(path)}
            seen = self._seen[folder]
            seen.update(_base(path) for path in found.files if path in known)
            fresh = {path: [path] for path in found.files if _base(path) not in seen}
            own = {*folders, *self._seen}
            for inner in found.folders:
                if _base(inner) not in seen and inner not in own:
                    fresh[inner] = self._pictures_below(inner, own, known, cancelled)
            self._fresh[folder] = {_base(path) for path, pictures in fresh.items() if pictures}
            new.update(*fresh.values())
        self._new = new
        gone = [
            photo for photo in dataset.photos if str(photo.path) not in here and not os.path.lexists(photo.path)
        ]
        moved = _found_again(gone, self._new) if gone and new else {}
        return FolderNews(
            dataset.dataset_id, tuple(map(Path, sorted(new.difference(moved.values()), key=natural_key))),
            tuple(photo.photo_id for photo in gone if photo.photo_id not in moved),
            tuple((photo_id, Path(path)) for photo_id, path in moved.items()),
        )

    def _tells_of(self, path: str) -> bool:
        """Return whether the last news named a file below this folder."""
        return any(new.startswith(path + os.sep) for new in self._new)

    def _pictures_below(
        self, top: str, own: Collection[str], known: Collection[str], cancelled: Callable[[], bool],
    ) -> list[str]:
        """Return the pictures in a new subfolder, but not in one that had photos of the dataset; watch it."""
        found: list[str] = []
        for folder in islice(walk(top, lambda _path, _why: None, cancelled), MAX_FOLDERS):
            if folder.path not in own:
                self._watched.append(folder.path)
                found += (path for path in folder.files if _is_image(path) and path not in known)
        return found

    def dismiss(self) -> None:
        """Do not report the present new files again, nor what comes into the new subfolders that they are in."""
        for folder, names in self._fresh.items():
            self._seen[folder] |= names
        self._new = set()


def relocated(
    photos: Iterable[Photo], tops: Iterable[Path], cancelled: Callable[[], bool],
) -> tuple[Photo, ...]:
    """Return those of these photos whose files are now in `tops`, files or folders, with their new paths.

    A file is the same when its size is, and either its name or its time of change. Of several, the one wins
    whose folders are named like the old ones. CancelledError.
    """
    wanted = tuple(photos)
    places = _found_again(wanted, (path for top in tops for path in _files_in(str(top), cancelled)))
    if cancelled():
        raise CancelledError
    return tuple(_at(photo, Path(places[photo.photo_id])) for photo in wanted if photo.photo_id in places)


def _files_in(top: str, cancelled: Callable[[], bool]) -> Iterator[str]:
    if os.path.isfile(top):  # noqa: PTH113  # many
        yield top
        return
    for folder in walk(top, lambda _path, _why: None, cancelled):
        yield from folder.files


def _found_again(photos: Collection[Photo], paths: Iterable[str]) -> dict[str, str]:
    """Return the path, one of these, of each photo that is found again, by the photo's id; see `relocated`."""
    sizes = {photo.size for photo in photos}
    by_name: dict[tuple[str, int], list[str]] = {}
    by_time: dict[tuple[int, int], list[str]] = {}
    for path in paths:
        try:
            stat = os.stat(path)  # noqa: PTH116  # as above
        except OSError:
            continue
        if stat.st_size in sizes:
            by_name.setdefault((_name(path), stat.st_size), []).append(path)
            by_time.setdefault((stat.st_mtime_ns, stat.st_size), []).append(path)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for photo in photos:
        path = _best(photo, by_name.get((_name(str(photo.path)), photo.size), ()), taken) or _only(
            by_time.get((photo.mtime_ns, photo.size), ()), taken)
        if path:
            taken.add(path)
            found[photo.photo_id] = path
    return found


def _at(photo: Photo, path: Path) -> Photo:
    facts = inspect(path)
    return replace(
        photo, path=path, width=facts.width, height=facts.height, size=facts.size, mtime_ns=facts.mtime_ns,
        image_format=facts.image_format, orientation=facts.orientation, problem=facts.problem, looked=False,
        changes=facts.changes,
    )


def moved(photo: Photo, places: Mapping[str, Photo]) -> Photo:
    """Return a photo at another place, by its id, with everything that the user wrote or chose."""
    there = places[photo.photo_id]
    return replace(
        photo, path=there.path, width=there.width, height=there.height, size=there.size, mtime_ns=there.mtime_ns,
        image_format=there.image_format, orientation=there.orientation, problem=there.problem, looked=there.looked,
        changes=there.changes,
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


def _base(path: str) -> str:
    return os.path.basename(path)  # noqa: PTH119  # as above


def _name(path: str) -> str:
    return os.path.basename(path).casefold()  # noqa: PTH119  # as above


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in ACCEPTED_SUFFIXES  # noqa: PTH122  # as above
