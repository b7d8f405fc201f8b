"""What is about to be dropped, judged by names alone: nothing is read while a person still holds the button."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from segmind_studio.core.datasets import CAPTION_SUFFIX, IMAGE_SUFFIXES, ZIP_SUFFIX


@dataclass(frozen=True, slots=True)
class DropOffer:
    """Files and folders of one drag; `unknown` are files that nothing can be done with."""

    paths: tuple[Path, ...] = ()
    photos: int = 0
    folders: int = 0
    zips: int = 0
    captions: int = 0
    unknown: int = 0

    @property
    def useful(self) -> bool:
        """Tell whether anything in it may be taken."""
        return bool(self.photos or self.folders or self.zips or self.captions)

    @property
    def words(self) -> str:
        """Say what it holds: "12 photos, 1 zip"."""
        return ", ".join(
            one if count == 1 else many.format(count)
            for count, one, many in (
                (self.photos, _tr("1 photo"), _tr("{0} photos")),
                (self.folders, _tr("1 folder"), _tr("{0} folders")),
                (self.zips, _tr("1 zip"), _tr("{0} zips")),
                (self.captions, _tr("1 caption file"), _tr("{0} caption files")),
                (self.unknown, _tr("1 file that is no photo"), _tr("{0} files that are no photos")),
            )
            if count
        )


def offer_of(mime: QMimeData) -> DropOffer | None:
    """Read a drag; None when it holds no local files at all. A name without a suffix counts as a folder."""
    if not mime.hasUrls():
        return None
    paths = tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
    if not paths:
        return None
    suffixes = [path.suffix.lower() for path in paths]
    photos = sum(suffix in IMAGE_SUFFIXES for suffix in suffixes)
    folders = suffixes.count("")
    zips, captions = suffixes.count(ZIP_SUFFIX), suffixes.count(CAPTION_SUFFIX)
    return DropOffer(paths, photos, folders, zips, captions, len(paths) - photos - folders - zips - captions)


def _tr(text: str) -> str:
    return QCoreApplication.translate("drops", text)
