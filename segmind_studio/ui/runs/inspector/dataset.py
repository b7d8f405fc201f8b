"""Dataset: the photos of a run, if the app packed them itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from segmind_studio.core.runs import Run
from segmind_studio.formats import bytes_text
from segmind_studio.services.runs.sent_photos import SentFileState, SentPhoto
from segmind_studio.services.system.tasks import Task
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.parts import ActionButton, text_label
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.runs.pictures import PictureTiles, RunPictures, sent_tile
from segmind_studio.ui.runs.values import DASH, dataset_text

_SIDE = 88  # logical pixels


class DatasetPage(Page):
    """Show what was uploaded, with the photos as they were sent.

    Signals:
        photos_read(object): tuple[SentPhoto, ...], when the files of the shown run were looked at.
    """

    photos_read = Signal(object)

    def __init__(
        self, commands: RunCommands, pictures: RunPictures | None, parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self.title = _("Dataset")
        self.setAccessibleName(self.title)
        self._pictures = pictures
        self._manifest = ""
        self._task: Task | None = None
        self._text = text_label("", "muted")
        self.facts = FactsGrid()
        self.column.addWidget(self.facts)
        self.column.addWidget(self._text)
        self._compare = ActionButton(commands.versions)
        self._compare.setObjectName("runs.compare_photos")
        self.column.addWidget(self._compare, 0, Qt.AlignmentFlag.AlignLeft)
        self._photos_title = self.add_section(_("Photos that were sent"))
        self.photos = PictureTiles(_("Photos that were sent"), pictures.thumbnails if pictures else None, _SIDE)
        self.photos.setObjectName("runs.sent_photos")
        self.photos.pointed.connect(self._show_words)
        self._lost = text_label("", "small")
        self._name = text_label("", "strong")
        self._caption = text_label("")
        for widget in (self._lost, self.photos, self._name, self._caption):
            widget.setMinimumWidth(1)
            self.column.addWidget(widget)
        self.column.addStretch()
        self._show_photos(())

    def show_run(self, run: Run) -> None:
        """Show what is known of a run's photos, without the pictures: see `load_photos`."""
        self.facts.set_facts(self._facts(run))
        self._text.setText(self._sentence(run))
        self._text.setVisible(bool(self._text.text()))

    def load_photos(self, run: Run) -> None:
        """Read a run's photos on a thread and show them; `photos_read` is emitted then."""
        if run.manifest == self._manifest:
            return
        self._manifest = run.manifest
        self._compare.setVisible(bool(run.manifest))
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._show_photos(())
        if self._pictures is not None and run.manifest:
            self._task = self._pictures.load_photos(run.manifest, self._show_photos)

    @Slot(object)
    def _show_photos(self, photos: tuple[SentPhoto, ...]) -> None:
        self.photos.set_tiles([sent_tile(photo) for photo in photos])
        self._photos_title.setVisible(bool(photos))
        lost = sum(photo.state is not SentFileState.SAME for photo in photos)
        words = ngettext(
            "{count} photo cannot be shown as sent, because its file was changed, moved or deleted.",
            "{count} photos cannot be shown as sent, because their files were changed, moved or deleted.",
            lost,
        )
        self._lost.setText(words.format(count=lost))
        self._lost.setVisible(bool(lost))
        self.photos_read.emit(photos)

    @Slot(int)
    def _show_words(self, row: int) -> None:
        """Show the name and the caption of the current photo."""
        tile = self.photos.tiles[row] if row >= 0 else None
        self._name.setText(tile.name if tile else "")
        self._caption.setText(tile.text if tile else "")
        for label in (self._name, self._caption):
            label.setVisible(tile is not None)

    def _facts(self, run: Run) -> list[Fact]:
        if not (run.made_here or run.manifest):
            return []
        facts = [
            Fact(_("Name"), dataset_text(run)),
            Fact(_("Photos"), str(run.image_count) if run.image_count else DASH),
            Fact(_("Size"), bytes_text(run.archive_size) if run.archive_size else DASH),
        ]
        if run.archive_sha256:
            facts.append(Fact(_("SHA-256"), run.archive_sha256, code=True))
        if run.data_source_path:
            facts.append(Fact(_("Address"), run.data_source_path, code=True))
        return facts

    def _sentence(self, run: Run) -> str:
        if not run.made_here and run.manifest:
            return _("From a run sheet. The photos are not part of it.")
        if not run.made_here:
            return _("This run was started elsewhere. The service does not say which photos it used.")
        if not run.manifest:
            return _("Trained from a public zip. The app does not know its contents.")
        return _("SHA-256 of the uploaded zip. Your photos are never changed.")
