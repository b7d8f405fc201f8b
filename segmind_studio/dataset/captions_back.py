"""Write captions beside the photos: first what would change, then exactly that. Pictures are never written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from segmind_studio.core.caption_files import CaptionFile, CaptionFiles
from segmind_studio.core.datasets import CAPTION_SUFFIX, Dataset, Photo, ScanProgress
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES, caption_bytes, decode_caption
from segmind_studio.dataset.scan import scan
from segmind_studio.dataset.sidecars import IS_IMAGE
from segmind_studio.dataset.strip import HEAD_BYTES, starts_like_an_image
from segmind_studio.file_replacing import replace_file
from segmind_studio.texts import _


def caption_files(dataset: Dataset, own: Path) -> CaptionFiles:
    """Return the caption files that differ from the dataset; blocks while it reads them.

    A photo in `own`, the app's folder for photos of zips and pasted ones, has no folder to write to. One without a
    caption changes nothing, unless the app would read one for it from a file: then its own file becomes empty.
    A file that several photos share is written only if it is right for all of them.
    Beside "photo.jpg" it is "photo.txt". Where "photo.jpg.txt" is there, as some tools name it, it is that one,
    which the app reads first; "photo.txt" is then written only if it is there as well.
    """
    photos = [photo for photo in dataset.photos if not photo.path.is_relative_to(own)]
    without = sum(bool(caption_bytes(photo.caption)) for photo in dataset.photos if photo.path.is_relative_to(own))
    emptied = _emptied([photo for photo in photos if not caption_bytes(photo.caption)], own)
    readers: dict[Path, list[str]] = {}
    sharers: dict[Path, list[Photo]] = {}
    for photo in photos:
        places = _places(photo.path)
        readers.setdefault(places[0], []).append(photo.photo_id)
        for path in places:
            sharers.setdefault(path, []).append(photo)
    files: list[CaptionFile] = []
    refused: list[tuple[str, str]] = []
    saved = 0
    for path, sharing in sharers.items():
        owners = [photo for photo in sharing if not photo.excluded or caption_bytes(photo.caption)] or sharing
        texts = {caption_bytes(photo.caption) for photo in owners}
        if not any(texts) and not any(photo.photo_id in emptied for photo in owners):
            continue
        if len(texts) > 1:
            refused.append((path.name, _("Several photos would share this file.")))
            continue
        try:
            before = _present(path)
        except _RefusedError as error:
            refused.append((path.name, str(error)))
            continue
        (after,) = texts
        if before is not None and before.strip() == after:
            saved += len(owners)
        else:
            proposed = bool(after) or any(emptied.get(photo.photo_id) for photo in owners)
            text = decode_caption(after)
            files.append(CaptionFile(path, before, after, text, tuple(readers.get(path, ())), proposed))
    return CaptionFiles(tuple(files), tuple(refused), saved, without)


class _RefusedError(Exception):
    """A file that must stay as it is; its text is the reason."""


def _present(path: Path) -> bytes | None:
    """Return what a caption file contains, None when there is none."""
    if path.is_symlink():
        raise _RefusedError(_("It is a link to another file."))
    try:
        before = path.read_bytes() if path.stat().st_size <= MAX_CAPTION_BYTES else None
    except FileNotFoundError:
        return None
    except OSError:
        raise _RefusedError(_("The file cannot be read.")) from None
    if before is None:
        raise _RefusedError(_("The file is too long to be a caption."))
    if starts_like_an_image(before[:HEAD_BYTES]):
        raise _RefusedError(str(IS_IMAGE))
    return before


def _emptied(photos: Iterable[Photo], own: Path) -> dict[str, bool]:
    """Return those of these photos, which have no caption, for which the app would read one from a file now.

    The value is whether it is the text that was read before: then it was the user who removed it.
    """
    before = {photo.path: photo.original_caption for photo in photos}
    if not before:
        return {}
    there = {path for path, _text in scan(before, dict.fromkeys(before, ""), own, _unseen, bool).offered}
    known = {path: text for path, text in before.items() if path in there}
    others = {path for path, _text in scan(known, known, own, _unseen, bool).offered}
    return {photo.photo_id: photo.path not in others for photo in photos if photo.path in there}


def _unseen(_progress: ScanProgress) -> None:
    pass


def _places(photo: Path) -> tuple[Path, ...]:
    usual, whole = photo.with_suffix(CAPTION_SUFFIX), photo.with_name(f"{photo.name}{CAPTION_SUFFIX}")
    if not os.path.lexists(whole):
        return (usual,)
    return (whole, usual) if os.path.lexists(usual) else (whole,)


def write_captions(files: Iterable[CaptionFile]) -> CaptionFiles:
    """Write the given files, and return those that were written and those that were not.

    One that changed since it was listed stays as it is. Each is complete or untouched.
    """
    written: list[CaptionFile] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        try:
            _write(file)
        except _ChangedError:
            refused.append((file.path.name, _("The file changed in the meantime, so it was left as it is.")))
        except OSError:
            refused.append((file.path.name, _("The file cannot be written.")))
        else:
            written.append(file)
    return CaptionFiles(tuple(written), tuple(refused))


class _ChangedError(Exception):
    """A file is not as it was listed."""


def _write(file: CaptionFile) -> None:
    aside = file.path.with_name(f".{file.path.name[:100]}.{uuid4().hex}.part")
    try:
        with aside.open("xb") as target:
            target.write(file.after)
        if file.path.is_symlink() or _bytes_of(file.path) != file.before:
            raise _ChangedError
        if file.before is not None:
            shutil.copymode(file.path, aside)
        replace_file(aside, file.path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
