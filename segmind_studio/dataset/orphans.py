"""Caption files beside the photos of a dataset whose own photo is missing.

An intake names them once; as a finding they stay until there is a photo, or the user ignores them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from segmind_studio.core.datasets import Check, Finding, Photo, Severity
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES, files_beside
from segmind_studio.dataset.names import natural_key, shown
from segmind_studio.dataset.pairing import pair
from segmind_studio.dataset.sidecars import PLAIN_SUFFIXES, some_of
from segmind_studio.texts import _, ngettext

_MOST_FOLDERS = 200  # that are looked at; a dataset has photos from a few

_IN_KEY = 3  # names in what is stored with each photo when it is ignored
_KINDS = ACCEPTED_SUFFIXES | {*PLAIN_SUFFIXES}


class OrphanCaptions:
    """Look for caption files without a photo. A folder that has not changed is not listed again. For one thread.

    `imports` is where the app keeps its own copies: nothing there is the user's.
    """

    def __init__(self, imports: Path) -> None:
        self._imports = str(imports)
        self._listed: dict[str, tuple[int, tuple[str, ...]]] = {}

    def look(self, photos: Iterable[Photo], cancelled: Callable[[], bool]) -> tuple[Finding, ...]:
        """Return the finding about such files in the folders of these photos, () without any; never raises."""
        folders: dict[str, list[str]] = {}
        accepted: set[str] = set()
        for photo in photos:
            folder, name = os.path.split(photo.path)
            accepted.update(photo.accepted)
            if not folder.startswith(self._imports):
                folders.setdefault(folder, []).append(name)
        names: list[str] = []
        for folder, known in sorted(folders.items())[:_MOST_FOLDERS]:
            names += _without_photo((*known, *self._files(folder, cancelled)))
        if not names:
            return ()
        words = ngettext(
            "{count} caption file has no photo: {names}.", "{count} caption files have no photo: {names}.",
            len(names),
        )
        found = Finding(
            Check.ORPHANS, Severity.INFO, words.format(count=len(names), names=some_of(map(shown, names))),
            _("Add the photo, or give the file the same name as its photo. The file stays where it is."),
            subject=f"{', '.join(names[:_IN_KEY])} ({len(names)})",
        )
        return () if found.key in accepted else (found,)

    def _files(self, folder: str, cancelled: Callable[[], bool]) -> tuple[str, ...]:
        try:
            changed = os.stat(folder).st_mtime_ns  # noqa: PTH116  # never a Path here
        except (OSError, ValueError):
            return ()
        before = self._listed.get(folder)
        if before is None or before[0] != changed:
            paths = files_beside(folder, _is_either, cancelled)
            before = changed, tuple(os.path.basename(path) for path in paths)  # noqa: PTH119
            self._listed[folder] = before
        return before[1]


def _without_photo(names: Iterable[str]) -> list[str]:
    """Return the caption files among the names of one folder that belong to no photo there."""
    texts: dict[str, list[str]] = {}
    photos: set[str] = set()
    for name in names:
        stem, suffix = os.path.splitext(name)  # noqa: PTH122  # ten thousand names
        if suffix.lower() in PLAIN_SUFFIXES:
            texts.setdefault(stem, []).append(name)
        else:
            photos.update((stem, name))  # "photo.txt" and "photo.jpg.txt"
    left = pair(texts, photos).left
    return sorted((name for stem in left for name in texts[stem]), key=natural_key)


def _is_either(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in _KINDS  # noqa: PTH122
