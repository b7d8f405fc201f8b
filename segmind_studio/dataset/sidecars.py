"""The captions beside photos: text files of the same name, and tables that name the photos.

All three ways of intake (a folder, a zip, single files) use this with names and a function to read. Every file is
either used as a caption or reported; `.txt` has priority over other kinds.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.caption_tables import MAX_ROWS, MAX_TABLE_BYTES, Table, caption_in, table_in
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES, Caption, decode_captions, too_long
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES
from segmind_studio.dataset.pairing import Pairs, pair
from segmind_studio.dataset.strip import HEAD_BYTES, starts_like_an_image
from segmind_studio.formats import number
from segmind_studio.record import record
from segmind_studio.texts import N_, _, listed

PLAIN_SUFFIXES = (".txt", ".caption")  # of files that hold one caption and nothing else
_JSON = ".json"
_TABLES = (".jsonl", ".csv", ".tsv")
TEXT_SUFFIXES = frozenset({*PLAIN_SUFFIXES, _JSON, *_TABLES})
NO_PHOTO = N_("No photo has this name.")
UNSURE = N_("More than one file has a similar name. Give it the same name as its photo.")
MANY_PLACES = N_("Photos in several folders have this name. Move the file next to the right photo.")
ANOTHER = N_("Its photo already has a caption from another file.")
NO_CAPTION = N_("It contains no caption.")
NO_WORDS = N_("This caption is empty.")
NO_ROW_PHOTO = N_("It has captions for photos that are not here.")
LOST_ROWS = N_("Some parts cannot be read. Correct these places.")
CUT_ROWS = N_("It has more than {count} rows. The other rows were not read.")
IS_IMAGE = N_("This is a picture with the name of a text file. Rename it.")
_SHOWN = 5  # names in one line


@record
class TextFile:
    """A file that may contain captions: its name with "/" between folders, and a function to read it.

    `read` returns one byte more when there are more, and raises DatasetError with a sentence.
    """

    name: str
    read: Callable[[int], bytes]


Report = Callable[[str, str, tuple[str, ...]], None]  # the file's name, the reason, other names it is about


@dataclass(slots=True)
class CaptionSearch:
    """Find the captions of photos among text files. `report` is called for each unused file, with a reason.

    `anywhere` lets a file match a photo in another folder, when only one folder has its name. `find` reads only
    what belongs to a photo, and raises CancelledError on a cancel. `known` are the captions of some of the photos,
    as they were read before. `unread` are afterwards the photos whose files could not be read.
    """

    photos: Sequence[str]
    files: Sequence[TextFile]
    report: Report
    cancelled: Callable[[], bool]
    anywhere: bool = False
    wanted: frozenset[str] | None = None  # of the photos; None for all
    known: Mapping[str, str] = field(default_factory=dict[str, str])
    unread: set[str] = field(default_factory=set[str], init=False)
    _kinds: dict[str, list[TextFile]] = field(default_factory=dict[str, list[TextFile]])
    _claims: dict[str, TextFile] = field(default_factory=dict[str, TextFile])
    _found: dict[str, Caption] = field(default_factory=dict[str, Caption])

    def find(self) -> dict[str, Caption]:
        """Return the captions by the photos' names."""
        for file in self.files:
            self._kinds.setdefault(_suffix(file.name), []).append(file)
        for suffix in PLAIN_SUFFIXES:
            for file in self._claim(suffix):
                self.report(file.name, str(NO_PHOTO), ())
        tables = self._claim(_JSON)
        self._read_claimed()
        for file in [*tables, *(file for suffix in _TABLES for file in self._kinds.get(suffix, ()))]:
            self._stop_if_cancelled()
            self._read_table(file)
        return self._found

    def _claim(self, suffix: str) -> list[TextFile]:
        """Assign files of one kind to photos; return the files without a photo of a similar name."""
        files: dict[str, list[TextFile]] = {}
        for file in self._kinds.get(suffix, ()):
            files.setdefault(_stem(file.name), []).append(file)
        if not files:
            return []
        left = self._claim_by(files, self.photos)
        if left and self.anywhere:
            left = self._claim_anywhere({name: files[name] for name in left})
        return [file for name in left for file in files[name]]

    def _claim_by(self, files: dict[str, list[TextFile]], photos: Sequence[str]) -> tuple[str, ...]:
        """Assign files to photos by name; return the keys without a photo of a similar name.

        "photo.jpg.txt" has priority over "photo.txt", which is less exact. A key that could be either is a stem,
        unless its photo would get no caption.
        """
        stems = _grouped(photos, _stem)
        by_stem = pair(files, stems)
        whole = {name: [name] for name in photos} if by_stem.left else {}
        by_name = pair(by_stem.left, whole)
        self._take(by_name, files, whole)
        self._take(by_stem, files, stems)
        for name in photos:
            if name in files and name not in self._claims:
                self._claims[name] = min(files[name], key=_odd_suffix)
        return by_name.left

    def _take(self, pairs: Pairs, files: dict[str, list[TextFile]], photos: dict[str, list[str]]) -> None:
        for key, owner in pairs.owners.items():
            self._assign(files[key], photos[owner])
        for key, alike in pairs.unsure.items():
            others = [name for other in alike for name in (
                *photos.get(other, ()), *(file.name for file in files.get(other, ()))
            )]
            for file in files[key]:
                self.report(file.name, str(UNSURE), tuple(others))

    def _claim_anywhere(self, files: dict[str, list[TextFile]]) -> tuple[str, ...]:
        """Assign by names without their folders; a name that is in several folders is reported."""
        by_name: dict[str, list[TextFile]] = {}
        for key, same in files.items():
            by_name.setdefault(posixpath.basename(key), []).extend(same)
        left = tuple(by_name)
        for key_of in (posixpath.basename, _base_stem):  # the more exact first
            photos = _grouped(self.photos, key_of)
            pairs = pair(left, photos)
            for key, owner in [*pairs.owners.items()]:
                if len(set(map(posixpath.dirname, photos[owner]))) > 1:
                    del pairs.owners[key]
                    for file in by_name[key]:
                        self.report(file.name, str(MANY_PLACES), tuple(photos[owner]))
            self._take(pairs, by_name, photos)
            left = pairs.left
        assigned = {id(file) for name in left for file in by_name[name]}
        return tuple(key for key, same in files.items() if any(id(file) in assigned for file in same))

    def _assign(self, files: list[TextFile], photos: list[str]) -> None:
        """Assign the first file to the photos that have none; report the others with the file that was used."""
        first, *more = files if len(files) == 1 else sorted(files, key=_odd_suffix)
        free = [name for name in photos if name not in self._claims]
        if free:
            self._claims.update(dict.fromkeys(free, first))
        else:
            more.insert(0, first)
        for file in more:
            self.report(file.name, str(ANOTHER), tuple(dict.fromkeys(self._claims[name].name for name in photos)))

    def _read_claimed(self) -> None:
        """Read the assigned files, the plain ones together: that makes their encoding easier to detect."""
        owners: dict[int, list[str]] = {}
        files: dict[int, TextFile] = {}
        for name, file in self._claims.items():
            if self.wanted is None or name in self.wanted:
                owners.setdefault(id(file), []).append(name)
                files[id(file)] = file
        tables = {id(file) for file in self._kinds.get(_JSON, ())}
        plain: list[tuple[TextFile, bytes]] = []
        for file in files.values():
            self._stop_if_cancelled()
            is_json = id(file) in tables
            data = self._read(file, MAX_TABLE_BYTES if is_json else MAX_CAPTION_BYTES, owners[id(file)])
            if data is None:
                self._unclaim(owners[id(file)])
            elif is_json:
                caption = caption_in(data)
                if caption is None:
                    self.report(file.name, str(NO_CAPTION), ())
                    self._unclaim(owners[id(file)])
                else:
                    self._assign_caption(file, owners[id(file)], caption)
            else:
                plain.append((file, data))
        known = [
            [text for name in owners[id(file)] if (text := self.known.get(name))] for file, _data in plain
        ] if self.known else ()
        found = decode_captions([data for _file, data in plain], self.cancelled, known)
        for (file, _data), caption in zip(plain, found, strict=True):
            self._assign_caption(file, owners[id(file)], caption)

    def _unclaim(self, names: list[str]) -> None:
        for name in names:
            del self._claims[name]

    def _assign_caption(self, file: TextFile, names: list[str], caption: Caption) -> None:
        if not caption.text:
            self.report(file.name, str(NO_WORDS), ())
        self._found.update(dict.fromkeys(names, caption))

    def _read_table(self, file: TextFile) -> None:
        data = self._read(file, MAX_TABLE_BYTES)
        if data is None:
            return
        table = table_in(data, _suffix(file.name), self.cancelled)
        if not table.rows:
            self.report(file.name, str(NO_PHOTO) if _suffix(file.name) == _JSON else str(NO_CAPTION), ())
            return
        captions, refused = _sorted_rows(table, posixpath.dirname(file.name))
        left, taken = self._pair_rows(captions, file)
        if taken:
            refused.setdefault(str(ANOTHER), []).extend(taken)
        if left and len(left) == len(captions) and _suffix(file.name) == _JSON:
            refused = {str(NO_PHOTO): list[str]()}  # a file of another program
        elif left:
            refused[str(NO_ROW_PHOTO)] = left
        for reason, names in refused.items():
            self.report(file.name, reason, tuple(names))

    def _pair_rows(self, captions: dict[str, Caption], file: TextFile) -> tuple[list[str], list[str]]:
        """Pair rows with photos by path, without suffix, or by name; return unmatched and duplicate names."""
        left: list[str] = list(captions)
        taken: list[str] = []
        for photo_key, row_key in (
            (str, str), (_stem, _row_stem), (posixpath.basename, posixpath.basename), (_base_stem, _row_base),
        ):
            photos, rows = _grouped(self.photos, photo_key), _grouped(left, row_key)
            left = list[str]()
            pairs = pair(rows, photos)
            for key, names in rows.items():
                owners = photos.get(pairs.owners.get(key, ""), [])
                if not owners or len(names) > 1 or len(set(map(posixpath.dirname, owners))) > 1:
                    left += names
                    continue
                free = [name for name in owners if name not in self._claims]
                if not free:
                    taken += names
                for name in free:
                    self._claims[name] = file
                    if self.wanted is None or name in self.wanted:
                        self._found[name] = captions[names[0]]
        return left, taken

    def _read(self, file: TextFile, limit: int, owners: Iterable[str] = ()) -> bytes | None:
        try:
            data = file.read(limit)
        except DatasetError as error:
            self.report(file.name, error.title, ())
            self.unread.update(owners)
            return None
        if starts_like_an_image(data[:HEAD_BYTES]):
            self.report(file.name, str(IS_IMAGE), ())
            return None
        if len(data) > limit:
            self.report(file.name, too_long(), ())
            return None
        return data

    def _stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise CancelledError


def _sorted_rows(table: Table, folder: str) -> tuple[dict[str, Caption], dict[str, list[str]]]:
    """Return the captions by the photos' paths, and the unused rows by the reason."""
    captions: dict[str, Caption] = {}
    refused: dict[str, list[str]] = {}
    for row, caption in table.rows:
        name = posixpath.normpath(posixpath.join(folder, row))
        if not caption.text or len(caption.text) > MAX_CAPTION_BYTES:
            refused.setdefault(too_long() if caption.text else str(NO_WORDS), []).append(name)
        elif captions.setdefault(name, caption).text != caption.text:
            refused.setdefault(str(ANOTHER), []).append(name)
    if table.lost:
        refused[str(LOST_ROWS)] = [*table.lost]
    if table.cut:
        refused[str(CUT_ROWS).format(count=number(MAX_ROWS))] = []
    return captions, refused


def is_text(name: str) -> bool:
    """Return whether a file of this name may contain captions."""
    return _suffix(name) in TEXT_SUFFIXES


def some_of(names: Iterable[str]) -> str:
    """Return names without their folders in one line, only the first few when there are many."""
    short = list(dict.fromkeys(posixpath.basename(name) for name in names))
    more = len(short) - _SHOWN
    shown = listed(short[:_SHOWN])
    # Translators: file names.
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown


def _grouped(names: Iterable[str], key_of: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(key_of(name), []).append(name)
    return groups


def _stem(name: str) -> str:
    return posixpath.splitext(name)[0]


def _base_stem(name: str) -> str:
    return _stem(posixpath.basename(name))


def _row_stem(name: str) -> str:
    """Return a row's name without the suffix of an image; it may have been written without one."""
    return _stem(name) if _suffix(name) in ACCEPTED_SUFFIXES else name


def _row_base(name: str) -> str:
    return _row_stem(posixpath.basename(name))


def _odd_suffix(file: TextFile) -> bool:
    return not file.name.endswith(_suffix(file.name))


def _suffix(name: str) -> str:
    return posixpath.splitext(name)[1].lower()
