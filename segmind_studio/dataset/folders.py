"""Walk through folders: which files are scanned, in a natural order, and why others are not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from segmind_studio.core.datasets import IMAGE_SUFFIXES, ZIP_SUFFIX
from segmind_studio.core.errors import CancelledError
from segmind_studio.dataset.files import NOT_A_FILE, why
from segmind_studio.dataset.names import natural_key
from segmind_studio.record import record
from segmind_studio.texts import N_, _

ACCEPTED_SUFFIXES = IMAGE_SUFFIXES | {".jfif", ".jpe"}  # browsers save JPEGs under these names too
HIDDEN = N_("Hidden files and system files are skipped.")
LINK_OUTSIDE = N_("This link points outside the folder, so it is not followed. Add its target instead.")
OF_A_PHOTO = N_("This is a mask or a control picture for another photo.")
NOT_AN_IMAGE = N_("This file is not a supported picture.")
_OTHER_FORMATS = frozenset(
    ".jxl .psd .svg .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf".split()  # noqa: SIM905
)
_SYSTEM = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "@eadir"}
)
_CONTROLS = "_controls"  # the folder in which ai-toolkit keeps depths, poses and such of the photos
_OF_PHOTOS = ("-masklabel", "-condlabel")  # how OneTrainer ends the name of a photo's mask and of its condition
_ON_WINDOWS = hasattr(os.stat_result, "st_file_attributes")
_WINDOWS_HIDDEN = 2  # FILE_ATTRIBUTE_HIDDEN
_SAVE_AS = N_("Save it as a JPEG, PNG or WebP.")

Refused = Callable[[str, str], None]  # a path, and why


@record
class Folder:
    """The files of one folder that may be scanned, by their paths in order."""

    path: str
    files: tuple[str, ...]


def ignored(name: str) -> bool:
    """Return whether a name is hidden or a system file, so that no user means it."""
    return name.startswith(".") or name.casefold() in _SYSTEM


def of_a_photo(name: str) -> bool:
    """Return whether a trainer keeps something beside photos under this name: a mask, or a folder of such."""
    folded = name.casefold()
    if "label" not in folded:  # all but a few
        return folded == _CONTROLS
    return os.path.splitext(folded)[0].endswith(_OF_PHOTOS)  # noqa: PTH122  # as below


def refusal(name: str, words: str = "") -> str:
    """Return why a file is no photo; `words` describes its content."""
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122  # a Path for each file would be slow
    if suffix == ZIP_SUFFIX:
        return _("A zip inside a folder or another zip is not opened. Add it separately.")
    if suffix in _OTHER_FORMATS:
        return str(_SAVE_AS)
    return words if words.endswith(str(_SAVE_AS)) else str(NOT_AN_IMAGE)


def walk(top: str, refused: Refused, cancelled: Callable[[], bool]) -> Iterator[Folder]:
    """Yield a folder and all below it, sorted. `refused` is called with each path that is left out, and why.

    Only regular files are included, and links to such inside of `top`; a hidden folder, or one of control
    pictures, is refused once. A folder that a link inside of `top` points to is listed only at its own place.
    """
    inside = os.path.realpath(top)
    waiting, seen = [top], set[str]()
    while waiting and not cancelled():
        here = waiting.pop()
        real = os.path.realpath(here)
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(here) as found:
                entries = _in_order(found, cancelled)
        except OSError as error:
            refused(here, _("This folder could not be opened: {why}.").format(why=why(error)))
            continue
        files: list[str] = []
        folders: list[str] = []
        for entry in entries:
            if cancelled():
                return
            if reason := _left_out(entry, inside):
                refused(entry.path, reason)
            elif _is_folder(entry):
                folders += [] if entry.is_symlink() else [entry.path]
            elif _is_file(entry) or _is_broken_link(entry):
                files.append(entry.path)
            else:
                refused(entry.path, str(NOT_A_FILE))
        waiting.extend(reversed(folders))
        yield Folder(here, tuple(files))


def files_beside(folder: str, kinds: Callable[[str], bool], cancelled: Callable[[], bool]) -> tuple[str, ...]:
    """Return the files of some kinds in one folder: not hidden, no links outside; () if it is not readable."""
    return contents(folder, kinds, cancelled).files


@record
class FolderContents:
    """The files of some kinds in one folder, and its subfolders, as paths."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def contents(folder: str, kinds: Callable[[str], bool], cancelled: Callable[[], bool]) -> FolderContents:
    """Return what is in one folder: nothing that `walk` leaves out, no links to folders; empty if not readable."""
    inside = os.path.realpath(folder)
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if cancelled():
                    break
                if kinds(entry.name) and _is_file(entry) and not _left_out(entry, inside):
                    files.append(entry.path)
                elif entry.is_dir(follow_symlinks=False) and not _left_out(entry, inside):
                    folders.append(entry.path)
    except (OSError, ValueError):  # a name with a NUL is a ValueError
        return FolderContents()
    return FolderContents(tuple(files), tuple(folders))


def _left_out(entry: os.DirEntry[str], inside: str) -> str:
    if _hidden(entry):
        return str(HIDDEN)
    if of_a_photo(entry.name):
        return str(OF_A_PHOTO)
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if target != inside and not target.startswith(inside.rstrip(os.sep) + os.sep):
            return str(LINK_OUTSIDE)
    return ""


def _in_order(found: Iterable[os.DirEntry[str]], cancelled: Callable[[], bool]) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, sorted; CancelledError, since ten thousand take a while."""

    def by_number(entry: os.DirEntry[str]) -> tuple[object, ...]:
        if cancelled():
            raise CancelledError
        return natural_key(entry.name)

    return sorted(sorted(found, key=_name), key=by_number)  # the second finds most of them in order


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _hidden(entry: os.DirEntry[str]) -> bool:
    if ignored(entry.name):
        return True
    if not _ON_WINDOWS:
        return False
    try:
        return bool(getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) & _WINDOWS_HIDDEN)
    except OSError:
        return False


def _is_broken_link(entry: os.DirEntry[str]) -> bool:
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
