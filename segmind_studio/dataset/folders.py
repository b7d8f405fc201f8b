"""Walk through folders: which files could be meant, in an order a person expects, each folder once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from segmind_studio.core.datasets import CAPTION_SUFFIX, IMAGE_SUFFIXES, ZIP_SUFFIX
from segmind_studio.dataset.names import natural_key

PICTURE_SUFFIXES = IMAGE_SUFFIXES | {".jfif", ".jpe"}  # browsers save JPEGs under these names too
OTHER_PICTURES = frozenset(
    ".heic .heif .avif .tif .tiff .gif .bmp .jxl .psd .svg .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf".split()  # noqa: SIM905
)
_SYSTEM = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "@eadir"}
)
_ON_WINDOWS = hasattr(os.stat_result, "st_file_attributes")
_WINDOWS_HIDDEN = 2  # FILE_ATTRIBUTE_HIDDEN


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one folder: pictures, captions, and what looks like a picture but cannot be taken."""

    path: Path
    pictures: tuple[Path, ...]
    captions: tuple[Path, ...]
    others: tuple[Path, ...]


def ignored(name: str) -> bool:
    """Tell whether a name is hidden or belongs to the system, so that nobody means it."""
    return name.startswith(".") or name.casefold() in _SYSTEM


def walk(top: Path, refused: Callable[[Path, OSError], None], cancelled: Callable[[], bool]) -> Iterator[Folder]:
    """Give a folder and all below it, sorted; each folder once however links lead to it.

    `refused` is called for what cannot be opened. Only regular files are given: never a pipe or a device.
    """
    waiting, seen = [top], set[str]()
    while waiting and not cancelled():
        here = waiting.pop()
        real = os.path.realpath(here)
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(here) as found:
                entries = sorted((e for e in found if not _hidden(e)), key=_by_name)
        except OSError as error:
            refused(here, error)
            continue
        waiting.extend(Path(entry.path) for entry in reversed(entries) if _is_folder(entry))
        yield _sorted_out(here, entries)


def _sorted_out(here: Path, entries: list[os.DirEntry[str]]) -> Folder:
    pictures: list[Path] = []
    captions: list[Path] = []
    others: list[Path] = []
    for entry in entries:
        suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122  # a Path for each file would be slow
        if suffix in PICTURE_SUFFIXES and (_is_file(entry) or _leads_nowhere(entry)):
            pictures.append(Path(entry.path))
        elif suffix == CAPTION_SUFFIX and _is_file(entry):
            captions.append(Path(entry.path))
        elif (suffix == ZIP_SUFFIX or suffix in OTHER_PICTURES) and _is_file(entry):
            others.append(Path(entry.path))
    return Folder(here, tuple(pictures), tuple(captions), tuple(others))


def _by_name(entry: os.DirEntry[str]) -> tuple[object, ...]:
    return (natural_key(entry.name), entry.name)


def _hidden(entry: os.DirEntry[str]) -> bool:
    if ignored(entry.name) or not _ON_WINDOWS:
        return ignored(entry.name)
    try:
        return bool(getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) & _WINDOWS_HIDDEN)
    except OSError:
        return False


def _leads_nowhere(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and not os.path.exists(entry.path)  # noqa: PTH110  # as above


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
