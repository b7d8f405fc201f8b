"""Take in what a person dropped: pictures, folders, zips and captions. No file, however odd, makes it raise."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from segmind_studio.core.datasets import (
    ZIP_SUFFIX,
    Photo,
    ScanProgress,
    ScanReport,
    SkippedFile,
    ZipName,
    ZipNames,
)
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.captions import Caption
from segmind_studio.dataset.files import read_bounded
from segmind_studio.dataset.folders import HIDDEN, PICTURE_SUFFIXES, Folder, files_beside, refusal, walk
from segmind_studio.dataset.inspection import GONE, inspect
from segmind_studio.dataset.names import shown, storable
from segmind_studio.dataset.sidecars import UNSURE, CaptionSearch, TextFile, is_text, some_of
from segmind_studio.dataset.zips import Unpacked, unpack
from segmind_studio.formats import number
from segmind_studio.texts import N_, _

ProgressCall = Callable[[ScanProgress], None]
CancelledCall = Callable[[], bool]
_HIDDEN_NAMED = 10  # hidden files are named up to so many; a disk of a Mac has one for each photo
_NO_TEXT = N_("Its name cannot be read as text. Rename it.")


def scan(  # noqa: PLR0913, PLR0917  # what an intake needs to know
    paths: Iterable[Path],
    known: Mapping[Path, str],
    imports: Path,
    progress: ProgressCall,
    cancelled: CancelledCall,
    code_page: str = "",
) -> ScanReport:
    """Look at everything that was dropped and report what it brings to a dataset.

    `known` are the dataset's photos by path, with the captions that were read with them. What a file is, its
    content decides; whatever is not taken is named in the report, with a reason. A picture that cannot be used
    becomes a photo with a `problem`; one inside a zip is skipped. Pictures from zips are copied to `imports`, and
    taken away again when the intake is cancelled; names in zips are read in `code_page`, "" to guess.
    Raises StoreError when `imports` cannot be written. `progress` is called for each file looked at.
    """
    intake = _Intake(known, imports, progress, cancelled, code_page)
    try:
        for path in dict.fromkeys(Path(os.path.abspath(path)) for path in paths):  # noqa: PTH100  # resolve() follows links
            if cancelled():
                break
            intake.take(path)
        intake.match_loose()
    except CancelledError:
        intake.undo_copies()
        return ScanReport((), (), cancelled=True)
    except BaseException:
        intake.undo_copies()
        raise
    if cancelled():
        intake.undo_copies()
        return ScanReport((), (), cancelled=True)
    return intake.report()


def first_folder_name(paths: Iterable[Path]) -> str:
    """Return the name of the first folder among what was dropped, "" when there is none."""
    return next((shown(path.name) for path in paths if os.path.isdir(path)), "")  # noqa: PTH112  # never raises


@dataclass(slots=True)
class _Intake:
    known: Mapping[Path, str]
    imports: Path
    progress: ProgressCall
    cancelled: CancelledCall
    code_page: str
    added: dict[Path, Photo] = field(default_factory=dict[Path, Photo])
    left_out: list[SkippedFile] = field(default_factory=list[SkippedFile])
    already_there: set[Path] = field(default_factory=set[Path])
    loose: dict[str, None] = field(default_factory=dict[str, None])  # pictures that were dropped by name
    loose_texts: list[TextFile] = field(default_factory=list[TextFile])
    given: dict[Path, Caption] = field(default_factory=dict[Path, Caption])  # dropped by name, for known photos
    offered: dict[Path, Caption] = field(default_factory=dict[Path, Caption])
    zip_names: list[ZipNames] = field(default_factory=list[ZipNames])
    renamed: list[tuple[Path, Photo]] = field(default_factory=list[tuple[Path, Photo]])
    copies: list[Path] = field(default_factory=list[Path])
    looked_at: int = 0

    def take(self, path: Path) -> None:
        """Take in one thing that was dropped by name."""
        if not storable(str(path)):
            self._skip(path.name, str(_NO_TEXT))
        elif os.path.isdir(path):  # noqa: PTH112  # unlike is_dir() it never raises
            self._take_folder(path)
        elif is_text(path.name):
            self.loose_texts.append(_text_file(str(path), self.cancelled))
        elif path.suffix.lower() == ZIP_SUFFIX or (path.suffix.lower() not in PICTURE_SUFFIXES and _is_zip(path)):
            self._take_zip(path)
        elif self._take_picture(str(path), path.name, named=True):
            self.loose[str(path)] = None

    def match_loose(self) -> None:
        """Give caption files that were dropped by name to their photos, wherever these are, then those beside."""
        photos = [str(path) for path in (*self.added, *(self.known if self.loose_texts else ()))]
        for file in self.loose_texts:
            self._look(os.path.basename(file.name))  # noqa: PTH119
        found = self._search(photos, self.loose_texts, self._tell_loose, anywhere=True)
        for name, caption in found.items():
            path = Path(name)
            if path in self.added:
                self._give(path, caption)
            elif caption.text:
                self.given[path] = caption
        beside: dict[str, list[str]] = {}
        for name in self.loose:
            if name not in found:
                beside.setdefault(os.path.dirname(name), []).append(name)  # noqa: PTH120
        for folder, names in beside.items():
            self._match_beside(folder, names)

    def report(self) -> ScanReport:
        """Return what came of it."""
        texts = {**self.offered, **self.given}
        read = sum(bool(photo.original_caption) for photo in self.added.values())
        return ScanReport(
            tuple(self.added.values()), _told(self.left_out), len(self.already_there), read + len(self.given),
            captions=tuple((path, caption.text) for path, caption in self.given.items()),
            offered=tuple((p, caption.text) for p, caption in self.offered.items() if p not in self.given),
            readings=tuple((path, caption.readings) for path, caption in texts.items() if caption.readings),
            zip_names=tuple(self.zip_names), renamed=tuple(self.renamed),
        )

    def undo_copies(self) -> None:
        """Remove what was copied out of zips."""
        for path in self.copies:
            with suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()  # refused, and rightly, when another name is kept in it

    def _take_folder(self, top: Path) -> None:
        before = len(self.added) + len(self.already_there) + len(self.left_out)
        root = os.path.dirname(top)  # noqa: PTH120
        pictures: list[str] = []
        texts: list[TextFile] = []

        def refuse(path: str, reason: str) -> None:
            self._skip(os.path.relpath(path, root), reason)

        for folder in walk(str(top), refuse, self.cancelled):
            self._take_files(folder, root, pictures, texts)
        if self.cancelled():
            return
        found = self._search(pictures, texts, lambda name, reason, others: self._skip(
            _with(os.path.relpath(name, root), others), reason,
        ))
        self._settle({Path(name): caption for name, caption in found.items()})
        if before == len(self.added) + len(self.already_there) + len(self.left_out):
            self._skip(top.name, _("There is no file in this folder."))

    def _take_files(self, folder: Folder, root: str, pictures: list[str], texts: list[TextFile]) -> None:
        for path in folder.files:
            if self.cancelled():
                return
            name = path[len(root.rstrip(os.sep)) + 1 :]
            if not storable(path):
                self._skip(os.path.basename(path), str(_NO_TEXT))  # noqa: PTH119
            elif is_text(path):
                texts.append(_text_file(path, self.cancelled))
            elif os.path.splitext(path)[1].lower() == ZIP_SUFFIX:  # noqa: PTH122
                self._skip(name, refusal(name))
            elif self._take_picture(path, name):
                pictures.append(path)

    def _take_picture(self, name: str, short: str, *, named: bool = False) -> bool:
        """Look at a file and take it when it is a picture, or should be one by its suffix."""
        path = Path(name)
        self._look(path.name)
        if path in self.known:
            self.already_there.add(path)
        elif path not in self.added:
            facts = inspect(path)
            if facts.foreign and (path.suffix.lower() not in PICTURE_SUFFIXES):
                missing = named and facts.problem == GONE.message
                reason = refusal(path.name, facts.problem) if facts.size else facts.problem
                self._skip(short, _("This file is not there, or cannot be reached.") if missing else reason)
                return False
            self.added[path] = Photo(
                uuid4().hex, path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format,
                facts.orientation, problem=facts.problem, changes=facts.changes,
            )
        return True

    def _take_zip(self, path: Path) -> None:
        refused: list[str] = []

        def refuse(name: str, reason: str) -> None:
            refused.append(name)
            self._skip(f"{path.name}/{name}" if name else path.name, reason)

        pictures: dict[str, list[Path]] = {}
        try:
            with unpack(path, self.imports, refuse, self.cancelled, self.code_page) as opened:
                if opened.names.others:
                    self.zip_names.append(ZipNames(
                        path, _zip_name(opened.names.code_page, opened.names.sample),
                        tuple(_zip_name(*other) for other in opened.names.others),
                    ))
                for picture in opened.pictures():
                    self._take_unpacked(picture, pictures, refuse)
                if self.cancelled():
                    return
                found = self._search(list(pictures), opened.texts, lambda name, reason, others: self._skip(
                    f"{path.name}/{_with(name, others)}", reason,
                ))
        except DatasetError as error:
            refuse("", error.title)
            return
        self._settle({place: caption for name, caption in found.items() for place in pictures[name]})
        self._rename([place for places in pictures.values() for place in places])
        if not pictures and not any(not name or Path(name).suffix.lower() in PICTURE_SUFFIXES for name in refused):
            self._skip(path.name, _("There is no JPEG, PNG or WebP picture in it."))

    def _take_unpacked(
        self, picture: Unpacked, pictures: dict[str, list[Path]], refuse: Callable[[str, str], None]
    ) -> None:
        self._look(picture.name)
        if picture.new:
            self.copies.append(picture.path)
        if picture.path in self.known:
            self.already_there.add(picture.path)
        elif picture.path in self.added:
            refuse(picture.name, _("The same photo came in with another zip."))
        else:
            self._take_picture(str(picture.path), picture.name)
        pictures.setdefault(picture.name, []).append(picture.path)

    def _rename(self, places: list[Path]) -> None:
        """Note new photos of a zip as known ones with another name: the same bytes, read in a chosen code page."""
        now = frozenset(places)
        before: dict[Path, list[Path]] = {}
        for path in self.known if self.code_page else ():
            if path not in now:
                before.setdefault(path.parent, []).append(path)
        for path in places:
            if path in self.added and (old := before.get(path.parent)):
                self.renamed.append((old.pop(0), self.added.pop(path)))

    def _search(
        self, photos: list[str], files: list[TextFile], tell: Callable[[str, str, tuple[str, ...]], None],
        *, anywhere: bool = False, wanted: frozenset[str] | None = None,
    ) -> dict[str, Caption]:
        """Find captions; names are compared with "/" between folders, and given back as this system has them."""
        if not files:
            return {}
        if os.sep == "/":
            return CaptionSearch(photos, files, tell, self.cancelled, anywhere, wanted).find()
        own = {name.replace(os.sep, "/"): name for name in photos}
        found = CaptionSearch(
            list(own), [replace(file, name=file.name.replace(os.sep, "/")) for file in files], tell,
            self.cancelled, anywhere, wanted and frozenset(name.replace(os.sep, "/") for name in wanted),
        ).find()
        return {own[name]: caption for name, caption in found.items()}

    def _match_beside(self, folder: str, names: list[str]) -> None:
        """Find the captions of pictures that were dropped by themselves; their neighbours keep their own."""
        wanted = frozenset(names)

        def tell(name: str, reason: str, others: tuple[str, ...]) -> None:
            if reason == str(UNSURE) and not wanted.isdisjoint(others):
                self._tell_loose(name, reason, others)

        texts = [_text_file(path, self.cancelled) for path in files_beside(folder, is_text, self.cancelled)]
        if not texts:
            return
        near = files_beside(folder, _is_picture, self.cancelled)
        photos = list(dict.fromkeys([*names, *near]))
        found = self._search(photos, texts, tell, wanted=wanted)
        self._settle({Path(name): caption for name, caption in found.items()})

    def _settle(self, found: Mapping[Path, Caption]) -> None:
        """Give captions that were found beside photos to new ones; for known ones, offer those that differ."""
        for path, caption in found.items():
            photo = self.added.get(path)
            if photo is not None and not photo.original_caption:
                self._give(path, caption)
            elif caption.text and caption.text != (photo.original_caption if photo else self.known[path]):
                self.offered[path] = caption

    def _give(self, path: Path, caption: Caption) -> None:
        self.added[path] = replace(
            self.added[path], caption=caption.text, original_caption=caption.text,
            caption_readings=caption.readings,
        )

    def _tell_loose(self, name: str, reason: str, others: tuple[str, ...]) -> None:
        self._skip(_with(name.rpartition("/")[2], others), reason)

    def _look(self, name: str) -> None:
        self.looked_at += 1
        self.progress(ScanProgress(len(self.added), self.looked_at, shown(name)))

    def _skip(self, name: str, reason: str) -> None:
        self.left_out.append(SkippedFile(shown(name), reason))


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES  # noqa: PTH122


def _text_file(path: str, cancelled: CancelledCall) -> TextFile:
    return TextFile(path, partial(_read, path, cancelled))


def _read(path: str, cancelled: CancelledCall, limit: int) -> bytes:
    return read_bounded(path, limit, cancelled)


def _is_zip(path: Path) -> bool:
    """Return by content whether a file without a suffix, or with one like ".zip_1", is a zip."""
    suffix = path.suffix.lower()
    if suffix and not suffix.startswith(ZIP_SUFFIX):
        return False
    try:
        return read_bounded(path, 3).startswith(b"PK\x03\x04")
    except DatasetError:
        return False


def _zip_name(code_page: str, sample: str) -> ZipName:
    return ZipName(code_page, shown(sample))


def _told(left_out: list[SkippedFile]) -> tuple[SkippedFile, ...]:
    """Return what was left out for a report; of many hidden files the first, with the number of the others."""
    words = str(HIDDEN)
    hidden = [entry for entry in left_out if entry.reason == words]
    if len(hidden) <= _HIDDEN_NAMED:
        return tuple(left_out)
    rest = (entry for entry in left_out if entry.reason != words)
    names = _("{name} and {count} more").format(name=hidden[0].name, count=number(len(hidden) - 1))
    return (*rest, SkippedFile(names, words))


def _with(name: str, others: tuple[str, ...]) -> str:
    return _("{name} ({others})").format(name=name, others=some_of(others)) if others else name
