"""A run as a page to show to somebody: gathered and written in the task pool."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import fsum
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter, QPainter

from segmind_studio import __version__
from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.runs import ManifestItem, Run, manifest_items
from segmind_studio.formats import bytes_text, date_text, exact_time, money, number, size_in_pixels
from segmind_studio.services.images.thumbnails import read_image
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.result_images import path_of
from segmind_studio.store.run_page import PageFact, PagePicture, PageSection, RunPage, page_bytes
from segmind_studio.store.sheets import last_name
from segmind_studio.texts import _, listed, sentences

__all__ = ["PageFact", "PageOrder", "PageSection", "RunPageService"]
SUFFIX = ".html"
MOST_PHOTOS = 60  # with their thumbnails: some 20 kB each
MOST_RESULTS = 8
_THUMBNAIL, _RESULT = 320, 768  # pixels of the longer side
_QUALITY = 82
_MOST_TIMES = 40


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A page that is wanted, with what the window says of the run: its state, and the facts in its words.

    `event_word` returns the word for a phase or a status of a timeline; it is called in the task pool.
    """

    run_id: str
    target: Path
    state: str
    sections: tuple[PageSection, ...]
    event_word: Callable[[str], str]


class RunPageService(QObject):
    """Write pages. GUI thread; the task pool reads photos, pictures and the journal. `secrets` are the known keys.

    Signals:
        exported(object): Path, the requested file or the next free name beside it. failed(object): StudioError.
    """

    exported = Signal(object)
    failed = Signal(object)

    def __init__(
        self, database: Database, results: Path, tasks: TaskRunner, secrets: Callable[[], Iterable[str]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._results = results
        self._tasks = tasks
        self._secrets = secrets

    @staticmethod
    def default_target(run: Run, folder: Path) -> Path:
        """Return the file that is proposed for a run's page."""
        return folder / f"{safe_stem(run.name, 'run')}{SUFFIX}"

    def export(self, order: PageOrder) -> None:
        """Write a page; an existing file is never replaced."""
        work = partial(_export, self._database, self._results, order, self._secrets)
        self._tasks.run(work, self._exported, self._failed)

    @Slot(object)
    def _exported(self, path: Path) -> None:
        self.exported.emit(path)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(error)


def _export(database: Database, folder: Path, order: PageOrder, secrets: Callable[[], Iterable[str]]) -> Path:
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
        max(0, len(items) - MOST_PHOTOS),
        _results(folder, [image for image in made if not image.deleted]),
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
    image = read_image(path, _THUMBNAIL, item.background, item.edit, item.fit)
    return _picture(name, item.caption, image)


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
            found.append(_picture("", f"{generated.prompt}\n{listed(facts)}", read_image(path, _RESULT)))
        if len(found) == MOST_RESULTS:
            break
    return tuple(found)


def _picture(title: str, caption: str, image: QImage) -> PagePicture:
    data = _jpeg(image)
    if not data:
        return PagePicture(title, caption, missing=_("The photo could not be read."))
    return PagePicture(title, caption, data, image.width(), image.height())


def _jpeg(image: QImage) -> bytes:
    """Return an image as JPEG without any metadata, b"" for none."""
    if image.isNull():
        return b""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"jpeg")
    writer.setQuality(_QUALITY)
    plain = QImage(image.size(), QImage.Format.Format_RGB32)  # a new one: texts of the file would be written too
    plain.fill(Qt.GlobalColor.white)
    painter = QPainter(plain)
    painter.drawImage(0, 0, image)
    painter.end()
    return bytes(buffer.data().data()) if writer.write(plain) else b""


def _write(target: Path, content: bytes) -> Path:
    aside = target.with_name(f".{uuid4().hex}.part")
    try:
        return write_without_overwriting(aside, target, content)
    except OSError as error:
        raise StoreError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."), error.strerror or str(error),
        ) from error
