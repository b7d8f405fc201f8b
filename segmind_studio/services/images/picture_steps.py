"""Measure photos and compare them with each other: the same for the window and the command line. Without Qt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from PIL import Image

from segmind_studio.core.datasets import Check, Finding, Photo
from segmind_studio.core.likeness import PictureMeasures, alike_groups
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.core.picture_findings import MeasuredPhotos, judged_photos, picture_findings
from segmind_studio.core.picture_traits import PictureTraits, scenes_of, standing_out, usual
from segmind_studio.dataset.cutouts import MOST_COMPARED, cutouts, families
from segmind_studio.dataset.picture_traits import measures_of
from segmind_studio.record import record
from segmind_studio.store.measure_store import MeasureStore

_log = logging.getLogger(__name__)
_FIRST_BATCH = 8  # photos in the first answer; each later one has as many as all before it
_MOST_FAMILIES = 2_000

PictureFile: TypeAlias = tuple[str, int, int, PhotoEdit | None]  # with the edit, which makes another picture of it
Measures: TypeAlias = Mapping[PictureFile, PictureMeasures | None]
Pairs: TypeAlias = tuple[tuple[PictureFile, PictureFile], ...]
FindCutouts: TypeAlias = Callable[
    [Mapping[PictureFile, Image.Image], Callable[[], bool], Collection[PictureFile]],
    Iterator[tuple[PictureFile, PictureFile]],
]


def file_of(photo: Photo) -> PictureFile:
    """Return what the measures of a photo belong to: its file in its present state, and its edit."""
    edit = None if photo.edit is NO_EDIT else photo.edit or None  # the usual case first: of 10,000, this is a lot
    return str(photo.path), photo.size, photo.mtime_ns, edit


@record
class ComparedPictures:
    """What comparing measured pictures has found.

    `groups` look nearly alike; `scenes` have similar colours; `cutouts` are pairs, a part and the whole;
    `standing` are those that stand out, worst first; `usual` is the middle focus and noise of the used ones.
    """

    groups: tuple[tuple[PictureFile, ...], ...] = ()
    scenes: tuple[tuple[PictureFile, ...], ...] = ()
    cutouts: Pairs = ()
    standing: Mapping[Check, tuple[PictureFile, ...]] = field(default_factory=dict[Check, tuple[PictureFile, ...]])
    usual: tuple[float, float] = (0.0, 0.0)


class PictureSteps:
    """Measure each picture once, and compare each two once. For one thread, not the GUI thread.

    What `store` has is not measured again, also after a restart. `find` finds cut-outs as `cutouts` does. Where it
    raises TimeoutError, they are left out in this session, and looked for again after a restart.
    """

    def __init__(self, store: MeasureStore | None = None, *, find: FindCutouts = cutouts) -> None:
        self._store = store
        self._find = find
        self._families: dict[frozenset[PictureFile], Pairs] = {}  # in which all were compared with each other
        self._left_out = False  # some pairs: what is found from now on is not whole

    def measure(
        self, photos: Sequence[Photo], stopped: Callable[[], bool],
    ) -> Iterator[dict[PictureFile, PictureMeasures | None]]:
        """Yield measures of some of these photos at a time, those that are stored first; None: not readable."""
        names = {file_of(photo): photo for photo in photos}
        stored = self._stored(names)
        if stored:
            yield dict(stored)
        found: dict[PictureFile, PictureMeasures | None] = {}
        batch = _FIRST_BATCH
        for file, photo in names.items():
            if file in stored:
                continue
            if stopped():
                break
            try:
                found[file] = measures_of(photo.path, photo.edit)
            except Exception:  # noqa: BLE001  # one bad file must not end the others
                _log.exception("A photo could not be measured")
                found[file] = None
            if len(found) >= batch:
                batch *= 2
                self._save(found)
                yield found
                found = {}
        self._save(found)
        yield found

    def compare(
        self, known: Mapping[PictureFile, PictureMeasures], used: Collection[PictureFile],
        stopped: Callable[[], bool], *, last: bool,
    ) -> ComparedPictures:
        """Compare pictures; `used` are those in the package, by which all are judged.

        Cut-outs are looked for among those only, and with `last` only, since this takes longest.
        """
        groups = alike_groups(known)
        traits = {file: measures.traits for file, measures in known.items() if measures.traits}
        judged = {file: traits[file] for file in used if file in traits}
        among = usual(judged.values())
        standing = standing_out(traits, among)
        standing[Check.PLACE_DATA] = tuple(file for file, measures in traits.items() if measures.placed)
        parts = tuple(self._find_cutouts(judged, stopped)) if last else ()
        return ComparedPictures(groups, scenes_of(traits), parts, standing, among)

    def _find_cutouts(
        self, traits: Mapping[PictureFile, PictureTraits], stopped: Callable[[], bool],
    ) -> Iterator[tuple[PictureFile, PictureFile]]:
        whole = len(traits) <= MOST_COMPARED
        for family in families({file: Path(file[0]).stem for file in traits}):
            files = frozenset(family)
            before = self._families.get(files)
            if before is None and whole:
                before = self._stored_cutouts(files)
            if before is None:
                compared = max((files & known for known in self._families), key=len) \
                    if whole and self._families else frozenset[PictureFile]()
                before = tuple(dict.fromkeys(
                    pair for known, pairs in self._families.items() if compared <= known
                    for pair in pairs if compared.issuperset(pair)
                ))
                if compared != files:
                    small = {file: _grey_copy(traits[file]) for file in family if traits[file].grey}
                    before = (*before, *self._found(small, stopped, compared))
                if stopped():
                    return
                if whole and not self._left_out:
                    self._save_cutouts(files, before)
            self._families[files] = before
            while len(self._families) > _MOST_FAMILIES:
                del self._families[next(iter(self._families))]
            yield from before

    def _found(
        self, pictures: Mapping[PictureFile, Image.Image], stopped: Callable[[], bool],
        compared: Collection[PictureFile],
    ) -> Pairs:
        try:
            return tuple(self._find(pictures, stopped, compared))
        except TimeoutError as error:
            self._left_out = True
            _log.warning("Cut-outs are left out: %s", error)
            return ()

    def _stored(self, files: Collection[PictureFile]) -> dict[PictureFile, PictureMeasures]:
        if self._store is None:
            return {}
        keys = {_key_of(file): file for file in files}
        return {keys[key]: measures for key, measures in self._store.load(keys).items()}

    def _save(self, found: Measures) -> None:
        if self._store is not None:
            self._store.save({_key_of(file): measures for file, measures in found.items() if measures})

    def _stored_cutouts(self, files: Collection[PictureFile]) -> Pairs | None:
        if self._store is None:
            return None
        names = sorted(files, key=_key_of)
        found = self._store.load_parts(_set_key(names))
        if found is None or not all(0 <= place < len(names) for pair in found for place in pair):
            return None
        return tuple((names[part], names[whole]) for part, whole in found)

    def _save_cutouts(self, files: Collection[PictureFile], pairs: Pairs) -> None:
        if self._store is not None:
            names = sorted(files, key=_key_of)
            places = {name: place for place, name in enumerate(names)}
            self._store.save_parts(_set_key(names), [(places[part], places[whole]) for part, whole in pairs])


def findings_of_files(  # noqa: PLR0913  # what it measures, and how it is stopped
    used: tuple[Photo, ...], findings: Sequence[Finding], steps: PictureSteps, *, stripped: bool,
    stopped: Callable[[], bool], progress: Callable[[int], None] = lambda _done: None,
) -> tuple[Finding, ...]:
    """Measure the used photos of a package with these findings, and return what is found of their pictures."""
    photos = judged_photos(used, findings)
    known: dict[PictureFile, PictureMeasures] = {}
    for found in steps.measure(used, stopped):
        known.update((file, measures) for file, measures in found.items() if measures)
        progress(len(known))
    compared = steps.compare(known, known.keys(), stopped, last=True)
    return picture_findings(measured_photos(photos, known, compared, stripped=stripped, complete=True))


def measured_photos(
    photos: tuple[Photo, ...], known: Measures, compared: ComparedPictures, *, stripped: bool, complete: bool,
) -> MeasuredPhotos:
    """Return what is known of these photos; without `complete` the others are still being measured."""
    files = list(map(file_of, photos))
    by_file = dict(zip(files, photos, strict=True))
    return MeasuredPhotos(
        photos,
        {photo.photo_id: found for photo, file in zip(photos, files, strict=True) if (found := known.get(file))},
        tuple(group for group in photos_in(photos, files, compared.groups) if len(group) > 1),
        tuple(scene for scene in photos_in(photos, files, compared.scenes) if scene) if complete else (),
        photo_pairs(by_file, compared.cutouts),
        {
            check: those for check, found in compared.standing.items()
            if (those := [by_file[file] for file in found if file in by_file])
        },
        compared.usual, stripped,
    )


def photos_in(
    photos: Sequence[Photo], files: Sequence[PictureFile], groups: Sequence[tuple[PictureFile, ...]],
) -> Iterator[list[Photo]]:
    """Yield the photos of each group, whose `files` these are; two photos may be of one file."""
    if not groups:
        return
    by_file: dict[PictureFile, list[Photo]] = {}
    for photo, file in zip(photos, files, strict=True):
        by_file.setdefault(file, []).append(photo)
    for group in groups:
        yield [photo for file in group for photo in by_file.get(file, ())]


def photo_pairs(by_file: Mapping[PictureFile, Photo], pairs: Pairs) -> list[tuple[Photo, Photo]]:
    """Return the pairs whose photos are both among these."""
    return [(by_file[part], by_file[whole]) for part, whole in pairs if part in by_file and whole in by_file]


def _grey_copy(traits: PictureTraits) -> Image.Image:
    return Image.frombytes("L", (traits.grey_width, len(traits.grey) // traits.grey_width), traits.grey)


def _key_of(file: PictureFile) -> bytes:
    return blake2b(repr(file).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _set_key(names: Sequence[PictureFile]) -> bytes:
    return blake2b(b"".join(map(_key_of, names)), digest_size=16).digest()
