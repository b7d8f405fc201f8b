"""What a dataset is: photos with captions, the service's limits, findings, and the package made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Self

from segmind_studio.texts import _, ngettext

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
CAPTION_SUFFIX = ".txt"
ZIP_SUFFIX = ".zip"
MAX_ARCHIVE_BYTES = 100_000_000  # docs say "under 100 MB": strictly less than this
ADVISED_MIN_IMAGES = 6  # docs: more than 5 advised; fewer is warned about
ADVISED_MAX_IMAGES = 20  # docs: 1 to 20; more has both failed and worked
USED_MEGAPIXELS = 1  # images are used at about this size
WHITE = "#ffffff"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
SMALL_SIDE_PIXELS = 512  # advised as the least for the short side; below it a picture is enlarged much


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of a dataset.

    `path` points to the person's own file (or, for a zip, to the app's own copy) and is only ever read.
    `width` and `height` are pixels as displayed, after the orientation; 0 when unreadable.
    `size` is bytes and `mtime_ns` the file's time when it was scanned. `problem` is "" for a good picture,
    else a sentence. `original_caption` is what was read on intake; `caption` is the app's edited text.
    `looked` is True once this very file (its size and time) was decoded in full; until then `changes` may
    be incomplete and damage unknown. `changes` says what is converted on the way into the archive, each as
    a value of `core.conversions`; empty when the bytes are kept. `caption_readings` are other ways to read
    a caption file whose encoding is doubtful, best first and without the one in use; empty when it is sure.
    """

    photo_id: str
    path: Path
    width: int = 0
    height: int = 0
    size: int = 0
    mtime_ns: int = 0
    image_format: str = ""  # "JPEG", "PNG", "WEBP"
    orientation: int = 1  # 1 to 8 as EXIF numbers them; said in EXIF, a text chunk or XMP
    caption: str = ""
    original_caption: str = ""
    excluded: bool = False
    problem: str = ""
    looked: bool = False
    changes: tuple[str, ...] = ()
    caption_readings: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.photo_id)  # the grid looks photos up for each cell that it paints

    @property
    def used(self) -> bool:
        """Return whether it goes into the package."""
        return not self.excluded and not self.problem

    @property
    def shown(self) -> bool:
        """Return whether there may be a picture to show: of a damaged one, what is left of it."""
        return not self.problem or self.looked


@dataclass(frozen=True, slots=True)
class Dataset:
    """Photos in the order shown. `dataset_id` is the app's own."""

    dataset_id: str
    name: str
    photos: tuple[Photo, ...] = ()
    updated_at: float = 0.0  # seconds since the epoch, UTC
    background: str = WHITE  # "#rrggbb": what transparent parts are laid over, in the window and in the archive

    @property
    def used(self) -> tuple[Photo, ...]:
        """Return the photos that go into the package."""
        return tuple(photo for photo in self.photos if photo.used)

    @property
    def unlooked(self) -> int:
        """Count the used photos that were not decoded in full yet."""
        return sum(photo.used and not photo.looked for photo in self.photos)

    def photo(self, photo_id: str) -> Photo | None:
        """Find a photo."""
        return next((photo for photo in self.photos if photo.photo_id == photo_id), None)

    def with_photos(self, changed: tuple[Photo, ...]) -> Self:
        """Return the dataset with photos replaced by id; new ones are appended."""
        by_id = {photo.photo_id: photo for photo in changed}
        kept = tuple(by_id.pop(photo.photo_id, photo) for photo in self.photos)
        return replace(self, photos=kept + tuple(by_id.values()))

    def without(self, photo_ids: frozenset[str]) -> Self:
        """Return the dataset less some photos."""
        return replace(self, photos=tuple(p for p in self.photos if p.photo_id not in photo_ids))


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """A line of the recent datasets."""

    dataset_id: str
    name: str
    image_count: int
    updated_at: float


class Severity(StrEnum):
    """How much a finding or a piece of advice matters."""

    MUST = "must"  # cannot be sent like this
    SHOULD = "should"  # look at it
    INFO = "info"


class Check(StrEnum):
    """What a finding is about; its value stands in `Finding.check`."""

    TOO_LARGE = "too-large"  # the package has 100 MB or more
    NONE_USED = "none-used"  # there are photos and none is used
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"  # the same file, byte for byte
    SMALL = "small"
    ASPECT = "aspect"  # very long or very tall
    MANY = "many"
    FEW = "few"
    CONVERTED = "converted"  # what goes in is not the file's own bytes, so that it looks the same
    NO_CAPTION = "no-caption"
    MISREAD = "misread"  # a caption whose file does not say how its text is encoded
    NO_TRIGGER = "no-trigger"  # a caption without the trigger word


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say about photos; `photo_ids` may be empty for the whole dataset."""

    check: str
    severity: Severity
    words: str
    advice: str = ""
    photo_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far an intake is: pictures found so far, files looked at, and the one looked at now."""

    found: int
    looked_at: int
    current: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was not taken, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ZipName:
    """How a name in a zip reads in a code page."""

    code_page: str
    sample: str


@dataclass(frozen=True, slots=True)
class ZipNames:
    """A zip whose names are doubtful: as they were read, and as they could be, best first.

    To choose another, the zip is added again with that `code_page`; its photos are then renamed in their places.
    """

    zip_path: Path
    chosen: ZipName
    alternatives: tuple[ZipName, ...]


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What an intake brought; a cancelled one brings nothing.

    `captions` are texts for photos that were already there, by their path: their files were dropped by name,
    so they replace what was there. `replaced` are the photos whose caption they changed, as they were before:
    enough for an undo. `offered` are texts that were found beside photos that were there already and differ from
    what was read then: the person decides. `skipped` names everything that was not taken, whatever the reason.
    `readings` are other ways to read the texts in `captions` and `offered`, by the photos' paths. `zip_names` are
    the zips whose names may have been read wrongly. `renamed` are known photos of a zip that was read again in
    another code page: the path they had, and the photo as it is now.
    """

    added: tuple[Photo, ...]
    skipped: tuple[SkippedFile, ...]
    already_there: int = 0
    captions_read: int = 0
    cancelled: bool = False
    captions: tuple[tuple[Path, str], ...] = ()
    replaced: tuple[Photo, ...] = ()
    offered: tuple[tuple[Path, str], ...] = ()
    readings: tuple[tuple[Path, tuple[str, ...]], ...] = ()
    zip_names: tuple[ZipNames, ...] = ()
    renamed: tuple[tuple[Path, Photo], ...] = ()


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """How the archive is made."""

    strip_metadata: bool = True


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """What would be sent: counts and the archive's exact size in bytes, before its first byte exists.

    `exact` is False while photos are still being prepared; `size` is then a close guess. `unlooked` counts the
    used photos that were not decoded in full yet.
    """

    image_count: int = 0
    caption_count: int = 0
    excluded_count: int = 0
    size: int = 0
    findings: tuple[Finding, ...] = ()
    exact: bool = True
    unlooked: int = 0

    @property
    def fits(self) -> bool:
        """Return whether the service would take it by size and count."""
        return self.image_count > 0 and self.size < MAX_ARCHIVE_BYTES

    @property
    def unlooked_text(self) -> str:
        """Return in words that a start waits for photos to be looked at, "" when none is waited for."""
        if not self.unlooked:
            return ""
        return ngettext(
            "Still checking {count} photo. The start waits for it.",
            "Still checking {count} photos. The start waits for them.", self.unlooked,
        ).format(count=self.unlooked)


def advised_images() -> str:
    """Return how many photos are advised, for every text that says it: "10 to 20"."""
    # Translators: a range of numbers.
    return _("{fewest} to {most}").format(fewest=ADVISED_MIN_IMAGES, most=ADVISED_MAX_IMAGES)


def background_of(text: str) -> str:
    """Read a colour written as "#rrggbb"; white for anything else."""
    colour = text.strip().lower()
    return colour if _COLOUR.fullmatch(colour) else WHITE


def has_trigger(text: str, trigger_word: str) -> bool:
    """Return whether the trigger word stands in the text, ignoring case, as a word of its own."""
    wanted = trigger_word.strip().casefold()
    if not wanted:
        return False
    haystack = text.casefold()
    start = haystack.find(wanted)
    while start >= 0:
        before = haystack[start - 1 : start]
        after = haystack[start + len(wanted) : start + len(wanted) + 1]
        if not (_joins(before) or _joins(after)):
            return True
        start = haystack.find(wanted, start + 1)
    return False


def _joins(char: str) -> bool:
    return bool(char) and (char.isalnum() or char == "_") and char.isascii()
