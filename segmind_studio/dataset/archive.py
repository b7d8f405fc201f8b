"""Plan the archive that is sent: flat, stored, the same bytes for the same photos, its size known in advance.

No image is held in memory: a plan says which bytes of which files go where. An upload streams it; only an export
that the user asked for writes it to disk.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from segmind_studio.core.datasets import Dataset, PackageOptions
from segmind_studio.core.errors import CancelledError, DatasetError, SourceChangedError
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.core.photo_fit import PhotoFit
from segmind_studio.core.runs import ManifestItem
from segmind_studio.core.versions import SentFile
from segmind_studio.dataset.captions import caption_bytes
from segmind_studio.dataset.conversion import exact_changes_of
from segmind_studio.dataset.layout import BrokenImageError, Part, Span, size_of
from segmind_studio.dataset.names import StemPool, ascii_stem
from segmind_studio.dataset.prepare import Recipe, fits_in_vain, kept_parts, prepared_copy, sent_suffix
from segmind_studio.dataset.strip import layout_of
from segmind_studio.dataset.zip_stream import ZipEntry, checked_size, digest_of, stream
from segmind_studio.file_replacing import replace_file
from segmind_studio.record import record
from segmind_studio.texts import _

PIECE = 512 * 1024
_MAX_CACHED = 50_000


@record
class ArchivePlan:
    """The planned archive: every entry with its exact size and checksum, and the exact total in bytes."""

    entries: tuple[ZipEntry, ...]
    size: int
    image_count: int
    caption_count: int

    def chunks(self, piece: int = PIECE) -> Iterator[bytes]:
        """Return the archive in pieces of `piece` bytes, reading the photos meanwhile; may be called again.

        SourceChangedError names a photo that has changed since the plan was made.
        """
        return stream(self.entries, piece)

    @property
    def fingerprint(self) -> str:
        """Return a text that is the same for archives of the same files, from whatever folder; "" without any."""
        digest = sha256()
        if not self.entries:
            return ""
        for entry in self.entries:
            digest.update(f"{entry.name} {entry.size} {entry.crc}\n".encode())
        return digest.hexdigest()

    def files(self, cancelled: Callable[[], bool]) -> tuple[SentFile, ...]:
        """Return every file with its SHA-256, as the plan read it. CancelledError.

        `chunks` compares each photo with the plan, so what it returns to the end has these sums.
        """
        found: list[SentFile] = []
        for entry in self.entries:
            if cancelled():
                raise CancelledError
            found.append(SentFile(entry.name, entry.size, digest_of(entry, PIECE)))
        return tuple(found)


@record
class _PlannedImage:
    """One planned image: which bytes of which file, valid while that file has this size and time."""

    source: Path
    source_size: int
    mtime_ns: int
    parts: tuple[Part, ...]
    size: int
    crc: int
    sha256: str
    suffix: str  # of its name in the archive

    @property
    def still_there(self) -> bool:
        return _size_and_time(self.source) == (self.source_size, self.mtime_ns)


_Key = tuple[str, int, int, str, PhotoEdit, PhotoFit, bool, str]


class PlanCache:
    """Cache planned images, so that the next plan reads only what is new. For any thread."""

    def __init__(self) -> None:
        self._images: dict[_Key, _PlannedImage] = {}

    def get(self, key: _Key) -> _PlannedImage | None:
        """Return a planned image whose source is still the same, else None."""
        image = self._images.get(key)
        return image if image is not None and image.still_there else None

    def holds(self, items: tuple[ManifestItem, ...], options: PackageOptions, prepared: Path) -> bool:
        """Return whether planning these again would read nothing."""
        return all(self.get(_key(item, options, prepared)) is not None for item in items)

    def forget(self, items: tuple[ManifestItem, ...]) -> None:
        """Forget what is known of these files: one has changed although its size and time are the same."""
        paths = {item.path for item in items}
        for key in tuple(self._images):
            if key[0] in paths:
                self._images.pop(key, None)

    def put(self, key: _Key, image: _PlannedImage) -> None:
        """Add one; the cache is emptied when it is full."""
        if len(self._images) >= _MAX_CACHED:
            self._images = {}
        self._images[key] = image


def manifest_of(dataset: Dataset) -> tuple[ManifestItem, ...]:
    """Return the photos that would be sent, in order, as a submission stores them."""
    return tuple(
        ManifestItem(
            str(p.path), p.size, p.mtime_ns, p.caption, p.orientation, p.image_format, dataset.background,
            p.edit, p.fit,
        )
        for p in dataset.used
    )


def never() -> bool:
    """Return False: never cancel."""
    return False


def plan(
    items: tuple[ManifestItem, ...],
    options: PackageOptions,
    prepared: Path,
    cache: PlanCache | None = None,
    cancelled: Callable[[], bool] = never,
) -> ArchivePlan:
    """Read every photo that is not in `cache`, once, and return the exact plan of the archive.

    Raises SourceChangedError when a photo is missing or differs from `items`, DatasetError when one cannot be read
    or all are too much for a zip, StoreError when `prepared` cannot be written, and CancelledError. The order of
    `items` is the order in the archive; each caption follows its photo.
    """
    cache = cache or PlanCache()
    stems = StemPool()
    entries: list[ZipEntry] = []
    captions = 0
    for item in items:
        if cancelled():
            raise CancelledError
        path = Path(item.path)
        image = _image(item, path, options, prepared, cache)
        stem = stems.take(ascii_stem(path.stem))
        entries.append(ZipEntry(
            stem + image.suffix, image.size, image.crc, image.parts,
            image.source, image.source_size, image.mtime_ns, path.name, image.sha256,
        ))
        if caption := caption_bytes(item.caption):
            entries.append(ZipEntry(f"{stem}.txt", len(caption), zlib.crc32(caption), (caption,)))
            captions += 1
    return ArchivePlan(tuple(entries), checked_size(entries), len(items), captions)


def write(
    archive: ArchivePlan, target: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> str:
    """Write the archive to a temporary file, rename it, and return its SHA-256 in hex.

    `progress` gets bytes written and bytes in all. Raises SourceChangedError, CancelledError, or DatasetError when
    the file cannot be written; then no new file is left, and an existing file of that name is unchanged.
    """
    aside = target.with_name(f".{target.name[:100]}.{uuid4().hex}.part")
    digest = sha256()
    done = 0
    try:
        try:
            with aside.open("xb") as file:
                for piece in archive.chunks():
                    if cancelled():
                        raise CancelledError
                    file.write(piece)
                    digest.update(piece)
                    done += len(piece)
                    progress(done, archive.size)
                file.flush()
                os.fsync(file.fileno())
            if cancelled():
                raise CancelledError
            replace_file(aside, target)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."),
            error.strerror or str(error),
        ) from error
    return digest.hexdigest()


def _image(
    item: ManifestItem, path: Path, options: PackageOptions, prepared: Path, cache: PlanCache
) -> _PlannedImage:
    _see_unchanged(item, path)
    key = _key(item, options, prepared)
    image = cache.get(key)
    if image is None:
        image = _planned(item, path, options, prepared)
        _see_unchanged(item, path)  # it was read more than once
        cache.put(key, image)
    return image


def _see_unchanged(item: ManifestItem, path: Path) -> None:
    now = _size_and_time(path)
    if now is None:
        raise SourceChangedError(
            _("“{name}” is no longer there.").format(name=path.name),
            _("Put it back, or remove it from the dataset."),
            item.path,
        )
    if now != (item.size, item.mtime_ns):
        raise SourceChangedError(
            _("“{name}” has changed since it was checked.").format(name=path.name),
            _("Check it, then continue."),
            item.path,
        )


def _key(item: ManifestItem, options: PackageOptions, prepared: Path) -> _Key:
    strip = options.strip_metadata
    return (item.path, item.size, item.mtime_ns, item.background, item.edit, item.fit, strip, str(prepared))


def _planned(item: ManifestItem, path: Path, options: PackageOptions, prepared: Path) -> _PlannedImage:
    """Return which bytes go in; the file itself decides what is converted, whatever `item` says about it."""
    keep = not options.strip_metadata
    try:
        with path.open("rb") as file:
            layout = layout_of(file, file.seek(0, os.SEEK_END), whole=True)
            changes = exact_changes_of(file, layout)
            recipe = Recipe(layout, changes, item.background, keep, item.edit, item.fit)
            parts = kept_parts(file, recipe)
        if item.image_format != layout.image_format:
            raise BrokenImageError(_("This picture has an unknown format."))  # noqa: TRY301  # named below
        if parts and not item.fit:
            return _measured(path, parts, sent_suffix(item.image_format))
        copy = prepared_copy(path, recipe, prepared)
        if fits_in_vain(recipe, copy.stat().st_size, parts):
            return _measured(path, parts, sent_suffix(item.image_format))
        return _measured(copy, (Span(0, copy.stat().st_size),), copy.suffix)
    except BrokenImageError as error:
        raise DatasetError(
            _("“{name}” cannot be used. {title}").format(name=path.name, title=error.title),
            _("Remove it from the dataset."),
            error.detail,
        ) from error
    except OSError as error:
        raise DatasetError(
            _("“{name}” could not be read.").format(name=path.name),
            _("Check that its disk is connected."),
            error.strerror or str(error),
        ) from error


def _measured(source: Path, parts: tuple[Part, ...], suffix: str) -> _PlannedImage:
    """Return some parts of a file with their checksums; reads them once."""
    stat = source.stat()
    crc, digest = 0, sha256()
    with source.open("rb") as file:
        for part in parts:
            if isinstance(part, bytes):
                crc = zlib.crc32(part, crc)
                digest.update(part)
                continue
            file.seek(part.offset)
            left = part.length
            while left:
                data = file.read(min(left, PIECE))
                if not data:
                    raise BrokenImageError(_("The file was cut short while it was read."))
                crc = zlib.crc32(data, crc)
                digest.update(data)
                left -= len(data)
    size = sum(map(size_of, parts))
    return _PlannedImage(
        source, stat.st_size, stat.st_mtime_ns, parts, size, crc, digest.hexdigest(), suffix,
    )


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    return stat.st_size, stat.st_mtime_ns
