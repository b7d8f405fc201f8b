"""What the actions on the pictures of Try do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Photo
from segmind_studio.core.generated_images import HIGHEST_RATING, KEPT_DELETED_DAYS, GeneratedImage, ImageState
from segmind_studio.core.result_filter import read_tags, tags_in
from segmind_studio.formats import exact_number
from segmind_studio.services.images.contact_sheet import ContactSheets
from segmind_studio.services.images.judging import JudgingService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.inspector.comparison import Compared, PhotoComparison
from segmind_studio.ui.parts import Chip, FlowLayout, text_label
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.theme.direction import in_a_row
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S
from segmind_studio.ui.tryout.gallery import Gallery
from segmind_studio.ui.tryout.judging_actions import JudgingActions
from segmind_studio.ui.tryout.results_model import ResultsModel
from segmind_studio.ui.tryout.sheet_dialog import SheetDialog
from segmind_studio.ui.tryout.voting import VotingView

_DIALOG_WIDTH = 420
_MOST_OFFERED = 24  # tags


class TagDialog(QDialog):
    """Edit the tags that all of some pictures have; the others of each stay.

    Signals (GUI thread): chosen(tuple[str, ...], tuple[str, ...]), the tags to add and those to remove.
    """

    chosen = Signal(object, object)

    def __init__(self, images: Sequence[GeneratedImage], known: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("try.tags")
        self.setWindowTitle(_("Tags"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        common = [tag for tag in images[0].tags if all(tag in image.tags for image in images)]
        self._common = tuple(common)
        self.line = QLineEdit(", ".join(common))
        self.line.setObjectName("try.tags.line")
        self.line.setPlaceholderText(_("portrait, cover"))
        words = ngettext("Tags of {count} picture", "Tags that all {count} pictures have", len(images))
        label = text_label(words.format(count=len(images)), "strong")
        label.setBuddy(self.line)
        self.line.setAccessibleName(label.text())
        self.save_button = mark(QPushButton(_("Save")), kind="primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._save)
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(label)
        column.addWidget(self.line)
        column.addWidget(text_label(_("Separate tags with commas."), "small"))
        others = [tag for tag in known if tag not in common][:_MOST_OFFERED]
        if others:
            chips = QWidget()
            flow = FlowLayout(chips, SPACE_S)
            for tag in others:
                chip = Chip(tag.replace("&", "&&"))
                chip.setProperty("tag", tag)
                chip.setAccessibleName(_("Add {tag}").format(tag=tag))
                chip.setAutoDefault(False)
                chip.clicked.connect(self._add)
                flow.addWidget(chip)
            column.addWidget(chips)
        column.addStretch()
        column.addLayout(buttons)
        self.resize(text_scaled(_DIALOG_WIDTH), self.sizeHint().height())

    @Slot()
    def _add(self) -> None:
        chip = self.sender()
        if isinstance(chip, QWidget):
            finish_composing(self.line)
            self.line.setText(", ".join((*read_tags(self.line.text()), str(chip.property("tag")))))
            chip.setEnabled(False)
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _save(self) -> None:
        finish_composing(self.line)
        tags = read_tags(self.line.text())
        self.chosen.emit(
            tuple(tag for tag in tags if tag not in self._common),
            tuple(tag for tag in self._common if tag not in tags),
        )
        self.accept()


class Judging(QObject):
    """Do what the actions ask for with what is chosen in the gallery.

    Signals (GUI thread): offer(str, object), news with the QAction that takes it back.
    """

    offer = Signal(str, object)

    def __init__(  # noqa: PLR0913  # what it works with
        self, gallery: Gallery, actions: JudgingActions, service: JudgingService, parent: QObject | None = None, *,
        thumbnails: Thumbnails, sheets: ContactSheets, folder: Callable[[], Path],
    ) -> None:
        """`folder` returns where files are saved."""
        super().__init__(parent)
        self._sheets, self._folder = sheets, folder
        sheets.saved.connect(self._sheet_saved)
        self._thumbnails = thumbnails
        self._comparison: PhotoComparison | None = None
        self._voting: VotingView | None = None
        self._gallery = gallery
        self._actions = actions
        self._service = service
        self._tagged: tuple[GeneratedImage, ...] = ()
        for action in actions.rate:
            action.triggered.connect(self._rate)
        for action, slot in (
            (actions.tag, self._tag), (actions.undo, self._undo), (actions.delete, self._delete),
            (actions.restore, self._restore), (actions.reveal, self._reveal),
            (actions.compare, self._compare), (actions.vote, self._vote),
            (actions.sheet, self._make_sheet),
        ):
            action.triggered.connect(slot)
        gallery.rated.connect(self._rate_shown)
        gallery.selected.connect(self.follow)
        service.marked.connect(gallery.show_marks)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Enable what is possible now."""
        gallery = self._gallery
        self._actions.follow(
            gallery.chosen, self._own, gallery.model.rowCount(), self._service.undo_name, gallery.model.total,
        )

    @property
    def _made(self) -> tuple[GeneratedImage, ...]:
        return tuple(image for image in self._gallery.chosen if image.state is ImageState.MADE)

    @property
    def _own(self) -> tuple[GeneratedImage, ...]:
        return tuple(filter(self._gallery.model.own, self._gallery.chosen))

    @property
    def _own_made(self) -> tuple[GeneratedImage, ...]:
        return tuple(image for image in self._own if image.state is ImageState.MADE and not image.deleted)

    @Slot()
    def _rate(self) -> None:
        stars = self._actions.rate.index(self.sender()) if self.sender() in self._actions.rate else 0
        self._service.rate(self._own_made, min(stars, HIGHEST_RATING))
        self.follow()

    @Slot(int)
    def _rate_shown(self, stars: int) -> None:
        self._service.rate(self._own_made, stars)
        self.follow()

    @Slot()
    def _tag(self) -> None:
        self._tagged = self._own_made
        if self._tagged:
            dialog = TagDialog(self._tagged, tags_in(self._gallery.model.images), self._gallery)
            dialog.chosen.connect(self._tags_chosen)
            dialog.open()
            dialog.line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object, object)
    def _tags_chosen(self, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
        model = self._gallery.model
        now = {image.image_id: image for image in model.images}  # they may have been rated meanwhile
        images = [now[image.image_id] for image in self._tagged if image.image_id in now]
        self._service.change_tags(images, add, remove)
        self.follow()

    @Slot()
    def _delete(self) -> None:
        chosen = [image for image in self._own if not image.deleted]
        if chosen:
            self._service.delete(chosen)
            self.follow()
            words = ngettext(
                "Picture deleted. Its file stays for {days} days.",
                "{count} pictures deleted. Their files stay for {days} days.", len(chosen),
            )
            self.offer.emit(words.format(count=len(chosen), days=KEPT_DELETED_DAYS), self._actions.undo)

    @Slot()
    def _restore(self) -> None:
        self._service.restore([image for image in self._own if image.deleted])
        self.follow()

    @Slot()
    def _undo(self) -> None:
        self._service.undo()
        self.follow()

    @Slot()
    def _compare(self) -> None:
        """Compare the two that are selected, else the current one with its neighbour."""
        gallery, model = self._gallery, self._gallery.model
        pair = list(self._made[:2])
        if len(pair) == 1:
            row = model.row_of(pair[0].image_id)
            near = [*model.shown[row + 1 :], *reversed(model.shown[: max(row, 0)])]
            pair += [image for image in near if image.state is ImageState.MADE][:1]
        if len(pair) < 2:  # noqa: PLR2004  # two to compare
            return
        if self._comparison is None:
            self._comparison = PhotoComparison(self._thumbnails, gallery.window())
            self._comparison.closed.connect(gallery.take_focus)
            self._comparison.destroyed.connect(self._forget_comparison)
        left, right = (
            Compared(Photo(image.image_id, model.photo(image).path), _facts(image, model))
            for image in pair
        )
        self._comparison.open(left, right, wiping=False)

    @Slot()
    def _vote(self) -> None:
        """Vote on what is selected, else on all that the filter lets through."""
        gallery = self._gallery
        chosen = self._made if gallery.in_grid and len(self._made) > 1 else gallery.model.shown
        chosen = [image for image in chosen if not image.deleted]
        if self._voting is None:
            self._voting = VotingView(gallery.model, self._service, self._thumbnails, gallery.window())
            self._voting.closed.connect(gallery.take_focus)
            self._voting.results.image_wanted.connect(self._open_voted)
            self._voting.destroyed.connect(self._forget_voting)
        self._voting.open(chosen)

    @Slot()
    def _make_sheet(self) -> None:
        """Make a contact sheet of what is selected, else of all that the filter lets through."""
        gallery, model = self._gallery, self._gallery.model
        chosen = self._made if gallery.in_grid and len(self._made) > 1 else model.shown
        images = [image for image in chosen if image.state is ImageState.MADE and model.photo(image).shown]
        SheetDialog(images, model, self._sheets, self._folder, gallery).open()

    @Slot(object)
    def _sheet_saved(self, target: Path) -> None:
        self._gallery.show_note(_("Saved as {target}").format(target=target))

    @Slot(str)
    def _open_voted(self, image_id: str) -> None:
        if self._voting is not None:
            self._voting.hide()
        self._gallery.open_image(image_id)

    @Slot()
    def _forget_voting(self) -> None:
        self._voting = None  # as below

    @Slot()
    def _forget_comparison(self) -> None:
        self._comparison = None  # the window, whose child it was, is gone

    @Slot()
    def _reveal(self) -> None:
        files = self._gallery.files()
        if files:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(files[0].parent)))


def _facts(image: GeneratedImage, model: ResultsModel) -> str:
    """Return what tells a picture from others, on one line."""
    strength = _("strength {value}").format(value=exact_number(image.strength))
    seed = "" if image.seed is None else _("seed {seed}").format(seed=image.seed)
    facts = model.account_of(image), model.name_of(image), strength, seed, " ".join(image.prompt.split())
    return in_a_row(fact for fact in facts if fact)
