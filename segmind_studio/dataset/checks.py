"""Checks of a dataset before it is sent: findings with counts, reasons and advice."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from segmind_studio.core.datasets import (
    ADVISED_IMAGES,
    ADVISED_MAX_IMAGES,
    ADVISED_MIN_IMAGES,
    MAX_ARCHIVE_BYTES,
    SMALL_SIDE_PIXELS,
    USED_MEGAPIXELS,
    Check,
    Dataset,
    Finding,
    Photo,
    Severity,
    has_trigger,
)

EXTREME_ASPECT = 2.0  # longer than 2:1, a square crop loses more than half of the image
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
) -> tuple[Finding, ...]:
    """Return the findings, worst first.

    `package_size` is the archive's size in bytes; without it the files' own sizes are added up. Reads whole files
    only where two have the same size, so not for the GUI thread. Excluded photos are ignored.
    """
    used = dataset.used
    size = sum(photo.size for photo in used) if package_size is None else package_size
    found = [
        *_about_the_whole(dataset, used, size),
        *_about_photos(dataset, used, digests or ContentDigests()),
        *_about_captions(used, trigger_word.strip()),
    ]
    return tuple(sorted(found, key=_rank))


def _rank(finding: Finding) -> int:
    return _ORDER.index(finding.severity)


def _about_the_whole(dataset: Dataset, used: tuple[Photo, ...], size: int) -> list[Finding]:
    count = len(used)
    if count == 0:
        none = Finding(
            Check.NONE_USED, Severity.MUST, "No photo would be sent.", "Take one back, or add some that work."
        )
        return [none] if dataset.photos else []
    result: list[Finding] = []
    if size >= MAX_ARCHIVE_BYTES:
        result.append(Finding(
            Check.TOO_LARGE, Severity.MUST,
            f"The package has {size / 1e6:.1f} MB. The service takes less than 100 MB.",
            "Exclude some photos, or save the largest ones smaller: training uses about "
            f"{USED_MEGAPIXELS} megapixel of each.",
            tuple(photo.photo_id for photo in sorted(used, key=_by_size)[:5]),
        ))
    if count > ADVISED_MAX_IMAGES:
        result.append(Finding(
            Check.MANY, Severity.SHOULD, f"{count} photos. {ADVISED_IMAGES} are advised.",
            "More has worked for some and failed for others. A few good ones teach more than a hundred others.",
        ))
    if count < ADVISED_MIN_IMAGES:
        result.append(Finding(
            Check.FEW, Severity.SHOULD, f"Only {_photos(count)}. {ADVISED_IMAGES} are advised.",
            "Add photos with other light, places and angles.",
        ))
    return result


def _about_photos(dataset: Dataset, used: tuple[Photo, ...], digests: ContentDigests) -> list[Finding]:
    unreadable = [photo for photo in dataset.photos if photo.problem and not photo.excluded]
    small = [photo for photo in used if min(photo.width, photo.height) < SMALL_SIDE_PIXELS]
    extreme = [p for p in used if max(p.width, p.height) > EXTREME_ASPECT * min(p.width, p.height)]
    again = _duplicates(used, digests)
    converted = [photo for photo in used if photo.changes]
    return [
        *_about(
            unreadable, Check.UNREADABLE, Severity.SHOULD,
            f"{_photos(len(unreadable))} cannot be used and {_is(unreadable)} left out.",
            "Select it to see why. Save it anew as a JPEG, or remove it.",
        ),
        *_about(
            again, Check.DUPLICATE, Severity.SHOULD,
            f"{_photos(len(again))} {_is(again)} in here more than once.",
            "What is there twice counts twice. Exclude the copies.",
        ),
        *_about(
            small, Check.SMALL, Severity.SHOULD,
            f"{_photos(len(small))} {_is(small)} small, below {SMALL_SIDE_PIXELS} pixels on the short side.",
            f"Training uses about {USED_MEGAPIXELS} megapixel. Small photos are enlarged and make soft results.",
        ),
        *_about(
            extreme, Check.ASPECT, Severity.SHOULD,
            f"{_photos(len(extreme))} {_is(extreme)} very long or very tall.",
            "The edges may be cut off. Crop closer to what matters.",
        ),
        *_about(
            converted, Check.CONVERTED, Severity.INFO,
            f"{_photos(len(converted))} {_is(converted)} converted on the way, and trained as {_seen(converted)}.",
            "Training heeds no colour profile, no transparency, and not how a photo was held. Your files stay as "
            "they are.",
        ),
    ]


def _about_captions(used: tuple[Photo, ...], trigger: str) -> list[Finding]:
    written = [photo for photo in used if photo.caption.strip()]
    missing = [photo for photo in used if not photo.caption.strip()]
    doubtful = [photo for photo in used if photo.caption_readings]
    without = [photo for photo in written if trigger and not has_trigger(photo.caption, trigger)]
    return [
        *_about(
            missing, Check.NO_CAPTION, Severity.INFO,
            f"{_photos(len(missing))} {_has(missing)} no caption.",
            "Write one, or let automatic captions do it.",
        ),
        *_about(
            doubtful, Check.MISREAD, Severity.SHOULD,
            "1 caption may be misread." if len(doubtful) == 1 else f"{len(doubtful)} captions may be misread.",
            "Their files do not say how the text is encoded. Choose how each should read.",
        ),
        *_about(
            without, Check.NO_TRIGGER, Severity.SHOULD,
            f"{len(without)} of {len(written)} captions {'does' if len(without) == 1 else 'do'} not hold "
            f"“{trigger}”.",
            "Without the trigger word the model does not learn what it stands for.",
        ),
    ]


def _about(photos: list[Photo], check: Check, severity: Severity, words: str, advice: str) -> Iterable[Finding]:
    if photos:
        yield Finding(check, severity, words, advice, tuple(photo.photo_id for photo in photos))


def _duplicates(used: tuple[Photo, ...], digests: ContentDigests) -> list[Photo]:
    """Return the photos with the same bytes as an earlier photo."""
    sizes: dict[int, list[Photo]] = {}
    for photo in used:
        sizes.setdefault(photo.size, []).append(photo)
    first: dict[bytes, Photo] = {}
    again: list[Photo] = []
    for same in sizes.values():
        for photo in same if len(same) > 1 else ():
            digest = digests.of(photo)
            if digest and first.setdefault(digest, photo) is not photo:
                again.append(photo)
    return again


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


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def _is(photos: list[Photo]) -> str:
    return "is" if len(photos) == 1 else "are"


def _seen(photos: list[Photo]) -> str:
    return "it is seen here" if len(photos) == 1 else "they are seen here"


def _has(photos: list[Photo]) -> str:
    return "has" if len(photos) == 1 else "have"
