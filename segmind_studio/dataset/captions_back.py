"""Write captions beside the photos: first what would change, then exactly that. Pictures are never written."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from segmind_studio.core.caption_files import CaptionFile, CaptionFiles
from segmind_studio.core.datasets import CAPTION_SUFFIX, Dataset
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES, caption_bytes, decode_caption
from segmind_studio.file_replacing import replace_file
from segmind_studio.texts import _


def caption_files(dataset: Dataset, own: Path) -> CaptionFiles:
    """Return the caption files that differ from the dataset; blocks while it reads them.

    A photo without a caption changes nothing, and neither does one in `own`, the app's folder for photos of zips.
    Beside "photo.jpg" it is "photo.txt". Where "photo.jpg.txt" is there, as some tools name it, it is that one,
    which the app reads first; "photo.txt" is then written only if it is there as well.
    """
    photos = [
        photo for photo in dataset.photos if caption_bytes(photo.caption) and not photo.path.is_relative_to(own)
    ]
    places = [(path, photo) for photo in photos for path in _places(photo.path)]
    readers: dict[Path, list[str]] = {}
    for photo in dataset.photos:
        readers.setdefault(_places(photo.path)[0], []).append(photo.photo_id)
    shared = Counter(path for path, _photo in places)
    files: list[CaptionFile] = []
    refused: list[tuple[str, str]] = []
    for path, photo in places:
        after = caption_bytes(photo.caption)
        if shared[path] > 1:
            refused.append((path.name, _("Several photos would share this file.")))
            continue
        if path.is_symlink():
            refused.append((path.name, _("It is a link to another file.")))
            continue
        try:
            before = path.read_bytes() if path.stat().st_size <= MAX_CAPTION_BYTES else None
            if before is None:
                refused.append((path.name, _("The file is too long to be a caption.")))
                continue
        except FileNotFoundError:
            before = None
        except OSError:
            refused.append((path.name, _("The file cannot be read.")))
            continue
        if before is None or before.strip() != after:
            files.append(CaptionFile(path, before, after, decode_caption(after), tuple(readers.get(path, ()))))
    return CaptionFiles(tuple(files), tuple(dict.fromkeys(refused)))


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
