"""What is about to be dropped, judged by names alone: nothing is read while a person still holds the button.

What a name does not tell (a folder with a dot in its name, a picture with an odd suffix or none) is taken all the
same: the intake asks the system, off this thread, and reports what it could not use.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from segmind_studio.core.datasets import CAPTION_SUFFIX, IMAGE_SUFFIXES, ZIP_SUFFIX
from segmind_studio.core.file_uris import local_paths

_WEB = ("http:", "https:", "data:", "blob:", "ftp:")


@dataclass(frozen=True, slots=True)
class DropOffer:
    """The files and folders of one drag; `others` are those whose names do not tell what they are.

    `web` counts what a browser drags without a file of its own; `elsewhere` what lies on another computer.
    """

    paths: tuple[Path, ...] = ()
    photos: int = 0
    zips: int = 0
    captions: int = 0
    others: int = 0
    web: int = 0
    elsewhere: int = 0

    @property
    def useful(self) -> bool:
        """Tell whether there is anything in it that can be taken."""
        return bool(self.paths)

    @property
    def words(self) -> str:
        """Say what it holds: "12 photos, 1 zip"."""
        alone = self.others == len(self.paths)
        return ", ".join(
            one if count == 1 else many.format(count)
            for count, one, many in (
                (self.photos, _tr("1 photo"), _tr("{0} photos")),
                (self.zips, _tr("1 zip"), _tr("{0} zips")),
                (self.captions, _tr("1 caption file"), _tr("{0} caption files")),
                (self.others if alone else 0, _tr("1 file or folder"), _tr("{0} files or folders")),
                (0 if alone else self.others, _tr("1 other file or folder"), _tr("{0} other files or folders")),
            )
            if count
        )

    @property
    def refusals(self) -> tuple[str, ...]:
        """Say what of it cannot be taken, and what to do; empty when all can be."""
        parts: list[str] = []
        if self.web:
            parts.append(_tr("Nothing is fetched from the web. Save the picture first, then drop the file."))
        if self.elsewhere:
            parts.append(_tr("Files on another computer cannot be read. Copy them here first."))
        return tuple(parts)


def offer_of(mime: QMimeData) -> DropOffer | None:
    """Read a drag; None when it is none of files or pictures, such as a selected text."""
    uris = [bytes(url.toEncoded().data()).decode() for url in mime.urls() if url.isValid()]
    paths = local_paths(uris)
    web = sum(uri.lower().startswith(_WEB) for uri in uris)
    elsewhere = sum(not uri.lower().startswith((*_WEB, "file:")) or _on_a_host(uri) for uri in uris)
    if not uris and (mime.hasImage() or "<img" in mime.html().lower()):
        web = 1
    if not (paths or web or elsewhere):
        return None
    suffixes = [path.suffix.lower() for path in paths]
    photos = sum(suffix in IMAGE_SUFFIXES for suffix in suffixes)
    zips, captions = suffixes.count(ZIP_SUFFIX), suffixes.count(CAPTION_SUFFIX)
    return DropOffer(paths, photos, zips, captions, len(paths) - photos - zips - captions, web, elsewhere)


def _on_a_host(uri: str) -> bool:
    return uri.lower().startswith("file:") and not local_paths((uri,))


def _tr(text: str) -> str:
    return QCoreApplication.translate("drops", text)
