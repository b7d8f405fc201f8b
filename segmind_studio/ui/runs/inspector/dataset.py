"""Dataset: the photos of a run, if the app packed them itself."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmind_studio.core.runs import ManifestItem, Run, manifest_items
from segmind_studio.formats import bytes_text
from segmind_studio.texts import _
from segmind_studio.ui.parts import ActionButton, ElidedLabel, text_label
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.runs.values import DASH, dataset_text
from segmind_studio.ui.theme.tokens import SPACE_S

_READABLE = 200_000  # characters; a longer manifest is not decoded on the GUI thread
_NAMED_AT_MOST = 60


class DatasetPage(Page):
    """Show what was uploaded."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = _("Dataset")
        self.setAccessibleName(self.title)
        self._manifest = ""
        self._text = text_label("", "muted")
        self.facts = FactsGrid()
        self.column.addWidget(self.facts)
        self.column.addWidget(self._text)
        self._compare = ActionButton(commands.versions)
        self._compare.setObjectName("runs.compare_photos")
        self.column.addWidget(self._compare, 0, Qt.AlignmentFlag.AlignLeft)
        self._photos_title = self.add_section(_("Photos that were sent"))
        self.photos = PhotoNames()
        self.column.addWidget(self.photos)
        self.column.addStretch()

    def show_run(self, run: Run) -> None:
        """Show a run's photos."""
        self.facts.set_facts(self._facts(run))
        self._text.setText(self._sentence(run))
        self._text.setVisible(bool(self._text.text()))
        if run.manifest != self._manifest or not run.manifest:
            self._manifest = run.manifest
            items = _items(run.manifest)
            self.photos.set_items(items)
            self._compare.setVisible(bool(run.manifest))
            self._photos_title.setVisible(bool(items))

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
            return _("These facts came with a run sheet. The photos themselves are not part of it.")
        if not run.made_here:
            return _("This run was made elsewhere. The service does not tell which photos it was made of.")
        if not run.manifest:
            return _("It was trained from a public address. The app has not seen what is in that zip.")
        return _("The SHA-256 is of the zip as it was uploaded. Your photos are never changed.")


class PhotoNames(QWidget):
    """Name photos with their captions, at most so many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)

    def set_items(self, items: tuple[ManifestItem, ...]) -> None:
        """Show these photos instead."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for photo in items[:_NAMED_AT_MOST]:
            self._column.addWidget(ElidedLabel(PurePath(photo.path).name, mode=Qt.TextElideMode.ElideMiddle))
            if photo.caption:
                caption = text_label(photo.caption, "small")
                caption.setMinimumWidth(1)
                self._column.addWidget(caption)
        if len(items) > _NAMED_AT_MOST:
            more = _("and {count} more").format(count=len(items) - _NAMED_AT_MOST)
            self._column.addWidget(text_label(more, "muted"))


def _items(manifest: str) -> tuple[ManifestItem, ...]:
    if not manifest or len(manifest) > _READABLE:
        return ()
    try:
        return manifest_items(manifest)
    except ValueError:
        return ()
