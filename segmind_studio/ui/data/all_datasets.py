"""The dialog with all datasets: open one, archive it or take it back, delete it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from segmind_studio.services.datasets.dataset_listing import DatasetListing
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.dataset_list import DatasetChooser
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 560, 560


class AllDatasetsDialog(QDialog):
    """List all stored datasets; it deletes itself, and closes when one is opened.

    Signals (GUI thread), each with a DatasetSummary: open_wanted, archive_wanted, restore_wanted; delete_wanted,
    after the user was asked.
    """

    open_wanted = Signal(object)
    archive_wanted = Signal(object)
    restore_wanted = Signal(object)
    delete_wanted = Signal(object)

    def __init__(self, listing: DatasetListing, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data.all_datasets")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("All datasets"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._sentence = text_label(_("Archived datasets are hidden, not deleted."), "muted")
        self._sentence.hide()
        self.chooser = DatasetChooser(
            listing, thumbnails, none=_("No datasets yet. To create one, choose Dataset, New dataset."),
        )
        buttons = ButtonBox()
        roles = QDialogButtonBox.ButtonRole
        self._open = mark(buttons.addButton(_("Open"), roles.AcceptRole), kind="primary")
        self._open.setObjectName("data.open_dataset")
        self._open.setDefault(True)
        # The role that is at the far side on every desktop: beside Close, it would be hit by mistake.
        self._delete = buttons.addButton(_("Delete…"), roles.ResetRole)
        self._delete.setObjectName("data.delete")
        self._archive = buttons.addButton("", roles.ActionRole)
        self._archive.setObjectName("data.archive_dataset")
        for button in (self._delete, self._archive, buttons.addButton(_("Close"), roles.RejectRole)):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.chooser, 1)
        column.addWidget(self._sentence)
        column.addWidget(buttons)
        guard_scroll_areas(self)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        self._delete.clicked.connect(self._ask)
        self._archive.clicked.connect(self._put_away_or_back)
        self.chooser.opened.connect(self._choose)
        self.chooser.changed.connect(self._follow)
        self._add_key(QKeySequence.StandardKey.Delete, self.chooser.list, self._ask)
        self._add_key(QKeySequence.StandardKey.Find, self, self._search)
        self._follow()

    def _add_key(self, key: QKeySequence.StandardKey, widget: QWidget, slot: object) -> None:
        action = finish_before(QAction(widget))
        action.setShortcuts(QKeySequence.keyBindings(key))
        context = Qt.ShortcutContext
        action.setShortcutContext(context.WindowShortcut if widget is self else context.WidgetShortcut)
        action.triggered.connect(slot)
        widget.addAction(action)

    @Slot()
    def _follow(self) -> None:
        chosen = self.chooser.chosen
        self._archive.setText(_("Restore from archive") if chosen and chosen.archived else _("Archive"))
        for button in (self._open, self._archive, self._delete):
            button.setEnabled(chosen is not None)
        self._sentence.setVisible(any(one.archived for one in self.chooser.datasets or ()))

    @Slot()
    def _search(self) -> None:
        self.chooser.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.chooser.search.selectAll()

    @Slot()
    def _ask(self) -> None:
        summary = self.chooser.chosen
        if summary is None:
            return
        question = Question(
            self, title=_("Delete “{name}”?").format(name=isolated(summary.name)),
            text=_("Its captions, edits and history are deleted from the app. The photo files stay where they "
                   "are, and so do the runs that used it, with their sheets. This cannot be undone."),
            verb=_("Delete"), subject=summary.dataset_id,
        )
        question.confirmed.connect(self._confirmed)
        question.open()

    @Slot(str)
    def _confirmed(self, dataset_id: str) -> None:
        for summary in self.chooser.datasets or ():
            if summary.dataset_id == dataset_id:
                self.delete_wanted.emit(summary)
        self.chooser.ask()

    @Slot()
    def _put_away_or_back(self) -> None:
        summary = self.chooser.chosen
        if summary is not None:
            (self.restore_wanted if summary.archived else self.archive_wanted).emit(summary)
            self.chooser.ask()
            self.chooser.list.setFocus(Qt.FocusReason.OtherFocusReason)  # where a reader says what is chosen now

    @Slot()
    def _choose(self) -> None:
        summary = self.chooser.chosen
        if summary is not None:
            self.open_wanted.emit(summary)
            self.accept()
