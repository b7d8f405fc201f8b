"""Checks of a dataset before it is sent: findings with counts, reasons and advice."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from segmind_studio.core.datasets import (
    ADVISED_MAX_IMAGES,
    ADVISED_MIN_IMAGES,
    EXTREME_ASPECT,
    MAX_ARCHIVE_BYTES,
    SMALL_SIDE_PIXELS,
    SPELT,
    USED_MEGAPIXELS,
    Check,
    Dataset,
    Finding,
    Photo,
    Severity,
    advised_images,
    has_trigger,
)
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.dataset.caption_lint import CaptionReport
from segmind_studio.formats import megabytes
from segmind_studio.texts import _, ngettext

_PIECE = 512 * 1024
_ORDER = tuple(Severity)


class ContentDigests:
    """Hash the bytes of photos, each file read once. For one thread."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, int, int], bytes] = {}

    def of(self, photo: Photo) -> bytes:
        """Return the hash; b"" when the file cannot be read."""
        key = (photo.path, photo.size, photo.mtime_ns)
        if key not in self._known:
            self._known[key] = _digest(photo.path)
        return self._known[key]


def findings(
    dataset: Dataset,
    trigger_word: str = "",
    *,
    package_size: int | None = None,
    digests: ContentDigests | None = None,
    captions: CaptionReport | None = None,
) -> tuple[Finding, ...]:
    """Return the findings, worst first.

    `package_size` is the archive's size in bytes; without it the files' own sizes are added up. Reads whole files
    only where two have the same size, so not for the GUI thread. Excluded photos are ignored. `captions` is what
    `caption_lint` found about them.
    """
    used = dataset.used
    size = sum(photo.size for photo in used) if package_size is None else package_size
    found = [
        *_about_the_whole(dataset, used, size),
        *_about_photos(dataset, used, digests or ContentDigests()),
        *_about_captions(used, trigger_word.strip()),
        *(captions.findings if captions is not None else ()),
        *_ignored(dataset),
    ]
    return tuple(sorted(found, key=_rank))


def _ignored(dataset: Dataset) -> Iterable[Finding]:
    by_photo = {
        photo.photo_id: hidden for photo in dataset.photos
        if (hidden := [key for key in photo.accepted if not key.startswith(SPELT)])
    }
    hidden = set(chain.from_iterable(by_photo.values()))
    if hidden:
        words = ngettext("{count} finding is ignored.", "{count} findings are ignored.", len(hidden))
        names = tuple(by_photo)
        yield Finding(Check.IGNORED, Severity.INFO, words.format(count=len(hidden)), photo_ids=names)


def _rank(finding: Finding) -> int:
    return _ORDER.index(finding.severity)


def _about_the_whole(dataset: Dataset, used: tuple[Photo, ...], size: int) -> list[Finding]:
    count = len(used)
    if count == 0:
        none = Finding(
            Check.NONE_USED, Severity.MUST,
            _("No photo is included."), _("Include a photo again, or add others."),
        )
        return [none] if dataset.photos else []
    result: list[Finding] = []
    if size >= MAX_ARCHIVE_BYTES:
        result.append(
            Finding(
                Check.TOO_LARGE,
                Severity.MUST,
                _("The package is {size}. The limit is 100 MB.").format(size=megabytes(size)),
                ngettext(
                    "Exclude some photos, or use Fit to size. Training uses about {count} megapixel of each "
                    "photo.",
                    "Exclude some photos, or use Fit to size. Training uses about {count} megapixels of each "
                    "photo.",
                    USED_MEGAPIXELS,
                ).format(count=USED_MEGAPIXELS),
                tuple(photo.photo_id for photo in sorted(used, key=_by_size)[:5]),
            )
        )
    if count > ADVISED_MAX_IMAGES and not _all_ignore(used, Check.MANY):
        result.append(Finding(
            Check.MANY, Severity.SHOULD,
            _("{count} photos. {advised} are recommended.").format(count=count, advised=advised_images()),
            _("With more, training sometimes fails. A few good photos teach more than many weak ones."),
        ))
    if count < ADVISED_MIN_IMAGES and not _all_ignore(used, Check.FEW):
        result.append(
            Finding(
                Check.FEW,
                Severity.SHOULD,
                ngettext(
                    "Only {count} photo. {advised} are recommended.",
                    "Only {count} photos. {advised} are recommended.",
                    count,
                ).format(count=count, advised=advised_images()),
                _("Add photos with different light, places and angles."),
            )
        )
    return result


def _all_ignore(used: tuple[Photo, ...], check: Check) -> bool:
    """Return whether the user ignores a finding about the whole; not any more when a photo was added."""
    return all(photo.ignores(check) for photo in used)


def _about_photos(dataset: Dataset, used: tuple[Photo, ...], digests: ContentDigests) -> list[Finding]:
    broken = [photo for photo in dataset.photos if photo.problem and not photo.excluded]
    extreme = [p for p in used if max(p.edited_size) > EXTREME_ASPECT * min(p.edited_size)]
    unreadable = _open(broken, Check.UNREADABLE)
    small = _open([photo for photo in used if min(photo.edited_size) < SMALL_SIDE_PIXELS], Check.SMALL)
    extreme = _open(extreme, Check.ASPECT)
    again = _open(_duplicates(used, digests), Check.DUPLICATE)
    converted = _open([photo for photo in used if photo.changes], Check.CONVERTED)
    return [
        *_about(
            unreadable,
            Check.UNREADABLE,
            Severity.SHOULD,
            ngettext("{count} photo cannot be used.", "{count} photos cannot be used.", len(unreadable)),
            _("Select the photo to see why. Save it again as a JPEG, or remove it."),
        ),
        *_about(
            again,
            Check.DUPLICATE,
            Severity.SHOULD,
            ngettext("{count} photo is a copy of another.", "{count} photos are copies of others.", len(again)),
            _("Duplicates weigh double. Exclude the copies."),
        ),
        *_about(
            small,
            Check.SMALL,
            Severity.SHOULD,
            ngettext(
                "{count} photo is small: below {pixels} pixels on the short side.",
                "{count} photos are small: below {pixels} pixels on the short side.",
                len(small),
            ),
            ngettext(
                "Training uses about {count} megapixel. Small photos are enlarged and look soft.",
                "Training uses about {count} megapixels. Small photos are enlarged and look soft.",
                USED_MEGAPIXELS,
            ).format(count=USED_MEGAPIXELS),
            pixels=SMALL_SIDE_PIXELS,
        ),
        *_about(
            extreme,
            Check.ASPECT,
            Severity.SHOULD,
            ngettext(
                "{count} photo is very wide or very tall.",
                "{count} photos are very wide or very tall.",
                len(extreme),
            ),
            _("The edges may be cut off. Crop to the important part."),
        ),
        *_about(
            converted,
            Check.CONVERTED,
            Severity.INFO,
            ngettext(
                "{count} photo is converted, so that training sees it as you see it here.",
                "{count} photos are converted, so that training sees them as you see them here.",
                len(converted),
            ),
            _("Training ignores colour profiles, transparency and rotation flags. Your files stay as they are."),
        ),
    ]


def _about_captions(used: tuple[Photo, ...], trigger: str) -> list[Finding]:
    written = [photo for photo in used if photo.caption.strip()]
    missing = _open([photo for photo in used if not photo.caption.strip()], Check.NO_CAPTION)
    doubtful = _open([photo for photo in used if photo.caption_readings], Check.MISREAD)
    without = [photo for photo in written if trigger and not has_trigger(photo.caption, trigger)]
    without = _open(without, Check.NO_TRIGGER)
    return [
        *_about(
            missing, Check.NO_CAPTION, Severity.INFO,
            ngettext("{count} photo has no caption.", "{count} photos have no caption.", len(missing)),
            _("Write a caption, or let a model suggest one."),
        ),
        *_about(
            doubtful, Check.MISREAD, Severity.SHOULD,
            ngettext("{count} caption may be misread.", "{count} captions may be misread.", len(doubtful)),
            _("The files do not state their text encoding. Choose how each caption should read."),
        ),
        *_about(
            without, Check.NO_TRIGGER, Severity.SHOULD,
            ngettext("{count} of {all} captions does not contain the trigger word “{trigger}”.",
                     "{count} of {all} captions do not contain the trigger word “{trigger}”.", len(without)),
            _("Without the trigger word, the model does not learn what it means."),
            all=len(written), trigger=trigger,
        ),
    ]


def _open(photos: list[Photo], check: Check) -> list[Photo]:
    """Return the photos among these whose user did not choose to ignore such a finding."""
    return [photo for photo in photos if not photo.ignores(check)]


def _about(  # what a finding holds, and what its words may name
    photos: list[Photo], check: Check, severity: Severity, words: str, advice: str, **named: object,
) -> Iterable[Finding]:
    if photos:
        words = words.format(count=len(photos), **named)
        yield Finding(check, severity, words, advice, tuple(photo.photo_id for photo in photos))


def _duplicates(used: tuple[Photo, ...], digests: ContentDigests) -> list[Photo]:
    """Return the photos with the same bytes as another that stays: the first with a caption, else the first."""
    sizes: dict[int, list[Photo]] = {}
    for photo in used:
        sizes.setdefault(photo.size, []).append(photo)
    first: dict[tuple[bytes, PhotoEdit], Photo] = {}  # two parts of one picture are no copies
    again: list[Photo] = []
    for same in sizes.values():
        for photo in sorted(same, key=_without_caption) if len(same) > 1 else ():
            digest = digests.of(photo)
            if digest and first.setdefault((digest, photo.edit), photo) is not photo:
                again.append(photo)
    return again


def _without_caption(photo: Photo) -> bool:
    return not photo.caption.strip()


def _digest(path: Path) -> bytes:
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:
        return b""
    return digest.digest()


def _by_size(photo: Photo) -> int:
    return -photo.size
