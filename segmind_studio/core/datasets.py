"""Datasets: photos with captions, the service's limits, findings, and the package made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, replace
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit, edited_size
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fitted_size
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext

if TYPE_CHECKING:
    from segmind_studio.core.caption_terms import Vocabulary

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}
)
CAPTION_SUFFIX = ".txt"
ZIP_SUFFIX = ".zip"
MAX_ARCHIVE_BYTES = 100_000_000  # docs say "under 100 MB": strictly less than this
ADVISED_MIN_IMAGES = 6  # docs: more than 5 advised; fewer is warned about
ADVISED_MAX_IMAGES = 20  # docs: 1 to 20; more has both failed and worked
USED_MEGAPIXELS = 1  # images are used at about this size
MEASURED_UNASKED = 200  # used photos: of more, sharpness and the like are measured only when somebody asks for it
WHITE = "#ffffff"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
SUMMARY_PHOTOS = 4  # shown beside the name of a dataset
MOST_PAST_CAPTIONS = 10  # earlier texts that a photo keeps
EXTREME_ASPECT = 2.0  # longer than 2:1, a square crop loses more than half of the image
SMALL_SIDE_PIXELS = 512  # advised as the least for the short side; below it a picture is enlarged much


SPELT = "spelling"  # before ":" and a word in `Photo.accepted`: it is right in this dataset


@record
class PastCaption:
    """An earlier text of a caption: who wrote it ("file", "person" or "model"), and until when it stood.

    `at` is seconds since the epoch, UTC.
    """

    text: str
    by: str
    at: float


@record
class Photo:
    """One photo of a dataset.

    `path` points to the user's own file (or, for a zip, to the app's own copy) and is only ever read. `width` and
    `height` are pixels as displayed, after the orientation; 0 when unreadable. `size` is bytes and `mtime_ns` the
    file's time when it was scanned. `problem` is "" for a usable photo, else a sentence. `original_caption` is
    what was read on intake; `caption` is the app's edited text. `looked` is True once this very file (its size and
    time) was fully decoded; until then `changes` may be incomplete and damage unknown. `changes` says what is
    converted for the archive, each as a value of `core.conversions`; empty when the bytes are kept.
    `caption_readings` are other ways to read a caption file whose encoding is uncertain, best first and without
    the one in use; empty when it is certain. `caption_past` are the caption's earlier texts, oldest first, at most
    `MOST_PAST_CAPTIONS`. `accepted` are the findings that the user chose to ignore, each as `Finding.key`.
    `edit` is what the user does to the picture: turns, crop and such. `model_caption` is the caption that a model
    proposed and the user took last. `fit` is what makes it smaller for the archive.
    """

    photo_id: str
    path: Path
    width: int = 0
    height: int = 0
    size: int = 0
    mtime_ns: int = 0
    image_format: str = ""  # "JPEG", "PNG", "WEBP", or one of `conversions.WRITTEN_AS`
    orientation: int = 1  # 1 to 8 as in EXIF; from EXIF, a text chunk or XMP
    caption: str = ""
    original_caption: str = ""
    excluded: bool = False
    problem: str = ""
    looked: bool = False
    changes: tuple[str, ...] = ()
    caption_readings: tuple[str, ...] = ()
    caption_past: tuple[PastCaption, ...] = ()
    accepted: tuple[str, ...] = ()
    edit: PhotoEdit = NO_EDIT
    model_caption: str = ""
    fit: PhotoFit = NO_FIT

    def __hash__(self) -> int:
        return hash(self.photo_id)  # the grid looks photos up for each cell that it paints

    def having(self, **changed: object) -> Photo:
        """Return the photo with other values of some fields, as `dataclasses.replace` does, but 20 times quicker.

        Undo and edits in bulk copy thousands of photos in the GUI thread. TypeError for an unknown field.
        """
        copy = _draft(self)
        try:
            for name, value in changed.items():
                setattr(copy, name, value)
        except AttributeError:
            raise TypeError(f"no such fields: {', '.join(sorted(changed))}") from None
        return _finished(copy)

    def with_caption(
        self, caption: str, original: str, readings: tuple[str, ...], past: tuple[PastCaption, ...], model: str,
    ) -> Photo:
        """Return the photo with another caption and all that belongs to it, quicker than `having` does."""
        copy = _draft(self)
        copy.caption = caption
        copy.original_caption = original
        copy.caption_readings = readings
        copy.caption_past = past
        copy.model_caption = model
        copy.__class__ = Photo
        return copy

    def with_exclusion(self, excluded: bool) -> Photo:  # noqa: FBT001  # the one value that it sets
        """Return the photo left out of the package or taken into it, quicker than `having` does."""
        copy = _draft(self)
        copy.excluded = excluded
        copy.__class__ = Photo
        return copy

    @property
    def caption_by(self) -> str:
        """Return who wrote the caption: "file", "model" or "person"."""
        if self.caption == self.original_caption:
            return "file"
        return "model" if self.caption == self.model_caption else "person"

    def past_with_caption(self, at: float) -> tuple[PastCaption, ...]:
        """Return the earlier texts once its caption is one of them too, as it is when it is changed."""
        text, before = self.caption, self.caption_past
        if not text or text.isspace():
            return before
        by = "file" if text == self.original_caption else "model" if text == self.model_caption else "person"
        last = _past_caption(text, by, at)  # as `caption_by`, without a call for each of thousands
        if not before:
            return (last,)
        return (*[past for past in before if past.text != text], last)[-MOST_PAST_CAPTIONS:]

    def ignores(self, check: str, subject: str = "") -> bool:
        """Return whether the user does not want to see findings of this check about it; see `Finding.key`."""
        return f"{check}:{subject}" in self.accepted

    @property
    def used(self) -> bool:
        """Return whether it goes into the package."""
        return not self.excluded and not self.problem

    @property
    def edited_size(self) -> tuple[int, int]:
        """Return width and height in pixels with the edit, before any fit; 0 when unreadable."""
        return edited_size(self.width, self.height, self.edit)

    @property
    def sent_size(self) -> tuple[int, int]:
        """Return width and height in pixels in the package, with the edit and the fit; 0 when unreadable."""
        return fitted_size(*self.edited_size, self.fit)

    @property
    def shown(self) -> bool:
        """Return whether it may be shown: of a damaged photo, the part that can be decoded."""
        return not self.problem or self.looked


class _Draft:
    """A photo whose fields can still be set.

    The interpreter sets a field of a frozen class through several calls, one of a plain class in one instruction.
    Both have the same slots, so a finished draft becomes a photo by its class alone.
    """

    __slots__ = Photo.__match_args__


class _PastDraft:
    """As `_Draft`, for the texts before."""

    __slots__ = PastCaption.__match_args__


def _past_caption(text: str, by: str, at: float) -> PastCaption:
    past: Any = _PastDraft()
    past.text, past.by, past.at = text, by, at
    past.__class__ = PastCaption
    return past


def _draft(photo: Photo) -> Any:  # its fields are set under names that only `Photo` declares
    """Return a copy of a photo whose fields can still be set.

    Each has a line of its own: a loop takes three times as long, several in one line half as long again.
    """
    copy: Any = _Draft()
    copy.photo_id = photo.photo_id
    copy.path = photo.path
    copy.width = photo.width
    copy.height = photo.height
    copy.size = photo.size
    copy.mtime_ns = photo.mtime_ns
    copy.image_format = photo.image_format
    copy.orientation = photo.orientation
    copy.caption = photo.caption
    copy.original_caption = photo.original_caption
    copy.excluded = photo.excluded
    copy.problem = photo.problem
    copy.looked = photo.looked
    copy.changes = photo.changes
    copy.caption_readings = photo.caption_readings
    copy.caption_past = photo.caption_past
    copy.accepted = photo.accepted
    copy.edit = photo.edit
    copy.model_caption = photo.model_caption
    copy.fit = photo.fit
    return copy


def _finished(draft: Any) -> Photo:  # as above
    draft.__class__ = Photo
    return draft


_PHOTO_ID, _FIT = attrgetter("photo_id"), attrgetter("fit")


@record
class Dataset:
    """Photos in the order shown. `dataset_id` is the app's own."""

    dataset_id: str
    name: str
    photos: tuple[Photo, ...] = ()
    updated_at: float = 0.0  # seconds since the epoch, UTC
    background: str = WHITE  # "#rrggbb": fills transparent parts, in the window and in the archive
    _used: tuple[Photo, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def used(self) -> tuple[Photo, ...]:
        """Return the photos that go into the package."""
        found = self._used
        if found is None:  # many ask each new value for it
            found = tuple([photo for photo in self.photos if not (photo.excluded or photo.problem)])
            object.__setattr__(self, "_used", found)
        return found

    @property
    def unlooked(self) -> int:
        """Return the number of used photos that were not fully decoded yet."""
        return len([
            photo for photo in self.photos if not (photo.looked or photo.excluded or photo.problem)
        ])  # as `Photo.used`

    @property
    def fitted(self) -> bool:
        """Return whether any photo is made smaller for the archive."""
        fits = [fit for fit in map(_FIT, self.photos) if fit is not NO_FIT]
        return any(fits)

    def photo(self, photo_id: str) -> Photo | None:
        """Return the photo with this id, None without one."""
        return next((photo for photo in self.photos if photo.photo_id == photo_id), None)

    def with_photos(self, changed: tuple[Photo, ...]) -> Self:
        """Return the dataset with photos replaced by id; new ones are appended."""
        same = len(changed) == len(self.photos) and not [  # all of many, as an edit of all leaves them
            photo for photo, before in zip(changed, self.photos, strict=True)
            if photo.photo_id is not before.photo_id
        ]
        if same:
            return replace(self, photos=changed)
        by_id = {photo.photo_id: photo for photo in changed}
        kept = tuple(map(by_id.pop, map(_PHOTO_ID, self.photos), self.photos))
        return replace(self, photos=kept + tuple(by_id.values()))

    def without(self, photo_ids: frozenset[str]) -> Self:
        """Return the dataset without these photos."""
        return replace(self, photos=tuple(p for p in self.photos if p.photo_id not in photo_ids))


@record
class DatasetSummary:
    """A line of the recent datasets. `image_count` is that of all photos, `unused` those that do not go along."""

    dataset_id: str
    name: str
    image_count: int
    updated_at: float
    archived: bool = False
    first: tuple[Photo, ...] = ()  # the first used ones, to show beside its name
    unused: int = 0

    @property
    def used_count(self) -> int:
        """Return the number of photos that go into the package."""
        return self.image_count - self.unused

    def as_in(self, dataset: Dataset) -> DatasetSummary:
        """Return the line with the photos that a dataset has now; as it is when it is about another one."""
        if dataset.dataset_id != self.dataset_id:
            return self
        count, used = len(dataset.photos), dataset.used
        return replace(self, image_count=count, unused=count - len(used), first=used[:SUMMARY_PHOTOS])


class Severity(StrEnum):
    """How important a finding or a piece of advice is."""

    MUST = "must"  # cannot be sent like this
    SHOULD = "should"  # should be looked at
    INFO = "info"


class Check(StrEnum):
    """What a finding is about; its value is in `Finding.check`."""

    TOO_LARGE = "too-large"  # the package has 100 MB or more
    NONE_USED = "none-used"  # there are photos and none is used
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"  # the same file, byte for byte
    NEAR_DUPLICATE = "near-duplicate"  # they look nearly alike, mirrored ones too
    SMALL = "small"
    ASPECT = "aspect"  # very long or very tall
    MANY = "many"
    FEW = "few"
    CONVERTED = "converted"  # the archive gets other bytes than the file's own, so that it looks the same
    NO_CAPTION = "no-caption"
    MISREAD = "misread"  # a caption whose file does not say how its text is encoded
    NO_TRIGGER = "no-trigger"  # a caption without the trigger word
    TRIGGER_MISSPELT = "trigger-misspelt"  # a word that is nearly the trigger word
    TRIGGER_PLACE = "trigger-place"  # in front in other captions, but not in these
    TRIGGER_COMMON = "trigger-common"  # a word that the model knows already
    FUSED = "fused"  # words in so many captions that they are learned with the trigger word
    ALIKE = "alike"  # captions that are equal or nearly so
    LONG_CAPTION = "long-caption"  # longer than text models read
    ODD_LENGTH = "odd-length"  # much longer or shorter than the others
    FEW_WORDS = "few-words"  # the captions say the same few words over and over
    CONTRADICTORY = "contradictory"  # a caption with two words that exclude each other
    ORPHANS = "orphans"  # caption files beside the photos whose own photo is missing
    IGNORED = "ignored"  # findings that the user does not want to see
    ONE_SIDED = "one-sided"  # all photos are wide, or all are tall
    CUT_OUT = "cut-out"  # a part of another photo of the set
    BLURRED = "blurred"  # far less sharp than the rest of the set
    NOISY = "noisy"  # far more noise than the rest of the set
    DARK = "dark"  # hardly anything bright in it
    BRIGHT = "bright"  # hardly anything dark in it
    WASHED_OUT = "washed-out"  # neither dark nor bright: little contrast
    FEW_SCENES = "few-scenes"  # most photos look like each other
    PLACE_DATA = "place-data"  # the file says where the photo was taken


@record
class Finding:
    """One result of a check of photos; `photo_ids` may be empty for the whole dataset.

    `subject` is the word or phrase that it is about, "" without one.
    """

    check: str
    severity: Severity
    text: str
    advice: str = ""
    photo_ids: tuple[str, ...] = ()
    subject: str = ""

    @property
    def key(self) -> str:
        """Return its name in `Photo.accepted`."""
        return f"{self.check}:{self.subject}"


class ScanProgress(NamedTuple):
    """The progress of an intake: photos found so far, files looked at, and the current one."""

    found: int
    looked_at: int
    current: str


class SkippedFile(NamedTuple):
    """A file that was not added, and why."""

    name: str
    reason: str


class ZipName(NamedTuple):
    """A name in a zip, as a code page decodes it."""

    code_page: str
    sample: str


@record
class ZipNames:
    """A zip whose names are uncertain: as they were read, and other ways to read them, best first.

    To choose another, the zip is added again with that `code_page`; its photos are then renamed in place.
    """

    zip_path: Path
    chosen: ZipName
    alternatives: tuple[ZipName, ...]


@record
class ScanReport:
    """The result of an intake; a cancelled one is empty.

    `captions` are texts for photos that were already in the dataset, by their path: their files were dropped by
    name, so they replace the caption. `replaced` are the photos whose caption they changed, as they were before,
    for undo. `offered` are texts that were found beside photos of the dataset and differ from what was read then:
    the user decides. `unchanged` are photos of the dataset whose texts were looked for and are as they were read
    then, or gone: an earlier offer for them ends. `skipped` names everything that was not added, whatever the
    reason. `readings` are other ways to read the texts in `captions` and `offered`, by the photos' paths.
    `zip_names` are the zips whose names may have been read wrongly. `renamed` are photos of a zip that was read
    again in another code page: the path they had, and the photo as it is now.
    """

    added: tuple[Photo, ...]
    skipped: tuple[SkippedFile, ...]
    already_there: int = 0
    captions_read: int = 0
    cancelled: bool = False
    captions: tuple[tuple[Path, str], ...] = ()
    replaced: tuple[Photo, ...] = ()
    offered: tuple[tuple[Path, str], ...] = ()
    unchanged: tuple[Path, ...] = ()
    readings: tuple[tuple[Path, tuple[str, ...]], ...] = ()
    zip_names: tuple[ZipNames, ...] = ()
    renamed: tuple[tuple[Path, Photo], ...] = ()


@record
class PackageOptions:
    """How the archive is made."""

    strip_metadata: bool = True


@record
class PackageInfo:
    """What would be sent: counts and the archive's exact size in bytes, before its first byte exists.

    `exact` is False while photos are still being prepared; `size` is then an estimate. `unlooked` is the number of
    used photos that were not fully decoded yet. `unmeasured` is the number of those whose sharpness and likeness
    are not known yet, so that `findings` may lack some about these; nothing waits for them.
    """

    image_count: int = 0
    caption_count: int = 0
    excluded_count: int = 0
    size: int = 0
    findings: tuple[Finding, ...] = ()
    exact: bool = True
    unlooked: int = 0
    fingerprint: str = ""  # of the archive: the same for the same files in it; "" while it is not exact
    unmeasured: int = 0
    vocabulary: Vocabulary | None = None  # of the captions of the used photos, None before they were looked at

    @property
    def fits(self) -> bool:
        """Return whether the service would accept its size and count."""
        return self.image_count > 0 and self.size < MAX_ARCHIVE_BYTES

    @property
    def unlooked_text(self) -> str:
        """Return the notice that a start waits for photos to be checked; "" when it waits for none."""
        if not self.unlooked:
            return ""
        return ngettext(
            "Still checking {count} photo. The run starts after that.",
            "Still checking {count} photos. The run starts after that.", self.unlooked,
        ).format(count=self.unlooked)

    @property
    def unmeasured_text(self) -> str:
        """Return the notice that sharpness and likeness are not known yet, or found on demand only; else ""."""
        if self.image_count <= MEASURED_UNASKED or not self.unmeasured:
            return self.measuring_text
        return _(
            "Sharpness and similarity of more than {count} photos are only checked when you open Checks.",
        ).format(count=MEASURED_UNASKED)

    @property
    def measuring_text(self) -> str:
        """Return the notice that sharpness and likeness are being checked; "" when they are known."""
        if not self.unmeasured:
            return ""
        return ngettext(
            "Still checking sharpness and similarity of {count} photo.",
            "Still checking sharpness and similarity of {count} photos.", self.unmeasured,
        ).format(count=self.unmeasured)


def advised_images() -> str:
    """Return how many photos are advised, for every text that says it: "10 to 20"."""
    # Translators: a range of numbers.
    return _("{fewest} to {most}").format(fewest=ADVISED_MIN_IMAGES, most=ADVISED_MAX_IMAGES)


def background_of(text: str) -> str:
    """Return a colour written as "#rrggbb"; white for anything else."""
    colour = text.strip().lower()
    return colour if _COLOUR.fullmatch(colour) else WHITE


def has_trigger(text: str, trigger_word: str) -> bool:
    """Return whether the text contains the trigger word as a separate word, ignoring case."""
    folded, wanted = text.casefold(), trigger_word.strip().casefold()
    start = folded.find(wanted) if wanted else -1  # as below; a generator for each of many captions is slow
    while start >= 0:
        end = start + len(wanted)
        if not (_joins(folded[start - 1 : start]) or _joins(folded[end : end + 1])):
            return True
        start = folded.find(wanted, start + 1)
    return False


def trigger_spans(text: str, trigger_word: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each place where `has_trigger` finds the trigger word, in characters of `text`."""
    folded = text.casefold()
    spans = tuple(_folded_spans(folded, trigger_word))
    if not spans or len(folded) == len(text):
        return spans
    places = [place for place, char in enumerate(text) for _folded in char.casefold()]  # one may become two
    return tuple((places[start], places[end - 1] + 1) for start, end in spans)


def _folded_spans(haystack: str, trigger_word: str) -> Iterator[tuple[int, int]]:
    wanted = trigger_word.strip().casefold()
    start = haystack.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if _joins(haystack[start - 1 : start]) or _joins(haystack[end : end + 1]):
            start = haystack.find(wanted, start + 1)
        else:
            yield start, end
            start = haystack.find(wanted, end)


def _joins(char: str) -> bool:
    return bool(char) and (char.isalnum() or char == "_") and char.isascii()
