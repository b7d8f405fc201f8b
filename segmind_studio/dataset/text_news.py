"""Notice that files which may hold captions changed in the folders of photos, also while the app was closed.

What such files contain is not read here: a folder is known by the names, times and sizes of its text files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b

from segmind_studio.dataset.folders import files_beside
from segmind_studio.dataset.sidecars import is_text

Marks = Mapping[str, str]  # a folder, and what its text files were like
_BYTES = 8  # of a mark


class TextMemory:
    """What the text files in the folders of the open dataset were like. For one thread.

    A folder that is looked at for the first time has no news. One that has news keeps its earlier mark in `marks`
    until `settle`, so that the news come again in a later session if they were not answered.
    """

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        self._settled: dict[str, str] = {}

    @property
    def marks(self) -> Marks:
        """Return what is to be recalled in a later session."""
        return self._settled

    def recall(self, marks: Marks) -> None:
        """Begin with another dataset, and what its folders were like before; nothing for a new one."""
        self._seen, self._settled = dict(marks), dict(marks)

    def look(self, folders: Iterable[str], cancelled: Callable[[], bool]) -> tuple[str, ...]:
        """Return those of these folders whose text files are others than at the last look; never raises."""
        changed: list[str] = []
        for folder in folders:
            mark = _mark(folder, cancelled)
            if folder not in self._seen:
                self._settled[folder] = mark
            elif mark != self._seen[folder]:
                changed.append(folder)
            self._seen[folder] = mark
        return tuple(changed)

    def settle(self, folders: Iterable[str]) -> None:
        """Take what these folders were like at the last look as read: no caption differs."""
        self._settled.update((folder, self._seen[folder]) for folder in folders if folder in self._seen)


def _mark(folder: str, cancelled: Callable[[], bool]) -> str:
    """Return a short text that differs when a text file came, went or changed; "" without any."""
    found = blake2b(digest_size=_BYTES)
    files = sorted(files_beside(folder, is_text, cancelled))
    for path in files:
        try:
            stat = os.stat(path)  # noqa: PTH116  # ten thousand files
        except OSError:
            continue
        found.update(f"{path}\0{stat.st_mtime_ns}\0{stat.st_size}\0".encode(errors="surrogatepass"))
    return found.hexdigest() if files else ""
