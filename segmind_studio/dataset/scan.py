"""Scan what the user added: images, folders, zips and captions. No file, however unusual, makes it raise."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from os import urandom
from pathlib import Path

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
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES, HIDDEN, Folder, files_beside, refusal, walk
from segmind_studio.dataset.inspection import FILE_MISSING, inspect
from segmind_studio.dataset.names import shown, storable
from segmind_studio.dataset.sidecars import TEXT_SUFFIXES, UNSURE, CaptionSearch, TextFile, is_text, some_of
from segmind_studio.dataset.zips import Unpacked, unpack
from segmind_studio.formats import number
from segmind_studio.texts import N_, _

ProgressCall = Callable[[ScanProgress], None]
CancelledCall = Callable[[], bool]
_HIDDEN_NAMED = 10  # so many hidden files are named; a disk from a Mac has one for each photo
_NO_TEXT = N_("Its name cannot be read as text. Rename it.")


def scan(  # noqa: PLR0913, PLR0917  # the parameters of an intake
    paths: Iterable[Path],
    known: Mapping[Path, str],
    imports: Path,
    progress: ProgressCall,
    cancelled: CancelledCall,
    code_page: str = "",
) -> ScanReport:
    """Scan everything that was added and return what is new for a dataset.

    `known` are the dataset's photos by path, with the captions that were read with them. The content of a file
    decides what it is; whatever is not added is named in the report, with a reason. An image that cannot be used
    becomes a photo with a `problem`; one inside a zip is skipped. Images from zips are copied to `imports`, and
    removed again when the intake is cancelled; names in zips are read in `code_page`, "" to guess. Raises
    StoreError when `imports` cannot be written. `progress` is called for each file looked at.
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
    """Return the name of the first folder among the added paths, "" when there is none."""
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
    loose: dict[str, None] = field(default_factory=dict[str, None])  # images that were added by name
    loose_texts: list[TextFile] = field(default_factory=list[TextFile])
    given: dict[Path, Caption] = field(default_factory=dict[Path, Caption])  # added by name, for known photos
    offered: dict[Path, Caption] = field(default_factory=dict[Path, Caption])
    unread: set[Path] = field(default_factory=set[Path])
    zip_names: list[ZipNames] = field(default_factory=list[ZipNames])
    renamed: list[tuple[Path, Photo]] = field(default_factory=list[tuple[Path, Photo]])
    copies: list[Path] = field(default_factory=list[Path])
    looked_at: int = 0

    def take(self, path: Path) -> None:
        """Scan one path that was added by name."""
        if not storable(str(path)):
            self._skip(path.name, str(_NO_TEXT))
        elif os.path.isdir(path):  # noqa: PTH112  # unlike is_dir() it never raises
            self._take_folder(path)
        elif is_text(path.name):
            self.loose_texts.append(_text_file(str(path), self.cancelled))
        elif path.suffix.lower() == ZIP_SUFFIX or (path.suffix.lower() not in ACCEPTED_SUFFIXES and _is_zip(path)):
            self._take_zip(path)
        elif self._take_image(path, path.name, named=True):
            self.loose[str(path)] = None

    def match_loose(self) -> None:
        """Pair caption files that were added by name with photos in any folder, then those beside photos."""
        photos = [str(path) for path in (*self.added, *(self.known if self.loose_texts else ()))]
        for file in self.loose_texts:
            self._look(os.path.basename(file.name))  # noqa: PTH119
        known = {str(path): text for path, text in self.known.items()} if self.loose_texts else {}
        found = self._search(photos, self.loose_texts, self._report_loose, known, anywhere=True)
        for name, caption in found.items():
            path = Path(name)
            if path in self.added:
                self._apply_caption(path, caption)
            elif caption.text:
                self.given[path] = caption
        beside: dict[str, list[str]] = {}
        for name in self.loose:
            if name not in found:
                beside.setdefault(os.path.dirname(name), []).append(name)  # noqa: PTH120
        for folder, names in beside.items():
            self._match_beside(folder, names)

    def report(self) -> ScanReport:
        """Return the result."""
        texts = {**self.offered, **self.given}
        read = sum(bool(photo.original_caption) for photo in self.added.values())
        return ScanReport(
            tuple(self.added.values()), _reported(self.left_out), len(self.already_there), read + len(self.given),
            captions=tuple((path, caption.text) for path, caption in self.given.items()),
            offered=tuple((p, caption.text) for p, caption in self.offered.items() if p not in self.given),
            unchanged=tuple(self.already_there.difference(texts, self.unread)),
            readings=tuple((path, caption.readings) for path, caption in texts.items() if caption.readings),
            zip_names=tuple(self.zip_names), renamed=tuple(self.renamed),
        )

    def undo_copies(self) -> None:
        """Remove the copies from zips."""
        for path in self.copies:
            with suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()  # refused when another name is kept in it, as it should be

    def _take_folder(self, top: Path) -> None:
        before = len(self.added) + len(self.already_there) + len(self.left_out)
        root = os.path.dirname(top)  # noqa: PTH120
        images: dict[str, Path] = {}
        texts: list[TextFile] = []

        def refuse(path: str, reason: str) -> None:
            self._skip(os.path.relpath(path, root), reason)

        for folder in walk(str(top), refuse, self.cancelled):
            self._take_files(folder, root, images, texts)
        if self.cancelled():
            return
        found = self._search(list(images), texts, lambda name, reason, others: self._skip(
            _with(os.path.relpath(name, root), others), reason,
        ), self._known_of(images.items()))
        self._settle({images[name]: caption for name, caption in found.items()})
        if before == len(self.added) + len(self.already_there) + len(self.left_out):
            self._skip(top.name, _("This folder is empty."))

    def _take_files(self, folder: Folder, root: str, images: dict[str, Path], texts: list[TextFile]) -> None:
        here = Path(folder.path)
        start = len(root.rstrip(os.sep)) + 1
        for path in folder.files:
            if self.cancelled():
                return
            name = path[start:]
            base = os.path.basename(path)  # noqa: PTH119  # a Path for each file would be slow
            suffix = base[base.rfind(".") :].lower() if "." in base else ""  # a hidden file is not in a folder's
            if not storable(path):
                self._skip(base, str(_NO_TEXT))
            elif suffix in TEXT_SUFFIXES:
                texts.append(_text_file(path, self.cancelled, listed=True))
            elif suffix == ZIP_SUFFIX:
                self._skip(name, refusal(name))
            else:
                image = here / base
                if self._take_image(image, name, listed=True):
                    images[path] = image

    def _take_image(self, path: Path, short: str, *, named: bool = False, listed: bool = False) -> bool:
        """Inspect a file and add it when it is an image, or should be one by its suffix."""
        self._look(path.name)
        if self.known and path in self.known:
            self.already_there.add(path)
        elif path not in self.added:
            facts = inspect(path, listed=listed)
            if facts.not_an_image and (path.suffix.lower() not in ACCEPTED_SUFFIXES):
                missing = named and facts.problem == FILE_MISSING.message
                reason = refusal(path.name, facts.problem) if facts.size else facts.problem
                self._skip(short, _("This file does not exist or is not accessible.") if missing else reason)
                return False
            self.added[path] = Photo(
                urandom(16).hex(), path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format,
                facts.orientation, problem=facts.problem, changes=facts.changes,
            )
        return True

    def _take_zip(self, path: Path) -> None:
        refused: list[str] = []

        def refuse(name: str, reason: str) -> None:
            refused.append(name)
            self._skip(f"{path.name}/{name}" if name else path.name, reason)

        images: dict[str, list[Path]] = {}
        try:
            with unpack(path, self.imports, refuse, self.cancelled, self.code_page) as opened:
                if opened.names.others:
                    self.zip_names.append(ZipNames(
                        path, _zip_name(opened.names.code_page, opened.names.sample),
                        tuple(_zip_name(*other) for other in opened.names.others),
                    ))
                for image in opened.images():
                    self._take_unpacked(image, images, refuse)
                if self.cancelled():
                    return
                found = self._search(list(images), opened.texts, lambda name, reason, others: self._skip(
                    f"{path.name}/{_with(name, others)}", reason,
                ), self._known_of((name, places[0]) for name, places in images.items()))
        except DatasetError as error:
            refuse("", error.title)
            return
        self._settle({place: caption for name, caption in found.items() for place in images[name]})
        self._rename([place for places in images.values() for place in places])
        if not images and not any(not name or Path(name).suffix.lower() in ACCEPTED_SUFFIXES for name in refused):
            self._skip(path.name, _("It contains no photos."))

    def _take_unpacked(
        self, image: Unpacked, images: dict[str, list[Path]], refuse: Callable[[str, str], None]
    ) -> None:
        self._look(image.name)
        if image.new:
            self.copies.append(image.path)
        if image.path in self.known:
            self.already_there.add(image.path)
        elif image.path in self.added:
            refuse(image.name, _("The same photo is in another zip."))
        else:
            self._take_image(image.path, image.name)
        images.setdefault(image.name, []).append(image.path)

    def _rename(self, places: list[Path]) -> None:
        """Record new photos of a zip as renamed ones: the same bytes, read in a chosen code page."""
        now = frozenset(places)
        before: dict[Path, list[Path]] = {}
        for path in self.known if self.code_page else ():
            if path not in now:
                before.setdefault(path.parent, []).append(path)
        for path in places:
            if path in self.added and (old := before.get(path.parent)):
                self.renamed.append((old.pop(0), self.added.pop(path)))

    def _search(  # noqa: PLR0913  # what is searched, and for what
        self, photos: list[str], files: list[TextFile], report_text: Callable[[str, str, tuple[str, ...]], None],
        known: Mapping[str, str], *, anywhere: bool = False, wanted: frozenset[str] | None = None,
    ) -> dict[str, Caption]:
        """Return captions by the photos' names; compared with "/" between folders, returned as on this system.

        `known` are the captions of photos that are known, by their names.
        """
        if not files:
            return {}
        if os.sep == "/":
            search = CaptionSearch(photos, files, report_text, self.cancelled, anywhere, wanted, known)
            found = search.find()
            self.unread.update(map(Path, search.unread))
            return found
        own = {name.replace(os.sep, "/"): name for name in photos}
        search = CaptionSearch(
            list(own), [replace(file, name=file.name.replace(os.sep, "/")) for file in files], report_text,
            self.cancelled, anywhere, wanted and frozenset(name.replace(os.sep, "/") for name in wanted),
            {name.replace(os.sep, "/"): text for name, text in known.items()},
        )
        found = search.find()
        self.unread.update(Path(own[name]) for name in search.unread)
        return {own[name]: caption for name, caption in found.items()}

    def _known_of(self, photos: Iterable[tuple[str, Path]]) -> Mapping[str, str]:
        return {name: text for name, path in photos if (text := self.known.get(path))} if self.known else {}

    def _match_beside(self, folder: str, names: list[str]) -> None:
        """Find the captions of images that were added singly; the other images keep their own."""
        wanted = frozenset(names)

        def report_text(name: str, reason: str, others: tuple[str, ...]) -> None:
            if reason == str(UNSURE) and not wanted.isdisjoint(others):
                self._report_loose(name, reason, others)

        texts = [
            _text_file(path, self.cancelled, listed=True)
            for path in files_beside(folder, is_text, self.cancelled)
        ]
        if not texts:
            return
        near = files_beside(folder, _is_image, self.cancelled)
        photos = list(dict.fromkeys([*names, *near]))
        known = self._known_of((name, Path(name)) for name in names)
        found = self._search(photos, texts, report_text, known, wanted=wanted)
        self._settle({Path(name): caption for name, caption in found.items()})

    def _settle(self, found: Mapping[Path, Caption]) -> None:
        """Set captions that were found beside new photos; for known ones, offer those that differ."""
        for path, caption in found.items():
            photo = self.added.get(path)
            if photo is not None and not photo.original_caption:
                self._apply_caption(path, caption)
            elif caption.text and caption.text != (photo.original_caption if photo else self.known[path]):
                self.offered[path] = caption

    def _apply_caption(self, path: Path, caption: Caption) -> None:
        self.added[path] = self.added[path].having(
            caption=caption.text, original_caption=caption.text, caption_readings=caption.readings,
        )

    def _report_loose(self, name: str, reason: str, others: tuple[str, ...]) -> None:
        self._skip(_with(name.rpartition("/")[2], others), reason)

    def _look(self, name: str) -> None:
        self.looked_at += 1
        self.progress(ScanProgress(len(self.added), self.looked_at, shown(name)))

    def _skip(self, name: str, reason: str) -> None:
        self.left_out.append(SkippedFile(shown(name), reason))


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in ACCEPTED_SUFFIXES  # noqa: PTH122


def _text_file(path: str, cancelled: CancelledCall, *, listed: bool = False) -> TextFile:
    return TextFile(path, partial(read_bounded, path, cancelled=cancelled, listed=listed))


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


def _reported(left_out: list[SkippedFile]) -> tuple[SkippedFile, ...]:
    """Return the skipped files for a report; of many hidden files the first, with the number of the others."""
    words = str(HIDDEN)
    hidden = [entry for entry in left_out if entry.reason == words]
    if len(hidden) <= _HIDDEN_NAMED:
        return tuple(left_out)
    rest = (entry for entry in left_out if entry.reason != words)
    # Translators: a file's name.
    names = _("{name} and {count} more").format(name=hidden[0].name, count=number(len(hidden) - 1))
    return (*rest, SkippedFile(names, words))


def _with(name: str, others: tuple[str, ...]) -> str:
    # Translators: a file's name, and what else has it.
    return _("{name} ({others})").format(name=name, others=some_of(others)) if others else name
