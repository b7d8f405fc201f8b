"""Gather and write the page of a run. Blocking, without Qt: for the task pool and the command line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from io import BytesIO
from math import fsum
from pathlib import Path
from uuid import uuid4

from segmind_studio import __version__
from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.datasets import WHITE
from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.core.runs import ManifestItem, Run, manifest_items
from segmind_studio.dataset.conversion import Pixels
from segmind_studio.dataset.edits import edited_pixels
from segmind_studio.dataset.layout import SlowImageError
from segmind_studio.formats import bytes_text, date_text, exact_time, money, number, size_in_pixels
from segmind_studio.record import record
from segmind_studio.store.database import Database
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.result_images import path_of
from segmind_studio.store.run_page import PageFact, PagePicture, PageSection, RunPage, page_bytes
from segmind_studio.store.sheets import last_name
from segmind_studio.texts import _, listed, sentences

__all__ = ["MOST_PHOTOS", "SUFFIX", "PageFact", "PageOrder", "PageSection", "export_page", "page_target"]
SUFFIX = ".html"
MOST_PHOTOS = 60  # with their thumbnails: some 20 kB each
MOST_RESULTS = 8
_THUMBNAIL, _RESULT = 320, 768  # pixels of the longer side
_QUALITY = 82
_MOST_TIMES = 40


@record
class PageOrder:
    """A page that is wanted, with what the window says of the run: its state, and the facts in its words.

    `event_word` returns the word for a phase or a status of a timeline; it is called where the page is written.
    """

    run_id: str
    target: Path
    state: str
    sections: tuple[PageSection, ...]
    event_word: Callable[[str], str]


def page_target(run: Run, folder: Path) -> Path:
    """Return the file that is proposed for a run's page."""
    return folder / f"{safe_stem(run.name, 'run')}{SUFFIX}"


def export_page(
    database: Database, folder: Path, order: PageOrder, secrets: Callable[[], Iterable[str]],
) -> Path:
    """Write a page; return the requested file, or the next free name beside it. StoreError.

    `folder` holds the pictures of Try; `secrets` returns the known keys.
    """
    journal = Journal(database)
    run = journal.get(order.run_id)
    if run is None:
        raise StoreError(_("This run is no longer in the history."), _("Check the list of runs."))
    made = [
        image for image in ImageStore(database).images(run.account_id)
        if image.run_id == run.run_id and image.state is ImageState.MADE
    ]
    events = tuple(
        PageFact(exact_time(entry.at), order.event_word(entry.what))
        for entry in journal.timeline(run.run_id)[-_MOST_TIMES:]
    )
    items = _items(run)
    sections = (
        *order.sections, *_dataset(run), PageSection(_("Costs"), _costs(run, made)),
        PageSection(_("First seen by the app"), events),
    )
    now = time.time()
    page = RunPage(
        run.name, order.state, sections, tuple(_photo(item) for item in items[:MOST_PHOTOS]),
        max(0, len(items) - MOST_PHOTOS), _results(folder, [image for image in made if not image.deleted]),
        _("Written by Segmind Studio {version} on {date}.").format(version=__version__, date=date_text(now)),
        tuple(secrets()),
    )
    return _write(order.target, page_bytes(page))


def _items(run: Run) -> tuple[ManifestItem, ...]:
    try:
        return manifest_items(run.manifest) if run.manifest else ()
    except ValueError:
        return ()


def _dataset(run: Run) -> tuple[PageSection, ...]:
    facts = [PageFact(_("Name"), run.dataset_name)] if run.dataset_name else []
    if run.image_count:
        facts.append(PageFact(_("Photos"), number(run.image_count)))
    if run.archive_size:
        facts.append(PageFact(_("Size"), bytes_text(run.archive_size)))
    if run.archive_sha256:
        facts.append(PageFact(_("SHA-256"), run.archive_sha256))
    return (PageSection(_("Dataset"), tuple(facts)),)


def _costs(run: Run, made: Iterable[GeneratedImage]) -> tuple[PageFact, ...]:
    """Return what training and pictures have cost; what is not known is said to be so."""
    practice = run.account_id == PRACTICE_ACCOUNT_ID
    images = tuple(made)
    known = [image.cost for image in images if image.cost is not None]
    note = _("Simulated: practice is free.") if practice else ""
    training = PageFact(
        _("Training"), _("Not measured") if run.cost is None else money(run.cost),
        note if run.cost is None or practice else _("Measured: the balance before minus the balance after."),
    )
    if not images:
        return (training,)
    missing = len(images) - len(known)
    return (training, PageFact(
        _("Pictures"), money(fsum(known)) if known else _("Not measured"),
        sentences(note, _("The cost of some is not known.") if missing and known else ""),
    ))


def _photo(item: ManifestItem) -> PagePicture:
    """Return a photo as it was sent, if its file is still the one that was."""
    path, name = Path(item.path), last_name(item.path)
    try:
        about = path.stat()
        same = (about.st_size, about.st_mtime_ns) == (item.size, item.mtime_ns)
    except (OSError, ValueError):
        return PagePicture(name, item.caption, missing=_("The photo is no longer on this computer."))
    if not same:
        return PagePicture(name, item.caption, missing=_("The photo was changed afterwards."))
    # The fit of a photo changes nothing that can be seen in a thumbnail.
    return _picture(name, item.caption, _pixels(path, _THUMBNAIL, item.background, item.edit))


def _results(folder: Path, made: Iterable[GeneratedImage]) -> tuple[PagePicture, ...]:
    """Return the newest pictures that have files."""
    found: list[PagePicture] = []
    for generated in made:
        path = path_of(folder, generated)
        if path is not None and path.is_file():
            facts = [
                size_in_pixels(generated.width, generated.height),
                _("strength {number}").format(number=number(generated.strength, 2)),
            ]
            if generated.seed is not None:
                facts.append(_("seed {number}").format(number=generated.seed))
            found.append(replace(_picture("", generated.prompt, _pixels(path, _RESULT)), facts=listed(facts)))
        if len(found) == MOST_RESULTS:
            break
    return tuple(found)


def _pixels(path: Path, side: int, background: str = WHITE, edit: PhotoEdit = NO_EDIT) -> Pixels | None:
    try:
        return edited_pixels(path, edit, background, side, most=0)
    except SlowImageError:
        return None


def _picture(title: str, caption: str, pixels: Pixels | None) -> PagePicture:
    if pixels is None:
        return PagePicture(title, caption, missing=_("The photo could not be read."))
    return PagePicture(title, caption, _jpeg(pixels), pixels.width, pixels.height)


def _jpeg(pixels: Pixels) -> bytes:
    """Return an image as JPEG, which holds nothing but its pixels."""
    from PIL import Image  # noqa: PLC0415  # when first needed

    buffer = BytesIO()
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _write(target: Path, content: bytes) -> Path:
    aside = target.with_name(f".{uuid4().hex}.part")
    try:
        return write_without_overwriting(aside, target, content)
    except OSError as error:
        raise StoreError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."), error.strerror or str(error),
        ) from error
