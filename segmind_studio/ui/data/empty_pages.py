"""What stands in the middle when there is no photo to show: nothing yet, or nothing that matches."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.datasets import ADVISED_IMAGES
from segmind_studio.ui.data.photo_actions import PhotoActions
from segmind_studio.ui.parts import ActionButton, EmptyState, IconLabel, text_label
from segmind_studio.ui.parts.primary_button import PrimaryButton
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S

_WIDTH = 440


class NoPhotos(QWidget):
    """Invite to bring photos, in three ways."""

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = text_label(self.tr("Drop photos here"), "section")
        words = text_label(
            self.tr("{0} photos of one person, thing or style are best. Folders and zips work too, and "
                    "captions in text files of the same name come along. Your files are only read.")
            .format(ADVISED_IMAGES),
            "muted",
        )
        centred = Qt.AlignmentFlag.AlignHCenter
        for label in (title, words):
            label.setAlignment(centred)
            label.setMaximumWidth(_WIDTH)
        self.add = PrimaryButton(actions.add, "image-plus")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        for button in (self.add, ActionButton(actions.add_folder), ActionButton(actions.sample)):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(IconLabel("images", "faint", 44), 0, centred)
        column.addSpacing(SPACE_S)
        for label in (title, words):
            line = QHBoxLayout()  # keeps the height that the wrapped words need
            line.addStretch(1)
            line.addWidget(label, 100)
            line.addStretch(1)
            column.addLayout(line)
        column.addSpacing(SPACE_L)
        column.addLayout(buttons)
        column.addStretch(3)


class NothingMatches(EmptyState):
    """Say that the filter hides every photo; one button takes it back."""

    def __init__(self, show_all: QAction, parent: QWidget | None = None) -> None:
        super().__init__("search", "", "", show_all, parent=parent)
        self.set_words(
            "search", self.tr("Nothing matches"), self.tr("No photo is like that. All of them are still there."),
        )
