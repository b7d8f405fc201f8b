"""Take in what a person dropped: pictures, folders, zips and captions. No file, however odd, makes it raise."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from segmind_studio.core.datasets import (
    CAPTION_SUFFIX,
    ZIP_SUFFIX,
    Photo,
    ScanProgress,
    ScanReport,
    SkippedFile,
)
from segmind_studio.core.errors import DatasetError
from segmind_studio.dataset.captions import read_caption
from segmind_studio.dataset.folders import OTHER_PICTURES, PICTURE_SUFFIXES, Folder, walk
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.names import shown, storable
from segmind_studio.dataset.zips import unpack

ProgressCall = Callable[[ScanProgress], None]
CancelledCall = Callable[[], bool]


def scan(
    paths: Iterable[Path],
    known: frozenset[Path],
    imports: Path,
    progress: ProgressCall,
    cancelled: CancelledCall,
) -> ScanReport:
    """Look at everything that was dropped and report what it brings to a dataset that has `known` paths.

    What was dropped by name is always answered, by a photo or a reason. What lies in a folder is
    mentioned only when it could have been meant: pictures of other kinds, captions without a photo, zips.
    A picture that cannot be used becomes a photo with a `problem`; one inside a zip is skipped.
    Pictures from zips are copied to `imports`, and taken away again when the intake is cancelled.
    Raises StoreError when `imports` cannot be written. `progress` is called for each file looked at.
    """
    intake = _Intake(known, imports, progress, cancelled)
    try:
        for path in paths:
            if cancelled():
                break
            intake.take(Path(os.path.abspath(path)))  # noqa: PTH100  # resolve() would follow links
        intake.match_captions()
    except BaseException:
        intake.undo_copies()
        raise
    if cancelled():
        intake.undo_copies()
        return ScanReport((), (), cancelled=True)
    return intake.report()


def first_folder_name(paths: Iterable[Path]) -> str:
    """Give the name of the first folder among what was dropped, "" when there is none."""
    return next((shown(path.name) for path in paths if os.path.isdir(path)), "")  # noqa: PTH112  # never raises


@dataclass(slots=True)
class _Intake:
    known: frozenset[Path]
    imports: Path
    progress: ProgressCall
    cancelled: CancelledCall
    added: dict[Path, Photo] = field(default_factory=dict[Path, Photo])
    skipped: list[SkippedFile] = field(default_factory=list[SkippedFile])
    already_there: set[Path] = field(default_factory=set[Path])
    dropped_captions: list[Path] = field(default_factory=list[Path])
    known_captions: dict[Path, str] = field(default_factory=dict[Path, str])
    copies: list[Path] = field(default_factory=list[Path])
    captions_read: int = 0
    looked_at: int = 0

    def take(self, path: Path) -> None:
        """Take in one thing that was dropped by name."""
        suffix = path.suffix.lower()
        if not storable(str(path)):
            self._skip(path.name, "Its name cannot be read as text. Rename it.")
        elif os.path.isdir(path):  # noqa: PTH112  # unlike is_dir() it never raises
            for folder in walk(path, self._folder_refused, self.cancelled):
                self._take_folder(folder, path.parent)
        elif suffix == ZIP_SUFFIX:
            self._take_zip(path)
        elif suffix == CAPTION_SUFFIX:
            self.dropped_captions.append(path)
        elif suffix in PICTURE_SUFFIXES:
            self._take_picture(path, _caption_beside(path))
        elif not os.path.exists(path):  # noqa: PTH110  # as above
            self._skip(path.name, "This file is not there, or cannot be reached.")
        else:
            self._skip(path.name, _refusal(suffix))

    def match_captions(self) -> None:
        """Give dropped caption files to the photos of their stem, those in the same folder first."""
        photos: dict[str, list[Path]] = {}
        for path in [*self.added, *(self.known if self.dropped_captions else ())]:
            photos.setdefault(path.stem.casefold(), []).append(path)
        for caption in self.dropped_captions:
            self._look(caption.name)
            same = photos.get(caption.stem.casefold(), [])
            beside = [path for path in same if path.parent == caption.parent]
            owners = beside or same
            if not owners:
                self._skip(caption.name, "No photo has this name.")
            elif len({path.parent for path in owners}) > 1:
                self._skip(caption.name, f"{len(owners)} photos have this name. Put it beside one of them.")
            elif (text := self._read(caption, caption.name)) is not None:
                self._give(owners, text)

    def report(self) -> ScanReport:
        """Say what came of it."""
        return ScanReport(
            tuple(self.added.values()), tuple(self.skipped), len(self.already_there), self.captions_read,
            captions=tuple(self.known_captions.items()),
        )

    def undo_copies(self) -> None:
        """Remove what was copied out of zips."""
        for path in self.copies:
            with suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()  # refused, and rightly, when another name is kept in it

    def _take_folder(self, folder: Folder, top: Path) -> None:
        captions = {path.stem.casefold(): path for path in folder.captions}
        for path in folder.pictures:
            if self.cancelled():
                return
            self._take_picture(path, captions.get(path.stem.casefold()))
        stems = {path.stem.casefold() for path in folder.pictures}
        for path in folder.captions:
            if path.stem.casefold() not in stems:
                self._skip(str(path.relative_to(top)), "No photo beside it has this name.")
        for path in folder.others:
            self._skip(str(path.relative_to(top)), _refusal(path.suffix.lower()))

    def _take_picture(self, path: Path, caption: Path | None) -> None:
        self._look(path.name)
        if not storable(str(path)):
            self._skip(path.name, "Its name cannot be read as text. Rename it.")
        elif path in self.known:
            self.already_there.add(path)
        elif path not in self.added:
            text = self._read(caption, caption.name) if caption else None
            self._add(path, text)

    def _take_zip(self, path: Path) -> None:
        def refuse(name: str, reason: str) -> None:
            self._skip(f"{path.name}/{name}" if name else path.name, reason)

        before = len(self.added) + len(self.already_there) + len(self.skipped)
        for picture in unpack(path, self.imports, refuse, self.cancelled):
            self._look(picture.name)
            if picture.new:
                self.copies.append(picture.path)
            if picture.path in self.known:
                self.already_there.add(picture.path)
            elif picture.path not in self.added:
                self._add(picture.path, picture.caption or None)
        if before == len(self.added) + len(self.already_there) + len(self.skipped):
            self._skip(path.name, "There is no JPEG, PNG or WebP picture in it.")

    def _add(self, path: Path, caption: str | None) -> None:
        facts = inspect(path)
        self.captions_read += caption is not None
        self.added[path] = Photo(
            uuid4().hex, path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format,
            facts.orientation, caption or "", caption or "", problem=facts.problem,
            changes=facts.changes,
        )

    def _give(self, owners: Sequence[Path], text: str) -> None:
        """Write a dropped caption into new photos, or note it for known ones."""
        self.captions_read += 1
        for path in owners:
            if path in self.added:
                photo = self.added[path]
                self.captions_read -= bool(photo.original_caption)  # it replaces one that was counted
                self.added[path] = replace(photo, caption=text, original_caption=text)
            else:
                self.known_captions[path] = text

    def _read(self, caption: Path, name: str) -> str | None:
        try:
            return read_caption(caption)
        except DatasetError as error:
            self._skip(name, error.title)
            return None

    def _look(self, name: str) -> None:
        self.looked_at += 1
        self.progress(ScanProgress(len(self.added), self.looked_at, shown(name)))

    def _skip(self, name: str, reason: str) -> None:
        self.skipped.append(SkippedFile(shown(name), reason))

    def _folder_refused(self, path: Path, error: OSError) -> None:
        self._skip(path.name, f"This folder cannot be opened: {error.strerror or error}.")


def _caption_beside(path: Path) -> Path | None:
    """Find the caption of a picture that was dropped by itself."""
    places = (path.with_suffix(suffix) for suffix in (CAPTION_SUFFIX, CAPTION_SUFFIX.upper()))
    return next((place for place in places if os.path.isfile(place)), None)  # noqa: PTH113  # never raises


def _refusal(suffix: str) -> str:
    if suffix == ZIP_SUFFIX:
        return "A zip in a folder is left alone. Add the zip itself to take what is in it."
    if suffix in OTHER_PICTURES:
        return "Save it as a JPEG, PNG or WebP."
    return "This is not a JPEG, PNG or WebP picture."
